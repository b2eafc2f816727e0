# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was added, changed or removed by hand is told once each, and nothing else is."""

from __future__ import annotations

import copy
import typing as t

import pytest
from hypothesis import given
from test_site import profile

from cloud import Cloud
from gatehouse_emulator.account import DEMO
from sites import RICH, SERVER, VPC, Seed, Site, accounts, carried_out, compared, exported, kinds
from wishes import done

SERVERS = [{"address": "192.0.2.99", "port": 80, "front_protocol": "http", "back_protocol": "http"}]
STOREFRONT = {"policy": "storefront"}
EDGE = {"gateway": "edge"}
OFFICE = {**EDGE, "acl": "office", "environment": "RELEASE"}
WHITE = {"name": "offices", "access_control_type": "ip_white_list"}
PEOPLE = {"name": "no internet", "access_control_type": "access_type"}
PAY = {"domain": "pay.example.com", "port": 8443}


@pytest.mark.parametrize("seed", [DEMO, RICH], ids=["demo", "rich"])
def test_an_account_is_in_step_with_its_own_site(seed: Seed) -> None:
    cloud = Cloud(seed)
    site = exported(cloud)
    result = compared(cloud, site)
    assert (result["changed"], result["drift"]) == (False, [])
    assert result["in_step"] == len(result["items_in_step"]) == sum(len(listed) for listed in site.values() if isinstance(listed, list))
    assert cloud.writes() == []


def test_any_account_is_in_step_with_its_own_site() -> None:
    cloud_of = Cloud

    @profile
    @given(accounts(odd=True))
    def check(seed: Seed) -> None:
        cloud = cloud_of(seed)
        assert compared(cloud, exported(cloud))["drift"] == []

    check()


