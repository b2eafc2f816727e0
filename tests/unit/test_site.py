# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account becomes a site that changes nothing there, and makes everything where nothing is."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._site import SERVICES
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._site_text import text_of
from cloud import Cloud
from gatehouse_emulator.account import DEMO
from gatehouse_emulator.site import givens
from sites import LISTS, RICH, Seed, Site, accounts, carried_out, exported
from wishes import done

ROOT = Path(__file__).resolve().parents[2]
profile = settings(max_examples=15, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))


class Loader(yaml.SafeLoader):
    """YAML as Ansible reads it."""


def _unsafe(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return f"unsafe {loader.construct_scalar(node)}"


Loader.add_constructor("!unsafe", _unsafe)


def keys(value: t.Any) -> set[str]:
    """Every key at any depth."""
    if isinstance(value, dict):
        return {*value, *(key for one in value.values() for key in keys(one))}
    return {key for one in value for key in keys(one)} if isinstance(value, list) else set()


def values(value: t.Any) -> t.Iterator[t.Any]:
    """Every value that is neither a list nor a dictionary."""
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, (dict, list)):
            yield from values(one)
        else:
            yield one


@pytest.mark.parametrize("seed", [DEMO, RICH], ids=["demo", "rich"])
def test_a_site_changes_nothing_where_it_is_from_and_makes_everything_elsewhere(seed: Seed, slept: list[float]) -> None:
    cloud = Cloud(seed)
    site = exported(cloud)
    cloud.forget()
    assert carried_out(cloud, site) == []
    assert cloud.writes() == []
    elsewhere = Cloud(givens(site))
    items = [f"{name}[{number}]" for name in LISTS for number, _item in enumerate(site[f"onboarding_{name}"])]
    assert carried_out(elsewhere, site) == items
    assert exported(elsewhere) == site


def test_any_account_becomes_a_site_that_changes_nothing_there(slept: list[float]) -> None:
    cloud_of = Cloud

    @profile
    @given(accounts(odd=True))
    def check(seed: Seed) -> None:
        cloud = cloud_of(seed)
        site = exported(cloud)
        cloud.forget()
        assert carried_out(cloud, site) == []
        assert cloud.writes() == []
        assert None not in list(values(site))

    check()


def test_a_site_of_any_account_makes_the_same_where_nothing_is(slept: list[float]) -> None:
    cloud_of = Cloud

    @profile
    @given(accounts(odd=False))
    def check(seed: Seed) -> None:
        result = done(cloud_of(seed).run("site_info"))
        site = result["site"]
        # What WAF finds out by itself is not said, and is no loss.
        assert "warnings" not in result or all("tells of no gateway" in one for one in result["warnings"])
        assert "id" not in keys(site)
        elsewhere = cloud_of({**givens(site), "limits": seed["limits"]})
        carried_out(elsewhere, site)
        again = exported(elsewhere)
        assert again == site
        assert carried_out(elsewhere, site) == []

    check()


def test_the_whole_of_an_account_is_told_by_name() -> None:
    result = done(Cloud(RICH).run("site_info", {"project_id": None}))
    site = result["site"]
    assert "warnings" not in result
    assert list(site) == ["onboarding_evidence", *(f"onboarding_{name}" for name in LISTS)]
    assert list(SERVICES) == list(LISTS)
    assert site["onboarding_evidence"] is False
    assert [item["name"] for item in site["onboarding_policies"]] == ["checkout", "spare", "storefront"]
    assert "domains" not in site["onboarding_policies"][0]
    assert site["onboarding_geoip_rules"][0] == {
        "policy": "storefront",
        "name": "embargo",
        "locations": ["BJ", "Peru"],
        "action": "block",
        "enabled": True,
        "description": "Nobody\nfrom there",
    }
    assert site["onboarding_acl_bindings"] == [
        {"gateway": "edge", "acl": "office", "environment": "RELEASE", "apis": ["catalogue", "orders"]},
        {"gateway": "edge", "acl": "partners", "environment": "RELEASE", "apis": ["orders"]},
    ]
    assert site["onboarding_access_policies"] == [
        {"name": "no internet", "access_control_type": "access_type", "objects": [{"type": "group", "name": "support"}, {"type": "user", "name": "anna"}]},
        {"name": "offices", "access_control_type": "ip_white_list", "enabled": True, "block_all": False, "ip_addresses": ["192.0.2.0/24"]},
    ]
    pay, shop = site["onboarding_waf_domains"]
    assert (pay["domain"], pay["port"], pay["mode"], pay["certificate"], pay["policy"]) == ("pay.example.com", 8443, "dedicated", "shop", "checkout")
    assert [shop[step] for step in ("origin_whitelisted", "verified_locally", "dns_switched")] == ["completed", "pending", "pending"]
    assert not {"access_status", "cname", "access_code", "policy_id", "certificate_id", "id"} & keys(site)
    assert (result["region"], result["project_id"]) == ("cn-north-4", "0123456789abcdef0123456789abcdef")


