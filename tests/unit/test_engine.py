# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine over a store in memory: what it decides, and what it does when answers are lost."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError, UnknownOutcome
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import choice, flag, initially, lasting, members, text
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Record, Resource, ensure_absent, ensure_present, listed


class Shelf:
    """A store in memory. lose makes the answer to a write get lost, before or after it is carried out; taken is what somebody else makes meanwhile."""

    def __init__(self, *records: dict[str, t.Any], lose: str | None = None, break_search: bool = False, taken: dict[str, t.Any] | None = None) -> None:
        self.records = [dict(record) for record in records]
        self.writes: list[str] = []
        self.foreseen: list[t.Any] = []
        self.waited: list[t.Any] = []
        self.where = {"shelf": "top"}
        self._lose = lose
        self._break_search = break_search
        self._taken = taken

    def all(self) -> list[Record]:
        return list(self.records)

    def find(self, wanted: t.Mapping[str, t.Any]) -> list[Record]:
        if self._break_search and self.writes:
            raise ApiError(503, None, "down")
        key = "id" if wanted.get("id") else "name"
        return [record for record in self.records if record[key] == wanted.get(key)]

    def settle(self, wanted: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None) -> t.Mapping[str, t.Any]:
        if wanted.get("note") == "forbidden":
            raise InputError("note: it is forbidden")
        return wanted

    def sought(self, wanted: t.Mapping[str, t.Any], arrived: t.Callable[[list[Record]], bool] = bool) -> list[Record]:
        found = self.find(wanted)
        self.waited.append((wanted.get("name") or wanted.get("id"), arrived(found)))
        return found

    def foresee(self, current: Record | None, changes: Record | None) -> None:
        self.foreseen.append((current and current["id"], changes and changes["note"]))
        if (changes or {"note": "refused"})["note"] == "refused":
            raise InputError("the service refuses")

    def create(self, values: Record) -> Record:
        self.writes.append("create")
        if self._taken:
            self.records += [self._taken] if "id" in self._taken else []
            raise ApiError(400, self._taken["code"], "it is there already")
        if self._lose == "before":
            raise UnknownOutcome("lost.")
        record = {"id": "new", "status": 1, "note": "", "kind": "plain", "parts": [], **values}
        self.records.append(record)
        if self._lose == "half":
            record["status"] = 1
            raise UnknownOutcome("lost.")
        if self._lose == "after":
            raise UnknownOutcome("lost.")
        return record

    def update(self, current: Record, changes: Record) -> Record:
        self.writes.append("update")
        record = next(one for one in self.records if one["id"] == current["id"])
        self._lost("before")
        record.update(changes)
        self._lost("after")
        return record

    def delete(self, current: Record) -> None:
        self.writes.append("delete")
        self._lost("before")
        self.records.remove(dict(current))
        self._lost("after")

    def _lost(self, when: str) -> None:
        if self._lose == when:
            failure = ApiError(503, None, "down", tries=6)
            failure.uncertain = True
            raise failure


THING = Resource(
    kind="thing",
    plural="things",
    store=lambda client, options: Shelf(),
    fields=(
        text("name", at_least=1),
        lasting(choice("kind", {"plain": "plain", "fancy": "fancy"}), "make another."),
        members("parts"),
        initially(flag("enabled", api="status"), True),
        initially(text("note"), ""),
    ),
    needed_to_create=("parts",),
)
RECORD = {"id": "1", "name": "lamp", "kind": "plain", "parts": ["b", "a"], "status": 1, "note": "old"}
LAMP = {"id": "1", "shelf": "top", "name": "lamp", "kind": "plain", "parts": ["a", "b"], "enabled": True, "note": "old"}


def test_a_wish_that_is_fulfilled_writes_nothing() -> None:
    shelf = Shelf(RECORD)
    outcome = ensure_present(THING, shelf, {"name": "lamp", "parts": ["a", "b"], "enabled": True}, False)
    assert (outcome.changed, outcome.before, outcome.after, shelf.writes) == (False, LAMP, LAMP, [])


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_change_is_predicted_as_it_happens(dry_run: bool) -> None:
    shelf = Shelf(RECORD)
    outcome = ensure_present(THING, shelf, {"name": "lamp", "enabled": False, "note": ""}, dry_run)
    assert (outcome.changed, outcome.before) == (True, LAMP)
    assert outcome.after == {**LAMP, "enabled": False, "note": ""}
    assert shelf.writes == ([] if dry_run else ["update"])


def test_a_lasting_field_is_refused_before_anything_is_written() -> None:
    shelf = Shelf(RECORD)
    with pytest.raises(InputError, match="kind of thing 'lamp' is 'plain' and cannot become 'fancy': make another."):
        ensure_present(THING, shelf, {"name": "lamp", "kind": "fancy", "note": "new"}, False)
    assert shelf.writes == []


