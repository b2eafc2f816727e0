# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What accounts and regions hold, as hosts of an inventory: domains, and where asked for policies and gateways. Ansible is not known here."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig import all_gateways
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._crew import Crew
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, doing, with_near
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Record
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import ALL_PROJECTS, all_hosts, all_policies
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_domains import DOMAIN, Domains
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_policies import POLICY
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_progress import ACCESS_PROGRESS, progress_told

Variables = dict[str, t.Any]
Hosts = list[Variables]
Filters = t.Mapping[str, t.Any]

DOMAINS, POLICIES, GATEWAYS = KINDS = ("domains", "policies", "gateways")
# Each kind: the group of its hosts, the variable with the id, and how the service calls it in a message.
GROUPS = {DOMAINS: "waf_domains", POLICIES: "waf_policies", GATEWAYS: "apig_gateways"}
_IDS = {DOMAINS: "waf_id", POLICIES: "waf_policy_id", GATEWAYS: "apig_gateway_id"}
_CALLED = {DOMAINS: "domains of WAF", POLICIES: "WAF policies", GATEWAYS: "gateways of API Gateway"}
STEPS = tuple(name for name in ACCESS_PROGRESS.arguments if name not in ("domain", "state", "planned"))
# The groups that domains are put into by their variables: the beginning of the name, and the variable.
DEFAULT_GROUPS = (
    ("waf_policy", "waf_policy"),
    ("waf_mode", "waf_mode"),
    ("waf_protection", "waf_protection"),
    ("waf_access", "waf_access_status"),
    ("waf_enterprise_project", "waf_enterprise_project_id"),
    ("waf_region", "waf_region"),
    ("waf_account", "waf_account"),
)
# What is told of domains that are read one by one.
_DETAILS = ("servers", "proxy", "certificate", "certificate_id", "description")
# What tells hosts of one name apart, in the order in which it is appended.
_TOLD_APART_BY = ("waf_mode", "waf_region", "waf_account", "waf_enterprise_project_id")
# In a pattern of hosts, everything else may mean something.
_NO_NAME = re.compile(r"[^\w.-]")
_WILDCARD = "_wildcard"


@dataclass(frozen=True)
class Realm:
    """One region of one account, and one enterprise project of it where several are asked for. client raises what makes it unreadable at once."""

    account: str | None
    region: str | None
    kinds: tuple[str, ...]
    client: t.Callable[[], Client]
    # The same for realms that prove who they are in the same way.
    caller: str = ""
    project: str | None = None

    @property
    def words(self) -> str:
        """How a message names it."""
        parts = (("account", self.account), ("region", self.region), ("enterprise project", self.project))
        return ", ".join(f"{what} {name!r}" for what, name in parts if name) or "the region"


@dataclass
class Reading:
    """What came of a realm: its hosts by kind, for each kind that could be read, and the errors of the others."""

    realm: Realm
    hosts: dict[str, Hosts] = field(default_factory=dict)
    errors: list[GatehouseError] = field(default_factory=list)


def read(realms: t.Sequence[Realm], crew: Crew, details: Filters | None) -> list[Reading]:
    """What every realm holds, read side by side; the domains that the filters in details let through are read one by one as well.

    Of those of one caller, the first is read before the others: more than five wrong signatures in a row lock an access key. Where it says
    that the caller is not who he says, the others are not asked.
    """
    leaders = {realm.caller: realm for realm in reversed(realms)}
    found = {id(reading.realm): reading for reading in crew.map(lambda realm: _read(realm, details), leaders.values())}

    def followed(realm: Realm) -> Reading:
        leader = leaders[realm.caller]
        if realm is leader:
            return found[id(realm)]
        if any(_wrong_caller(error) for error in found[id(leader)].errors):
            return Reading(realm, errors=[GatehouseError(f"Not tried, for the same caller was refused in {leader.words}.")])
        return _read(realm, details)

    return crew.map(followed, realms)


def _wrong_caller(error: GatehouseError) -> bool:
    return isinstance(error, ApiError) and error.status == 401


