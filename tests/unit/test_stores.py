# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about each service, and what a task says when a change breaks off half-way."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _workspace
from cloud import Cloud, Result

GEOIP = {"policy": "storefront", "name": "embargo", "locations": ["Peru", "BJ"], "action": "block"}
REPUTATION = {"policy": "storefront", "name": "bots", "tags": ["Google"], "action": "block"}
ACL = {"gateway": "storefront-gateway", "name": "offices", "type": "permit", "entity_type": "ip", "entries": ["192.0.2.7"]}
WHITE_LIST = {"name": "offices", "access_control_type": "ip_white_list"}
HOST = {"id": "a" * 32, "hostname": "shop.example.com", "waf_type": "cloud"}
ACCESS_TYPE = {"name": "no internet", "access_control_type": "access_type"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def done(result: Result) -> Result:
    assert not result.get("failed"), result["msg"]
    return result


def operations(cloud: Cloud) -> list[str]:
    return [entry["operation"] for entry in cloud.writes()]


# WAF rules


def test_a_rule_is_sent_whole_so_that_a_change_of_one_field_clears_nothing(cloud: Cloud) -> None:
    done(cloud.run("waf_geoip_rule", {**GEOIP, "description": "kept"}))
    result = done(cloud.run("waf_geoip_rule", {"policy": "storefront", "name": "embargo", "action": "log"}))
    assert result["geoip_rule"]["description"] == "kept"
    done(cloud.run("waf_ip_reputation_rule", {**REPUTATION, "description": "kept"}))
    result = done(cloud.run("waf_ip_reputation_rule", {"policy": "storefront", "name": "bots", "action": "allow"}))
    assert (result["ip_reputation_rule"]["description"], result["ip_reputation_rule"]["tags"]) == ("kept", ["Google"])


def test_only_the_status_call_is_made_for_the_switch(cloud: Cloud) -> None:
    done(cloud.run("waf_geoip_rule", GEOIP))
    cloud.forget()
    done(cloud.run("waf_geoip_rule", {"policy": "storefront", "name": "embargo", "enabled": False}))
    assert operations(cloud) == ["UpdatePolicyRuleStatus"]


@pytest.mark.parametrize(
    ("module", "wish", "create"),
    [("waf_geoip_rule", GEOIP, ["CreateGeoipRule"]), ("waf_ip_reputation_rule", REPUTATION, ["CreateIpReputationRule", "UpdatePolicyRuleStatus"])],
)
def test_a_rule_can_be_created_disabled(cloud: Cloud, module: str, wish: t.Any, create: list[str]) -> None:
    done(cloud.run(module, {**wish, "enabled": False}))
    assert operations(cloud) == create
    assert cloud.run(module, {**wish, "enabled": False})["changed"] is False


def test_a_creation_that_breaks_off_says_what_is_live_and_the_next_run_completes_it(cloud: Cloud) -> None:
    cloud.fault(
        {"match": {"operation": "UpdatePolicyRuleStatus"}, "times": 1, "status": 500, "body": {"error_code": "WAF.00010001", "error_msg": "internal error"}}
    )
    wish = {**REPUTATION, "enabled": False}
    result = cloud.run("waf_ip_reputation_rule", wish)
    assert result["failed"] is True
    assert "What is live now: the rule was created, with the id " in result["msg"]
    assert "a new rule is enabled. Whether this was done is not known: disabling it." in result["msg"]
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


def test_fields_that_an_answer_lacks_are_unknown_and_not_empty(cloud: Cloud) -> None:
    wish = {**GEOIP, "description": "kept"}
    done(cloud.run("waf_geoip_rule", wish))
    # The documented list item has no description, the documented answer to show no name.
    cloud.fault({"match": {"operation": "ListGeoipRule"}, "strip": ["description"]}, {"match": {"operation": "ShowGeoipRule"}, "strip": ["name"]})
    assert done(cloud.run("waf_geoip_rule", wish))["changed"] is False
    result = done(cloud.run("waf_geoip_rule", {**wish, "action": "log"}))
    assert (result["geoip_rule"]["name"], result["geoip_rule"]["description"]) == ("embargo", "kept")


def test_a_description_that_nobody_tells_is_not_cleared_by_an_update(cloud: Cloud) -> None:
    done(cloud.run("waf_geoip_rule", {**GEOIP, "description": "kept"}))
    cloud.fault(*({"match": {"operation": operation}, "strip": ["description"]} for operation in ("ListGeoipRule", "ShowGeoipRule")))
    for check in (True, False):
        result = cloud.run("waf_geoip_rule", {**GEOIP, "action": "log"}, check=check)
        assert "description: the service does not tell the one that the rule has" in result["msg"]
        assert done(cloud.run("waf_geoip_rule", {**GEOIP, "enabled": False}, check=True))["changed"] is True
    assert operations(cloud) == ["CreateGeoipRule"]
    assert done(cloud.run("waf_geoip_rule", {**GEOIP, "action": "log", "description": "said"}))["changed"] is True
    assert cloud.state()["policies"][0]["geoip_rules"][0]["description"] == "said"


def test_numbers_that_come_as_text_are_sent_as_numbers_and_null_is_no_description(cloud: Cloud) -> None:
    rule = done(cloud.run("waf_geoip_rule", GEOIP))["geoip_rule"]
    item = {"id": rule["id"], "name": "embargo", "geoip": "Peru|BJ", "white": "0", "status": "1", "description": None}
    cloud.fault({"match": {"operation": "ListGeoipRule"}, "status": 200, "body": {"total": 1, "items": [item]}})
    assert cloud.run("waf_geoip_rule", {**GEOIP, "description": "", "enabled": True})["changed"] is False
    assert done(cloud.run("waf_geoip_rule", {**GEOIP, "description": "new"}))["changed"] is True
    assert cloud.state()["policies"][0]["geoip_rules"][0]["white"] == 0


@pytest.mark.parametrize(
    ("module", "wish", "words"),
    [
        ("waf_geoip_rule", {**GEOIP, "locations": ["Cubba", "Peru"]}, "WAF does not know the location 'Cubba' (near: Cuba"),
        ("waf_geoip_rule", {**GEOIP, "locations": ["peru"]}, "WAF does not know the location 'peru' (near: Peru"),
        ("waf_geoip_rule", {**GEOIP, "locations": ["Atlantis"]}, "WAF does not know the location 'Atlantis'"),
        ("waf_ip_reputation_rule", {**REPUTATION, "tags": ["Amazn"]}, "WAF does not know the tag 'Amazn' (near: Amazon)"),
    ],
)
def test_check_mode_knows_the_map_of_locations_and_tags(cloud: Cloud, module: str, wish: t.Any, words: str) -> None:
    assert words in cloud.run(module, wish, check=True)["msg"]
    assert cloud.writes() == []
    cloud.fault({"match": {"path": "/v1/0123456789abcdef0123456789abcdef/waf/tag"}, "times": 1, "drop": "before"})
    assert done(cloud.run(module, wish, check=True))["changed"] is True
    # The real run is refused by the service itself.
    assert cloud.run(module, wish)["api_error"]["code"] == "WAF.00021017"
    cloud.fault({"match": {"path": "/v1/0123456789abcdef0123456789abcdef/waf/tag"}, "status": 403, "body": {"error_code": "APIGW.0802"}})
    assert done(cloud.run(module, wish, check=True))["changed"] is True


def test_a_location_keeps_the_spelling_that_the_rule_has(cloud: Cloud) -> None:
    done(cloud.run("waf_geoip_rule", GEOIP))
    wish = {**GEOIP, "locations": ["peru", "bj", "CA"]}
    predicted = done(cloud.run("waf_geoip_rule", wish, check=True))
    assert done(cloud.run("waf_geoip_rule", wish)) == predicted
    assert predicted["geoip_rule"]["locations"] == ["BJ", "CA", "Peru"]


def test_more_rules_than_fit_on_a_page_are_all_found() -> None:
    rules = [{"name": f"rule-{number}", "geoip": "CA", "white": 0} for number in range(150)]
    cloud = Cloud({"policies": [{"name": "storefront", "geoip_rules": rules}]})
    assert len(done(cloud.run("waf_geoip_rule_info", {"policy": "storefront"}))["geoip_rules"]) == 150
    assert [entry["operation"] for entry in cloud.journal()].count("ListGeoipRule") == 2
    for name in ("rule-1", "rule-149"):
        assert done(cloud.run("waf_geoip_rule", {"policy": "storefront", "name": name, "action": "block"}))["changed"] is False


def test_a_policy_is_found_by_its_whole_name_or_its_id() -> None:
    cloud = Cloud({"policies": [{"name": "storefront"}, {"name": "storefront-2"}, {"name": "twin"}, {"name": "twin"}]})
    told = done(cloud.run("waf_geoip_rule", GEOIP))["geoip_rule"]
    assert told["policy"] == "storefront"
    assert done(cloud.run("waf_geoip_rule", {**GEOIP, "policy": told["policy_id"]}))["changed"] is False
    result = cloud.run("waf_geoip_rule", {**GEOIP, "policy": "twin"})
    assert "More than one WAF policy is called 'twin': those with the ids " in result["msg"]


def test_the_enterprise_project_goes_with_every_call_that_takes_it(cloud: Cloud) -> None:
    wish = {**REPUTATION, "enterprise_project_id": "0"}
    done(cloud.run("waf_ip_reputation_rule", wish))
    done(cloud.run("waf_ip_reputation_rule", {**wish, "action": "log", "enabled": False}))
    without = {entry["operation"] for entry in cloud.journal() if "enterprise_project_id" not in entry["query"]}
    assert without == {"ConfirmIpReputationRule"}
    done(cloud.run("waf_geoip_rule_info", {"policy": "storefront", "enterprise_project_id": "all_granted_eps"}))


# WAF domains


@pytest.mark.parametrize(("domain", "operation"), [("shop.example.com", "UpdateAccessProgress"), ("pay.example.com", "UpdatePremiumInstanceProgress")])
def test_each_step_that_differs_is_one_call_on_the_path_of_the_mode(cloud: Cloud, domain: str, operation: str) -> None:
    steps = {"origin_whitelisted": "completed", "verified_locally": "skipped", "dns_switched": "pending"}
    result = done(cloud.run("waf_access_progress", {"domain": domain, **steps, "enterprise_project_id": "0"}))
    assert operations(cloud) == [operation] * 2
    assert {name: result["access_progress"][name] for name in steps} == steps


def test_steps_that_break_off_say_which_are_recorded(cloud: Cloud) -> None:
    cloud.fault(
        {"match": {"operation": "UpdateAccessProgress"}, "times": 1},
        {"match": {"operation": "UpdateAccessProgress"}, "times": 1, "status": 400, "body": {"error_code": "WAF.00011003", "error_msg": "bad body"}},
    )
    result = cloud.run("waf_access_progress", {"domain": "shop.example.com", "origin_whitelisted": "completed", "dns_switched": "completed"})
    assert "Could not set dns_switched of the domain 'shop.example.com' to completed" in result["msg"]
    assert "What is live now: of the domain 'shop.example.com', origin_whitelisted is recorded" in result["msg"]


def test_a_host_name_in_both_modes_needs_its_id() -> None:
    cloud = Cloud({"domains": [{"hostname": "shop.example.com", "mode": mode} for mode in ("cloud", "premium")]})
    result = cloud.run("waf_access_progress", {"domain": "shop.example.com", "dns_switched": "completed"})
    assert "More than one domain is called 'shop.example.com': those with the ids " in result["msg"]
    both = done(cloud.run("waf_access_progress_info", {"domain": "shop.example.com"}))["access_progress"]
    assert sorted(one["mode"] for one in both) == ["cloud", "dedicated"]
    assert done(cloud.run("waf_access_progress", {"domain": both[0]["id"], "dns_switched": "completed"}))["changed"] is True


def test_a_domain_is_found_in_any_case_and_odd_progress_is_shown() -> None:
    steps = [{"step": 1, "status": "1"}, {"step": 2, "status": 7}, {"step": 3}]
    cloud = Cloud({"domains": [{"hostname": "shop.example.com", "mode": "cloud"}]})
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, "status": 200, "body": {"total": 1, "items": [HOST | {"access_progress": steps}]}})
    result = done(cloud.run("waf_access_progress", {"domain": "Shop.Example.com", "origin_whitelisted": "completed"}))
    assert result["changed"] is False
    other = Cloud({"domains": [{"hostname": "Shop.Example.com", "mode": "cloud"}]})
    assert done(other.run("waf_access_progress", {"domain": "Shop.Example.com", "dns_switched": "completed"}))["changed"] is True
    assert [result["access_progress"][step] for step in ("origin_whitelisted", "verified_locally", "dns_switched")] == ["completed", "7", "pending"]


