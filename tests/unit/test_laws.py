# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is true of every resource. A resource joins with one Case."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_policies import SWITCHES
from cloud import MODULE_FILES, Cloud, Result
from gatehouse_emulator.account import DEMO
from wishes import ONLY_TOLD, SETS

Options = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Case:
    """A resource: by what it is found, two wishes, its sets with one more member each, and what only creation sets.

    by_ids are the results whose ids find it in the place of names, by option, where it has no id of its own. needs is what the account holds
    beside the demo account.
    """

    module: str
    kind: str
    identity: Options
    first: Options
    second: Options
    plural: str = ""
    sets: t.Mapping[str, t.Any] = field(default_factory=dict)
    lasting: Options = field(default_factory=dict)
    renamed: str | None = None
    other_name: str = "another name"
    unforeseen: tuple[str, ...] = ("id",)
    lookups: int = 1
    stays: bool = False
    by_ids: t.Mapping[str, str] = field(default_factory=dict)
    needs: t.Mapping[str, t.Any] = field(default_factory=dict)

    @property
    def wish(self) -> dict[str, t.Any]:
        return {**self.identity, **self.first}

    def cloud(self) -> Cloud:
        """An emulated cloud with what the resource needs."""
        return Cloud({**DEMO, **self.needs} if self.needs else None)

    @property
    def name(self) -> str:
        return next(option for option in ("name", "domain") if option in self.identity)

    @property
    def place(self) -> dict[str, t.Any]:
        return {name: value for name, value in self.identity.items() if name in ("policy", "gateway")}


PEOPLE = {
    one.get("user_name") or one["name"]: {"type": kind, "id": one["id"], "name": one.get("user_name") or one["name"]}
    for kind, listed in (("user", "users"), ("group", "groups"))
    for one in Cloud().state()["workspace"][listed]
}