def _read(realm: Realm, details: Filters | None) -> Reading:
    """What one realm holds. A kind is read as a whole or not at all: half a list is no list."""
    try:
        client = realm.client()
        place = {
            "waf_account": realm.account,
            "waf_region": client.region,
            "waf_project_id": client.project_id,
            "waf_enterprise_project_id": _project(client),
        }
    except GatehouseError as error:
        return Reading(realm, errors=[error])
    # Domains tell the id of their policy and not its name.
    wanted = [kind for kind in KINDS if kind in realm.kinds or (kind == POLICIES and DOMAINS in realm.kinds)]
    # One before the others, for the same reason as with realms. Where nobody answers, nobody else is asked.
    tried = {wanted[0]: _listed(wanted[0], client)}
    if not isinstance(tried[wanted[0]], GatehouseError) or _of_this_kind(tried[wanted[0]]):
        tried.update(zip(wanted[1:], client.crew.map(lambda kind: _listed(kind, client), wanted[1:])))
    records = {kind: came for kind, came in tried.items() if not isinstance(came, GatehouseError)}
    reading = Reading(realm, errors=[came for came in tried.values() if isinstance(came, GatehouseError)])
    known = {str(policy.get("id")): policy.get("name") for policy in records.get(POLICIES, ())}
    for kind in realm.kinds:
        if kind in records:
            try:
                with doing("read the details of the domains"):
                    reading.hosts[kind] = [{**place, **told} for told in _told(kind, client, records[kind], known, details)]
            except GatehouseError as error:
                reading.errors.append(error)
    return reading


def _listed(kind: str, client: Client) -> list[Record] | GatehouseError:
    calls: dict[str, t.Callable[[Client], list[Record]]] = {DOMAINS: all_hosts, POLICIES: all_policies, GATEWAYS: all_gateways}
    try:
        with doing(f"list the {_CALLED[kind]}"):
            return calls[kind](client)
    except GatehouseError as error:
        return error


def _of_this_kind(error: t.Any) -> bool:
    """Whether a service refused to list a kind, so that the next one may be different."""
    return isinstance(error, ApiError) and not _wrong_caller(error)


def _project(client: Client) -> str | None:
    """The enterprise project that everything belongs to; None where it may be any."""
    return None if client.enterprise_project_id == ALL_PROJECTS else client.enterprise_project_id


def _told(kind: str, client: Client, records: list[Record], policies: t.Mapping[str, t.Any], details: Filters | None) -> Hosts:
    if kind == POLICIES:
        return [_policy(record) for record in records]
    if kind == GATEWAYS:
        return [_gateway(record) for record in records]
    store = Domains(client, {})
    hosts = [_domain(record) for record in store.among(records, policies, whole=False)]
    if details is None:
        return hosts
    meant = [_meant(DOMAINS, host, details) for host in hosts]
    whole = store.among([record for record, is_meant in zip(records, meant) if is_meant], policies, whole=True)
    # The others have to be known for the names only.
    return [*(host for host, is_meant in zip(hosts, meant) if not is_meant), *(_domain(record, _DETAILS) for record in whole)]


def _own_project(record: Record) -> Variables:
    return {"waf_enterprise_project_id": record["enterprise_project_id"]} if record.get("enterprise_project_id") else {}


def _domain(record: Record, more: tuple[str, ...] = ()) -> Variables:
    """The variables of a domain, in the words of the modules. What the service does not tell is None."""
    words = DOMAIN.words(record, {})
    progress = progress_told(record)
    return {
        "waf_id": words["id"],
        "waf_hostname": record.get("hostname"),
        **{f"waf_{name}": words[name] for name in ("domain", "port", "mode", "policy", "policy_id", "protection", "access_status", "cname", *more)},
        **{f"waf_{step}": progress[step] for step in STEPS},
        **_own_project(record),
    }


def _policy(record: Record) -> Variables:
    words = POLICY.words(record, {})
    return {
        "waf_policy": words["name"],
        "waf_policy_id": words["id"],
        "waf_policy_level": words["level"],
        "waf_policy_mode": words["mode"],
        "waf_policy_full_detection": words["full_detection"],
        "waf_policy_options": words["options"],
    }


