# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Jobs side by side: the only place with threads. None is started before there is more than one job, and none outlives the call that started it."""

from __future__ import annotations

import heapq
import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

_Item = t.TypeVar("_Item")
_Made = t.TypeVar("_Made")


class Crew:
    """Carries jobs out side by side. Not more than size requests are on their way at once, however jobs are nested."""

    def __init__(self, size: int = 1) -> None:
        self.size = size
        self._turns = threading.BoundedSemaphore(size)

    @contextmanager
    def turn(self) -> t.Iterator[None]:
        """The time of one request."""
        with self._turns:
            yield

    def map(self, job: t.Callable[[_Item], _Made], items: t.Iterable[_Item]) -> list[_Made]:
        """What a job gives for each item, in their order. Raises the error of the first item that fails, once none is carried out any more."""
        listed = list(items)
        if self.size == 1 or len(listed) < 2:
            return [job(item) for item in listed]
        with self._pool(len(listed)) as pool:
            return [future.result() for future in [pool.submit(job, item) for item in listed]]

    def work_off(self, jobs: t.Mapping[int, t.Callable[[], None]], waits_for: t.Mapping[int, t.AbstractSet[int]], goes_on: t.Callable[[], bool]) -> None:
        """Carry jobs out, each once those that it waits_for have ended, the lower number first; none is begun any more once goes_on is false.

        A job tells what came of it by itself; one that raises ends all.
        """
        left = {number: {other for other in waits_for.get(number, ()) if other in jobs} for number in jobs}
        then: dict[int, list[int]] = {}
        for number, before in left.items():
            for other in before:
                then.setdefault(other, []).append(number)
        ready = sorted(number for number, before in left.items() if not before)

        def ended(number: int) -> None:
            for other in then.get(number, ()):
                left[other].discard(number)
                if not left[other]:
                    heapq.heappush(ready, other)

        if self.size == 1 or len(left) < 2:
            while ready and goes_on():
                number = heapq.heappop(ready)
                jobs[number]()
                ended(number)
            return
        changed = threading.Condition()
        under_way = 0
        broken: list[BaseException] = []

        def worker() -> None:
            nonlocal under_way
            while True:
                with changed:
                    while not ready and under_way and goes_on() and not broken:
                        changed.wait()
                    if not ready or broken or not goes_on():
                        return
                    number = heapq.heappop(ready)
                    under_way += 1
                try:
                    jobs[number]()
                except BaseException as error:
                    broken.append(error)
                    raise
                finally:
                    with changed:
                        under_way -= 1
                        ended(number)
                        changed.notify_all()

        with self._pool(len(left)) as pool:
            try:
                with changed:
                    # None begins before all are there.
                    workers = [pool.submit(worker) for _number in range(min(self.size, len(left)))]
                for one in workers:
                    one.result()
            except BaseException as error:
                # Of a job, or of what interrupts whoever waits here: no other job is begun.
                broken.append(error)
                raise

    @contextmanager
    def _pool(self, jobs: int) -> t.Iterator[ThreadPoolExecutor]:
        pool = ThreadPoolExecutor(max(1, min(self.size, jobs)), thread_name_prefix="gatehouse")
        try:
            yield pool
        finally:
            # What is on its way is waited for, or nobody would know what it did.
            pool.shutdown(wait=True, cancel_futures=True)
