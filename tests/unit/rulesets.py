# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set of geolocation rules as the tests of sets say it, and what is there of it."""

from __future__ import annotations

import typing as t

from cloud import Cloud, Result


def rule(name: str, *locations: str, **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "locations": list(locations), "action": "block", **more}


def run(cloud: Cloud, *rules: dict[str, t.Any], check: bool = False, diff: bool = False, **options: t.Any) -> Result:
    return cloud.run("waf_geoip_rules", {"policy": "storefront", "rules": list(rules), **options}, check=check, diff=diff)


def held(cloud: Cloud, policy: str = "storefront") -> dict[str, set[str]]:
    (found,) = [one for one in cloud.state()["policies"] if one["name"] == policy]
    return {one["name"]: set(one["geoip"].split("|")) for one in found.get("geoip_rules", [])}


def cloud_with(rules: t.Mapping[str, t.Sequence[str]], **more: t.Any) -> Cloud:
    """A policy with rules, and one without."""
    made = [{"id": f"{number:032x}", "name": name, "geoip": "|".join(places), "white": 0} for number, (name, places) in enumerate(rules.items(), 1)]
    switched = {"options": {"geoip": True}}
    limits = {"geoip_rules": 10000, "policies": 1000, "made_up_locations": 10000}
    return Cloud({"policies": [{"name": "storefront", "geoip_rules": made, **switched}, {"name": "other", **switched}], "limits": limits, **more})


def reads(cloud: Cloud) -> list[str]:
    return [entry["operation"] for entry in cloud.journal() if not entry["write"]]


def actions(result: Result) -> list[tuple[str, str]]:
    return [(one["action"], one["name"]) for one in result["changed_items"]]
