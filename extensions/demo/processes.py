# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a process that the demo started."""

from __future__ import annotations

import subprocess
import typing as t

_STOP_DEADLINE = 10.0


def end(process: subprocess.Popen[t.Any]) -> None:
    """Ask a process to end, and make it end when it does not within some seconds."""
    process.terminate()
    try:
        process.wait(_STOP_DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
