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
from gatehouse_emulator.waf_places import TAGS, location_named

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
    "certificates": [{"name": "storefront-certificate", "names": ["*.example.com"]}],
    "domains": [
        {
            "hostname": "shop.example.com",
            "mode": "cloud",
            "policy": "storefront",
            "certificate": "storefront-certificate",
            "server": [{"front_protocol": "HTTP", "back_protocol": "HTTP", "address": "192.0.2.10", "port": 80, "type": "ipv4", "weight": 1}],
        },
        {
            "hostname": "pay.example.com",
            "mode": "premium",
            "policy": "storefront",
            "certificate": "storefront-certificate",
            "server": [
                {
                    "front_protocol": "HTTPS",
                    "back_protocol": "HTTPS",
                    "address": "192.0.2.20",
                    "port": 8443,
                    "type": "ipv4",
                    "weight": 1,
                    "vpc_id": "00000000-0000-0000-0000-00000000vpc1",
                }
            ],
        },
    ],
    # Before they are switched: the one leads to its origin; in front of the other is a load balancer.
    "dns": [
        {"name": "shop.example.com", "type": "A", "value": "192.0.2.10"},
        {"name": "pay.example.com", "type": "A", "value": "192.0.2.80"},
    ],
    "source_ips": [
        {"ips": ["192.0.2.16/28", "192.0.2.0/28"], "update_time": 1_690_000_000_000},
        {"ips": ["198.51.100.32/28"], "update_time": 1_695_000_000_000},
    ],
    "gateways": [
        {
            "name": "storefront-gateway",
            "environments": [{"name": "staging"}],
            "apis": [{"name": "orders", "published": ["RELEASE", "staging"]}, {"name": "catalogue", "published": ["RELEASE"]}, {"name": "drafts"}],
        }
    ],
    "workspace": {
        "users": ["anna", "bogdan", "chen", "dalia"],
        "groups": ["administrators", "contractors", "support"],
    },
    "limits": {"binding_reads": 1},
}
# The first are quotas. The last is how often bindings of access control policies are read before a change of them shows.
_LIMITS = {"policies": 200, "domains": 100, "geoip_rules": 100, "ip_reputation_rules": 100, "acls": 100, "access_policies": 200, "binding_reads": 0}
_LIMITS.update(made_up_locations=0, made_up_tags=0)
# When a certificate ends unless its seed says otherwise: the first day of 2100, in milliseconds.
_LATE = 4_102_444_800_000
# The environment that every gateway has.
_RELEASE = {"id": "DEFAULT_ENVIRONMENT_RELEASE_ID", "name": "RELEASE"}
START = 1_700_000_000
# The switches of a policy, and those that are on in a new one; geolocation rules wait for somebody to switch theirs on.
SWITCHES = (
    *("webattack", "common", "crawler", "crawler_engine", "crawler_scanner", "crawler_script", "crawler_other", "webshell", "cc", "custom", "precise"),
    *("whiteblackip", "geoip", "ignore", "privacy", "antitamper", "antileakage", "bot_enable", "bot_manager_enable", "modulex_enabled", "followed_action"),
    *("anticrawler", "scan_protection", "high_frequency_scan_blocking", "directory_traversal_protection"),
)
_ON = ("webattack", "common", "crawler", "crawler_scanner", "cc", "custom", "whiteblackip", "ignore", "privacy", "antitamper")


class SeedError(ValueError):
    """A seed that cannot be understood: what, and where."""


Record = dict[str, t.Any]


@dataclass
class Rules:
    """The rules of one kind, by the policy that they belong to: a request is about one policy, however many there are."""

    held: dict[str, dict[str, Record]] = field(default_factory=dict)

    def __contains__(self, rule_id: str) -> bool:
        return any(rule_id in rules for rules in self.held.values())

    def all(self) -> list[Record]:
        """Every rule, policy by policy."""
        return [rule for rules in list(self.held.values()) for rule in list(rules.values())]

    def of(self, policy_id: str) -> dict[str, Record]:
        """The rules of a policy, by their ids."""
        return self.held.get(policy_id, {})

    def put(self, rule: Record) -> None:
        """Hold a rule, in place of the one with its id."""
        self.held.setdefault(rule["policyid"], {})[rule["id"]] = rule

    def remove(self, rule: Record) -> None:
        """Hold a rule no more."""
        del self.held[rule["policyid"]][rule["id"]]