# Each is one thing that somebody does by hand: the module that does it, what it is told, and what differs then.
MUTATIONS: tuple[tuple[str, dict[str, t.Any], tuple[str, str, str, list[str]]], ...] = (
    ("waf_policy", {"name": "checkout", "level": "low"}, ("policies", "checkout", "changed", ["level"])),
    ("waf_policy", {"name": "checkout", "mode": "block"}, ("policies", "checkout", "changed", ["mode"])),
    ("waf_policy", {"name": "storefront", "options": {"geoip": False}}, ("policies", "storefront", "changed", ["options"])),
    ("waf_policy", {"name": "checkout", "full_detection": False}, ("policies", "checkout", "changed", ["full_detection"])),
    ("waf_policy", {"name": "new"}, ("policies", "new", "added", [])),
    ("waf_policy", {"name": "spare", "state": "absent"}, ("policies", "spare", "removed", [])),
    ("waf_geoip_rule", {**STOREFRONT, "name": "embargo", "locations": ["Peru"]}, ("geoip_rules", "embargo of storefront", "changed", ["locations"])),
    ("waf_geoip_rule", {**STOREFRONT, "name": "embargo", "action": "log"}, ("geoip_rules", "embargo of storefront", "changed", ["action"])),
    ("waf_geoip_rule", {**STOREFRONT, "name": "embargo", "enabled": False}, ("geoip_rules", "embargo of storefront", "changed", ["enabled"])),
    ("waf_geoip_rule", {**STOREFRONT, "name": "embargo", "description": ""}, ("geoip_rules", "embargo of storefront", "changed", ["description"])),
    ("waf_geoip_rule", {**STOREFRONT, "name": "new", "locations": ["Cuba"], "action": "log"}, ("geoip_rules", "new of storefront", "added", [])),
    ("waf_geoip_rule", {"policy": "spare", "name": "new", "locations": ["Cuba"], "action": "log"}, ("geoip_rules", "new of spare", "added", [])),
    ("waf_geoip_rule", {**STOREFRONT, "name": "watch", "state": "absent"}, ("geoip_rules", "watch of storefront", "removed", [])),
    (
        "waf_ip_reputation_rule",
        {**STOREFRONT, "name": "data centres", "tags": ["HW"], "action": "block"},
        ("ip_reputation_rules", "data centres of storefront", "changed", ["tags", "action"]),
    ),
    ("waf_ip_reputation_rule", {"policy": "spare", "name": "x", "tags": ["HW"], "action": "log"}, ("ip_reputation_rules", "x of spare", "added", [])),
    ("waf_ip_reputation_rule", {**STOREFRONT, "name": "data centres", "state": "absent"}, ("ip_reputation_rules", "data centres of storefront", "removed", [])),
    ("apig_acl", {**EDGE, "name": "office", "entries": ["192.0.2.7"]}, ("acls", "office of edge", "changed", ["entries"])),
    ("apig_acl", {**EDGE, "name": "idle", "type": "permit"}, ("acls", "idle of edge", "changed", ["type"])),
    ("apig_acl", {**EDGE, "name": "new", "type": "deny", "entity_type": "ip", "entries": ["192.0.2.1"]}, ("acls", "new of edge", "added", [])),
    ("apig_acl", {**EDGE, "name": "idle", "state": "absent"}, ("acls", "idle of edge", "removed", [])),
    ("apig_acl_binding", {**OFFICE, "apis": ["orders"], "state": "absent"}, ("acl_bindings", "office in RELEASE of edge", "changed", ["apis"])),
    ("apig_acl_binding", {**OFFICE, "state": "absent"}, ("acl_bindings", "office in RELEASE of edge", "removed", [])),
    ("apig_acl_binding", {**OFFICE, "acl": "partners", "apis": ["catalogue"]}, ("acl_bindings", "partners in RELEASE of edge", "changed", ["apis"])),
    ("apig_acl_binding", {**OFFICE, "environment": "staging", "apis": ["orders"]}, ("acl_bindings", "office in staging of edge", "added", [])),
    ("workspace_access_policy", {**WHITE, "ip_addresses": ["192.0.2.1"]}, ("access_policies", "offices (ip_white_list)", "changed", ["ip_addresses"])),
    ("workspace_access_policy", {**WHITE, "enabled": False}, ("access_policies", "offices (ip_white_list)", "changed", ["enabled"])),
    ("workspace_access_policy", {**WHITE, "block_all": True}, ("access_policies", "offices (ip_white_list)", "changed", ["block_all"])),
    (
        "workspace_access_policy",
        {**PEOPLE, "objects": [{"type": "user", "name": "bogdan"}, {"type": "group", "name": "support"}]},
        ("access_policies", "no internet (access_type)", "changed", ["objects"]),
    ),
    (
        "workspace_access_policy",
        {**PEOPLE, "objects": [{"type": "group", "name": "support"}]},
        ("access_policies", "no internet (access_type)", "changed", ["objects"]),
    ),
    ("workspace_access_policy", {"name": "new", "access_control_type": "ip_white_list"}, ("access_policies", "new (ip_white_list)", "added", [])),
    ("workspace_access_policy", {**PEOPLE, "state": "absent"}, ("access_policies", "no internet (access_type)", "removed", [])),
    ("waf_domain", {"domain": "shop.example.com", "servers": SERVERS}, ("waf_domains", "shop.example.com", "changed", ["servers"])),
    ("waf_domain", {"domain": "shop.example.com", "policy": "spare"}, ("waf_domains", "shop.example.com", "changed", ["policy"])),
    ("waf_domain", {"domain": "shop.example.com", "proxy": True}, ("waf_domains", "shop.example.com", "changed", ["proxy"])),
    ("waf_domain", {"domain": "shop.example.com", "protection": "bypass"}, ("waf_domains", "shop.example.com", "changed", ["protection"])),
    ("waf_domain", {"domain": "new.example.com", "servers": SERVERS, "policy": "spare"}, ("waf_domains", "new.example.com", "added", [])),
    ("waf_domain", {**PAY, "state": "absent"}, ("waf_domains", "pay.example.com:8443 (dedicated)", "removed", [])),
    ("waf_domain", {"domain": "pay.example.com", "servers": SERVERS, "policy": "spare"}, ("waf_domains", "pay.example.com", "added", [])),
    (
        "waf_access_progress",
        {"domain": "shop.example.com", "dns_switched": "skipped"},
        ("waf_domains", "shop.example.com", "changed", ["dns_switched"]),
    ),
)


