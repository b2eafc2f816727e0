# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both doors as a user meets them, through ansible-playbook: they say the same."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from doors import TELLS_WHEN_ASKED
from plays import COLLECTIONS, HERE, ROOT, SECRET, Run, command, play, prepared, read, run, through
from recordings import DOORS, report

SECRETS = (SECRET, "fake-password-0001", "fake-pin-0001", "1234567890", "fake-wrong-secret-of-the-task", "fake-proxy-password")


class _Loader(yaml.SafeLoader):
    """YAML with Ansible's own tag."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """doors.yml through each door."""
    folder = tmp_path_factory.mktemp("doors")
    return {door: run(folder, "doors.yml", *through(door)) for door in DOORS}


def test_what_tasks_say_is_the_same_field_by_field(both: dict[str, Run]) -> None:
    for door in DOORS:
        assert both[door].ended.returncode == 0, both[door].text
    count, lines = report({door: both[door].recording for door in DOORS})
    assert lines == []
    tasks = sum(1 for one in yaml.load((HERE / "doors.yml").read_text(encoding="utf-8"), Loader=_Loader) for _task in one["tasks"])
    assert count > tasks


def test_the_screen_shows_the_same(both: dict[str, Run]) -> None:
    # Hosts of the strategy free come in any order, and the heading of a task comes anew whenever it is the turn of another task.
    one, other = (sorted(line for line in both[door].text.splitlines() if line and not line.startswith("TASK [")) for door in DOORS)
    assert [line for line in other if line not in one] == []
    assert other == one


def test_the_cloud_is_asked_the_same(both: dict[str, Run]) -> None:
    asked = {door: sorted((str(entry["operation"]), entry["status"]) for entry in both[door].journal) for door in DOORS}
    assert asked["in_process"] == asked["module"]
    assert sum(entry["write"] for entry in both["module"].journal) > 5


@pytest.mark.parametrize("door", DOORS)
def test_the_cases_are_what_they_are_called(both: dict[str, Run], door: str) -> None:
    """Two doors that say nothing would say the same."""
    found = both[door]
    assert found.said("A default of this module alone")[0]["geoip_rule"]["action"] == "log"
    assert found.said("Check mode and difference on one task")[0]["diff"]["after"]["description"] == "More of them"
    assert found.said("Until it is there")[-1]["attempts"] == 2
    assert "Supported parameters include" in found.said("A typo")[0]["msg"]
    assert "(gatehouse.huaweicloud.waf_geoip_rule)" in found.said("A typo")[0]["msg"]
    assert "(waf_geoip_rule_info)" in found.said("A typo behind a short name")[0]["msg"]
    predicted, made = found.said("A set, in check mode")[0], found.said("A set")[0]
    assert made["counts"] == predicted["counts"] == {"created": 1, "updated": 2, "removed": 1, "unchanged": 0}
    assert made["geoip_rules"][0]["description"] == "around ******** it"
    assert found.said("A set again")[0]["changed"] is False
    assert len(found.said("A set with items that cannot be")[0]["failed_items"]) == 3
    assert found.said("A set with an item of another type")[0]["msg"].startswith("item 2 of rules ('********'): ")
    assert found.said("A set in a set with a typo")[0]["msg"].startswith("item 1 of ip_reputation_rules of policies item 2 ('storefront') ('set-1'): ")
    assert found.said("Sets that are removed")[0]["counts"] == {"created": 0, "updated": 1, "removed": 1, "unchanged": 0}
    assert found.said("What the cloud refuses")[0]["api_error"]["code"] == "WAF.00022004"
    assert "Both option entries and its alias values are set." in str(found.said("A set under both names")[0]["warnings"])
    assert found.said("From the play")[0]["surroundings"]["HW_REGION_NAME"] == "of-the-play"
    assert found.said("From the play")[0]["surroundings"]["PROBE_NUMBER"] == "7"
    assert found.said("From the play")[0]["surroundings"]["folder"] == str(HERE)
    assert found.said("From the play")[0]["told"]["file"].endswith("/x/7")
    assert found.said("From the task")[0]["api_error"]["code"] == "APIGW.0301"
    assert found.said("An empty word of the task")[0]["surroundings"]["PROBE_NOTHING"] == ""
    seen = [one["surroundings"] for one in found.said("An environment of one item")[:2]]
    assert [one["PROBE_NOTHING"] for one in seen] == ["of the first item", None]
    assert [one["HW_REGION_NAME"] for one in seen] == ["of the first item", "of-the-play"]
    assert "through the proxy" in found.said("A proxy that is not there")[0]["msg"]
    assert found.said("The environment of the run is as it was")[0]["surroundings"]["PROBE_NOTHING"] is None
    assert "defect of gatehouse.huaweicloud: RuntimeError" in found.said("A defect")[0]["msg"]
    assert "Alias 'heading' is deprecated" in str(found.said("An alias that goes away")[0]["deprecations"])
    assert len(found.said("Options that go away")[0]["deprecations"]) == 2
    assert found.said("Check mode is told")[0]["modes"] == {"check": True, "diff": True}
    secrets = found.said("Secrets in results, lists and differences")[0]
    assert secrets["told"]["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert secrets["told"]["text"]["deep"][1] == "around ******** it"
    assert secrets["diff"]["before"]["note"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert secrets["invocation"]["module_args"]["inner"]["pin"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.mark.parametrize("door", DOORS)
def test_no_secret_is_shown(both: dict[str, Run], door: str) -> None:
    told = both[door].text + both[door].recording.read_text(encoding="utf-8")
    assert [line for line in told.splitlines() for secret in SECRETS if secret in line] == []


@pytest.mark.parametrize("door", DOORS)
def test_no_secret_is_shown_at_the_highest_verbosity_and_a_defect_shows_where_it_is(tmp_path: Path, door: str) -> None:
    probe = {"text": "{{ hidden }}", "password": "{{ hidden }}", "inner": {"pin": "{{ pin }}"}, "number": "{{ number }}"}
    tasks = play(
        {"name": "Told", "gatehouse.probe.probe": probe, "diff": True},
        {"name": "Broken", "gatehouse.probe.probe": {**probe, "breaks": True}, "ignore_errors": True},
        {"name": "Refused", "gatehouse.probe.probe": {**probe, "inner": {"pins": "{{ hidden }}"}}, "ignore_errors": True},
        {"name": "Asked", **read(diff=True)},
        {"name": "Wrong", **read(environment={"HW_AUTH_TOKEN": "fake-password-0001"}, ignore_errors=True)},
        vars={"hidden": "fake-password-0001", "pin": "fake-pin-0001", "number": 1234567890},
    )
    # From ansible-core 2.19 on tracebacks have a setting of their own.
    found = run(tmp_path, tasks, "-vvvv", *through(door), ANSIBLE_DISPLAY_TRACEBACK="error")
    assert found.ended.returncode == 0, found.text
    told = (found.text + found.recording.read_text(encoding="utf-8")).splitlines()
    shown = [line for line in told for secret in SECRETS if secret in line]
    # Ansible itself shows how it starts a module, with the environment of the task; in the process nothing is started.
    assert [line for line in shown if door == "in_process" or "EXEC" not in line] == []
    assert re.search(r'File ".*probe\.py", line \d+, in carry_out', found.text)
    quiet = run(tmp_path, tasks, *through(door))
    assert "in carry_out" not in quiet.ended.stdout + quiet.ended.stderr


@pytest.mark.parametrize("verbosity", ["", "-vvv"])
def test_failures_have_one_shape(tmp_path: Path, verbosity: str) -> None:
    """Where there is a traceback through one door there is one through the other; its frames are those of the door."""
    tasks = play(
        {"name": "Broken", "gatehouse.probe.probe": {"text": 1, "breaks": True}, "ignore_errors": True},
        {"name": "Refused", "gatehouse.probe.probe": {"texts": 1}, "ignore_errors": True},
        {"name": "Missing", "gatehouse.huaweicloud.waf_geoip_rule_info": {"policy": "nowhere"}, "ignore_errors": True},
    )
    shapes = {}
    for door in DOORS:
        found = run(tmp_path, tasks, *([verbosity] if verbosity else []), *through(door), **({"ANSIBLE_DISPLAY_TRACEBACK": "error"} if verbosity else {}))
        assert found.ended.returncode == 0, found.text
        shapes[door] = [result for task in ("Broken", "Refused", "Missing") for result in found.said(task)]
    assert shapes["in_process"] == shapes["module"]
    assert len(shapes["module"]) == 3


def test_a_loop_has_one_connection_and_asks_for_the_project_once_and_later_tasks_do_not(tmp_path: Path) -> None:
    temporary = str(tmp_path / "home" / "tmp")
    found = run(
        tmp_path,
        play(
            {
                "gatehouse.huaweicloud.waf_geoip_rule": {"policy": "storefront", "name": "rule-{{ item }}", "locations": ["Peru"], "state": "absent"},
                "loop": list(range(8)),
            },
            {"gatehouse.huaweicloud.apig_acl_info": {"gateway": "storefront-gateway"}, "loop": [1, 2, 3], "loop_control": {"label": "acl"}},
            read(),
            {
                "ansible.builtin.command": {"argv": ["find", temporary, "-path", "*/gatehouse.huaweicloud/*", "-perm", "600", "-exec", "cat", "{}", ";"]},
                "register": "kept",
                "failed_when": "kept.stdout != '0123456789abcdef0123456789abcdef'",
            },
            # No part of a secret is kept for later tasks, and no name of one.
            {"ansible.builtin.command": {"argv": ["grep", "-rlE", "demo-secret|DEMOKEY", temporary]}, "register": "leaks", "failed_when": "leaks.rc != 1"},
        ),
    )
    assert found.ended.returncode == 0, found.text
    assert [entry["operation"] for entry in found.journal].count("KeystoneListProjects") == 1
    assert found.journal[0]["operation"] == "KeystoneListProjects"
    connections = [entry["connection"] for entry in found.journal]
    assert len(set(connections)) == 3, "three tasks are three processes, with a connection each"
    assert len(found.journal) >= 8 * 2 + 3 * 2 + 2
    # What was kept for later tasks is gone with the run.
    assert not list((tmp_path / "home").rglob("gatehouse.huaweicloud"))


def test_the_module_door_opens_a_connection_for_each_item(tmp_path: Path) -> None:
    """What the number of connections says above would say nothing otherwise."""
    found = run(tmp_path, play(read(loop=[1, 2, 3])), *through("module"))
    assert len({entry["connection"] for entry in found.journal}) == 3


def test_nothing_is_opened_and_no_thread_is_started_by_an_import() -> None:
    names = sorted(path.stem for path in (ROOT / "plugins" / "action").glob("*.py"))
    program = """
