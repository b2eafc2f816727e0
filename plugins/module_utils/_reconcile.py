# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The engine: what a resource and a store are, and how a wish becomes a state. It does no input or output of its own."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import (
    CONFLICT_CODE,
    ApiError,
    GatehouseError,
    InputError,
    doing,
    live,
    unwritten,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Field, Words, shown

Record = t.Mapping[str, t.Any]
"""An object of the service, in the words of the API."""


class Store(t.Protocol):
    """Where the objects of one kind live, in terms of the API. where tells the place in the user's words, such as the policy of a rule."""

    @property
    def where(self) -> Words:
        """What every object of this store has in common, in the user's words."""

    def all(self) -> list[Record]:
        """Every object, over all pages."""

    def find(self, wanted: Words) -> list[Record]:
        """The objects with the id or the name that is wanted. Never more than these; none when there is none."""

    def settle(self, wanted: Words, current: Words | None) -> Words:
        """What shall be, from what was said and what is; raises InputError for what cannot be. Writes nothing."""

    def sought(self, wanted: Words, arrived: t.Callable[[list[Record]], bool] = bool) -> list[Record]:
        """As find, after a write that reads may not show yet: waits a little for what arrived wants to see, an object unless it says otherwise."""

    def foresee(self, current: Record | None, changes: Record | None) -> None:
        """Raises InputError for a change that will be refused, as far as reading tells; asked in check mode only.

        current is None for a creation, changes None for a removal.
        """

    def create(self, values: Record) -> Record:
        """Make an object; what the service holds afterwards."""

    def update(self, current: Record, changes: Record) -> Record:
        """Change an object; what the service holds afterwards."""

    def delete(self, current: Record) -> None:
        """Remove an object; that it is gone already is success."""


class SetStore(Store, t.Protocol):
    """A store whose objects are looked at as a set.

    reads_back says whether a write ends with reading what came of it; who reads the whole list afterwards does without. sure says whether
    all gives every object; where it is false, what it gives is there, and once it is true, all reads again, with more calls.
    """

    reads_back: bool
    sure: bool


# Whether the play itself makes and removes what an object belongs to. Stores get it where that may be missing: in check mode, and for what shall not be.
PLANNED: t.Mapping[str, t.Mapping[str, t.Any]] = {"planned": {"type": "bool"}}


def is_planned(options: t.Mapping[str, t.Any], name: t.Any) -> bool:
    """Whether what a store is told of what is planned means an object of this name: everything, or those of some names."""
    planned = options.get("planned")
    return name in planned if isinstance(planned, (list, tuple)) else bool(planned)


@dataclass(frozen=True)
class Place:
    """An option that says where the objects of a kind live, such as the policy of a rule. The store gets it; it never changes."""

    name: str
    argument: t.Mapping[str, t.Any] = field(default_factory=lambda: {"type": "str"})


