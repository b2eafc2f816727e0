# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The domains that WAF protects, in cloud mode and in dedicated mode, with their origin servers."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import id_in, pages, segment, the_one
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError, InputError, doing, live
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import (
    Field,
    Words,
    choice,
    initially,
    lasting,
    only_told,
    shown,
    switch,
    text,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED, Outcome, Record, Resource, still_there
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import (
    HOSTS,
    PAGE,
    all_hosts,
    all_policies,
    enterprise_project,
    hosts_called,
    move_hosts,
    policy_named,
    refuse_all_projects,
    with_id,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_servers import HIGHEST_PORT, HOST_NAME, check_servers, servers

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

_MODES = {"cloud": "cloud", "dedicated": "premium"}
# Each mode has calls of its own, by the API's word for it.
_PATHS = {"cloud": "/waf/instance", "premium": "/premium-waf/host"}
_PROTECTIONS = {"on": 1, "suspended": 0, "bypass": -1}
_ACCESSES = {"connected": 1, "disconnected": 0}
# The calls that set what neither creation nor an update takes, with the words for what they do.
_SWITCHES = {"protect_status": ("protect-status", "setting protection"), "access_status": ("access-status", "setting access_status")}
# What the calls that change properties carry, all of it each time.
_PROPERTIES = ("server", "proxy", "certificateid", "certificatename")
_COMPLETE = ("server", "proxy", "description", "certificateid", "protect_status", "access_status")
_EXPIRED = "1"

_LONGEST_NAME = 64
_STANDARD_PORTS = (80, 443)

# Seconds.
_WAIT = 300
_LONGEST_WAIT = 86400


class Domains:
    """The domains of the project, in both modes. The list of both tells where they are, the calls of their mode what they are."""

    def __init__(self, client: Client, options: t.Mapping[str, t.Any]) -> None:
        self._client = client
        self._query = enterprise_project(client)
        self._state = options.get("state")
        self._planned = bool(options.get("planned"))
        self._keep_policy = options.get("keep_policy")
        # The names of policies by id, as far as they are known.
        self._policies: dict[str, t.Any] = {}
        self.where: Words = {}
        if self._state:
            refuse_all_projects(client)

    def all(self) -> list[Record]:
        """Every domain of both modes."""
        return self.chosen(lambda host: True)

    def chosen(self, meant: t.Callable[[Record], bool]) -> list[Record]:
        """The domains of both modes that are meant, by what the list tells of them: one list, and a call for each."""
        self._policies.update({str(policy.get("id")): policy.get("name") for policy in all_policies(self._client)})
        return still_there((host for host in all_hosts(self._client) if meant(host)), self._completed)

    def among(self, hosts: t.Sequence[Record], policies: t.Mapping[str, t.Any], whole: bool) -> list[Record]:
        """Items of the list of both modes as records, with the names of policies that are known; whole with what the call of their mode tells, side by side."""
        # Of a policy that no list tells, the id has to do.
        self._policies.update({**{str(host.get("policyid")): None for host in hosts}, **policies})
        return still_there(hosts, self._completed, self._client.crew.map) if whole else [self._worded(host) for host in hosts]

    def find(self, wanted: Words) -> list[Record]:
        """The domain with the id, else those with the host name and the port; the mode tells two of them apart."""
        if wanted.get("id"):
            return still_there(with_id(self._client, HOSTS, str(wanted["id"])), self._completed)
        if not wanted.get("domain"):
            # Who only looks may name a port or a mode alone.
            return self.all()
        found = self._called(wanted["domain"], wanted.get("port"))
        # Where the one domain there is has another mode, a wish is refused; it does not make a second domain.
        if wanted.get("mode") and (self._state != "present" or len(found) > 1):
            found = [host for host in found if _MODE.told(host) == wanted["mode"]]
        if len(found) > 1 and self._state:
            ids = ", ".join(sorted(f"{_MODE.told(host)} has the id {host.get('id')}" for host in found))
            raise InputError(f"It is in WAF in more than one mode: {ids}. Set mode or id to say which is meant.")
        return still_there(found, self._completed)

    def _called(self, name: str, port: int | None) -> list[Record]:
        spelled = _spelled(name, port)
        if port is None and not self._state:
            # Who only looks gets the domains of all ports.
            return hosts_called(self._client, spelled, lambda held, asked: _parted(held)[0] == asked)
        return hosts_called(self._client, spelled)

    def sought(self, wanted: Words, arrived: t.Callable[[list[Record]], bool] = bool) -> list[Record]:
        """As find, after a write."""
        return self._client.read_after_write(lambda: self.find(wanted), arrived)

    def settle(self, wanted: Words, current: Words | None) -> Words:
        """The policy and the certificate with their ids; refuses what the mode does not take and what would not work."""
        settled = dict(wanted)
        if current is None:
            settled = {"mode": "cloud", "proxy": False, **settled, "domain": wanted["domain"].lower()}
            if len(_spelled(settled["domain"], settled.get("port"))) > _LONGEST_NAME:
                raise InputError(f"domain: with its port it is longer than {_LONGEST_NAME} characters.")
        held = current or settled
        if wanted.get("mode") not in (None, held["mode"]):
            # A mode lasts; the refusal is the engine's.
            return settled
        if held["mode"] not in _MODES:
            raise _unmanaged(held["domain"], held["mode"])
        check_servers(wanted.get("servers") or [], held["mode"])
        _check_wait(wanted)
        if wanted.get("policy") is not None:
            settled.update(self._settled_policy(wanted["policy"], current or {}))
        if wanted.get("certificate") is not None:
            settled.update(self._settled_certificate(wanted["certificate"], held["domain"], current or {}))
        encrypted = any(server["front_protocol"] == "https" for server in wanted.get("servers") or [])
        if encrypted and not (settled.get("certificate") or held.get("certificate")):
            raise InputError("certificate: a server whose front_protocol is https needs one. Set certificate, or front_protocol to http.")
        return settled

    def _settled_policy(self, name: str, current: Words) -> Words:
        if name in (current.get("policy_id"), current.get("policy")):
            return {key: current.get(key) for key in ("policy", "policy_id")}
        policy = policy_named(self._client, name, self._planned)
        self._policies[str(policy.get("id"))] = policy.get("name")
        return {"policy": policy.get("name"), "policy_id": policy.get("id")}

    def _settled_certificate(self, name: str, domain: str, current: Words) -> Words:
        if name in (current.get("certificate_id"), current.get("certificate")):
            return {key: current.get(key) for key in ("certificate", "certificate_id")}
        with doing(f"find the certificate {name!r}"):
            found = [one for one in self._certificates(name) if one.get("name") == name]
            # By the list and not by the call that shows one, which tells the private key.
            found = found or [one for one in self._certificates() if one.get("id") == name]
        hint = "Check certificate, region and enterprise_project_id."
        certificate = the_one("certificate", name, found, hint, others=lambda: (one.get("name") for one in self._certificates()))
        if self._expired(certificate):
            raise InputError(f"certificate: {name!r} has expired. Upload a new one to WAF, and name that.")
        covered = _names_of(certificate)
        if covered and not any(_covers(one, domain.lower()) for one in covered):
            raise InputError(f"certificate: {name!r} does not cover {domain!r}; it is for {', '.join(covered)}.")
        return {"certificate": certificate.get("name"), "certificate_id": certificate["id"]}

    def _expired(self, certificate: Record) -> bool:
        if certificate.get("exp_status") is not None:
            return str(certificate["exp_status"]) == _EXPIRED
        ends = certificate.get("expire_time")
        return isinstance(ends, int) and ends / 1000 < self._client.now()

    def _certificates(self, name: str | None = None) -> list[Record]:
        def page(number: int, before: int) -> t.Any:
            del before
            return self._client.get("waf", "/waf/certificate", [("name", name), ("page", number), ("pagesize", PAGE), *self._query])

        return pages(page, "items", PAGE)

    def foresee(self, current: Record | None, changes: Record | None) -> None:
        """A removal that cannot be is refused."""
        if current is not None and changes is None:
            self._check_removal(current)

    def create(self, values: Record) -> Record:
        """Add a domain, then set what adding does not take; a policy is made by the service when none is said."""
        mode = values["waf_type"]
        body = {key: values[key] for key in (*_PROPERTIES, "policyid", "description") if key in values}
        answer = self._client.post("waf", _PATHS[mode], {"hostname": _spelled(values["host"], values.get("port")), **body}, self._query)
        host = {"id": id_in(answer), "waf_type": mode}
        asked = {key: values[key] for key in _SWITCHES if key in values}
        steps = self._switched(host, {key: value for key, value in asked.items() if answer.get(key) != value})
        with live(_carried_out(f"the domain was added, with the id {host['id']}", steps)):
            return self._client.read_after_write(lambda: self._read(host), lambda read: all(read.get(key) == value for key, value in asked.items()))

    def update(self, current: Record, changes: Record) -> Record:
        """One call for each kind of change; where traffic goes comes before whether it is looked at."""
        steps: list[_Step] = []
        if "policyid" in changes:
            # No call that changes a domain takes a policy: the new policy is given the domain.
            steps.append(("moving it to the new policy", lambda: self._move(current["id"], str(changes["policyid"]))))
        if _moves(changes):
            change, body = self._client.patch if current["waf_type"] == "cloud" else self._client.put, _properties(current, changes)
            steps.append(("changing its properties", lambda: change("waf", _path(current), body, self._query)))
        steps += self._switched(current, {key: changes[key] for key in _SWITCHES if key in changes})
        with live(_carried_out(f"the domain has the id {current['id']}", steps, at_first="")):
            return self._client.read_after_write(lambda: self._read(current), lambda read: not any(read.get(key) == current.get(key) for key in changes))

    def _move(self, host_id: t.Any, policy_id: str) -> None:
        (policy,) = with_id(self._client, "/waf/policy", policy_id) or ({"id": policy_id},)
        move_hosts(self._client, policy, [host_id], all_hosts(self._client))

    def _switched(self, host: Record, changes: Record) -> list[_Step]:
        """The calls for what has a call of its own."""

        def step(key: str) -> _Step:
            call, what = _SWITCHES[key]
            # The access status in cloud mode takes no enterprise_project_id.
            query = [] if (key, host["waf_type"]) == ("access_status", "cloud") else self._query
            return what, lambda: self._client.put("waf", f"{_path(host)}/{call}", {key: changes[key]}, query)

        return [step(key) for key in changes]

    def delete(self, current: Record) -> None:
        """Remove the domain. Its policy stays unless the task says otherwise, for it may hold rules."""
        self._check_removal(current)
        kept = [("keepPolicy", "false" if self._keep_policy is False else "true")] if self._alone(current) else []
        self._client.delete("waf", _path(current), query=[*kept, *self._query])

    def _check_removal(self, current: Record) -> None:
        mode = current.get("waf_type")
        if mode not in _PATHS:
            raise _unmanaged(current.get("hostname"), mode)
        if mode == "cloud" and self._keep_policy is False:
            raise InputError("keep_policy: in cloud mode WAF always keeps the policy. Leave keep_policy out, and remove the policy afterwards.")

    def _alone(self, current: Record) -> bool:
        """Whether a dedicated domain has its policy for itself: the page of the call says not to send keepPolicy otherwise."""
        if current["waf_type"] == "cloud" or not current.get("policyid"):
            return False
        return all(len(policy.get("hosts") or []) < 2 for policy in with_id(self._client, "/waf/policy", str(current["policyid"])))

    def connected(self, outcome: Outcome, seconds: int) -> None:
        """Wait until WAF tells that the domain is connected. Raises GatehouseError when it does not."""
        told = outcome.after
        host = {"id": told["id"], "waf_type": _MODES.get(told["mode"], told["mode"])}
        called = f"the domain {told['domain']!r}"

        def arrived(read: Record) -> bool:
            return bool(_ACCESS.told(read) == "connected")

        with doing(f"wait for {called}"), live(f"{called} is as the task says, with the id {told['id']}, and access_status {told['access_status']!r}."):
            if not arrived(self._client.wait_until(f"{called} to be connected, as WAF tells", lambda: self._read(host), arrived, seconds)):
                raise GatehouseError(
                    f"Within wait_timeout ({seconds} s) and the deadline of the task, WAF did not tell that it is connected. Once DNS leads to WAF and"
                    " somebody visits the domain, run the task again."
                )

    def _completed(self, host: Record) -> Record:
        """An item of a list with what the call of its mode tells: no list has all."""
        lacking = any(host.get(key) is None for key in _COMPLETE)
        return self._read(host) if lacking and host.get("waf_type") in _PATHS else self._worded(host)

    def _read(self, known: Record) -> Record:
        """What the service holds. Keys that the answer leaves out keep the value that is known."""
        answer = self._client.get("waf", _path(known), self._query)
        return self._worded({**known, **{key: value for key, value in answer.items() if value is not None or key not in known}})

    def _worded(self, host: Record) -> Record:
        """A record with what the service has in one text, or elsewhere: the port, the name of the policy, the CNAME."""
        name, port = _parted(str(host.get("hostname")))
        described = {"description": ""} if "description" in host and host["description"] is None else {}
        parts = {"host": name, "port": port, "policyname": self._policy_name(host.get("policyid")), **described}
        if host.get("waf_type") != "cloud":
            return {**host, **parts, "access_code": None, "cname": None}
        code = host.get("access_code")
        # Terraform's spelling; older texts have another zone.
        return {**host, **parts, "cname": f"{code}.vip1.huaweicloudwaf.com" if code else None}

    def _policy_name(self, policy_id: t.Any) -> t.Any:
        if policy_id and policy_id not in self._policies:
            self._policies[policy_id] = next((policy.get("name") for policy in with_id(self._client, "/waf/policy", str(policy_id))), None)
        return self._policies.get(policy_id)


_Step = tuple[str, t.Callable[[], t.Any]]


def _carried_out(begun: str, steps: t.Sequence[_Step], at_first: str | None = None) -> str:
    """Carry steps out, each told what was done before it; the sentence about what is done then. at_first is the sentence before the first."""
    done: list[str] = []
    told = f"{begun}." if at_first is None else at_first
    for what, write in steps:
        with live(told, what):
            write()
        done.append(what)
        told = f"{begun}; this was done: {', '.join(done)}."
    return told


def _path(host: Record) -> str:
    return f"{_PATHS[host['waf_type']]}/{segment(str(host['id']))}"


def _moves(changes: Record) -> bool:
    """Whether properties change, and not only the policy and what has a call of its own."""
    return bool(set(changes).intersection(_PROPERTIES))


def _properties(current: Record, changes: Record) -> dict[str, t.Any]:
    """The body of a change: all that it may replace, as far as it is known. The pages call it partial, Terraform sends all."""
    known = {**current, **changes}
    if "server" not in changes:
        told = _SERVERS.told(current)
        # What has a form that nobody documents is left as it is.
        known["server"] = None if told is None or told is current["server"] else _SERVERS.outward(told)
    return {key: known[key] for key in _PROPERTIES if known.get(key) not in (None, "", [])}


def _unmanaged(domain: t.Any, mode: t.Any) -> InputError:
    return InputError(f"The domain {domain!r} is of the mode {mode!r}, which cannot be managed here.")


def _spelled(name: str, port: int | None) -> str:
    """A host name and a port as the service has them, in one text."""
    return name if port is None else f"{name}:{port}"


def _parted(spelled: str) -> tuple[str, int | None]:
    """The host name and the port of what the service has in one text."""
    name, colon, port = spelled.rpartition(":")
    return (name, int(port)) if colon and port.isascii() and port.isdecimal() else (spelled, None)


def _check_wait(wanted: Words) -> None:
    """Raises InputError for a wait that makes no sense."""
    seconds = wanted.get("wait_timeout")
    if seconds is not None and not 1 <= seconds <= _LONGEST_WAIT:
        raise InputError(f"wait_timeout: {seconds} is not a number of seconds from 1 to {_LONGEST_WAIT}.")
    if wanted.get("wait") and wanted.get("access_status") == "disconnected":
        raise InputError("wait: it waits for the domain to be connected, and access_status says disconnected. Leave one of them out.")


def _names_of(certificate: Record) -> list[str]:
    """The names that a certificate is for, where the list tells them."""
    # No document has them in the list of WAF; the certificate service that WAF takes certificates from calls them domain and sans.
    sans = certificate.get("sans")
    listed = [certificate.get("domain"), *(sans.split(",") if isinstance(sans, str) else sans if isinstance(sans, list) else [])]
    return sorted({str(name).strip().lower() for name in listed if name})


def _covers(name: str, domain: str) -> bool:
    """Whether a name of a certificate is good for a domain: itself, or one label in the place of the star. For every host name, none is."""
    return domain in (name, "*") or (name.startswith("*.") and domain.partition(".")[2] == name[2:])


def _connected(store: Domains, options: Words, outcome: Outcome, dry_run: bool) -> Outcome:
    """What came of a wish once the domain is connected, where the task waits for it. Waiting changes nothing."""
    if not options.get("wait") or outcome.after.get("access_status") == "connected":
        return outcome
    if not dry_run:
        seconds = options.get("wait_timeout")
        store.connected(outcome, _WAIT if seconds is None else seconds)
    after = {**outcome.after, "access_status": "connected"}
    return Outcome(outcome.changed, outcome.before if outcome.changed else after, after)


def _port() -> Field:
    def normal(value: t.Any) -> t.Any:
        if value in _STANDARD_PORTS:
            raise ValueError(f"{value} is a standard port, which WAF does not spell. Leave port out; front_protocol of servers says which are served.")
        if not 1 <= value <= HIGHEST_PORT:
            raise ValueError(f"{shown(value)} is not a port from 1 to {HIGHEST_PORT}.")
        return value

    return Field("port", "port", {"type": "int"}, normal=normal)


def _domain() -> Field:
    hint = "it is a host name such as shop.example.com or *.example.com, its port in port, and non-ASCII letters in Punycode;"
    field = text("domain", api="host", at_most=_LONGEST_NAME, pattern=rf"\*|(?:\*\.)?{HOST_NAME}", hint=f"{hint} ASCII letters, digits, - and _ are")
    return replace(field, key=str.lower, spelled=lambda wished, held: held if isinstance(held, str) and held.lower() == wished.lower() else wished)


def _one_of(name: str, api: str, api_id: str) -> tuple[Field, Field]:
    """Something that is said by name or id, and its id; WAF spells what is not there as an empty text."""
    named = replace(text(name, api=api, at_least=1), inward=lambda value: str(value) or None)
    return named, replace(only_told(f"{name}_id", api=api_id), inward=lambda value: str(value) or None)


_MODE = choice("mode", _MODES, api="waf_type")
_ACCESS = choice("access_status", _ACCESSES)
_SERVERS = servers()
_RENAMED = "WAF fixes it when a domain is added. Add the new one, then remove this one with state=absent."

DOMAIN = Resource(
    kind="domain",
    plural="domains",
    store=Domains,
    fields=(
        lasting(_domain(), _RENAMED),
        lasting(_port(), _RENAMED),
        lasting(_MODE, "the modes are different products. Remove the domain with state=absent, and add it in the other mode."),
        _SERVERS,
        initially(switch("proxy"), False),
        *_one_of("policy", "policyname", "policyid"),
        *_one_of("certificate", "certificatename", "certificateid"),
        choice("protection", _PROTECTIONS, api="protect_status"),
        _ACCESS,
        # The bodies that change a domain have none, by the documents; Terraform sends one all the same.
        lasting(initially(text("description", many_lines=True), ""), "WAF takes a description when a domain is added, and no change of it."),
        only_told("cname"),
        only_told("access_code"),
    ),
    needed_to_create=("servers",),
    told_apart_by=("port", "mode"),
    extra={
        "wait": {"type": "bool"},
        "wait_timeout": {"type": "int"},
        "keep_policy": {"type": "bool"},
        **PLANNED,
    },
    afterwards=_connected,
)
