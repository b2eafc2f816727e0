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
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from processes import end

_START_DEADLINE = 30.0
# It ends by itself should this process be killed.
_LIFETIME = 600


class CloudFailed(Exception):
    """The emulator did not start or did not answer."""


@dataclass(frozen=True)
class Cloud:
    """A running emulator, seen through its control endpoints."""

    url: str
    dns: str
    waf: str
    origin: str

    def state(self) -> dict[str, t.Any]:
        """What the account holds."""
        return dict(self._ask("GET", "state"))

    def writes(self) -> int:
        """How many requests since the last look changed something."""
        return sum(1 for entry in self._ask("GET", "journal") if entry["write"])

    def forget(self) -> None:
        """Begin the journal anew."""
        self._ask("DELETE", "journal")

    def lead(self, host_name: str, cname: str | None) -> None:
        """Let DNS lead a host name to a CNAME, or nowhere."""
        self._ask("POST", "dns", [{"name": host_name, **({"type": "CNAME", "value": cname} if cname else {})}])

    def visit(self, host_name: str, location: str) -> int:
        """The status that a visitor from a location gets for the first page of a host name, through WAF."""
        request = urllib.request.Request(f"http://{self.waf}/", headers={"Host": host_name, "X-Emulated-Location": location})
        try:
            with _opener().open(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError as error:
            raise CloudFailed(f"GET http://{host_name}/: {error}") from error

    def _ask(self, method: str, what: str, body: t.Any = None) -> t.Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_emulator/{what}", content, method=method)
        try:
            with _opener().open(request, timeout=10) as answer:
                text = answer.read()
        except OSError as error:
            raise CloudFailed(f"{method} {request.full_url}: {error}") from error
        return json.loads(text) if text else None


def _opener() -> urllib.request.OpenerDirector:
    # A proxy of the user's has no business with 127.0.0.1.
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextlib.contextmanager
def emulated_cloud(package_folder: Path, scratch: Path, site: Path) -> t.Iterator[Cloud]:
    """A cloud on free ports, in which is what a site takes as given and nothing else; it is gone afterwards, whatever happens."""
    log, ports = scratch / "emulator.log", scratch / "ports"
    any_ports = [word for name in ("", "dns-", "waf-", "origin-") for word in (f"--{name}port", "0")]
    command = [sys.executable, "-m", "gatehouse_emulator", *any_ports, "--ports-file", str(ports), "--site", str(site), "--stop-after", str(_LIFETIME)]
    environment = {**os.environ, "PYTHONPATH": str(package_folder), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as output:
        # In a session of its own it does not get the Ctrl-C of the terminal, and answers until it is told to end.
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        places = {name: f"127.0.0.1:{port}" for name, port in _ports(process, ports, log).items()}
        yield Cloud(f"http://{places['api']}", places["dns"], places["waf"], places["origin"])
    finally:
        end(process)


def _ports(process: subprocess.Popen[bytes], ports: Path, log: Path) -> dict[str, int]:
    deadline = time.monotonic() + _START_DEADLINE
    while time.monotonic() < deadline:
        ended = process.poll()
        if ports.exists():
            return dict(json.loads(ports.read_text(encoding="ascii")))
        if ended is not None:
            raise CloudFailed(f"the emulator ended with {ended} before it was ready:\n{log.read_text(encoding='utf-8', errors='replace')}")
        time.sleep(0.05)
    raise CloudFailed(f"the emulator was not ready after {_START_DEADLINE:.0f} seconds:\n{log.read_text(encoding='utf-8', errors='replace')}")
