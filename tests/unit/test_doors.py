# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both doors as a user meets them, through ansible-playbook: they say the same, and the in-process door knows when to step aside."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
import yaml

from ansible_collections.gatehouse.huaweicloud.plugins.plugin_utils import _in_process
from doors import OMITS, TELLS_WHEN_ASKED
from plays import COLLECTIONS, ROOT, SECRET, Ended, command, emulator, ran, surroundings
from recordings import ASIDE, DOORS, recorded, report, settings

HERE = Path(__file__).resolve().parent
SECRETS = (SECRET, "fake-password-0001", "fake-pin-0001", "1234567890", "fake-wrong-secret-of-the-task", "fake-proxy-password")
INVENTORY = """\
[web]
web1 ansible_connection=ssh ansible_host=192.0.2.1
web2 ansible_connection=ssh ansible_host=192.0.2.2
[near]
near1
near2
near3
[aside]
aside1 gatehouse_in_process=false
[here:children]
near
aside
[here:vars]
ansible_connection=local
ansible_python_interpreter={{ ansible_playbook_python }}
"""


@dataclass(frozen=True)
class Run:
    """What came of a playbook: its output, what its tasks said, and what the cloud was asked."""

    ended: Ended
    recording: Path
    journal: list[dict[str, t.Any]]

    @property
    def text(self) -> str:
        """The whole output, without the port."""
        return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", self.ended.stdout + self.ended.stderr)

    def said(self, task: str) -> list[dict[str, t.Any]]:
        """The results of a task, of each of its items, and of the tries that failed."""
        return [line["result"] for line in recorded(self.recording) if line["task"] == task]


def prepared(folder: Path) -> dict[str, str]:
    """The environment of runs in a folder, which gets the probe, an inventory and settings."""
    probe = folder / "collections" / "ansible_collections" / "gatehouse" / "probe"
    if not probe.exists():
        shutil.copytree(HERE / "probe", probe)
        (folder / "hosts").write_text(INVENTORY, encoding="ascii")
        (folder / "ansible.cfg").write_text(settings(ROOT / "tests" / "callback", folder / "recording"), encoding="utf-8")
        # Ansible looks for a collection where the first folder has its namespace.
        (probe.parent / "huaweicloud").symlink_to(ROOT)
    return surroundings(
        folder,
        str(folder / "collections"),
        ANSIBLE_CONFIG=str(folder / "ansible.cfg"),
        ANSIBLE_INVENTORY=str(folder / "hosts"),
        # Some messages of Ansible list what is in a set.
        PYTHONHASHSEED="0",
        # Two parts of Ansible do not agree on where home is when HOME is not what the password file says.
        ANSIBLE_ASYNC_DIR=str(folder / "async"),
    )


def run(folder: Path, playbook: str | list[dict[str, t.Any]], *words: str, **environment: str) -> Run:
    """A run of a playbook, given as the name of a file beside this one or as plays, on a cloud of its own."""
    recording = folder / "recording"
    variables = {**prepared(folder), **environment}
    recording.write_text("", encoding="ascii")
    name = str(HERE / playbook) if isinstance(playbook, str) else str(folder / "plays.yml")
    if not isinstance(playbook, str):
        Path(name).write_text(yaml.safe_dump(playbook, sort_keys=False), encoding="utf-8")
    with emulator() as port:
        # In a file, for Ansible shows its command line at high verbosity.
        (folder / "cloud.json").write_text(json.dumps({"cloud": f"http://127.0.0.1:{port}", "demo_secret": SECRET}), encoding="ascii")
        ended = ran(folder, variables, name, *words, "--extra-vars", f"@{folder / 'cloud.json'}")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_emulator/journal", timeout=10) as answer:
            journal = json.loads(answer.read())
    kept = folder / f"recording-{len(list(folder.glob('recording-*')))}"
    recording.rename(kept)
    return Run(ended, kept, journal)


def through(door: str) -> tuple[str, str]:
    """The words that choose a door."""
    return "--extra-vars", json.dumps({"gatehouse_in_process": door == "in_process"})


def play(*tasks: t.Mapping[str, t.Any], hosts: str = "localhost", **more: t.Any) -> list[dict[str, t.Any]]:
    """A playbook of one play whose tasks find the cloud."""
    connection = {
        "access_key": "GATEHOUSEDEMOKEY0001",
        "secret_key": "{{ demo_secret }}",
        "region": "cn-north-4",
        "endpoints": dict.fromkeys(("waf", "iam", "apig", "workspace"), "{{ cloud }}"),
    }
    defaults = {"group/gatehouse.huaweicloud.huaweicloud": connection, "gatehouse.probe.probe": connection}
    return [{"hosts": hosts, "gather_facts": False, "module_defaults": defaults, "tasks": [dict(task) for task in tasks], **more}]