@pytest.mark.parametrize(("module", "options", "expected"), MUTATIONS, ids=lambda value: value if isinstance(value, str) else None)
def test_each_thing_that_is_done_by_hand_is_one_difference(module: str, options: t.Any, expected: t.Any, slept: list[float]) -> None:
    cloud = Cloud(RICH)
    site = exported(cloud)
    whole = compared(cloud, site)["in_step"]
    assert done(cloud.run(module, options))["changed"] is True
    cloud.forget()
    result = compared(cloud, site)
    assert kinds(result) == [expected]
    (drift,) = result["drift"]
    assert bool(drift["file"]) is (drift["drift"] != "added")
    assert bool(drift["account"]) is (drift["drift"] != "removed")
    for name in drift["fields"]:
        assert drift["file"][name] != drift["account"][name]
    assert result["in_step"] == whole - (drift["drift"] != "added")
    assert cloud.writes() == []
    # What the playbook onboard would do is told, and ends the drift.
    if drift["drift"] != "added" and not (module == "apig_acl_binding" and options.get("state") != "absent"):
        carried_out(cloud, site)
        assert compared(cloud, site)["drift"] == []


def test_what_the_file_and_the_account_hold_is_told() -> None:
    cloud = Cloud(RICH)
    site = {"onboarding_geoip_rules": [{**STOREFRONT, "name": "embargo", "action": "log"}, {**STOREFRONT, "name": "gone", "locations": ["Cuba"]}]}
    assert compared(cloud, site)["drift"] == [
        {
            "list": "onboarding_geoip_rules",
            "item": "embargo of storefront",
            "drift": "changed",
            "file": {**STOREFRONT, "name": "embargo", "action": "log"},
            "account": {
                **STOREFRONT,
                "name": "embargo",
                "locations": ["BJ", "Peru"],
                "action": "block",
                "enabled": True,
                "description": "Nobody\nfrom there",
            },
            "fields": ["action"],
        },
        {
            "list": "onboarding_geoip_rules",
            "item": "gone of storefront",
            "drift": "removed",
            "file": {**STOREFRONT, "name": "gone", "locations": ["Cuba"]},
            "account": {},
            "fields": [],
        },
        {
            "list": "onboarding_geoip_rules",
            "item": "watch of storefront",
            "drift": "added",
            "file": {},
            "account": {**STOREFRONT, "name": "watch", "locations": ["CA"], "action": "log", "enabled": False, "description": ""},
            "fields": [],
        },
    ]


# What says the same in other words, or says less.
ALIKE: tuple[Site, ...] = (
    {"geoip_rules": [{**STOREFRONT, "name": "embargo", "locations": ["Peru", "BJ", "Peru"]}, {**STOREFRONT, "name": "watch", "enabled": "no"}]},
    {"geoip_rules": [{**STOREFRONT, "name": "embargo", "locations": "Peru,BJ"}, {**STOREFRONT, "name": "watch"}], "evidence": True, "check": {}},
    {"geoip_rules": [{**STOREFRONT, "name": "embargo"}, {**STOREFRONT, "name": "watch"}, {**STOREFRONT, "name": "gone", "state": "absent"}]},
    {"acls": [{**EDGE, "name": "office", "entries": ["198.51.100.7/24", "192.0.2.7/32"]}, {**EDGE, "name": "partners"}, {**EDGE, "name": "idle"}]},
    {"acls": [{**EDGE, "name": "office", "values": ["198.51.100.0/24", "192.0.2.7"]}, {**EDGE, "name": "partners"}, {**EDGE, "name": "idle"}]},
    {"acl_bindings": [{**OFFICE, "apis": ["orders"], "purge": False}, {**OFFICE, "acl": "partners"}]},
    {
        "acl_bindings": [
            {**OFFICE, "environment": "DEFAULT_ENVIRONMENT_RELEASE_ID", "apis": ["orders", "catalogue"]},
            {**OFFICE, "acl": "partners", "apis": ["orders"]},
        ]
    },
    {
        "acl_bindings": [
            OFFICE,
            {**OFFICE, "acl": "partners"},
            {**OFFICE, "environment": "staging", "state": "absent"},
            {**OFFICE, "acl": "x", "state": "absent"},
        ]
    },
    {"acl_bindings": [{**OFFICE, "apis": ["orders", "catalogue"]}, {**OFFICE, "acl": "partners"}, {**OFFICE, "apis": ["drafts"], "state": "absent"}]},
    {
        "access_policies": [
            {**WHITE, "ip_addresses": ["192.0.2.0/24"]},
            {**PEOPLE, "objects": [{"type": "group", "id": "g1"}, {"type": "user", "name": "anna"}]},
        ]
    },
    {"access_policies": [{**WHITE, "ip_addresses": [], "purge_ip_addresses": False}, PEOPLE]},
    {"access_policies": [{**WHITE, "removed_ip_addresses": ["192.0.3.0/24"]}, PEOPLE]},
    {"waf_domains": [{"domain": "SHOP.example.com", "mode": "cloud"}, {**PAY, "certificate": "shop", "protection": "suspended", "port": "8443"}]},
    {"domains": [{"domain": "shop.example.com", "origin_whitelisted": "completed"}, {"domain": "nowhere.example.com", "state": "absent"}]},
    {"policies": [{"name": "storefront", "domains": ["SHOP.example.com"], "options": {"geoip": True}}, {"name": "checkout"}, {"name": "spare"}]},
    {"policies": [{"name": "storefront", "mode": "block"}, {"name": "checkout"}, {"name": "spare"}, {"name": "old", "state": "absent"}]},
    {"access_policies": [WHITE, PEOPLE], "enforcement": "log"},
)


