# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for in a campaign: an account with neighbours that nobody names, and for each resource the wishes one after the other."""

from __future__ import annotations

import copy
import json
import typing as t
from dataclasses import dataclass

State = dict[str, t.Any]
Options = t.Mapping[str, t.Any]

_ENTITIES = {"acl_type": "PERMIT", "entity_type": "IP"}
# A server that no task names.
OTHER = {"front_protocol": "HTTP", "back_protocol": "HTTP", "address": "192.0.2.95", "port": 80, "type": "ipv4", "weight": 1}


def bound(api: str, environment: str, mark: str = "binding") -> dict[str, str]:
    """A binding of an access control policy."""
    return {"bind_id": f"{mark}-{api}-{environment}", "api_name": api, "env_name": environment}


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
        # It protects no domain.
        {"id": "policy-3", "name": "storefront-3"},
    ],
    "certificates": [
        {"id": "certificate-1", "name": "storefront-certificate", "names": ["*.example.com"]},
        {"id": "certificate-2", "name": "storefront-certificate-2", "names": ["*.example.com"]},
    ],
    "domains": [
        {"id": "domain-1", "hostname": "shop.example.com", "mode": "cloud", "policy": "storefront", "access_progress": [{"step": 2, "status": 2}]},
        {"id": "domain-2", "hostname": "pay.example.com", "mode": "premium", "policy": "storefront"},
        {"id": "domain-3", "hostname": "old.shop.example.com", "mode": "cloud", "policy": "storefront-2", "access_progress": [{"step": 1, "status": 1}]},
        {"id": "domain-4", "hostname": "docs.example.com:8443", "mode": "cloud", "policy": "storefront", "server": [OTHER], "access_status": 1},
        {"id": "domain-5", "hostname": "ledger.example.com", "mode": "cloud", "policy": "storefront", "server": [OTHER]},
        {"id": "domain-6", "hostname": "ledger.example.com:844", "mode": "premium", "policy": "storefront-2", "server": [{**OTHER, "vpc_id": "vpc-9"}]},
    ],
    "gateways": [
        {
            "id": "gateway-1",
            "name": "storefront-gateway",
            "environments": [{"id": "environment-1", "name": "staging"}],
            "apis": [{"id": f"api-{name}", "name": name, "published": ["RELEASE", "staging"]} for name in ("orders", "catalogue", "returns")],
            "acls": [
                {"id": "acl-1", "acl_name": "offices_2", "acl_value": "192.0.2.99", "bind_num": 1, **_ENTITIES},
                {"id": "acl-3", "acl_name": "partners", "acl_value": "192.0.2.97", "bindings": [bound("orders", "staging")], **_ENTITIES},
                {
                    "id": "acl-4",
                    "acl_name": "partners_2",
                    "acl_value": "192.0.2.96",
                    "bindings": [bound("orders", "RELEASE"), bound("returns", "RELEASE")],
                    "acl_type": "DENY",
                    "entity_type": "IP",
                },
            ],
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
    # A binding comes, and goes, once it was read so often.
    "limits": {"binding_reads": 1},
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
    facts: t.Callable[[t.Any], dict[t.Any, t.Any]]
    # What is neither made nor removed itself has a list that is, such as the progress of a domain; of that list, what is meant.
    field: str | None = None
    meant: t.Callable[[dict[str, t.Any]], bool] = lambda item: True

    def split(self, state: State) -> tuple[list[dict[str, t.Any]], State]:
        """The facts of what the story names, and all the rest of a state."""
        rest = copy.deepcopy(state)
        shelf = self.shelf(rest)
        mine = [one for one in shelf if self.named(one)]
        if self.field:
            told = [self.facts([item for item in one[self.field] if self.meant(item)]) for one in mine]
            for one in mine:
                one[self.field] = [item for item in one[self.field] if not self.meant(item)]
            return told, rest
        shelf[:] = [one for one in shelf if not self.named(one)]
        return [self.facts(one) for one in mine], rest


def _policy(one: dict[str, t.Any]) -> dict[str, t.Any]:
    on = sorted(name for name in ("geoip", "webshell", "cc", "webattack") if one["options"][name])
    return {"level": one["level"], "action": one["action"]["category"], "full_detection": one["full_detection"], "on": on}


def rule_facts(one: dict[str, t.Any]) -> dict[str, t.Any]:
    members = one["geoip"].split("|") if "geoip" in one else one["tags"]
    action = one["white"] if "white" in one else one["action"]["category"]
    return {"members": sorted(members), "action": action, "status": one["status"], "description": one.get("description", "")}


def acl_facts(one: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"type": one["acl_type"], "values": sorted(one["acl_value"].split(","))}


def _access(one: dict[str, t.Any]) -> dict[str, t.Any]:
    return {
        "addresses": sorted(f"{entry['ip_address']}/{entry['subnet_mask']}" for entry in one["ip_list"]),
        "enabled": one["is_enable"],
        "block_all": one["is_block_all"],
        "objects": sorted(entry["object_id"] for entry in one["objects"]),
    }


def _domain(one: dict[str, t.Any]) -> dict[str, t.Any]:
    told = {key: one.get(key) for key in ("proxy", "policy", "certificate", "protect_status", "access_status", "description")}
    return {**told, "servers": sorted(json.dumps(server, sort_keys=True) for server in one["server"])}


def _servers(*numbers: int, protocol: str = "http", **more: str) -> list[dict[str, t.Any]]:
    """Servers as a task says them."""
    port = {"http": 80, "https": 443}[protocol]
    return [{"address": f"192.0.2.{number}", "port": port, "front_protocol": protocol, "back_protocol": protocol, **more} for number in numbers]


def _served(*servers: dict[str, t.Any]) -> list[str]:
    """The same servers as facts."""
    protocols = ("front_protocol", "back_protocol")
    return sorted(json.dumps({**one, **{key: one[key].upper() for key in protocols}, "type": "ipv4", "weight": 1}, sort_keys=True) for one in servers)


def _hosts(*numbers: int) -> list[str]:
    return [f"192.0.2.{number}" for number in numbers]


def _sent(*numbers: int) -> list[str]:
    return [f"192.0.2.{number}/255.255.255.255" for number in numbers]


def _people(*names: str) -> list[dict[str, str]]:
    return [{"type": "group" if name == "support" else "user", "name": name} for name in names]


def _named(**fields: str) -> t.Callable[[dict[str, t.Any]], bool]:
    return lambda one: all(one[field] == value for field, value in fields.items())


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
        named=_named(name="checkout"),
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
        named=_named(name="embargo"),
        facts=rule_facts,
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
        named=_named(name="bots"),
        facts=rule_facts,
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
        named=_named(acl_name="offices"),
        facts=acl_facts,
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
        named=_named(policy_name="offices", access_control_type="IP_WHITE_LIST"),
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
        named=_named(policy_name="indoors", access_control_type="ACCESS_TYPE"),
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
        named=_named(hostname="shop.example.com"),
        facts=lambda steps: {1: 0, 2: 0, 3: 0, **{one["step"]: one["status"] for one in steps}},
        field="access_progress",
    ),
    Story(
        "domain",
        "waf_domain",
        {"domain": "docs.example.com"},
        (
            (
                {
                    "servers": [*_servers(1, 2), *_servers(1, 2, protocol="https")],
                    "policy": "storefront",
                    "certificate": "storefront-certificate",
                    "protection": "bypass",
                    "description": "docs",
                    "access_status": "connected",
                },
                {
                    "servers": _served(*_servers(1, 2), *_servers(1, 2, protocol="https")),
                    "policy": "storefront",
                    "certificate": "storefront-certificate",
                    "protect_status": -1,
                    "access_status": 1,
                    "description": "docs",
                    "proxy": False,
                },
            ),
            (
                {"servers": _servers(2, 3, 4, 5, protocol="https"), "certificate": "storefront-certificate-2", "protection": "suspended", "proxy": True},
                {
                    "servers": _served(*_servers(2, 3, 4, 5, protocol="https")),
                    "certificate": "storefront-certificate-2",
                    "protect_status": 0,
                    "proxy": True,
                },
            ),
            (
                {"policy": "storefront-2", "protection": "on", "access_status": "disconnected"},
                {"policy": "storefront-2", "protect_status": 1, "access_status": 0, "proxy": True},
            ),
            _ABSENT,
        ),
        shelf=lambda state: state["domains"],
        named=_named(hostname="docs.example.com"),
        facts=_domain,
    ),
    Story(
        "dedicated_domain",
        "waf_domain",
        {"domain": "ledger.example.com", "port": 8443, "mode": "dedicated"},
        (
            (
                {
                    "servers": _servers(1, 2, 3, 4, protocol="https", vpc_id="vpc-1"),
                    "policy": "storefront",
                    "certificate": "storefront-certificate",
                    "protection": "suspended",
                    "access_status": "connected",
                    "description": "ledger",
                },
                {
                    "servers": _served(*_servers(1, 2, 3, 4, protocol="https", vpc_id="vpc-1")),
                    "policy": "storefront",
                    "certificate": "storefront-certificate",
                    "protect_status": 0,
                    "access_status": 1,
                    "description": "ledger",
                    "proxy": False,
                },
            ),
            (
                {"servers": _servers(4, 5, vpc_id="vpc-2"), "protection": "on", "proxy": True},
                {"servers": _served(*_servers(4, 5, vpc_id="vpc-2")), "certificate": "storefront-certificate", "protect_status": 1, "proxy": True},
            ),
            ({"policy": "storefront-3"}, {"policy": "storefront-3", "protect_status": 1, "access_status": 1}),
            # Alone under its policy, which is kept all the same.
            _ABSENT,
        ),
        shelf=lambda state: state["domains"],
        named=_named(hostname="ledger.example.com:8443"),
        facts=_domain,
    ),
    Story(
        "binding",
        "apig_acl_binding",
        {"gateway": "storefront-gateway", "acl": "partners", "environment": "RELEASE"},
        (
            ({"apis": ["orders", "catalogue"]}, {"apis": ["catalogue", "orders"]}),
            ({"apis": ["returns", "orders"], "purge": True}, {"apis": ["orders", "returns"]}),
            ({"state": "absent", "apis": ["returns"]}, {"apis": ["orders"]}),
            ({"state": "absent"}, {"apis": []}),
        ),
        shelf=lambda state: state["gateways"][0]["acls"],
        named=_named(acl_name="partners"),
        facts=lambda bindings: {"apis": sorted(one["api_name"] for one in bindings)},
        field="bindings",
        meant=_named(env_name="RELEASE"),
    ),
)