@pytest.mark.parametrize("check", [False, True])
def test_a_domain_of_a_mode_that_nobody_knows_is_refused(check: bool, cloud: Cloud) -> None:
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, "status": 200, "body": {"total": 1, "items": [{**HOST, "waf_type": "elb"}]}})
    result = cloud.run("waf_access_progress", {"domain": "shop.example.com", "dns_switched": "completed"}, check=check)
    assert "is of the mode 'elb', whose progress cannot be set" in result["msg"]
    assert cloud.writes() == []


def test_an_absent_domain_has_no_progress_to_put_back(cloud: Cloud) -> None:
    result = done(cloud.run("waf_access_progress", {"domain": "nowhere.example.com", "state": "absent"}))
    assert (result["changed"], result["access_progress"]) == (False, {})


def test_a_removal_by_id_minds_everything_that_finds_the_object(cloud: Cloud) -> None:
    policy = done(cloud.run("workspace_access_policy", ACCESS_TYPE))["access_policy"]
    wrong = {"id": policy["id"], "access_control_type": "ip_white_list", "state": "absent"}
    assert "has access_control_type 'access_type' and not 'ip_white_list'" in cloud.run("workspace_access_policy", wrong)["msg"]
    assert len(cloud.state()["workspace"]["policies"]) == 1


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


