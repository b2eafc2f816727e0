# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible refuses inside an item of a list is told with the place of that item, which its own words leave out."""

from __future__ import annotations

import typing as t
from unittest import mock

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _module
from cloud import CONNECTION, Cloud

GOOD = {"name": "embargo", "locations": ["Peru"], "action": "block"}
FENCE = {"name": "fence", "locations": ["Cuba"], "action": "block"}
BOTS = {"name": "bots", "tags": ["Google"], "action": "log"}


def rules(*items: t.Any, **more: t.Any) -> dict[str, t.Any]:
    return {"policy": "storefront", "rules": list(items), **more}


def geoip(*items: t.Any) -> dict[str, t.Any]:
    return {"policy": "storefront", "geoip_rules": list(items)}


REFUSED: list[tuple[str, dict[str, t.Any], str, str]] = [
    ("waf_geoip_rules", rules(GOOD, GOOD, {**FENCE, "enabled": "maybe"}), "item 3 of rules ('fence'): ", "unable to convert to bool"),
    ("waf_geoip_rules", rules(GOOD, {**FENCE, "locations": {}}), "item 2 of rules ('fence'): ", "unable to convert to list"),
    ("waf_geoip_rules", rules({**FENCE, "action": "reject"}, GOOD), "item 1 of rules ('fence'): ", "value of action must be one of"),
    ("waf_geoip_rules", rules(GOOD, 7), "item 2 of rules: ", "Value '7' in the sub parameter field 'rules'"),
    ("waf_geoip_rules", rules({"action": [], "id": "a" * 32}), f"item 1 of rules ('{'a' * 32}'): ", "value of action must be one of"),
    ("waf_geoip_rules", rules(GOOD, {"name": 493, "state": "gone"}), "item 2 of rules ('493'): ", "value of state must be one of"),
    ("waf_geoip_rules", rules({"locatons": ["Cuba"]}), "item 1 of rules: ", "Unsupported parameters for"),
    (
        "waf_geoip_rules",
        rules({**GOOD, "typo": 1}, FENCE, {**FENCE, "typo": 1}, {**FENCE, "slip": 1}),
        "item 1 of rules ('embargo'), item 3 of rules ('fence'), item 4 of rules ('fence'): ",
        "Unsupported parameters for (",
    ),
    (
        "waf_geoip_rules",
        rules(*({"name": f"rule-{number}", "enabled": "perhaps"} for number in range(1, 9))),
        ", ".join(f"item {number} of rules ('rule-{number}')" for number in range(1, 6)) + " and 3 more: ",
        "unable to convert to bool",
    ),
    # What is refused first is told, and nothing else.
    ("waf_geoip_rules", rules({**FENCE, "action": "reject"}, {**GOOD, "enabled": "maybe"}), "item 1 of rules ('fence'): ", "value of action"),
    ("waf_ip_reputation_rules", rules(BOTS, {**BOTS, "tags": 1.5, "type": "isp"}), "item 2 of rules ('bots'): ", "value of type must be one of: idc"),
    ("apig_acls", {"acls": [{"name": "offices", "type": "so"}]}, "item 1 of acls ('offices'): ", "value of type must be one of: permit, deny"),
    (
        "waf_ruleset",
        {"policies": [geoip(GOOD), geoip(GOOD, {**FENCE, "enabled": "maybe"})]},
        "item 2 of geoip_rules of policies item 2 ('storefront') ('fence'): ",
        "unable to convert to bool",
    ),
    (
        "waf_ruleset",
        {"policies": [geoip(GOOD), {**geoip(GOOD), "ip_reputation_rules": [{**BOTS, "tag": "Google"}]}]},
        "item 1 of ip_reputation_rules of policies item 2 ('storefront') ('bots'): ",
        "policies.ip_reputation_rules.tag",
    ),
    ("waf_ruleset", {"policies": [geoip(GOOD), {"geoip_rules": [FENCE]}]}, "item 2 of policies: ", "missing required arguments: policy"),
    ("waf_ruleset", {"policies": [geoip(GOOD), {**geoip(GOOD), "rules": []}]}, "item 2 of policies ('storefront'): ", "policies.rules"),
    ("waf_ruleset", {"policies": [geoip(GOOD), {**geoip(), "geoip_rules": {}}]}, "item 2 of policies ('storefront'): ", "unable to convert to"),
    (
        "workspace_access_policy",
        {"name": "offices", "access_control_type": "access_type", "objects": [{"type": "user", "name": "anna"}, {"type": "robot", "name": "bob"}]},
        "item 2 of objects ('bob'): ",
        "value of type must be one of",
    ),
    (
        "workspace_access_policy",
        {"name": "offices", "access_control_type": "access_type", "objects": [{"type": "user"}]},
        "item 1 of objects: ",
        "one of the following is required: name, id",
    ),
]


@pytest.mark.parametrize(("module", "options", "place", "words"), REFUSED)
def test_an_item_that_ansible_refuses_is_told_with_its_place(cloud: Cloud, module: str, options: dict[str, t.Any], place: str, words: str) -> None:
    result = cloud.run(module, options)
    assert result["failed"] is True
    assert result["msg"].startswith(place), result["msg"]
    assert words in result["msg"]
    assert cloud.journal() == []


@pytest.mark.parametrize(
    ("module", "options", "beginning"),
    [
        ("waf_geoip_rules", rules(GOOD, purge="perhaps"), "argument 'purge'"),
        # What is wrong with the task as a whole is told first, and has no place.
        ("waf_geoip_rules", rules({**FENCE, "enabled": "maybe"}, purge="perhaps", max_deletions="many"), "argument '"),
        ("waf_geoip_rules", rules(GOOD, typo=1), "Unsupported parameters for ("),
        ("waf_geoip_rules", {"policy": "storefront", "rules": {}}, "argument 'rules'"),
        ("waf_geoip_rules", {"policy": "storefront"}, "missing required arguments: rules"),
        ("waf_geoip_rule", {"name": "embargo", "enabled": "maybe"}, "missing required arguments: policy"),
    ],
)
def test_what_is_about_no_item_has_no_place(cloud: Cloud, module: str, options: dict[str, t.Any], beginning: str) -> None:
    result = cloud.run(module, options)
    assert result["msg"].startswith(beginning), result["msg"]


def test_a_secret_in_the_name_of_an_item_is_not_shown(cloud: Cloud) -> None:
    secret = CONNECTION["secret_key"]
    for name in (secret, f"not {secret}", "a " * 100 + secret + " a" * 100):
        result = cloud.run("waf_geoip_rules", rules(GOOD, {"name": name, "enabled": "maybe"}))
        assert result["msg"].startswith("item 2 of rules ("), result["msg"]
        assert secret not in str(result) and secret[:12] not in str(result)


def test_the_place_is_looked_for_after_a_refusal_only(cloud: Cloud) -> None:
    with mock.patch.object(_module, "_items_meant", side_effect=AssertionError):
        assert not cloud.run("waf_geoip_rules", rules(GOOD)).get("failed")
