# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Drift: where an account and the file of its site differ, compared as the modules compare."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import the_one
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig import NO_GATEWAY
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig_bindings import ACL_BINDING, APIS
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError, doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words, shown
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import fitting
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED, Record, Report
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._site import (
    ACCESS_POLICIES,
    BINDINGS,
    GEOIP_RULES,
    IP_REPUTATION_RULES,
    NO_POLICY,
    PARTS,
    POLICIES,
    PREFIX,
    RESTRICTED,
    SERVICES,
    WAF_DOMAINS,
    Account,
    Held,
    Part,
    by_name_or_id,
    chosen,
    without_unknown,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import all_hosts, domain_named
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_progress import ACCESS_PROGRESS, STEPS, progress_told

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
PROGRESS = "domains"
_LISTS = (*SERVICES, PROGRESS)
_SETTINGS: t.Mapping[str, t.Mapping[str, t.Any]] = {
    f"{PREFIX}enforcement": {"type": "str", "choices": ["block", "log"]},
    f"{PREFIX}evidence": {"type": "bool"},
    f"{PREFIX}check": {"type": "dict"},
}
_BINDING = {name: one for name, one in ACL_BINDING.arguments.items() if name not in PLANNED}
_PROGRESS = {name: one for name, one in ACCESS_PROGRESS.arguments.items() if name not in PLANNED}
# Finders that mean none where an item leaves them out, and not any.
_EXACT = ("port",)
_ENFORCED = {POLICIES.name: "mode", GEOIP_RULES.name: "action", IP_REPUTATION_RULES.name: "action"}


@dataclass(frozen=True)
class Wish:
    """An item of a list of the file: its place in it, from 1, and what it says, as written and in its normal form."""

    name: str
    number: int
    item: Words
    said: Words

    @property
    def absent(self) -> bool:
        """Whether the item says that there shall be no such object."""
        return bool(self.said.get("state") == "absent")

    @property
    def where(self) -> str:
        """Where the item stands, for a message."""
        return _where(self.name, self.number, self.item)


def _where(name: str, number: int, item: t.Any) -> str:
    known = item if isinstance(item, dict) else {}
    called = next((known[key] for key in ("name", "domain", "acl", "id") if known.get(key)), None)
    return f"{PREFIX}{name}, item {number}" + (f" ({shown(called)})" if called else "")


@dataclass(frozen=True)
class _Site:
    """The file: the wishes of each list that it has, and what becomes of block."""

    wishes: t.Mapping[str, t.Sequence[Wish]]
    enforcement: str

    def named(self, *places: str) -> list[str]:
        """The policies, or gateways, that items name, by name or id."""
        found = [wish.said.get(place) for listed in self.wishes.values() for wish in listed for place in places]
        if "policy" in places:
            found += [wish.said.get(key) for wish in self.wishes.get(POLICIES.name, ()) for key in ("name", "id")]
        return [str(name) for name in dict.fromkeys(found) if name]


def _read(site: Words) -> _Site:
    """The file, checked. Raises InputError that names what is wrong, and where."""
    variables = [*_SETTINGS, *(PREFIX + name for name in _LISTS)]
    unknown = sorted(str(name) for name in site if name not in variables)
    if unknown:
        raise InputError(f"site: it holds {', '.join(map(shown, unknown))}, which no site has. A site holds some of {', '.join(variables)}.")
    try:
        settings = fitting(_SETTINGS, (), {name: site[name] for name in _SETTINGS if site.get(name) is not None})
    except ValueError as error:
        raise InputError(f"site: {error}") from None
    wishes = {name: _wishes(name, site[PREFIX + name]) for name in _LISTS if PREFIX + name in site}
    if not wishes:
        raise InputError(f"site: it has no list to compare. A site holds some of {', '.join(variables)}.")
    return _Site(wishes, settings.get(f"{PREFIX}enforcement", "block"))


def _wishes(name: str, listed: t.Any) -> list[Wish]:
    if not isinstance(listed, list) and listed is not None:
        raise InputError(f"{PREFIX}{name}: it is no list.")
    wishes: list[Wish] = []
    known: dict[t.Any, Wish] = {}
    for number, item in enumerate(listed or [], 1):
        try:
            if not isinstance(item, dict):
                raise ValueError("it is no dictionary of options.")
            wish = Wish(name, number, without_unknown(item), _said(name, item))
        except (ValueError, InputError) as error:
            raise InputError(f"{_where(name, number, item)}: {error}") from None
        first = known.setdefault(_key(wish), wish)
        if first is not wish:
            raise InputError(f"{wish.where}: item {first.number} is about the same. Make one of them.")
        wishes.append(wish)
    return wishes


def _said(name: str, item: Words) -> dict[str, t.Any]:
    """What an item says, in the normal form of each value. Raises ValueError or InputError."""
    if name == BINDINGS:
        taken = fitting(_BINDING, (), item)
        return {**taken, **({"apis": APIS.checked(taken["apis"])} if taken.get("apis") else {})}
    if name == PROGRESS:
        return fitting(_PROGRESS, (), item)
    part = PARTS[name]
    first = part.resource.fields[0].name
    taken = fitting(part.arguments, ((first, "id"),), item)
    said = {option: value for option, value in taken.items() if option not in part.fields}
    if "removed_ip_addresses" in said:
        said["removed_ip_addresses"] = part.fields["ip_addresses"].checked(said["removed_ip_addresses"])
    if not said.get("id"):
        said.pop("id", None)
        lacking = [option for option in (first, *part.resource.found_with) if option not in taken]
        if lacking:
            raise ValueError(f"{lacking[0]} is missing: the {part.resource.kind} is found by it unless id is set.")
    for option, field in part.fields.items():
        # An empty name is none where the id says what is meant.
        if option in taken and not ("id" in said and taken[option] == "" and option in part.resource.finders):
            said[option] = field.checked(taken[option])
    return said


def _key(wish: Wish) -> t.Any:
    """What an item is about: two of the same are one too many."""
    said = wish.said
    if wish.name == BINDINGS:
        # What is bound, and what is not, are said by two items.
        return tuple(said[name] for name in ("gateway", "acl", "environment", "state"))
    if wish.name == PROGRESS:
        return said["domain"].lower()
    part = PARTS[wish.name]
    place = said.get(part.place or "")
    if said.get("id"):
        return place, "id", said["id"]
    first = part.resource.fields[0]
    return place, first.key(said[first.name]), *(said.get(name) for name in part.resource.finders[1:])


Drift = dict[str, t.Any]


class _Comparison:
    """The account beside the file. What is told is restricted to policies and gateways by name or id, where such are given."""

    def __init__(self, client: Client, site: _Site, policies: t.Sequence[str] | None, gateways: t.Sequence[str] | None) -> None:
        self._site = site
        self._only = policies
        self._only_gateways = gateways
        self._account = Account(client, [*site.wishes], None, None, "To compare the rest, take this out of the site: {}.")
        self.in_step: list[dict[str, str]] = []
        self.drift: list[Drift] = []

    def compare(self) -> None:
        """Compare list by list, in the order in which the role carries them out."""
        for name in _LISTS:
            if name in self._site.wishes:
                if name == BINDINGS:
                    self._bindings()
                elif name == PROGRESS:
                    self._progress()
                else:
                    self._objects(PARTS[name])

    def _tell(self, name: str, item: str, drift: str, file: Words, account: Words, fields: t.Sequence[str] = ()) -> None:
        told = {"list": PREFIX + name, "item": item, "drift": drift}
        self.drift.append({**told, "file": dict(file), "account": dict(account), "fields": list(fields)})

    def _same(self, name: str, item: str) -> None:
        self.in_step.append({"list": PREFIX + name, "item": item})

    # Which policies and gateways it is about

    def _policy_places(self) -> list[Record]:
        """The policies whose rules are compared: those that are asked for, else those that the file names; all where it names none."""
        named = self._site.named("policy")
        said = named if self._only is None else self._only
        every = self._account.every_policy()
        return every if self._only is None and not named else chosen("WAF policy", said, every, "name", NO_POLICY, named)

    def _meant(self) -> set[str] | None:
        """The ids of the policies that are asked for; None for all."""
        return None if self._only is None else {str(policy.get("id")) for policy in self._policy_places()}

    def _gateway_places(self) -> list[Record]:
        """The gateways whose policies and bindings are compared, in the same way. One that the file names has to be there."""
        named = self._site.named("gateway")
        said = named if self._only_gateways is None else self._only_gateways
        every = self._account.every_gateway()
        return every if self._only_gateways is None and not named else chosen("gateway", said, every, "instance_name", NO_GATEWAY)

    def _place(self, place: str, name: t.Any) -> str | None:
        """The id of the policy or gateway that an item names. Raises GatehouseError where two have the name."""
        policy = place == "policy"
        known = self._account.every_policy() if policy else self._account.every_gateway()
        found = by_name_or_id(known, name, "name" if policy else "instance_name")
        return str(the_one("WAF policy" if policy else "gateway", str(name), found, "")["id"]) if found else None

    def _is_meant(self, place: str, name: t.Any) -> bool:
        """Whether an item of a policy or gateway is compared."""
        only = self._only if place == "policy" else self._only_gateways
        if only is None or name in only:
            return True
        places = self._policy_places() if place == "policy" else self._gateway_places()
        return self._place(place, name) in {str(one.get("id")) for one in places}

    # Objects

    def _objects(self, part: Part) -> None:
        wishes = self._wishes_of(part)
        held = self._held(part, wishes)
        matches = self._matched(part, wishes, held)
        meant = self._meant() if part in (POLICIES, WAF_DOMAINS) else None
        for wish in wishes:
            match = matches.get(wish.number)
            if part is WAF_DOMAINS and meant is not None and not self._concerns(wish, match, meant):
                continue
            self._one(part, wish, match)
        taken = {id(one) for one in matches.values()}
        policy = "id" if part is POLICIES else "policy_id"
        for one in held:
            if id(one) not in taken and (meant is None or str(one.words.get(policy)) in meant):
                self._tell(part.name, part.called(one.words), ADDED, {}, _shown(part, one.words))

    def _wishes_of(self, part: Part) -> list[Wish]:
        listed = self._site.wishes[part.name]
        if part is POLICIES and self._only is not None:
            return [wish for wish in listed if any(name and self._is_meant("policy", name) for name in (wish.said.get("id"), wish.said.get("name")))]
        return [wish for wish in listed if not part.place or self._is_meant(part.place, wish.said[part.place])]

    def _concerns(self, wish: Wish, match: Held | None, meant: set[str]) -> bool:
        """Whether a domain is under a policy that is asked for, by the file or by the account."""
        by_file = bool(wish.said.get("policy")) and self._is_meant("policy", wish.said["policy"])
        return by_file or (match is not None and str(match.words.get("policy_id")) in meant)

    def _held(self, part: Part, wishes: t.Sequence[Wish]) -> list[Held]:
        if part is WAF_DOMAINS:
            meant = self._meant()
            # Where an item says another policy, a domain is theirs by the account only.
            near = [wish.said for wish in wishes if not wish.said.get("policy") or self._is_meant("policy", wish.said["policy"])]
            names = {str(said.get("domain")).lower() for said in near} | {str(said.get("id")) for said in near}

            def under(host: Record) -> bool:
                called = {str(host.get("hostname")).lower(), str(host.get("hostname")).lower().partition(":")[0], str(host.get("id"))}
                return meant is None or str(host.get("policyid")) in meant or bool(called & names)

            return self._account.held(part, under=under)
        if part.place:
            return self._account.held(part, self._policy_places() if part.place == "policy" else self._gateway_places())
        return self._account.held(part)

    def _matched(self, part: Part, wishes: t.Sequence[Wish], held: t.Sequence[Held]) -> dict[int, Held]:
        """The object that each item is about, by the number of the item. Of several of one name it is the one that differs least."""
        matches: dict[int, Held] = {}
        taken: dict[int, Wish] = {}
        # Who says more about what is meant chooses first.
        for wish in sorted(wishes, key=lambda one: ("id" not in one.said, -sum(name in one.said for name in part.resource.finders), one.number)):
            found = [one for one in held if self._is_about(part, wish, one)]
            free = [one for one in found if id(one) not in taken]
            if found and not free:
                raise InputError(f"{wish.where}: item {taken[id(found[0])].number} is about the same. Make one of them.")
            if free:
                best = min(free, key=lambda one: (len(self._differing(part, wish, one)), str(one.words.get("id"))))
                matches[wish.number], taken[id(best)] = best, wish
        return matches

    def _is_about(self, part: Part, wish: Wish, held: Held) -> bool:
        said, words = wish.said, held.words
        if part.place and self._place(part.place, said[part.place]) != words.get(f"{part.place}_id"):
            return False
        if "id" in said:
            return bool(said["id"] == words.get("id"))
        if any(name in part.fields and name not in said and words.get(name) is not None for name in _EXACT):
            return False
        return all(part.fields[name].equal(said[name], words.get(name)) for name in part.resource.finders if name in said)

    def _one(self, part: Part, wish: Wish, match: Held | None) -> None:
        """What an item and its object come to."""
        called = part.called({**({} if match is None else match.words), **wish.said, "id": wish.said.get("id")})
        if match is None:
            if wish.absent:
                self._same(part.name, called)
            else:
                self._tell(part.name, called, REMOVED, wish.item, {})
            return
        held = _shown(part, match.words)
        if wish.absent:
            self._tell(part.name, called, ADDED, {}, held)
            return
        fields = self._differing(part, wish, match)
        if fields:
            self._tell(part.name, called, CHANGED, wish.item, held, fields)
        else:
            self._same(part.name, called)

    def _differing(self, part: Part, wish: Wish, held: Held) -> list[str]:
        """The names of what an item says and its object has otherwise."""
        said = dict(wish.said)
        enforced = _ENFORCED.get(part.name)
        if said.get(enforced or "") == "block":
            said[str(enforced)] = self._site.enforcement
        if part is ACCESS_POLICIES:
            said = _with_addresses(said, held.words)
        return [name for name in part.fields if name in said and not self._equal(part, name, said[name], held.words)]

    def _equal(self, part: Part, name: str, value: t.Any, words: Words) -> bool:
        held, field = words.get(name), part.fields[name]
        if f"{name}_id" in words:
            # It is said by name or by id.
            return bool(value in (held, words[f"{name}_id"]))
        if part is POLICIES and name == "options":
            return isinstance(held, dict) and all(held.get(switch) == on for switch, on in value.items())
        if part is POLICIES and name == "domains":
            return self._protects(words["id"], value)
        if part is ACCESS_POLICIES and name == "objects":
            return _same_objects(value, held or [])
        return field.equal(value, held)

    def _protects(self, policy_id: t.Any, domains: t.Iterable[str]) -> bool:
        """Whether a policy has domains, among others: an item of a policy says nothing of those that it does not list."""
        with doing("list domains"):
            under = [host for host in all_hosts(self._account.client) if host.get("policyid") == policy_id]
        known = {str(host.get("hostname")).casefold() for host in under} | {str(host.get("id")) for host in under}
        return all(domain in known or domain.casefold() in known for domain in domains)

    # Bindings, and the steps of domains that are in no other list

    def _bindings(self) -> None:
        places = self._gateway_places()
        wishes = [wish for wish in self._site.wishes[BINDINGS] if self._is_meant("gateway", wish.said["gateway"])]
        acls = {str(gateway["id"]): self._account.acls(gateway) for gateway in places} if wishes else {}
        bound = {(str(one["gateway_id"]), str(one["acl_id"]), str(one["environment_id"])): one for one in self._account.bindings(places)}
        listed: set[t.Any] = set()
        for wish in wishes:
            gateway = str(self._place("gateway", wish.said["gateway"]))
            found = by_name_or_id(acls[gateway], wish.said["acl"], "acl_name")
            acl = the_one("access control policy", wish.said["acl"], found, "") if found else None
            environments = [key for key, one in bound.items() if wish.said["environment"] in (one["environment"], one["environment_id"])]
            key = next((one for one in environments if acl is not None and one[:2] == (gateway, str(acl["id"]))), None)
            others = [one.said for one in wishes if one is not wish and _key(one)[:3] == _key(wish)[:3]]
            listed.add(key)
            self._binding(wish, acl is not None, bound.get(key) if key else None, others)
        for key, one in bound.items():
            if key not in listed:
                self._tell(BINDINGS, _called(one), ADDED, {}, _binding_shown(one))

    def _binding(self, wish: Wish, there: bool, held: Words | None, others: t.Sequence[Words]) -> None:
        """What an item and what is bound come to. others are what the file says of the same policy in the same environment beside it."""
        called, apis = _called(wish.said), wish.said.get("apis")
        has = [] if held is None else held["apis"]
        asked = [_bound(name, has) or name for name in apis or []]
        ids = [str(api["id"]) for api in has]
        if wish.absent:
            unwanted = ids if apis is None else [one for one in ids if one in asked]
            alone = apis is not None and not others and bool(set(ids) - set(asked))
            if unwanted or alone:
                self._tell(BINDINGS, called, ADDED, {}, _binding_shown(held or {}))
            else:
                self._same(BINDINGS, called)
            return
        elsewhere = {_bound(name, has) for other in others for name in other.get("apis") or ids}
        beside = set() if wish.said.get("purge") is False or apis is None else set(ids) - set(asked) - elsewhere
        if not there or (asked and not held):
            self._tell(BINDINGS, called, REMOVED, wish.item, {})
        elif beside or not set(asked) <= set(ids):
            self._tell(BINDINGS, called, CHANGED, wish.item, _binding_shown(held or {}), ["apis"])
        else:
            self._same(BINDINGS, called)

    def _progress(self) -> None:
        with doing("list domains"):
            hosts = all_hosts(self._account.client)
        for wish in self._site.wishes[PROGRESS]:
            name = wish.said["domain"]
            found = [host for host in hosts if str(host.get("hostname")).lower() == name.lower()] or [host for host in hosts if host.get("id") == name]
            if not found:
                if wish.absent:
                    self._same(PROGRESS, name)
                else:
                    self._tell(PROGRESS, name, REMOVED, wish.item, {})
                continue
            told = progress_told(domain_named(self._account.client, name, found))
            asked = {one.name: "pending" if wish.absent else wish.said.get(one.name) for one in STEPS}
            fields = [step for step, status in asked.items() if status is not None and status != told[step]]
            if fields:
                self._tell(PROGRESS, name, CHANGED, wish.item, {"domain": told["domain"], **{step: told[step] for step in asked}}, fields)
            else:
                self._same(PROGRESS, name)


def _called(words: Words) -> str:
    """How what is bound is called, as the role calls it."""
    return f"{words['acl']} in {words['environment']} of {words['gateway']}"


def _binding_shown(words: Words) -> dict[str, t.Any]:
    if not words:
        return {}
    return {**{name: words[name] for name in ("gateway", "acl", "environment")}, "apis": sorted(str(api["name"]) for api in words["apis"])}


def _bound(name: str, has: t.Sequence[Words]) -> str | None:
    """The id of the API of this name or id that is bound; None where there is none."""
    found = [api for api in has if api["name"] == name] or [api for api in has if api["id"] == name]
    return str(found[0]["id"]) if found else None


def _shown(part: Part, words: Words) -> dict[str, t.Any]:
    """What the account holds, in the words of an item."""
    names = [*([part.place] if part.place else []), *part.fields]
    return dict(without_unknown({name: words.get(name) for name in names}))


def _with_addresses(said: dict[str, t.Any], words: Words) -> dict[str, t.Any]:
    """What is said of an access policy, its addresses as one list: those that are listed or, where others may be there, held, without those removed."""
    listed, removed = said.get("ip_addresses"), said.get("removed_ip_addresses")
    if listed is None and removed is None:
        return said
    held = words.get("ip_addresses") or []
    kept = set() if listed is not None and said.get("purge_ip_addresses") is not False else set(held)
    return {**said, "ip_addresses": sorted((kept | set(listed or [])) - set(removed or []))}


def _same_objects(said: t.Sequence[Words], held: t.Sequence[Words]) -> bool:
    """Whether users and groups, each by name, id or both, are those that a policy has."""

    def found(one: Words) -> list[int]:
        known = without_unknown(one)
        return [place for place, other in enumerate(held) if all(other.get(key) == value for key, value in known.items())]

    places = [found(one) for one in said]
    return all(len(one) == 1 for one in places) and {place for one in places for place in one} == set(range(len(held)))


def _drift(client: Client, options: Words) -> dict[str, t.Any]:
    comparison = _Comparison(client, _read(options["site"]), options.get("policies"), options.get("gateways"))
    comparison.compare()
    return {"drift": comparison.drift, "in_step": len(comparison.in_step), "items_in_step": comparison.in_step}


SITE_DRIFT = Report("drift", {"site": {"type": "dict", "required": True}, **RESTRICTED}, _drift)