# API Gateway


@pytest.mark.parametrize(
    ("entity_type", "values"),
    [("ip", ["192.0.2.7", "198.51.100.0/24"]), ("domain", ["partner-one", "Partner_Two"]), ("domain_id", ["d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0"])],
)
def test_every_type_of_entity_can_be_said(cloud: Cloud, entity_type: str, values: list[str]) -> None:
    wish = {**ACL, "entity_type": entity_type, "entries": values}
    assert done(cloud.run("apig_acl", wish))["acl"]["entries"] == sorted(values)
    assert cloud.run("apig_acl", wish)["changed"] is False


def test_other_notations_of_an_address_are_no_change(cloud: Cloud) -> None:
    done(cloud.run("apig_acl", {**ACL, "entries": ["192.0.2.7/32", "198.51.100.9/24", "203.0.113.1-203.0.113.9"]}))
    result = cloud.run("apig_acl", {**ACL, "entries": ["198.51.100.0/24", "203.0.113.1 - 203.0.113.9", "192.0.2.7"]})
    assert result["changed"] is False


def test_a_policy_that_is_bound_is_not_removed(cloud: Cloud) -> None:
    acl = {"acl_name": "offices", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.7", "bind_num": 2}
    cloud = Cloud({"gateways": [{"name": "storefront-gateway", "acls": [acl]}]})
    result = cloud.run("apig_acl", {"gateway": "storefront-gateway", "name": "offices", "state": "absent"})
    assert result["failed"] is True
    assert "APIG.3447" in result["msg"]
    assert "Unbind the policy" in result["msg"]
    predicted = cloud.run("apig_acl", {"gateway": "storefront-gateway", "name": "offices", "state": "absent"}, check=True)
    assert "It is bound to 2 APIs" in predicted["msg"]
    found = done(cloud.run("apig_acl_info", {"gateway": "storefront-gateway"}))["acls"][0]
    assert "It is bound to 2 APIs" in cloud.run("apig_acl", {"gateway": "storefront-gateway", "id": found["id"], "state": "absent"}, check=True)["msg"]


def test_accounts_that_differ_by_case_are_two(cloud: Cloud) -> None:
    wish = {**ACL, "entity_type": "domain", "entries": ["Partner", "partner"]}
    assert done(cloud.run("apig_acl", wish))["acl"]["entries"] == ["Partner", "partner"]
    assert done(cloud.run("apig_acl", {**wish, "entries": ["partner"]}))["acl"]["entries"] == ["partner"]


def test_an_update_reads_what_the_list_leaves_out(cloud: Cloud) -> None:
    done(cloud.run("apig_acl", ACL))
    cloud.fault({"match": {"operation": "ListAclStrategiesV2"}, "strip": ["acl_value", "entity_type"]})
    assert done(cloud.run("apig_acl", {"gateway": ACL["gateway"], "name": ACL["name"], "type": "deny"}))["acl"]["entries"] == ["192.0.2.7"]


def test_a_policy_is_found_by_its_whole_name(cloud: Cloud) -> None:
    done(cloud.run("apig_acl", {**ACL, "name": "offices_2"}))
    assert done(cloud.run("apig_acl", ACL))["changed"] is True
    assert len(done(cloud.run("apig_acl_info", {"gateway": "storefront-gateway"}))["acls"]) == 2
    assert done(cloud.run("apig_acl_info", {"gateway": "storefront-gateway", "id": "0" * 32}))["acls"] == []


# Workspace


def addresses(result: Result) -> list[str]:
    return list(done(result)["access_policy"]["ip_addresses"])


def test_addresses_are_added_and_taken_off_one_by_one(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7", "192.0.2.8"]}))
    more = cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.9"], "purge_ip_addresses": False})
    assert addresses(more) == ["192.0.2.7", "192.0.2.8", "192.0.2.9"]
    fewer = cloud.run("workspace_access_policy", {**WHITE_LIST, "removed_ip_addresses": ["192.0.2.8/32", "203.0.113.1"]})
    assert addresses(fewer) == ["192.0.2.7", "192.0.2.9"]
    assert cloud.run("workspace_access_policy", {**WHITE_LIST, "removed_ip_addresses": ["192.0.2.8"]})["changed"] is False
    exact = cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.9"]})
    assert addresses(exact) == ["192.0.2.9"]
    assert addresses(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": []})) == []


def bodies(cloud: Cloud, method: str = "PUT") -> list[str]:
    return [request.body.decode() for request in cloud.requests if request.method == method]


def test_a_list_is_filled_before_it_is_enforced_and_shortened_last(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}))
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.8"], "enabled": True, "block_all": True}))
    steps = bodies(cloud)
    assert ["ADD_IP" in steps[0], "is_enable" in steps[1], "is_block_all" in steps[2], "DELETE_IP" in steps[3]] == [True] * 4
    assert len(steps) == 4


def test_a_list_is_released_before_it_is_emptied(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"], "enabled": True, "block_all": True}))
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": [], "enabled": False, "block_all": False}))
    steps = bodies(cloud)
    assert ["is_block_all" in steps[0], "is_enable" in steps[1], "DELETE_IP" in steps[2]] == [True] * 3
    assert len(steps) == 3


def test_releasing_a_list_that_blocks_all_is_one_wish(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"], "enabled": True, "block_all": True}))
    result = cloud.run("workspace_access_policy", {**WHITE_LIST, "enabled": False})
    assert result["failed"] is True
    assert "block_all to false" in result["msg"]


def test_a_list_that_somebody_left_enforced_and_empty_can_be_looked_at_and_mended() -> None:
    policy = {"policy_name": "offices", "access_control_type": "IP_WHITE_LIST", "is_enable": True}
    cloud = Cloud({"workspace": {"policies": [policy]}})
    assert done(cloud.run("workspace_access_policy", WHITE_LIST))["changed"] is False
    assert "may lock everybody out" in cloud.run("workspace_access_policy", {**WHITE_LIST, "enabled": True})["msg"]
    assert addresses(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]})) == ["192.0.2.7"]


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


