# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a set of wishes comes to: which changes, in which order, and what cannot be. Reads through the places it is given, writes nothing."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError, InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words, shown
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import (
    Outcome,
    Record,
    Resource,
    SetStore,
    ensure_absent,
    ensure_present,
)

Token = tuple[str, str]
"""Something that one object of a place may have at a time: its name, or a member of an exclusive field."""

# Removals that a message names.
_MOST_NAMED = 20


@dataclass(frozen=True, eq=False)
class Wish:
    """One item of a set: where it stands in the task, and what it says."""

    resource: Resource
    position: str
    options: Words

    @property
    def gone(self) -> bool:
        """Whether the object shall not be."""
        return bool(self.options.get("state") == "absent")

    @property
    def name(self) -> str:
        """How the item calls its object."""
        return str(self.options.get(self.resource.fields[0].name) or self.options.get("id") or "")


@dataclass(frozen=True)
class Purge:
    """Which objects that no item names are removed, and how many at most."""

    prefix: str = ""
    match: t.Pattern[str] | None = None
    most: int = 0

    def meant(self, name: str) -> bool:
        """Whether an object of this name is removed."""
        return name.startswith(self.prefix) and (self.match is None or self.match.search(name) is not None)


class Held:
    """A store as it was read: looking for an object asks nobody, until a creation of that name went wrong."""

    def __init__(self, resource: Resource, store: SetStore) -> None:
        self.store = store
        self._resource = resource
        self._name = resource.fields[0]
        self._doubted: set[str] = set()
        self.records: dict[str, Record] = {}
        self._ids: dict[str, list[str]] = {}
        self.where: Words = store.where

    def read(self) -> None:
        """Read the whole place."""
        self.hold(self.store.all())

    def hold(self, records: t.Iterable[Record]) -> None:
        """Take these for what is there."""
        self.records = {}
        self._ids = {}
        for record in records:
            self._keep(record)

    def all(self) -> list[Record]:
        """Every object, as it was read."""
        return list(self.records.values())

    def find(self, wanted: Words) -> list[Record]:
        """The objects with the id or the name that is wanted, as they were read."""
        if wanted.get("id"):
            record = self.records.get(str(wanted["id"]))
            return [] if record is None else [record]
        name = str(wanted[self._name.name])
        if name in self._doubted:
            return self.store.find(wanted)
        found = [self.records[one] for one in self._ids.get(name, ()) if one in self.records]
        # One that was renamed meanwhile is not called so any more.
        return [record for record in found if str(self._name.told(record)) == name]

    def settle(self, wanted: Words, current: Words | None) -> Words:
        """As the store."""
        return self.store.settle(wanted, current)

    def sought(self, wanted: Words, arrived: t.Callable[[list[Record]], bool] = bool) -> list[Record]:
        """As the store, which asks the service; what it gives is known from then on."""
        found = self.store.sought(wanted, arrived)
        self.records.pop(str(wanted.get("id")), None)
        for record in found:
            self._keep(record)
        return found

    def foresee(self, current: Record | None, changes: Record | None) -> None:
        """As the store."""
        self.store.foresee(current, changes)

    def create(self, values: Record) -> Record:
        """Make an object, and know it."""
        try:
            record = self.store.create(values)
        except GatehouseError:
            self._doubted.add(str(values.get(self._name.api)))
            raise
        self._keep(record)
        return record

    def update(self, current: Record, changes: Record) -> Record:
        """Change an object, and know it."""
        record = self.store.update(current, changes)
        self._keep(record)
        return record

    def delete(self, current: Record) -> None:
        """Remove an object, and forget it."""
        self.store.delete(current)
        self.records.pop(str(current.get(self._resource.identity)), None)

    def _keep(self, record: Record) -> None:
        identity = str(record.get(self._resource.identity))
        self.records[identity] = record
        named = self._ids.setdefault(str(self._name.told(record)), [])
        if identity not in named:
            named.append(identity)