@dataclass(frozen=True)
class Resource:
    """A kind of object, declared: everything that a module and its info twin need to know.

    The first field is the name that an object is found by; with it goes what is found_with it, and what is told_apart_by where the task
    says it. extra are options that steer a change without being a property. afterwards gets what came of present, and may wait for more.
    exclusive is the field whose members may be in one object of a place only.
    """

    kind: str
    plural: str
    store: t.Callable[[t.Any, t.Mapping[str, t.Any]], Store]
    fields: tuple[Field, ...]
    needed_to_create: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    found_with: tuple[str, ...] = ()
    told_apart_by: tuple[str, ...] = ()
    afterwards: t.Callable[[t.Any, Words, Outcome, bool], Outcome] | None = None
    exclusive: str | None = None
    extra: t.Mapping[str, t.Mapping[str, t.Any]] = field(default_factory=dict)
    identity: str = "id"

    def words(self, record: Record, where: Words) -> dict[str, t.Any]:
        """A record in the user's words."""
        return {"id": record.get(self.identity), **where, **{one.name: one.told(record) for one in self.fields}}

    @property
    def options(self) -> dict[str, Field]:
        """The fields that a task can say, by name."""
        return {one.name: one for one in self.fields if not one.only_told}

    @property
    def finders(self) -> tuple[str, ...]:
        """The options, beside the id, by which an object is found."""
        return (self.fields[0].name, *self.found_with, *self.told_apart_by)

    def arguments(self) -> dict[str, t.Mapping[str, t.Any]]:
        """The options that say where and what an object is."""
        return {
            **{place.name: place.argument for place in self.places},
            "id": {"type": "str"},
            **{name: one.argument for name, one in self.options.items()},
            **self.extra,
        }

    def item(self) -> dict[str, t.Mapping[str, t.Any]]:
        """The options of an item of a set, which may leave out its place, and knows no other names for options."""
        options = {name: argument for name, argument in self.arguments().items() if name not in self.extra}
        for place in self.places:
            options[place.name] = {**place.argument, "required": False}
        return {name: {key: value for key, value in argument.items() if key != "aliases"} for name, argument in options.items()}

    def called(self, wanted: Words) -> str:
        """How messages name the object."""
        name = self.fields[0].name
        return f"{self.kind} {wanted[name]!r}" if wanted.get(name) else f"{self.kind} with id {wanted.get('id')!r}"


@dataclass(frozen=True)
class Outcome:
    """What came of a wish: whether anything changed (or would), and the object before and after, in the user's words."""

    changed: bool
    before: Words
    after: Words


def ensure_present(resource: Resource, store: Store, options: Words, dry_run: bool) -> Outcome:
    """Make the object be as the options say; what they do not say is left alone.

    Raises GatehouseError; an InputError is raised before anything is written.
    """
    wanted = _wanted(resource, options)
    with unwritten():
        current = _the_one(resource, wanted, store.find)
        if current is None:
            return _created(resource, store, wanted, dry_run)
        return _updated(resource, store, wanted, current, dry_run)


def ensure_absent(resource: Resource, store: Store, options: Words, dry_run: bool) -> Outcome:
    """Make the object not be."""
    wanted = _identified(resource, options)
    with unwritten():
        current = _the_one(resource, wanted, store.find)
        if current is None:
            return Outcome(False, {}, {})
        before = resource.words(current, store.where)
        for name in wanted if "id" in wanted else ():
            if name != "id" and not resource.options[name].equal(wanted[name], before[name]):
                raise InputError(f"The {resource.kind} with id {wanted['id']!r} has {name} {before[name]!r} and not {wanted[name]!r}. Leave one of them out.")
        with doing(f"remove {resource.called(before)}"):
            if dry_run:
                store.foresee(current, None)
            else:
                _removed(resource, store, current, before)
    return Outcome(True, before, {})


def _removed(resource: Resource, store: Store, current: Record, before: Words) -> None:
    def write() -> list[Record]:
        store.delete(current)
        return []

    def amiss(found: list[Record]) -> str:
        return f"the {resource.called(before)} is still there, with the id {before['id']}." if found else ""

    verified(write, lambda arrived: store.sought({"id": before["id"]}, arrived), amiss)


def _identified(resource: Resource, options: Words) -> dict[str, t.Any]:
    """By what the object is found: its id, else its name and what belongs to the name."""
    by_id = options.get("id") not in (None, "")
    identified = {"id": options["id"]} if by_id else {}
    for one in resource.fields:
        if one.name in resource.finders:
            value = options.get(one.name)
            if value is not None and not (by_id and value == ""):
                identified[one.name] = one.checked(value)
            elif not by_id and one.name not in resource.told_apart_by:
                raise InputError(f"{one.name} is missing: the {resource.kind} is found by it unless id is set.")
    return identified


def _wanted(resource: Resource, options: Words) -> dict[str, t.Any]:
    """What was said, each value in its normal form."""
    wanted = _identified(resource, options)
    others = [one for name, one in resource.options.items() if name not in resource.finders and options.get(name) is not None]
    wanted.update({one.name: one.checked(options[one.name]) for one in others})
    wanted.update({name: options[name] for name in resource.extra if options.get(name) is not None})
    return wanted


