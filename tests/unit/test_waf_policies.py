# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about WAF policies: their switches, the domains under them, and a creation in steps; and what WAF tells of itself."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_policies import SWITCHES
from cloud import Cloud, Result
from wishes import done, late, operations

DENIED = {"status": 403, "body": {"error_code": "APIGW.0802", "error_msg": "denied"}}
FULL = {"name": "checkout", "level": "high", "mode": "block", "options": {"geoip": True}, "domains": ["pay.example.com"]}
BOTH = {
    "policies": [{"name": "storefront", "id": "a" * 32}, {"name": "checkout", "id": "b" * 32}],
    "domains": [
        {"hostname": "shop.example.com", "id": "c" * 32, "mode": "cloud", "policy": "storefront"},
        {"hostname": "shop.example.com", "id": "d" * 32, "mode": "premium", "policy": "storefront"},
    ],
}


def policy(result: Result) -> dict[str, t.Any]:
    return dict(done(result)["policy"])


def held(cloud: Cloud, name: str) -> dict[str, t.Any]:
    """What the account holds of a policy."""
    return next(dict(one) for one in cloud.state()["policies"] if one["name"] == name)


def under(cloud: Cloud, name: str) -> list[str]:
    """The domains that the account has under a policy, by mode."""
    return sorted(f"{one['hostname']} {one['mode']}" for one in cloud.state()["domains"] if one.get("policy") == name)


# Creation


def test_a_creation_takes_the_name_only_and_the_rest_follows_domains_last(cloud: Cloud) -> None:
    result = policy(cloud.run("waf_policy", FULL))
    assert operations(cloud) == ["CreatePolicy", "UpdatePolicy", "UpdatePolicyProtectHost"]
    (sent,) = [request.body for request in cloud.requests if request.method == "POST"]
    assert sent == b'{"name":"checkout","log_action_replaced":true}'
    assert (result["level"], result["mode"], result["options"]["geoip"], result["domains"]) == ("high", "block", True, ["pay.example.com"])
    again = done(cloud.run("waf_policy", FULL))
    assert (again["changed"], again["policy"]) == (False, result)


def test_a_new_policy_has_the_geolocation_switch_off_and_the_result_says_so(cloud: Cloud) -> None:
    predicted = policy(cloud.run("waf_policy", {"name": "checkout"}, check=True))
    result = policy(cloud.run("waf_policy", {"name": "checkout"}))
    assert operations(cloud) == ["CreatePolicy"]
    assert result["options"]["geoip"] is predicted["options"]["geoip"] is False
    assert result["options"]["webattack"] is True
    # Check mode says nothing of switches whose default is not documented, and nothing wrong of the others.
    assert {**predicted, "options": None} == {**{name: value for name, value in result.items() if name != "id"}, "options": None}
    known = {name: value for name, value in predicted["options"].items() if value is not None}
    assert known == {name: result["options"][name] for name in known}
    assert predicted["options"]["antileakage"] is None
    assert set(predicted["options"]) == set(result["options"])


def test_what_a_new_policy_has_already_is_not_sent(cloud: Cloud) -> None:
    wish = {"name": "checkout", "level": "medium", "mode": "log", "full_detection": False, "options": {"geoip": False, "cc": True}}
    done(cloud.run("waf_policy", wish))
    assert operations(cloud) == ["CreatePolicy"]


@pytest.mark.parametrize(
    ("operation", "words", "written"),
    [
        ("ShowPolicy", "Could not create policy 'checkout': denied.", ["CreatePolicy"]),
        ("UpdatePolicy", "Not done: setting level, mode, options.", ["CreatePolicy", "UpdatePolicy"]),
        (
            "UpdatePolicyProtectHost",
            "are in force. Not done: moving pay.example.com under the policy.",
            ["CreatePolicy", "UpdatePolicy", "UpdatePolicyProtectHost"],
        ),
    ],
)
def test_a_creation_that_breaks_off_says_what_is_live_and_the_next_run_completes_it(cloud: Cloud, operation: str, words: str, written: list[str]) -> None:
    cloud.fault({"match": {"operation": operation}, "times": 1, **DENIED})
    result = cloud.run("waf_policy", FULL)
    made = held(cloud, "checkout")
    assert f"What is live now: the policy was created, with the id {made['id']}." in result["msg"]
    assert words in result["msg"]
    assert operations(cloud) == written
    completed = policy(cloud.run("waf_policy", FULL))
    assert (completed["id"], completed["level"], completed["domains"]) == (made["id"], "high", ["pay.example.com"])
    assert cloud.run("waf_policy", FULL)["changed"] is False
    assert operations(cloud).count("CreatePolicy") == 1


