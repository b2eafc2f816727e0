# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each thing that goes wrong ends in one clear message, before anything is written where that can be."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS
from cloud import CONNECTION, URL, Cloud, Result

GEOIP = {"policy": "storefront", "name": "embargo", "locations": ["Peru"], "action": "block"}
REPUTATION = {"policy": "storefront", "name": "bots", "tags": ["Google"], "action": "block"}
ACL = {"gateway": "storefront-gateway", "name": "offices", "type": "permit", "entity_type": "ip", "entries": ["192.0.2.7"]}
WHITE_LIST = {"name": "offices", "access_control_type": "ip_white_list", "ip_addresses": ["192.0.2.7"]}
ACCESS_TYPE = {"name": "offices", "access_control_type": "access_type"}
PROGRESS = {"domain": "shop.example.com", "dns_switched": "completed"}


def refused(result: Result, *words: str) -> Result:
    assert result.get("failed") is True, result
    for word in words:
        assert word in result["msg"], result["msg"]
    assert CONNECTION["secret_key"] not in str(result)
    return result


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("waf_geoip_rule", {**GEOIP, "name": "a b"}, "name: 'a b' is not allowed"),
        ("waf_geoip_rule", {**GEOIP, "name": "a" * 129}, "name: "),
        ("waf_geoip_rule", {**GEOIP, "name": ""}, "name: it cannot be empty"),
        ("waf_geoip_rule", {**GEOIP, "locations": []}, "locations: it needs at least one location"),
        ("waf_geoip_rule", {**GEOIP, "locations": ["CA|Peru"]}, "holds a '|'"),
        ("waf_geoip_rule", {**GEOIP, "enterprise_project_id": "all_granted_eps"}, "all_granted_eps is for reading only"),
        ("waf_ip_reputation_rule", {**REPUTATION, "name": "a" * 257}, "name: "),
        ("waf_ip_reputation_rule", {**REPUTATION, "tags": [""]}, "a tag cannot be empty"),
        ("waf_geoip_rule", {**GEOIP, "locations": ["C\nA"]}, "holds a character that cannot be shown"),
        ("waf_geoip_rule", {**GEOIP, "locations": ["!!"]}, "'!!' is not a location"),
        ("waf_geoip_rule", {**GEOIP, "locations": ["x" * 101]}, "is not a location: it has 1 to 100"),
        ("waf_ip_reputation_rule", {**REPUTATION, "tags": ["_x"]}, "'_x' is not a tag"),
        ("waf_ip_reputation_rule", {**REPUTATION, "name": "a\tb"}, "name: 'a\\tb' holds a character that cannot be shown"),
        ("apig_acl", {**ACL, "name": "1abc"}, "'1abc' is not allowed; it begins with a letter"),
        ("apig_acl", {**ACL, "name": "a-b-c"}, "'a-b-c' is not allowed"),
        ("apig_acl", {**ACL, "entries": ["fe80::1%eth0"]}, "is not an IP address"),
        ("apig_acl", {**ACL, "entity_type": "domain_id", "entries": ["é"]}, "is not an account id"),
        ("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", "id": "", "name": ""}]}, "an entry needs a name or an id"),
        (
            "workspace_access_policy",
            {"name": "offices", "access_control_type": "ip_white_list", "purge_ip_addresses": True},
            "purge_ip_addresses: it says what becomes of addresses that ip_addresses does not list",
        ),
        ("apig_acl", {**ACL, "name": "ab"}, "has 2 characters; 3 to 64 are allowed"),
        ("apig_acl", {**ACL, "name": "a" * 65}, "has 65 characters"),
        ("apig_acl", {**ACL, "entries": ["192.0.2.300"]}, "'192.0.2.300' is not an IP address"),
        ("apig_acl", {**ACL, "entries": ["192.0.2.9-192.0.2.1"]}, "the first address comes after the last"),
        ("apig_acl", {**ACL, "entries": ["192.0.2.1,192.0.2.2"]}, "holds a ','"),
        ("apig_acl", {**ACL, "entries": [f"10.0.0.{number}" for number in range(101)]}, "101 members; the service takes 100"),
        ("apig_acl", {**ACL, "entity_type": "domain", "entries": ["12345"]}, "digits only"),
        ("apig_acl", {**ACL, "entity_type": "domain", "entries": ["bücher"]}, "is not an account name"),
        ("apig_acl", {**ACL, "entity_type": "domain", "entries": [f"account-{number:02}-{'x' * 50}" for number in range(20)]}, "longer than 1024"),
        ("apig_acl", {**ACL, "entity_type": "domain_id", "entries": ["a-b"]}, "is not an account id"),
        ("workspace_access_policy", {**WHITE_LIST, "name": "a" * 51}, "has 51 characters; 1 to 50"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["2001:db8::1"]}, "IPv6"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.1-192.0.2.9"]}, "is a range"),
        (
            "workspace_access_policy",
            {**WHITE_LIST, "ip_addresses": [f"10.0.{n // 250}.{n % 250}" for n in range(1001)]},
            "1001 entries; the service takes 1000",
        ),
        ("workspace_access_policy", {**WHITE_LIST, "removed_ip_addresses": ["192.0.2.7/32"]}, "192.0.2.7 is in ip_addresses as well"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": [], "enabled": True}, "may lock everybody out"),
        ("workspace_access_policy", {**WHITE_LIST, "block_all": True}, "Set enabled to true as well"),
        (
            "workspace_access_policy",
            {**WHITE_LIST, "objects": [{"type": "user", "name": "anna"}]},
            "objects: only for a policy whose access_control_type is access_type",
        ),
        ("workspace_access_policy", {**ACCESS_TYPE, "enabled": True}, "enabled: only for a policy whose access_control_type is ip_white_list"),
        ("workspace_access_policy", {**ACCESS_TYPE, "objects": []}, "objects: the list cannot be emptied"),
        ("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", "name": "nobody"}]}, "There is no Workspace user 'nobody'"),
        ("workspace_access_policy", {"name": "offices"}, "access_control_type is missing: the access_policy is found by it unless id is set"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_what_cannot_be_is_refused_before_anything_is_written(cloud: Cloud, module: str, options: t.Any, words: str, check: bool) -> None:
    result = refused(cloud.run(module, options, check=check), words)
    assert "api_error" not in result
    assert cloud.writes() == []


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("waf_geoip_rule", {**GEOIP, "policy": "nowhere"}, "There is no WAF policy 'nowhere'"),
        ("waf_ip_reputation_rule_info", {"policy": "nowhere"}, "There is no WAF policy 'nowhere'"),
        ("apig_acl", {**ACL, "gateway": "nowhere"}, "There is no gateway 'nowhere'"),
        ("waf_access_progress", {**PROGRESS, "domain": "nowhere.example.com"}, "There is no domain 'nowhere.example.com'"),
    ],
)
def test_an_unknown_place_is_named(cloud: Cloud, module: str, options: t.Any, words: str) -> None:
    refused(cloud.run(module, options), words)
    assert cloud.writes() == []