def read(**more: t.Any) -> dict[str, t.Any]:
    """A task that reads rules."""
    return {"gatehouse.huaweicloud.waf_geoip_rule_info": {"policy": "storefront"}, **more}


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


class _Loader(yaml.SafeLoader):
    """YAML with Ansible's own tag."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


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


def other_python(folder: Path) -> str:
    """An interpreter that is not the one Ansible runs with."""
    path = folder / "other-python"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="ascii")
    path.chmod(0o755)
    return str(path)


# Why a task steps aside, how a task or its host says it, and how the reason begins.
ASIDES = {
    "switch": ({"vars": {"gatehouse_in_process": False}}, "gatehouse_in_process is false"),
    "switch as text": ({"vars": {"gatehouse_in_process": "{{ 'no' if true else 'yes' }}"}}, "gatehouse_in_process is false"),
    "become": ({"become": True, "become_user": "{{ lookup('ansible.builtin.env', 'USER') or 'root' }}"}, "it becomes another user"),
    "async": ({"async": 60, "poll": 1}, "it is asynchronous"),
    "interpreter": ({"vars": {"ansible_python_interpreter": "{{ other }}"}}, "ansible_python_interpreter is "),
    "connection": ({"vars": {"ansible_connection": "gatehouse.probe.elsewhere"}}, "the connection is gatehouse.probe.elsewhere"),
    "delegated": ({"delegate_to": "aside1"}, "gatehouse_in_process is false"),
    "libraries": ({"environment": {"PYTHONWARNINGS": "default"}}, "its environment sets 'PYTHONWARNINGS'"),
}


def test_the_door_steps_aside_and_says_why_at_the_first_verbosity_only(tmp_path: Path) -> None:
    prepared(tmp_path)
    tasks = play(*(read(name=name, **words) for name, (words, _reason) in ASIDES.items()), read(name="in here"), vars={"other": other_python(tmp_path)})
    found = run(tmp_path, tasks, "-v")
    assert found.ended.returncode == 0, found.text
    reasons = re.findall(rf"gatehouse\.huaweicloud\.waf_geoip_rule_info {ASIDE}: (.*)", found.ended.stdout)
    assert len(reasons) == len(ASIDES)
    for reason, (_words, expected) in zip(reasons, ASIDES.values()):
        assert reason.startswith(expected)
    assert [entry["operation"] for entry in found.journal].count("ListGeoipRule") == len(ASIDES) + 1
    results = {name: found.said(name)[-1] for name in (*ASIDES, "in here")}
    assert all(result["geoip_rules"] == [] for result in results.values())
    quiet = run(tmp_path, tasks)
    assert ASIDE not in quiet.text


def test_a_task_that_is_started_and_asked_for_later_is_carried_out(tmp_path: Path) -> None:
    wish = {"policy": "storefront", "name": "embargo", "locations": ["Peru"], "action": "block"}
    tasks = play(
        {"gatehouse.huaweicloud.waf_geoip_rule": wish, "async": 60, "poll": 0, "register": "job"},
        {
            "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
            "register": "ended",
            "until": "ended is finished",
            "retries": 60,
            "delay": 1,
            "failed_when": "ended.geoip_rule.name != 'embargo'",
        },
    )
    found = run(tmp_path, tasks)
    assert found.ended.returncode == 0, found.text
    assert [entry["operation"] for entry in found.journal].count("CreateGeoipRule") == 1


@pytest.mark.parametrize("place", ["host", "configuration"])
def test_another_interpreter_counts_wherever_it_is_said(tmp_path: Path, place: str) -> None:
    prepared(tmp_path)
    other = other_python(tmp_path)
    (tmp_path / "hosts").write_text(f"near ansible_connection=local{f' ansible_python_interpreter={other}' if place == 'host' else ''}\n", encoding="ascii")
    of_the_user = {"ANSIBLE_PYTHON_INTERPRETER": other} if place == "configuration" else {}
    plays = [*play(read(), read(delegate_to="localhost"), hosts="near"), *play(read(), read(delegate_to="near"), hosts="localhost")]
    found = run(tmp_path, plays, "-v", **of_the_user)
    assert found.ended.returncode == 0, found.text
    # The host that a task is carried out on counts; the localhost that nobody wrote down has the Python of Ansible.
    asides = [line for line in found.text.splitlines() if ASIDE in line]
    assert [line.startswith("<near>") for line in asides] == [True, False], asides
    assert all(f"ansible_python_interpreter is {other}" in line for line in asides)


def test_an_interpreter_that_would_be_looked_for_or_has_another_name_is_no_other(tmp_path: Path) -> None:
    prepared(tmp_path)
    (tmp_path / "hosts").write_text("near ansible_connection=local\n", encoding="ascii")
    names = [str(path) for path in Path(sys.executable).parent.glob("python*") if path.resolve() == Path(sys.executable).resolve()]
    assert len(names) > 1
    tasks = play(read(), *(read(vars={"ansible_python_interpreter": name}) for name in (*names, "auto", "auto_silent")), hosts="near")
    found = run(tmp_path, tasks, "-v")
    assert found.ended.returncode == 0, found.text
    assert ASIDE not in found.text


@pytest.mark.parametrize("trouble", ["ImportError('no requests here')", "AttributeError('a library of another version')"])
def test_without_the_library_the_module_says_what_is_missing(tmp_path: Path, trouble: str) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "requests.py").write_text(f"import warnings\nwarnings.warn('a part that does not fit')\nraise {trouble}\n", encoding="ascii")
    found = run(tmp_path, play(read()), "-v", PYTHONPATH=str(broken))
    assert found.ended.returncode != 0
    assert f"{ASIDE}: {sys.executable} cannot import the library requests" in found.text
    assert "Failed to import the required Python library (requests)" in found.text
    assert "a part that does not fit" not in found.text
    assert found.journal == []


def test_files_that_are_kept_are_those_of_a_module(tmp_path: Path) -> None:
    found = run(tmp_path, play(read()), "-v", ANSIBLE_KEEP_REMOTE_FILES="1", ANSIBLE_REMOTE_TEMP=str(tmp_path / "kept"))
    assert f"{ASIDE}: the files of modules are kept" in found.text
    assert list((tmp_path / "kept").rglob("AnsiballZ_waf_geoip_rule_info.py"))


def test_an_omitted_interpreter_or_switch_is_not_said(tmp_path: Path) -> None:
    omitted = "{{ nothing | default(omit) }}"
    found = run(tmp_path, play(read(vars={"gatehouse_in_process": omitted}), read(vars={"ansible_python_interpreter": omitted}, ignore_errors=True)), "-v")
    assert found.ended.returncode == 0, found.text
    # Up to ansible-core 2.18 what is omitted is a text of its own, and no interpreter.
    assert ASIDE not in found.text or not OMITS
    assert found.text.count("ok: [localhost]") == 2 or not OMITS


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"gatehouse.probe.probe": {"text": "{{ item }}", "timeout": "{{ (item == 2) | ternary('inf', 30) }}"}}, ""),
        ({"gatehouse.probe.probe": {"text": b"\xff"}, "loop": [1, 2, 3]}, "its options are no JSON"),
        ({"gatehouse.probe.probe": {"text": "{{ item }}"}, "environment": {"A=B": "{{ item }}"}}, "its environment sets 'A=B'"),
    ],
    ids=["value", "bytes", "variable"],
)
def test_odd_words_fail_an_item_and_not_the_loop(tmp_path: Path, words: dict[str, t.Any], reason: str) -> None:
    told = {}
    for door in DOORS:
        found = run(tmp_path, play({"name": "Odd", "loop": [1, 2, 3], "ignore_errors": True, **words}), "-v", *through(door))
        told[door] = [line["event"] for line in recorded(found.recording)]
        assert door == "module" or f"{ASIDE}: {reason}" in found.text or not reason, found.text
    assert told["in_process"] == told["module"]
    # Up to ansible-core 2.18 a module's options that are no JSON end the loop.
    assert len(told["module"]) == (4 if OMITS or "JSON" not in reason else 1)


def test_a_folder_that_cannot_be_opened_is_left_for_good_and_one_that_cannot_be_entered_is_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "play").mkdir()
    with _in_process._inside("play"):
        assert Path.cwd() == tmp_path / "play"
    assert Path.cwd() == tmp_path
    with pytest.raises(_in_process.Aside, match="cannot be entered"), _in_process._inside("nowhere"):
        pass
    assert Path.cwd() == tmp_path
    with monkeypatch.context() as patched:
        patched.setattr("os.open", mock.Mock(side_effect=PermissionError))
        with _in_process._inside("play"):
            assert Path.cwd() == tmp_path / "play"


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
    with emulator() as port:
        rules = json.dumps([{"match": {"operation": "ListGeoipRule"}, "delay": 30}]).encode()
        urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/_emulator/faults", rules, method="POST"), timeout=10).close()
        variables = json.dumps({"cloud": f"http://127.0.0.1:{port}", "demo_secret": SECRET})
        process = subprocess.Popen(
            command("plays.yml", "--extra-vars", variables),
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert process.stdout
        for line in process.stdout:
            if "Slow" in line:
                break
        # The request has to be on its way.
        time.sleep(1.5)
        begun = time.monotonic()
        # As a terminal does: to the whole group.
        os.killpg(process.pid, signal.SIGINT)
        try:
            output = process.communicate(timeout=20)[0]
        finally:
            process.kill()
        assert time.monotonic() - begun < 10
    assert process.returncode != 0
    assert "Traceback" not in output, output
    assert SECRET not in output