@pytest.mark.parametrize("operation", ["CreatePolicy", "UpdatePolicy", "UpdatePolicyProtectHost"])
def test_a_creation_whose_answer_was_lost_is_adopted_and_completed(cloud: Cloud, operation: str, slept: list[float]) -> None:
    cloud.fault({"match": {"operation": operation}, "times": 1, "drop": "after"})
    result = done(cloud.run("waf_policy", FULL))
    assert result["changed"] is True
    assert (result["policy"]["level"], result["policy"]["domains"]) == ("high", ["pay.example.com"])
    assert operations(cloud).count("CreatePolicy") == 1
    assert cloud.run("waf_policy", FULL)["changed"] is False


def test_two_policies_of_a_name_are_refused_and_an_id_tells_which() -> None:
    cloud = Cloud({"policies": [{"name": "twin", "id": "a" * 32}, {"name": "twin", "id": "b" * 32}, {"name": "twin-2"}]})
    result = cloud.run("waf_policy", {"name": "twin", "level": "high"})
    assert f"There is more than one policy 'twin': those with the ids {'a' * 32}, {'b' * 32}" in result["msg"]
    assert done(cloud.run("waf_policy", {"id": "b" * 32, "level": "high"}))["changed"] is True
    assert [one["level"] for one in cloud.state()["policies"]] == [2, 3, 2]