@pytest.mark.parametrize("module", ["waf_geoip_rule_info", "apig_acl_info", "workspace_access_policy_info", "waf_access_progress_info"])
def test_a_wrong_key_says_what_to_check_and_is_tried_once(cloud: Cloud, module: str) -> None:
    place = {"waf_geoip_rule_info": {"policy": "storefront"}, "apig_acl_info": {"gateway": "storefront-gateway"}}.get(module, {})
    result = refused(
        cloud.run(module, {**place, "secret_key": "fake-wrong-secret-0001", "max_retries": 5}),
        "APIGW.0301",
        "HTTP 401",
        "request id",
        "check access_key and secret_key",
    )
    assert result["api_error"]["status"] == 401
    assert result["api_error"]["code"] == "APIGW.0301"
    assert result["api_error"]["request_id"]
    assert "fake-wrong-secret-0001" not in str(result)
    assert len(cloud.journal()) == 1


def test_a_wrong_token_says_so(cloud: Cloud) -> None:
    result = refused(cloud.run("waf_geoip_rule", {**GEOIP, "auth_token": "fake-wrong-token-0001", "access_key": None, "secret_key": None}), "HTTP 401")
    assert "fake-wrong-token-0001" not in str(result)


def test_a_ready_token_opens_every_service(cloud: Cloud) -> None:
    token = {"auth_token": "gatehouse-demo-token-0000000000000001", "access_key": None, "secret_key": None, "project_id": None}
    for module, options in (("waf_geoip_rule", GEOIP), ("apig_acl", ACL), ("workspace_access_policy", WHITE_LIST), ("waf_access_progress", PROGRESS)):
        assert cloud.run(module, {**options, **token})["changed"] is True


