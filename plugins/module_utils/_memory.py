# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What tasks may share: open sessions and what was issued within a process, project ids and the pace of requests within a run."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import new_session

# Seconds after which an open connection is not used again: firewalls on the way forget such connections without a word.
LONGEST_PAUSE = 15.0


@dataclass
class Memory:
    """Nothing is opened before it is asked for, and no secret is kept on disk.

    folder is where project ids and the times of requests, which are no secret, are kept for the processes of other tasks; None keeps them in
    this process. What was issued (tokens, temporary keys) never leaves this process.
    """

    folder: str | None = None
    clock: t.Callable[[], float] = time.monotonic
    sessions: dict[tuple[bool | str, str | None, bool], tuple[float, t.Any]] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    issued: dict[str, t.Any] = field(default_factory=dict, repr=False)
    free_from: float = 0.0

    def session(self, verify: bool | str, bundle: str | None = None, direct: bool = False) -> t.Any:
        """The session for a TLS setting and the certificates that the environment names, made when it is asked for first or after a pause."""
        last, session = self.sessions.get((verify, bundle, direct), (0.0, None))
        now = self.clock()
        if session is None or now - last > LONGEST_PAUSE:
            session = new_session(verify, direct)
        self.sessions[verify, bundle, direct] = (now, session)
        return session

    def turn(self, interval: float) -> float:
        """Seconds to wait until it is the caller's turn, where turns are so many seconds apart for all tasks that share this memory."""
        now = self.clock()
        if self.folder:
            # What cannot be shared holds for this process.
            with contextlib.suppress(OSError):
                os.makedirs(self.folder, mode=0o700, exist_ok=True)
                handle = os.open(os.path.join(self.folder, "turns"), os.O_RDWR | os.O_CREAT, 0o600)
                with open(handle, "r+", encoding="ascii", errors="replace") as file:
                    fcntl.flock(file, fcntl.LOCK_EX)
                    self.free_from = max(self.free_from, _number(file.read()))
                    mine = max(now, self.free_from)
                    file.seek(0)
                    file.truncate()
                    file.write(repr(mine + interval))
        self.free_from = max(now, self.free_from) + interval
        return self.free_from - interval - now

    def project(self, fingerprint: str) -> str | None:
        """The project id that was found for a fingerprint of credentials."""
        if fingerprint not in self.projects and self.folder:
            # What is not there, or cannot be read, is asked for again.
            with contextlib.suppress(OSError, UnicodeDecodeError), open(os.path.join(self.folder, fingerprint), encoding="ascii") as file:
                self.projects[fingerprint] = file.read()
        return self.projects.get(fingerprint)

    def keep_project(self, fingerprint: str, project_id: str) -> None:
        """Remember a project id."""
        self.projects[fingerprint] = project_id
        if self.folder:
            # A full disk is no reason for a task to fail.
            with contextlib.suppress(OSError, UnicodeEncodeError):
                os.makedirs(self.folder, mode=0o700, exist_ok=True)
                handle, name = tempfile.mkstemp(dir=self.folder)
                with open(handle, "w", encoding="ascii") as file:
                    file.write(project_id)
                # Whole or not at all: other tasks read and write beside this one.
                os.replace(name, os.path.join(self.folder, fingerprint))


def _number(text: str) -> float:
    """The number in a file; 0 for anything else."""
    try:
        return float(text)
    except ValueError:
        return 0.0