def test_users_and_groups_are_named_or_identified(cloud: Cloud) -> None:
    objects = [{"type": "user", "name": "anna"}, {"type": "group", "name": "contractors"}]
    first = done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": objects}))["access_policy"]
    assert sorted((one["type"], one["name"]) for one in first["objects"]) == [("group", "contractors"), ("user", "anna")]
    by_id = [{"type": one["type"], "id": one["id"]} for one in reversed(first["objects"])]
    for same in (by_id, objects, [*objects, objects[0]]):
        assert done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": same}))["changed"] is False
    result = done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", "name": "chen"}]}, diff=True))
    assert [one["name"] for one in result["access_policy"]["objects"]] == ["chen"]
    assert result["diff"]["before"]["objects"] == first["objects"]


def test_an_object_that_the_policy_has_is_told_by_its_name_in_check_mode_too(cloud: Cloud) -> None:
    users = {user["user_name"]: user["id"] for user in cloud.state()["workspace"]["users"]}
    done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", "name": "anna"}]}))
    wish = {**ACCESS_TYPE, "objects": [{"type": "user", "id": users["anna"]}, {"type": "user", "id": users["chen"], "name": "chen"}]}
    predicted = done(cloud.run("workspace_access_policy", wish, check=True))
    assert done(cloud.run("workspace_access_policy", wish)) == predicted
    assert sorted(one["name"] for one in predicted["access_policy"]["objects"]) == ["anna", "chen"]


