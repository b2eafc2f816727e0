# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lost answers, answers that lag, odd answers, and what a task says when a change breaks off half-way."""

from __future__ import annotations

import typing as t

import pytest

from cloud import Cloud
from wishes import ACCESS_TYPE, ACL, GEOIP, POLICY, REPUTATION, WHITE_LIST, addresses, done, late, operations

BINDING = {"gateway": "storefront-gateway", "acl": "office", "environment": "RELEASE", "apis": ["orders"]}


def test_a_creation_that_breaks_off_says_what_is_live_and_the_next_run_completes_it(cloud: Cloud) -> None:
    internal = {"error_code": "WAF.00010001", "error_msg": "internal error"}
    cloud.fault({"match": {"operation": "UpdatePolicyRuleStatus"}, "times": 2, "status": 500, "body": internal})
    wish = {**REPUTATION, "enabled": False}
    result = cloud.run("waf_ip_reputation_rule", wish)
    assert result["failed"] is True
    assert "What is live now: the ip_reputation_rule 'bots', read afterwards, has enabled True and not False." in result["msg"]
    again = done(cloud.run("waf_ip_reputation_rule", wish))
    assert (again["changed"], again["ip_reputation_rule"]["enabled"]) == (True, False)
    assert operations(cloud).count("CreateIpReputationRule") == 1


def test_an_update_that_breaks_off_says_what_is_live(cloud: Cloud) -> None:
    done(cloud.run("waf_geoip_rule", GEOIP))
    cloud.fault({"match": {"operation": "UpdatePolicyRuleStatus"}, "times": 1, "status": 400, "body": {"error_code": "WAF.00021015", "error_msg": "no"}})
    result = cloud.run("waf_geoip_rule", {**GEOIP, "action": "log", "enabled": False})
    assert "the new properties of the rule with the id" in result["msg"]
    assert "are in force. Not done: changing enabled." in result["msg"]
    again = done(cloud.run("waf_geoip_rule", {**GEOIP, "action": "log", "enabled": False}))
    assert again["changed"] is True
    assert (again["geoip_rule"]["action"], again["geoip_rule"]["enabled"]) == ("log", False)


@pytest.mark.parametrize(
    ("module", "wish", "operation"),
    [
        ("waf_geoip_rule", GEOIP, "CreateGeoipRule"),
        ("waf_ip_reputation_rule", REPUTATION, "CreateIpReputationRule"),
        ("apig_acl", ACL, "CreateAclStrategyV2"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}, "CreateAccessPolicy"),
    ],
)
@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_lost_answer_to_a_creation_makes_no_second_object(cloud: Cloud, module: str, wish: t.Any, operation: str, drop: str, slept: list[float]) -> None:
    cloud.fault({"match": {"operation": operation}, "times": 1, "drop": drop})
    result = cloud.run(module, wish)
    assert operations(cloud) == [operation]
    if drop == "after":
        assert done(result)["changed"] is True
        assert cloud.run(module, wish)["changed"] is False
    else:
        assert result["failed"] is True
        assert "It is not there now" in result["msg"]
        assert sum(slept) > 5
        assert done(cloud.run(module, wish))["changed"] is True


@pytest.mark.parametrize(
    ("module", "wish", "operation"),
    [
        ("waf_policy", POLICY, "DeletePolicy"),
        ("waf_geoip_rule", GEOIP, "DeleteGeoipRule"),
        ("waf_ip_reputation_rule", REPUTATION, "DeleteIpReputationRule"),
        ("apig_acl", ACL, "DeleteAclV2"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}, "BatchDeleteAccessPolicies"),
    ],
)
def test_a_lost_answer_to_a_removal_is_success_the_second_time(cloud: Cloud, module: str, wish: t.Any, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    done(cloud.run(module, wish))
    cloud.fault({"match": {"operation": operation}, "times": 1, "drop": "after"})
    place = {name: value for name, value in wish.items() if name in ("policy", "gateway", "name", "access_control_type")}
    assert done(cloud.run(module, {**place, "state": "absent", "max_retries": 1}))["changed"] is True
    assert operations(cloud).count(operation) == 2


def test_steps_that_break_off_say_which_are_recorded(cloud: Cloud) -> None:
    cloud.fault(
        {"match": {"operation": "UpdateAccessProgress"}, "times": 1},
        {"match": {"operation": "UpdateAccessProgress"}, "times": 1, "status": 400, "body": {"error_code": "WAF.00011003", "error_msg": "bad body"}},
    )
    result = cloud.run("waf_access_progress", {"domain": "shop.example.com", "origin_whitelisted": "completed", "dns_switched": "completed"})
    assert "Could not set dns_switched of the domain 'shop.example.com' to completed" in result["msg"]
    assert "What is live now: of the domain 'shop.example.com', origin_whitelisted is recorded" in result["msg"]


@pytest.mark.parametrize("odd", [5, "text", None, [None, 5], {"a": 1}])
def test_lists_of_an_odd_shape_hold_nothing(cloud: Cloud, odd: t.Any) -> None:
    for operation, key, module, options in (
        ("ListGeoipRule", "items", "waf_geoip_rule_info", {"policy": "storefront"}),
        ("ListAclStrategiesV2", "acls", "apig_acl_info", {"gateway": "storefront-gateway"}),
        ("ListAccessPolicies", "policies", "workspace_access_policy_info", {}),
        ("ListCompositeHosts", "items", "waf_access_progress_info", {}),
    ):
        cloud.fault({"match": {"operation": operation}, "times": 1, "status": 200, "body": {key: odd, "total": 0}})
        assert [] in done(cloud.run(module, options)).values()
    cloud.fault({"match": {"operation": "KeystoneListProjects"}, "times": 1, "status": 200, "body": {"projects": odd}})
    assert "have none of that name" in cloud.run("waf_geoip_rule_info", {"policy": "storefront", "project_id": None})["msg"]


def test_a_change_that_breaks_off_says_what_is_done(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}))
    cloud.fault(
        {"match": {"operation": "UpdateAccessPolicy"}, "times": 1},
        {"match": {"operation": "UpdateAccessPolicy"}, "times": 1, "status": 400, "body": {"error_code": "WKS.0002", "error_msg": "no"}},
    )
    wish = {**WHITE_LIST, "ip_addresses": ["192.0.2.8"], "enabled": True}
    result = cloud.run("workspace_access_policy", wish)
    assert "this was done: adding addresses. Not done: enforcing the list." in result["msg"]
    again = done(cloud.run("workspace_access_policy", wish))
    assert (again["access_policy"]["ip_addresses"], again["access_policy"]["enabled"]) == (["192.0.2.8"], True)


