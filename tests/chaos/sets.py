# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets under bad weather, through the real code of the modules in one process: python sets.py SHARE FIRST LAST RETRIES [STORY].

As tasks.py; a seed says as well how many requests are on their way at once, what a failure stops, and the order of the items.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import typing as t
import zlib

import judge
import weather
from cloud import Cloud, Result
from judge import Key, Tally
from set_stories import ACCOUNT, SET_STORIES, Held, SetStory, Wish, held_in
from tasks import Teller, all_told, main

SIZES, CHOICES = (1, 8), ("stop", "continue")
# What a module says when its last read does not show what it wrote: what it tells may be old then.
_LATE = "Read afterwards, these are not as the task made them"


def way(seed: int) -> tuple[int, str]:
    """How many requests are on their way at once, and what a failure stops; the door goes with the seed as well."""
    return SIZES[seed // 2 % len(SIZES)], CHOICES[seed // 4 % len(CHOICES)]


class Watched:
    """The cloud, one request after the other, for a dump of it is not to be taken in the middle of one; with who protects what after each write."""

    def __init__(self, application: t.Any) -> None:
        self._application = application
        self._cloud = application.extensions["cloud"]
        self._turn = threading.Lock()
        self.writes: list[tuple[str, str, judge.Protection]] = []

    def __call__(self, environ: t.Any, start_response: t.Any) -> t.Any:
        with self._turn:
            try:
                return self._application(environ, start_response)
            finally:
                if environ["REQUEST_METHOD"] != "GET" and not environ["PATH_INFO"].startswith("/_emulator"):
                    self.writes.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], self.protection()))

    def protection(self) -> judge.Protection:
        """The rule that has each location and tag of each policy."""
        rules = (rule for held in self._cloud.account.rules.values() for rule in held.all())
        return {(rule["policyid"], one): rule["id"] for rule in rules for one in (rule["geoip"].split("|") if "geoip" in rule else rule["tags"])}


