# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a process that lives no longer than the demo."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from processes import end

_READY = "listening on "
_START_DEADLINE = 30.0
# It ends by itself should this process be killed.
_LIFETIME = 600


class CloudFailed(Exception):
    """The emulator did not start or did not answer."""


@dataclass(frozen=True)
class Cloud:
    """A running emulator, seen through its control endpoints."""

    url: str

    def state(self) -> dict[str, t.Any]:
        """What the account holds."""
        return dict(self._ask("GET", "state"))

    def writes(self) -> int:
        """How many requests since the last look changed something."""
        return sum(1 for entry in self._ask("GET", "journal") if entry["write"])

    def forget(self) -> None:
        """Begin the journal anew."""
        self._ask("DELETE", "journal")

    def _ask(self, method: str, what: str) -> t.Any:
        # A proxy of the user's has no business with 127.0.0.1.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(f"{self.url}/_emulator/{what}", method=method)
        try:
            with opener.open(request, timeout=10) as answer:
                text = answer.read()
        except OSError as error:
            raise CloudFailed(f"{method} {request.full_url}: {error}") from error
        return json.loads(text) if text else None


@contextlib.contextmanager
def emulated_cloud(package_folder: Path, scratch: Path) -> t.Iterator[Cloud]:
    """A cloud on a free port, with the demo account; it is gone afterwards, whatever happens."""
    log = scratch / "emulator.log"
    command = [sys.executable, "-m", "gatehouse_emulator", "--port", "0", "--stop-after", str(_LIFETIME)]
    environment = {**os.environ, "PYTHONPATH": str(package_folder), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as output:
        # In a session of its own it does not get the Ctrl-C of the terminal, and answers until it is told to end.
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        yield Cloud(_address(process, log))
    finally:
        end(process)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _START_DEADLINE
    while time.monotonic() < deadline:
        ended = process.poll()
        written = log.read_text(encoding="utf-8", errors="replace")
        for line in written.splitlines():
            if line.startswith(_READY):
                return line.removeprefix(_READY).strip()
        if ended is not None:
            raise CloudFailed(f"the emulator ended with {ended} before it was ready:\n{written}")
        time.sleep(0.05)
    raise CloudFailed(f"the emulator was not ready after {_START_DEADLINE:.0f} seconds:\n{written}")
