# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that sites are made from, and sites carried out item by item as the role carries them out, without a playbook."""

from __future__ import annotations

import typing as t

from hypothesis import strategies as st

from cloud import Cloud, Result
from gatehouse_emulator.account import SWITCHES
from gatehouse_emulator.waf_places import TAGS, locations
from wishes import done

Seed = dict[str, t.Any]
Site = dict[str, t.Any]

STEPS = ("origin_whitelisted", "verified_locally", "dns_switched")
# The lists in the order of the role, with the module that each goes to.
LISTS = {
    "policies": "waf_policy",
    "geoip_rules": "waf_geoip_rule",
    "ip_reputation_rules": "waf_ip_reputation_rule",
    "acls": "apig_acl",
    "acl_bindings": "apig_acl_binding",
    "access_policies": "workspace_access_policy",
    "waf_domains": "waf_domain",
}
SERVER = {"front_protocol": "HTTP", "back_protocol": "HTTP", "address": "192.0.2.10", "port": 80, "type": "ipv4", "weight": 1}
VPC = "00000000-0000-0000-0000-000000000001"
# One of everything, with names that nothing else has.
RICH: Seed = {
    "policies": [
        {
            "name": "storefront",
            "options": {"geoip": True},
            "action": {"category": "block"},
            "geoip_rules": [
                {"name": "embargo", "geoip": "Peru|BJ", "white": 0, "description": "Nobody\nfrom there"},
                {"name": "watch", "geoip": "CA", "white": 2, "status": 0},
            ],
            "ip_reputation_rules": [{"name": "data centres", "type": "idc", "tags": ["Google", "Amazon"], "action": {"category": "pass"}}],
        },
        {"name": "checkout", "level": 3, "full_detection": True},
        {"name": "spare"},
    ],
    "certificates": [{"name": "shop", "names": ["*.example.com"]}],
    "domains": [
        {"hostname": "shop.example.com", "mode": "cloud", "policy": "storefront", "server": [SERVER], "access_progress": [{"step": 1, "status": 1}]},
        {
            "hostname": "pay.example.com:8443",
            "mode": "premium",
            "policy": "checkout",
            "certificate": "shop",
            "protect_status": 0,
            "server": [{**SERVER, "front_protocol": "HTTPS", "vpc_id": VPC}, {**SERVER, "address": "192.0.2.11", "vpc_id": VPC}],
        },
    ],
    "gateways": [
        {
            "name": "edge",
            "environments": [{"name": "staging"}],
            "apis": [{"name": "orders", "published": ["RELEASE", "staging"]}, {"name": "catalogue", "published": ["RELEASE", "staging"]}],
            "acls": [
                {
                    "acl_name": "office",
                    "acl_type": "PERMIT",
                    "entity_type": "IP",
                    "acl_value": "192.0.2.7,198.51.100.0/24",
                    "bindings": [{"api_name": "orders", "env_name": "RELEASE"}, {"api_name": "catalogue", "env_name": "RELEASE"}],
                },
                {
                    "acl_name": "partners",
                    "acl_type": "DENY",
                    "entity_type": "DOMAIN",
                    "acl_value": "parcels",
                    "bindings": [{"api_name": "orders", "env_name": "RELEASE"}],
                },
                {"acl_name": "idle", "acl_type": "DENY", "entity_type": "IP", "acl_value": "192.0.2.9"},
            ],
        }
    ],
    "workspace": {
        "users": [{"id": "u1", "user_name": "anna"}, {"id": "u2", "user_name": "bogdan"}],
        "groups": [{"id": "g1", "name": "support"}],
        "policies": [
            {
                "policy_name": "offices",
                "access_control_type": "IP_WHITE_LIST",
                "is_enable": True,
                "ip_list": [{"ip_address": "192.0.2.0", "subnet_mask": "255.255.255.0"}],
            },
            {
                "policy_name": "no internet",
                "access_control_type": "ACCESS_TYPE",
                "objects": [
                    {"object_id": "u1", "object_type": "USER", "object_name": "anna"},
                    {"object_id": "g1", "object_type": "USERGROUP", "object_name": "support"},
                ],
            },
        ],
    },
}


def exported(cloud: Cloud, **options: t.Any) -> Site:
    """The site of an account."""
    return dict(done(cloud.run("site_info", options))["site"])


def compared(cloud: Cloud, site: t.Mapping[str, t.Any], **options: t.Any) -> Result:
    """What site_drift_info tells of a site."""
    return done(cloud.run("site_drift_info", {"site": site, **options}))


def kinds(result: Result) -> list[tuple[str, str, str, list[str]]]:
    """What differs, in short."""
    return [(one["list"].removeprefix("onboarding_"), one["item"], one["drift"], one["fields"]) for one in result["drift"]]


