# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many checks, two at a time: a line for each as it ends, the whole output of those that fail, and a closing count."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import machine

# So many lines of a failed check are shown; its whole output stays in the file that is named.
_SHOWN = 400


@dataclass(frozen=True)
class Ended:
    """A check that has run."""

    name: str
    passed: bool
    seconds: float
    log: Path


def checks_of(group: str, found: dict[machine.Version, str]) -> list[str]:
    """The sessions of a group, the slow ones first: test is everything on the newest pair, matrix what remains of the matrix, rest all other versions.

    release is what those who certify a collection look at.
    """
    newest = machine.newest(found)
    if group == "release":
        return [f"sanity-{newest.core}", "lint", "importer", "certification", "docs", "build", "ee", "sbom"]
    if group == "test":
        oldest = ["oldest-python"] if machine.OLDEST_MODULE_PYTHON in found else []
        return [f"unit-{newest.core}", f"integration-{newest.core}", f"sanity-{newest.core}", "lint", "importer", "docs", *oldest, "build", "ee"]
    others = [pair.core for pair in machine.pairs(found) if (pair.core in machine.MATRIX) is (group == "matrix") and pair.core != newest.core]
    return [f"{check}-{core}" for check in ("sanity", "integration", "unit") for core in others]


def run(name: str, logs: Path) -> Ended:
    """One check, its output in a file."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    start = time.monotonic()
    command = [sys.executable, "-m", "nox", "--noxfile", "noxfile.py", "--session", name]
    environment = {**os.environ, "NOXCOLOR": "no"}
    with log.open("wb") as output:
        ended = subprocess.run(command, cwd=machine.ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment, check=False)
    return Ended(name, ended.returncode == 0, time.monotonic() - start, log)


def told(ended: Ended) -> str:
    """A check in one line, with the output below it when it failed."""
    line = f"{'passed' if ended.passed else 'FAILED'}  {ended.name}  ({ended.seconds:.0f} s)"
    if ended.passed:
        return line
    output = ended.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join([line, f"--- the last lines of {ended.log}:", *output[-_SHOWN:], f"--- end of {ended.name}"])


def closing(ended: t.Sequence[Ended]) -> str:
    """The count of all checks."""
    passed = sum(one.passed for one in ended)
    return f"{passed} passed, {len(ended) - passed} failed"


def main() -> int:
    """0 when every check passed."""
    group = sys.argv[1] if len(sys.argv) == 2 else ""
    if group not in ("test", "matrix", "rest", "release"):
        print("test, matrix, rest or release is expected", file=sys.stderr)
        return 2
    found = machine.interpreters()
    for line in machine.left_out(found):
        print(line, flush=True)
    names = checks_of(group, found)
    if not names:
        print("There is nothing left to check: this machine runs no other version of this group.")
        return 0
    ended = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for future in as_completed([pool.submit(run, name, machine.cache() / "logs") for name in names]):
            ended.append(future.result())
            print(told(ended[-1]), flush=True)
    print(closing(ended), flush=True)
    return 0 if all(one.passed for one in ended) else 1


if __name__ == "__main__":
    sys.exit(main())
