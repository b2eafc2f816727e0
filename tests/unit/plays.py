# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks as a user runs them, through ansible-playbook, against an emulator on a port."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import yaml

from recordings import recorded, settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COLLECTIONS = ROOT.parents[2]
# Where the programs of this environment are.
PROGRAMS = Path(sys.executable).parent
SECRET = "gatehouse-demo-secret-0000000000000001"
# Of the demo account, as the environment has them.
CREDENTIALS = {"HW_ACCESS_KEY": "GATEHOUSEDEMOKEY0001", "HW_SECRET_KEY": SECRET, "HW_REGION_NAME": "cn-north-4"}
Ended = subprocess.CompletedProcess[str]
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


@contextlib.contextmanager
def emulator(lifetime: int = 300) -> t.Iterator[str]:
    """The port of an emulator with the demo account, which ends by itself after so many seconds."""
    with emulator_with(lifetime=lifetime) as ports:
        yield ports["api"]


@contextlib.contextmanager
def emulator_with(*beside: str, lifetime: int = 300) -> t.Iterator[dict[str, str]]:
    """The ports of such an emulator by name: that of its API, and of what it shall have beside it."""
    words = [word for name in beside for word in (f"--{name}-port", "0")]
    command = [sys.executable, "-m", "gatehouse_emulator", "--port", "0", "--stop-after", str(lifetime), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "extensions" / "emulator")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        try:
            yield {name: process.stdout.readline().strip().rpartition(":")[2] for name in ("api", *beside)}
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
        # Nothing answers there: no test asks the machine that it runs on.
        "HW_ENDPOINT_METADATA": "http://127.0.0.1:1",
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