def test_an_account_is_read_with_few_calls(cloud: Cloud) -> None:
    cloud.run("site_info")
    operations = [entry["operation"] for entry in cloud.journal()]
    # One policy, two domains of which no list tells everything, and a gateway in which nothing is bound.
    assert sorted(operations) == [
        "ListAccessPolicies",
        "ListAclStrategiesV2",
        "ListCompositeHosts",
        "ListGeoipRule",
        "ListInstancesV2",
        "ListIpReputationRules",
        "ListPolicy",
        "ShowHost",
        "ShowPremiumHost",
    ]


def test_what_is_bound_is_asked_of_policies_that_are_bound_and_apis_are_listed_once() -> None:
    cloud = Cloud(RICH)
    exported(cloud, include=["acls", "acl_bindings"])
    operations = [entry["operation"] for entry in cloud.journal()]
    assert operations == ["ListInstancesV2", "ListAclStrategiesV2", *["ListApisBindedToAclPolicyV2"] * 2, "ListApisV2"]


def test_a_site_is_restricted_to_policies_and_gateways_by_name_or_id() -> None:
    seed = {**RICH, "gateways": [*RICH["gateways"], {"name": "inner", "acls": [{**RICH["gateways"][0]["acls"][2], "acl_name": "other"}]}]}
    cloud = Cloud(seed)
    ids = {policy["name"]: policy["id"] for policy in cloud.state()["policies"]}
    cloud.forget()
    site = exported(cloud, policies=["storefront", ids["spare"]], gateways=["inner"])
    assert [item["name"] for item in site["onboarding_policies"]] == ["spare", "storefront"]
    assert [item["domain"] for item in site["onboarding_waf_domains"]] == ["shop.example.com"]
    assert [item["name"] for item in site["onboarding_acls"]] == ["other"]
    assert site["onboarding_acl_bindings"] == []
    assert len(site["onboarding_access_policies"]) == 2
    # Neither the rules nor the domain of the third are read.
    operations = [entry["operation"] for entry in cloud.journal()]
    assert operations.count("ListGeoipRule") == 2 and "ShowPremiumHost" not in operations
    nothing = exported(cloud, policies=[], gateways=[])
    assert [name for name, listed in nothing.items() if listed] == ["onboarding_access_policies"]
    for option, near in (("policies", "storefront"), ("gateways", "inner")):
        refused = cloud.run("site_info", {option: [near[:-1]]})
        assert refused["failed"] and f"{near[:-1]!r} (near: {near})" in refused["msg"]


@pytest.mark.parametrize("name", list(LISTS))
def test_what_is_left_out_is_not_read(cloud: Cloud, name: str) -> None:
    site = exported(cloud, include=[name])
    assert list(site) == ["onboarding_evidence", f"onboarding_{name}"]
    services = {entry["path"].split("/")[3].partition("-")[2] or entry["path"].split("/")[3] for entry in cloud.journal()}
    assert services == {{"waf": "waf", "apig": "apigw", "workspace": "policy"}[SERVICES[name]]}