@pytest.mark.parametrize("site", ALIKE)
def test_what_means_the_same_is_no_difference(site: Site) -> None:
    assert compared(Cloud(RICH), {f"onboarding_{name}": listed for name, listed in site.items()})["drift"] == []


DIFFERENT: tuple[tuple[str, list[t.Any], list[tuple[str, str, list[str]]]], ...] = (
    ("geoip_rules", [{**STOREFRONT, "name": "embargo", "state": "absent"}, {**STOREFRONT, "name": "watch"}], [("embargo of storefront", "added", [])]),
    ("acl_bindings", [{**OFFICE, "state": "absent"}, {**OFFICE, "acl": "partners"}], [("office in RELEASE of edge", "added", [])]),
    ("acl_bindings", [{**OFFICE, "apis": ["orders"]}, {**OFFICE, "acl": "partners"}], [("office in RELEASE of edge", "changed", ["apis"])]),
    ("acl_bindings", [{**OFFICE, "apis": ["x"], "state": "absent"}, {**OFFICE, "acl": "partners"}], [("office in RELEASE of edge", "added", [])]),
    ("acl_bindings", [OFFICE, {**OFFICE, "acl": "partners"}, {**OFFICE, "acl": "x"}], [("x in RELEASE of edge", "removed", [])]),
    (
        "acl_bindings",
        [{**OFFICE, "apis": ["orders"]}, {**OFFICE, "apis": ["catalogue"], "state": "absent"}, {**OFFICE, "acl": "partners"}],
        [("office in RELEASE of edge", "added", [])],
    ),
    ("access_policies", [{**WHITE, "removed_ip_addresses": ["192.0.2.0/24"]}, PEOPLE], [("offices (ip_white_list)", "changed", ["ip_addresses"])]),
    (
        "access_policies",
        [{**WHITE, "ip_addresses": ["192.0.2.9"], "purge_ip_addresses": False}, PEOPLE],
        [("offices (ip_white_list)", "changed", ["ip_addresses"])],
    ),
    ("access_policies", [WHITE, {**PEOPLE, "objects": [{"type": "user", "name": "anna"}]}], [("no internet (access_type)", "changed", ["objects"])]),
    (
        "waf_domains",
        [{"domain": "shop.example.com", "mode": "dedicated"}, PAY],
        [("shop.example.com (dedicated)", "removed", []), ("shop.example.com", "added", [])],
    ),
    (
        "waf_domains",
        [{"domain": "shop.example.com"}, {"domain": "pay.example.com"}],
        [("pay.example.com", "removed", []), ("pay.example.com:8443 (dedicated)", "added", [])],
    ),
    ("domains", [{"domain": "shop.example.com", "state": "absent"}], [("shop.example.com", "changed", ["origin_whitelisted"])]),
    ("domains", [{"domain": "x.example.com", "dns_switched": "completed"}], [("x.example.com", "removed", [])]),
    (
        "policies",
        [{"name": "storefront", "domains": ["pay.example.com:8443"]}, {"name": "checkout"}, {"name": "spare"}],
        [("storefront", "changed", ["domains"])],
    ),
    ("geoip_rules", [], [("embargo of storefront", "added", []), ("watch of storefront", "added", [])]),
    ("policies", [], [("checkout", "added", []), ("spare", "added", []), ("storefront", "added", [])]),
    ("acls", [], [("idle of edge", "added", []), ("office of edge", "added", []), ("partners of edge", "added", [])]),
    (
        "ip_reputation_rules",
        [{"policy": "gone", "name": "x", "tags": ["HW"]}],
        [("x of gone", "removed", [])],
    ),
)