@pytest.mark.parametrize("records", [(), (RECORD,)])
@pytest.mark.parametrize("dry_run", [False, True])
def test_what_the_store_refuses_is_refused_in_check_mode_too(records: t.Any, dry_run: bool) -> None:
    shelf = Shelf(*records)
    with pytest.raises(InputError, match="forbidden"):
        ensure_present(THING, shelf, {"name": "lamp", "parts": ["a"], "note": "forbidden"}, dry_run)
    assert shelf.writes == []


@pytest.mark.parametrize(
    ("ensure", "records", "options", "foreseen"),
    [
        (ensure_present, (), {"parts": ["a"], "note": "refused"}, (None, "refused")),
        (ensure_present, (RECORD,), {"note": "refused"}, ("1", "refused")),
        (ensure_absent, (RECORD,), {}, ("1", None)),
    ],
)
def test_check_mode_refuses_what_the_service_is_known_to_refuse(ensure: t.Any, records: t.Any, options: t.Any, foreseen: t.Any) -> None:
    shelf = Shelf(*records)
    with pytest.raises(InputError, match="Could not (create|update|remove) thing 'lamp': the service refuses"):
        ensure(THING, shelf, {"name": "lamp", **options}, True)
    assert shelf.foreseen == [foreseen]
    # The real run leaves it to the service.
    assert ensure(THING, shelf, {"name": "lamp", **options}, False).changed is True
    assert len(shelf.foreseen) == 1


def test_a_member_keeps_the_spelling_that_is_held() -> None:
    shelf = Shelf(RECORD)
    outcome = ensure_present(THING, shelf, {"name": "lamp", "parts": ["A", "C"]}, False)
    assert outcome.after["parts"] == ["C", "a"]
    assert ensure_present(THING, shelf, {"name": "lamp", "parts": ["c", "A"]}, False).changed is False


def test_a_removal_by_id_and_name_needs_both_to_be_right() -> None:
    shelf = Shelf(RECORD)
    with pytest.raises(InputError, match="The thing with id '1' has name 'lamp' and not 'desk'"):
        ensure_absent(THING, shelf, {"id": "1", "name": "desk"}, False)
    assert shelf.writes == []


def test_two_of_one_name_are_refused_with_their_ids_for_every_state() -> None:
    shelf = Shelf({**RECORD, "id": "2"}, RECORD)
    for ensure in (ensure_present, ensure_absent):
        with pytest.raises(InputError, match="There is more than one thing 'lamp': those with the ids 1, 2. Set id"):
            ensure(THING, shelf, {"name": "lamp"}, False)
    assert shelf.writes == []
    assert ensure_absent(THING, shelf, {"name": "lamp", "id": "2"}, False).changed is True
    assert [record["id"] for record in shelf.records] == ["1"]


def test_an_id_that_nothing_has_cannot_be_created() -> None:
    with pytest.raises(InputError, match="There is no thing with id '9'"):
        ensure_present(THING, Shelf(), {"id": "9", "name": "lamp", "parts": ["a"]}, True)
    assert ensure_absent(THING, Shelf(), {"id": "9"}, False).changed is False


def test_an_empty_id_counts_as_not_set() -> None:
    assert ensure_present(THING, Shelf(), {"id": "", "name": "lamp", "parts": ["a"]}, False).changed is True
    with pytest.raises(InputError, match="name is missing: "):
        ensure_absent(THING, Shelf(), {"id": ""}, False)


def test_an_empty_name_beside_an_id_counts_as_not_set() -> None:
    assert ensure_present(THING, Shelf(RECORD), {"id": "1", "name": ""}, False).changed is False


def test_a_lost_creation_that_happened_is_taken_up() -> None:
    shelf = Shelf(lose="after")
    outcome = ensure_present(THING, shelf, {"name": "lamp", "parts": ["a"]}, False)
    assert (outcome.changed, outcome.before, outcome.after["id"]) == (True, {}, "new")
    assert (shelf.writes, shelf.waited) == (["create"], [("lamp", True)])


def test_a_lost_creation_that_happened_by_half_is_completed() -> None:
    shelf = Shelf(lose="half")
    outcome = ensure_present(THING, shelf, {"name": "lamp", "parts": ["a"], "enabled": False}, False)
    assert outcome.after["enabled"] is False
    assert shelf.writes == ["create", "update"]


def test_a_lost_creation_that_did_not_happen_is_reported_and_not_repeated() -> None:
    shelf = Shelf(lose="before")
    with pytest.raises(UnknownOutcome, match="Could not create thing 'lamp': lost. It is not there now."):
        ensure_present(THING, shelf, {"name": "lamp", "parts": ["a"]}, False)
    assert shelf.writes == ["create"]