@pytest.mark.parametrize(
    ("match", "left"),
    [
        ({"service": "workspace"}, ["access_policies"]),
        ({"service": "apig"}, ["acls", "acl_bindings"]),
        ({"operation": "ListIpReputationRules"}, ["ip_reputation_rules"]),
        ({"service": "waf"}, ["policies", "geoip_rules", "ip_reputation_rules", "waf_domains"]),
        ({"operation": "ListCompositeHosts"}, ["waf_domains"]),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else None,
)
def test_what_cannot_be_read_fails_with_the_reason_and_the_way_out(cloud: Cloud, match: t.Any, left: list[str]) -> None:
    cloud.fault({"match": match, "status": 403, "body": {"error_code": "X.0403", "error_msg": "Not subscribed"}})
    refused = cloud.run("site_info")
    assert refused["failed"] is True
    assert "Not subscribed" in refused["msg"]
    assert refused["api_error"]["code"] == "X.0403"
    assert f"To export the rest, leave this out of include: {', '.join(left)}." in refused["msg"]
    site = exported(cloud, include=[name for name in LISTS if name not in left])
    assert set(site) == {"onboarding_evidence", *(f"onboarding_{name}" for name in LISTS if name not in left)}


def test_wrong_credentials_are_no_matter_of_a_list(cloud: Cloud) -> None:
    cloud.fault({"match": {"service": "waf"}, "status": 401, "body": {"error_code": "APIGW.0303", "error_msg": "Who are you?"}})
    refused = cloud.run("site_info")
    assert "Who are you?" in refused["msg"] and "include" not in refused["msg"]
    refused = cloud.run("site_info", {"project_id": None, "access_key": "NOBODY"})
    assert "access key does not exist" in refused["msg"] and "include" not in refused["msg"]


def test_no_gateway_may_mean_that_none_may_be_seen() -> None:
    cloud = Cloud({})
    for include, warned in ((None, True), (["acl_bindings"], True), (["waf_domains"], False)):
        result = done(cloud.run("site_info", {"include": include}))
        assert any("may list gateways (apig:instances:list)" in one for one in result.get("warnings", [])) is warned


TWIN = {"acl_name": "office", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.7"}
ORDERS = {"api_name": "orders", "env_name": "RELEASE"}


def _white(**more: t.Any) -> Seed:
    return {"workspace": {"policies": [{"policy_name": "lock", "access_control_type": "IP_WHITE_LIST", **more}]}}


@pytest.mark.parametrize(
    ("seed", "name", "item", "lost", "words"),
    [
        (
            {
                "policies": [
                    {"name": "a", "geoip_rules": [{"id": "r1", "name": "x", "geoip": "CA", "white": 0}, {"id": "r2", "name": "x", "geoip": "BJ", "white": 0}]}
                ]
            },
            "geoip_rules",
            {"id": "r1", "name": "x"},
            set(),
            "The geoip_rule 'x of a' is in the site by its id, r1, for another one is called the same",
        ),
        (
            {"policies": [{"name": "a", "geoip_rules": [{"id": "r1", "name": "two words", "geoip": "CA", "white": 0}]}]},
            "geoip_rules",
            {"id": "r1", "action": "block"},
            {"name"},
            "The site does not say name of the geoip_rule 'two words of a', 'two words': name: 'two words' is not allowed",
        ),
        (
            {"policies": [{"id": "p1", "name": "a"}, {"id": "p2", "name": "a"}]},
            "policies",
            {"id": "p1", "name": "a"},
            set(),
            "The policy 'a' is in the site by its id, p1, for another one is called the same",
        ),
        (
            {"policies": [{"id": "p1", "name": "a", "geoip_rules": [{"name": "x", "geoip": "CA", "white": 0}]}, {"id": "p2", "name": "a"}]},
            "geoip_rules",
            {"policy": "p1", "name": "x"},
            set(),
            "The policy 'a' is in the site by its id, p1, for another one has its name",
        ),
        (
            {"policies": [{"name": "a", "options": {"teapot": True}}]},
            "policies",
            {"name": "a"},
            set(),
            "The site does not say options.teapot of the policy 'a', True: no option has that name.",
        ),
        (
            {"policies": [{"name": "a", "ip_reputation_rules": [{"name": "x", "type": "idc", "tags": ["HW"], "action": {"category": "captcha"}}]}]},
            "ip_reputation_rules",
            {"name": "x", "tags": ["HW"], "enabled": True},
            {"action"},
            "action must be one of: block, allow, log, got: captcha. Without it the site cannot make it anew.",
        ),
        (
            _white(is_enable=True, ip_list=[]),
            "access_policies",
            {"name": "lock", "access_control_type": "ip_white_list"},
            {"enabled"},
            "The site does not say enabled of the access_policy 'lock (ip_white_list)', True: ip_addresses: an enforced list without an address may lock",
        ),
        (
            {
                "gateways": [
                    {
                        "name": "edge",
                        "apis": [{"id": "a1", "name": "orders", "published": ["RELEASE"]}, {"id": "a2", "name": "orders"}],
                        "acls": [{**TWIN, "id": "l1", "bindings": [{**ORDERS, "api_id": "a1"}]}, {**TWIN, "id": "l2"}],
                    }
                ]
            },
            "acl_bindings",
            {"gateway": "edge", "acl": "l1", "environment": "RELEASE", "apis": ["a1"]},
            set(),
            "The API 'orders' of the binding 'office in RELEASE of edge' is in the site by its id, a1, for another one has its name",
        ),
        (
            {"gateways": [{"id": "e1", "name": "edge", "acls": [TWIN]}, {"id": "e2", "name": "edge"}]},
            "acls",
            {"gateway": "e1", "name": "office"},
            set(),
            "The gateway 'edge' is in the site by its id, e1, for another one has its name",
        ),
        (
            {
                "workspace": {
                    "users": [{"id": "u1", "user_name": "anna"}, {"id": "u2", "user_name": "anna"}],
                    "policies": [
                        {
                            "policy_name": "x",
                            "access_control_type": "ACCESS_TYPE",
                            "objects": [{"object_id": "u2", "object_type": "USER", "object_name": "anna"}],
                        }
                    ],
                }
            },
            "access_policies",
            {"objects": [{"type": "user", "id": "u2"}]},
            set(),
            "The user 'anna' of the access_policy 'x (access_type)' is in the site by its id, u2, for another one has its name",
        ),
    ],
)
def test_what_no_word_says_or_no_name_tells_is_a_warning(seed: Seed, name: str, item: t.Any, lost: set[str], words: str, slept: list[float]) -> None:
    cloud = Cloud(seed)
    result = done(cloud.run("site_info"))
    warnings = [one for one in result.get("warnings", []) if "tells of no gateway" not in one]
    listed = result["site"][f"onboarding_{name}"]
    assert {key: listed[0].get(key) for key in item} == item
    assert not lost & set(listed[0])
    assert any(words in one for one in warnings), warnings
    cloud.forget()
    assert carried_out(cloud, result["site"]) == []
    assert cloud.writes() == []


def test_a_domain_of_a_mode_that_is_no_word_is_told_and_left_out(cloud: Cloud) -> None:
    hosts = {"total": 1, "items": [{"id": "h1", "hostname": "x.example.com", "waf_type": "hybrid", "server": [], "policyid": "p1"}]}
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, "status": 200, "body": hosts})
    result = done(cloud.run("site_info", {"include": ["waf_domains"]}))
    assert result["site"]["onboarding_waf_domains"] == []
    assert result["warnings"] == [
        "The domain 'x.example.com' is not in the site: The domain 'x.example.com' is of the mode 'hybrid', which cannot be managed here."
    ]


