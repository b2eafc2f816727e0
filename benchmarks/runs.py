# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One measured run: who carries out which pass over how many rules, and what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PROJECT = "0123456789abcdef0123456789abcdef"
TOKEN = "gatehouse-demo-token-0000000000000001"
LOCATIONS = sorted(json.loads((ROOT / "extensions/emulator/gatehouse_emulator/locations.json").read_text(encoding="utf-8"))["locations"])
# The rules in each policy: so many that a list is one page and no pass meets a longer or shorter one, whatever its size.
LISTED, LISTED_BEFORE_CREATION, CREATED_IN_EACH = 100, 90, 10

PLAYBOOK = (sys.executable, "-m", "ansible", "playbook")
Pass = t.Literal["no-op", "create", "update"]


@dataclass(frozen=True)
class Subject:
    """Who does the work: its name in the tables, its command without the wishes, and how the wishes are handed over."""

    name: str
    command: tuple[str, ...]
    wishes: str = "@{}"


FLOOR = Subject("debug, the floor", (*PLAYBOOK, str(HERE / "plays" / "debug.yml"), "--extra-vars"))
OURS = Subject("ours, in the process", (*PLAYBOOK, str(HERE / "plays" / "rule.yml"), "--extra-vars"))
MODULE = Subject("ours, module door", (*PLAYBOOK, str(HERE / "plays" / "rule.yml"), "--extra-vars", "gatehouse_in_process=false", "--extra-vars"))
URI = Subject("ansible.builtin.uri, the GET alone", (*PLAYBOOK, str(HERE / "plays" / "uri.yml"), "--extra-vars"))
SDK = Subject("script on the vendor's SDK", (sys.executable, str(HERE / "sdk_rules.py")), "{}")


@dataclass(frozen=True)
class Usage:
    """What a run took: seconds on the clock, seconds of processor (user and system, of all its processes), megabytes at most of one of them, requests."""

    wall: float
    cpu: float
    megabytes: float
    requests: int = 0


def wishes(kind: Pass, items: int) -> list[dict[str, t.Any]]:
    """What the rules of a pass shall be."""
    if kind == "create":
        return [
            {
                "policy": f"policy-{number // CREATED_IN_EACH}",
                "policy_id": _policy_id(number // CREATED_IN_EACH),
                "name": f"made-{number % CREATED_IN_EACH}",
                "locations": [LOCATIONS[LISTED_BEFORE_CREATION + number % CREATED_IN_EACH]],
                "action": "block",
            }
            for number in range(items)
        ]
    return [
        {
            "policy": f"policy-{number // LISTED}",
            "policy_id": _policy_id(number // LISTED),
            "name": f"rule-{number % LISTED}",
            "locations": [LOCATIONS[number % LISTED]],
            "action": "log" if kind == "update" else "block",
        }
        for number in range(items)
    ]


def seed(kind: Pass, items: int) -> dict[str, t.Any]:
    """The account before a pass."""
    there, of_each = (LISTED_BEFORE_CREATION, CREATED_IN_EACH) if kind == "create" else (LISTED, LISTED)
    rules = [{"name": f"rule-{number}", "geoip": LOCATIONS[number], "white": 0} for number in range(there)]
    policies = [{"id": _policy_id(number), "name": f"policy-{number}", "geoip_rules": rules} for number in range(-(-items // of_each))]
    return {"policies": policies, "limits": {"geoip_rules": 1000}}


def _policy_id(number: int) -> str:
    return f"{number:032x}"


class Cloud:
    """The emulator, between the runs."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def reset(self, account: t.Mapping[str, t.Any], delay: float = 0.0) -> None:
        """Start over with an account, and with answers that take so many seconds."""
        self._ask("POST", "/_emulator/reset", account)
        if delay:
            self._ask("POST", "/_emulator/faults", [{"delay": delay}])

    def journal(self) -> list[dict[str, t.Any]]:
        """The requests since the last reset."""
        return list(self._ask("GET", "/_emulator/journal"))

    def _ask(self, method: str, path: str, body: t.Any = None) -> t.Any:
        request = urllib.request.Request(self.url + path, None if body is None else json.dumps(body).encode(), method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())


def environment(cloud: Cloud, folder: Path, url: str = "") -> dict[str, str]:
    """The surroundings of every run: the connection, by another way to the cloud where one is named, and nothing of the user's."""
    return {
        # With bytecode on disk, as libraries have it where they are installed.
        **{name: value for name, value in os.environ.items() if not name.startswith(("HW_", "HUAWEICLOUD_", "PYTHONDONTWRITEBYTECODE"))},
        "HW_ACCESS_KEY": "GATEHOUSEDEMOKEY0001",
        "HW_SECRET_KEY": "gatehouse-demo-secret-0000000000000001",
        "HW_REGION_NAME": "cn-north-4",
        "HW_PROJECT_ID": PROJECT,
        "HW_ENDPOINT": url or cloud.url,
        "NO_PROXY": "127.0.0.1",
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }


def measured(command: t.Sequence[str], variables: t.Mapping[str, str], folder: Path) -> Usage:
    """A command, its processes counted together. Raises SystemExit with its output when it fails."""
    output = folder / "output"
    begun = time.perf_counter()
    with output.open("wb") as file:
        process = subprocess.Popen(command, env=dict(variables), stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
        # Counts the processes that it has waited for as well.
        _pid, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{output.read_text(encoding='utf-8', errors='replace')}")
    return Usage(taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def run(subject: Subject, kind: Pass, items: int, cloud: Cloud, folder: Path, delay: float = 0.0) -> Usage:
    """A pass of a subject over a fresh account; it must have written what it should, and nothing else."""
    cloud.reset(seed(kind, items), delay)
    file = folder / "wishes.json"
    file.write_text(json.dumps({"wishes": wishes(kind, items), "cloud": cloud.url, "project": PROJECT, "token": TOKEN}), encoding="ascii")
    usage = measured([*subject.command, subject.wishes.format(file)], environment(cloud, folder), folder)
    journal = cloud.journal()
    written = sum(entry["write"] for entry in journal)
    if written != (items if kind != "no-op" and subject is not FLOOR else 0) or any(entry["status"] != 200 for entry in journal):
        raise SystemExit(f"{subject.name}, {kind}, {items} items: {written} writes, {sorted({entry['status'] for entry in journal})}")
    return Usage(usage.wall, usage.cpu, usage.megabytes, len(journal))
