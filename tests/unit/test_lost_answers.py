# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes whose answer was lost after all tries: a read decides, and a failure says what it showed."""

from __future__ import annotations

import re
import typing as t

import pytest

from cloud import Cloud
from wishes import ACCESS_TYPE, ACL, GEOIP, POLICY, REPUTATION, WHITE_LIST, addresses, done, operations

WHITE = {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}
INDOORS = {**ACCESS_TYPE, "objects": [{"type": "user", "name": "anna"}]}
CHEN = {"objects": [{"type": "user", "name": "chen"}]}
PLACE = ("policy", "gateway", "name", "access_control_type")

updates = pytest.mark.parametrize(
    ("module", "wish", "change", "operation"),
    [
        ("waf_policy", POLICY, {"options": {"webshell": True}}, "UpdatePolicy"),
        ("waf_policy", POLICY, {"domains": ["pay.example.com"]}, "UpdatePolicyProtectHost"),
        ("waf_geoip_rule", GEOIP, {"action": "log"}, "UpdateGeoipRule"),
        ("waf_geoip_rule", GEOIP, {"enabled": False}, "UpdatePolicyRuleStatus"),
        ("waf_ip_reputation_rule", REPUTATION, {"tags": ["Amazon", "HW"]}, "UpdateIpReputationRule"),
        ("waf_ip_reputation_rule", REPUTATION, {"enabled": False}, "UpdatePolicyRuleStatus"),
        ("apig_acl", ACL, {"entries": ["198.51.100.0/24"]}, "UpdateAclStrategyV2"),
        ("workspace_access_policy", WHITE, {"enabled": True}, "UpdateAccessPolicy"),
        ("workspace_access_policy", INDOORS, CHEN, "UpdateAccessPolicyObjects"),
    ],
)
removals = pytest.mark.parametrize(
    ("module", "wish", "operation", "listing"),
    [
        ("waf_policy", POLICY, "DeletePolicy", "ListPolicy"),
        ("waf_geoip_rule", GEOIP, "DeleteGeoipRule", "ListGeoipRule"),
        ("waf_ip_reputation_rule", REPUTATION, "DeleteIpReputationRule", "ListIpReputationRules"),
        ("apig_acl", ACL, "DeleteAclV2", "ListAclStrategiesV2"),
        ("workspace_access_policy", WHITE, "BatchDeleteAccessPolicies", "ListAccessPolicies"),
    ],
)
# Each loses the answer, once carried out and once not; a half-way failure of what is one whole is no answer either.
effects = pytest.mark.parametrize(("effect", "happened"), [({"drop": "after"}, True), ({"drop": "before"}, False), ({"status": 504}, False)])


@updates
@effects
def test_an_update_whose_answer_was_lost(
    cloud: Cloud, module: str, wish: t.Any, change: t.Any, operation: str, effect: t.Any, happened: bool, slept: list[float]
) -> None:
    done(cloud.run(module, wish))
    cloud.forget()
    cloud.fault({"match": {"operation": operation}, "times": 1, **effect})
    result = cloud.run(module, {**wish, **change})
    assert operations(cloud) == [operation]
    if happened:
        assert done(result)["changed"] is True
        assert slept == []
    else:
        (option,) = change
        assert f"read afterwards, has {option} " in result["msg"]
        assert sum(slept) > 5
        assert done(cloud.run(module, {**wish, **change}))["changed"] is True
    assert cloud.run(module, {**wish, **change})["changed"] is False


@removals
@effects
def test_a_removal_whose_answer_was_lost(
    cloud: Cloud, module: str, wish: t.Any, operation: str, listing: str, effect: t.Any, happened: bool, slept: list[float]
) -> None:
    done(cloud.run(module, wish))
    cloud.forget()
    cloud.fault({"match": {"operation": operation}, "times": 1, **effect})
    absent = {**{name: value for name, value in wish.items() if name in PLACE}, "state": "absent"}
    result = cloud.run(module, absent)
    assert operations(cloud) == [operation]
    if happened:
        assert done(result)["changed"] is True
    else:
        assert re.search(r"What is live now: the \w+ '[\w ]+' is still there, with the id ", result["msg"])
        assert done(cloud.run(module, absent))["changed"] is True
    assert cloud.run(module, absent)["changed"] is False


