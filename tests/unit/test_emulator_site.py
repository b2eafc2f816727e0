# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a site takes as given is there in a rehearsal, and what it makes itself is not."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from gatehouse_emulator.account import checked, dumped, seeded
from gatehouse_emulator.site import givens

SITE = Path(__file__).resolve().parents[2] / "playbooks" / "vars" / "storefront.yml"
BINDING = {"gateway": "edge", "acl": "office", "environment": "staging", "apis": ["orders"]}


def account(site: dict[str, t.Any]) -> dict[str, t.Any]:
    return dumped(seeded(checked(givens(site))))


def test_the_example_site_makes_its_policy_and_domains_and_finds_the_rest() -> None:
    held = account(yaml.safe_load(SITE.read_text(encoding="utf-8")))
    assert (held["policies"], held["domains"]) == ([], [])
    assert [(one["name"], one["names"]) for one in held["certificates"]] == [("storefront-certificate", ["pay.example.com"])]
    (gateway,) = held["gateways"]
    assert (gateway["name"], gateway["acls"]) == ("storefront-gateway", [])
    assert {one["name"]: one["published"] for one in gateway["apis"]} == {"orders": ["RELEASE"], "catalogue": ["RELEASE"]}
    assert [one["user_name"] for one in held["workspace"]["users"]] == ["dalia"]
    assert [one["name"] for one in held["workspace"]["groups"]] == ["contractors"]


@pytest.mark.parametrize("listed", [True, False])
def test_what_is_named_and_not_listed_is_there(listed: bool) -> None:
    site: dict[str, t.Any] = {
        "onboarding_geoip_rules": [{"policy": "old", "name": "embargo"}],
        "onboarding_domains": [{"domain": "a.example.com"}],
        "onboarding_acl_bindings": [BINDING],
    }
    if listed:
        site["onboarding_policies"] = [{"name": "old", "domains": ["b.example.com"]}]
        site["onboarding_acls"] = [{"gateway": "edge", "name": "office"}]
        site["onboarding_waf_domains"] = [{"domain": "a.example.com", "policy": "old"}]
    held = account(site)
    assert [one["hostname"] for one in held["domains"]] == (["b.example.com"] if listed else ["a.example.com"])
    assert ("old" in [one["name"] for one in held["policies"]]) is not listed
    (gateway,) = held["gateways"]
    assert [one["acl_name"] for one in gateway["acls"]] == ([] if listed else ["office"])
    assert [one["name"] for one in gateway["environments"]] == ["staging"]
    assert [one["published"] for one in gateway["apis"]] == [["staging"]]


def test_an_empty_site_takes_nothing_as_given() -> None:
    held = account({"onboarding_acls": None})
    assert not any(held[kind] for kind in ("policies", "domains", "certificates", "gateways"))