def carried_out(cloud: Cloud, site: Site) -> list[str]:
    """Which items changed something, each list carried out item by item."""
    changed = []
    for name, module in LISTS.items():
        for number, item in enumerate(site.get(f"onboarding_{name}") or []):
            steps = {step: status for step, status in item.items() if step in STEPS}
            result = done(cloud.run(module, {option: value for option, value in item.items() if option not in STEPS}))
            changes = [result["changed"]]
            if steps:
                changes.append(done(cloud.run("waf_access_progress", {"domain": result["domain"]["id"], **steps}))["changed"])
            if any(changes):
                changed.append(f"{name}[{number}]")
    return changed


# Accounts that nobody has thought of

_LETTERS = st.sampled_from("abzAZ09äßЖ中_")
_DESCRIPTIONS = st.one_of(
    st.sampled_from(("", "NO", "on", "1e3", "# no comment", "a: b", "{{ 7 * 7 }}", "{% if %}", "two\nlines\n", "\ttab ", "'\"\\", "\u2028", "\U0001f6a7", "~")),
    st.text(st.characters(exclude_categories=("C",)), max_size=20),
)


def _named(letters: st.SearchStrategy[str], at_least: int = 1, at_most: int = 12) -> st.SearchStrategy[str]:
    return st.lists(letters, min_size=at_least, max_size=at_most).map("".join)


def _parts(draw: st.DrawFn, known: t.Sequence[str], at_most: int, long: int) -> list[list[str]]:
    """Sets that share no member."""
    left = draw(st.permutations(known))
    parts = []
    for _number in range(draw(st.integers(0, at_most))):
        size = draw(st.sampled_from((1, 2, long)))
        part, left = list(left[:size]), left[size:]
        parts += [part] if part else []
    return parts


def _names(draw: st.DrawFn, names: st.SearchStrategy[str], count: int, twins: bool) -> list[str]:
    """So many names, all different unless two may be the same."""
    drawn = draw(st.lists(names, min_size=count, max_size=count, unique_by=str.casefold))
    return [drawn[0]] * len(drawn) if twins and drawn and draw(st.booleans()) else drawn


@st.composite
def accounts(draw: st.DrawFn, odd: bool) -> Seed:
    """Accounts of every service. Those that are odd have names twice, or such as the modules would not take."""
    policies = [_policy(draw, name, odd) for name in _names(draw, _named(st.one_of(_LETTERS, st.just("-"))), draw(st.integers(1, 3)), odd)]
    numbers = iter(range(1, 100))
    gateways = [_gateway(draw, name, numbers, odd) for name in _names(draw, _named(_LETTERS, 3), draw(st.integers(0, 2)), False)]
    return {
        "policies": policies,
        "certificates": [{"name": "all", "names": ["*"]}],
        "domains": [_domain(draw, number, policies) for number in range(draw(st.integers(0, 3)))],
        "gateways": gateways,
        "workspace": _workspace(draw, odd),
        "limits": {"geoip_rules": 1000},
    }


def _policy(draw: st.DrawFn, name: str, odd: bool) -> Seed:
    wanted = {"action": {"category": draw(st.sampled_from(("log", "block")))}, "level": draw(st.sampled_from((1, 2, 3)))}
    geoip = _parts(draw, sorted(locations()["locations"])[:80], 3, 40)
    tags = _parts(draw, TAGS, 3, 5)
    letters = st.one_of(_LETTERS, st.sampled_from(":.-"))
    return {
        "name": name,
        **wanted,
        "full_detection": draw(st.booleans()),
        "options": draw(st.dictionaries(st.sampled_from(SWITCHES), st.booleans(), max_size=8)),
        "geoip_rules": [
            {"name": called, "geoip": "|".join(part), "white": draw(st.integers(0, 2)), "status": draw(st.integers(0, 1)), "description": draw(_DESCRIPTIONS)}
            for called, part in zip(_names(draw, _named(st.one_of(letters, st.just(" ")) if odd else letters), len(geoip), odd), geoip)
        ],
        "ip_reputation_rules": [
            {
                "name": called,
                "type": "idc",
                "tags": part,
                "action": {"category": draw(st.sampled_from(("block", "pass", "log", *(("captcha",) if odd else ()))))},
                "status": draw(st.integers(0, 1)),
                "description": draw(_DESCRIPTIONS),
            }
            for called, part in zip(_names(draw, _named(st.one_of(letters, st.sampled_from(" '#{%}"))), len(tags), odd), tags)
        ],
    }


