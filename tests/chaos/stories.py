# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for in a campaign: an account with neighbours that nobody names, and for each resource the wishes one after the other."""

from __future__ import annotations

import copy
import typing as t
from dataclasses import dataclass

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

_ENTITIES = {"acl_type": "PERMIT", "entity_type": "IP"}
# Neighbours have names that begin alike, the same name elsewhere, or the same name and another type.
ACCOUNT: State = {
    "policies": [
        {
            "id": "policy-1",
            "name": "storefront",
            "options": {"geoip": True},
            "geoip_rules": [{"id": "rule-1", "name": "embargo-2", "geoip": "Chile|Cuba", "white": 2, "status": 0, "description": "a neighbour"}],
            "ip_reputation_rules": [{"id": "rule-2", "name": "bots-2", "type": "idc", "tags": ["VNET"], "action": {"category": "pass"}, "status": 0}],
        },
        {
            "id": "policy-2",
            "name": "storefront-2",
            "geoip_rules": [{"id": "rule-3", "name": "embargo", "geoip": "Peru|BJ", "white": 1}],
            "ip_reputation_rules": [{"id": "rule-4", "name": "bots", "type": "idc", "tags": ["Google"], "action": {"category": "log"}}],
        },
    ],
    "domains": [
        {"id": "domain-1", "hostname": "shop.example.com", "mode": "cloud", "policy": "storefront", "access_progress": [{"step": 2, "status": 2}]},
        {"id": "domain-2", "hostname": "pay.example.com", "mode": "premium", "policy": "storefront"},
        {"id": "domain-3", "hostname": "old.shop.example.com", "mode": "cloud", "policy": "storefront-2", "access_progress": [{"step": 1, "status": 1}]},
    ],
    "gateways": [
        {
            "id": "gateway-1",
            "name": "storefront-gateway",
            "acls": [{"id": "acl-1", "acl_name": "offices_2", "acl_value": "192.0.2.99", "bind_num": 1, **_ENTITIES}],
        },
        {"id": "gateway-2", "name": "storefront-gateway-2", "acls": [{"id": "acl-2", "acl_name": "offices", "acl_value": "192.0.2.98", **_ENTITIES}]},
    ],
    "workspace": {
        "users": [{"id": f"user-{name}", "user_name": name} for name in ("anna", "bogdan", "chen", "dalia")],
        "groups": [{"id": "group-support", "name": "support"}],
        "policies": [
            {
                "policy_id": "access-1",
                "policy_name": "offices",
                "access_control_type": "ACCESS_TYPE",
                "blacklist_type": "INTERNET",
                "objects": [{"object_id": "user-dalia", "object_type": "USER", "object_name": "dalia", "object_domain": "local.example.com"}],
            },
            {
                "policy_id": "access-2",
                "policy_name": "offices 2",
                "access_control_type": "IP_WHITE_LIST",
                "is_enable": True,
                "ip_list": [{"ip_address": "203.0.113.1", "subnet_mask": "255.255.255.255"}],
            },
        ],
    },
}


@dataclass(frozen=True)
class Story:
    """A module, what names the object, and the wishes with what shall be held after each: its facts, or None for nothing.

    shelf is where in a state the objects of the kind are, named whether one of them is meant, facts what a state says of one.
    """

    name: str
    module: str
    place: Options
    wishes: tuple[tuple[Options, Options | None], ...]
    shelf: t.Callable[[State], list[dict[str, t.Any]]]
    named: t.Callable[[dict[str, t.Any]], bool]
    facts: t.Callable[[dict[str, t.Any]], dict[str, t.Any]]
    # The domain itself is not made and not removed; its progress is.
    field: str | None = None

    def split(self, state: State) -> tuple[list[dict[str, t.Any]], State]:
        """The facts of what the story names, and all the rest of a state."""
        rest = copy.deepcopy(state)
        shelf = self.shelf(rest)
        mine = [one for one in shelf if self.named(one)]
        if self.field:
            return [self.facts(one.pop(self.field)) for one in mine], rest
        shelf[:] = [one for one in shelf if not self.named(one)]
        return [self.facts(one) for one in mine], rest


def _policy(one: dict[str, t.Any]) -> dict[str, t.Any]:
    on = sorted(name for name in ("geoip", "webshell", "cc", "webattack") if one["options"][name])
    return {"level": one["level"], "action": one["action"]["category"], "full_detection": one["full_detection"], "on": on}


def _rule(one: dict[str, t.Any]) -> dict[str, t.Any]:
    members = one["geoip"].split("|") if "geoip" in one else one["tags"]
    action = one["white"] if "white" in one else one["action"]["category"]
    return {"members": sorted(members), "action": action, "status": one["status"], "description": one.get("description", "")}


def _acl(one: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"type": one["acl_type"], "values": sorted(one["acl_value"].split(","))}


def _access(one: dict[str, t.Any]) -> dict[str, t.Any]:
    return {
        "addresses": sorted(f"{entry['ip_address']}/{entry['subnet_mask']}" for entry in one["ip_list"]),
        "enabled": one["is_enable"],
        "block_all": one["is_block_all"],
        "objects": sorted(entry["object_id"] for entry in one["objects"]),
    }


def _hosts(*numbers: int) -> list[str]:
    return [f"192.0.2.{number}" for number in numbers]


def _sent(*numbers: int) -> list[str]:
    return [f"192.0.2.{number}/255.255.255.255" for number in numbers]


