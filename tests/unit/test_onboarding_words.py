# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a site needs beside a rule: names that are nearly right, policies that are planned, switches that are off."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import the_one
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError, InputError
from cloud import Cloud
from gatehouse_emulator.account import DEMO
from wishes import ACL, GEOIP, REPUTATION


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("waf_geoip_rule", {**GEOIP, "policy": "Storefrnt"}, "There is no WAF policy 'Storefrnt' (near: storefront). Check policy"),
        ("apig_acl", {**ACL, "gateway": "storefrontgateway"}, "There is no gateway 'storefrontgateway' (near: storefront-gateway). Check gateway"),
        (
            "waf_access_progress",
            {"domain": "shop.exmaple.com"},
            "There is no domain 'shop.exmaple.com' (near: shop.example.com, pay.example.com).",
        ),
        (
            "workspace_access_policy",
            {"name": "PRIVATE_ACCESS", "access_control_type": "access_type", "objects": [{"type": "user", "name": "ana"}]},
            "There is no Workspace user 'ana' (near: anna). Check objects",
        ),
        ("waf_geoip_rule", {**GEOIP, "policy": "something-else"}, "There is no WAF policy 'something-else'. Check policy"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_name_that_is_missed_tells_the_near_ones(cloud: Cloud, module: str, options: t.Any, words: str, check: bool) -> None:
    result = cloud.run(module, options, check=check)
    assert words in result["msg"], result["msg"]
    assert cloud.writes() == []


def test_near_names_are_left_out_where_they_cannot_be_read() -> None:
    def denied() -> t.Iterator[str]:
        yield "storefront"
        raise GatehouseError("denied")

    with pytest.raises(InputError) as caught:
        the_one("WAF policy", "Storefrnt", [], "Check policy.", others=denied)
    assert str(caught.value) == "There is no WAF policy 'Storefrnt'. Check policy."


@pytest.mark.parametrize(("module", "options", "kind"), [("waf_geoip_rule", GEOIP, "geoip_rule"), ("waf_ip_reputation_rule", REPUTATION, "ip_reputation_rule")])
def test_a_rule_of_a_policy_that_is_planned_is_foreseen(cloud: Cloud, module: str, options: t.Any, kind: str) -> None:
    planned = {**options, "policy": "new", "planned": True}
    foreseen = cloud.run(module, planned, check=True)
    assert foreseen["changed"] is True
    assert (foreseen[kind]["policy"], foreseen[kind]["policy_id"]) == ("new", None)
    for check in (True, False):
        assert cloud.run(module, {**planned, "state": "absent"}, check=check)["changed"] is False
        assert "There is no WAF policy 'new'" in cloud.run(module, {**planned, "state": "absent", "planned": False}, check=check)["msg"]
    # A real run needs the policy, and one that is there is looked at.
    assert "There is no WAF policy 'new'" in cloud.run(module, planned)["msg"]
    assert cloud.writes() == []
    assert cloud.run(module, options)["changed"] is True
    assert cloud.run(module, {**options, "planned": True}, check=True)["changed"] is False


def test_a_rule_warns_while_the_switch_of_its_policy_is_off() -> None:
    cloud = Cloud({"policies": [{"name": "storefront", "options": {"geoip": False}}]})
    words = "The geolocation rules of the WAF policy 'storefront' do nothing while its switch for them is off: options.geoip of waf_policy."
    assert cloud.run("waf_geoip_rule", GEOIP, check=True)["warnings"] == [words]
    assert cloud.run("waf_geoip_rule", GEOIP)["warnings"] == [words]
    assert cloud.run("waf_geoip_rule", GEOIP)["warnings"] == [words]
    assert "warnings" not in cloud.run("waf_geoip_rule", {**GEOIP, "enabled": False})
    assert "warnings" not in cloud.run("waf_geoip_rule", {"policy": "storefront", "name": GEOIP["name"], "state": "absent"})
    assert "warnings" not in cloud.run("waf_ip_reputation_rule", REPUTATION)


@pytest.mark.parametrize(
    ("module", "identity", "words"),
    [("waf_policy", {"name": "storefront"}, "WAF.00022003"), ("apig_acl", {"gateway": "storefront-gateway", "name": "warehouse"}, "APIG.3447")],
)
def test_what_stands_in_the_way_of_a_removal_counts_as_gone_in_check_mode_where_the_play_removes_it(module: str, identity: t.Any, words: str) -> None:
    acl = {"acl_name": "warehouse", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.7", "bind_num": 1}
    cloud = Cloud({**DEMO, "gateways": [{"name": "storefront-gateway", "acls": [acl]}]})
    removal = {**identity, "state": "absent"}
    assert words in cloud.run(module, removal, check=True)["msg"]
    assert cloud.run(module, {**removal, "planned": True}, check=True)["changed"] is True
    assert words in cloud.run(module, {**removal, "planned": True})["msg"]
