# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""API Gateway: gateways and access control policies."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import counted, id_in, pages, segment, the_one
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError, doing, live, unwritten
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import (
    Field,
    Words,
    address_network_or_range,
    choice,
    lasting,
    text,
    tokens,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED, Place, Record, Resource, is_planned

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

# What a list call gives at most; more is cut to this.
PAGE = 500

# What the body of an update has, all of it.
_REPLACED = ("acl_name", "acl_type", "acl_value", "entity_type")

# From the description of acl_value in the API reference.
_MOST_VALUES = 100
_LONGEST_ACCOUNT = 64
_LONGEST_ACCOUNTS = 1024

# The refusal to remove a policy that is bound, and how many of the APIs a message names.
_BOUND = "APIG.3447"
_MOST_NAMED = 10

# A caller without the permission to list gateways gets an empty list, not a refusal.
NO_GATEWAY = "Check gateway and region, and that the caller may list gateways (apig:instances:list)."


def all_gateways(client: Client, **filters: str) -> list[Record]:
    """The gateways of the project, or those that the filters of the call leave."""

    def page(number: int, before: int) -> t.Any:
        del number
        return client.get("apig", "/apigw/instances", [*filters.items(), ("offset", before), ("limit", PAGE)])

    return pages(page, "instances", PAGE)


def gateway_named(client: Client, name: str) -> Record:
    """The gateway with this name or id. Raises when there is none, or when two have the name."""
    with doing(f"find the gateway {name!r}"):
        found = [gateway for gateway in all_gateways(client, instance_name=name) if gateway.get("instance_name") == name]
        if not found:
            found = [gateway for gateway in all_gateways(client, instance_id=name) if gateway.get("id") == name]
    return the_one("gateway", name, found, NO_GATEWAY, others=lambda: (gateway.get("instance_name") for gateway in all_gateways(client)))


class Acls:
    """The access control policies of one gateway."""

    def __init__(self, client: Client, options: t.Mapping[str, t.Any]) -> None:
        self._client = client
        self._options = options
        self.reads_back = True
        self.sure = True
        known = options["gateway"]
        with unwritten("state" in options):
            # Who has read it already hands it over.
            gateway: Record = known if isinstance(known, dict) else gateway_named(client, known)
        self._gateway_id = str(gateway["id"])
        self.where: Words = {"gateway": gateway.get("instance_name"), "gateway_id": self._gateway_id}

    def _path(self, acl_id: t.Any = None) -> str:
        acls = f"/apigw/instances/{segment(self._gateway_id)}/acls"
        return acls if acl_id is None else f"{acls}/{segment(str(acl_id))}"

    def all(self) -> list[Record]:
        """Every policy of the gateway."""
        return self._listed([])

    def find(self, wanted: Words) -> list[Record]:
        """The policy with the id, else those with the name."""
        if wanted.get("id"):
            # From the list and not from the show call, which does not tell whether the policy is bound.
            return [record for record in self._listed([("id", wanted["id"])]) if record.get("id") == wanted["id"]]
        # The name filter takes parts of names unless precise_search says otherwise; older gateways may not know it.
        found = self._listed([("name", wanted["name"]), ("precise_search", "name")])
        return [record for record in found if record.get("acl_name") == wanted["name"]]

    def settle(self, wanted: Words, current: Words | None) -> Words:
        """The values must fit the type of entity, which never changes."""
        entity_type = wanted.get("entity_type") or (current or {}).get("entity_type")
        try:
            for value in wanted.get("entries") or []:
                _checked_value(value, entity_type)
        except ValueError as error:
            raise InputError(f"entries: {error}") from None
        if entity_type == "domain" and len(",".join(wanted.get("entries") or [])) > _LONGEST_ACCOUNTS:
            raise InputError(f"entries: the account names are longer than {_LONGEST_ACCOUNTS} characters together.")
        return wanted

    def sought(self, wanted: Words, arrived: t.Callable[[list[Record]], bool] = bool) -> list[Record]:
        """As find, after a write."""
        return self._client.read_after_write(lambda: self.find(wanted), arrived)

    def foresee(self, current: Record | None, changes: Record | None) -> None:
        """A policy that is bound is not removed."""
        # What the play itself has unbound may still be read as bound; the service decides. An answer that does not tell whether it is bound may mean either.
        planned = {"planned": self._options.get("in_play") or self._options.get("planned")}
        if changes is None and current is not None and not is_planned(planned, current.get("acl_name")) and counted(current, "bind_num") != 0:
            bound = self._bound(current)
            if bound:
                raise InputError(f"{bound} API Gateway refuses to remove it ({_BOUND}); unbind it first.")

    def create(self, values: Record) -> Record:
        """Make a policy; the answer is what the service holds."""
        answer = self._client.post("apig", self._path(), dict(values))
        acl_id = id_in(answer)
        with live(f"the policy was created, with the id {acl_id}."):
            return self._client.read_after_write(lambda: self._read(acl_id)) if self.reads_back else {**values, **answer}

    def update(self, current: Record, changes: Record) -> Record:
        """The body is replaced as a whole, entity_type included though it cannot change."""
        known = {**current, **changes}
        if any(known.get(key) is None for key in _REPLACED):
            known = {**self._read(current["id"]), **changes}
        self._client.put("apig", self._path(current["id"]), {key: known.get(key) for key in _REPLACED})
        if not self.reads_back:
            return known
        with live(f"the policy with the id {current['id']} has been updated."):
            return self._client.read_after_write(lambda: self._read(current["id"]), lambda read: not any(read.get(key) == current.get(key) for key in changes))

    def delete(self, current: Record) -> None:
        """Remove the policy; one that is bound to APIs is refused, with the names of the APIs."""
        try:
            self._client.delete("apig", self._path(current["id"]))
        except ApiError as error:
            if error.code == _BOUND:
                error.message = f"{error.message} {self._bound(current)}".rstrip()
            raise

    def bindings(self, acl_id: t.Any, environment_id: str | None = None) -> list[Record]:
        """What a policy is bound to, in one environment or in all."""

        def page(number: int, before: int) -> t.Any:
            del number
            path = f"/apigw/instances/{segment(self._gateway_id)}/acl-bindings/binded-apis"
            return self._client.get("apig", path, [("acl_id", acl_id), ("env_id", environment_id), ("offset", before), ("limit", PAGE)])

        found = pages(page, "apis", PAGE, key="bind_id")
        return [binding for binding in found if environment_id in (None, binding.get("env_id"))]

    def _bound(self, current: Record) -> str:
        """What the policy is bound to, in a sentence; nothing when it is not bound."""
        count = counted(current, "bind_num") or 0
        try:
            bindings = self.bindings(current["id"])
        except GatehouseError:
            # Whether it is bound is known all the same.
            return f"It is bound to {count} API{'s' if count > 1 else ''}." if count else ""
        environments: dict[str, list[str]] = {}
        for binding in bindings:
            environments.setdefault(str(binding.get("api_name")), []).append(str(binding.get("env_name")))
        named = [f"{name!r} (in {', '.join(sorted(where))})" for name, where in sorted(environments.items())]
        rest = [f"and {len(named) - _MOST_NAMED} more"] if len(named) > _MOST_NAMED else []
        count = len(named) or count
        return f"It is bound to {count} API{'s' if count > 1 else ''}{': ' if named else ''}{', '.join(named[:_MOST_NAMED] + rest)}." if count else ""

    def _read(self, acl_id: t.Any) -> Record:
        record: Record = self._client.get("apig", self._path(acl_id))
        return record

    def _listed(self, query: list[tuple[str, t.Any]]) -> list[Record]:
        def page(number: int, before: int) -> t.Any:
            del number
            return self._client.get("apig", self._path(), [*query, ("offset", before), ("limit", PAGE)])

        return pages(page, "acls", PAGE, spread=self._client.crew.map)


def _canonical(value: str) -> str:
    """Addresses in their one notation; anything else as it is, for account names and ids live in the same field."""
    try:
        return address_network_or_range(value)
    except ValueError:
        return value


def _checked_value(value: str, entity_type: str | None) -> None:
    if entity_type == "ip":
        address_network_or_range(value)
    elif entity_type == "domain":
        if not 1 <= len(value) <= _LONGEST_ACCOUNT or not value.isascii():
            raise ValueError(f"{value!r} is not an account name: 1 to {_LONGEST_ACCOUNT} ASCII characters are allowed.")
        if value.isdigit():
            raise ValueError(f"{value!r} is not an account name: it consists of digits only.")
    elif entity_type == "domain_id" and not (value.isascii() and value.isalnum()):
        raise ValueError(f"{value!r} is not an account id: letters and digits are allowed.")


def _entries() -> Field:
    """Whom the policy is about. A result cannot have a key "values", for templates would read the method of that name; the option has it as alias."""
    # Whether the names of accounts differ by case is not documented: they do here, so that no wish is lost.
    field = tokens("entries", ",", api="acl_value", member=_canonical, what="entry", at_most=_MOST_VALUES, sameness=str)
    return replace(field, argument={**field.argument, "aliases": ["values"]})


ACL = Resource(
    kind="acl",
    plural="acls",
    store=Acls,
    places=(Place("gateway", {"type": "str", "required": True}),),
    fields=(
        # The page allows ASCII letters only, the SDK Chinese ones as well: letters of every alphabet are left to the service.
        text("name", api="acl_name", at_least=3, at_most=64, pattern=r"[^\W\d_]\w*", hint="it begins with a letter, and letters, digits and _ are"),
        choice("type", {"permit": "PERMIT", "deny": "DENY"}, api="acl_type"),
        lasting(
            choice("entity_type", {"ip": "IP", "domain": "DOMAIN", "domain_id": "DOMAIN_ID"}),
            "API Gateway fixes it at creation. Unbind the policy, remove it with state=absent, and create it anew.",
        ),
        _entries(),
    ),
    needed_to_create=("type", "entity_type", "entries"),
    extra=PLANNED,
)
