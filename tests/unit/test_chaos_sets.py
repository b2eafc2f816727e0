# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short campaign of sets on bad days, and a judge of their reports and of their order that notices what he should."""

from __future__ import annotations

import typing as t

import pytest

import judge
import sets
import tasks
import weather
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _apig
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sets import Sets
from judge import Course, Held, Key
from set_stories import SET_STORIES

# Both doors, one request at once and eight, stopping and going on.
SHORT = {0.2: (3, 4), 0.4: (1, 6)}


@pytest.mark.parametrize("share", SHORT)
def test_bad_days_of_sets_end_as_declared(share: float) -> None:
    tally = sets.told(share, SHORT[share])
    assert tally.violations == []
    assert sum(tally.done.values()) == len(SHORT[share]) * sum(len(story.wishes) for story in SET_STORIES)
    assert {"a list that tells of nothing", "a list that tells of half"} <= set(tally.faults)


def test_bad_days_of_sets_without_retries_end_as_declared() -> None:
    tally = sets.told(0.05, [1], retries=0)
    assert tally.violations == []
    assert tally.failures > 1


def test_seeds_choose_every_way_to_carry_out() -> None:
    assert len({(tasks.DOORS[seed % len(tasks.DOORS)], *sets.way(seed)) for seed in range(8)}) == 8


def violations(story: str, seed: int = 1, share: float = 0.0) -> str:
    """What is violated in a story, one request after the other unless the seed says otherwise."""
    return "\n".join(sets.told(share, [seed], story).violations)


# What the judge sees when the modules are broken on purpose


def test_the_judge_sees_a_second_object_of_a_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatehouse_emulator.apig._check", lambda call, besides: None)

    def twice(self: t.Any, values: t.Any) -> t.Any:
        self._client.post("apig", self._path(), dict(values))
        return self._client.post("apig", self._path(), dict(values))

    monkeypatch.setattr(_apig.Acls, "create", twice)
    assert "something is there twice" in violations("acl_set")


def test_the_judge_sees_a_neighbour_of_a_set_change(monkeypatch: pytest.MonkeyPatch) -> None:
    update = _apig.Acls.update

    def more(self: t.Any, current: t.Any, changes: t.Any) -> t.Any:
        (other,) = self.find({"name": "offices_2"})
        update(self, other, {"acl_value": "192.0.2.1"})
        return update(self, current, changes)

    monkeypatch.setattr(_apig.Acls, "update", more)
    assert "something else has changed" in violations("acl_set")


@pytest.mark.parametrize(("verb", "nothing"), [("update", lambda self, current, changes: {**current, **changes}), ("delete", lambda self, current: None)])
def test_the_judge_sees_a_lost_change_of_a_set(monkeypatch: pytest.MonkeyPatch, verb: str, nothing: t.Any) -> None:
    monkeypatch.setattr(_apig.Acls, verb, nothing)
    told = violations("acl_set")
    assert "it is not as declared" in told
    assert "is told to be " in told


def test_the_judge_sees_that_a_list_of_all_policies_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sets, "_unsure", lambda self: [])
    told = "".join(violations("ruleset", seed) for seed in (1, 2))
    assert "check mode foresaw" in told
    assert "runs failed and got no further, the last with: " in told or "it is not as declared" in told


def test_the_judge_sees_a_failure_that_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sets, "_failures", lambda self: [])
    told = "".join(violations("geoip_set", seed, share=0.4) for seed in (1, 4, 5))
    assert "nothing is told of" in told or "is told to be not tried" in told


# The report


KEY: Key = ("geoip_rule", "shop", "one")
OLD, NEW = {"locations": ["Peru"]}, {"locations": ["Cuba"]}
LOST = "Whether the request was carried out is not known; it was not sent again."


def item(action: str = "update", **more: t.Any) -> dict[str, t.Any]:
    return {"action": action, "kind": "geoip_rule", "policy": "shop", "name": "one", "id": "1", **more}


def there(words: dict[str, t.Any] | None, name: str = "one") -> dict[str, Held]:
    return {} if words is None else {"1": Held("1", ("geoip_rule", "shop", name), words)}