def test_a_policy_that_is_never_listed_is_reported_and_found_by_the_next_run(cloud: Cloud, slept: list[float]) -> None:
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 1}, late("ListAccessPolicies", 5))
    wish = {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}
    result = cloud.run("workspace_access_policy", wish)
    assert "What is live now: the policy 'offices' was created." in result["msg"]
    assert len(slept) == 4
    assert done(cloud.run("workspace_access_policy", wish))["changed"] is False


@pytest.mark.parametrize(
    ("module", "wish", "change", "operation"),
    [
        ("waf_policy", POLICY, {"level": "low"}, "ShowPolicy"),
        ("waf_geoip_rule", GEOIP, {"action": "log"}, "ShowGeoipRule"),
        ("waf_ip_reputation_rule", REPUTATION, {"enabled": False}, "ConfirmIpReputationRule"),
        ("apig_acl", ACL, {"type": "deny"}, "ShowDetailsOfAclPolicyV2"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}, {"enabled": True}, "ListAccessPolicies"),
    ],
)
def test_answers_that_lag_behind_a_write_are_waited_for(cloud: Cloud, module: str, wish: t.Any, change: t.Any, operation: str, slept: list[float]) -> None:
    # A creation, then a change; the first read after each does not know it yet.
    listing = operation.startswith("List")
    cloud.fault(*([{"match": {"operation": operation}, "times": 1}] if listing else []), late(operation, 1))
    assert done(cloud.run(module, wish))["changed"] is True
    cloud.fault(*([{"match": {"operation": operation}, "times": 1}] if listing else []), late(operation, 1))
    result = done(cloud.run(module, {**wish, **change}, diff=True))
    for name, value in change.items():
        assert result["diff"]["after"][name] == value != result["diff"]["before"][name]
    assert slept == [0.5, 0.5]


@pytest.mark.parametrize(
    ("module", "wish", "create", "listing"),
    [
        ("waf_geoip_rule", GEOIP, "CreateGeoipRule", "ListGeoipRule"),
        ("waf_ip_reputation_rule", REPUTATION, "CreateIpReputationRule", "ListIpReputationRules"),
        ("apig_acl", ACL, "CreateAclStrategyV2", "ListAclStrategiesV2"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}, "CreateAccessPolicy", "ListAccessPolicies"),
    ],
)
def test_a_lost_creation_that_is_listed_late_is_waited_for(cloud: Cloud, module: str, wish: t.Any, create: str, listing: str, slept: list[float]) -> None:
    cloud.fault({"match": {"operation": create}, "times": 1, "drop": "after"}, {"match": {"operation": listing}, "times": 1}, late(listing, 1))
    assert done(cloud.run(module, wish))["changed"] is True
    assert operations(cloud) == [create]
    assert slept == [0.5]


@pytest.mark.parametrize(
    ("module", "wish", "operation", "items", "kind"),
    [
        ("waf_geoip_rule", GEOIP, "ListPolicy", "items", "WAF policy 'storefront'"),
        ("waf_access_progress", {"domain": "shop.example.com", "dns_switched": "completed"}, "ListCompositeHosts", "items", "domain 'shop.example.com'"),
        ("apig_acl_binding", BINDING, "ListAclStrategiesV2", "acls", "access control policy 'office'"),
    ],
)
def test_what_one_read_lacks_and_the_next_one_lists_is_not_said_to_be_missing(
    cloud: Cloud, module: str, wish: t.Any, operation: str, items: str, kind: str
) -> None:
    done(cloud.run("apig_acl", {**ACL, "name": "office"}))
    cloud.forget()
    cloud.fault({"match": {"operation": operation}, "times": 1, "status": 200, "body": {"total": 0, items: []}})
    result = cloud.run(module, wish)
    assert f"The {kind} was not found, and a moment later it was listed: it may be new. Run the task again." in result["msg"]
    assert "What is live now: what was there before; nothing was written." in result["msg"]
    assert cloud.writes() == []
    assert done(cloud.run(module, wish))["changed"] is True


