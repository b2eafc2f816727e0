# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a set is made of: wishes, the places that they are about with what is held there, and the steps that change it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError
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
