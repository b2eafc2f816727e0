# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about each service, and what a task says when a change breaks off half-way."""

from __future__ import annotations

import typing as t

import pytest

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
    assert "is enabled" in result["msg"]
    again = done(cloud.run("waf_ip_reputation_rule", wish))
    assert (again["changed"], again["ip_reputation_rule"]["enabled"]) == (True, False)
    assert operations(cloud).count("CreateIpReputationRule") == 1


def test_an_update_that_breaks_off_says_what_is_live(cloud: Cloud) -> None:
    done(cloud.run("waf_geoip_rule", GEOIP))
    cloud.fault(
        {"match": {"operation": "UpdatePolicyRuleStatus"}, "times": 1, "status": 500, "body": {"error_code": "WAF.00010001", "error_msg": "internal error"}}
    )
    result = cloud.run("waf_geoip_rule", {**GEOIP, "action": "log", "enabled": False})
    assert "its new properties are in force, enabled is as it was" in result["msg"]
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
def test_a_lost_answer_to_a_creation_makes_no_second_object(cloud: Cloud, module: str, wish: t.Any, operation: str, drop: str) -> None:
    cloud.fault({"match": {"operation": operation}, "times": 1, "drop": drop})
    result = cloud.run(module, wish)
    assert operations(cloud) == [operation]
    if drop == "after":
        assert done(result)["changed"] is True
        assert cloud.run(module, wish)["changed"] is False
    else:
        assert result["failed"] is True
        assert "It is not there now" in result["msg"]
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
    assert "There are 2 of WAF policy 'twin'" in result["msg"]


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
    assert "There are 2 of domain 'shop.example.com', with the ids " in result["msg"]
    both = done(cloud.run("waf_access_progress_info", {"domain": "shop.example.com"}))["access_progress"]
    assert sorted(one["mode"] for one in both) == ["cloud", "dedicated"]
    assert done(cloud.run("waf_access_progress", {"domain": both[0]["id"], "dns_switched": "completed"}))["changed"] is True


def test_a_domain_is_found_in_any_case_and_odd_progress_is_shown() -> None:
    steps = [{"step": 1, "status": "1"}, {"step": 2, "status": 7}, {"step": 3}]
    cloud = Cloud({"domains": [{"hostname": "shop.example.com", "mode": "cloud"}]})
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, "status": 200, "body": {"total": 1, "items": [HOST | {"access_progress": steps}]}})
    result = done(cloud.run("waf_access_progress", {"domain": "Shop.Example.com", "origin_whitelisted": "completed"}))
    assert result["changed"] is False
    assert [result["access_progress"][step] for step in ("origin_whitelisted", "verified_locally", "dns_switched")] == ["completed", "7", "pending"]


def test_an_absent_domain_has_no_progress_to_put_back(cloud: Cloud) -> None:
    result = done(cloud.run("waf_access_progress", {"domain": "nowhere.example.com", "state": "absent"}))
    assert (result["changed"], result["access_progress"]) == (False, {})


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
        {"match": {"operation": "UpdateAccessPolicy"}, "times": 1, "status": 500, "body": {"error_code": "WKS.0002", "error_msg": "internal error"}},
    )
    wish = {**WHITE_LIST, "ip_addresses": ["192.0.2.8"], "enabled": True}
    result = cloud.run("workspace_access_policy", wish)
    assert "done: adding addresses; not done: enforcing the list." in result["msg"]
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


def test_policies_are_read_as_far_as_the_service_lists_them() -> None:
    policies = [{"policy_name": f"policy-{number}", "access_control_type": "IP_WHITE_LIST"} for number in range(199)]
    cloud = Cloud({"workspace": {"policies": policies}})
    assert len(done(cloud.run("workspace_access_policy_info"))["access_policies"]) == 199
    more = Cloud({"workspace": {"policies": [*policies, {"policy_name": "last", "access_control_type": "IP_WHITE_LIST"}]}})
    result = more.run("workspace_access_policy_info")
    assert "There are 200 access policies; the service lists no more than 199" in result["msg"]


def test_a_policy_that_is_listed_late_is_reported_and_found_by_the_next_run(cloud: Cloud) -> None:
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 1}, {"match": {"operation": "ListAccessPolicies"}, "times": 1, "stale": True})
    wish = {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}
    result = cloud.run("workspace_access_policy", wish)
    assert "What is live now: the policy 'offices' was created." in result["msg"]
    assert done(cloud.run("workspace_access_policy", wish))["changed"] is False
