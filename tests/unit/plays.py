# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks as a user runs them, through ansible-playbook, against an emulator on a port."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT.parents[2]
SECRET = "gatehouse-demo-secret-0000000000000001"
Ended = subprocess.CompletedProcess[str]


@contextlib.contextmanager
def emulator() -> t.Iterator[str]:
    """The port of an emulator with the demo account."""
    command = [sys.executable, "-m", "gatehouse_emulator", "--port", "0", "--stop-after", "300"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "extensions" / "emulator")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip().rpartition(":")[2]
        finally:
            process.terminate()


def surroundings(folder: Path, collections: str = str(COLLECTIONS), **more: str) -> dict[str, str]:
    """The environment of a run, without what the user of this machine has set."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "HW_", "HUAWEICLOUD_"))},
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "NO_PROXY": "127.0.0.1",
        "LC_ALL": "C.UTF-8",
        **more,
    }


def command(*words: str) -> list[str]:
    """The words of a call of ansible-playbook."""
    return [sys.executable, "-m", "ansible", "playbook", *words]


def ran(folder: Path, environment: t.Mapping[str, str], *words: str) -> Ended:
    """One run of playbooks in a folder."""
    return subprocess.run(
        command(*words), cwd=folder, env=dict(environment), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=240, check=False
    )