@pytest.mark.parametrize(("name", "listed", "expected"), DIFFERENT)
def test_what_differs_is_told(name: str, listed: list[t.Any], expected: t.Any) -> None:
    assert kinds(compared(Cloud(RICH), {f"onboarding_{name}": listed})) == [(name, *one) for one in expected]


@pytest.mark.parametrize(("enforcement", "differing"), [("block", []), ("log", ["mode"])])
def test_block_means_what_the_site_says_of_enforcement(enforcement: str, differing: list[str]) -> None:
    site = {"onboarding_enforcement": enforcement, "onboarding_policies": [{"name": "storefront", "mode": "block"}]}
    result = compared(Cloud(RICH), site, policies=["storefront"])
    assert [one["fields"] for one in result["drift"]] == ([differing] if differing else [])


def test_an_id_finds_what_was_renamed(cloud: Cloud) -> None:
    made = done(cloud.run("waf_geoip_rule", {**STOREFRONT, "name": "old", "locations": ["Cuba"], "action": "log"}))["geoip_rule"]
    rules = [{**STOREFRONT, "id": made["id"], "name": "new"}, {**STOREFRONT, "id": "0" * 32, "name": "other"}]
    assert kinds(compared(cloud, {"onboarding_geoip_rules": rules})) == [
        ("geoip_rules", "new of storefront", "changed", ["name"]),
        ("geoip_rules", "other of storefront", "removed", []),
    ]
    assert kinds(compared(cloud, {"onboarding_geoip_rules": [{"policy": made["policy_id"], "id": made["id"]}]})) == []


def test_of_several_of_one_name_the_one_that_differs_least_is_meant() -> None:
    rules = [{"id": name, "name": "x", "geoip": place, "white": 0} for name, place in (("r1", "CA"), ("r2", "BJ"), ("r3", "CU"))]
    cloud = Cloud({"policies": [{"name": "a", "geoip_rules": rules}]})
    result = compared(cloud, {"onboarding_geoip_rules": [{"policy": "a", "name": "x", "locations": ["BJ"]}]})
    assert [(one["drift"], one["account"]["locations"]) for one in result["drift"]] == [("added", ["CA"]), ("added", ["CU"])]


def test_what_is_compared_is_restricted() -> None:
    cloud = Cloud(RICH)
    site = exported(cloud)
    for module, options in (
        ("waf_policy", {"name": "checkout", "level": "low"}),
        ("waf_geoip_rule", {"policy": "checkout", "name": "new", "locations": ["Cuba"], "action": "log"}),
        ("waf_domain", {"domain": "shop.example.com", "policy": "checkout"}),
        ("waf_domain", {**PAY, "proxy": True}),
    ):
        done(cloud.run(module, options))
    ids = {policy["name"]: policy["id"] for policy in cloud.state()["policies"]}

    def differing(*policies: str) -> list[tuple[str, str, list[str]]]:
        cloud.forget()
        return [(item, drift, fields) for name, item, drift, fields in kinds(compared(cloud, site, policies=list(policies)))]

    # A domain that was moved concerns the policy that it left, and the one that it came to.
    moved = ("shop.example.com", "changed", ["policy"])
    assert differing("storefront") == [moved]
    assert "ShowPremiumHost" not in [entry["operation"] for entry in cloud.journal()]
    changed = [("checkout", "changed", ["level"]), ("new of checkout", "added", []), ("pay.example.com:8443 (dedicated)", "changed", ["proxy"]), moved]
    assert differing("checkout") == differing(ids["checkout"]) == changed
    assert differing("spare") == differing() == []
    refused = cloud.run("site_drift_info", {"site": site, "policies": ["storefrnt"]})
    assert "There is no WAF policy 'storefrnt' (near: storefront)" in refused["msg"]
    # One that the file names and that is gone is no mistake of the caller.
    done(cloud.run("waf_policy", {"name": "spare", "state": "absent"}))
    assert differing("spare") == [("spare", "removed", [])]
    other = compared(cloud, site, gateways=[])
    assert not [one for one in other["drift"] if "acl" in one["list"]]


