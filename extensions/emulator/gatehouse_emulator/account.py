# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account holds, and how it is seeded and dumped."""

from __future__ import annotations

import hashlib
import ipaddress
import typing as t
from dataclasses import dataclass, field

from gatehouse_emulator.identity import Identities, Key, Machine, Principal, Token
from gatehouse_emulator.schemas import problems

PROJECT = "0123456789abcdef0123456789abcdef"
REGION = "cn-north-4"
IDENTITY: t.Mapping[str, t.Any] = {
    "account": {"id": "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0", "name": "gatehouse-demo"},
    "users": [{"name": "gatehouse-demo-user", "password": "gatehouse-demo-password-0000000000000001"}],
    "agencies": [{"name": "gatehouse-demo-agency"}],
    "identity_providers": [{"id": "gatehouse-demo-idp", "id_token": "gatehouse-demo-id-token-0000000000000001"}],
    "keys": [{"access_key": "GATEHOUSEDEMOKEY0001", "secret_key": "gatehouse-demo-secret-0000000000000001"}],
    "tokens": ["gatehouse-demo-token-0000000000000001"],
    "projects": [{"id": PROJECT, "name": REGION}],
}
# The machine of the demo account; its agency is there unless a seed has others.
_MACHINE = {"form": "both", "agency": "gatehouse-demo-agency"}
DEMO: t.Mapping[str, t.Any] = {
    "policies": [{"name": "storefront", "options": {"geoip": True}, "action": {"category": "block"}}],
    "domains": [
        {
            "hostname": "shop.example.com",
            "mode": "cloud",
            "policy": "storefront",
            "server": [{"front_protocol": "HTTP", "back_protocol": "HTTP", "address": "192.0.2.10", "port": 80, "type": "ipv4", "weight": 1}],
        },
        {"hostname": "pay.example.com", "mode": "premium", "policy": "storefront"},
    ],
    # Before they are switched: the one leads to its origin; in front of the other is a load balancer.
    "dns": [
        {"name": "shop.example.com", "type": "A", "value": "192.0.2.10"},
        {"name": "pay.example.com", "type": "A", "value": "192.0.2.80"},
    ],
    "gateways": [{"name": "storefront-gateway"}],
    "workspace": {
        "users": ["anna", "bogdan", "chen", "dalia"],
        "groups": ["administrators", "contractors", "support"],
    },
}
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
    dns: list[Record] = field(default_factory=list)
    addresses: list[Record] = field(default_factory=list)
    gateways: dict[str, Record] = field(default_factory=dict)
    acls: dict[str, Record] = field(default_factory=dict)
    access_policies: dict[str, Record] = field(default_factory=dict)
    users: dict[str, Record] = field(default_factory=dict)
    groups: dict[str, Record] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=lambda: dict(_LIMITS))
    made: int = 0

    def new_id(self) -> str:
        """An id of 32 hexadecimal characters, the same in every run, that nothing has yet."""
        tables = (self.policies, *self.rules.values(), self.hosts, self.gateways, self.acls, self.access_policies, self.users, self.groups)
        while True:
            self.made += 1
            made = hashlib.sha256(f"gatehouse {self.made}".encode()).hexdigest()[:32]
            if not any(made in table for table in tables):
                return made

    def now(self) -> int:
        """Seconds since 1970 of the last thing that was made: a clock that repeats."""
        return START + self.made

    def project_ids(self) -> set[str]:
        """The ids that a path may name."""
        return {str(project["id"]) for project in self.projects}


def checked(seed: t.Any) -> Record:
    """A seed that fits seed.schema.json. Raises SeedError."""
    wrong = problems("seed", seed)
    if wrong:
        raise SeedError(wrong)
    return dict(seed)


def seeded(seed: t.Mapping[str, t.Any]) -> Account:
    """An account that holds what a checked seed says. Raises SeedError for what contradicts itself, such as an id that is there twice."""
    account = Account()
    identity = {**IDENTITY, **seed}
    account.projects = [dict(project) for project in identity["projects"]]
    account.identities = _identities(identity)
    account.limits.update(seed.get("limits", {}))
    for policy in seed.get("policies", []):
        _policy(account, policy)
    for number, domain in enumerate(seed.get("domains", [])):
        _domain(account, domain, f"domains[{number}]")
    account.dns = named_records(seed.get("dns", []))
    account.addresses = _addresses(seed.get("addresses", []))
    for gateway in seed.get("gateways", []):
        _gateway(account, gateway)
    _workspace(account, seed.get("workspace", {}))
    account.made = max(account.made, 1000)
    return account


