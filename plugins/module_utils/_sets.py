# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whole sets: many objects, over one place or many, made to be as one task says, side by side and with the fewest calls."""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import (
    NOTHING_WRITTEN,
    ApiError,
    GatehouseError,
    InputError,
    TransportError,
    unwritten,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._plan import Bad, Plan, Purge, plan
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Record, Resource, SetStore
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._steps import Held, Spot, Step, Wish

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

# Objects in a page of a list: below one change for each page, each change is read by itself.
_PAGE = 100
# What is done, and how it is counted: to a template, update would be the method of a dictionary.
_COUNTED: t.Mapping[str, str] = {"create": "created", "update": "updated", "remove": "removed"}
# Items that a message names; the result has them all.
_MOST_NAMED = 5


@dataclass(frozen=True)
class Scope:
    """A place that a purge looks at, also where no item is in it."""

    resource: Resource
    place: str


class Sets:
    """Wishes of one task, read and planned; then carried out, or not."""

    def __init__(
        self,
        client: Client,
        wishes: t.Sequence[Wish],
        scopes: t.Sequence[Scope] = (),
        purge: Purge | None = None,
        planned: t.Sequence[str] = (),
        go_on: bool = False,
        dry_run: bool = False,
    ) -> None:
        self._client = client
        self._planned = planned
        self._wishes = wishes
        self._go_on = go_on
        self._dry_run = dry_run
        self._spots: list[Spot] = []
        self._stopped = False
        with unwritten():
            bad = self._open(scopes, purge is not None)
            self._read(self._spots)
            self.plan = plan(self._spots, wishes, purge or Purge(), bad)
            unsure = self._unsure()
            if unsure:
                # What the lists of all policies do not tell may be there all the same: nothing is made twice, and nothing that shall go stays.
                for spot in unsure:
                    spot.held.store.sure = True
                self._read(unsure)
                self.plan = plan(self._spots, wishes, purge or Purge(), bad)
            if self.plan.bad and go_on and purge is not None:
                # Nothing is purged where something cannot be carried out.
                for spot in self._spots:
                    spot.purged = False
                self.plan = plan(self._spots, wishes, Purge(), bad)
            if self.plan.bad and not go_on:
                refusal = InputError(_in_short(f"{_count(len(self.plan.bad), 'item')} of {len(wishes)} cannot be carried out:", self._bad()))
                refusal.report = {"failed_items": _refused(self.plan)}
                # Of other items, too; that is not told by the kind of the error.
                refusal.live = NOTHING_WRITTEN
                raise refusal

    def _open(self, scopes: t.Sequence[Scope], purged: bool) -> list[Bad]:
        """Find the places. Items whose place cannot be found are bad."""
        groups: dict[tuple[str, str], tuple[Resource, list[Wish]]] = {}
        for wish in self._wishes:
            key = (wish.resource.kind, str(wish.options[wish.resource.places[0].name]))
            groups.setdefault(key, (wish.resource, []))[1].append(wish)
        for scope in scopes:
            groups.setdefault((scope.resource.kind, scope.place), (scope.resource, []))
        bad: list[Bad] = []
        known: dict[tuple[t.Any, ...], Spot] = {}
        for (kind, place), (resource, wishes) in groups.items():
            try:
                store = self._store(resource, place, wishes, len({one for _kind, one in groups}))
            except GatehouseError as error:
                if isinstance(error, (ApiError, TransportError)) or not wishes:
                    raise
                bad += [Bad(wish, error) for wish in wishes]
                continue
            # A place can be named and given by its id.
            spot = known.setdefault((kind, *sorted(map(str, store.where.items()))), Spot(resource, Held(resource, store), purged))
            spot.wishes += wishes
        self._spots = list(known.values())
        order = {id(wish): number for number, wish in enumerate(self._wishes)}
        for spot in self._spots:
            spot.held.store.sure = spot.held.store.sure or purged
            spot.wishes.sort(key=lambda wish: order[id(wish)])
        return bad

    def _store(self, resource: Resource, place: str, wishes: t.Sequence[Wish], together: int) -> SetStore:
        present = [wish for wish in wishes if not wish.gone]
        options = {
            resource.places[0].name: place,
            "state": "present" if present else "absent",
            "enabled": any(wish.options.get("enabled") is not False for wish in present),
            # What is not there yet cannot be written to.
            "planned": self._planned if self._dry_run or not present else (),
            "in_play": self._planned,
            "together": together,
        }
        return t.cast("SetStore", resource.store(self._client, options))

    def _read(self, spots: t.Sequence[Spot]) -> None:
        read: list[Spot] = []

        def job(spot: Spot) -> None:
            spot.held.read()
            read.append(spot)
            self._client.notes.progress.tell(lambda: f"{len(read)} of {_count(len(spots), 'place')} read")

        self._client.crew.map(job, spots)

    def _unsure(self) -> list[Spot]:
        """The places that may hold more than was read, and that lack what an item is about."""
        lacking = {id(step.wish) for step in self.plan.steps if step.action == "create"} | {id(one.wish) for one in self.plan.bad}
        lacking |= {id(self._wishes[number]) for number in self.plan.same if self._wishes[number].gone}
        return [spot for spot in self._spots if not spot.held.store.sure and any(id(wish) in lacking for wish in spot.wishes)]

    def _bad(self) -> list[tuple[str, str, GatehouseError]]:
        """The items that cannot be carried out, for a message."""
        return [(one.wish.position, one.wish.name, one.error) for one in self.plan.bad]

    def held(self) -> list[tuple[Spot, list[dict[str, t.Any]]]]:
        """What each place holds now, in the user's words."""
        return [(spot, [spot.words(record) for record in spot.held.all()]) for spot in self._spots]

    def carry_out(self) -> None:
        """Make the changes, unless it is a rehearsal. Raises GatehouseError when some are not made, with what is live and what is not."""
        if not self._dry_run:
            self._carry_out_all()
        if self.plan.bad or not all(map(self._made, self.plan.steps)):
            raise self._incomplete()

    def _made(self, step: Step) -> bool:
        """Whether a change was made, or would be."""
        return self._dry_run or step.outcome is not None

    def _carry_out_all(self) -> None:
        steps = self.plan.steps
        self._client.notes.progress.plan(self._foreseen())
        for spot in self._spots:
            mine = sum(step.spot is spot for step in steps)
            spot.held.store.reads_back = mine <= len(spot.held.records) // _PAGE
        # Additions come before removals, except those that make room.
        needed = {number for step in steps for number in step.needs}
        last = {number for number, step in enumerate(steps) if step.action == "remove" and number not in needed}
        self._work_off(set(range(len(steps))) - last)
        troubled = {id(step.spot) for number, step in enumerate(steps) if number not in last and step.outcome is None}
        # What no item names goes once all else has succeeded, everywhere.
        self._work_off({number for number in last if not (troubled if steps[number].wish is None else id(steps[number].spot) in troubled)})
        self._confirm()

    def _work_off(self, numbers: set[int]) -> None:
        steps = self.plan.steps

        def job(number: int) -> t.Callable[[], None]:
            return lambda: self._carry_out(steps[number])

        self._client.crew.work_off({number: job(number) for number in numbers}, {number: steps[number].needs for number in numbers}, lambda: not self._stopped)

    def _carry_out(self, step: Step) -> None:
        if any(self.plan.steps[number].outcome is None for number in step.needs):
            return
        # A purge that makes room is none after a failure.
        if step.wish is None and any(other.error for other in self.plan.steps if other.wish is not None):
            return
        try:
            step.outcome = step.carry_out()
            self._client.notes.progress.tell(self._so_far)
        except GatehouseError as error:
            # Of one change; what is live of the set, the set tells.
            if error.live in (None, NOTHING_WRITTEN):
                error.live = step.halfway if step.instead else None
            step.error = error
            # After a failure no other change is begun, unless the task says so and the failure is about one object.
            if not (self._go_on and _of_one(error)):
                self._stopped = True

    def _foreseen(self) -> str:
        """What is about to be done."""
        told = Counter(_COUNTED[step.told] for step in self.plan.steps if not step.room)
        return _in_words({**told, "unchanged": len(self.plan.same)})

    def _so_far(self) -> str:
        """How many requests that change something are over."""
        return f"{sum(map(self._made, self.plan.steps))} of {_count(len(self.plan.steps), 'change')} made"

    def _confirm(self) -> None:
        """Read the places that were changed without reading each change, until the changes show; a warning names those that do not."""
        spots = [spot for spot in self._spots if not spot.held.store.reads_back and any(step.spot is spot and step.outcome for step in self.plan.steps)]
        late = self._client.crew.map(self._confirmed, spots)
        names = [name for one in late for name in one]
        if names:
            rest = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            self._client.notes.warnings.append(f"Read afterwards, these are not as the task made them: {', '.join(names[:_MOST_NAMED])}{rest}.")

    def _confirmed(self, spot: Spot) -> list[str]:
        """Take what is read for what came of the changes; the names of those that do not show."""
        done = [step for step in self.plan.steps if step.spot is spot and step.outcome and not step.room]
        spot.held.store.sure = True

        def late(records: t.Iterable[Record]) -> list[Step]:
            found = {str(record.get(spot.resource.identity)): record for record in records}
            return [step for step in done if not _shows(step, found)]

        try:
            records = self._client.read_after_write(spot.held.store.all, lambda seen: not late(seen))
        except GatehouseError as error:
            return [f"{spot.held.where} ({error})"]
        spot.held.hold(records)
        return [spot.called(step.name) for step in late(records)]

    def _failures(self) -> list[tuple[Step, GatehouseError]]:
        """The changes that failed, be it a part of one, with why. One that has only made room has failed as well, for its object is not as before."""
        rooms = [step for step in self.plan.steps if step.room]
        found = []
        for step in self.plan.steps:
            mine = [room for room in rooms if room.wish is step.wish] if step.instead else []
            error = next((one.error for one in (step, *mine) if one.error), None)
            if error is None and any(room.outcome for room in mine) and not self._made(step):
                error = GatehouseError("Another change failed before all of this one was done.")
                error.live = step.halfway
            if error and not step.room:
                found.append((step, error))
        return found

    def _incomplete(self) -> GatehouseError:
        steps = [step for step in self.plan.steps if not step.room]
        failed = self._failures()
        failing = {id(step) for step, _error in failed}
        left = [step for step in steps if not self._made(step) and id(step) not in failing]
        done = sum(map(self._made, steps))
        parts = [
            f"{done} {'would be made' if self._dry_run else 'made'}",
            f"{len(failed) + len(self.plan.bad)} failed",
            *([f"{len(left)} not tried"] if left else []),
        ]
        lead = f"Of {_count(len(steps) + len(self.plan.bad), 'change')}, {', '.join(parts)}:"
        told = [*self._bad(), *(_placed(step, why) for step, why in failed)]
        error = GatehouseError(_in_short(lead, told))
        items = [{**_told(step), "msg": str(why), "api_error": why.facts} for step, why in failed]
        error.report = {**self.report(), "failed_items": [*_refused(self.plan), *items], "not_tried_items": [_told(step) for step in left]}
        if not self._dry_run:
            written = any(why.uncertain or why.live for _step, why in failed)
            live = [*([f"{_count(done, 'change')}, those in changed_items"] if done else []), *(["what failed_items tell"] if written else [])]
            error.live = f"{', and '.join(live)}; the rest is as before." if live else "what was there before."
            error.live += " Run the task again: it goes on from there."
        error.facts = next((why.facts for _step, why in failed if why.facts), None)
        return error

    def report(self) -> dict[str, t.Any]:
        """What the result tells of a set that was carried out, or would be."""
        steps = [step for step in self.plan.steps if not step.room and self._made(step)]
        counts = {word: sum(step.told == action for step in steps) for action, word in _COUNTED.items()}
        return {
            # What has only made room is no whole change, and a change all the same.
            "changed": any(map(self._made, self.plan.steps)),
            "changed_items": [_told(step) for step in steps],
            "counts": {**counts, "unchanged": len(self.plan.same)},
        }

    def items(self, resource: Resource) -> list[Words]:
        """The objects of a kind that the items say, in their order, as they are now or would be."""
        told: dict[int, Words] = {number: outcome.after for number, outcome in self.plan.same.items()}
        places = {id(wish): number for number, wish in enumerate(self._wishes)}
        for step in self.plan.steps:
            if step.wish is not None and not step.room and self._made(step):
                told[places[id(step.wish)]] = self._after(step)
        return [words for number, words in sorted(told.items()) if words and self._wishes[number].resource is resource]

    def _after(self, step: Step) -> Words:
        if self._dry_run or step.outcome is None:
            return step.after
        record = step.spot.held.records.get(str(step.outcome.after.get("id")))
        return step.outcome.after if record is None else step.spot.words(record)

    def difference(self) -> dict[str, t.Any]:
        """The diff of the set: of what changes only, and of that only what differs."""
        before: dict[str, t.Any] = {}
        after: dict[str, t.Any] = {}
        for step in self.plan.steps:
            if step.room or not self._made(step):
                continue
            key = f"{step.spot.resource.kind} {step.spot.called(step.name)}"
            before[key], after[key] = _differing(step)
        told = self.report()["counts"]
        return {"before_header": "as it is", "after_header": _in_words(told), "before": before, "after": after}

    def steps(self) -> list[dict[str, t.Any]]:
        """The plan: every write in its order, with the numbers (from 1) of the steps that each waits for."""
        return [{"step": number + 1, **_told(step), "after_steps": sorted(other + 1 for other in step.needs)} for number, step in enumerate(self.plan.steps)]


