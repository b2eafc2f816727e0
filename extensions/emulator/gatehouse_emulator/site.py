# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a site takes as given: the seed of an account in which everything is there that the site names and does not make itself."""

from __future__ import annotations

import typing as t

Site = t.Mapping[str, t.Any]
_MADE_FOR_OTHERS = "rehearsal"


def givens(site: Site) -> dict[str, t.Any]:
    """The seed for a site, which holds variables of the role onboarding."""
    made = {item.get("name") for item in _listed(site, "policies")}
    domains = _listed(site, "waf_domains")
    named = {str(item["policy"]) for kind in ("geoip_rules", "ip_reputation_rules", "waf_domains") for item in _listed(site, kind) if item.get("policy")}
    others = {str(item["domain"]) for item in _listed(site, "domains")} | {name for item in _listed(site, "policies") for name in item.get("domains") or []}
    others -= {str(item.get("domain")) for item in domains}
    policies = sorted(named - made) + ([_MADE_FOR_OTHERS] if others else [])
    return {
        "policies": [{"name": name, "options": {"geoip": True}} for name in policies],
        "domains": [{"hostname": name, "mode": "cloud", "policy": _MADE_FOR_OTHERS} for name in sorted(others)],
        "certificates": _certificates(domains),
        "gateways": [_gateway(site, name) for name in sorted({str(item["gateway"]) for kind in ("acls", "acl_bindings") for item in _listed(site, kind)})],
        "workspace": {f"{kind}s": _people(site, kind) for kind in ("user", "group")},
    }


def _listed(site: Site, kind: str) -> list[Site]:
    return list(site.get(f"onboarding_{kind}") or [])


def _certificates(domains: t.Sequence[Site]) -> list[dict[str, t.Any]]:
    """The certificates that domains name; each covers the domains that name it."""
    names: dict[str, list[str]] = {}
    for domain in domains:
        if domain.get("certificate"):
            names.setdefault(str(domain["certificate"]), []).append(str(domain["domain"]))
    return [{"name": name, "names": sorted(covered)} for name, covered in sorted(names.items())]


def _gateway(site: Site, name: str) -> dict[str, t.Any]:
    """A gateway with the APIs that bindings name, published where they name them, and the policies that are bound and not made."""
    bindings = [item for item in _listed(site, "acl_bindings") if str(item["gateway"]) == name]
    published: dict[str, set[str]] = {}
    for binding in bindings:
        for api in binding.get("apis") or []:
            published.setdefault(str(api), set()).add(str(binding["environment"]))
    made = {item.get("name") for item in _listed(site, "acls") if str(item["gateway"]) == name}
    bound = sorted({str(item["acl"]) for item in bindings} - made)
    return {
        "name": name,
        "environments": [{"name": one} for one in sorted({str(item["environment"]) for item in bindings} - {"RELEASE"})],
        "apis": [{"name": api, "published": sorted(where)} for api, where in sorted(published.items())],
        "acls": [{"acl_name": one, "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.1"} for one in bound],
    }


def _people(site: Site, kind: str) -> list[str]:
    """The users or groups that access policies name."""
    objects = [one for item in _listed(site, "access_policies") for one in item.get("objects") or []]
    return sorted({str(one["name"]) for one in objects if one.get("type") == kind and one.get("name")})