def _domain(draw: st.DrawFn, number: int, policies: list[Seed]) -> Seed:
    mode = draw(st.sampled_from(("cloud", "premium")))
    encrypted = draw(st.booleans())
    vpc = {"vpc_id": VPC} if mode == "premium" else {}
    servers = [
        {**SERVER, "front_protocol": "HTTPS" if encrypted else "HTTP", "address": address, "port": draw(st.sampled_from((80, 8443))), "type": kind, **vpc}
        for address, kind in draw(
            st.lists(st.sampled_from((("192.0.2.1", "ipv4"), ("2001:db8::1", "ipv6"), ("o.example.com", "ipv4"))), min_size=1, unique=True)
        )
    ]
    port = draw(st.sampled_from(("", "", ":8443")))
    return {
        "hostname": draw(st.sampled_from((f"a{number}.example.com", f"*.b{number}.example.com"))) + port,
        "mode": mode,
        "policy": draw(st.sampled_from([policy["name"] for policy in policies])),
        **({"certificate": "all"} if encrypted else {}),
        "server": servers,
        "proxy": draw(st.booleans()),
        "description": draw(_DESCRIPTIONS),
        "protect_status": draw(st.sampled_from((-1, 0, 1))),
        "access_status": draw(st.sampled_from((0, 1, 2))),
        "access_progress": [{"step": step, "status": draw(st.integers(0, 2))} for step in (1, 2, 3) if draw(st.booleans())],
    }


def _gateway(draw: st.DrawFn, name: str, numbers: t.Iterator[int], odd: bool) -> Seed:
    apis = _names(draw, _named(st.one_of(_LETTERS, st.sampled_from(" .'")), 3).map(lambda api: f"a{api}z"), 3, odd)
    listed = [{"id": f"api{next(numbers)}", "name": api, "published": ["RELEASE", "staging"]} for api in apis]
    free = {(kind, environment): list(listed) for kind in ("PERMIT", "DENY") for environment in ("RELEASE", "staging")}
    acls = []
    for called in _names(draw, _named(st.sampled_from("abZ09_"), 2).map(lambda acl: f"a{acl}"), draw(st.integers(0, 3)), odd):
        kind, entity = draw(st.sampled_from(("PERMIT", "DENY"))), draw(st.sampled_from(("IP", "DOMAIN")))
        values = ["198.51.100.0/24", "192.0.2.1-192.0.2.9", *(f"203.0.113.{n}" for n in range(draw(st.sampled_from((1, 90)))))]
        bindings = []
        for environment in ("RELEASE", "staging"):
            # An API has one policy of each type in an environment.
            held = free[kind, environment]
            taken = [held.pop() for _number in range(min(len(held), draw(st.integers(0, 2))))]
            bindings += [{"api_name": api["name"], "api_id": api["id"], "env_name": environment} for api in taken]
        value = ",".join(values) if entity == "IP" else "parcels,couriers"
        acls.append({"acl_name": called, "acl_type": kind, "entity_type": entity, "acl_value": value, "bindings": bindings})
    return {"name": name, "environments": [{"name": "staging"}], "apis": listed, "acls": acls}


def _workspace(draw: st.DrawFn, odd: bool) -> Seed:
    users = [{"id": f"u{number}", "user_name": name} for number, name in enumerate(_names(draw, _named(_LETTERS), 3, odd))]
    groups = [{"id": f"g{number}", "name": name} for number, name in enumerate(_names(draw, _named(_LETTERS), 2, odd))]
    everybody = [
        *({"object_id": one["id"], "object_type": "USER", "object_name": one["user_name"]} for one in users),
        *({"object_id": one["id"], "object_type": "USERGROUP", "object_name": one["name"]} for one in groups),
    ]
    policies: list[Seed] = []
    for name in _names(draw, _named(st.one_of(_LETTERS, st.sampled_from(" #:-"))), draw(st.integers(0, 3)), False):
        if draw(st.booleans()):
            objects = draw(st.lists(st.sampled_from(everybody), unique_by=lambda one: one["object_id"], min_size=0 if odd else 1))
            policies.append({"policy_name": name, "access_control_type": "ACCESS_TYPE", "objects": objects})
            continue
        entries = [{"ip_address": f"10.0.{n // 250}.{n % 250}", "subnet_mask": "255.255.255.255"} for n in range(draw(st.sampled_from((0, 1, 600))))]
        enabled = draw(st.booleans()) and (odd or bool(entries))
        blocks = enabled and draw(st.booleans())
        policies.append({"policy_name": name, "access_control_type": "IP_WHITE_LIST", "is_enable": enabled, "is_block_all": blocks, "ip_list": entries})
    return {"users": users, "groups": groups, "policies": policies}