@dataclass
class Account:
    """The state of everything, by service."""

    identities: Identities = field(default_factory=Identities)
    projects: list[Record] = field(default_factory=list)
    policies: dict[str, Record] = field(default_factory=dict)
    rules: dict[str, Rules] = field(default_factory=lambda: {"geoip": Rules(), "ip-reputation": Rules()})
    hosts: dict[str, Record] = field(default_factory=dict)
    source_ips: list[Record] = field(default_factory=list)
    certificates: dict[str, Record] = field(default_factory=dict)
    dns: list[Record] = field(default_factory=list)
    addresses: list[Record] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)
    gateways: dict[str, Record] = field(default_factory=dict)
    environments: list[Record] = field(default_factory=list)
    apis: dict[str, Record] = field(default_factory=dict)
    acls: dict[str, Record] = field(default_factory=dict)
    access_policies: dict[str, Record] = field(default_factory=dict)
    users: dict[str, Record] = field(default_factory=dict)
    groups: dict[str, Record] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=lambda: dict(_LIMITS))
    made: int = 0

    def new_id(self) -> str:
        """An id of 32 hexadecimal characters, the same in every run, that nothing has yet."""
        tables: tuple[t.Container[str], ...] = (
            *(self.policies, *self.rules.values(), self.hosts, self.certificates, self.gateways, self.apis, self.acls),
            *(self.access_policies, self.users, self.groups),
        )
        while True:
            self.made += 1
            made = hashlib.sha256(f"gatehouse {self.made}".encode()).hexdigest()[:32]
            if not any(made in table for table in tables):
                return made

    def remove_policy(self, policy_id: str) -> None:
        """Take a WAF policy away, with its rules."""
        del self.policies[policy_id]
        for rules in self.rules.values():
            rules.held.pop(policy_id, None)

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
        add_policy(account, policy)
    for certificate in seed.get("certificates", []):
        # Its id depends on nothing but its name, so that it changes no other.
        certificate_id = certificate.get("id") or _lasting_id("certificate", certificate["name"])
        _put(account.certificates, certificate_id, {"names": [], "expire_time": _LATE, **certificate, "id": certificate_id})
    for number, domain in enumerate(seed.get("domains", [])):
        _domain(account, domain, f"domains[{number}]")
    account.source_ips = [dict(group) for group in seed.get("source_ips", [])]
    account.dns = named_records(seed.get("dns", []))
    account.addresses = _addresses(seed.get("addresses", []))
    add_events_to(account, seed.get("events", []))
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


def add_events_to(account: Account, events: t.Iterable[Record]) -> None:
    """Hold attack events, each with an id. Raises SeedError."""
    known = {event["id"] for event in account.events}
    for event in events:
        # Ids that depend on nothing but how many events there are change no others.
        made = event.get("id") or _lasting_id("event", str(len(account.events) + 1))
        if made in known:
            raise SeedError(f"the id {made} is there twice")
        known.add(made)
        account.events.append({**event, "id": made})


def access_code(host_id: str) -> str:
    """The first part of the CNAME of a domain, which depends on nothing but its id."""
    return hashlib.sha256(f"access {host_id}".encode()).hexdigest()[:32]


def new_policy(account: Account, policy_id: str, name: str) -> Record:
    """A policy as the service makes it when it is told a name only."""
    return {
        "id": policy_id,
        "name": name,
        "level": 2,
        "full_detection": False,
        "robot_action": {"category": "log"},
        "action": {"category": "log"},
        "options": {switch: switch in _ON for switch in SWITCHES},
        "timestamp": account.now() * 1000,
    }