def test_a_name_that_is_the_id_of_another_policy_is_a_name() -> None:
    cloud = Cloud({"policies": [{"name": "storefront", "id": "a" * 32}]})
    assert done(cloud.run("waf_policy", {"name": "a" * 32}))["changed"] is True
    assert [one["name"] for one in cloud.state()["policies"]] == ["storefront", "a" * 32]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "a b"}, "name: 'a b' is not allowed; letters, digits, _ and - are."),
        ({"name": "a" * 257}, "has 257 characters; 1 to 256 are allowed"),
        ({"name": ""}, "name: it cannot be empty"),
        ({"name": "storefront", "domains": ["shop.example.com", ""]}, "domains: a domain cannot be empty"),
        ({"name": "checkout", "enterprise_project_id": "all_granted_eps"}, "all_granted_eps is for reading only"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(cloud: Cloud, options: t.Any, words: str) -> None:
    assert words in cloud.run("waf_policy", options)["msg"]
    assert cloud.writes() == []
    for name in ("a" * 256, "a-b_C9"):
        assert done(cloud.run("waf_policy", {"name": name}))["changed"] is True


# Switches and the action


def test_switches_that_are_not_said_keep_their_value_though_all_of_them_are_sent(cloud: Cloud) -> None:
    before = held(cloud, "storefront")["options"]
    result = done(cloud.run("waf_policy", {"name": "storefront", "options": {"webshell": True}}))
    after = held(cloud, "storefront")["options"]
    assert after == {**before, "webshell": True} == result["policy"]["options"]
    assert {"geoip", "cc", "webattack"} <= {name for name, value in after.items() if value}


def test_only_switches_that_are_said_matter(cloud: Cloud) -> None:
    for options in ({"geoip": True}, {"geoip": "yes", "cc": None}, {}, {"webshell": None}):
        assert done(cloud.run("waf_policy", {"name": "storefront", "options": options}))["changed"] is False
    assert cloud.writes() == []
    assert "precisee" in cloud.run("waf_policy", {"name": "storefront", "options": {"precisee": True}})["msg"]


def test_a_switch_that_the_service_leaves_as_it_was_is_warned_of(cloud: Cloud, slept: list[float]) -> None:
    kept = {"id": cloud.state()["policies"][0]["id"], "name": "storefront", "options": {**SWITCHES, "crawler": True, "webshell": True}}
    cloud.fault({"match": {"operation": "ShowPolicy"}, "times": 1, "status": 200, "body": kept})
    result = done(cloud.run("waf_policy", {"name": "storefront", "options": {"crawler": False, "webshell": True}}))
    assert result["warnings"] == ["The service left these switches of the WAF policy 'storefront' as they were: crawler. Its edition may not switch them."]
    assert (result["policy"]["options"]["crawler"], result["policy"]["options"]["webshell"]) == (True, True)
    assert "warnings" not in done(cloud.run("waf_policy", {"name": "storefront", "options": {"webshell": False}}))
    # One that is not told may be as it was asked for.
    cloud.fault({"match": {"operation": "ShowPolicy"}, "strip": ["cc"]})
    assert "warnings" not in done(cloud.run("waf_policy", {"name": "storefront", "options": {"cc": False}}))


def test_switches_that_are_missing_are_unknown_and_those_that_we_do_not_know_are_kept_and_told(cloud: Cloud) -> None:
    item = {"id": "a" * 32, "name": "storefront", "level": "2", "full_detection": "false", "options": {"geoip": "true", "newest": True}, "bind_host": []}
    cloud.fault({"match": {"operation": "ListPolicy"}, "status": 200, "body": {"total": 1, "items": [item]}})
    wish = {"name": "storefront", "level": "medium", "full_detection": False, "options": {"geoip": True}}
    result = done(cloud.run("waf_policy", wish))
    assert result["changed"] is False
    assert (result["policy"]["mode"], result["policy"]["options"]["cc"], result["policy"]["options"]["newest"]) == (None, None, True)
    cloud.requests.clear()
    cloud.run("waf_policy", {"name": "storefront", "options": {"cc": True}})
    (sent,) = [request.body for request in cloud.requests if request.method == "PATCH"]
    assert sent == b'{"options":{"geoip":"true","newest":true,"cc":true}}'


def test_switches_that_a_list_lacks_are_asked_for_and_without_them_nothing_is_switched(cloud: Cloud) -> None:
    cloud.fault({"match": {"operation": "ListPolicy"}, "strip": ["options"]})
    assert policy(cloud.run("waf_policy", {"name": "storefront", "options": {"webshell": True}}))["options"]["geoip"] is True
    cloud.forget()
    cloud.fault({"match": {"operation": "ShowPolicy"}, "strip": ["options"]})
    for check in (True, False):
        result = cloud.run("waf_policy", {"name": "storefront", "options": {"webshell": False}}, check=check)
        assert "options: the service does not tell the switches that the policy has" in result["msg"]
    assert cloud.writes() == []


def test_a_mode_keeps_what_stands_beside_it() -> None:
    action = {"category": "log", "followed_action_id": "e" * 32}
    cloud = Cloud({"policies": [{"name": "storefront", "action": action}]})
    assert policy(cloud.run("waf_policy", {"name": "storefront", "mode": "block"}))["mode"] == "block"
    assert held(cloud, "storefront")["action"] == {**action, "category": "block"}


def test_an_update_whose_answer_was_lost_is_sent_again(cloud: Cloud, slept: list[float]) -> None:
    cloud.fault({"match": {"operation": "UpdatePolicy"}, "times": 1, "drop": "before"})
    assert policy(cloud.run("waf_policy", {"name": "storefront", "level": "high", "max_retries": 1}))["level"] == "high"
    assert operations(cloud) == ["UpdatePolicy", "UpdatePolicy"]


def test_an_update_sends_what_differs_and_nothing_else(cloud: Cloud) -> None:
    done(cloud.run("waf_policy", {"name": "storefront", "level": "high", "mode": "block", "full_detection": False}))
    assert [request.body for request in cloud.requests if request.method == "PATCH"] == [b'{"level":3}']


# Domains


def test_domains_that_are_listed_are_moved_and_the_others_stay(cloud: Cloud) -> None:
    done(cloud.run("waf_policy", {"name": "checkout"}))
    wish = {"name": "checkout", "domains": ["PAY.example.com"]}
    cloud.forget()
    predicted = done(cloud.run("waf_policy", wish, check=True, diff=True))
    assert cloud.writes() == []
    result = done(cloud.run("waf_policy", wish, diff=True))
    assert result == predicted
    assert (result["policy"]["domains"], operations(cloud)) == (["pay.example.com"], ["UpdatePolicyProtectHost"])
    assert policy(cloud.run("waf_policy", {"name": "storefront"}))["domains"] == ["shop.example.com"]
    more = done(cloud.run("waf_policy", {"name": "checkout", "domains": ["shop.example.com", "shop.example.com"]}))
    assert more["policy"]["domains"] == ["pay.example.com", "shop.example.com"]
    for domains in ([], ["pay.example.com"], ["shop.example.com", "pay.example.com"]):
        again = done(cloud.run("waf_policy", {"name": "checkout", "domains": domains}))
        assert (again["changed"], again["policy"]) == (False, more["policy"])


def test_a_domain_that_is_not_in_waf_is_refused_with_near_names_before_anything_is_written(cloud: Cloud) -> None:
    for check in (True, False):
        result = cloud.run("waf_policy", {**FULL, "domains": ["shop.example.com", "pai.example.com"]}, check=check)
        assert "There is no domain 'pai.example.com' (near: pay.example.com" in result["msg"]
    assert cloud.writes() == []


def test_a_host_name_in_both_modes_needs_the_id() -> None:
    cloud = Cloud(BOTH)
    result = cloud.run("waf_policy", {"name": "checkout", "domains": ["shop.example.com"]})
    assert (
        f"More than one domain is called 'shop.example.com': those with the ids {'c' * 32}, {'d' * 32}. Use the id of the one that is meant." in result["msg"]
    )
    assert cloud.writes() == []
    assert policy(cloud.run("waf_policy", {"name": "checkout", "domains": ["d" * 32]}))["domains"] == ["shop.example.com"]
    assert under(cloud, "checkout") == ["shop.example.com premium"]
    wish = {"name": "checkout", "domains": ["c" * 32, "d" * 32]}
    predicted = done(cloud.run("waf_policy", wish, check=True))
    result = done(cloud.run("waf_policy", wish))
    assert (result["changed"], result) == (True, predicted)
    assert result["policy"]["domains"] == ["shop.example.com", "shop.example.com"]
    assert cloud.run("waf_policy", wish)["changed"] is False


def test_domains_that_answers_name_by_their_ids_only_are_known_by_their_own_policy(cloud: Cloud) -> None:
    cloud.fault(*({"match": {"operation": operation}, "strip": ["bind_host"]} for operation in ("ListPolicy", "ShowPolicy")))
    wish = {"name": "storefront", "domains": ["shop.example.com", "pay.example.com"]}
    result = done(cloud.run("waf_policy", wish))
    assert result["changed"] is False
    assert result["policy"]["domains"] == sorted(one["id"] for one in cloud.state()["domains"])
    cloud.fault(*({"match": {"operation": operation}, "strip": ["bind_host", "hosts"]} for operation in ("ListPolicy", "ShowPolicy")))
    silent = Cloud()
    silent.fault(*({"match": {"operation": operation}, "strip": ["bind_host", "hosts"]} for operation in ("ListPolicy", "ShowPolicy")))
    result = done(silent.run("waf_policy", wish))
    assert (result["changed"], result["policy"]["domains"]) == (False, None)


def test_domains_whose_own_policy_is_not_told_are_known_by_their_name(cloud: Cloud) -> None:
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, "strip": ["policyid"]})
    assert cloud.run("waf_policy", {"name": "storefront", "domains": ["Shop.example.com"]})["changed"] is False
    assert policy(cloud.run("waf_policy", {"name": "checkout", "domains": ["shop.example.com"]}))["domains"] == ["shop.example.com"]
    assert under(cloud, "checkout") == ["shop.example.com cloud"]