def test_a_wrong_project_is_refused(cloud: Cloud) -> None:
    refused(cloud.run("waf_geoip_rule", {**GEOIP, "project_id": "f" * 32}), "find the WAF policy 'storefront'", "HTTP 4")


def test_a_host_of_another_service_says_that_nothing_answers_there(cloud: Cloud) -> None:
    endpoints = dict.fromkeys(("waf", "apig", "workspace", "iam"), f"{URL}/elsewhere")
    result = refused(cloud.run("waf_geoip_rule", {**GEOIP, "endpoints": endpoints}), "APIGW.0101", "check region, cloud and endpoints")
    assert result["api_error"]["status"] == 404


def test_missing_credentials_are_asked_for(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    for name in ("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_AUTH_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"):
        monkeypatch.delenv(name, raising=False)
    endpoints = {**CONNECTION["endpoints"], "metadata": f"{URL}/nowhere"}
    result = cloud.run("waf_geoip_rule", {**GEOIP, "access_key": None, "secret_key": None, "endpoints": endpoints})
    refused(
        result,
        "There are no credentials: set access_key and secret_key",
        "(1) The options have no credentials. (2) The environment has no credentials. (3) There is no profile: neither /nonexistent/.hcloud/config.json nor ",
        "(4) The metadata service of the machine gives no keys",
    )
    assert {entry["path"] for entry in cloud.journal()} == {"/nowhere/meta-data/latest/api/token", "/nowhere/openstack/latest/securitykey"}


def test_the_environment_gives_what_the_task_does_not(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_ACCESS_KEY", CONNECTION["access_key"])
    monkeypatch.setenv("HW_SECRET_KEY", CONNECTION["secret_key"])
    monkeypatch.setenv("HW_REGION_NAME", CONNECTION["region"])
    monkeypatch.setenv("HW_ENDPOINT", URL)
    nothing = dict.fromkeys(("access_key", "secret_key", "region", "endpoints", "project_id"))
    assert cloud.run("waf_geoip_rule", {**GEOIP, **nothing})["changed"] is True


def test_an_empty_option_of_the_connection_counts_as_not_set_whatever_its_type(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_ACCESS_KEY", CONNECTION["access_key"])
    monkeypatch.setenv("HW_SECRET_KEY", CONNECTION["secret_key"])
    monkeypatch.setenv("HW_REGION_NAME", CONNECTION["region"])
    monkeypatch.setenv("HW_ENDPOINT", URL)
    assert cloud.run("waf_geoip_rule", {**GEOIP, "id": "", **dict.fromkeys(CONNECTION_ARGUMENTS, "")})["changed"] is True
    # An empty option that is not of the connection means what it says.
    assert cloud.run("waf_geoip_rule", {**GEOIP, "description": "a"})["changed"] is True
    assert cloud.run("waf_geoip_rule", {**GEOIP, "description": ""})["changed"] is True


def test_secrets_of_the_environment_are_masked(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_SECRET_KEY", "fake-environment-secret-0001")
    result = cloud.run(
        "waf_geoip_rule", {**GEOIP, "secret_key": None, "description": "holds fake-environment-secret-0001", "policy": "fake-environment-secret-0001"}
    )
    assert result["failed"] is True
    assert "fake-environment-secret-0001" not in str(result)


def test_secrets_of_the_environment_are_masked_in_what_ansible_itself_refuses(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_AUTH_TOKEN", "fake-environment-token-0001")
    result = cloud.run("waf_geoip_rule", {**GEOIP, "action": "fake-environment-token-0001"})
    assert "value of action must be one of" in refused(result)["msg"]
    assert "fake-environment-token-0001" not in str(result)


def test_a_conflict_between_rules_names_the_way_out(cloud: Cloud) -> None:
    cloud.run("waf_geoip_rule", GEOIP)
    result = refused(
        cloud.run("waf_geoip_rule", {**GEOIP, "name": "second"}), "Could not create geoip_rule 'second'", "WAF.00022004", "one rule of a policy only"
    )
    assert result["api_error"] == {"status": 400, "code": "WAF.00022004", "request_id": result["api_error"]["request_id"]}
    cloud.run("waf_ip_reputation_rule", REPUTATION)
    refused(cloud.run("waf_ip_reputation_rule", {**REPUTATION, "name": "second"}), "WAF.00022004")


def test_an_unknown_location_or_tag_names_the_code(cloud: Cloud) -> None:
    refused(cloud.run("waf_geoip_rule", {**GEOIP, "locations": ["Candaa"]}), "WAF.00021017", "Check the locations or tags")
    refused(cloud.run("waf_ip_reputation_rule", {**REPUTATION, "tags": ["Gogle"]}), "WAF.00021017")


def fault(**effect: t.Any) -> dict[str, t.Any]:
    return {"match": {"service": "waf"}, "times": 1, **effect}


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "WAF.00022005", "quota"),
        (400, "WAF.00013001", "quota"),
        (400, "WAF.00012005", "WAF has not been bought"),
        (401, "WAF.00012003", "Ask for a role"),
        (403, "APIGW.0802", "Identity policies deny"),
        (500, "WAF.00010001", "HTTP 500"),
    ],
)
def test_refusals_carry_status_code_and_way_out(cloud: Cloud, status: int, code: str, words: str) -> None:
    cloud.fault(fault(status=status, body={"error_code": code, "error_msg": "refused by the service"}))
    result = refused(cloud.run("waf_geoip_rule", GEOIP), "Could not find the WAF policy 'storefront': refused by the service.", code, words)
    assert result["api_error"]["status"] == status
    assert result["api_error"]["code"] == code


def test_html_in_place_of_json_is_named(cloud: Cloud) -> None:
    cloud.fault(fault(status=200, body="<html><body>Please log in</body></html>", headers={"Content-Type": "text/html"}))
    refused(cloud.run("waf_geoip_rule", GEOIP), "not JSON (Content-Type: text/html)", "Please log in")


def test_a_success_with_an_error_code_is_a_failure(cloud: Cloud) -> None:
    cloud.fault({"match": {"service": "workspace"}, "times": 1, "status": 200, "body": {"error_code": "WKS.00010109", "error_msg": "The policy exists"}})
    result = refused(cloud.run("workspace_access_policy", WHITE_LIST), "The policy exists", "WKS.00010109", "HTTP 200")
    assert result["api_error"]["status"] == 200


def test_an_unreachable_host_ends_in_one_sentence(cloud: Cloud) -> None:
    cloud.fault(fault(drop="before"))
    result = refused(cloud.run("waf_geoip_rule", GEOIP), "Could not find the WAF policy 'storefront': cloud.test cannot be reached")
    assert "api_error" not in result