def add_policy(account: Account, seed: Record) -> str:
    """Make a WAF policy with its rules; its id. Raises SeedError."""
    policy_id = seed.get("id") or account.new_id()
    policy = new_policy(account, policy_id, seed["name"])
    policy.update({key: seed[key] for key in ("level", "full_detection", "action") if key in seed})
    policy["options"].update(seed.get("options", {}))
    _put(account.policies, policy_id, policy)
    for key, kind in (("geoip_rules", "geoip"), ("ip_reputation_rules", "ip-reputation")):
        for rule in seed.get(key, []):
            rule_id = rule.get("id") or account.new_id()
            kept = {"policyid": policy_id, "id": rule_id, "timestamp": account.now() * 1000}
            if rule_id in account.rules[kind]:
                raise SeedError(f"the id {rule_id} is there twice")
            account.rules[kind].put({"description": "", "status": 1, **rule, **kept})
    return str(policy_id)


def _domain(account: Account, seed: Record, where: str) -> None:
    held: dict[str, t.Any] = {}
    for key, table in (("policy", account.policies), ("certificate", account.certificates)):
        held[key] = next((one["id"] for one in table.values() if one["name"] == seed.get(key)), None)
        if seed.get(key) and held[key] is None:
            raise SeedError(f"{where}: there is no {key} {seed[key]}")
    made = {key: seed[key] for key in ("id", *_TOLD_OF_HOSTS) if key in seed}
    made["server"] = [dict(server) for server in seed.get("server", [])]
    host = new_host(account, {**made, "hostname": seed["hostname"], "policyid": held["policy"], "waf_type": seed["mode"], "certificateid": held["certificate"]})
    if seed.get("access_progress"):
        host["access_progress"] = [dict(step) for step in seed["access_progress"]]
    _put(account.hosts, host["id"], host)


def new_host(account: Account, given: Record) -> Record:
    """A domain that is not put anywhere yet, with what one has that nobody says more of."""
    host_id = given.get("id") or account.new_id()
    code = {"access_code": access_code(host_id)}
    usual = {"protect_status": 1, "access_status": 0, "proxy": False, "description": "", "certificateid": None, "timestamp": account.now() * 1000}
    return {**code, **usual, **given, "id": host_id, "hostid": host_id}


def _gateway(account: Account, seed: Record) -> None:
    gateway_id = seed.get("id") or account.new_id()
    _put(account.gateways, gateway_id, {"id": gateway_id, "instance_name": seed["name"], "status": "Running", "spec": "BASIC"})
    for environment in [_RELEASE, *seed.get("environments", [])]:
        _environment(account, gateway_id, environment["name"], environment.get("id"))
    for api in seed.get("apis", []):
        made = _api(account, gateway_id, api["name"], api.get("id"))
        for name in api.get("published", []):
            environment = next((one for one in account.environments if one["gateway_id"] == gateway_id and name == one["name"]), None)
            if environment is None:
                raise SeedError(f"the API {api['name']} is published in {name}, and there is no environment {name}")
            made["published"].append(environment["id"])
    for acl in seed.get("acls", []):
        acl_id = acl.get("id") or account.new_id()
        kept = {name: value for name, value in acl.items() if name not in ("bind_num", "bindings")}
        bindings = _bindings(account, gateway_id, acl)
        _put(account.acls, acl_id, {**kept, "id": acl_id, "gateway_id": gateway_id, "made": account.now(), "bindings": bindings})


def _environment(account: Account, gateway_id: str, name: str, environment_id: str | None = None) -> Record:
    """An environment of a gateway that is new, or, if its name is known, that one."""
    for known in account.environments:
        if known["gateway_id"] == gateway_id and known["name"] == name:
            if environment_id not in (None, known["id"]):
                raise SeedError(f"the environment {name} is there twice")
            return known
    made = {"id": environment_id or _lasting_id("environment", f"{gateway_id} {name}"), "name": name, "gateway_id": gateway_id, "made": account.now()}
    if any(known["gateway_id"] == gateway_id and known["id"] == made["id"] for known in account.environments):
        raise SeedError(f"the id {made['id']} is there twice")
    account.environments.append(made)
    return made


def _api(account: Account, gateway_id: str, name: str, api_id: str | None = None) -> Record:
    # Names need not be unique, so the id depends on how many of the name there are.
    twins = sum(known["name"] == name and known["gateway_id"] == gateway_id for known in account.apis.values())
    made = {"id": api_id or _lasting_id("API", f"{gateway_id} {name} {twins}"), "name": name, "gateway_id": gateway_id, "made": account.now(), "published": []}
    _put(account.apis, made["id"], made)
    return made