@pytest.mark.parametrize(
    ("report", "before", "now", "lie"),
    [
        ({"changed_items": [item()]}, OLD, NEW, ""),
        ({"changed_items": [item()]}, OLD, OLD, "is told to be made, and is Held"),
        ({"changed_items": [item("create")]}, None, None, "is told to be made, and is None"),
        ({"changed_items": [item("remove")]}, OLD, None, ""),
        ({"changed_items": [item("remove")]}, OLD, OLD, "is told to be removed, and is there"),
        ({"failed_items": [item(msg="Refused. What is live now: what was there before; nothing was written.")]}, OLD, OLD, ""),
        ({"failed_items": [item(msg="Refused. What is live now: what was there before; nothing was written.")]}, OLD, NEW, "is told to be as it was"),
        ({"failed_items": [item(msg="Refused.")]}, OLD, NEW, "is told to be as it was"),
        ({"failed_items": [item(msg=LOST)]}, OLD, NEW, ""),
        ({"failed_items": [item(msg="Refused. What is live now: it has made room.")]}, OLD, NEW, ""),
        ({"failed_items": [item("create", id=None, msg=f"{LOST} It is not there now.")]}, None, None, ""),
        ({"failed_items": [item("create", id=None, msg=f"{LOST} It is not there now.")]}, None, NEW, "is told to be as it was"),
        ({"failed_items": [item("create", id=None, msg=LOST)]}, None, NEW, ""),
        ({"not_tried_items": [item()]}, OLD, OLD, ""),
        ({"not_tried_items": [item()]}, OLD, NEW, "is told to be not tried"),
        ({"not_tried_items": [item("create", id=None)]}, None, NEW, "is told to be not tried"),
        ({}, OLD, NEW, "nothing is told of"),
        ({"changed_items": [item()], "failed_items": [item(msg=LOST)]}, OLD, NEW, "it names twice"),
        ({"changed": True, "changed_items": [item()], "counts": {"created": 1, "updated": 0, "removed": 0}}, OLD, NEW, "it counts"),
        ({"changed": False, "changed_items": [item()], "counts": {"created": 0, "updated": 1, "removed": 0}}, OLD, NEW, "changed is False"),
    ],
)
def test_what_a_report_tells_is_compared(report: t.Any, before: t.Any, now: t.Any, lie: str) -> None:
    found = judge.lies(report, there(before), there(now), {KEY: NEW})
    assert any(lie in one for one in found) if lie else found == []


def test_a_name_that_another_object_has_given_up_is_no_lie() -> None:
    before = {"1": Held("1", KEY, OLD), "2": Held("2", ("geoip_rule", "shop", "two"), NEW)}
    now = {**before, "1": Held("1", ("geoip_rule", "shop", "three"), OLD)}
    report = {"changed_items": [item(name="three")], "failed_items": [item(id="2", msg="Refused.")]}
    assert judge.lies(report, before, now, {("geoip_rule", "shop", "three"): OLD}) == []


@pytest.mark.parametrize(
    ("message", "may"),
    [
        (f"Of 3 changes, 1 made, 1 failed, 1 not tried: item 1: {LOST} It is not there now.", True),
        (f"Of 3 changes, 1 made, 2 failed: item 1: {LOST} It is not there now. item 2: The weather is bad.", False),
        (f"Of 2 changes, 0 made, 2 failed: item 1: {LOST} It is not there now. item 2: {LOST} It is not there now.", True),
        ("Of 1 change, 0 made, 1 failed: item 1: The weather is bad.", False),
    ],
)
def test_every_failure_of_a_set_needs_its_excuse(message: str, may: bool) -> None:
    assert judge.excused(message) is may


def test_a_message_that_leaves_failures_out_is_not_what_excuses() -> None:
    lost, other = {"msg": f"{LOST} It is not there now."}, {"msg": "The weather is bad."}
    assert judge.all_excused({"msg": "Of 9 changes, 9 failed: ...", "failed_items": [lost] * 9})
    assert not judge.all_excused({"msg": lost["msg"], "failed_items": [lost, other]})
    assert judge.all_excused({"msg": lost["msg"]})
    assert not judge.all_excused({"msg": other["msg"], "failed_items": []})


# The order


def step(number: int, action: str, identity: str | None, name: str, *needs: int, **more: t.Any) -> dict[str, t.Any]:
    return {"step": number, **item(action, id=identity, name=name), "after_steps": list(needs), **more}