def test_a_policy_that_is_not_listed_right_after_an_update_is_waited_for(cloud: Cloud, slept: list[float]) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}))
    empty = {"match": {"operation": "ListAccessPolicies"}, "times": 1, "status": 200, "body": {"policies": [], "total": 0}}
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 1}, empty)
    assert addresses(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.8"]})) == ["192.0.2.8"]
    assert slept == [0.5]


@pytest.mark.parametrize(
    ("module", "wish", "operation"),
    [("waf_geoip_rule", GEOIP, "CreateGeoipRule"), ("waf_ip_reputation_rule", REPUTATION, "CreateIpReputationRule"), ("apig_acl", ACL, "CreateAclStrategyV2")],
)
@pytest.mark.parametrize("effect", [{"empty": True}, {"strip": ["id"]}])
def test_a_creation_whose_answer_names_no_id_is_looked_up(cloud: Cloud, module: str, wish: t.Any, operation: str, effect: t.Any) -> None:
    cloud.fault({"match": {"operation": operation}, "times": 1, **effect})
    assert done(cloud.run(module, wish))["changed"] is True
    assert operations(cloud) == [operation]
    assert cloud.run(module, wish)["changed"] is False


def test_a_creation_that_was_lost_and_cannot_be_completed_says_that_it_is_there(cloud: Cloud) -> None:
    cloud.fault(
        {"match": {"operation": "CreateIpReputationRule"}, "times": 1, "drop": "after"},
        {"match": {"operation": "UpdatePolicyRuleStatus"}, "times": 1, "status": 403, "body": {"error_code": "APIGW.0802", "error_msg": "denied"}},
    )
    result = cloud.run("waf_ip_reputation_rule", {**REPUTATION, "enabled": False})
    assert "denied" in result["msg"]
    assert "What is live now: the ip_reputation_rule 'bots' was created, with the id " in result["msg"]


@pytest.mark.parametrize(
    ("module", "wish", "change", "operation", "live"),
    [
        ("waf_geoip_rule", GEOIP, {"action": "log"}, "ShowGeoipRule", "the new properties of the rule"),
        ("waf_geoip_rule", GEOIP, {"enabled": False}, "ShowGeoipRule", "is as the task says"),
        ("apig_acl", ACL, {"type": "deny"}, "ShowDetailsOfAclPolicyV2", "has been updated"),
        (
            "workspace_access_policy",
            {**ACCESS_TYPE, "objects": [{"type": "user", "name": "anna"}]},
            {"objects": [{"type": "user", "name": "chen"}]},
            "ListAccessPolicies",
            "this was done: replacing users and groups",
        ),
    ],
)
def test_a_change_that_cannot_be_read_back_is_said_to_be_live(cloud: Cloud, module: str, wish: t.Any, change: t.Any, operation: str, live: str) -> None:
    done(cloud.run(module, wish))
    refusal = {"match": {"operation": operation}, "times": 1, "status": 403, "body": {"error_code": "APIGW.0802", "error_msg": "denied"}}
    cloud.fault(*([{"match": {"operation": operation}, "times": 1}] if operation.startswith("List") else []), refusal)
    result = cloud.run(module, {**wish, **change})
    assert "What is live now: " in result["msg"]
    assert live in result["msg"]


@pytest.mark.parametrize(
    ("module", "wish", "operation"),
    [
        ("waf_geoip_rule", GEOIP, "ListGeoipRule"),
        ("waf_ip_reputation_rule", REPUTATION, "ListIpReputationRules"),
        ("apig_acl", ACL, "ListAclStrategiesV2"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}, "ListAccessPolicies"),
    ],
)
@pytest.mark.parametrize("effect", [{"empty": True}, {"status": 200, "body": {}}, {"status": 200, "body": "<html>", "headers": {"Content-Type": "text/html"}}])
def test_a_list_that_tells_nothing_is_not_an_empty_list(cloud: Cloud, slept: list[float], module: str, wish: t.Any, operation: str, effect: t.Any) -> None:
    done(cloud.run(module, wish))
    held, wrote = cloud.state(), len(cloud.writes())
    cloud.fault({"match": {"operation": operation}, "times": 1, **effect})
    assert done(cloud.run(module, {**wish, "max_retries": 1}))["changed"] is False
    cloud.fault({"match": {"operation": operation}, **effect})
    for options in (wish, {**wish, "state": "absent"}):
        assert "nothing was written" in cloud.run(module, options)["msg"]
    assert cloud.run(f"{module}_info", {name: wish[name] for name in ("policy", "gateway") if name in wish})["failed"] is True
    assert (cloud.state(), len(cloud.writes())) == (held, wrote)
