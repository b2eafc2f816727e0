# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules of WAF policies: geolocation rules and IP-intelligence rules."""

from __future__ import annotations

import abc
import typing as t

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import counted, id_in, pages, segment
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError, live, unwritten, with_near
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import (
    Words,
    choice,
    flag,
    initially,
    inside,
    members,
    text,
    tokens,
    word,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED, Place, Record, Resource, is_planned, still_there
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import PAGE, all_policies, enterprise_project, policy_named, refuse_all_projects
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_facts import geoip_map, listed_in, object_of, reputation_map

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

# The switch calls of both kinds of rule: 1 is on.
_ON = 1

# Policies of one task, from which on the list of all policies may be worth its calls, and its page.
_FEW = 4
_WIDE_PAGE = 1000


class _Rules(abc.ABC):
    """The rules of one type in one policy. Both types have the same calls; the subclasses tell what differs."""

    path: t.ClassVar[str]
    # The option whose members come from a map of the service, the key in the API, and what a member is called.
    members: t.ClassVar[str]
    api: t.ClassVar[str]
    member: t.ClassVar[str]

    def __init__(self, client: Client, options: t.Mapping[str, t.Any]) -> None:
        self._client = client
        self._query = enterprise_project(client)
        self.reads_back = True
        # How many policies the task is about, where it is about a set.
        self._together: int = options.get("together") or 1
        self.sure = self._together < _FEW
        if "state" in options:
            refuse_all_projects(client)
        known = options["policy"]
        with unwritten("state" in options):
            among = client.once("the WAF policies", lambda: all_policies(client)) if self._together > 1 else None
            # Who has read it already hands it over.
            policy: Record = known if isinstance(known, dict) else policy_named(client, known, is_planned(options, known), among)
        # A policy that is planned has no id yet; it holds nothing, and nothing is written to it.
        self._policy_id = policy.get("id")
        self.where: Words = {"policy": policy.get("name"), "policy_id": self._policy_id}
        if options.get("state") == "present" and options.get("enabled") is not False:
            client.notes.warnings.extend(self._idle(policy))

    def _path(self, rule_id: t.Any = None) -> str:
        rules = f"/waf/policy/{segment(str(self._policy_id))}/{self.path}"
        return rules if rule_id is None else f"{rules}/{segment(str(rule_id))}"

    def _idle(self, policy: Record) -> list[str]:
        """Why the rules of this type do nothing in a policy, if so, for a warning."""
        del policy
        return []

    def all(self) -> list[Record]:
        """Every rule of the policy; unless it must be sure, by the list of all policies where that takes fewer calls."""
        if not self.sure and self._policy_id is not None:
            held = self._client.once(f"the rules of all policies, {self.path}", self._of_all_policies)
            if held is not None:
                return held.get(str(self._policy_id), [])
        self.sure = True
        return still_there(self._items(), self._completed)

    def _of_all_policies(self) -> dict[str, list[Record]] | None:
        """The rules of all policies, by policy; None where the lists of the policies tell more, or cost less."""
        worth = True

        def page(number: int, before: int) -> t.Any:
            del before
            nonlocal worth
            body = self._client.get("waf", f"/waf/rule/{self.path}", [("page", number), ("pagesize", _WIDE_PAGE), *self._query])
            if number == 1:
                # One call for each thousand rules of the account, or one for each policy of the task.
                worth = (counted(body) or 0) <= _WIDE_PAGE * self._together
            return body if worth else {}

        found: dict[str, list[Record]] = {}
        try:
            items = pages(page, "items", _WIDE_PAGE, spread=self._client.crew.map)
        except ApiError as error:
            if not 400 <= error.status < 500 or error.status in (401, 429):
                raise
            # No document names the permission that it takes, and not every edition may have it.
            return None
        for item in items:
            if not worth or item.get("policyid") is None or "description" not in item or item.get("status") is None:
                return None
            found.setdefault(str(item["policyid"]), []).append(_numbered(item))
        return found if worth else None

    def find(self, wanted: Words) -> list[Record]:
        """Rules by id, else by name: names need not be unique."""
        key = "id" if wanted.get("id") else "name"
        return still_there((record for record in self._items() if record.get(key) == wanted.get(key)), self._completed)

    def sought(self, wanted: Words, arrived: t.Callable[[list[Record]], bool] = bool) -> list[Record]:
        """As find, after a write."""
        return self._client.read_after_write(lambda: self.find(wanted), arrived)

    def settle(self, wanted: Words, current: Words | None) -> Words:
        """Nothing to add to what was said."""
        del current
        return wanted

    def foresee(self, current: Record | None, changes: Record | None) -> None:
        """A new location or tag has to be in the map of the service, in its spelling, and an update needs all that it replaces."""
        if current is not None and changes is not None:
            self._body(current, changes)
        new = sorted(set(self._members_of(changes or {})).difference(self._members_of(current or {})))
        try:
            known = self._known() if new else set()
        except GatehouseError:
            # Without the map nothing is foreseen; the service decides.
            return
        unknown = [with_near(member, known) for member in new if known and member not in known]
        if unknown:
            raise InputError(f"{self.members}: WAF does not know the {self.member} {'; '.join(unknown)}.")

    def _members_of(self, record: Record) -> list[str]:
        """The locations, which are one text, or tags that a record holds."""
        held = record.get(self.api)
        return held.split("|") if isinstance(held, str) else [str(member) for member in held] if isinstance(held, list) else []

    @abc.abstractmethod
    def _known(self) -> set[str]:
        """The members that the service takes. Raises GatehouseError."""

    @abc.abstractmethod
    def create(self, values: Record) -> Record:
        """Make a rule."""

    def update(self, current: Record, changes: Record) -> Record:
        """Send the object as a whole, for the body replaces; the status has a call of its own."""
        known: Record = dict(current)
        done = ""
        body = self._body(current, changes)
        if body:
            self._client.put("waf", self._path(current["id"]), body, self._query)
            known = {**known, **body}
            done = f"the new properties of the rule with the id {current['id']} are in force."
        if "status" in changes:
            with live(done, "changing enabled"):
                known = self._switched(known, changes["status"])
            done = f"the rule with the id {current['id']} is as the task says."
        with live(done):
            return self._after(known, lambda read: not any(read.get(key) == current.get(key) for key in changes))

    def _after(self, known: Record, arrived: t.Callable[[Record], bool] = bool) -> Record:
        """What the service holds after a write; as far as it is known, where it is read later."""
        return self._client.read_after_write(lambda: self._read(known), arrived) if self.reads_back else _numbered(known)

    def _body(self, current: Record, changes: Record) -> Record:
        """What an update sends: everything that it replaces, or nothing if only the status changes."""
        if set(changes) <= {"status"}:
            return {}
        known = {**current, **changes}
        if known.get("description") is None:
            # The models of the SDK know no description; the update would clear one that nobody tells us of.
            raise InputError("description: the service does not tell the one that the rule has, and an update replaces it. Set description.")
        return {key: known[key] for key in self._replaced() if known.get(key) is not None}

    def delete(self, current: Record) -> None:
        """Remove the rule."""
        self._client.delete("waf", self._path(current["id"]), query=self._query)

    def _items(self) -> list[Record]:
        if self._policy_id is None:
            return []

        # Rules are looked up here and not with the show call, whose documented answer lacks the name.
        def page(number: int, before: int) -> t.Any:
            return self._client.get("waf", self._path(), [*self._paging(number, before), *self._query])

        return [_numbered(item) for item in pages(page, "items", PAGE, spread=self._client.crew.map)]

    @abc.abstractmethod
    def _paging(self, number: int, before: int) -> list[tuple[str, t.Any]]:
        """The query for one page of the list."""

    @abc.abstractmethod
    def _replaced(self) -> tuple[str, ...]:
        """The keys of the body that an update replaces as a whole."""

    def _switched(self, record: Record, status: int) -> Record:
        self._client.put("waf", self._path(record["id"]) + "/status", {"status": status}, self._query)
        return {**record, "status": status}

    def _completed(self, record: Record) -> Record:
        """An item of a list; a description that it lacks is asked for, for absent means unknown."""
        return record if "description" in record else self._read(record)

    def _read(self, known: Record) -> Record:
        """What the service holds. Keys that the answer leaves out keep the value that is known: absent means unknown, not empty."""
        shown = self._client.get("waf", self._path(known["id"]), self._show_query())
        return _numbered({**known, **{key: value for key, value in shown.items() if value is not None or key not in known}})

    def _show_query(self) -> list[tuple[str, t.Any]]:
        return self._query


class GeoipRules(_Rules):
    """Geolocation rules: creation takes the status, the update does not."""

    path = "geoip"
    members = "locations"
    api = "geoip"
    member = "location"

    def _idle(self, policy: Record) -> list[str]:
        if object_of(policy.get("options")).get("geoip") is not False:
            return []
        return [f"The geolocation rules of the WAF policy {policy.get('name')!r} do nothing while its switch for them is off: options.geoip of waf_policy."]

    def create(self, values: Record) -> Record:
        answer = self._client.post("waf", self._path(), dict(values), self._query)
        with live(f"the rule was created, with the id {id_in(answer)}."):
            return self._after({"status": _ON, "description": "", **values, **answer})

    def _known(self) -> set[str]:
        def read() -> set[str]:
            answer = geoip_map(self._client)
            # Whether a rule takes the keys as well (CN, AB, AB2) is not documented; they are not refused here.
            groups = [group for part in ("continent", "geomap") for group in listed_in(answer.get(part)).items()]
            return {member for key, listed in groups for member in (key, *listed)} | set(object_of(answer.get("locale")))

        return self._client.once("the geolocation map", read)

    def _paging(self, number: int, before: int) -> list[tuple[str, t.Any]]:
        del before
        return [("page", number), ("pagesize", PAGE)]

    def _replaced(self) -> tuple[str, ...]:
        return ("name", "description", "geoip", "white")


class IpReputationRules(_Rules):
    """IP-intelligence rules: neither creation nor the update takes the status."""

    path = "ip-reputation"
    members = "tags"
    api = "tags"
    member = "tag"

    def settle(self, wanted: Words, current: Words | None) -> Words:
        """A new rule is of the only type there is unless the task says one."""
        settled = super().settle(wanted, current)
        return settled if current is not None else {"type": "idc", **settled}

    def create(self, values: Record) -> Record:
        properties = {key: value for key, value in values.items() if key != "status"}
        answer = self._client.post("waf", self._path(), properties, self._query)
        rule_id = id_in(answer)
        record = _numbered({"status": _ON, "description": "", **properties, **answer})
        if values.get("status", _ON) != _ON:
            with live(f"the rule was created, with the id {rule_id}; a new rule is enabled.", "disabling it"):
                record = self._switched(record, values["status"])
        with live(f"the rule was created, with the id {rule_id}."):
            return self._after(record, lambda read: read.get("status") == record["status"])

    def _known(self) -> set[str]:
        def read() -> set[str]:
            return {tag for listed in listed_in(reputation_map(self._client).get("ip_reputation_map")).values() for tag in listed}

        return self._client.once("the IP-intelligence map", read)

    def _paging(self, number: int, before: int) -> list[tuple[str, t.Any]]:
        # The list takes offset and limit, and page and pagesize as well; the official Terraform provider relies on the former.
        del number
        return [("offset", before), ("limit", PAGE)]

    def _replaced(self) -> tuple[str, ...]:
        # policyname is left out: the pages list it, the SDK does not, and no answer carries it.
        return ("name", "type", "tags", "action", "description")

    def _show_query(self) -> list[tuple[str, t.Any]]:
        # ConfirmIpReputationRule does not list enterprise_project_id.
        return []


def _numbered(record: Record) -> Record:
    """A rule whose numbers are numbers, for some answers spell them as text, and whose empty description is a text."""
    numbers = {key: int(value) for key, value in record.items() if key in ("white", "status") and isinstance(value, str) and value.isdecimal()}
    described = {"description": ""} if "description" in record and record["description"] is None else {}
    return {**record, **numbers, **described}


_POLICY = (Place("policy", {"type": "str", "required": True}),)

GEOIP_RULE = Resource(
    kind="geoip_rule",
    plural="geoip_rules",
    store=GeoipRules,
    places=_POLICY,
    fields=(
        # The pages name no limits; Terraform documents these.
        text("name", at_least=1, at_most=128, pattern=r"[\w:.\-]+", hint="letters, digits, and - _ : . are"),
        tokens("locations", "|", api="geoip", member=word("location", 100), what="location"),
        choice("action", {"block": 0, "allow": 1, "log": 2}, api="white"),
        initially(flag("enabled", api="status"), True),
        initially(text("description", many_lines=True), ""),
    ),
    needed_to_create=("locations", "action"),
    exclusive="locations",
    extra=PLANNED,
)

IP_REPUTATION_RULE = Resource(
    kind="ip_reputation_rule",
    plural="ip_reputation_rules",
    store=IpReputationRules,
    places=_POLICY,
    fields=(
        text("name", at_least=1, at_most=256),
        initially(choice("type", {"idc": "idc"}), "idc"),
        members("tags", member=word("tag", 100), what="tag"),
        inside("category", choice("action", {"block": "block", "allow": "pass", "log": "log"})),
        initially(flag("enabled", api="status"), True),
        initially(text("description", many_lines=True), ""),
    ),
    needed_to_create=("tags", "action"),
    exclusive="tags",
    extra=PLANNED,
)