def test_a_lost_creation_that_cannot_be_looked_for_says_both() -> None:
    with pytest.raises(GatehouseError, match="lost. Looking for it failed as well: Could not look for thing 'lamp': down"):
        ensure_present(THING, Shelf(lose="after", break_search=True), {"name": "lamp", "parts": ["a"]}, False)


def test_what_is_found_is_listed_by_name() -> None:
    shelf = Shelf({**RECORD, "id": "2", "name": "zither"}, RECORD)
    assert [one["name"] for one in listed(THING, shelf, {})] == ["lamp", "zither"]
    assert listed(THING, shelf, {"name": "lamp", "id": ""}) == [LAMP]
    assert listed(THING, shelf, {"name": "nothing"}) == []
    assert listed(THING, shelf, {"id": "1", "name": "lamp"}) == [LAMP]
    assert listed(THING, shelf, {"id": "1", "name": "zither"}) == []


CHANGE = {"name": "lamp", "note": "new", "enabled": False}


def test_an_update_whose_answer_was_lost_is_done_when_a_read_shows_it() -> None:
    shelf = Shelf(RECORD, lose="after")
    outcome = ensure_present(THING, shelf, CHANGE, False)
    assert (outcome.changed, outcome.after) == (True, {**LAMP, "note": "new", "enabled": False})
    assert (shelf.writes, shelf.waited) == (["update"], [("1", True)])


def test_an_update_whose_answer_was_lost_says_what_a_read_shows() -> None:
    shelf = Shelf(RECORD, lose="before")
    with pytest.raises(ApiError) as raised:
        ensure_present(THING, shelf, {**CHANGE, "parts": ["b", "a"]}, False)
    assert "What is live now: the thing 'lamp', read afterwards, has enabled True and not False, note 'old' and not 'new'." in str(raised.value)
    assert shelf.waited == [("1", False)]


def test_a_long_value_is_cut_in_a_message() -> None:
    with pytest.raises(ApiError) as raised:
        ensure_present(THING, Shelf(RECORD, lose="before"), {"name": "lamp", "parts": [f"part {number:04}" for number in range(1000)]}, False)
    assert "'part 0000'" in str(raised.value)
    assert "'part 0999'" in str(raised.value)
    assert "'part 0500'" not in str(raised.value)


def test_a_removal_whose_answer_was_lost_is_done_when_a_read_shows_it() -> None:
    shelf = Shelf(RECORD, lose="after")
    assert ensure_absent(THING, shelf, {"name": "lamp"}, False).changed is True
    assert shelf.waited == [("1", True)]
    shelf = Shelf(RECORD, lose="before")
    with pytest.raises(ApiError, match="What is live now: the thing 'lamp' is still there, with the id 1."):
        ensure_absent(THING, shelf, {"name": "lamp"}, False)


def test_what_cannot_be_read_after_a_lost_answer_is_said() -> None:
    for ensure in (ensure_present, ensure_absent):
        with pytest.raises(ApiError, match="Reading what is there failed as well: down"):
            ensure(THING, Shelf(RECORD, lose="after", break_search=True), CHANGE, False)


@pytest.mark.parametrize("code", ["APIG.3206", "WAF.00022002", "WAF.00022004", "WAF.00011016", "WKS.00010109"])
def test_what_somebody_else_made_meanwhile_is_taken_up_and_completed(code: str) -> None:
    shelf = Shelf(taken={**RECORD, "code": code})
    outcome = ensure_present(THING, shelf, {**CHANGE, "parts": ["a", "b"]}, False)
    assert (outcome.changed, outcome.before, outcome.after) == (True, {}, {**LAMP, "note": "new", "enabled": False})
    assert shelf.writes == ["create", "update"]


@pytest.mark.parametrize(("code", "waited"), [("APIG.3206", [("lamp", False)]), ("WAF.00022004", [])])
def test_a_refusal_stands_where_nothing_of_the_name_is_found(code: str, waited: t.Any) -> None:
    shelf = Shelf(taken={"code": code})
    with pytest.raises(ApiError, match="it is there already") as raised:
        ensure_present(THING, shelf, {"name": "lamp", "parts": ["a"]}, False)
    assert "What is live now: what was there before; nothing was written." in str(raised.value)
    assert shelf.waited == waited


def test_what_was_made_meanwhile_and_cannot_be_completed_is_said_to_be_there() -> None:
    with pytest.raises(InputError, match="cannot become 'fancy'.* What is live now: somebody else made the thing 'lamp' meanwhile, with the id 1."):
        ensure_present(THING, Shelf(taken={**RECORD, "code": "APIG.3206"}), {"name": "lamp", "parts": ["a"], "kind": "fancy"}, False)


def test_another_refusal_is_not_looked_behind() -> None:
    shelf = Shelf(taken={**RECORD, "code": "WAF.00022005"})
    with pytest.raises(ApiError):
        ensure_present(THING, shelf, {"name": "lamp", "parts": ["a"]}, False)
    assert shelf.waited == []