_Value = t.TypeVar("_Value")


def _put(table: dict[str, _Value], record_id: str, record: _Value, what: str = "id") -> None:
    if record_id in table:
        raise SeedError(f"the {what} {record_id} is there twice")
    table[record_id] = record


def _identities(seed: Record) -> Identities:
    """Who may call. Keys and tokens of the seed belong to its first user, and to the account itself where it has none."""
    account = dict(seed["account"])
    held = Identities(account=account, lifetimes=dict(seed.get("lifetimes", {})))
    for user in seed["users"]:
        _put(held.users, user["name"], Principal("user", user.get("id") or _lasting_id("user", user["name"]), user["name"], account), "user")
        held.passwords[user["name"]] = user["password"]
    for agency in seed["agencies"]:
        name = agency.get("domain_name", account["name"])
        domain = account if name == account["name"] else {"id": _lasting_id("account", name), "name": name}
        _put(held.agencies, agency["name"], Principal("assumed-agency", _lasting_id("agency", agency["name"]), agency["name"], domain), "agency")
    for provider in seed["identity_providers"]:
        _put(held.providers, provider["id"], provider["id_token"], "identity provider")
    owner = next(iter(held.users.values()), Principal("user", account["id"], account["name"], account))
    for key in seed["keys"]:
        held.keys[key["access_key"]] = Key(key["access_key"], key["secret_key"], owner, key.get("security_token"))
    scope = {"project": dict(seed["projects"][0])} if len(seed["projects"]) == 1 else {"domain": account}
    held.tokens.update({token: Token(owner, ("password",), scope, START) for token in seed["tokens"]})
    held.machine = _machine(seed.get("metadata", {}), held)
    return held


def _machine(seed: Record, held: Identities) -> Machine:
    agency = {**_MACHINE, **seed}["agency"]
    if agency not in held.agencies:
        if seed.get("agency"):
            raise SeedError(f"metadata.agency: there is no agency {agency}")
        agency = None
    return Machine(form=seed.get("form", _MACHINE["form"]), agency=agency)


def _lasting_id(kind: str, name: str) -> str:
    """An id that depends on nothing but the name, so that it changes no other."""
    return hashlib.sha256(f"gatehouse {kind} {name}".encode()).hexdigest()[:32]


def named_records(seed: t.Sequence[Record], key: str = "dns") -> list[Record]:
    """Records of DNS as they are held. Raises SeedError for an address that is none."""
    for number, record in enumerate(seed):
        if record.get("type") in ("A", "AAAA") and not _is_address(record["value"], 4 if record["type"] == "A" else 6):
            raise SeedError(f"{key}[{number}].value: {record['value']} is no address for {record['type']}")
    return [dict(record) for record in seed]


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _addresses(seed: t.Sequence[Record]) -> list[Record]:
    """What is known of the addresses that visitors have. Raises SeedError."""
    # Imported here: the rules import this file.
    from gatehouse_emulator.waf_rules import TAGS, location_named

    for number, one in enumerate(seed):
        try:
            ipaddress.ip_network(one["address"], strict=False)
        except ValueError as error:
            raise SeedError(f"addresses[{number}].address: {error}") from error
        if "location" in one and location_named(one["location"]) is None:
            raise SeedError(f"addresses[{number}].location: there is no location {one['location']}")
        if "tag" in one and one["tag"] not in TAGS:
            raise SeedError(f"addresses[{number}].tag: there is no tag {one['tag']}")
    return [dict(one) for one in seed]


def access_code(host_id: str) -> str:
    """The first part of the CNAME of a domain, which depends on nothing but its id."""
    return hashlib.sha256(f"access {host_id}".encode()).hexdigest()[:32]


def _policy(account: Account, seed: Record) -> None:
    policy_id = seed.get("id") or account.new_id()
    policy = {
        "id": policy_id,
        "name": seed["name"],
        "level": seed.get("level", 2),
        "full_detection": False,
        "options": {"geoip": False, **seed.get("options", {})},
        "timestamp": account.now() * 1000,
        **({"action": dict(seed["action"])} if "action" in seed else {}),
    }
    _put(account.policies, policy_id, policy)
    for key, kind in (("geoip_rules", "geoip"), ("ip_reputation_rules", "ip-reputation")):
        for rule in seed.get(key, []):
            rule_id = rule.get("id") or account.new_id()
            kept = {"policyid": policy_id, "id": rule_id, "timestamp": account.now() * 1000}
            _put(account.rules[kind], rule_id, {"description": "", "status": 1, **rule, **kept})