@pytest.mark.parametrize("said", [{"id": "f" * 32}, {"id": "f" * 32, "name": "anna"}, {"name": "nobody"}])
@pytest.mark.parametrize("check", [False, True])
def test_an_object_that_is_not_there_is_named_before_anything_is_written(cloud: Cloud, said: t.Any, check: bool) -> None:
    result = cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", **said}]}, check=check)
    assert "There is no Workspace user '" in result["msg"]
    assert all(value in result["msg"] for value in said.values())
    assert cloud.writes() == []


def test_an_id_without_a_name_is_told_with_its_name_in_check_mode_too(cloud: Cloud) -> None:
    users = {user["user_name"]: user["id"] for user in cloud.state()["workspace"]["users"]}
    wish = {**ACCESS_TYPE, "objects": [{"type": "user", "id": users["bogdan"]}]}
    for check in (True, False):
        assert done(cloud.run("workspace_access_policy", wish, check=check))["access_policy"]["objects"][0]["name"] == "bogdan"


def test_check_mode_predicts_users_and_groups(cloud: Cloud) -> None:
    wish = {**ACCESS_TYPE, "objects": [{"type": "user", "name": "anna"}]}
    predicted = done(cloud.run("workspace_access_policy", wish, check=True))["access_policy"]
    real = done(cloud.run("workspace_access_policy", wish))["access_policy"]
    assert {**predicted, "id": real["id"]} == real
    assert predicted["objects"] == real["objects"]