def _gateway(record: Record) -> Variables:
    told = {"apig_gateway": "instance_name", "apig_gateway_id": "id", "apig_status": "status", "apig_spec": "spec"}
    return {**{name: record.get(key) for name, key in told.items()}, **_own_project(record)}


def merged(readings: t.Iterable[Reading]) -> dict[str, Hosts]:
    """The hosts of every reading by kind, each once and in an order that no list decides: what two enterprise projects show is one thing."""
    found: dict[str, dict[tuple[str, ...], Variables]] = {}
    for reading in readings:
        for kind, hosts in reading.hosts.items():
            for host in hosts:
                place = tuple(str(host.get(part)) for part in ("waf_account", "waf_region", _IDS[kind], "waf_hostname"))
                found.setdefault(kind, {}).setdefault(place, host)
    return {kind: [hosts[place] for place in sorted(hosts)] for kind, hosts in found.items()}


def named(kinds: t.Mapping[str, Hosts]) -> dict[str, dict[str, Variables]]:
    """The hosts of each kind by the names that the inventory has for them. A name depends on what has the same one, and on nothing else."""
    shared: dict[str, list[tuple[str, Variables]]] = {}
    for kind, hosts in kinds.items():
        for host in hosts:
            shared.setdefault(_plain(kind, host), []).append((kind, host))
    spelled: dict[str, list[tuple[str, Variables]]] = {}
    for name, sharing in shared.items():
        differing = [part for part in _TOLD_APART_BY if len({str(host.get(part)) for _kind, host in sharing}) > 1]
        for kind, host in sharing:
            parts = [_safe(host[part]) for part in differing if host.get(part) is not None]
            spelled.setdefault("_".join([name, *parts]), []).append((kind, host))
    named: dict[str, dict[str, Variables]] = {kind: {} for kind in kinds}
    for name, sharing in spelled.items():
        for kind, host in sharing:
            named[kind][name if len(sharing) == 1 else f"{name}_{_safe(host[_IDS[kind]])}"] = host
    return named


def _plain(kind: str, host: Variables) -> str:
    """The name that a host would have if it were the only one."""
    if kind != DOMAINS:
        called, prefix = ("waf_policy", "policy") if kind == POLICIES else ("apig_gateway", "gateway")
        return f"{prefix}_{_safe(host[called] or host[_IDS[kind]])}"
    if not host["waf_hostname"]:
        return f"domain_{_safe(host['waf_id'])}"
    # A star in a pattern stands for anything.
    domain = re.sub(r"^\*", _WILDCARD, str(host["waf_domain"]).lower())
    return _safe(domain) if host["waf_port"] is None else f"{_safe(domain)}_{host['waf_port']}"


def _safe(text: t.Any) -> str:
    """A text without what means something in a pattern of hosts."""
    return _NO_NAME.sub("_", str(text))


def filtered(kind: str, hosts: t.Mapping[str, Variables], filters: Filters) -> dict[str, Variables]:
    """The hosts that every filter lets through. Those of domains are for domains; policies are filtered by themselves, gateways are not."""
    return {name: host for name, host in hosts.items() if _meant(kind, host, filters)}


def _meant(kind: str, host: Variables, filters: Filters) -> bool:
    policies = filters.get("policies")
    if kind == GATEWAYS:
        return True
    if policies and host["waf_policy"] not in policies and host["waf_policy_id"] not in policies:
        return False
    if kind == POLICIES:
        return True
    for part, variable in (("modes", "waf_mode"), ("protection", "waf_protection"), ("access_status", "waf_access_status")):
        if filters.get(part) and host[variable] not in filters[part]:
            return False
    names = {str(host[name]).lower() for name in ("waf_hostname", "waf_domain")}
    globs = filters.get("domains")
    return not globs or any(fnmatchcase(name, glob.lower()) for glob in globs for name in names)


def unknown_policies(kinds: t.Mapping[str, Hosts], filters: Filters) -> list[str]:
    """The policies that a filter names and that nothing has, each in quotes with near ones."""
    hosts = [host for kind in (DOMAINS, POLICIES) for host in kinds.get(kind, ())]
    known = {str(host[name]) for host in hosts for name in ("waf_policy", "waf_policy_id") if host[name]}
    return [with_near(name, known) for name in filters.get("policies") or () if name not in known]