def test_many_domains_are_moved_with_one_request_that_names_those_that_the_policy_has() -> None:
    names = [f"host-{number}.example.com" for number in range(120)]
    domains = [{"hostname": name, "mode": "cloud", "policy": "new" if name == names[0] else "old"} for name in names]
    cloud = Cloud({"policies": [{"name": "old"}, {"name": "new"}], "domains": domains})
    result = done(cloud.run("waf_policy", {"name": "new", "domains": names[1:]}))
    assert (result["policy"]["domains"], operations(cloud)) == (sorted(names), ["UpdatePolicyProtectHost"])
    assert len(under(cloud, "new")) == 120


@pytest.mark.parametrize("silent", [("ListCompositeHosts", ["policyid"]), ("ListPolicy", ["bind_host", "hosts"])])
def test_domains_that_a_policy_has_stay_whoever_tells_of_them(cloud: Cloud, silent: tuple[str, list[str]]) -> None:
    done(cloud.run("waf_policy", {"name": "checkout", "domains": ["pay.example.com"]}))
    cloud.fault({"match": {"operation": silent[0]}, "strip": silent[1]})
    done(cloud.run("waf_policy", {"name": "checkout", "domains": ["shop.example.com"]}))
    assert under(cloud, "checkout") == ["pay.example.com premium", "shop.example.com cloud"]


