# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories under bad weather, through the real code of the modules in one process: python tasks.py SHARE FIRST LAST RETRIES [STORY].

RETRIES is the option max_retries; "usual" leaves it out. The count is told as JSON.
"""

from __future__ import annotations

import json
import sys
import typing as t

from werkzeug.test import Client as WsgiClient

import judge
import weather
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from cloud import CONNECTION, Cloud, Result
from judge import Tally
from patience import no_waiting
from stories import ACCOUNT, STORIES, Options, Story

DOORS = ("module", "in_process")


class Teller:
    """A story told once, with one seed, at one share of faults, on a cloud that starts over for it."""

    def __init__(self, cloud: Cloud, name: str, share: float, seed: int, retries: int | None) -> None:
        self.cloud = cloud
        self.name = name
        self.share = share
        self.seed = seed
        self.retries = retries
        self.tally = Tally(seeds=1)
        self.days = 0
        self.cloud.door = DOORS[self.seed % len(DOORS)]  # type: ignore[misc]
        # Nothing is known from the story before, or a seed would not repeat.
        self.cloud.memory = Memory()
        self.cloud.requests.clear()
        self._control = WsgiClient(self.cloud.application)
        self._control.post("/_emulator/reset")

    def weather(self) -> list[dict[str, t.Any]]:
        """What goes wrong on a bad day."""
        return weather.rules(self.share, self.name, self.seed, self.days)

    def run(self, module: str, options: Options, bad: bool, check: bool = False, asked: bool = True) -> Result:
        """A run, on a day of its own: what lagged yesterday has arrived. Nobody asks a module that only reads what it wrote."""
        self.days += 1
        self._control.delete("/_emulator/faults")
        self.cloud.forget()
        if bad:
            self.cloud.fault(*self.weather())
        result = self.cloud.run(module, {"max_retries": self.retries, "project_id": None, **options}, check=check)
        self.tally.heard(self.cloud.journal())
        if CONNECTION["secret_key"] in json.dumps(result):
            self.tally.leaks += 1
            self.violated("the result tells a secret")
        wrong = judge.amiss(str(result["msg"])) if result.get("failed") else None
        if wrong and (asked or "defect" in wrong):
            self.tally.wordless += 1
            self.violated(f"{wrong}: {result['msg']}")
        return result

    def violated(self, what: str) -> None:
        """Count something that must not be, with the command that repeats it."""
        words = f"--seed {self.seed} --share {self.share} --only {self.name}" + ("" if self.retries is None else f" --retries {self.retries}")
        self.tally.violations.append(f'make chaos ARGS="{words}": day {self.days}, {what}')


class Telling(Teller):
    """A story about one object."""

    def __init__(self, cloud: Cloud, story: Story, share: float, seed: int, retries: int | None) -> None:
        super().__init__(cloud, story.name, share, seed, retries)
        self.story = story
        # What the last run that succeeded told.
        self.told: Result = {}
        self._neighbours = self.story.split(self.cloud.state())[1]

    def tell(self) -> Tally:
        """Make every wish come true, and judge on the way."""
        for number, (wish, facts) in enumerate(self.story.wishes):
            options = {**self.story.place, **wish}
            self._only_looks(options, number)
            if not self._fulfil(options, facts, number):
                break
            self._rests(options, number)
            self._listed(number)
        return self.tally

    def _fulfil(self, options: Options, facts: Options | None, number: int) -> bool:
        """Run a task until it succeeds."""
        unexcused = 0
        for runs in range(1, judge.MOST_RUNS + 1):
            result = self._run(options, bad=True)
            mine = self._held(number)
            if not result.get("failed"):
                if mine != ([] if facts is None else [{**mine[0], **facts}] if mine else None):
                    self.violated(f"wish {number}: it is not as declared but {mine}")
                    return False
                self.tally.fulfilled(runs)
                self.told = result
                return True
            self.tally.failures += 1
            unexcused += not judge.excused(result["msg"])
            # Without retries a run fails as often as its requests do.
            if unexcused > judge.MOST_FAILURES and self.retries is None:
                self.violated(f"wish {number}: {unexcused} runs failed, the last with: {result['msg']}")
                return False
        self.violated(f"wish {number}: {judge.MOST_RUNS} runs were not enough")
        return False

    def _only_looks(self, options: Options, number: int) -> None:
        """Check mode writes nothing, on a bad day too."""
        before = self.cloud.state()
        self._run(options, bad=True, check=True)
        if self.cloud.state() != before:
            self.violated(f"wish {number}: check mode wrote")

    def _rests(self, options: Options, number: int) -> None:
        """Once the weather is fine, one more run changes nothing."""
        result = self._run(options, bad=False)
        writes = [entry["operation"] for entry in self.cloud.writes()]
        if result.get("failed") or result["changed"] or writes:
            self.violated(f"wish {number}: another run wrote {writes}, {result.get('msg', '')}")

    def _listed(self, number: int) -> None:
        """The info twin tells the truth or fails, and the run that succeeded told the truth as well."""
        places = {name: value for name, value in self.story.place.items() if name != "name"}
        told = self._run(places, bad=True, twin=True)
        truth = self._run(places, bad=False, twin=True)
        if not told.get("failed") and told != truth:
            self.violated(f"wish {number}: the info twin told {told} and not {truth}")
        held = [one for listed in truth.values() if isinstance(listed, list) for one in listed]
        if any(one and one not in held for name, one in self.told.items() if isinstance(one, dict) and name != "invocation"):
            self.violated(f"wish {number}: the run told {self.told} and not one of {held}")

    def _run(self, options: Options, bad: bool, check: bool = False, twin: bool = False) -> Result:
        return self.run(f"{self.story.module}{'_info' if twin else ''}", options, bad, check, asked=not twin)

    def _held(self, number: int) -> list[dict[str, t.Any]]:
        mine, neighbours = self.story.split(self.cloud.state())
        if len(mine) > 1:
            self.tally.duplicates += 1
            self.violated(f"wish {number}: it is there {len(mine)} times")
        if json.dumps(neighbours) != json.dumps(self._neighbours):
            self.tally.foreign += 1
            self.violated(f"wish {number}: something else has changed: {json.dumps(neighbours)}")
        return mine


def told(share: float, seeds: t.Iterable[int], only: str | None = None, retries: int | None = None) -> Tally:
    """What came of the stories with these seeds, with the usual number of retries unless another is given."""
    return all_told(Telling, STORIES, Cloud(ACCOUNT), share, seeds, only, retries)


def all_told(
    telling: t.Callable[..., Teller], stories: t.Iterable[t.Any], cloud: Cloud, share: float, seeds: t.Iterable[int], only: str | None, retries: int | None
) -> Tally:
    """What came of stories that are told one after the other on a cloud."""
    tally = Tally()
    chosen = [story for story in stories if only in (None, story.name)]
    with no_waiting():
        for seed in seeds:
            for story in chosen:
                tally.add(telling(cloud, story, share, seed, retries).tell())
    return tally


def main(count: t.Callable[..., Tally], share: str, first: str, last: str, retries: str, only: str | None = None) -> None:
    """Print the count."""
    tally = count(float(share), range(int(first), int(last) + 1), only, None if retries == "usual" else int(retries))
    print(json.dumps(vars(tally)))


if __name__ == "__main__":
    main(told, *sys.argv[1:])
