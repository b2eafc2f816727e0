# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account holds, and how it is seeded and dumped."""

from __future__ import annotations

import hashlib
import typing as t
from dataclasses import dataclass, field

from gatehouse_emulator.identity import Identities, Key

PROJECT = "0123456789abcdef0123456789abcdef"
REGION = "cn-north-4"
IDENTITY: t.Mapping[str, t.Any] = {
    "keys": [{"access_key": "GATEHOUSEDEMOKEY0001", "secret_key": "gatehouse-demo-secret-0000000000000001"}],
    "tokens": ["gatehouse-demo-token-0000000000000001"],
    "projects": [{"id": PROJECT, "name": REGION}],
}
EMPTY: t.Mapping[str, t.Any] = {**IDENTITY}
DEMO: t.Mapping[str, t.Any] = {
    **IDENTITY,
    "policies": [{"name": "storefront", "options": {"geoip": True}}],
    "domains": [
        {"hostname": "shop.example.com", "mode": "cloud", "policy": "storefront"},
        {"hostname": "pay.example.com", "mode": "premium", "policy": "storefront"},
    ],
    "gateways": [{"name": "storefront-gateway"}],
    "workspace": {
        "users": ["anna", "bogdan", "chen", "dalia"],
        "groups": ["administrators", "contractors", "support"],
    },
}
_KEYS = ("keys", "tokens", "projects", "policies", "domains", "gateways", "workspace", "limits")
_LIMITS = {"geoip_rules": 100, "ip_reputation_rules": 100, "acls": 100, "access_policies": 200}
START = 1_700_000_000


class SeedError(ValueError):
    """A seed that cannot be understood: what, and where."""


Record = dict[str, t.Any]


@dataclass
class Account:
    """The state of everything, by service."""

    identities: Identities = field(default_factory=Identities)
    projects: list[Record] = field(default_factory=list)
    policies: dict[str, Record] = field(default_factory=dict)
    rules: dict[str, dict[str, Record]] = field(default_factory=lambda: {"geoip": {}, "ip-reputation": {}})
    hosts: dict[str, Record] = field(default_factory=dict)
    gateways: dict[str, Record] = field(default_factory=dict)
    acls: dict[str, Record] = field(default_factory=dict)
    access_policies: dict[str, Record] = field(default_factory=dict)
    users: dict[str, Record] = field(default_factory=dict)
    groups: dict[str, Record] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=lambda: dict(_LIMITS))
    made: int = 0

    def new_id(self) -> str:
        """An id of 32 hexadecimal characters, the same in every run."""
        self.made += 1
        return hashlib.sha256(f"gatehouse {self.made}".encode()).hexdigest()[:32]

    def now(self) -> int:
        """Seconds since 1970 of the last thing that was made: a clock that repeats."""
        return START + self.made

    def project_ids(self) -> set[str]:
        """The ids that a path may name."""
        return {str(project["id"]) for project in self.projects}


def seeded(seed: t.Mapping[str, t.Any]) -> Account:
    """An account that holds what a seed says. Raises SeedError."""
    if not isinstance(seed, dict):
        raise SeedError("the seed is not a mapping")
    unknown = sorted(str(name) for name in seed if name not in _KEYS)
    if unknown:
        raise SeedError(f"unknown: {', '.join(unknown)}; a seed has {', '.join(_KEYS)}")
    account = Account()
    identity = {**IDENTITY, **seed}
    for number, key in enumerate(identity["keys"]):
        named = _known(key, f"keys[{number}]", ("access_key", "secret_key", "security_token"), ("access_key", "secret_key"))
        account.identities.keys[named["access_key"]] = Key(named["access_key"], named["secret_key"], named.get("security_token"))
    account.identities.tokens.update(identity["tokens"])
    account.projects = [dict(project) for project in identity["projects"]]
    account.limits.update(seed.get("limits") or {})
    for number, policy in enumerate(seed.get("policies") or []):
        _policy(account, policy, f"policies[{number}]")
    for number, domain in enumerate(seed.get("domains") or []):
        _domain(account, domain, f"domains[{number}]")
    for number, gateway in enumerate(seed.get("gateways") or []):
        _gateway(account, gateway, f"gateways[{number}]")
    _workspace(account, seed.get("workspace") or {})
    account.made = max(account.made, 1000)
    return account


def _known(value: t.Any, where: str, allowed: t.Sequence[str], needed: t.Sequence[str]) -> Record:
    if not isinstance(value, dict):
        raise SeedError(f"{where} is not a mapping")
    unknown = sorted(str(name) for name in value if name not in allowed)
    if unknown:
        raise SeedError(f"{where}: unknown: {', '.join(unknown)}; it has {', '.join(allowed)}")
    lacking = [name for name in needed if name not in value]
    if lacking:
        raise SeedError(f"{where}: missing: {', '.join(lacking)}")
    return value


