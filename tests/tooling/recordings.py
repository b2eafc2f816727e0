# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks said through one door beside what they said through the other, field by field."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

DOORS = ("module", "in_process")
# What a task says at -v when it is carried out by its module although the other door was wanted.
ASIDE = "runs in a process of its own"
# What differs between two runs whatever the door: the port of the emulator, the folders that the plays make, and when what was issued ends.
_OF_THE_RUN = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"/ansible\.\w+gatehouse/"), "/FOLDER/"),
    (re.compile(r'"expires_at": "[0-9TZ:-]+"'), '"expires_at": "TIME"'),
)


def recorded(path: Path) -> list[dict[str, t.Any]]:
    """What the tasks of our modules said in a run, without what belongs to the run."""
    text = path.read_text(encoding="utf-8")
    for pattern, word in _OF_THE_RUN:
        text = pattern.sub(word, text)
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        line["result"] = _without_frames(line["result"])
    # Hosts may run side by side; what one host says has an order.
    return sorted((line for line in lines if not line["action"].startswith("ansible.builtin.")), key=lambda line: str(line["host"]))


def _without_frames(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """A result whose traceback, if it has one, is only said to be there: its frames are those of the door."""
    whole = {**result, "exception": "(a traceback)"} if "File " in str(result.get("exception")) else result
    return {**whole, "results": [_without_frames(item) for item in whole["results"]]} if "results" in whole else whole


def differences(one: t.Any, other: t.Any, path: str = "") -> list[str]:
    """Where two values differ, as lines of a report."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [line for key in sorted({*one, *other}) for line in differences(one.get(key, "(nothing)"), other.get(key, "(nothing)"), f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [line for number, (mine, yours) in enumerate(zip(one, other)) for line in differences(mine, yours, f"{path}[{number}]")]
    return [] if one == other else [f"{path}: {one!r} through the module, {other!r} in the process"]


# What the service, or the machine, chooses anew each time: ids, folders and backups of a test.
_CHOSEN = re.compile(r"\b[0-9a-f]{32}\b|/tmp/ansible\.[a-z0-9_]+|-\d{8}T\d{6}Z-[a-z0-9_]{8}\.json")


def _without_chance(results: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Results in which what is chosen anew is called alike: creations side by side get their ids as they arrive."""
    return [json.loads(_CHOSEN.sub("chosen", json.dumps(result))) for result in results]


def report(recordings: t.Mapping[str, Path]) -> tuple[int, list[str]]:
    """How many results the recordings of both doors have, and where they differ."""
    one, other = (_without_chance(recorded(recordings[door])) for door in DOORS)
    if len(one) != len(other):
        return len(one), [f"{len(one)} results through the module, {len(other)} in the process"]
    lines = []
    for number, (mine, yours) in enumerate(zip(one, other)):
        lines += [f"result {number + 1} ({mine['task']}){line}" for line in differences(mine, yours)]
    return len(one), lines


def settings(callbacks: Path, recording: Path) -> str:
    """An ansible.cfg that records what tasks say."""
    return f"[defaults]\ncallback_plugins = {callbacks}\ninject_invocation = true\n[callback_recorder]\npath = {recording}\n"
