# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a task steps aside, so that its module carries it out in a process of its own, and what it says of that."""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path
from unittest import mock

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.plugin_utils import _in_process
from doors import OMITS
from plays import play, prepared, read, run, through
from recordings import ASIDE, DOORS, recorded


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
    stepping = [read(name=name, **words) for name, (words, _reason) in ASIDES.items()]
    staying = read(name="in here", vars={"gatehouse_in_process": "{{ 'yes' if true else 'no' }}"})
    tasks = play(*stepping, staying, vars={"other": other_python(tmp_path)})
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
        ({"gatehouse.probe.probe": {"text": "{{ '[\"\\ud800\"]' | from_json | first }}"}, "loop": [1, 2, 3]}, "" if OMITS else "its options are no text"),
        ({"gatehouse.probe.probe": {"text": "{{ item }}"}, "environment": {"A=B": "{{ item }}"}}, "its environment sets 'A=B'"),
    ],
    ids=["value", "bytes", "surrogate", "variable"],
)
def test_odd_words_fail_an_item_and_not_the_loop(tmp_path: Path, words: dict[str, t.Any], reason: str) -> None:
    told = {}
    for door in DOORS:
        found = run(tmp_path, play({"name": "Odd", "loop": [1, 2, 3], "ignore_errors": True, **words}), "-v", *through(door))
        told[door] = [line["event"] for line in recorded(found.recording)]
        assert door == "module" or f"{ASIDE}: {reason}" in found.text or not reason, found.text
        assert "text" not in reason or found.text.count("'text' holds half of a pair of surrogates") == 3
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