# With an id of its own, so that the ids of all others stay as they are.
WAREHOUSE = {"id": "ac" * 16, "acl_name": "warehouse", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.7"}
SERVER = {"address": "192.0.2.30", "port": 8080, "front_protocol": "https", "back_protocol": "http", "weight": 1, "type": "ipv4", "vpc_id": None}
SITE = {"policy": "storefront", "certificate": "storefront-certificate", "proxy": True, "protection": "suspended", "access_status": "connected"}
VPC = {"vpc_id": "00000000-0000-0000-0000-000000000001"}
# What the service makes up for a domain.
MADE = ("id", "cname", "access_code")

CASES = (
    Case(
        "waf_policy",
        "policy",
        {"name": "checkout"},
        {"level": "high", "mode": "block", "full_detection": True, "options": {**dict.fromkeys(SWITCHES, False), "webattack": True, "geoip": True}},
        {"level": "low", "mode": "log", "full_detection": False, "options": {"geoip": False, "cc": True}},
        plural="policies",
        renamed="till",
        lookups=0,
    ),
    Case(
        "waf_geoip_rule",
        "geoip_rule",
        {"policy": "storefront", "name": "embargo"},
        {"locations": ["Indonesia", "BJ", "Peru"], "action": "block", "description": "Nobody from there", "enabled": True},
        {"locations": ["CA"], "action": "log", "enabled": False, "description": ""},
        sets={"locations": "Mexico"},
        renamed="fence",
    ),
    Case(
        "waf_ip_reputation_rule",
        "ip_reputation_rule",
        {"policy": "storefront", "name": "data centres"},
        {"tags": ["Google", "Amazon"], "action": "block", "description": "No bots", "enabled": True},
        {"type": "idc", "tags": ["Tencent"], "action": "allow", "enabled": False, "description": ""},
        sets={"tags": "Microsoft"},
        renamed="clouds",
    ),
    Case(
        "apig_acl",
        "acl",
        {"gateway": "storefront-gateway", "name": "offices"},
        {"type": "permit", "entity_type": "ip", "entries": ["192.0.2.7", "198.51.100.0/24", "203.0.113.4-203.0.113.9"]},
        {"type": "deny", "entries": ["192.0.2.8/32"]},
        sets={"entries": "192.0.2.99"},
        lasting={"entity_type": "domain"},
        renamed="branches",
    ),
    Case(
        "workspace_access_policy",
        "access_policy",
        {"name": "offices", "access_control_type": "ip_white_list"},
        {"ip_addresses": ["192.0.2.7", "198.51.100.0/24"], "enabled": True},
        {"ip_addresses": ["203.0.113.0/24"], "block_all": True},
        plural="access_policies",
        sets={"ip_addresses": "192.0.2.99"},
        lookups=0,
    ),
    Case(
        "workspace_access_policy",
        "access_policy",
        {"name": "PRIVATE_ACCESS", "access_control_type": "access_type"},
        {"objects": [PEOPLE["dalia"], PEOPLE["contractors"]]},
        {"objects": [PEOPLE["chen"]]},
        plural="access_policies",
        sets={"objects": PEOPLE["anna"]},
    ),
    Case(
        "waf_domain",
        "domain",
        {"domain": "docs.example.com"},
        {**SITE, "servers": [SERVER, {**SERVER, "address": "2001:db8::7", "port": 80, "weight": 5, "type": "ipv6"}], "description": "The manual"},
        {"servers": [{**SERVER, "port": 8081}], "proxy": False, "protection": "on", "access_status": "disconnected"},
        sets={"servers": {**SERVER, "address": "origin.example.com", "back_protocol": "https"}},
        lookups=2,
        other_name="other.example.com",
        unforeseen=MADE,
    ),
    Case(
        "waf_domain",
        "domain",
        {"domain": "*.example.com", "port": 8444, "mode": "dedicated"},
        {**SITE, "servers": [{**SERVER, **VPC}], "description": ""},
        {"servers": [{**SERVER, **VPC, "front_protocol": "http"}], "proxy": False, "protection": "bypass", "access_status": "disconnected"},
        sets={"servers": {**SERVER, **VPC, "address": "192.0.2.31"}},
        lookups=2,
        other_name="other.example.com",
        unforeseen=MADE,
    ),
    Case(
        "waf_access_progress",
        "access_progress",
        {"domain": "shop.example.com"},
        {"origin_whitelisted": "completed", "verified_locally": "skipped"},
        {"verified_locally": "completed", "dns_switched": "completed"},
        plural="access_progress",
        lookups=0,
        stays=True,
        by_ids={"domain": "id"},
    ),
    Case(
        "apig_acl_binding",
        "acl_binding",
        {"gateway": "storefront-gateway", "acl": "warehouse", "environment": "RELEASE"},
        {"apis": ["orders"]},
        {"apis": ["orders", "catalogue"]},
        lookups=4,
        by_ids={"gateway": "gateway_id", "acl": "acl_id", "environment": "environment_id"},
        needs={"gateways": [{**DEMO["gateways"][0], "acls": [WAREHOUSE]}]},
    ),
)


@pytest.fixture(params=CASES, ids=lambda case: case.module)
def case(request: pytest.FixtureRequest) -> Case:
    return t.cast(Case, request.param)


@pytest.fixture
def cloud(case: Case, slept: list[float]) -> Cloud:
    """The demo account, with what the resource needs beside it."""
    return case.cloud()


def only(holds: t.Callable[[Case], bool]) -> t.Any:
    """A law that is about some resources; there must be one at least."""
    cases = [case for case in CASES if holds(case)]
    assert cases
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.module)


def told(result: Result, case: Case) -> dict[str, t.Any]:
    assert not result.get("failed"), result["msg"]
    return dict(result[case.kind])


def in_order(members: t.Sequence[t.Any]) -> list[t.Any]:
    """A set as results list it: by the text, users and groups by type and id, servers by address."""
    return sorted(members, key=lambda member: member.get("address") or (member["type"], member["id"]) if isinstance(member, dict) else member)


def as_said(told: t.Any, said: t.Any) -> t.Any:
    """What a result tells of members that a wish says by name alone."""
    by_name = isinstance(said, list) and all(isinstance(member, str) for member in said)
    return [member["name"] if isinstance(member, dict) else member for member in told] if by_name else told


def foreseen(words: t.Mapping[str, t.Any], case: Case) -> dict[str, t.Any]:
    """What check mode can know of a new object."""
    return {name: value for name, value in words.items() if name not in case.unforeseen}


def test_every_module_that_writes_has_a_case() -> None:
    modules = {path.stem for path in MODULE_FILES.glob("*.py") if not path.stem.endswith("_info")}
    # Whole sets have laws of their own: test_sets_model.py.
    assert modules - ONLY_TOLD - set(SETS) == {case.module for case in CASES}


def test_creating_twice_changes_once(cloud: Cloud, case: Case) -> None:
    first = cloud.run(case.module, case.wish)
    assert first["changed"] is True
    cloud.forget()
    second = cloud.run(case.module, case.wish)
    assert second["changed"] is False
    assert told(second, case) == told(first, case)
    assert cloud.writes() == []