def test_a_move_that_reads_do_not_show_yet_is_waited_for(cloud: Cloud, slept: list[float]) -> None:
    done(cloud.run("waf_policy", {"name": "checkout"}))
    cloud.fault(late("ShowPolicy", 2))
    result = policy(cloud.run("waf_policy", {"name": "checkout", "level": "low", "domains": ["pay.example.com"]}))
    assert (result["level"], result["domains"]) == ("low", ["pay.example.com"])
    assert len(slept) == 2


# Removal


@pytest.mark.parametrize("check", [True, False])
def test_a_policy_that_protects_domains_is_not_removed_and_the_message_names_them(cloud: Cloud, check: bool) -> None:
    result = cloud.run("waf_policy", {"name": "storefront", "state": "absent"}, check=check)
    assert result["failed"] is True
    assert "Could not remove policy 'storefront': " in result["msg"]
    assert "It protects 2 domains: 'pay.example.com', 'shop.example.com'. Move them under another policy first: " in result["msg"]
    assert "WAF.00022003" in result["msg"]
    assert operations(cloud) == ([] if check else ["DeletePolicy"])
    assert [one["name"] for one in cloud.state()["policies"]] == ["storefront"]


@pytest.mark.parametrize("check", [True, False])
def test_domains_that_the_policy_does_not_tell_are_looked_for_before_it_is_removed(cloud: Cloud, check: bool) -> None:
    cloud.fault({"match": {"operation": "ListPolicy"}, "strip": ["bind_host", "hosts"]})
    message = cloud.run("waf_policy", {"name": "storefront", "state": "absent"}, check=check)["msg"]
    assert "It protects 2 domains: 'pay.example.com', 'shop.example.com'." in message
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, **DENIED})
    result = cloud.run("waf_policy", {"name": "storefront", "state": "absent"}, check=check)
    assert result.get("failed", False) is not check


def test_a_policy_is_removed_with_its_rules_once_its_domains_are_elsewhere(cloud: Cloud) -> None:
    done(cloud.run("waf_policy", {"name": "checkout", "domains": ["shop.example.com", "pay.example.com"]}))
    predicted = done(cloud.run("waf_policy", {"name": "storefront", "state": "absent"}, check=True, diff=True))
    assert done(cloud.run("waf_policy", {"name": "storefront", "state": "absent"}, diff=True)) == predicted
    assert [one["name"] for one in cloud.state()["policies"]] == ["checkout"]


def test_a_message_names_ten_domains_at_most() -> None:
    domains = [{"hostname": f"host-{number:02}.example.com", "mode": "cloud", "policy": "old"} for number in range(12)]
    cloud = Cloud({"policies": [{"name": "old"}], "domains": domains})
    message = cloud.run("waf_policy", {"name": "old", "state": "absent"}, check=True)["msg"]
    assert "It protects 12 domains: 'host-00.example.com', " in message
    assert "'host-09.example.com', and 2 more. " in message
    assert "host-10" not in message


def test_the_enterprise_project_goes_with_every_call(cloud: Cloud) -> None:
    done(cloud.run("waf_policy", {**FULL, "enterprise_project_id": "0"}))
    done(cloud.run("waf_policy", {"name": "storefront", "domains": ["pay.example.com"], "enterprise_project_id": "0"}))
    done(cloud.run("waf_policy", {"name": "checkout", "state": "absent", "enterprise_project_id": "0"}))
    assert [entry["operation"] for entry in cloud.journal() if entry["query"].get("enterprise_project_id") != "0"] == []
    done(cloud.run("waf_policy_info", {"enterprise_project_id": "all_granted_eps"}))


