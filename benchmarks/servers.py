# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers that benchmarks talk to, and the machine they run on."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import sys
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# No server outlives this many seconds, whatever becomes of this process.
LIFETIME = 7200

EMULATOR = (sys.executable, "-m", "gatehouse_emulator", "--port", "0", "--stop-after", str(LIFETIME))


@dataclass(frozen=True)
class Server:
    """A running server: its process, its port and the seconds from its start to its first line."""

    process: subprocess.Popen[str]
    port: int
    seconds_to_start: float

    @property
    def cpu_seconds(self) -> float:
        """What the process has used of a processor so far, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def megabytes(self) -> float:
        """The most memory that the process has held."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


@contextlib.contextmanager
def served(command: t.Sequence[str]) -> t.Iterator[Server]:
    """A server on one processor of its own."""
    cores = sorted(os.sched_getaffinity(0))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "extensions" / "emulator")}
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        os.sched_setaffinity(process.pid, {cores[-1]})
        line = process.stdout.readline() if process.stdout else ""
        taken = time.perf_counter() - begun
        yield Server(process, int(line.rpartition(":")[2]), taken)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def machine() -> str:
    """What the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{model}, {len(os.sched_getaffinity(0))} processors, {platform.system()} {platform.release()}, Python {platform.python_version()}"