import importlib, os, sys, threading
import ansible.plugins.action.normal, ansible.utils.display, requests, ssl
before = sorted(os.listdir("/proc/self/fd")), threading.enumerate()
for name in sys.argv[1:]:
    importlib.import_module(f"ansible_collections.gatehouse.huaweicloud.plugins.action.{name}")
from ansible_collections.gatehouse.huaweicloud.plugins.plugin_utils import _in_process
assert _in_process._memory.cache_info().currsize == 0
assert (sorted(os.listdir("/proc/self/fd")), threading.enumerate()) == before
locks = [(name, key) for name, module in list(sys.modules.items()) if "gatehouse" in name for key, value in vars(module).items() if hasattr(value, "acquire")]
assert locks == [], locks
print("clean")
"""
    environment = {**os.environ, "PYTHONPATH": str(COLLECTIONS)}
    ended = subprocess.run([sys.executable, "-c", program, *names], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout.strip() == "clean", ended.stderr


def test_the_invocation_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    told = {}
    for door in DOORS:
        found = run(tmp_path, play(read(name="Read")), *through(door), ANSIBLE_INJECT_INVOCATION="false")
        told[door] = "invocation" in found.said("Read")[0]
    # Up to ansible-core 2.20 always.
    assert told == dict.fromkeys(DOORS, not TELLS_WHEN_ASKED)


def test_a_task_that_takes_too_long_fails_and_the_next_goes_on(tmp_path: Path) -> None:
    tasks = play(
        {"ansible.builtin.uri": {"url": "{{ cloud }}/_emulator/faults", "method": "POST", "body_format": "json", "body": [{"delay": 3, "times": 1}]}},
        read(name="Slow", timeout=1, ignore_errors=True),
        read(name="Next"),
    )
    found = run(tmp_path, tasks)
    assert found.ended.returncode == 0, found.text
    # "Timed out after", "The timeout action failed ... exceeded": each version has its words.
    assert "time" in found.said("Slow")[0]["msg"].lower()
    assert found.said("Next")[0]["geoip_rules"] == []


def test_a_run_that_is_interrupted_ends_at_once_without_a_traceback(tmp_path: Path) -> None:
    environment = prepared(tmp_path)
    (tmp_path / "plays.yml").write_text(yaml.safe_dump(play(read(name="Slow"))), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        variables = json.dumps({"cloud": f"http://127.0.0.1:{silent.getsockname()[1]}", "demo_secret": SECRET})
        with subprocess.Popen(
            command("plays.yml", "--extra-vars", variables),
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            # Whoever runs the tests in the background may ignore what Ctrl-C sends, and that would be inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as process:
            try:
                silent.settimeout(30)
                connection, _address = silent.accept()
                with connection:
                    # The request is on its way, and nobody will answer it.
                    assert connection.recv(65536)
                    # As a terminal does: to the whole group.
                    os.killpg(process.pid, signal.SIGINT)
                    output = process.communicate(timeout=20)[0]
            finally:
                process.kill()
    assert process.returncode != 0
    assert "Traceback" not in output, output
    assert SECRET not in output