def _people(*names: str) -> list[dict[str, str]]:
    return [{"type": "group" if name == "support" else "user", "name": name} for name in names]


def _named(field: str, name: str, kind: str | None = None) -> t.Callable[[dict[str, t.Any]], bool]:
    return lambda one: one[field] == name and kind in (None, one.get("access_control_type"))


_ABSENT: tuple[Options, None] = ({"state": "absent"}, None)
_OPEN = {"objects": [], "block_all": False}

STORIES: tuple[Story, ...] = (
    Story(
        "policy",
        "waf_policy",
        {"name": "checkout"},
        (
            (
                {"level": "high", "mode": "block", "options": {"geoip": True, "webshell": True}},
                {"level": 3, "action": "block", "full_detection": False, "on": ["cc", "geoip", "webattack", "webshell"]},
            ),
            (
                {"level": "low", "full_detection": True, "options": {"webshell": False, "cc": False}},
                {"level": 1, "action": "block", "full_detection": True, "on": ["geoip", "webattack"]},
            ),
            _ABSENT,
        ),
        shelf=lambda state: state["policies"],
        named=_named("name", "checkout"),
        facts=_policy,
    ),
    Story(
        "geoip",
        "waf_geoip_rule",
        {"policy": "storefront", "name": "embargo"},
        (
            (
                {"locations": ["Peru", "BJ", "SD"], "action": "block", "enabled": False, "description": "closed"},
                {"members": ["BJ", "Peru", "SD"], "action": 0, "status": 0, "description": "closed"},
            ),
            (
                {"locations": ["Angola", "Peru"], "action": "log", "enabled": True},
                {"members": ["Angola", "Peru"], "action": 2, "status": 1, "description": "closed"},
            ),
            _ABSENT,
        ),
        shelf=lambda state: state["policies"][0]["geoip_rules"],
        named=_named("name", "embargo"),
        facts=_rule,
    ),
    Story(
        "ip_reputation",
        "waf_ip_reputation_rule",
        {"policy": "storefront", "name": "bots"},
        (
            (
                {"tags": ["Google", "HW", "Amazon", "Tencent"], "action": "block", "enabled": False},
                {"members": ["Amazon", "Google", "HW", "Tencent"], "action": "block", "status": 0, "description": ""},
            ),
            (
                {"tags": ["Google", "AliCloud"], "enabled": True, "description": "open"},
                {"members": ["AliCloud", "Google"], "action": "block", "status": 1, "description": "open"},
            ),
            _ABSENT,
        ),
        shelf=lambda state: state["policies"][0]["ip_reputation_rules"],
        named=_named("name", "bots"),
        facts=_rule,
    ),
    Story(
        "acl",
        "apig_acl",
        {"gateway": "storefront-gateway", "name": "offices"},
        (
            ({"type": "permit", "entity_type": "ip", "entries": _hosts(7, 8, 9)}, {"type": "PERMIT", "values": _hosts(7, 8, 9)}),
            ({"type": "deny", "entries": _hosts(5, 8)}, {"type": "DENY", "values": _hosts(5, 8)}),
            _ABSENT,
        ),
        shelf=lambda state: state["gateways"][0]["acls"],
        named=_named("acl_name", "offices"),
        facts=_acl,
    ),
    Story(
        "workspace",
        "workspace_access_policy",
        {"name": "offices", "access_control_type": "ip_white_list"},
        (
            ({"ip_addresses": _hosts(1, 2, 3, 4), "enabled": True}, {**_OPEN, "addresses": _sent(1, 2, 3, 4), "enabled": True}),
            (
                {"ip_addresses": _hosts(4, 5, 6, 7), "block_all": True},
                {"objects": [], "block_all": True, "addresses": _sent(4, 5, 6, 7), "enabled": True},
            ),
            (
                {"ip_addresses": _hosts(8), "purge_ip_addresses": False, "removed_ip_addresses": _hosts(4, 5), "enabled": False, "block_all": False},
                {**_OPEN, "addresses": _sent(6, 7, 8), "enabled": False},
            ),
            _ABSENT,
        ),
        shelf=lambda state: state["workspace"]["policies"],
        named=_named("policy_name", "offices", "IP_WHITE_LIST"),
        facts=_access,
    ),
    Story(
        "workspace_objects",
        "workspace_access_policy",
        {"name": "indoors", "access_control_type": "access_type"},
        (
            ({"objects": _people("anna", "chen", "support")}, {"addresses": [], "objects": ["group-support", "user-anna", "user-chen"]}),
            ({"objects": _people("bogdan", "chen")}, {"addresses": [], "objects": ["user-bogdan", "user-chen"]}),
            _ABSENT,
        ),
        shelf=lambda state: state["workspace"]["policies"],
        named=_named("policy_name", "indoors", "ACCESS_TYPE"),
        facts=_access,
    ),
    Story(
        "progress",
        "waf_access_progress",
        {"domain": "shop.example.com"},
        (
            ({"origin_whitelisted": "completed", "dns_switched": "skipped"}, {1: 1, 2: 2, 3: 2}),
            ({"verified_locally": "completed", "dns_switched": "completed"}, {1: 1, 2: 1, 3: 1}),
            ({"state": "absent"}, {1: 0, 2: 0, 3: 0}),
        ),
        shelf=lambda state: state["domains"],
        named=_named("hostname", "shop.example.com"),
        facts=lambda steps: {1: 0, 2: 0, 3: 0, **{one["step"]: one["status"] for one in steps}},
        field="access_progress",
    ),
)