class SetTelling(Teller):
    """A story about a set."""

    def __init__(self, cloud: Cloud, story: SetStory, share: float, seed: int, retries: int | None) -> None:
        super().__init__(cloud, story.name, share, seed, retries)
        self.story = story
        self.size, self.on_error = way(seed)
        self._watched: Watched = cloud.application
        self._neighbours = story.split(cloud.state())[1]
        self._before: dict[str, Held] = {}

    def weather(self) -> list[dict[str, t.Any]]:
        """As usual, and the lists of all policies tell less than there is."""
        mine = (self.share, self.name, self.seed, self.days)
        return [*(weather.lies(self.cloud.state(), *mine) if self.story.lied_to else ()), *super().weather()]

    def tell(self) -> Tally:
        """Make every wish come true, and judge on the way."""
        for number, wish in enumerate(self.story.wishes):
            mine = self._mine(number)
            declared = wish.declared(mine)
            dice = random.Random(zlib.crc32(f"{self.name} {self.seed} {number}".encode()))
            options = {**self.story.options(wish, mine, dice), "max_concurrency": self.size, "on_error": self.on_error}
            self._only_looks(options, number)
            if not self._fulfil(options, wish, declared, number):
                break
            self._rests(options, number)
        return self.tally

    def _fulfil(self, options: Result, wish: Wish, declared: t.Mapping[Key, t.Any], number: int) -> bool:
        """Run a task until it succeeds."""
        unexcused = 0
        for runs in range(1, judge.MOST_RUNS + 1):
            self._before = self._mine(number)
            foreseen = self.run(self.story.module, options, bad=False, check=True)
            at_first = self._watched.protection()
            self._watched.writes.clear()
            result = self.run(self.story.module, options, bad=True)
            now = self._mine(number)
            for wrong in judge.lies(result, self._before, now, declared):
                self.violated(f"wish {number}, run {runs}: {wrong}: {json.dumps(result)}")
            course = judge.Course(foreseen.get("plan", {}).get("steps", []), at_first, list(self._watched.writes))
            for wrong in course.amiss(result, wish.stays(declared), self.size, self.on_error):
                self.violated(f"wish {number}, run {runs}: {wrong}: {json.dumps(course.plan)} {[write[:2] for write in course.writes]}")
            if not result.get("failed"):
                self._told_the_truth(result, foreseen, now, number)
                if {held.key: held.words for held in now.values()} != declared:
                    self.violated(f"wish {number}: it is not as declared but {now}")
                    return False
                self.tally.fulfilled(runs)
                return True
            self.tally.failures += 1
            # Each run may meet another failure, for it has many chances; but it has to get further.
            unexcused = 0 if result.get("changed_items") else unexcused + (not judge.all_excused(result))
            if unexcused > judge.MOST_FAILURES and self.retries is None:
                self.violated(f"wish {number}: {unexcused} runs failed and got no further, the last with: {result['msg']}")
                return False
        self.violated(f"wish {number}: {judge.MOST_RUNS} runs were not enough")
        return False

    def _only_looks(self, options: Result, number: int) -> None:
        """Check mode writes nothing, on a bad day too, and foresees the same if it comes through."""
        before = self.cloud.state()
        result = self.run(self.story.module, options, bad=True, check=True)
        fine = self.run(self.story.module, options, bad=False, check=True)
        if self.cloud.state() != before:
            self.violated(f"wish {number}: check mode wrote")
        if fine.get("failed"):
            self.violated(f"wish {number}: check mode fails in fine weather: {fine['msg']}")
        elif not result.get("failed") and judge.outcome(result) != judge.outcome(fine):
            self.violated(f"wish {number}: check mode foresaw {judge.outcome(result)} and not {judge.outcome(fine)}")

    def _told_the_truth(self, result: Result, foreseen: Result, now: t.Mapping[str, Held], number: int) -> None:
        """What came is what was foreseen, and the objects of the result are as they are."""
        if any(_LATE in warning for warning in result.get("warnings", ())):
            return
        if judge.outcome(result) != judge.outcome(foreseen):
            self.violated(f"wish {number}: it came {judge.outcome(result)}, and check mode foresaw {judge.outcome(foreseen)}")
        for told in self.story.told(result):
            held = now.get(str(told["id"]))
            if held is None or (told["name"], {name: told[name] for name in held.words}) != (held.key[2], held.words):
                self.violated(f"wish {number}: the run told {told} and not {held}")

    def _rests(self, options: Result, number: int) -> None:
        """Once the weather is fine, one more run changes nothing."""
        result = self.run(self.story.module, options, bad=False)
        writes = [entry["operation"] for entry in self.cloud.writes()]
        if result.get("failed") or result["changed"] or writes:
            self.violated(f"wish {number}: another run wrote {writes}, {result.get('msg', '')}")

    def _mine(self, number: int) -> dict[str, Held]:
        """What the story names, by id."""
        mine, neighbours = self.story.split(self.cloud.state())
        held = {one.id: one for one in held_in(mine)}
        if len({one.key for one in held.values()}) < len(held):
            self.tally.duplicates += 1
            self.violated(f"wish {number}: something is there twice: {sorted(one.key for one in held.values())}")
        if json.dumps(neighbours) != json.dumps(self._neighbours):
            self.tally.foreign += 1
            self.violated(f"wish {number}: something else has changed: {json.dumps(neighbours)}")
        return held


def told(share: float, seeds: t.Iterable[int], only: str | None = None, retries: int | None = None) -> Tally:
    """What came of the stories with these seeds, with the usual number of retries unless another is given."""
    cloud = Cloud(ACCOUNT)
    cloud.application = Watched(cloud.application)
    return all_told(SetTelling, SET_STORIES, cloud, share, seeds, only, retries)


if __name__ == "__main__":
    main(told, *sys.argv[1:])