def test_what_is_no_list_of_the_site_is_not_read(cloud: Cloud) -> None:
    for name, item, services in (
        ("access_policies", WHITE, {"access-policy"}),
        ("acls", {"gateway": "storefront-gateway", "name": "office"}, {"apigw"}),
        ("domains", {"domain": "shop.example.com"}, {"composite-waf"}),
    ):
        cloud.forget()
        compared(cloud, {f"onboarding_{name}": [item]})
        assert {entry["path"].split("/")[3] for entry in cloud.journal()} == services


BAD: tuple[tuple[t.Any, str], ...] = (
    ({}, "site: it has no list to compare."),
    ({"onboarding_evidence": False}, "site: it has no list to compare."),
    ({"onboarding_polices": []}, "site: it holds 'onboarding_polices', which no site has."),
    ({"onboarding_state": "absent", "onboarding_acls": []}, "site: it holds 'onboarding_state', which no site has."),
    ({"onboarding_enforcement": "blok", "onboarding_acls": []}, "site: value of onboarding_enforcement must be one of: block, log, got: blok."),
    ({"onboarding_acls": {"name": "x"}}, "onboarding_acls: it is no list."),
    ({"onboarding_acls": [EDGE | {"name": "abc"}, "x"]}, "onboarding_acls, item 2: it is no dictionary of options."),
    ({"onboarding_geoip_rules": [{**STOREFRONT, "name": "a"}, {**STOREFRONT, "nam": "b"}]}, "onboarding_geoip_rules, item 2: "),
    ({"onboarding_geoip_rules": [{**STOREFRONT, "name": "a", "locatoins": []}]}, "onboarding_geoip_rules, item 1 ('a'): Unsupported parameters: locatoins."),
    ({"onboarding_geoip_rules": [{**STOREFRONT, "name": "a", "planned": True}]}, "onboarding_geoip_rules, item 1 ('a'): Unsupported parameters: planned."),
    ({"onboarding_geoip_rules": [{"name": "a"}]}, "onboarding_geoip_rules, item 1 ('a'): missing required arguments: policy."),
    ({"onboarding_geoip_rules": [STOREFRONT]}, "onboarding_geoip_rules, item 1: one of the following is required: name, id."),
    ({"onboarding_geoip_rules": [{**STOREFRONT, "name": "a", "action": "blok"}]}, "onboarding_geoip_rules, item 1 ('a'): value of action must be one of"),
    ({"onboarding_geoip_rules": [{**STOREFRONT, "name": "a", "locations": [False]}]}, "onboarding_geoip_rules, item 1 ('a'): locations: False is no location"),
    ({"onboarding_geoip_rules": [{**STOREFRONT, "name": "a b"}]}, "onboarding_geoip_rules, item 1 ('a b'): name: 'a b' is not allowed"),
    ({"onboarding_geoip_rules": [{**STOREFRONT, "name": "a"}] * 2}, "onboarding_geoip_rules, item 2 ('a'): item 1 is about the same."),
    ({"onboarding_acls": [{**EDGE, "id": "x"}, {**EDGE, "name": "abc", "id": "x"}]}, "onboarding_acls, item 2 ('abc'): item 1 is about the same."),
    ({"onboarding_acls": [{**EDGE, "name": "abc", "entries": ["10.0.0.0/33"], "entity_type": 5}]}, "onboarding_acls, item 1 ('abc'): value of entity_type"),
    ({"onboarding_waf_domains": [{"domain": "A.example.com"}, {"domain": "a.example.com"}]}, "onboarding_waf_domains, item 2 ('a.example.com'): item 1"),
    (
        {"onboarding_waf_domains": [{"domain": "a.example.com", "dns_switched": "done"}]},
        "onboarding_waf_domains, item 1 ('a.example.com'): value of dns_switched",
    ),
    ({"onboarding_waf_domains": [{"domain": "a.example.com", "port": 443}]}, "onboarding_waf_domains, item 1 ('a.example.com'): port: 443 is a standard port"),
    ({"onboarding_access_policies": [{"name": "x"}]}, "onboarding_access_policies, item 1 ('x'): access_control_type is missing"),
    ({"onboarding_access_policies": [{**WHITE, "removed_ip_addresses": ["x"]}]}, "onboarding_access_policies, item 1 ('offices'): ip_addresses: 'x' is not"),
    ({"onboarding_acl_bindings": [OFFICE, {**OFFICE, "apis": ["a"]}]}, "onboarding_acl_bindings, item 2 ('office'): item 1 is about the same."),
    ({"onboarding_domains": [{"domain": "a.example.com"}, {"domain": "A.example.com"}]}, "onboarding_domains, item 2 ('A.example.com'): item 1 is about"),
)