@removals
def test_a_lost_removal_that_cannot_be_looked_at_says_so(cloud: Cloud, module: str, wish: t.Any, operation: str, listing: str) -> None:
    done(cloud.run(module, wish))
    denied = {"status": 403, "body": {"error_code": "APIGW.0802", "error_msg": "denied"}}
    cloud.fault(
        {"match": {"operation": operation}, "times": 1, "drop": "after"},
        {"match": {"operation": listing}, "times": 1},
        {"match": {"operation": listing}, **denied},
        # A policy is looked at by its id.
        {"match": {"operation": "ShowPolicy"}, **denied},
    )
    result = cloud.run(module, {**{name: value for name, value in wish.items() if name in PLACE}, "state": "absent"})
    assert "Whether the request was carried out is not known. Reading what is there failed as well: denied" in result["msg"]


@effects
def test_a_step_of_the_progress_whose_answer_was_lost(cloud: Cloud, effect: t.Any, happened: bool, slept: list[float]) -> None:
    cloud.fault({"match": {"operation": "UpdateAccessProgress"}, "times": 1}, {"match": {"operation": "UpdateAccessProgress"}, "times": 1, **effect})
    wish = {"domain": "shop.example.com", "origin_whitelisted": "completed", "dns_switched": "completed"}
    result = cloud.run("waf_access_progress", wish)
    if happened:
        assert done(result)["access_progress"]["dns_switched"] == "completed"
    else:
        assert (
            "What is live now: of the domain 'shop.example.com', origin_whitelisted is recorded."
            " dns_switched of the domain 'shop.example.com', read afterwards, is 'pending'." in result["msg"]
        )
        assert done(cloud.run("waf_access_progress", wish))["changed"] is True
    assert cloud.run("waf_access_progress", wish)["changed"] is False


@pytest.mark.parametrize(("drop", "enabled"), [("before", "enabled False and not True, "), ("after", "")])
def test_steps_that_break_off_with_a_lost_answer_say_what_a_read_shows(cloud: Cloud, drop: str, enabled: str, slept: list[float]) -> None:
    done(cloud.run("workspace_access_policy", WHITE))
    cloud.fault({"match": {"operation": "UpdateAccessPolicy"}, "times": 1}, {"match": {"operation": "UpdateAccessPolicy"}, "times": 1, "drop": drop})
    wish = {**WHITE_LIST, "ip_addresses": ["192.0.2.8"], "enabled": True}
    result = cloud.run("workspace_access_policy", wish)
    live = f"the access_policy 'offices', read afterwards, has {enabled}ip_addresses ['192.0.2.7', '192.0.2.8'] and not ['192.0.2.8']."
    assert f"What is live now: {live}" in result["msg"]
    assert addresses(cloud.run("workspace_access_policy", wish)) == ["192.0.2.8"]
    assert cloud.run("workspace_access_policy", wish)["changed"] is False


def test_a_batch_that_was_applied_by_half_is_completed_by_the_next_run(cloud: Cloud, slept: list[float]) -> None:
    done(cloud.run("workspace_access_policy", WHITE))
    wish = {**WHITE_LIST, "ip_addresses": [f"192.0.2.{number}" for number in range(7, 11)]}
    cloud.fault({"match": {"operation": "UpdateAccessPolicy"}, "times": 1, "partial": True})
    result = cloud.run("workspace_access_policy", wish)
    assert "read afterwards, has ip_addresses ['192.0.2.10', '192.0.2.7'] and not " in result["msg"]
    assert len(addresses(cloud.run("workspace_access_policy", wish))) == 4


@pytest.mark.parametrize(
    ("module", "wish"),
    [
        ("waf_policy", {**POLICY, "domains": ["pay.example.com"]}),
        ("waf_geoip_rule", {**GEOIP, "enabled": False, "description": "closed"}),
        ("waf_ip_reputation_rule", {**REPUTATION, "enabled": False, "description": "closed"}),
        ("apig_acl", ACL),
        ("workspace_access_policy", {**WHITE, "enabled": True, "block_all": True}),
        ("workspace_access_policy", INDOORS),
    ],
)
def test_a_creation_that_breaks_off_at_any_request_is_completed_by_the_next_run(cloud: Cloud, module: str, wish: t.Any, slept: list[float]) -> None:
    done(cloud.run(module, wish))
    expected, requests = cloud.state(), len(cloud.journal())
    for number in range(requests):
        cloud = Cloud()
        cloud.fault(*([{"times": number}] if number else []), {"status": 403, "body": {"error_code": "APIGW.0802", "error_msg": "denied"}, "times": 1})
        result = cloud.run(module, wish)
        assert "What is live now: " in result["msg"]
        done(cloud.run(module, wish))
        assert cloud.state() == expected
        assert cloud.run(module, wish)["changed"] is False