def test_a_policy_with_more_than_ten_objects_is_read_whole() -> None:
    users = [f"user-{number:02}" for number in range(25)]
    cloud = Cloud({"workspace": {"users": users}})
    objects = [{"type": "user", "name": name} for name in users]
    assert len(done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": objects}))["access_policy"]["objects"]) == 25
    cloud.forget()
    assert cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": objects})["changed"] is False
    # All of them in one call, though the service's own limit is ten.
    assert [entry["operation"] for entry in cloud.journal()].count("ListAccessPolicyObjects") == 1


def test_policies_are_all_read_though_the_service_tells_no_total() -> None:
    policies = [{"policy_name": f"policy-{number}", "access_control_type": "IP_WHITE_LIST"} for number in range(150)]
    cloud = Cloud({"workspace": {"policies": policies}})
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "strip": ["total"]})
    assert len(done(cloud.run("workspace_access_policy_info"))["access_policies"]) == 150
    assert cloud.run("workspace_access_policy", {"name": "policy-140", "access_control_type": "ip_white_list"})["changed"] is False


def test_a_list_that_does_not_add_up_ends() -> None:
    policies = [{"policy_name": f"policy-{number}", "access_control_type": "IP_WHITE_LIST"} for number in range(2)]
    cloud = Cloud({"workspace": {"policies": policies}})
    page = {"policies": [{"policy_id": "a", "policy_name": "policy-1"}], "total": 20}
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "status": 200, "body": page})
    assert "There are 20 access policies; the service lists no more than 1" in cloud.run("workspace_access_policy_info")["msg"]
    assert len(cloud.journal()) == 2