def _the_one(resource: Resource, wanted: Words, find: t.Callable[[Words], list[Record]]) -> Record | None:
    """The one object that is meant; refuses two of one name."""
    with doing(f"look for {resource.called(wanted)}"):
        found = find(wanted)
    if len(found) > 1:
        ids = ", ".join(sorted(str(record.get(resource.identity)) for record in found))
        raise InputError(f"There is more than one {resource.called(wanted)}: those with the ids {ids}. Set id to the one that is meant.")
    return found[0] if found else None


def _created(resource: Resource, store: Store, wanted: dict[str, t.Any], dry_run: bool) -> Outcome:
    if wanted.get("id"):
        raise InputError(f"There is no {resource.kind} with id {wanted['id']!r}. Leave id out to create one; the service chooses the id.")
    lacking = [name for name in resource.needed_to_create if wanted.get(name) is None]
    if lacking:
        raise InputError(f"There is no {resource.called(wanted)}; to create it, set: {', '.join(lacking)}.")
    settled = store.settle(wanted, None)
    values = {one.api: one.outward(settled[one.name]) for one in resource.fields if settled.get(one.name) is not None}
    if dry_run:
        with doing(f"create {resource.called(wanted)}"):
            store.foresee(None, values)
        return Outcome(True, {}, {**store.where, **{one.name: settled.get(one.name, one.initially) for one in resource.fields}})
    try:
        with doing(f"create {resource.called(wanted)}"):
            record = store.create(values)
    except GatehouseError as error:
        if not (error.uncertain or (isinstance(error, ApiError) and error.taken)):
            raise
        return _adopted(resource, store, wanted, error)
    return Outcome(True, {}, resource.words(record, store.where))


def _adopted(resource: Resource, store: Store, wanted: dict[str, t.Any], failure: GatehouseError) -> Outcome:
    """The answer to a creation was lost, or somebody else was faster: take the object up when it is there and complete it, else report the failure."""
    conflict = isinstance(failure, ApiError) and failure.code == CONFLICT_CODE
    try:
        # Where another rule is in the way, as is usual, there is nothing to wait for.
        current = _the_one(resource, wanted, store.find if conflict else store.sought)
    except GatehouseError as error:
        failure.message += f" Looking for it failed as well: {error}"
        raise failure from error
    if current is None:
        if failure.uncertain:
            failure.message += " It is not there now."
        raise failure
    called, made = resource.called(wanted), current.get(resource.identity)
    with live(f"the {called} was created, with the id {made}." if failure.uncertain else f"somebody else made the {called} meanwhile, with the id {made}."):
        outcome = _updated(resource, store, wanted, current, dry_run=False)
    return Outcome(True, {}, outcome.after)


def _updated(resource: Resource, store: Store, wanted: Words, current: Record, dry_run: bool) -> Outcome:
    before = resource.words(current, store.where)
    settled = dict(store.settle(wanted, before))
    settled.update({one.name: one.spelled(settled[one.name], before[one.name]) for one in resource.fields if settled.get(one.name) is not None})
    changed = [one for one in resource.fields if settled.get(one.name) is not None and not one.equal(settled[one.name], before[one.name])]
    for one in changed:
        if one.lasting:
            raise InputError(f"{one.name} of {resource.called(before)} is {before[one.name]!r} and cannot become {settled[one.name]!r}: {one.lasting}")
    if not changed:
        return Outcome(False, before, before)
    changes = {one.api: one.outward(settled[one.name]) for one in changed}
    with doing(f"update {resource.called(before)}"):
        if dry_run:
            store.foresee(current, changes)
            # What a store settles as None will be known only then, such as the id of what is planned.
            unknown = {one.name: None for one in resource.fields if one.only_told and settled.get(one.name, "") is None}
            return Outcome(True, before, {**before, **{one.name: settled[one.name] for one in changed}, **unknown})

        def amiss(found: list[Record]) -> str:
            if not found:
                return f"the {resource.called(before)} is not there any more."
            told = resource.words(found[0], store.where)
            wrong = [one.name for one in changed if not one.equal(settled[one.name], told[one.name])]
            return _differing(resource.called(before), told, {name: settled[name] for name in wrong})

        (record,) = verified(
            lambda: [store.update(current, changes)],
            lambda arrived: store.sought({"id": before["id"]}, arrived),
            amiss,
        )
    return Outcome(True, before, resource.words(record, store.where))


