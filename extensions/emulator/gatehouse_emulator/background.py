# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a process in the background: started before a play, stopped after it.

background.py start [OPTION ...]    options of the emulator; prints {"endpoint", "dns", "waf", "origin", "pid", "folder"} once it listens
background.py stop PID FOLDER       ends it; fails when it has died before, or has to be killed
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SECONDS_TO_START = 15.0
SECONDS_TO_STOP = 10.0
# It ends by itself should nobody stop it.
SECONDS_TO_LIVE = 600


def start(options: list[str]) -> dict[str, str | int]:
    """An emulator on ports of its own, listening."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-emulator-"))
    ports_file, log = folder / "ports", folder / "log"
    any_ports = [word for name in ("", "dns-", "waf-", "origin-") for word in (f"--{name}port", "0")]
    command = [sys.executable, "-m", "gatehouse_emulator", *any_ports, "--ports-file", str(ports_file), "--stop-after", str(SECONDS_TO_LIVE), *options]
    paths = [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def settled() -> bool:
        return process.poll() is not None or ports_file.exists()

    if not within(SECONDS_TO_START, settled) or process.poll() is not None:
        process.kill()
        said = log.read_text(errors="replace")
        shutil.rmtree(folder)
        sys.exit(f"The emulator does not listen. It said: {said}")
    places = {name: f"127.0.0.1:{port}" for name, port in json.loads(ports_file.read_text()).items()}
    return {"endpoint": f"http://{places.pop('api')}", **places, "pid": process.pid, "folder": str(folder)}


def stop(process_id: int, folder: Path) -> None:
    """End the emulator; one that is gone already, or that does not go, is an error."""
    said = (folder / "log").read_text(errors="replace")
    shutil.rmtree(folder)
    if gone(process_id):
        sys.exit(f"The emulator had ended before it was stopped. It said: {said}")
    os.kill(process_id, signal.SIGTERM)
    if not within(SECONDS_TO_STOP, lambda: gone(process_id)):
        os.kill(process_id, signal.SIGKILL)
        sys.exit(f"The emulator had to be killed. It said: {said}")


def within(seconds: float, happened: Callable[[], bool]) -> bool:
    """Whether something happens before the time is up."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def gone(process_id: int) -> bool:
    """Whether a process has ended, be it that its parent has not noticed yet."""
    status = Path(f"/proc/{process_id}/stat")
    try:
        os.kill(process_id, 0)
        return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


if __name__ == "__main__":
    if sys.argv[1] == "start":
        print(json.dumps(start(sys.argv[2:])))
    else:
        stop(int(sys.argv[2]), Path(sys.argv[3]))