def test_a_list_whose_total_counts_more_than_it_lists_ends_with_an_empty_page(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}))
    done(cloud.run("workspace_access_policy", ACCESS_TYPE))
    page = {"policies": [{"policy_id": "a", "policy_name": "offices"}], "total": 2}
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 1, "status": 200, "body": page})
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 1, "status": 200, "body": {**page, "policies": []}})
    assert len(done(cloud.run("workspace_access_policy_info", {"access_control_type": "ip_white_list"}))["access_policies"]) == 1


def test_a_list_that_blocks_all_is_filled_before_the_block_is_lifted() -> None:
    policy = {"policy_name": "offices", "access_control_type": "IP_WHITE_LIST", "is_enable": True, "is_block_all": True}
    cloud = Cloud({"workspace": {"policies": [policy]}})
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"], "enabled": False, "block_all": False}))
    steps = bodies(cloud)
    assert ["ADD_IP" in steps[0], "is_block_all" in steps[1], "is_enable" in steps[2]] == [True] * 3
    assert len(steps) == 3


def test_a_list_that_somebody_else_changed_meanwhile_is_no_success(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.1"]}))
    # The first list of the third run is one that does not know yet what the second run did.
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 2}, late("ListAccessPolicies", 1))
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["203.0.113.9"], "purge_ip_addresses": False}))
    wish = {**WHITE_LIST, "ip_addresses": ["192.0.2.1", "192.0.2.2"]}
    result = cloud.run("workspace_access_policy", wish)
    assert "somebody else has changed it meanwhile" in result["msg"]
    assert "this was done: adding addresses." in result["msg"]
    assert addresses(cloud.run("workspace_access_policy", wish)) == ["192.0.2.1", "192.0.2.2"]


def held_by(cloud: Cloud) -> set[str]:
    return {entry["ip_address"] for entry in cloud.state()["workspace"]["policies"][0]["ip_list"]}


@pytest.mark.parametrize(("old", "new"), [(1000, 1), (1000, 1000), (600, 600), (999, 2), (1, 1000)])
def test_a_list_without_room_is_exchanged_without_ever_being_empty(old: int, new: int) -> None:
    def addresses(first: int, count: int) -> list[str]:
        return [f"10.{first}.{number // 250}.{number % 250}" for number in range(count)]

    held = [{"ip_address": address, "subnet_mask": "255.255.255.255"} for address in addresses(1, old)]
    policy = {"policy_name": "offices", "access_control_type": "IP_WHITE_LIST", "is_enable": True, "ip_list": held}
    cloud = Cloud({"workspace": {"policies": [policy]}})
    wished = [*addresses(1, old - new), *addresses(2, new)] if old >= new else addresses(2, new)
    wish = {**WHITE_LIST, "ip_addresses": wished}
    assert done(cloud.run("workspace_access_policy", wish))["changed"] is True
    assert held_by(cloud) == set(wished)
    assert cloud.run("workspace_access_policy", wish)["changed"] is False
    # Followed call by call, the list holds an address at any time, and never more than fit.
    count = old
    for request in (json.loads(request.body) for request in cloud.requests if request.method == "PUT"):
        count += len(request["ip_white_list"]) * (1 if request["operation_type"] == "ADD_IP" else -1)
        assert 0 < count <= 1000


