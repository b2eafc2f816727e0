# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a request, as fault rules of the emulator: the same for the same share and seed."""

from __future__ import annotations

import typing as t
import zlib

Effect = dict[str, t.Any]

_PAGE = "<html><head><title>Bad gateway</title></head><body><h1>502</h1></body></html>"
_LATER = "Fri, 01 Jan 2100 00:00:00 GMT"


def _refusal(code: str) -> dict[str, str]:
    return {"error_code": code, "error_msg": "The weather is bad"}


# What may happen to every request.
_ALWAYS: tuple[Effect, ...] = (
    {"name": "429", "status": 429, "body": _refusal("APIGW.0308")},
    {"name": "429, Retry-After in seconds", "status": 429, "body": _refusal("APIGW.0308"), "headers": {"Retry-After": "2"}},
    {"name": "429, Retry-After as a date", "status": 429, "body": "", "headers": {"Retry-After": _LATER}},
    {"name": "500 that is a throttling (APIG.9008)", "status": 500, "body": _refusal("APIG.9008")},
    {"name": "500", "status": 500, "body": _refusal("APIGW.0601")},
    {"name": "502 with a page of HTML", "status": 502, "body": _PAGE, "headers": {"Content-Type": "text/html"}},
    {"name": "503 without a body", "status": 503, "body": ""},
    {"name": "504", "status": 504, "body": _refusal("APIGW.0201")},
    {"name": "cut before it was carried out", "drop": "before"},
    {"name": "cut after it was carried out", "drop": "after"},
    {"name": "slow", "delay": 0.002},
)
_READS: tuple[Effect, ...] = (
    {"name": "stale", "stale": True},
    {"name": "stale and slow", "stale": True, "delay": 0.001},
    {"name": "read, with an empty answer", "empty": True},
    {"name": "200 with a page of HTML", "status": 200, "body": _PAGE, "headers": {"Content-Type": "text/html"}},
)
_WRITES: tuple[Effect, ...] = ({"name": "carried out by half", "partial": True}, {"name": "carried out, with an empty answer", "empty": True})

# What a list of the rules of all policies may tell instead of the truth.
_LIES = ("a list that tells of nothing", "a list that tells of half", "a list without descriptions")
_LISTS = {"ListGeoIpPolicyRules": "geoip_rules", "ListIpReputationPolicyRules": "ip_reputation_rules"}

KINDS = (*(effect["name"] for effect in (*_ALWAYS, *_READS, *_WRITES)), *_LIES)


def rules(share: float, *day: t.Any) -> list[dict[str, t.Any]]:
    """The fault rules of a day on which so much goes wrong; what names the day decides what."""
    return [
        {
            "match": {"method": method},
            "share": share,
            "seed": zlib.crc32(f"{method} {day}".encode()),
            "one_of": [*_ALWAYS, *(_READS if method == "GET" else _WRITES)],
        }
        for method in ("GET", "POST", "PUT", "DELETE")
    ]


def lies(state: t.Mapping[str, t.Any], share: float, *day: t.Any) -> list[dict[str, t.Any]]:
    """The fault rules of a day on which lists of the rules of all policies leave some out: half of them, and every second one."""

    def told(kind: str, step: int) -> Effect:
        rules = [{**rule, "policyid": policy["id"]} for policy in state["policies"] for rule in policy.get(kind, ())][::step] if step else []
        return {"status": 200, "body": {"total": len(rules), "items": rules}}

    return [
        {
            "match": {"operation": operation},
            "share": (1 + share) / 2,
            "seed": zlib.crc32(f"{operation} {day}".encode()),
            "one_of": [{"name": name, **effect} for name, effect in zip(_LIES, (told(kind, 0), told(kind, 2), {"strip": ["description"]}))],
        }
        for operation, kind in _LISTS.items()
    ]
