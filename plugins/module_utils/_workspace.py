# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Workspace: access policies, with their addresses and their users and groups."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import counted, objects_in, pages, segment, the_one
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError, InputError, doing, live
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import (
    Field,
    Words,
    choice,
    initially,
    ipv4_address_or_network,
    lasting,
    members,
    switch,
    text,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Record, Resource, still_there

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

# Limits of the calls: policies in a list and the last offset, objects in a list, entries in one request.
_POLICIES, _LAST_OFFSET = 100, 99
_OBJECTS = 2000
_MOST_ADDRESSES = 1000
_ONE_ADDRESS = "255.255.255.255"
_MOST_OBJECTS = 2000

_ID = "policy_id"
_OBJECT_TYPES = {"user": "USER", "group": "USERGROUP"}
_ONLY_FOR = {
    "ip_white_list": ("ip_addresses", "removed_ip_addresses", "purge_ip_addresses", "enabled", "block_all"),
    "access_type": ("objects",),
}


class AccessPolicies:
    """The access policies of the project. There is no call that shows one: they are found by listing."""

    def __init__(self, client: Client, options: t.Mapping[str, t.Any]) -> None:
        del options
        self._client = client
        self.where: Words = {}

    def all(self) -> list[Record]:
        """Every policy, with its objects."""
        return still_there(self._listed(None), self._with_objects)

    def find(self, wanted: Words) -> list[Record]:
        """Policies by id, else by name and type."""
        kind = wanted.get("access_control_type")
        asked = {"policy_id": wanted.get("id"), "policy_name": None if wanted.get("id") else wanted.get("name")}
        asked["access_control_type"] = None if wanted.get("id") else kind and _TYPES.outward(kind)
        asked = {key: value for key, value in asked.items() if value}
        found = self._listed(asked.get("access_control_type"))
        return still_there((record for record in found if all(record.get(key) == value for key, value in asked.items())), self._with_objects)

    def settle(self, wanted: Words, current: Words | None) -> Words:
        """The whole list of addresses and the ids of the objects, from what was said and what is; refuses what would lock people out."""
        kind = wanted.get("access_control_type") or (current or {}).get("access_control_type")
        for needed, options in _ONLY_FOR.items():
            misplaced = [option for option in options if wanted.get(option) is not None]
            if misplaced and kind != needed:
                raise InputError(f"{', '.join(misplaced)}: only for a policy whose access_control_type is {needed}; this one is {kind}.")
        settled = dict(wanted)
        addresses = self._settled_addresses(wanted, current)
        if addresses is not None:
            settled["ip_addresses"] = addresses
        if wanted.get("objects") is not None:
            settled["objects"] = self._settled_objects(wanted["objects"], (current or {}).get("objects") or [])
        if any(wanted.get(option) is not None for option in _ONLY_FOR["ip_white_list"]):
            _refuse_lockout(wanted, {**(current or {}), **{name: value for name, value in settled.items() if value is not None}})
        return settled

    def sought(self, wanted: Words, arrived: t.Callable[[list[Record]], bool] = bool) -> list[Record]:
        """As find, after a write."""
        return self._client.read_after_write(lambda: self.find(wanted), arrived)

    def foresee(self, current: Record | None, changes: Record | None) -> None:
        """Nothing that reading tells."""

    def create(self, values: Record) -> Record:
        """Make a policy, then look for it: the answer is empty."""
        policy = {key: value for key, value in values.items() if key != "objects"}
        if policy["access_control_type"] == "ACCESS_TYPE":
            policy["blacklist_type"] = "INTERNET"
        body: dict[str, t.Any] = {"policy": policy}
        if values.get("objects"):
            body["policy_objects_list"] = values["objects"]
        self._client.post("workspace", "/access-policy", body)
        name, kind = policy["policy_name"], policy["access_control_type"]
        with live(f"the policy {name!r} was created."):
            found = self.sought({"name": name, "access_control_type": _TYPES.inward(kind)})
            if not found:
                raise GatehouseError("The service took the policy but does not list it yet. Run the task again in a moment.")
            return the_one("access policy", name, found, "", _ID)

    def update(self, current: Record, changes: Record) -> Record:
        """One call for each step, in the order that never shuts out more than was asked for.

        Switching on: addresses are added, then the list is enforced, then all are blocked, then addresses are removed.
        Switching off: the block is lifted and the list released before addresses change; an empty list is filled before its block is lifted.
        """
        policy_id = str(current[_ID])
        path = f"/access-policy/{segment(policy_id)}"
        calls = [(what, path, body) for what, body in _steps(current, changes)]
        if "objects" in changes:
            calls.append(("replacing users and groups", f"{path}/objects", {"policy_objects_list": changes["objects"]}))
        done: list[str] = []
        for what, target, body in calls:
            with live(_told(policy_id, done), what):
                self._client.put("workspace", target, body)
            done.append(what)

        def arrived(read: list[Record]) -> bool:
            return bool(read) and not any(read[0].get(key) == current.get(key) for key in changes)

        with live(_told(policy_id, done)):
            found = self._client.read_after_write(lambda: self.find({"id": policy_id}), arrived)
            if not found:
                raise GatehouseError("The policy was changed and is not listed any more. Somebody else may have removed it.")
            if arrived(found) and any(_difference(found[0], changes)):
                # The changes are differences to what was read first; with another beginning they lead to another end.
                raise GatehouseError("The policy is not as asked: somebody else has changed it meanwhile. Run the task again.")
            return found[0]

    def delete(self, current: Record) -> None:
        """Remove the policy: a DELETE with a body."""
        self._client.delete("workspace", "/access-policy", {"policy_id_list": [current["policy_id"]]})

    def _listed(self, kind: str | None) -> list[Record]:
        collected: dict[str, Record] = {}
        offset = 0
        while True:
            query = [("access_control_type", kind), ("offset", offset), ("limit", _POLICIES)]
            body = self._client.get("workspace", "/access-policy", query)
            page = [_complete(record, kind) for record in objects_in(body, "policies") if record.get(_ID)]
            before = len(collected)
            collected.update({str(record[_ID]): record for record in page})
            total = counted(body)
            if not page or (len(page) < _POLICIES if total is None else len(collected) >= total):
                return list(collected.values())
            if offset == _LAST_OFFSET or len(collected) == before:
                raise GatehouseError(f"There are {total or 'more'} access policies; the service lists no more than {len(collected)} of them.")
            offset = min(len(collected), _LAST_OFFSET)

    def _with_objects(self, record: Record) -> Record:
        """A policy with its users and groups; a white list has none."""
        if record.get("access_control_type") != "ACCESS_TYPE":
            return {**record, "objects": []}

        def page(number: int, before: int) -> t.Any:
            del number
            path = f"/access-policy/{segment(str(record['policy_id']))}/objects"
            # The service's own limit is 10; it is always said.
            return self._client.get("workspace", path, [("offset", before), ("limit", _OBJECTS)])

        return {**record, "objects": pages(page, "policy_objects_list", _OBJECTS, key="object_id")}

    def _settled_addresses(self, wanted: Words, current: Words | None) -> list[str] | None:
        listed, removed = wanted.get("ip_addresses"), wanted.get("removed_ip_addresses")
        if listed is None and wanted.get("purge_ip_addresses") is not None:
            raise InputError("purge_ip_addresses: it says what becomes of addresses that ip_addresses does not list. Set ip_addresses as well.")
        if listed is None and removed is None:
            return None
        unwanted = {_checked_address("removed_ip_addresses", str(address)) for address in removed or []}
        both = sorted(unwanted.intersection(listed or []))
        if both:
            raise InputError(f"removed_ip_addresses: {', '.join(both)} is in ip_addresses as well.")
        held = set((current or {}).get("ip_addresses") or [])
        kept = set() if listed is not None and wanted.get("purge_ip_addresses") is not False else held
        addresses = sorted((kept | set(listed or [])) - unwanted)
        if len(addresses) > _MOST_ADDRESSES:
            raise InputError(f"ip_addresses: the list would have {len(addresses)} entries; the service takes {_MOST_ADDRESSES} at most.")
        return addresses

    def _settled_objects(self, objects: t.Sequence[Words], held: t.Sequence[Words]) -> list[Words]:
        """The objects with ids and names. Those that the policy has already are known, the others are looked up."""
        known = [dict(one) for one in held if isinstance(one, dict)]
        settled = {}
        for one in objects:
            said = {option: value for option, value in one.items() if value is not None}
            same = [other for other in known if all(other.get(option) == value for option, value in said.items())]
            record = same[0] if "id" in said and same else self._object(one)
            settled[_order(record)] = record
        return sorted(settled.values(), key=_order)

    def _object(self, asked: Words) -> dict[str, t.Any]:
        kind = asked["type"]
        label = _DIRECTORIES[kind][3]
        # What is said has to be right: the id, the name, or both.
        said = {field: asked[option] for field, option in (("id", "id"), (label, "name")) if asked.get(option)}
        called = " with the id ".join(str(value) for value in (said.get(label), said.get("id")) if value)
        with doing(f"find the Workspace {kind} {called!r}"):
            everyone = _directory(self._client, kind, said.get(label))
        found = [record for record in everyone if all(record.get(field) == value for field, value in said.items())]
        record = the_one(f"Workspace {kind}", called, found, "Check objects and region.", others=lambda: names_in(self._client, kind))
        return {"type": kind, "id": str(record["id"]), "name": record.get(label)}


# Where the names of users and groups are looked up: path, list, filter, name.
_DIRECTORIES = {"user": ("/users", "users", "user_name", "user_name"), "group": ("/groups", "user_groups", "keyword", "name")}


def _directory(client: Client, kind: str, name: t.Any = None) -> list[Record]:
    """The users or groups, or those whose name has a part."""
    path, items, key, _label = _DIRECTORIES[kind]

    def page(number: int, before: int) -> t.Any:
        del number
        # Both numbers are typed as text here.
        return client.get("workspace", path, [(key, name), ("offset", str(before)), ("limit", str(_POLICIES))])

    return pages(page, items, _POLICIES, "total_count")


def names_in(client: Client, kind: str) -> list[t.Any]:
    """The names of all users or groups, each as often as it is there."""
    return [one.get(_DIRECTORIES[kind][3]) for one in _directory(client, kind)]


def _told(policy_id: str, done: t.Sequence[str]) -> str:
    return f"of the access policy with the id {policy_id}, this was done: {', '.join(done)}." if done else ""


def _complete(record: Record, kind: str | None) -> Record:
    """A record with what the service may leave out: the type that was asked for, and what is off or empty unless it says otherwise."""
    usual: Record = {"access_control_type": kind, "is_enable": False, "is_block_all": False, "ip_list": []}
    return {**usual, **{key: value for key, value in record.items() if value is not None}}


Step = tuple[str, dict[str, t.Any]]


def _steps(current: Record, changes: Record) -> list[Step]:
    """The PUTs of a change, each with the words for it."""
    added, removed = _difference(current, changes)
    held = _entries(current)
    fill, trim = _exchange(added, removed, _MOST_ADDRESSES - len(held))
    enable, block = changes.get("is_enable"), changes.get("is_block_all")
    enforce: list[Step] = [("enforcing the list", {"is_enable": True})] if enable else []
    release: list[Step] = [("releasing the list", {"is_enable": False})] if enable is False else []
    shut: list[Step] = [("blocking all", {"is_block_all": True})] if block else []
    lift: list[Step] = [("lifting the block of all", {"is_block_all": False})] if block is False else []
    # is_enable and is_block_all are sent alone: is_enable wins over everything else in a body. Lifting needs an enforced list.
    if enable is False and not (lift and not held):
        return [*lift, *release, *fill, *trim]
    # An empty list that blocks all is filled before the block is lifted, or nobody knows whom it lets in meanwhile.
    return [*fill, *enforce, *lift, *release, *shut, *trim]


def _difference(current: Record, changes: Record) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The addresses to add and those to remove, each as it is sent."""
    held = [(_shown_address(entry), _entry(entry)) for entry in _entries(current)]
    wished = {_shown_address(entry): _entry(entry) for entry in _entries({**current, **changes})}
    known = {network for network, entry in held}
    return [entry for network, entry in wished.items() if network not in known], [entry for network, entry in held if network not in wished]


def _exchange(added: list[dict[str, str]], removed: list[dict[str, str]], room: int) -> tuple[list[Step], list[Step]]:
    """The steps that add, and those that remove afterwards.

    A list without room for all that is new gives up what is not wished any more in between, half of it at the most, so that it is
    never empty and never holds less than it needs to.
    """
    fill: list[Step] = []
    while added:
        # Where there is nothing left to give up, all is added; the service has the last word.
        taken = max(room, 0) if removed else len(added)
        fill += _changed("ADD_IP", added[:taken])
        added = added[taken:]
        room = min(len(added), (len(removed) + 1) // 2)
        fill += _changed("DELETE_IP", removed[:room])
        removed = removed[room:]
    return fill, _changed("DELETE_IP", removed)


def _changed(operation: str, entries: list[dict[str, str]]) -> list[Step]:
    what = {"ADD_IP": "adding addresses", "DELETE_IP": "removing addresses"}[operation]
    return [(what, {"operation_type": operation, "ip_white_list": entries})] if entries else []


def _entries(record: Record) -> list[dict[str, t.Any]]:
    return [entry for entry in objects_in(record, "ip_list") if entry.get("ip_address")]


def _entry(entry: t.Mapping[str, t.Any]) -> dict[str, str]:
    """An entry as it is sent; one without a mask is one address."""
    return {"ip_address": entry["ip_address"], "subnet_mask": entry.get("subnet_mask") or _ONE_ADDRESS}


def _refuse_lockout(wanted: Words, result: Words) -> None:
    """Raises InputError for a wish that would shut everybody out, or that the service cannot hold."""
    asked = wanted.get("block_all") or wanted.get("enabled") is False
    if asked and result.get("block_all") and not result.get("enabled"):
        raise InputError("block_all: the service blocks all only while the list is enforced. Set enabled to true as well, or block_all to false.")
    if result.get("enabled") and not result.get("block_all") and not result.get("ip_addresses"):
        raise InputError(
            "ip_addresses: an enforced list without an address may lock everybody out. List addresses, set enabled to false, or set block_all to true."
        )


def _checked_address(option: str, address: str) -> str:
    try:
        return ipv4_address_or_network(address)
    except ValueError as error:
        raise InputError(f"{option}: {error}") from None


def _sent_address(address: str) -> dict[str, str]:
    network = ipaddress.IPv4Network(address)
    return {"ip_address": str(network.network_address), "subnet_mask": str(network.netmask)}


def _shown_address(entry: t.Mapping[str, t.Any]) -> str:
    spelled = f"{entry.get('ip_address')}/{entry.get('subnet_mask') or _ONE_ADDRESS}"
    try:
        return ipv4_address_or_network(spelled)
    except ValueError:
        return spelled


def _addresses() -> Field:
    """The API has pairs of an address and a dotted mask where users say CIDR blocks."""
    field = members("ip_addresses", api="ip_list", member=ipv4_address_or_network, what="address")

    def normal(value: t.Any) -> t.Any:
        return field.normal(value) if value else []

    return Field(
        field.name,
        field.api,
        field.argument,
        normal=normal,
        outward=lambda addresses: [_sent_address(address) for address in addresses],
        inward=lambda entries: sorted(_shown_address(entry) for entry in _entries({field.api: entries})),
        key=frozenset,
        initially=[],
    )


def _order(one: Words) -> tuple[str, str]:
    return str(one["type"]), str(one["id"])


def _objects() -> Field:
    """Users and groups, the same when type and id are the same."""
    words = {api: word for word, api in _OBJECT_TYPES.items()}

    def normal(value: t.Any) -> t.Any:
        if not value:
            # Whether an empty list clears the policy is not documented; the service takes 1 to 2000 entries.
            raise ValueError("the list cannot be emptied: the service takes 1 to 2000 users and groups. Remove the policy with state=absent.")
        if len(value) > _MOST_OBJECTS:
            raise ValueError(f"it has {len(value)} members; the service takes {_MOST_OBJECTS} at most.")
        if any(not (one.get("id") or one.get("name")) for one in value):
            raise ValueError("an entry needs a name or an id.")
        return [{**one, "id": one.get("id") or None, "name": one.get("name") or None} for one in value]

    def outward(objects: t.Any) -> list[dict[str, t.Any]]:
        sent = [{"object_id": one["id"], "object_type": _OBJECT_TYPES[one["type"]], "object_name": one.get("name")} for one in objects]
        return [{key: value for key, value in entry.items() if value is not None} for entry in sent]

    def inward(entries: t.Any) -> list[dict[str, t.Any]]:
        told = [
            {"type": words.get(entry.get("object_type"), entry.get("object_type")), "id": entry.get("object_id"), "name": entry.get("object_name")}
            for entry in entries
        ]
        return sorted(told, key=_order)

    options = {"type": {"type": "str", "required": True, "choices": list(_OBJECT_TYPES)}, "name": {"type": "str"}, "id": {"type": "str"}}
    return Field(
        "objects",
        "objects",
        {"type": "list", "elements": "dict", "options": options, "required_one_of": [("name", "id")]},
        normal=normal,
        outward=outward,
        inward=inward,
        key=lambda objects: frozenset(_order(one) for one in objects),
        initially=[],
    )


_TYPES = choice("access_control_type", {"access_type": "ACCESS_TYPE", "ip_white_list": "IP_WHITE_LIST"})
_FIXED = "the service fixes it at creation. Create a policy of its own, then remove this one with state=absent."

ACCESS_POLICY = Resource(
    kind="access_policy",
    plural="access_policies",
    store=AccessPolicies,
    identity=_ID,
    fields=(
        # Older texts know PRIVATE_ACCESS only; the newer API takes any name of up to 50 characters.
        lasting(text("name", api="policy_name", at_least=1, at_most=50), _FIXED),
        lasting(_TYPES, _FIXED),
        initially(switch("enabled", api="is_enable"), False),
        initially(switch("block_all", api="is_block_all"), False),
        _addresses(),
        _objects(),
    ),
    needed_to_create=("access_control_type",),
    found_with=("access_control_type",),
    extra={"purge_ip_addresses": {"type": "bool"}, "removed_ip_addresses": {"type": "list", "elements": "str"}},
)