def test_a_list_that_holds_more_than_it_may_is_left_to_the_service() -> None:
    def entries(network: str, count: int) -> list[dict[str, str]]:
        return [{"ip_address": f"10.{network}.{number // 250}.{number % 250}", "subnet_mask": "255.255.255.255"} for number in range(count)]

    held = entries("1", 1001)
    steps = _workspace._steps({"ip_list": held}, {"ip_list": held + entries("2", 3)})
    assert [(what, len(body["ip_white_list"])) for what, body in steps] == [("adding addresses", 3)]


def test_two_notations_of_one_network_are_removed_together() -> None:
    held = [{"ip_address": address, "subnet_mask": "255.255.255.0"} for address in ("192.0.2.5", "192.0.2.9")]
    assert _workspace._steps({"ip_list": held}, {"ip_list": []}) == [("removing addresses", {"operation_type": "DELETE_IP", "ip_white_list": held})]


def test_what_a_policy_does_not_tell_is_off_or_empty_and_an_entry_without_a_mask_is_one_address(cloud: Cloud) -> None:
    told = {"policy_id": "a", "policy_name": "offices", "ip_list": [{"ip_address": "198.51.100.7"}, None], "is_enable": None}
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "status": 200, "body": {"policies": [told], "total": 1}})
    result = done(cloud.run("workspace_access_policy_info", {"access_control_type": "ip_white_list"}))["access_policies"][0]
    assert (result["ip_addresses"], result["enabled"], result["block_all"]) == (["198.51.100.7"], False, False)
    other = Cloud()
    other.fault({"match": {"operation": "ListAccessPolicies"}, "status": 200, "body": {"policies": [{**told, "ip_list": None}], "total": 1}})
    assert done(other.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": []}))["changed"] is False


def test_policies_are_read_as_far_as_the_service_lists_them() -> None:
    policies = [{"policy_name": f"policy-{number}", "access_control_type": "IP_WHITE_LIST"} for number in range(199)]
    cloud = Cloud({"workspace": {"policies": policies}})
    assert len(done(cloud.run("workspace_access_policy_info"))["access_policies"]) == 199
    more = Cloud({"workspace": {"policies": [*policies, {"policy_name": "last", "access_control_type": "IP_WHITE_LIST"}]}})
    result = more.run("workspace_access_policy_info")
    assert "There are 200 access policies; the service lists no more than 199" in result["msg"]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that modules would have slept."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


def late(operation: str, times: int | None) -> dict[str, t.Any]:
    """A fault: so many answers of an operation do not know the last write yet."""
    return {"match": {"operation": operation}, "stale": True, **({"times": times} if times else {})}


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


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_step_whose_answer_was_lost_is_not_called_undone(cloud: Cloud, drop: str) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}))
    cloud.fault({"match": {"operation": "UpdateAccessPolicy"}, "times": 1}, {"match": {"operation": "UpdateAccessPolicy"}, "times": 1, "drop": drop})
    result = cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.8"], "enabled": True})
    assert "this was done: adding addresses. Whether this was done is not known: enforcing the list." in result["msg"]
    cloud.fault({"match": {"operation": "UpdateAccessProgress"}, "times": 1, "drop": drop})
    result = cloud.run("waf_access_progress", {"domain": "shop.example.com", "dns_switched": "completed"})
    assert "Whether the request was carried out is not known." in result["msg"]


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