@dataclass
class Spot:
    """One place of a set, such as a policy, with what it holds and what is wished for it."""

    resource: Resource
    held: Held
    purged: bool = False
    wishes: list[Wish] = field(default_factory=list)

    def words(self, record: Record) -> dict[str, t.Any]:
        """An object in the user's words."""
        return self.resource.words(record, self.held.where)

    def called(self, name: t.Any) -> str:
        """How messages name an object of this place."""
        place = self.held.where.get(self.resource.places[0].name) if self.resource.places else None
        return f"{name!r} of {place!r}" if place else repr(name)

    def tokens(self, words: Words) -> set[Token]:
        """What the object with these words has for itself."""
        name = words.get(self.resource.fields[0].name)
        members = (words.get(self.resource.exclusive) if self.resource.exclusive else None) or ()
        # Whether the service minds case is not told: two spellings of one member are taken for one.
        return {*([("name", str(name))] if name else []), *((str(self.resource.exclusive), str(member).casefold()) for member in members)}


@dataclass(eq=False)
class Step:
    """One change. needs are the steps that have to be done before it; what only makes room belongs to a later step.

    instead is what an object was before a first step that made room.
    """

    spot: Spot
    action: str
    options: Words
    before: Words
    after: Words
    reason: str
    wish: Wish | None = None
    room: bool = False
    instead: Words = field(default_factory=dict)
    needs: set[int] = field(default_factory=set)
    outcome: Outcome | None = None
    error: GatehouseError | None = None

    @property
    def name(self) -> str:
        """The name of the object."""
        return str((self.after or self.before).get(self.spot.resource.fields[0].name))

    @property
    def told(self) -> str:
        """What it does, as users see it."""
        return "update" if self.instead else self.action

    @property
    def held(self) -> Words:
        """What the object was, as users see it."""
        return self.instead or self.before

    @property
    def halfway(self) -> str:
        """Of a second half that failed: what the first one has left, in a sentence."""
        called = f"the {self.spot.resource.kind} {self.spot.called(self.held.get(self.spot.resource.fields[0].name))}"
        record = self.spot.held.records.get(str(self.held["id"]))
        if record is not None:
            member = str(self.spot.resource.exclusive)
            return f"{called} has made room, which left it with {member} {shown(self.spot.words(record)[member])}."
        was = ", ".join(f"{name} {shown(self.held[name])}" for name in self.spot.resource.options if self.held.get(name) is not None)
        return f"{called} was removed to make room; it had {was}."

    @property
    def takes(self) -> set[Token]:
        """What the object has afterwards and not before."""
        return self.spot.tokens(self.after) - self.spot.tokens(self.before)

    @property
    def gives(self) -> set[Token]:
        """What the object has before and not afterwards."""
        return self.spot.tokens(self.before) - self.spot.tokens(self.after)

    def carry_out(self, dry_run: bool = False) -> Outcome:
        """Make the change."""
        ensure = ensure_absent if self.action == "remove" else ensure_present
        return ensure(self.spot.resource, self.spot.held, self.options, dry_run)


@dataclass(frozen=True)
class Bad:
    """An item that cannot be carried out, and why."""

    wish: Wish
    error: GatehouseError


@dataclass
class Plan:
    """The changes in their order, the items that need none, and those that cannot be."""

    steps: list[Step] = field(default_factory=list)
    same: dict[int, Outcome] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)


def plan(spots: t.Sequence[Spot], wishes: t.Sequence[Wish], purge: Purge, bad: t.Sequence[Bad] = ()) -> Plan:
    """What has to be done so that every wish is true; bad are items whose place is not there.

    Raises InputError for a purge that would remove too much.
    """
    made = Plan(bad=list(bad))
    order = {id(wish): number for number, wish in enumerate(wishes)}
    changes: list[Step] = []
    for spot in spots:
        steps, same, worse = _of_one(spot, purge)
        changes += steps
        made.same.update({order[id(wish)]: outcome for wish, outcome in same})
        made.bad += worse
    made.bad.sort(key=lambda one: order[id(one.wish)])
    _check_removals(spots, changes, purge)
    changes.sort(key=lambda step: (step.action == "remove", len(order) if step.wish is None else order[id(step.wish)], step.name))
    made.steps = _arranged(changes)
    return made


