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
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._order import arranged
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Outcome, Resource, ensure_absent, ensure_present
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._steps import Spot, Step, Token, Wish

# Removals that a message names.
_MOST_NAMED = 20


@dataclass(frozen=True)
class Purge:
    """Which objects that no item names are removed, and how many at most."""

    prefix: str = ""
    match: t.Pattern[str] | None = None
    most: int = 0

    def meant(self, name: str) -> bool:
        """Whether an object of this name is removed."""
        return name.startswith(self.prefix) and (self.match is None or self.match.search(name) is not None)


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
    made.steps = arranged(changes)
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


def pattern(text: str) -> t.Pattern[str]:
    """A regular expression. Raises InputError for what is none."""
    try:
        return re.compile(text)
    except re.error as error:
        raise InputError(f"purge_match: {shown(text)} is no regular expression: {error}.") from None
