# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about WAF: rules, their maps, domains and their progress."""

from __future__ import annotations

import typing as t

import pytest

from cloud import Cloud
from wishes import GEOIP, HOST, REPUTATION, done, operations


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


@pytest.mark.parametrize(("domain", "operation"), [("shop.example.com", "UpdateAccessProgress"), ("pay.example.com", "UpdatePremiumInstanceProgress")])
def test_each_step_that_differs_is_one_call_on_the_path_of_the_mode(cloud: Cloud, domain: str, operation: str) -> None:
    steps = {"origin_whitelisted": "completed", "verified_locally": "skipped", "dns_switched": "pending"}
    result = done(cloud.run("waf_access_progress", {"domain": domain, **steps, "enterprise_project_id": "0"}))
    assert operations(cloud) == [operation] * 2
    assert {name: result["access_progress"][name] for name in steps} == steps


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


@pytest.mark.parametrize("odd", [5, "text", {"step": 1}, [None, 5]])
def test_a_progress_of_an_odd_shape_holds_no_steps(cloud: Cloud, odd: t.Any) -> None:
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, "status": 200, "body": {"total": 1, "items": [HOST | {"access_progress": odd}]}})
    told = done(cloud.run("waf_access_progress_info"))["access_progress"][0]
    assert (told["origin_whitelisted"], told["dns_switched"]) == ("pending", "pending")


def test_an_absent_domain_has_no_progress_to_put_back(cloud: Cloud) -> None:
    result = done(cloud.run("waf_access_progress", {"domain": "nowhere.example.com", "state": "absent"}))
    assert (result["changed"], result["access_progress"]) == (False, {})


def test_a_rule_that_is_removed_while_it_is_looked_at_is_not_there(cloud: Cloud) -> None:
    done(cloud.run("waf_geoip_rule", GEOIP))
    cloud.fault({"match": {"operation": "ListGeoipRule"}, "strip": ["description"]}, {"match": {"operation": "ShowGeoipRule"}, "status": 404})
    assert "HTTP 404" in cloud.run("waf_geoip_rule_info", {"policy": "storefront"})["msg"]
    cloud = Cloud()
    done(cloud.run("waf_geoip_rule", GEOIP))
    gone = {"status": 404, "body": {"error_code": "WAF.00022001", "error_msg": "The rule does not exist"}}
    cloud.fault({"match": {"operation": "ListGeoipRule"}, "strip": ["description"]}, {"match": {"operation": "ShowGeoipRule"}, **gone})
    assert done(cloud.run("waf_geoip_rule_info", {"policy": "storefront"}))["geoip_rules"] == []
    assert done(cloud.run("waf_geoip_rule", {"policy": "storefront", "name": "embargo", "state": "absent"}))["changed"] is False