@pytest.mark.parametrize(("site", "words"), BAD)
def test_a_bad_item_is_named_and_nothing_is_read(cloud: Cloud, site: t.Any, words: str) -> None:
    refused = cloud.run("site_drift_info", {"site": site})
    assert refused["failed"] is True
    assert refused["msg"].startswith(words), refused["msg"]
    assert cloud.journal() == []


def test_two_items_about_one_object_are_refused_however_they_say_it(cloud: Cloud) -> None:
    made = done(cloud.run("waf_geoip_rule", {**STOREFRONT, "name": "old", "locations": ["Cuba"], "action": "log"}))["geoip_rule"]
    for other in ({**STOREFRONT, "id": made["id"]}, {"policy": made["policy_id"], "name": "old"}):
        refused = cloud.run("site_drift_info", {"site": {"onboarding_geoip_rules": [{**STOREFRONT, "name": "old"}, other]}})
        assert "is about the same. Make one of them." in refused["msg"]


def test_a_gateway_that_is_not_seen_is_no_drift(cloud: Cloud) -> None:
    cloud.fault({"match": {"operation": "ListInstancesV2"}, "status": 200, "body": {"total": 0, "size": 0, "instances": []}})
    refused = cloud.run("site_drift_info", {"site": {"onboarding_acls": [{**EDGE, "name": "office"}]}})
    assert "There is no gateway 'edge'" in refused["msg"] and "may list gateways" in refused["msg"]


def test_what_cannot_be_read_fails_with_the_way_out(cloud: Cloud) -> None:
    site = exported(cloud)
    cloud.fault({"match": {"service": "workspace"}, "status": 403, "body": {"error_code": "WKS.0403", "error_msg": "Not subscribed"}})
    refused = cloud.run("site_drift_info", {"site": copy.deepcopy(site)})
    assert "Not subscribed" in refused["msg"]
    assert "To compare the rest, take this out of the site: access_policies." in refused["msg"]


def test_what_the_account_holds_of_a_server_counts(slept: list[float]) -> None:
    held = {**SERVER, "front_protocol": "HTTP", "vpc_id": VPC}
    seed = {"policies": [{"name": "a"}], "domains": [{"hostname": "a.example.com", "mode": "premium", "policy": "a", "server": [held]}]}
    said = {"address": "192.0.2.10", "port": 80, "front_protocol": "http", "back_protocol": "http", "vpc_id": VPC}
    for port, expected in ((80, []), (81, ["servers"])):
        site = {"onboarding_waf_domains": [{"domain": "a.example.com", "servers": [{**said, "port": port}]}]}
        assert [one["fields"] for one in compared(Cloud(seed), site)["drift"]] == ([expected] if expected else [])