_Spread = t.Callable[[t.Callable[[Record], "list[Record]"], t.Iterable[Record]], t.Iterable["list[Record]"]]


def still_there(records: t.Iterable[Record], completed: t.Callable[[Record], Record], spread: _Spread = map) -> list[Record]:
    """Records of a list, each completed by a further read, without those that somebody else has removed since the list was read.

    spread carries the reads out, one after the other unless it knows better.
    """

    def held(record: Record) -> list[Record]:
        try:
            return [completed(record)]
        except ApiError as error:
            if not error.missing:
                raise
            return []

    return [one for found in spread(held, records) for one in found]


_Seen = t.TypeVar("_Seen")


def verified(write: t.Callable[[], _Seen], read: t.Callable[[t.Callable[[_Seen], bool]], _Seen], amiss: t.Callable[[_Seen], str]) -> _Seen:
    """What a write gives; where its answer was lost, what a read gives after it, if nothing is amiss there.

    read gets what it shall wait for a little. amiss says, of what was read, what is not as asked; the error then carries it as what is live.
    """
    try:
        return write()
    except GatehouseError as error:
        if not error.uncertain:
            raise
        try:
            seen = read(lambda found: not amiss(found))
        except GatehouseError as failure:
            error.message += f" Reading what is there failed as well: {failure}"
            raise error from failure
        wrong = amiss(seen)
        if not wrong:
            return seen
        error.live = wrong
        raise


def _differing(called: str, told: Words, asked: Words) -> str:
    """What differs from what was asked for, in a sentence; nothing when nothing does."""
    parts = [f"{name} {shown(told[name])} and not {shown(value)}" for name, value in asked.items()]
    return f"the {called}, read afterwards, has {', '.join(parts)}." if parts else ""


def listed(resource: Resource, store: Store, options: Words) -> list[Words]:
    """The objects of a kind in the user's words, sorted by name; only those with the name or the id that is asked for."""
    asked = {name: options[name] for name in ("id", *resource.finders) if options.get(name) not in (None, "")}
    with doing(f"list {resource.plural}"):
        records = store.find(asked) if asked else store.all()

    def meant(words: Words) -> bool:
        return all(resource.options[name].equal(words[name], value) if name != "id" else words[name] == value for name, value in asked.items())

    told = [words for words in (resource.words(record, store.where) for record in records) if meant(words)]

    def place(words: Words) -> list[t.Any]:
        parts = [words[name] for name in resource.told_apart_by]
        return [str(words[resource.fields[0].name]), *((part is not None, str(part)) for part in parts), str(words["id"])]

    return sorted(told, key=place)


@dataclass(frozen=True)
class Action:
    """Something that is found and set but neither created nor removed, so that it is no resource: plain functions over a client.

    arguments are the options of the module, asked those of its info twin.
    """

    kind: str
    plural: str
    arguments: t.Mapping[str, t.Mapping[str, t.Any]]
    asked: t.Mapping[str, t.Mapping[str, t.Any]]
    ensure: t.Callable[[t.Any, Words, bool], Outcome]
    listed: t.Callable[[t.Any, Words], t.Sequence[Words]]


@dataclass(frozen=True)
class Report:
    """Something that is only told: a function over a client. told gives the value of the result that is called key.

    lacking are the libraries that it alone needs and that are not there.
    """

    key: str
    arguments: t.Mapping[str, t.Mapping[str, t.Any]]
    told: t.Callable[[t.Any, Words], t.Any]
    lacking: tuple[str, ...] = ()