def _in_words(counts: t.Mapping[str, int]) -> str:
    """How many of a set are created and so on."""
    return ", ".join(f"{counts.get(word, 0)} to {action}" for action, word in _COUNTED.items()) + f", {counts['unchanged']} unchanged"


def _of_one(error: GatehouseError) -> bool:
    """Whether a failure is about one object, and not about who asks, or whether anybody answers."""
    return isinstance(error, InputError) or (isinstance(error, ApiError) and 400 <= error.status < 500 and error.status not in (401, 429))


def _shows(step: Step, found: t.Mapping[str, Record]) -> bool:
    """Whether what was read shows a change."""
    if step.outcome is None:
        return True
    record = found.get(str((step.outcome.after or step.outcome.before).get("id")))
    if step.action == "remove":
        return record is None
    if record is None:
        return False
    words = step.spot.words(record)
    asked = [one for one in step.spot.resource.fields if step.options.get(one.name) is not None]
    return all(words[one.name] is None or one.equal(step.outcome.after.get(one.name), words[one.name]) for one in asked)


def _told(step: Step) -> dict[str, t.Any]:
    """A change, as the result tells it."""
    words = (step.outcome.after or step.outcome.before) if step.outcome else (step.after or step.before)
    return {
        "action": step.action if step.room else step.told,
        "kind": step.spot.resource.kind,
        **{place.name: step.spot.held.where.get(place.name) for place in step.spot.resource.places},
        "name": step.name,
        "id": words.get("id") or step.held.get("id"),
        "reason": step.reason,
        **({"position": step.wish.position} if step.wish else {}),
    }