SAID = {"position": "item"}
PERU, CHAD = ("shop", "Peru"), ("shop", "Chad")
# One gives Peru to two, three comes, and old goes, for no item names it.
PLAN = [
    step(1, "update", "1", "one", **SAID),
    step(2, "update", "2", "two", 1, **SAID),
    step(3, "create", None, "three", **SAID),
    step(4, "remove", "4", "old"),
]
FIRST = {PERU: "1", CHAD: "4"}
STAYS = {PERU: "two"}
GIVEN, TAKEN = {CHAD: "4"}, {PERU: "2", CHAD: "4"}
GIVE, TAKE, MAKE = ("PUT", "/geoip/1", GIVEN), ("PUT", "/geoip/2", TAKEN), ("POST", "/geoip", {**TAKEN, ("shop", "Fiji"): "3"})
GO = ("DELETE", "/geoip/4", {PERU: "2"})
DONE: dict[str, t.Any] = {"changed_items": []}


def failed(*parts: t.Mapping[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    return {"failed": True, "failed_items": list(parts), "not_tried_items": [], **more}


@pytest.mark.parametrize(
    ("writes", "result", "on_error", "wrong"),
    [
        ([GIVE, TAKE, MAKE, GO], DONE, "stop", ""),
        # A change may need two requests, and one that was lost is sent again.
        ([GIVE, ("PUT", "/geoip/1/status", GIVEN), ("PUT", "/geoip/2", GIVEN), TAKE, MAKE, GO], DONE, "stop", ""),
        ([GIVE, ("POST", "/geoip", {**GIVEN, ("shop", "Fiji"): "3"}), TAKE, GO], DONE, "stop", "was in no rule for 2 changes, and 1 are planned"),
        ([("DELETE", "/geoip/4", {PERU: "1"}), GIVE, TAKE, MAKE], DONE, "stop", "something was removed before all else was done"),
        ([GIVE], failed(step(2, "update", "2", "two", reason="")), "continue", ""),
        ([GIVE], failed(step(3, "create", None, "three", reason="")), "continue", "is in no rule at the end"),
        ([GIVE, TAKE, GO], failed(step(3, "create", None, "three", reason="")), "continue", "was removed although something had failed"),
        ([GIVE, TAKE, GO], failed(step(4, "remove", "4", "old", reason="")), "stop", ""),
        ([GIVE, ("PUT", "/geoip/2", GIVEN)], failed(step(1, "update", "1", "one", reason="")), "stop", "something was begun after a failure"),
        ([GIVE], {"failed": True}, "stop", "it wrote, and tells nothing of it"),
        ([], {"failed": True}, "stop", ""),
    ],
)
def test_the_course_of_a_set_is_compared_with_its_plan(writes: t.Any, result: t.Any, on_error: str, wrong: str) -> None:
    found = Course(PLAN, FIRST, writes).amiss(result, STAYS, 1, on_error)
    assert any(wrong in one for one in found) if wrong else found == []


def test_removals_that_an_item_says_go_on_where_nothing_failed() -> None:
    plan = [step(1, "update", "1", "one", **SAID), step(2, "remove", "4", "old", **SAID)]
    trouble = failed(step(1, "update", "1", "one", reason=""))
    elsewhere = failed({**step(1, "update", "1", "one", reason=""), "policy": "another"})
    for result, on_error, wrong in ((trouble, "continue", True), (elsewhere, "continue", False), (elsewhere, "stop", True)):
        found = Course(plan, {}, [GO]).amiss(result, {}, 8, on_error)
        assert bool(found) is wrong


def test_lists_of_all_policies_lie_in_the_account_as_it_is() -> None:
    state = {"policies": [{"id": "1", "geoip_rules": [{"name": "a"}, {"name": "b"}]}, {"id": "2"}]}
    geoip, tags = weather.lies(state, 0.4, "day")
    told = [effect.get("body") for effect in geoip["one_of"]]
    assert told == [{"total": 0, "items": []}, {"total": 1, "items": [{"name": "a", "policyid": "1"}]}, None]
    assert tags["one_of"][1]["body"]["items"] == []
    assert geoip["share"] == pytest.approx(0.7)
