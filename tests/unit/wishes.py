# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wishes that several tests begin with, and what they look at afterwards."""

from __future__ import annotations

import typing as t

from cloud import Cloud, Result

POLICY = {"name": "checkout", "level": "high", "mode": "block", "options": {"geoip": True}}
# What can be told but not made.
ONLY_TOLD = {"caller_info", "site_drift_info", "site_info", "waf_domain_check", "waf_ip_reputation_tag_info", "waf_location_info", "waf_source_ip_info"}
# What is about whole sets, and the modules about one object of each: the info twins of those tell of sets as well.
SETS: t.Mapping[str, tuple[str, ...]] = {
    "apig_acls": ("apig_acl",),
    "waf_geoip_rules": ("waf_geoip_rule",),
    "waf_ip_reputation_rules": ("waf_ip_reputation_rule",),
    "waf_ruleset": ("waf_geoip_rule", "waf_ip_reputation_rule"),
}
GEOIP = {"policy": "storefront", "name": "embargo", "locations": ["Peru", "BJ"], "action": "block"}
REPUTATION = {"policy": "storefront", "name": "bots", "tags": ["Google"], "action": "block"}
ACL = {"gateway": "storefront-gateway", "name": "offices", "type": "permit", "entity_type": "ip", "entries": ["192.0.2.7"]}
WHITE_LIST = {"name": "offices", "access_control_type": "ip_white_list"}
HOST = {"id": "a" * 32, "hostname": "shop.example.com", "waf_type": "cloud"}
ACCESS_TYPE = {"name": "no internet", "access_control_type": "access_type"}


def done(result: Result) -> Result:
    """A result that is no failure."""
    assert not result.get("failed"), result["msg"]
    return result


def operations(cloud: Cloud) -> list[str]:
    """The operations that wrote, in order."""
    return [entry["operation"] for entry in cloud.writes()]


def late(operation: str, times: int | None) -> dict[str, t.Any]:
    """A fault: so many answers of an operation do not know the last write yet."""
    return {"match": {"operation": operation}, "stale": True, **({"times": times} if times else {})}


def addresses(result: Result) -> list[str]:
    """The addresses of an access policy that a result tells."""
    return list(done(result)["access_policy"]["ip_addresses"])