def _policy(account: Account, seed: t.Any, where: str) -> None:
    policy = _known(seed, where, ("id", "name", "level", "options", "geoip_rules", "ip_reputation_rules"), ("name",))
    policy_id = policy.get("id") or account.new_id()
    account.policies[policy_id] = {
        "id": policy_id,
        "name": policy["name"],
        "level": policy.get("level", 2),
        "full_detection": False,
        "options": {"geoip": False, **(policy.get("options") or {})},
        "timestamp": account.now() * 1000,
    }
    kinds = {"geoip_rules": ("geoip", ("name", "geoip", "white")), "ip_reputation_rules": ("ip-reputation", ("name", "type", "tags", "action"))}
    for key, (kind, needed) in kinds.items():
        for number, rule in enumerate(policy.get(key) or []):
            known = _known(rule, f"{where}.{key}[{number}]", ("id", "description", "status", *needed), needed)
            rule_id = known.get("id") or account.new_id()
            account.rules[kind][rule_id] = {
                "description": "",
                "status": 1,
                **known,
                "id": rule_id,
                "policyid": policy_id,
                "timestamp": account.now() * 1000,
            }


def _domain(account: Account, seed: t.Any, where: str) -> None:
    domain = _known(seed, where, ("id", "hostname", "mode", "policy", "access_progress"), ("hostname", "mode"))
    if domain["mode"] not in ("cloud", "premium"):
        raise SeedError(f"{where}: mode is cloud or premium")
    policy = next((one["id"] for one in account.policies.values() if one["name"] == domain.get("policy")), None)
    if domain.get("policy") and policy is None:
        raise SeedError(f"{where}: there is no policy {domain['policy']}")
    host_id = domain.get("id") or account.new_id()
    account.hosts[host_id] = {
        "id": host_id,
        "hostid": host_id,
        "hostname": domain["hostname"],
        "policyid": policy,
        "waf_type": domain["mode"],
        "access_code": host_id,
        "protect_status": 1,
        "access_status": 0,
        "proxy": False,
        "timestamp": account.now() * 1000,
    }
    if domain.get("access_progress"):
        account.hosts[host_id]["access_progress"] = [dict(step) for step in domain["access_progress"]]


def _gateway(account: Account, seed: t.Any, where: str) -> None:
    gateway = _known(seed, where, ("id", "name", "acls"), ("name",))
    gateway_id = gateway.get("id") or account.new_id()
    account.gateways[gateway_id] = {"id": gateway_id, "instance_name": gateway["name"], "status": "Running", "spec": "BASIC"}
    for number, acl in enumerate(gateway.get("acls") or []):
        needed = ("acl_name", "acl_type", "acl_value", "entity_type")
        known = _known(acl, f"{where}.acls[{number}]", ("id", "bind_num", *needed), needed)
        acl_id = known.get("id") or account.new_id()
        account.acls[acl_id] = {"bind_num": 0, **known, "id": acl_id, "gateway_id": gateway_id, "made": account.now()}


def _workspace(account: Account, seed: t.Any) -> None:
    workspace = _known(seed, "workspace", ("users", "groups", "policies"), ())
    for name in workspace.get("users") or []:
        one = name if isinstance(name, dict) else {"user_name": name}
        user_id = one.get("id") or account.new_id()
        account.users[user_id] = {**one, "id": user_id}
    for name in workspace.get("groups") or []:
        one = name if isinstance(name, dict) else {"name": name}
        group_id = one.get("id") or account.new_id()
        account.groups[group_id] = {**one, "id": group_id}
    for number, policy in enumerate(workspace.get("policies") or []):
        keys = ("policy_id", "policy_name", "access_control_type", "blacklist_type", "ip_list", "is_enable", "is_block_all", "objects", "create_time")
        known = _known(policy, f"workspace.policies[{number}]", keys, ("policy_name", "access_control_type"))
        policy_id = known.get("policy_id") or account.new_id()
        account.access_policies[policy_id] = {"ip_list": [], "is_enable": False, "is_block_all": False, "objects": [], **known, "policy_id": policy_id}


def dumped(account: Account) -> dict[str, t.Any]:
    """What an account holds, as a seed; secrets are left out, so the demo credentials apply when it is loaded."""

    def rules(kind: str, policy_id: str, keys: t.Sequence[str]) -> list[Record]:
        held = [rule for rule in account.rules[kind].values() if rule["policyid"] == policy_id]
        return [{key: rule[key] for key in ("id", "description", "status", *keys) if key in rule} for rule in held]

    names = {policy_id: policy["name"] for policy_id, policy in account.policies.items()}
    return {
        "projects": account.projects,
        "policies": [
            {
                **{key: policy[key] for key in ("id", "name", "level", "options")},
                "geoip_rules": rules("geoip", policy_id, ("name", "geoip", "white")),
                "ip_reputation_rules": rules("ip-reputation", policy_id, ("name", "type", "tags", "action")),
            }
            for policy_id, policy in account.policies.items()
        ],
        "domains": [
            {
                "id": host["id"],
                "hostname": host["hostname"],
                "mode": host["waf_type"],
                **({"policy": names[host["policyid"]]} if host["policyid"] in names else {}),
                "access_progress": host.get("access_progress", []),
            }
            for host in account.hosts.values()
        ],
        "gateways": [
            {
                "id": gateway["id"],
                "name": gateway["instance_name"],
                "acls": [
                    {key: acl[key] for key in ("id", "bind_num", "acl_name", "acl_type", "acl_value", "entity_type")}
                    for acl in account.acls.values()
                    if acl["gateway_id"] == gateway["id"]
                ],
            }
            for gateway in account.gateways.values()
        ],
        "workspace": {
            "users": list(account.users.values()),
            "groups": list(account.groups.values()),
            "policies": list(account.access_policies.values()),
        },
        "limits": account.limits,
    }