def test_a_run_without_change_costs_one_read_beyond_the_lookup(cloud: Cloud, case: Case) -> None:
    cloud.run(case.module, case.wish)
    cloud.forget()
    cloud.run(case.module, case.wish)
    assert len(cloud.journal()) == 1 + case.lookups


def test_check_mode_writes_nothing_and_predicts_a_creation(cloud: Cloud, case: Case) -> None:
    predicted = cloud.run(case.module, case.wish, check=True, diff=True)
    assert cloud.writes() == []
    real = cloud.run(case.module, case.wish, diff=True)
    assert predicted["changed"] is real["changed"] is True
    assert foreseen(told(predicted, case), case) == foreseen(told(real, case), case)
    assert foreseen(predicted["diff"]["after"], case) == foreseen(real["diff"]["after"], case)
    assert not any(told(predicted, case).get(name) for name in case.unforeseen) or case.stays
    assert predicted["diff"]["before"] == real["diff"]["before"]


def test_what_was_said_is_what_is_told(cloud: Cloud, case: Case) -> None:
    result = told(cloud.run(case.module, case.wish), case)
    for name, value in case.wish.items():
        assert as_said(result[name], value) == (in_order(value) if isinstance(value, list) else value), name


def test_what_is_not_said_is_left_alone(cloud: Cloud, case: Case) -> None:
    before = told(cloud.run(case.module, case.wish), case)
    cloud.forget()
    result = cloud.run(case.module, case.identity)
    assert result["changed"] is False
    assert told(result, case) == before
    assert cloud.writes() == []


def test_each_wish_of_an_update_changes_only_what_it_names(cloud: Cloud, case: Case) -> None:
    expected = told(cloud.run(case.module, case.wish), case)
    for name, value in case.second.items():
        result = cloud.run(case.module, {**case.identity, name: value})
        if name in ("type",) and expected[name] == value:
            assert result["changed"] is False
            continue
        assert result["changed"] is True, name
        after = told(result, case)
        assert after != expected
        assert {key for key in after if after[key] != expected[key]} == {name}
        expected = after


def test_check_mode_predicts_an_update(cloud: Cloud, case: Case) -> None:
    cloud.run(case.module, case.wish)
    cloud.forget()
    predicted = cloud.run(case.module, {**case.identity, **case.second}, check=True, diff=True)
    assert cloud.writes() == []
    real = cloud.run(case.module, {**case.identity, **case.second}, diff=True)
    assert predicted == real
    assert real["changed"] is True
    assert real["diff"]["before"] != real["diff"]["after"] == told(real, case)
    again = cloud.run(case.module, {**case.identity, **case.second}, diff=True)
    assert again["changed"] is False
    assert again["diff"]["before"] == again["diff"]["after"] == told(real, case)


def test_there_is_a_diff_only_when_it_is_asked_for(cloud: Cloud, case: Case) -> None:
    assert "diff" not in cloud.run(case.module, case.wish)


@only(lambda case: bool(case.sets))
def test_order_and_repetition_in_a_set_are_nothing(cloud: Cloud, case: Case) -> None:
    before = told(cloud.run(case.module, case.wish), case)
    for name in case.sets:
        wished = [*reversed(case.first[name]), case.first[name][0]]
        result = cloud.run(case.module, {**case.wish, name: wished})
        assert result["changed"] is False
        assert told(result, case) == before


@only(lambda case: bool(case.sets))
def test_each_member_of_a_set_counts(cloud: Cloud, case: Case) -> None:
    cloud.run(case.module, case.wish)
    for name, member in case.sets.items():
        more = cloud.run(case.module, {**case.identity, name: [*case.first[name], member]})
        assert more["changed"] is True
        assert told(more, case)[name] == in_order([*case.first[name], member])
        fewer = cloud.run(case.module, {**case.identity, name: case.first[name]})
        assert fewer["changed"] is True
        assert told(fewer, case)[name] == in_order(case.first[name])


def test_removing_twice_changes_once(cloud: Cloud, case: Case) -> None:
    before = told(cloud.run(case.module, case.wish), case)
    cloud.forget()
    absent = {**case.identity, "state": "absent"}
    predicted = cloud.run(case.module, absent, check=True, diff=True)
    assert cloud.writes() == []
    real = cloud.run(case.module, absent, diff=True)
    assert predicted == real
    assert real["changed"] is True
    assert real["diff"]["before"] == before
    assert bool(told(real, case)) is case.stays
    cloud.forget()
    again = cloud.run(case.module, absent)
    assert again["changed"] is False
    assert cloud.writes() == []