def publication(api_id: str, environment_id: str) -> str:
    """The id of the record that an API is published in an environment."""
    return _lasting_id("publication", f"{api_id} {environment_id}")


def _bindings(account: Account, gateway_id: str, acl: Record) -> list[Record]:
    """What a policy is bound to; where the seed tells the number only, APIs with made-up names. An API or environment that the seed does not list is made."""
    made_up = [{"api_name": f"api_{number + 1}", "env_name": "RELEASE"} for number in range(acl.get("bind_num", 0))]
    bindings = acl.get("bindings", made_up)
    if acl.get("bind_num", len(bindings)) != len(bindings):
        raise SeedError(f"the policy {acl['acl_name']} has bind_num {acl['bind_num']} and {len(bindings)} bindings")
    return [_binding(account, gateway_id, one) for one in bindings]


def _binding(account: Account, gateway_id: str, seed: Record) -> Record:
    environment = _environment(account, gateway_id, seed["env_name"], seed.get("env_id"))
    known = [one for one in account.apis.values() if one["gateway_id"] == gateway_id and seed.get("api_id") in (None, one["id"])]
    api = next((one for one in known if one["name"] == seed["api_name"]), None) or _api(account, gateway_id, seed["api_name"], seed.get("api_id"))
    if environment["id"] not in api["published"]:
        api["published"].append(environment["id"])
    ids = {"bind_id": seed.get("bind_id") or account.new_id(), "api_id": api["id"], "env_id": environment["id"]}
    return {**ids, "api_name": api["name"], "env_name": environment["name"]}


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


def _dumped_bindings(acl: Record) -> list[Record]:
    """The bindings of a policy once all that was asked for is done."""
    kept = ("bind_id", "api_id", "env_id", "api_name", "env_name")
    return [{name: one[name] for name in kept} for one in acl["bindings"] if "leaving" not in one]


_TOLD_OF_HOSTS = ("server", "proxy", "description", "protect_status", "access_status", "access_code", "connects_after", "enterprise_project_id")


def dumped(account: Account) -> dict[str, t.Any]:
    """What an account holds, as a seed; secrets and who has one are left out, so the demo credentials apply when it is loaded."""

    def rules(kind: str, policy_id: str, keys: t.Sequence[str]) -> list[Record]:
        return [{key: rule[key] for key in ("id", "description", "status", *keys) if key in rule} for rule in account.rules[kind].of(policy_id).values()]

    names = {policy_id: policy["name"] for policy_id, policy in account.policies.items()}
    environments = {(one["gateway_id"], one["id"]): one["name"] for one in account.environments}
    identities = account.identities
    return {
        "account": identities.account,
        "agencies": [{"name": agency.name, "domain_name": agency.domain["name"]} for agency in identities.agencies.values()],
        "metadata": {"form": identities.machine.form, "agency": identities.machine.agency},
        "lifetimes": identities.lifetimes,
        "projects": account.projects,
        "policies": [
            {
                **{key: policy[key] for key in ("id", "name", "level", "full_detection", "action", "options")},
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
                **({"certificate": account.certificates[host["certificateid"]]["name"]} if host["certificateid"] in account.certificates else {}),
                **{key: host[key] for key in _TOLD_OF_HOSTS if key in host},
                "access_progress": host.get("access_progress", []),
            }
            for host in account.hosts.values()
        ],
        "source_ips": account.source_ips,
        "certificates": list(account.certificates.values()),
        "dns": account.dns,
        "addresses": account.addresses,
        "events": account.events,
        "gateways": [
            {
                "id": gateway["id"],
                "name": gateway["instance_name"],
                "environments": [
                    {"id": one["id"], "name": one["name"]} for one in account.environments if one["gateway_id"] == gateway["id"] and one["id"] != _RELEASE["id"]
                ],
                "apis": [
                    {"id": api["id"], "name": api["name"], "published": [environments[gateway["id"], one] for one in api["published"]]}
                    for api in account.apis.values()
                    if api["gateway_id"] == gateway["id"]
                ],
                "acls": [
                    {**{key: acl[key] for key in ("id", "acl_name", "acl_type", "acl_value", "entity_type")}, "bindings": _dumped_bindings(acl)}
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
