# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""WAF policies: how strictly they judge, which of their protections are on, and which domains they protect."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import id_in, objects_in, segment
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError, doing, live
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Field, Words, choice, initially, inside, members, switch, text
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED, Record, Resource, still_there
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import (
    all_hosts,
    all_policies,
    domain_named,
    enterprise_project,
    move_hosts,
    refuse_all_projects,
    with_id,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_facts import object_of

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

# Every switch of PolicyOption, and how a new policy has it: as the pages say, off for geolocation, and None where no source tells.
SWITCHES: t.Mapping[str, bool | None] = {
    "webattack": True,
    "common": True,
    "crawler": True,
    "crawler_engine": False,
    "crawler_scanner": True,
    "crawler_script": False,
    "crawler_other": False,
    "webshell": False,
    "cc": True,
    "custom": True,
    "precise": None,
    "whiteblackip": True,
    "geoip": False,
    "ignore": True,
    "privacy": True,
    "antitamper": True,
    "antileakage": None,
    "bot_enable": None,
    "bot_manager_enable": None,
    "modulex_enabled": None,
    "followed_action": None,
    "anticrawler": None,
    "scan_protection": None,
    "high_frequency_scan_blocking": None,
    "directory_traversal_protection": None,
}

# The refusal to remove a policy that protects domains, and how many of them a message names.
_IN_USE = "WAF.00022003"
_MOST_NAMED = 10


class Policies:
    """The WAF policies of the project."""

    def __init__(self, client: Client, options: t.Mapping[str, t.Any]) -> None:
        self._client = client
        self._query = enterprise_project(client)
        self._switches: Words = _said(options.get("options") or {})
        self._domains: t.Sequence[str] = options.get("domains") or ()
        self._planned = bool(options.get("planned"))
        self.where: Words = {}
        if "state" in options:
            refuse_all_projects(client)

    def _path(self, policy_id: t.Any) -> str:
        return f"/waf/policy/{segment(str(policy_id))}"

    def all(self) -> list[Record]:
        """Every policy."""
        return still_there(all_policies(self._client), self._completed)

    def find(self, wanted: Words) -> list[Record]:
        """The policy with the id, else those with the name: whether names are unique is not documented."""
        if wanted.get("id"):
            return [_whole(record) for record in with_id(self._client, "/waf/policy", str(wanted["id"]))]
        # The filter may match parts of names; the documents do not say.
        named = [record for record in all_policies(self._client, wanted["name"]) if record.get("name") == wanted["name"]]
        return still_there(named, self._completed)

    def sought(self, wanted: Words, arrived: t.Callable[[list[Record]], bool] = bool) -> list[Record]:
        """As find, after a write."""
        return self._client.read_after_write(lambda: self.find(wanted), arrived)

    def settle(self, wanted: Words, current: Words | None) -> Words:
        """All switches, from those that were said and those that are, and all domains: a domain always has one policy, so those that are not said stay."""
        settled = dict(wanted)
        known: Words = {"id": None, "options": SWITCHES, "domains": []} if current is None else current
        if "options" in wanted:
            settled["options"] = {**(known["options"] or {}), **wanted["options"]}
        if "domains" in wanted:
            held = known["domains"] or []
            moved = [_host_name(host) for host in self._to_move(known["id"], held, self._hosts())]
            settled["domains"] = sorted([*held, *moved]) if moved else known["domains"]
        return settled

    def foresee(self, current: Record | None, changes: Record | None) -> None:
        """A policy that protects domains is not removed."""
        if current is None:
            return
        if changes is not None:
            self._body(current, changes)
            return
        protected = "" if self._planned else self._protected(current)
        if protected:
            raise InputError(f"{protected} WAF refuses to remove it ({_IN_USE}).")

    def create(self, values: Record) -> Record:
        """The creation takes the name only; the rest is an update of what it made."""
        # What log_action_replaced stands for is not told afterwards; this is its default.
        answer = self._client.post("waf", "/waf/policy", {"name": values["name"], "log_action_replaced": True}, self._query)
        policy_id = id_in(answer)
        made = f"the policy was created, with the id {policy_id}."
        with live(made):
            # As the answer of the creation may not tell all of it.
            record = self._client.read_after_write(lambda: self._read(policy_id))
        changes = {key: value for key, value in values.items() if key != "name"}
        return self._changed(record, changes, made) if changes else record

    def update(self, current: Record, changes: Record) -> Record:
        """Properties first, domains last: no domain comes under a policy that is not as it shall be."""
        return self._changed(current, changes, "")

    def delete(self, current: Record) -> None:
        """Remove the policy and its rules; one that protects domains is refused, with their names."""
        try:
            self._client.delete("waf", self._path(current["id"]), query=self._query)
        except ApiError as error:
            if error.code == _IN_USE:
                error.message = f"{error.message} {self._protected(current)}".rstrip()
            raise

    def _changed(self, current: Record, changes: Record, done: str) -> Record:
        """Carry changes out; done says what was written before."""
        path = self._path(current["id"])
        body = {key: value for key, value in self._body(current, changes).items() if current.get(key) != value}
        touched = list(body)
        if body:
            with live(done, f"setting {', '.join(_option(key) for key in body)}"):
                self._client.patch("waf", path, body, self._query)
            done = f"{done} the new properties of the policy with the id {current['id']} are in force.".lstrip()
        with live(done, "moving domains under the policy"):
            hosts = self._hosts() if "bind_host" in changes else []
            moved = self._to_move(current["id"], _names(current), hosts) if "bind_host" in changes else []
        if moved:
            names = ", ".join(_host_name(host) for host in moved)
            with live(done, f"moving {names} under the policy"):
                move_hosts(self._client, current, (host["id"] for host in moved), hosts)
            done = f"{done} the policy with the id {current['id']} protects {names}.".lstrip()
            touched.append("bind_host")
        with live(done):
            read = self._client.read_after_write(lambda: self._read(current["id"]), lambda seen: not any(seen.get(key) == current.get(key) for key in touched))
        if "options" in body:
            self._warn_of_switches(read)
        return read

    def _warn_of_switches(self, record: Record) -> None:
        """Some editions take a switch and leave it as it was."""
        held = _OPTIONS.told(record) or {}
        kept = sorted(name for name, value in self._switches.items() if held.get(name) is not None and held[name] is not value)
        if kept:
            self._client.notes.warnings.append(
                f"The service left these switches of the WAF policy {record.get('name')!r} as they were: {', '.join(kept)}. Its edition may not switch them."
            )

    def _body(self, current: Record, changes: Record) -> dict[str, t.Any]:
        """What an update sends. It changes only the properties that it names, but what is inside one may be replaced as a whole."""
        body = {key: value for key, value in changes.items() if key != "bind_host"}
        if "options" in body:
            if not isinstance(current.get("options"), dict):
                raise InputError("options: the service does not tell the switches that the policy has, and an update may switch the others off.")
            # Whether PATCH merges the switches is not stated: all of them are sent.
            body["options"] = {**current["options"], **self._switches}
        if "action" in body:
            body["action"] = {**object_of(current.get("action")), **body["action"]}
        return body

    def _hosts(self) -> list[Record]:
        """All domains, if some were said."""
        with doing("find the domains"):
            return all_hosts(self._client) if self._domains else []

    def _to_move(self, policy_id: t.Any, held: t.Collection[str], hosts: t.Sequence[Record]) -> list[Record]:
        """The domains that were said and that another policy protects. Raises GatehouseError for one that is not there, or is there in both modes."""
        found = {str(host["id"]): host for host in (self._domain(name, hosts) for name in self._domains)}
        folded = {name.casefold() for name in held}
        return [host for host in found.values() if not (host["policyid"] == policy_id if host.get("policyid") else _host_name(host).casefold() in folded)]

    def _domain(self, name: str, hosts: t.Sequence[Record]) -> Record:
        """The domain with a host name or an id. Of those of one name the id tells which is meant."""
        named = [host for host in hosts if _host_name(host).casefold() == name.casefold()] or [host for host in hosts if host.get("id") == name]
        return domain_named(self._client, name, named)

    def _protected(self, current: Record) -> str:
        """The domains that the policy protects, in a sentence with the way out; nothing when there are none."""
        names = _names(current)
        if not names:
            try:
                names = sorted(_host_name(host) for host in all_hosts(self._client) if host.get("policyid") == current["id"])
            except GatehouseError:
                return ""
        if not names:
            return ""
        rest = [f"and {len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
        listed = ", ".join([*(repr(name) for name in names[:_MOST_NAMED]), *rest])
        way_out = "Move them under another policy first: list them in the domains of that one, or remove them from WAF."
        return f"It protects {len(names)} domain{'s' if len(names) > 1 else ''}: {listed}. {way_out}"

    def _completed(self, record: Record) -> Record:
        """An item of a list; the switches, where it lacks them, are asked for."""
        return _whole(record) if "options" in record else self._read(record["id"])

    def _read(self, policy_id: t.Any) -> Record:
        return _whole(self._client.get("waf", self._path(policy_id), self._query))


def _whole(record: Record) -> Record:
    """A policy that tells its domains by bind_host; where it tells nothing but their ids, by these."""
    if "bind_host" in record or not isinstance(record.get("hosts"), list):
        return record
    return {**record, "bind_host": [{"id": host} for host in record["hosts"]]}


def _names(record: Record) -> list[str]:
    """The domains that a record of a policy names."""
    return sorted(_host_name(host) for host in objects_in(record, "bind_host"))


def _host_name(host: Record) -> str:
    """How a domain is called; by its id where nothing tells its name."""
    return str(host.get("hostname") or host.get("id"))


def _option(key: str) -> str:
    """The option that a key of the API stands for."""
    return next((one.name for one in POLICY.fields if one.api == key), key)


def _said(switches: Words) -> dict[str, t.Any]:
    """The switches that have a value: Ansible adds those that a task leaves out."""
    return {name: value for name, value in switches.items() if value is not None}


def _switches() -> Field:
    """The switches, under their names in the API. Those that an answer lacks are unknown, those that we do not know are told."""
    boolean = switch("").inward
    argument = {"type": "dict", "options": {name: {"type": "bool"} for name in SWITCHES}}
    told = dict.fromkeys(SWITCHES)
    return Field(
        "options",
        "options",
        argument,
        normal=_said,
        outward=_said,
        inward=lambda value: {**told, **{name: None if one is None else boolean(one) for name, one in value.items()}},
    )


def _protected_domains() -> Field:
    """Host names or ids of domains. Two of one name, in both modes, are two, so that they are compared as a bag and not as a set."""
    field = members("domains", api="bind_host", what="domain")
    return replace(
        field,
        normal=lambda value: field.normal(value) if value else [],
        inward=lambda value: sorted(_host_name(host) for host in value),
        key=lambda value: sorted(name.casefold() for name in value),
        spelled=lambda wished, held: wished,
    )


_OPTIONS = _switches()

POLICY = Resource(
    kind="policy",
    plural="policies",
    store=Policies,
    fields=(
        # The SDK says 64 letters, digits and _; other editions, and what is in use, 256 and - as well: letters of every alphabet are left to the service.
        text("name", at_least=1, at_most=256, pattern=r"[\w-]+", hint="letters, digits, _ and - are"),
        initially(choice("level", {"low": 1, "medium": 2, "high": 3}), "medium"),
        initially(inside("category", choice("mode", {"log": "log", "block": "block"}, api="action")), "log"),
        initially(switch("full_detection"), False),
        initially(_OPTIONS, dict(SWITCHES)),
        initially(_protected_domains(), []),
    ),
    extra=PLANNED,
)