def _of_one(spot: Spot, purge: Purge) -> tuple[list[Step], list[tuple[Wish, Outcome]], list[Bad]]:
    """The changes of one place."""
    foreseen: dict[int, tuple[Wish, Outcome]] = {}
    bad: dict[int, Bad] = {}
    claimed: dict[Token, Wish] = {}
    for number, wish in enumerate(spot.wishes):
        try:
            outcome = _foreseen(spot, wish, claimed)
        except GatehouseError as error:
            if not isinstance(error, InputError):
                raise
            bad[number] = Bad(wish, error)
        else:
            foreseen[number] = (wish, outcome)
    purged: list[Words] = []
    while True:
        # Where an item cannot be carried out, nothing is purged: what it names may be called otherwise.
        purged = _purged(spot, purge, claimed) if spot.purged and not bad else []
        gone = {str(words["id"]) for words in purged}
        strangers = {identity for identity in spot.held.records if ("id", identity) not in claimed and identity not in gone}
        worse = _conflicts(spot, foreseen, strangers, gone)
        if not worse:
            break
        for number, one in worse.items():
            bad[number] = one
            del foreseen[number]
    steps = [_step(spot, wish, outcome) for wish, outcome in foreseen.values() if outcome.changed]
    for words in purged:
        step = Step(spot, "remove", {"id": words["id"]}, words, {}, "no item names it, and purge is on")
        # Raises InputError for what the service will refuse to remove.
        step.carry_out(dry_run=True)
        steps.append(step)
    return steps, [(wish, outcome) for wish, outcome in foreseen.values() if not outcome.changed], list(bad.values())


def _purged(spot: Spot, purge: Purge, claimed: t.Mapping[Token, Wish]) -> list[Words]:
    """The objects that no item names, and whose name is meant."""
    name = spot.resource.fields[0].name
    told = [spot.words(record) for identity, record in spot.held.records.items() if ("id", identity) not in claimed]
    return [words for words in told if purge.meant(str(words[name]))]


def _foreseen(spot: Spot, wish: Wish, claimed: dict[Token, Wish]) -> Outcome:
    """What becomes of one wish. Raises InputError for what cannot be, and for what another item says already."""
    name = spot.resource.fields[0].name
    said: list[Token] = [(key, str(wish.options[key])) for key in ("id", name) if wish.options.get(key)]
    _claim(wish, said, claimed)
    ensure = ensure_absent if wish.gone else ensure_present
    outcome = ensure(spot.resource, spot.held, wish.options, True)
    known = outcome.before.get("id")
    _claim(wish, [("id", str(known))] if known and ("id", str(known)) not in said else [], claimed)
    return outcome


def _claim(wish: Wish, said: t.Iterable[Token], claimed: dict[Token, Wish]) -> None:
    for token in said:
        other = claimed.setdefault(token, wish)
        if other is not wish:
            raise InputError(f"It is about the same {wish.resource.kind} as {other.position} ({token[0]} {shown(token[1])}). Say it once.")


def _conflicts(spot: Spot, foreseen: t.Mapping[int, tuple[Wish, Outcome]], strangers: set[str], purged: set[str]) -> dict[int, Bad]:
    """Wishes that want what another object keeps: one of another item, of an item that cannot be carried out, or one that no item names."""
    taken = {number: _taken(spot, outcome) for number, (wish, outcome) in foreseen.items()}
    wanted = set().union(*taken.values()) if taken else set()
    if not wanted:
        return {}
    moved = {str(outcome.before.get("id")) for wish, outcome in foreseen.values()}
    holders: dict[Token, str] = {}
    for identity, record in spot.held.records.items():
        if identity not in moved and identity not in purged:
            words = spot.words(record)
            told = "which no item names" if identity in strangers else "whose item cannot be carried out"
            called = f"the {spot.resource.kind} {words[spot.resource.fields[0].name]!r}, {told}"
            holders.update(dict.fromkeys(spot.tokens(words) & wanted, called))
    worse: dict[int, Bad] = {}
    for number, (wish, outcome) in sorted(foreseen.items()):
        clash = sorted(token for token in taken[number] if token in holders)
        if clash:
            (what, member), holder = clash[0], holders[clash[0]]
            shared = next((one for one in outcome.after.get(what) or () if str(one).casefold() == member), member) if what != "name" else member
            worse[number] = Bad(wish, InputError(f"{what}: {shown(shared)} is in {holder}, and can be in one at a time only."))
        else:
            holders.update(dict.fromkeys(spot.tokens(outcome.after) & wanted, wish.position))
    return worse


def _taken(spot: Spot, outcome: Outcome) -> set[Token]:
    return spot.tokens(outcome.after) - spot.tokens(outcome.before) if outcome.changed else set()