def _domain(account: Account, seed: Record, where: str) -> None:
    policy = next((one["id"] for one in account.policies.values() if one["name"] == seed.get("policy")), None)
    if seed.get("policy") and policy is None:
        raise SeedError(f"{where}: there is no policy {seed['policy']}")
    host_id = seed.get("id") or account.new_id()
    host = {
        "id": host_id,
        "hostid": host_id,
        "hostname": seed["hostname"],
        "policyid": policy,
        "waf_type": seed["mode"],
        "access_code": seed.get("access_code") or access_code(host_id),
        "protect_status": seed.get("protect_status", 1),
        "access_status": 0,
        "proxy": False,
        "timestamp": account.now() * 1000,
    }
    if "server" in seed:
        host["server"] = [dict(server) for server in seed["server"]]
    if seed.get("access_progress"):
        host["access_progress"] = [dict(step) for step in seed["access_progress"]]
    _put(account.hosts, host_id, host)


def _gateway(account: Account, seed: Record) -> None:
    gateway_id = seed.get("id") or account.new_id()
    _put(account.gateways, gateway_id, {"id": gateway_id, "instance_name": seed["name"], "status": "Running", "spec": "BASIC"})
    for acl in seed.get("acls", []):
        acl_id = acl.get("id") or account.new_id()
        kept = {name: value for name, value in acl.items() if name not in ("bind_num", "bindings")}
        _put(account.acls, acl_id, {**kept, "id": acl_id, "gateway_id": gateway_id, "made": account.now(), "bindings": _bindings(account, acl)})


def _bindings(account: Account, acl: Record) -> list[Record]:
    """What a policy is bound to; where the seed tells the number only, APIs with made-up names."""
    made_up = [{"api_name": f"api_{number + 1}", "env_name": "RELEASE"} for number in range(acl.get("bind_num", 0))]
    bindings = acl.get("bindings", made_up)
    if acl.get("bind_num", len(bindings)) != len(bindings):
        raise SeedError(f"the policy {acl['acl_name']} has bind_num {acl['bind_num']} and {len(bindings)} bindings")
    return [{name: one.get(name) or account.new_id() for name in ("bind_id", "api_id", "env_id", "api_name", "env_name")} for one in bindings]


def _workspace(account: Account, seed: Record) -> None:
    for key, label, table in (("users", "user_name", account.users), ("groups", "name", account.groups)):
        for name in seed.get(key, []):
            one = name if isinstance(name, dict) else {label: name}
            one_id = one.get("id") or account.new_id()
            _put(table, one_id, {**one, "id": one_id})
    for policy in seed.get("policies", []):
        policy_id = policy.get("policy_id") or account.new_id()
        defaults = {"ip_list": [], "is_enable": False, "is_block_all": False, "objects": []}
        _put(account.access_policies, policy_id, {**defaults, **policy, "policy_id": policy_id})


def dumped(account: Account) -> dict[str, t.Any]:
    """What an account holds, as a seed; secrets and who has one are left out, so the demo credentials apply when it is loaded."""

    def rules(kind: str, policy_id: str, keys: t.Sequence[str]) -> list[Record]:
        held = [rule for rule in account.rules[kind].values() if rule["policyid"] == policy_id]
        return [{key: rule[key] for key in ("id", "description", "status", *keys) if key in rule} for rule in held]

    names = {policy_id: policy["name"] for policy_id, policy in account.policies.items()}
    identities = account.identities
    return {
        "account": identities.account,
        "agencies": [{"name": agency.name, "domain_name": agency.domain["name"]} for agency in identities.agencies.values()],
        "metadata": {"form": identities.machine.form, "agency": identities.machine.agency},
        "lifetimes": identities.lifetimes,
        "projects": account.projects,
        "policies": [
            {
                **{key: policy[key] for key in ("id", "name", "level", "options", "action") if key in policy},
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
                **{key: host[key] for key in ("access_code", "protect_status", "server") if key in host},
                "access_progress": host.get("access_progress", []),
            }
            for host in account.hosts.values()
        ],
        "dns": account.dns,
        "addresses": account.addresses,
        "gateways": [
            {
                "id": gateway["id"],
                "name": gateway["instance_name"],
                "acls": [
                    {key: acl[key] for key in ("id", "bindings", "acl_name", "acl_type", "acl_value", "entity_type")}
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
