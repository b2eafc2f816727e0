# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws of jobs side by side: their order, how many there are at once, what becomes of errors, and that no thread stays."""

from __future__ import annotations

import random
import signal
import threading
import time
import typing as t
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._crew import Crew

# Seconds after which a test that is stuck fails.
PATIENCE = 30.0
SIZES = st.integers(1, 6)
quickly = settings(max_examples=60, deadline=None)


def threads() -> list[str]:
    """The threads of crews that there are."""
    return [one.name for one in threading.enumerate() if one.name.startswith("gatehouse")]


@pytest.fixture(autouse=True)
def none_left() -> t.Iterator[None]:
    """No test leaves a thread behind, whatever comes of it."""
    yield
    assert threads() == []


def in_time(job: t.Callable[[], t.Any]) -> t.Any:
    """What a job gives; one that is stuck fails the test and not the run."""
    told: list[t.Any] = []
    thread = threading.Thread(target=lambda: told.append(job()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "the jobs are stuck"
    return told[0]


class Gauge:
    """Counts what is under way at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now = self.most = self.begun = 0

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.begun += 1
            self.most = max(self.most, self.now)
        # Others get the time to begin as well.
        time.sleep(0.0005)

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self.now -= 1


@quickly
@given(size=SIZES, count=st.integers(0, 20))
def test_what_a_map_gives_is_in_the_order_of_its_items_and_never_more_than_a_crew_at_once(size: int, count: int) -> None:
    gauge = Gauge()

    def job(number: int) -> int:
        with gauge:
            return number * number

    assert Crew(size).map(job, iter(range(count))) == [number * number for number in range(count)]
    assert (gauge.begun, gauge.now) == (count, 0)
    assert gauge.most <= size
    assert threads() == []


def test_jobs_are_side_by_side() -> None:
    together = threading.Barrier(4, timeout=PATIENCE)
    assert sorted(in_time(lambda: Crew(4).map(lambda number: together.wait(), range(4)))) == [0, 1, 2, 3]


@pytest.mark.parametrize("size", [1, 2, 8])
def test_the_error_of_the_first_item_is_raised_once_nothing_is_under_way(size: int) -> None:
    later_failed = threading.Event()
    gauge = Gauge()

    def job(number: int) -> None:
        with gauge:
            if number == 2:
                # The first item that fails is the last to do so.
                assert size == 1 or later_failed.wait(PATIENCE)
                raise ValueError("item 2")
            if number == 3:
                later_failed.set()
                raise KeyError("item 3")

    with pytest.raises(ValueError, match="item 2"):
        Crew(size).map(job, range(2000))
    assert gauge.now == 0
    begun = gauge.begun
    assert begun < 2000, "nothing is begun after an error"
    time.sleep(0.01)
    assert gauge.begun == begun, "nothing is begun afterwards"
    assert threads() == []


def test_one_item_or_a_crew_of_one_needs_no_thread() -> None:
    me = threading.current_thread()

    def job(number: int) -> threading.Thread:
        assert threads() == []
        return threading.current_thread()

    assert Crew(8).map(job, [1]) == [me]
    assert Crew(1).map(job, [1, 2, 3]) == [me] * 3
    assert Crew(8).map(job, []) == []
    seen: list[threading.Thread] = []
    for crew, jobs in ((Crew(8), 1), (Crew(1), 4), (Crew(8), 0)):
        crew.work_off({number: lambda: seen.append(job(0)) for number in range(jobs)}, {}, lambda: True)
    assert seen == [me] * 5


@pytest.mark.parametrize("size", [1, 2, 3])
def test_maps_in_maps_neither_get_stuck_nor_send_more_at_once(size: int) -> None:
    crew = Crew(size)
    gauge = Gauge()

    def request(number: int) -> int:
        with crew.turn(), gauge:
            return number

    def middle(number: int) -> list[int]:
        return crew.map(request, range(number))

    told = in_time(lambda: crew.map(lambda number: crew.map(middle, range(number)), range(5)))
    assert told == [[list(range(inner)) for inner in range(number)] for number in range(5)]
    assert 0 < gauge.most <= size


@pytest.mark.parametrize("size", [1, 3])
def test_a_map_within_work_neither_gets_stuck_nor_sends_more_at_once(size: int) -> None:
    crew = Crew(size)
    gauge = Gauge()

    def request(number: int) -> None:
        with crew.turn(), gauge:
            pass

    in_time(lambda: crew.work_off({number: lambda: crew.map(request, range(4)) and None for number in range(6)}, {}, lambda: True))
    assert gauge.begun == 24
    assert gauge.most <= size


def test_a_turn_ends_with_an_error() -> None:
    crew = Crew(1)
    for _time in range(3):
        with pytest.raises(ValueError, match="odd"), crew.turn():
            raise ValueError("odd")
    in_time(lambda: crew.turn().__enter__())


@st.composite
def works(draw: st.DrawFn) -> dict[int, set[int]]:
    """Jobs, each with those that it waits for, without circles; some of them are no jobs of this work."""
    count = draw(st.integers(0, 14))
    numbers = draw(st.permutations(range(count)))
    waits: dict[int, set[int]] = {}
    for place, number in enumerate(numbers):
        before = st.sampled_from([*numbers[:place], 100, 101])
        waits[number] = draw(st.sets(before, max_size=3))
    return waits


@quickly
@given(size=SIZES, waits=works())
def test_a_job_begins_once_those_that_it_waits_for_have_ended(size: int, waits: dict[int, set[int]]) -> None:
    ended: set[int] = set()
    begun: Counter[int] = Counter()
    early: list[int] = []
    gauge = Gauge()

    def job(number: int) -> t.Callable[[], None]:
        def carried_out() -> None:
            with gauge:
                begun[number] += 1
                early.extend(other for other in waits[number] if other in waits and other not in ended)
                ended.add(number)

        return carried_out

    in_time(lambda: Crew(size).work_off({number: job(number) for number in waits}, waits, lambda: True))
    assert early == []
    assert begun == dict.fromkeys(waits, 1)
    assert gauge.most <= size


@given(waits=works())
def test_a_crew_of_one_takes_the_lowest_job_that_waits_for_nothing(waits: dict[int, set[int]]) -> None:
    done: list[int] = []
    Crew(1).work_off({number: lambda number=number: done.append(number) for number in waits}, waits, lambda: True)  # type: ignore[misc]
    expected: list[int] = []
    while len(expected) < len(waits):
        expected.append(min(number for number in waits if number not in expected and not (waits[number] & set(waits)) - set(expected)))
    assert done == expected


@quickly
@given(size=SIZES, count=st.integers(1, 20), stop=st.integers(0, 20), seed=st.integers(0, 9))
def test_nothing_is_begun_after_the_work_shall_not_go_on(size: int, count: int, stop: int, seed: int) -> None:
    dice = random.Random(seed)
    done: list[int] = []

    def goes_on() -> bool:
        return len(done) < stop

    def job(number: int) -> t.Callable[[], None]:
        pause = dice.random() / 2000

        def carried_out() -> None:
            time.sleep(pause)
            done.append(number)

        return carried_out

    crew = Crew(size)
    in_time(lambda: crew.work_off({number: job(number) for number in range(count)}, {}, goes_on))
    # What was under way when it ended is ended; nothing else is.
    assert min(stop, count) <= len(done) <= min(count, stop + size - 1 if stop else 0)


@pytest.mark.parametrize("size", [1, 4])
def test_a_job_that_raises_ends_all_the_work(size: int) -> None:
    done: list[int] = []

    def job(number: int) -> t.Callable[[], None]:
        def carried_out() -> None:
            if number == 3:
                raise ValueError("a defect")
            time.sleep(0.002)
            done.append(number)

        return carried_out

    with pytest.raises(ValueError, match="a defect"):
        Crew(size).work_off({number: job(number) for number in range(50)}, {}, lambda: True)
    # What was on its way is waited for.
    assert threads() == []
    assert set(done) <= set(range(3 + 2 * size))


def test_what_interrupts_whoever_waits_ends_all_the_work() -> None:
    """As the key that ends a program does, or Ansible's own limit of a task."""
    done: list[int] = []
    passed = threading.Event()

    def interrupt(number: int, frame: t.Any) -> None:
        del number, frame
        passed.set()
        raise KeyboardInterrupt

    def job(number: int) -> t.Callable[[], None]:
        def carried_out() -> None:
            if number == 3:
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
            assert number < 3 or passed.wait(PATIENCE)
            time.sleep(0.01)
            done.append(number)

        return carried_out

    kept = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            Crew(4).work_off({number: job(number) for number in range(500)}, {}, lambda: True)
    finally:
        signal.signal(signal.SIGUSR1, kept)
    assert threads() == []
    assert len(done) < 100