def _step(spot: Spot, wish: Wish, outcome: Outcome) -> Step:
    if wish.gone:
        return Step(spot, "remove", wish.options, outcome.before, {}, "its state is absent", wish)
    if not outcome.before:
        return Step(spot, "create", wish.options, {}, outcome.after, "it is not there", wish)
    return Step(spot, "update", wish.options, outcome.before, outcome.after, difference(spot.resource, outcome.before, outcome.after), wish)


def difference(resource: Resource, before: Words, after: Words) -> str:
    """What differs between two states of an object, in words."""
    parts = []
    for one in resource.fields:
        held, wished = before.get(one.name), after.get(one.name)
        if wished is None or one.equal(wished, held):
            continue
        if isinstance(held, list) and isinstance(wished, list):
            added = [str(member) for member in wished if member not in held]
            removed = [str(member) for member in held if member not in wished]
            parts.append(f"{one.name}: {', '.join([*(f'+{member}' for member in added), *(f'-{member}' for member in removed)])}")
        else:
            parts.append(f"{one.name}: {shown(held)} -> {shown(wished)}")
    return "; ".join(parts)


def _check_removals(spots: t.Iterable[Spot], steps: t.Sequence[Step], purge: Purge) -> None:
    """Raises InputError for a purge that removes more than it may, or all that a place holds."""
    purged = [step for step in steps if step.action == "remove" and step.wish is None]
    for spot in spots:
        gone = [step for step in steps if step.spot is spot and step.action == "remove"]
        if any(step.wish is None for step in gone) and len(gone) == len(spot.held.records) and all(wish.gone for wish in spot.wishes):
            place = spot.held.where.get(spot.resource.places[0].name)
            raise InputError(
                f"purge: it would leave no {spot.resource.kind} of {place!r}. List what shall stay; what shall go can be listed with state=absent, or be"
                " narrowed with purge_name_prefix or purge_match."
            )
    if len(purged) > purge.most:
        named = [step.spot.called(step.name) for step in purged]
        rest = [f"and {len(named) - _MOST_NAMED} more"] if len(named) > _MOST_NAMED else []
        raise InputError(
            f"purge: it would remove {len(named)}, and max_deletions allows {purge.most}: {', '.join(named[:_MOST_NAMED] + rest)}. Look at them in check mode"
            " with diff, and set max_deletions, or narrow the purge with purge_name_prefix or purge_match."
        )


def _arranged(steps: list[Step]) -> list[Step]:
    """The steps in an order in which nothing is wanted before it is given, nor given long before it is taken, each with its needs, by their numbers.

    Where steps wait for each other in a circle, one of them is done in two: first it gives what others wait for.
    """
    while True:
        _linked(steps)
        halves = dict(_in_two(steps, circle) for circle in _circles(steps))
        if not halves:
            break
        steps = [half for number, step in enumerate(steps) for half in halves.get(number, (step,))]
    placed: dict[int, int] = {}
    takers: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        for other in step.needs:
            takers.setdefault(other, []).append(number)

    def place(number: int) -> None:
        waiting = [number]
        while waiting:
            first = waiting[-1]
            ahead = [other for other in sorted(steps[first].needs) if other not in placed]
            if first in placed:
                waiting.pop()
            elif ahead:
                waiting.append(ahead[0])
            else:
                placed[waiting.pop()] = len(placed)
                waiting += reversed(takers.get(first, ()))

    for number in range(len(steps)):
        # What gives waits for the first that takes, and the others that take follow it: what it gave is in no object until then.
        if number not in takers:
            place(number)
    for step in steps:
        step.needs = {placed[number] for number in step.needs}
    return [steps[number] for number in sorted(placed, key=lambda number: placed[number])]


def _linked(steps: t.Sequence[Step]) -> None:
    """Give each step the numbers of those that give what it takes."""
    givers: dict[tuple[int, Token], list[int]] = {}
    for number, step in enumerate(steps):
        for token in step.gives:
            givers.setdefault((id(step.spot), token), []).append(number)
    # What is done of one wish comes in the order in which it stands here: one that is in two circles makes room twice.
    before: dict[int, int] = {}
    for number, step in enumerate(steps):
        step.needs = {other for token in step.takes for other in givers.get((id(step.spot), token), ()) if other != number}
        if step.wish is not None and id(step.wish) in before:
            step.needs.add(before[id(step.wish)])
        if step.room:
            before[id(step.wish)] = number