# What is only told


def test_locations_are_those_of_the_map_with_their_groups(cloud: Cloud) -> None:
    listed = done(cloud.run("waf_location_info"))["locations"]
    assert [one["name"] for one in listed] == sorted(one["name"] for one in listed)
    assert {"name": "BJ", "title": "Beijing", "groups": ["CN"]} in listed
    assert {"name": "Peru", "title": "Peru", "groups": ["ALL"]} in listed
    (beijing,) = done(cloud.run("waf_location_info", {"name": "BEIJ"}))["locations"]
    assert beijing["name"] == "BJ"
    assert done(cloud.run("waf_location_info", {"name": "atlantis"}))["locations"] == []
    rule = {"policy": "storefront", "name": "everything", "action": "log", "locations": [one["name"] for one in listed]}
    assert done(cloud.run("waf_geoip_rule", rule))["changed"] is True


@pytest.mark.parametrize(
    "odd", [{"continent": [], "geomap": {"CN": None}, "locale": 5, "ip_reputation_map": 5}, {"continent": {"EU": []}, "ip_reputation_map": {"idc": 5}}]
)
def test_a_map_of_an_odd_shape_holds_nothing(cloud: Cloud, odd: t.Any) -> None:
    for operation in ("ShowPolicyGeoipMap", "ConfirmPolicyIpReputationMap"):
        cloud.fault({"match": {"operation": operation}, "status": 200, "body": odd})
    assert done(cloud.run("waf_location_info"))["locations"] == []
    assert done(cloud.run("waf_ip_reputation_tag_info"))["ip_reputation_tags"] == []


def test_a_location_without_a_title_is_found_by_its_name_in_any_case(cloud: Cloud) -> None:
    told = {"continent": {"EU": ["Atlantis"]}, "locale": {}}
    cloud.fault({"match": {"operation": "ShowPolicyGeoipMap"}, "status": 200, "body": told})
    assert done(cloud.run("waf_location_info", {"name": "atlan"}))["locations"] == [{"name": "Atlantis", "title": None, "groups": ["EU"]}]


def test_tags_are_those_that_a_rule_takes(cloud: Cloud) -> None:
    listed = done(cloud.run("waf_ip_reputation_tag_info"))["ip_reputation_tags"]
    assert listed[0] == {"name": "AliCloud", "type": "idc", "title": "AliCloud"}
    rule = {"policy": "storefront", "name": "everybody", "action": "log", "tags": [one["name"] for one in listed]}
    assert done(cloud.run("waf_ip_reputation_rule", rule))["changed"] is True


def test_source_addresses_are_told_at_once_and_by_group(cloud: Cloud) -> None:
    assert done(cloud.run("waf_source_ip_info", {"enterprise_project_id": "0"}))["source_ips"] == {
        "addresses": ["192.0.2.0/28", "192.0.2.16/28", "198.51.100.32/28"],
        "last_modify": "2023-09-18T01:20:00Z",
        "groups": [
            {"addresses": ["192.0.2.0/28", "192.0.2.16/28"], "update_time": "2023-07-22T04:26:40Z"},
            {"addresses": ["198.51.100.32/28"], "update_time": "2023-09-18T01:20:00Z"},
        ],
    }


@pytest.mark.parametrize(
    ("told", "time"),
    [
        (1_695_000_000, "2023-09-18T01:20:00Z"),
        ("1695000000000", "2023-09-18T01:20:00Z"),
        (None, None),
        ("soon", None),
        (-1, None),
        (10**14, "5138-11-16T09:46:40Z"),
        (10**30, None),
    ],
)
def test_times_are_seconds_or_milliseconds(cloud: Cloud, told: t.Any, time: str | None) -> None:
    cloud.fault({"match": {"operation": "ShowSourceIp"}, "status": 200, "body": {"source_ip": [{"ips": None}, 5], "last_modify": told}})
    expected = {"addresses": [], "last_modify": time, "groups": [{"addresses": [], "update_time": None}]}
    assert done(cloud.run("waf_source_ip_info"))["source_ips"] == expected