def test_the_info_twin_tells_what_the_module_told(cloud: Cloud, case: Case) -> None:
    plural = case.plural or f"{case.kind}s"
    before = told(cloud.run(case.module, case.wish), case)
    cloud.forget()
    asked = cloud.run(f"{case.module}_info", case.identity)
    assert asked["changed"] is False
    assert asked[plural] == [before]
    everything = cloud.run(f"{case.module}_info", case.place)
    assert before in everything[plural]
    assert cloud.writes() == []


@only(lambda case: bool(case.by_ids))
def test_what_has_no_id_of_its_own_is_found_by_the_ids_of_its_place(cloud: Cloud, case: Case) -> None:
    found = told(cloud.run(case.module, case.wish), case)
    again = cloud.run(case.module, {**case.wish, **{option: found[result] for option, result in case.by_ids.items()}})
    assert (again["changed"], told(again, case)) == (False, found)


@only(lambda case: not case.by_ids)
def test_it_is_found_by_id(cloud: Cloud, case: Case) -> None:
    before = told(cloud.run(case.module, case.wish), case)
    same = cloud.run(case.module, {**case.place, "id": before["id"]})
    assert (same["changed"], told(same, case)) == (False, before)


@only(lambda case: case.renamed is not None)
def test_it_is_renamed_by_id_and_name(cloud: Cloud, case: Case) -> None:
    before = told(cloud.run(case.module, case.wish), case)
    result = cloud.run(case.module, {**case.place, "id": before["id"], "name": case.renamed})
    assert result["changed"] is True
    assert told(result, case) == {**before, "name": case.renamed}
    assert cloud.run(case.module, {**case.identity, "state": "absent"})["changed"] is False


@only(lambda case: not case.by_ids and case.renamed is None)
def test_what_cannot_be_renamed_says_so(cloud: Cloud, case: Case) -> None:
    before = told(cloud.run(case.module, case.wish), case)
    cloud.forget()
    result = cloud.run(case.module, {**case.place, "id": before["id"], case.name: case.other_name})
    assert result["failed"] is True
    assert f"{case.name} of {case.kind} {case.identity[case.name]!r}" in result["msg"]
    assert cloud.writes() == []


def test_an_unknown_id_is_refused_and_nothing_is_written(cloud: Cloud, case: Case) -> None:
    unknown = dict.fromkeys(case.by_ids or ("id",), "0" * 32)
    result = cloud.run(case.module, {**case.place, **case.first, **unknown})
    assert result["failed"] is True
    assert "There is no" in result["msg"]
    assert cloud.writes() == []


@only(lambda case: bool(case.lasting))
def test_what_only_creation_sets_is_refused_before_anything_is_written(cloud: Cloud, case: Case) -> None:
    before = told(cloud.run(case.module, case.wish), case)
    cloud.forget()
    for name, value in case.lasting.items():
        result = cloud.run(case.module, {**case.identity, **case.second, name: value, "entries": ["partner"]})
        assert result["failed"] is True
        assert f"{name} of {case.kind}" in result["msg"]
    assert cloud.writes() == []
    assert told(cloud.run(case.module, case.identity), case) == before


# A policy of WAF or of Workspace can be created from what it is found by.
@only(lambda case: not case.by_ids and case.kind not in ("policy", "access_policy"))
def test_creation_names_what_it_needs(cloud: Cloud, case: Case) -> None:
    result = cloud.run(case.module, case.identity)
    assert result["failed"] is True
    assert f"There is no {case.kind} {case.identity[case.name]!r}; to create it, set: " in result["msg"]
    assert cloud.writes() == []


# The other services do not hold two of one name.
@only(lambda case: case.module.endswith("_rule"))
def test_two_of_one_name_are_refused_with_their_ids(cloud: Cloud, case: Case) -> None:
    first = told(cloud.run(case.module, case.wish), case)
    # A member of a set may be in one rule only.
    own = {name: [member] for name, member in case.sets.items()}
    other = told(cloud.run(case.module, {**case.wish, "name": "other", **own}), case)
    cloud.run(case.module, {"policy": "storefront", "id": other["id"], "name": case.identity["name"]})
    cloud.forget()
    result = cloud.run(case.module, case.wish)
    assert result["failed"] is True
    assert first["id"] in result["msg"] and other["id"] in result["msg"]
    assert cloud.writes() == []
    assert cloud.run(case.module, {"policy": "storefront", "id": first["id"], "action": case.second["action"]})["changed"] is True