ODD = (
    *("NO", "on", "y", "null", "~", "", " a", "a ", "1e3", "0x10", "012", "1:20", "2026-01-01", "a: b", "a #b", "#a", "- a", "? a", "[a]", "{a}", "*a", "&a"),
    *("!a", "|", ">", "%a", "@a", "`a", "'a", '"a', "a\nb\n", "\ta", "\\n", "\u00e9", "\u2028", "\ufeff", "\x85", "\x07", "\U0001f6a7", "192.0.2.7/24"),
    *("192.0.2.1-192.0.2.9", "2001:db8::1", ".inf", "Infinity", "<<", "=", "a, b", "Congo, Democratic Republic", "{{ 7 * 7 }}", "a {% x", "{# x", "a\r\nb"),
)


def test_the_text_of_a_site_is_the_site_and_no_template() -> None:
    site: Site = {
        "onboarding_evidence": False,
        "onboarding_policies": [{"name": text, "options": {"geoip": True}, "servers": [{"port": 80, "x": text}], "many": list(ODD)} for text in ODD],
        "onboarding_acls": [],
        "empty": {},
        "number": 7,
    }
    text = text_of(site)

    def marked(value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {key: marked(one) for key, one in value.items()}
        if isinstance(value, list):
            return [marked(one) for one in value]
        return f"unsafe {value}" if isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "{#")) else value

    assert yaml.load(text, Loader) == marked(site)
    assert "\nonboarding_acls: []\n" in text
    assert "- Congo, Democratic Republic\n" in text and "- 192.0.2.7/24\n" in text


def test_the_text_of_the_example_site_is_one_that_a_person_would_write() -> None:
    site = yaml.safe_load((ROOT / "playbooks" / "vars" / "storefront.yml").read_text(encoding="utf-8"))
    assert yaml.safe_load(text_of(site)) == site
    assert '"' not in text_of(site).replace('"on"', "")


def test_the_result_has_the_text_of_its_site(cloud: Cloud) -> None:
    result = done(cloud.run("site_info"))
    assert yaml.load(result["text"], Loader) == result["site"]
