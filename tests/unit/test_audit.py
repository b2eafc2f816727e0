# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible Automation Platform counts of our results: its queries over what our modules really say."""

from __future__ import annotations

import typing as t

import jq
import pytest
import yaml

from cloud import Cloud
from plays import ROOT

QUERIES = yaml.safe_load((ROOT / "extensions" / "audit" / "event_query.yml").read_text(encoding="utf-8"))
PREFIX = "gatehouse.huaweicloud."
SERVER = {"address": "192.0.2.30", "port": 80, "front_protocol": "http", "back_protocol": "http"}
ACL = {"gateway": "storefront-gateway", "name": "offices", "type": "permit", "entity_type": "ip", "values": ["192.0.2.1"]}
BINDING = {"gateway": "storefront-gateway", "acl": "offices", "environment": "RELEASE", "apis": ["orders"]}
# Each module with options, the name of what it looks after, and the fact that tells it from others.
CASES: dict[str, tuple[dict[str, t.Any], str, str]] = {
    "waf_domain": ({"domain": "docs.example.com", "servers": [SERVER], "policy": "storefront"}, "docs.example.com", "huaweicloud_waf_domain_id"),
    "waf_access_progress": ({"domain": "shop.example.com", "verified_locally": "completed"}, "shop.example.com", "huaweicloud_waf_domain_id"),
    "apig_acl": (ACL, "storefront-gateway", "huaweicloud_apig_gateway_id"),
    "apig_acl_binding": (BINDING, "storefront-gateway", "huaweicloud_apig_gateway_id"),
}


def counted(module: str, result: t.Any) -> list[dict[str, t.Any]]:
    return list(jq.compile(QUERIES[PREFIX + module]["query"]).input_value(result).all())


def test_every_query_is_for_a_module_and_is_tried_here() -> None:
    assert set(QUERIES) == {PREFIX + name for name in CASES}
    assert all((ROOT / "plugins" / "modules" / f"{name}.py").exists() for name in CASES)


@pytest.mark.parametrize("module", sorted(CASES))
def test_what_a_task_looked_after_counts_once_and_by_its_id(module: str, cloud: Cloud) -> None:
    options, name, fact = CASES[module]
    if module == "apig_acl_binding":
        cloud.run("apig_acl", ACL)
    (first,), (again,) = (counted(module, cloud.run(module, options)) for _time in range(2))
    state = cloud.state()
    known = [*state["domains"], *state["gateways"]]
    (wanted,) = (one["id"] for one in known if name in (one.get("hostname"), one.get("name")))
    # The platform needs texts, for it compares these, and takes no result that is null.
    assert first["canonical_facts"] == again["canonical_facts"] == {fact: wanted}
    assert first["name"] == name and set(first["facts"]) == {"infra_type", "infra_bucket", "device_type"}


@pytest.mark.parametrize("module", sorted(CASES))
def test_what_is_no_node_counts_nothing(module: str, cloud: Cloud) -> None:
    options = CASES[module][0]
    results: list[t.Any] = [{}, {"results": [{"changed": True}]}, {"msg": "refused", "failed": True, "api_error": None}, {"domain": "text"}, {"acl": None}]
    results.append({"censored": "the output has been hidden"})
    # Something that is not there yet, and something that is gone.
    if module == "waf_domain":
        results += [cloud.run(module, options, check=True), cloud.run(module, {"domain": "docs.example.com", "state": "absent"})]
    elif module != "waf_access_progress":
        if module == "apig_acl_binding":
            cloud.run("apig_acl", ACL)
        results.append(cloud.run(module, {name: value for name, value in options.items() if name != "apis"} | {"state": "absent"}))
    else:
        results.append(cloud.run(module, {"domain": "nowhere.example.com", "state": "absent"}))
    for result in results:
        assert counted(module, result) == [], result
