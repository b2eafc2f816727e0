# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true however bad the weather is, and the count of what happened."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from dataclasses import dataclass, field

# A failure has to say what the cloud holds: what is live, that nothing was written, or that it is not known.
_WORDS = ("What is live now: ", "Whether the request was carried out is not known")
DEFECT = "it is a defect"
# Nothing but this may make more than three runs needed: the service takes no token by which a creation could be sent again safely.
_NOT_CREATED = (("It is not there now.",), ("it was not sent again", "it is not bound to"))
# Runs after which a campaign gives up, for without retries one in fifty comes through; and failed runs that need no excuse.
MOST_RUNS = 1000
MOST_FAILURES = 2


@dataclass
class Tally:
    """What happened at one share of faults."""

    seeds: int = 0
    runs: int = 0
    requests: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    # How many wishes were true after so many runs.
    done: Counter[str] = field(default_factory=Counter)
    failures: int = 0
    duplicates: int = 0
    foreign: int = 0
    wordless: int = 0
    leaks: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: Tally | t.Mapping[str, t.Any]) -> None:
        """Count what another tally counted, be it of this process or told by another one."""
        for name, value in (other if isinstance(other, t.Mapping) else vars(other)).items():
            if isinstance(value, list):
                self.violations += value
            elif isinstance(value, dict):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)

    def heard(self, journal: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Count the requests of a run, and what went wrong with them."""
        self.runs += 1
        self.requests += len(journal)
        self.faults.update(entry["fault"] for entry in journal if entry["fault"])

    def fulfilled(self, runs: int) -> None:
        """Count a wish that became true with this run."""
        self.done[str(runs) if runs <= 3 else "more"] += 1


def amiss(message: str) -> str | None:
    """What is wrong with the words of a failure."""
    if "defect" in message or "Traceback" in message:
        return DEFECT
    if not any(words in message for words in _WORDS):
        return "it does not say what is live"
    return None


def excused(message: str) -> bool:
    """Whether a run may fail however often it was tried: creations were lost, it is certain that they have to be sent again, and nothing else failed."""
    listed = re.match(r"Of \d+ changes?, .*?(\d+) failed", message)
    failures = int(listed[1]) if listed else 1
    return any(all(message.count(words) >= (failures if listed else 1) for words in excuse) for excuse in _NOT_CREATED)


# Sets


def all_excused(result: t.Mapping[str, t.Any]) -> bool:
    """The same of a set, whose message names a few failures only."""
    return all(excused(item["msg"]) for item in result.get("failed_items", ())) if result.get("failed_items") else excused(str(result["msg"]))


Key = tuple[str, str, str]
"""The kind of an object, the name of its place, and its own."""

Protection = dict[tuple[str, str], str]
"""The id of the rule that has a location or a tag, by the id of the policy and the location or tag."""

Result = t.Mapping[str, t.Any]
_WHERE = ("policy", "gateway")
_PARTS = ("changed_items", "failed_items", "not_tried_items")


@dataclass(frozen=True)
class Held:
    """An object of a set, in the words of a task."""

    id: str
    key: Key
    words: dict[str, t.Any]


def key_of(item: Result) -> Key:
    """Which object an item of a report is about."""
    return (str(item.get("kind")), str(next((item[name] for name in _WHERE if name in item), None)), str(item["name"]))


def outcome(result: Result) -> dict[str, t.Any]:
    """What a task did, or would do, without the ids that the service chooses."""
    told = [{name: one.get(name) for name in ("action", "kind", *_WHERE, "name", "position", "reason")} for one in result.get("changed_items", ())]
    return {"counts": result.get("counts"), "changed": told}


def _unsure(message: str) -> bool:
    """Whether the words of a failure leave it open what was written."""
    return "is not known" in message or ("What is live now: " in message and "nothing was written" not in message)


def lies(result: Result, before: t.Mapping[str, Held], now: t.Mapping[str, Held], declared: t.Mapping[Key, t.Any]) -> list[str]:
    """What a report tells that is not so: of what it names, and of what it does not name."""
    found: list[str] = []
    changed, failed, left = ([one for one in result.get(part, ()) if "action" in one] for part in _PARTS)
    keys = {held.key: held for held in now.values()}
    were = {held.key: held for held in before.values()}

    def untouched(item: Result) -> bool:
        """Whether what an item is about is as it was: by its id, for another object may have had the name, else by its name."""
        identity, key = str(item.get("id")), key_of(item)
        return before.get(identity) == now.get(identity) if item.get("id") else were.get(key) == keys.get(key)

    for item in changed:
        identity = str(item["id"])
        held = now.get(identity)
        if item["action"] == "remove" and held is not None:
            found.append(f"{key_of(item)} is told to be removed, and is there")
        elif item["action"] != "remove" and (held is None or held.key != key_of(item) or held.words != declared.get(held.key)):
            found.append(f"{key_of(item)} is told to be made, and is {held}")
    for item in failed:
        # What is certainly not there may have been there before it made room.
        if key_of(item) in keys if _NOT_CREATED[0][0] in item["msg"] else not untouched(item) and not _unsure(item["msg"]):
            found.append(f"{key_of(item)} is told to be as it was, and is {now.get(str(item.get('id')), keys.get(key_of(item)))}")
    found += [f"{key_of(item)} is told to be not tried, and is {keys.get(key_of(item))}" for item in left if not untouched(item)]
    named = {str(item["id"]) for item in (*changed, *failed) if item.get("id")}
    called = {key_of(item) for item in (*changed, *failed)}
    for identity in {*before, *now}:
        old, new = before.get(identity), now.get(identity)
        if old != new and identity not in named and not {one.key for one in (old, new) if one} & called:
            found.append(f"nothing is told of {old}, which is {new} now")
    counts = {f"{action}d": sum(item["action"] == action for item in changed) for action in ("create", "update", "remove")}
    if "counts" in result and counts != {word: result["counts"][word] for word in counts}:
        found.append(f"it counts {result['counts']} and names {counts}")
    # What has only made room has failed, and is a change all the same.
    halfway = any(words in item["msg"] for item in failed for words in ("has made room", "was removed to make room"))
    if "counts" in result and result.get("changed") != (bool(changed) or halfway):
        found.append(f"changed is {result.get('changed')}")
    twice = [key for key, number in Counter(key_of(item) for item in (*changed, *failed, *left)).items() if number > 1]
    if twice:
        found.append(f"it names twice {twice}")
    return found


@dataclass
class Course:
    """The plan of a set, which rule had what at first, and every request that shall change something, with which rule has what after it."""

    plan: t.Sequence[Result]
    at_first: Protection
    writes: t.Sequence[tuple[str, str, Protection]]

    def amiss(self, result: Result, stays: t.Mapping[tuple[str, str], str], size: int, on_error: str) -> list[str]:
        """What was done in a wrong order, by a run that ended with this result. stays names the rules that shall have what."""
        if result.get("failed") and "failed_items" not in result:
            return ["it wrote, and tells nothing of it"] if self.writes else []
        found = [*self._removals(result, on_error)]
        if size == 1:
            found += self._gaps(result, stays)
            if result.get("failed") and on_error == "stop":
                found += self._begun_afterwards(result)
        return found

    def _identity(self, number: int) -> str | None:
        """Which object a write is about; None for a creation that was not carried out."""
        method, path, then = self.writes[number]
        if method == "POST":
            return None if then == (self.writes[number - 1][2] if number else self.at_first) else f"the creation {number}"
        return path.removesuffix("/status").rpartition("/")[2]

    @property
    def _last(self) -> dict[str, Result]:
        """The removals that make room for nothing, by id."""
        needed = {number for step in self.plan for number in step["after_steps"]}
        return {str(step["id"]): step for step in self.plan if step["action"] == "remove" and step["step"] not in needed}

    def _removals(self, result: Result, on_error: str) -> t.Iterator[str]:
        """What makes room for nothing goes once all else is done, and not at all where something failed; nothing is purged after any failure."""
        last = self._last
        removed = {number: last[path.rpartition("/")[2]] for number, (method, path, _then) in enumerate(self.writes) if self._is_last(method, path)}
        others = [number for number in range(len(self.writes)) if number not in removed]
        if removed and others and min(removed) < max(others):
            yield "something was removed before all else was done"
        troubled = [item for part in _PARTS[1:] for item in result.get(part, ()) if str(item.get("id")) not in last]
        places = {key_of(item)[:2] for item in troubled}
        for step in removed.values():
            if troubled and (on_error == "stop" or "position" not in step or key_of(step)[:2] in places):
                yield f"{key_of(step)} was removed although something had failed"

    def _is_last(self, method: str, path: str) -> bool:
        return method == "DELETE" and path.rpartition("/")[2] in self._last

    def _gaps(self, result: Result, stays: t.Mapping[tuple[str, str], str]) -> t.Iterator[str]:
        """No rule goes without what it has before and after for longer than the plan says, and where one does at the end, the report tells."""
        unmade = {key_of(item)[1:] for part in _PARTS[1:] for item in result.get(part, ())}
        for one in self.at_first.keys() & stays.keys():
            holder, taker = self.at_first[one], (one[0], stays[one])
            gone = next((number for number, write in enumerate(self.writes) if one not in write[2]), None)
            if gone is None:
                continue
            back = next((number for number in range(gone, len(self.writes)) if one in self.writes[number][2]), None)
            if back is None:
                if taker not in unmade:
                    yield f"{one} is in no rule at the end, and {taker} not told to be unmade"
                continue
            gives = [number for number, step in enumerate(self.plan) if str(step["id"]) == holder]
            takes = [number for number, step in enumerate(self.plan) if key_of(step)[1:] == taker]
            meanwhile = {self._identity(number) for number in range(gone + 1, back + 1)} - {None, self._identity(gone)}
            planned = max(takes) - min(gives) if gives and takes else 0
            if len(meanwhile) > planned:
                yield f"{one} was in no rule for {len(meanwhile)} changes, and {planned} are planned"

    def _begun_afterwards(self, result: Result) -> t.Iterator[str]:
        """One request after the other, nothing is begun after a failure."""
        failed = [str(item["id"]) for item in result["failed_items"] if item.get("id") and "made anew" not in item["reason"]]
        if failed and self.writes and len(failed) == len(result["failed_items"]) and self._identity(len(self.writes) - 1) not in failed:
            yield "something was begun after a failure"