def _differing(step: Step) -> tuple[t.Any, t.Any]:
    """The two sides of a change; None for what is not there."""
    fields = step.spot.resource.fields
    after = step.outcome.after if step.outcome else step.after
    if step.told == "update":
        fields = tuple(one for one in fields if not one.equal(step.held.get(one.name), after.get(one.name)))
    sides = [{one.name: words.get(one.name) for one in fields if words.get(one.name) is not None} for words in (step.held, after)]
    return (None if step.told == "create" else sides[0]), (None if step.told == "remove" else sides[1])


def _refused(made: Plan) -> list[dict[str, t.Any]]:
    """The items that cannot be carried out."""
    return [{"position": one.wish.position, "name": one.wish.name, "msg": str(one.error), "api_error": one.error.facts} for one in made.bad]


def _placed(step: Step, error: GatehouseError) -> tuple[str, str, GatehouseError]:
    """A failure with where in the task it is said, and the name of the object."""
    return (step.wish.position, step.wish.name, error) if step.wish else (step.spot.called(step.name), "", error)


def _in_short(lead: str, failures: t.Sequence[tuple[str, str, GatehouseError]]) -> str:
    """A message that names the first failures."""
    parts = [f"{place}{f' ({name!r})' if name else ''}: {error}" for place, name, error in failures[:_MOST_NAMED]]
    rest = f" And {len(failures) - _MOST_NAMED} more, in failed_items." if len(failures) > _MOST_NAMED else ""
    return f"{lead} {' '.join(parts)}{rest}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