def _circles(steps: t.Sequence[Step]) -> list[list[int]]:
    """Steps that wait for each other, in circles that have none in common; none when none do."""
    left = {number: set(step.needs) for number, step in enumerate(steps)}
    waited: dict[int, list[int]] = {}
    for number, needs in left.items():
        for other in needs:
            waited.setdefault(other, []).append(number)
    free = [number for number, needs in left.items() if not needs]
    while free:
        done = free.pop()
        del left[done]
        for number in waited.get(done, ()):
            left[number].discard(done)
            if not left[number]:
                free.append(number)
    # From any that waits, the way leads into a circle.
    circles: list[list[int]] = []
    seen: set[int] = set()
    for start in left:
        path: dict[int, int] = {}
        number = start
        while number not in seen:
            seen.add(number)
            path[number] = len(path)
            number = min(left[number])
        if number in path:
            circles.append(list(path)[path[number] :])
    return circles


def _in_two(steps: t.Sequence[Step], circle: t.Sequence[int]) -> tuple[int, tuple[Step, Step]]:
    """The number of a step of a circle, and the two that it is done in."""
    wanted = {token for number in circle for token in steps[number].takes}
    field_name = str(steps[circle[0]].spot.resource.exclusive)
    for number in circle:
        step = steps[number]
        left = [member for member in step.before.get(field_name) or () if (field_name, str(member).casefold()) not in wanted]
        # A name that is wanted by another cannot be given first: every object has one.
        if step.action == "update" and left and ("name", step.name) not in wanted and not any(token[0] == "name" for token in step.gives & wanted):
            before = {**step.before, field_name: left}
            room = Step(
                step.spot, "update", {"id": step.before["id"], field_name: left}, step.before, before, f"makes room: {step.reason}", step.wish, room=True
            )
            return number, (room, _second(step, before, step.options))
    anew = [number for number in circle if steps[number].action == "update" and steps[number].wish is not None and not steps[number].options.get("id")]
    for number in anew:
        step = steps[number]
        # Should it break off between the two, the next run knows what to make from the item alone.
        if not _unsaid(step):
            told = {name: value for name, value in step.before.items() if name in step.spot.resource.options and value is not None}
            options = {**step.options, **{name: value for name, value in told.items() if step.options.get(name) is None}}
            room = Step(step.spot, "remove", {"id": step.before["id"]}, step.before, {}, f"makes room, and is made anew: {step.reason}", step.wish, room=True)
            return number, (room, _second(step, {}, options))
    if anew:
        lacking = "; ".join(f"{steps[number].spot.called(steps[number].name)} does not say {', '.join(_unsaid(steps[number]))}" for number in anew)
        raise InputError(
            "These exchange all that they have, so that one of them has to be removed and made anew, and no item says all that it is made of:"
            f" {lacking}. Say it in one of them, or do it in two tasks."
        )
    called = ", ".join(steps[number].spot.called(steps[number].name) for number in circle)
    raise InputError(
        f"These exchange what one of them can have at a time, and are found by their ids, which removing one would change: {called}. Do it in two tasks."
    )


def _unsaid(step: Step) -> list[str]:
    """What an object has, its item does not say, and a new object has not by itself."""
    held = {name: (one, step.before.get(name)) for name, one in step.spot.resource.options.items() if step.options.get(name) is None}
    return [name for name, (one, value) in held.items() if value is not None and not one.equal(one.initially, value)]


def _second(step: Step, before: Words, options: Words) -> Step:
    """The second half of a step that is done in two."""
    if before:
        return Step(step.spot, "update", options, before, step.after, step.reason, step.wish, instead=step.held)
    after = {name: value for name, value in step.after.items() if name != "id"}
    return Step(step.spot, "create", options, {}, after, f"{step.reason} (made anew, with another id)", step.wish, instead=step.held)


def pattern(text: str) -> t.Pattern[str]:
    """A regular expression. Raises InputError for what is none."""
    try:
        return re.compile(text)
    except re.error as error:
        raise InputError(f"purge_match: {shown(text)} is no regular expression: {error}.") from None
