# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a long task says of itself while it is under way, to whoever watches."""

from __future__ import annotations

import threading
import time
import typing as t

# Seconds of silence that nobody takes for a standstill.
PERIOD = 10.0


def _unheard(text: str, verbosity: int) -> None:
    """A module in a process of its own has nobody to say it to."""


class Progress:
    """Hands a line to show(text, verbosity) when a task would be silent for longer than PERIOD, from whatever thread. Lines hold no secrets."""

    def __init__(self, show: t.Callable[[str, int], None] = _unheard, clock: t.Callable[[], float] = time.monotonic) -> None:
        self._show = show
        self._clock = clock
        self._last = clock()
        self._one_by_one = threading.Lock()

    def plan(self, text: str) -> None:
        """Say what a task is about to do, to those who want to know more."""
        self._show(text, 1)

    def tell(self, text: t.Callable[[], str], ahead: float = 0.0) -> None:
        """Say how far a task is, if it has been silent for long, or will have been in so many seconds ahead."""
        with self._one_by_one:
            now = self._clock()
            if now + ahead - self._last < PERIOD:
                return
            self._last = now
        self._show(text(), 0)
