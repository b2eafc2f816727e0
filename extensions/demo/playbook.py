# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of a playbook with an environment that nothing of the user's own gets into."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

from processes import end

_CREDENTIALS = {
    "HW_ACCESS_KEY": "GATEHOUSEDEMOKEY0001",
    "HW_SECRET_KEY": "gatehouse-demo-secret-0000000000000001",
    "HW_REGION_NAME": "cn-north-4",
}
_FOREIGN = ("ANSIBLE_", "HW_", "HUAWEICLOUD_", "PYTHON")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Run:
    """What a run of a playbook printed and how it ended."""

    output: str
    exit_code: int

    @property
    def succeeded(self) -> bool:
        """Whether no task failed."""
        return self.exit_code == 0

    @property
    def changes(self) -> int:
        """How many tasks, items of loops counted one by one, changed something."""
        return len(re.findall(r"^changed: ", self.output, re.MULTILINE))

    @property
    def recap(self) -> str:
        """The last line, with the counts."""
        lines = self.output.rstrip().splitlines()
        return lines[-1] if lines else ""


def demo_environment(environment: t.Mapping[str, str], collection: Path, scratch: Path, url: str) -> dict[str, str]:
    """The environment of a run: the demo account on this cloud, a home of its own for Ansible, no settings of the user."""
    kept = {name: value for name, value in environment.items() if not name.startswith(_FOREIGN)}
    (scratch / "ansible.cfg").touch()
    (scratch / "inventory").touch()
    return {
        **kept,
        **_CREDENTIALS,
        "HW_ENDPOINT": url,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "ANSIBLE_COLLECTIONS_PATH": _collections_path(environment, collection),
        "ANSIBLE_CONFIG": str(scratch / "ansible.cfg"),
        "ANSIBLE_INVENTORY": str(scratch / "inventory"),
        "ANSIBLE_HOME": str(scratch / "ansible"),
        "ANSIBLE_REMOTE_TEMP": str(scratch / "ansible" / "remote"),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_NOCOWS": "1",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()).lower(),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }


def _collections_path(environment: t.Mapping[str, str], collection: Path) -> str:
    """Where Ansible finds the collection: as told, else the tree that these files lie in."""
    told = environment.get("ANSIBLE_COLLECTIONS_PATH")
    if told:
        return os.path.abspath(told)
    if collection.parts[-3:] == ("ansible_collections", "gatehouse", "huaweicloud"):
        return str(collection.parents[2])
    sys.exit("Set ANSIBLE_COLLECTIONS_PATH to the folder that holds ansible_collections/gatehouse/huaweicloud, or use: make demo")


def run_playbook(arguments: t.Sequence[str], folder: Path, environment: t.Mapping[str, str], *, shown: bool) -> Run:
    """Run a playbook to its end, its output passed on line by line when it is to be shown."""
    command = [sys.executable, "-m", "ansible", "playbook", *arguments]
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                lines.append(_COLOURS.sub("", line))
                if shown:
                    print(line, end="", flush=True)
        except BaseException:
            end(process)
            raise
    return Run("".join(lines), process.returncode)
