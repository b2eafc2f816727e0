# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A site: what the role onboarding is told. The account that it is about is read here, and told in the words of the role."""

from __future__ import annotations

import typing as t
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import counted, the_one
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig import ACL, NO_GATEWAY, Acls, all_gateways
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig_bindings import APIS, by_environment, listed_of
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError, doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Field, Words, shown
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import fitting
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED, Record, Report, Resource, Store
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._site_text import text_of
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import all_policies
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_domains import DOMAIN, Domains
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_policies import POLICY
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_progress import STEPS, progress_told
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_rules import GEOIP_RULE, IP_REPUTATION_RULE
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._workspace import ACCESS_POLICY, names_in

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

PREFIX = "onboarding_"
_UNKNOWN_CALLER = 401
NO_POLICY = "Check policies, region and enterprise_project_id."
STATE: t.Mapping[str, t.Mapping[str, t.Any]] = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


@dataclass(frozen=True)
class Part:
    """A list of a site, whose items say what the module of a resource is told.

    unsaid are fields that no export says: another list says them, or the service finds them out by itself. steps are what an item says of a
    domain beside the options of its module.
    """

    name: str
    service: str
    resource: Resource
    unsaid: tuple[str, ...] = ()
    steps: tuple[Field, ...] = ()

    @property
    def variable(self) -> str:
        """The variable of the role."""
        return PREFIX + self.name

    @property
    def place(self) -> str | None:
        """The option that says where an object lives."""
        return self.resource.places[0].name if self.resource.places else None

    @property
    def fields(self) -> dict[str, Field]:
        """What an item can say of an object, by name."""
        return {**self.resource.options, **{one.name: one for one in self.steps}}

    @property
    def arguments(self) -> dict[str, t.Mapping[str, t.Any]]:
        """What an item can say, as Ansible checks it."""
        return {
            **STATE,
            **{place.name: place.argument for place in self.resource.places},
            "id": {"type": "str"},
            **{name: one.argument for name, one in self.fields.items()},
            **{name: argument for name, argument in self.resource.extra.items() if name not in PLANNED},
            **({"check": {"type": "dict"}} if self.steps else {}),
        }

    def called(self, words: Words) -> str:
        """How an object is called beside others of the list."""
        name = words.get(self.resource.fields[0].name) or f"id {words.get('id')}"
        if self is ACCESS_POLICIES and words.get("access_control_type"):
            return f"{name} ({words['access_control_type']})"
        if self is WAF_DOMAINS:
            return f"{name}{':' + str(words['port']) if words.get('port') else ''}{' (dedicated)' if words.get('mode') == 'dedicated' else ''}"
        return f"{name} of {words.get(self.place)}" if self.place else str(name)


POLICIES = Part("policies", "waf", POLICY, unsaid=("domains",))
GEOIP_RULES = Part("geoip_rules", "waf", GEOIP_RULE)
IP_REPUTATION_RULES = Part("ip_reputation_rules", "waf", IP_REPUTATION_RULE)
ACLS = Part("acls", "apig", ACL)
ACCESS_POLICIES = Part("access_policies", "workspace", ACCESS_POLICY)
# Whether requests come to WAF is what WAF looks at every half hour, and changes by itself.
WAF_DOMAINS = Part("waf_domains", "waf", DOMAIN, unsaid=("access_status",), steps=STEPS)
BINDINGS = "acl_bindings"
# In the order in which the role carries them out.
SERVICES = {
    **{part.name: part.service for part in (POLICIES, GEOIP_RULES, IP_REPUTATION_RULES, ACLS)},
    BINDINGS: "apig",
    **{part.name: part.service for part in (ACCESS_POLICIES, WAF_DOMAINS)},
}
PARTS = {part.name: part for part in (POLICIES, GEOIP_RULES, IP_REPUTATION_RULES, ACLS, ACCESS_POLICIES, WAF_DOMAINS)}


@dataclass(frozen=True)
class Held:
    """An object of the account in the user's words, a domain with its steps, and the store that it is from."""

    part: Part
    store: Store
    words: Words


class _Once:
    """A client that asks nothing twice, so that what several parts need is one call."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers: dict[t.Any, t.Any] = {}

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._client, name)

    def get(self, service: str, path: str, query: t.Sequence[tuple[str, t.Any]] = ()) -> t.Any:
        """The body of the answer to a GET."""
        asked = (service, path, tuple(query))
        if asked not in self._answers:
            self._answers[asked] = self._client.get(service, path, query)
        return self._answers[asked]


class Account:
    """What an account holds, read part by part. What is read is restricted to WAF policies and gateways by their names or ids, where such are given.

    asked are the parts that will be read, and way_out is what an error says of doing without one.
    """

    def __init__(self, client: Client, asked: t.Sequence[str], policies: t.Sequence[str] | None, gateways: t.Sequence[str] | None, way_out: str) -> None:
        self.client = t.cast("Client", _Once(client))
        # That there is no project is no matter of a part.
        self.project_id = client.project_id
        self._asked = asked
        self._policies = policies
        self._gateways = gateways
        self._way_out = way_out
        self._known: dict[str, list[Record]] = {}

    @contextmanager
    def _read(self, what: str, *parts: str) -> t.Iterator[None]:
        """Tell an error that passes how to do without what could not be read."""
        try:
            with doing(f"read {what}"):
                yield
        except GatehouseError as error:
            # Without what is missed, and with wrong credentials, the rest is no better off.
            if isinstance(error, InputError) or (isinstance(error, ApiError) and error.status == _UNKNOWN_CALLER):
                raise
            error.message = f"{error.message} {self._way_out.format(', '.join(parts))}"
            raise

    def _of_service(self, service: str) -> list[str]:
        return [name for name in self._asked if SERVICES.get(name) == service]

    def every_policy(self) -> list[Record]:
        """The WAF policies, as their list tells them."""
        if "policies" not in self._known:
            with self._read("the WAF policies", *self._of_service("waf")):
                self._known["policies"] = sorted(all_policies(self.client), key=_order)
        return self._known["policies"]

    def policies(self) -> list[Record]:
        """Those that are meant."""
        return chosen("WAF policy", self._policies, self.every_policy(), "name", NO_POLICY)

    def every_gateway(self) -> list[Record]:
        """The gateways."""
        if "gateways" not in self._known:
            with self._read("the gateways", *self._of_service("apig")):
                self._known["gateways"] = sorted(all_gateways(self.client), key=lambda one: (str(one.get("instance_name")), str(one.get("id"))))
        return self._known["gateways"]

    def gateways(self) -> list[Record]:
        """Those that are meant."""
        return chosen("gateway", self._gateways, self.every_gateway(), "instance_name", NO_GATEWAY)

    def held(self, part: Part, places: t.Sequence[Record] | None = None, under: t.Callable[[Record], bool] | None = None) -> list[Held]:
        """The objects of a part, sorted: those of the places, which are policies or gateways, and the domains that are meant, where such are given."""
        if part.place is None:
            return sorted(self._held(part, None, under), key=lambda one: _sorted_by(part, one.words))
        if places is None:
            places = self.policies() if part.place == "policy" else self.gateways()
        found = [one for place in places for one in self._held(part, place, under)]
        return sorted(found, key=lambda one: _sorted_by(part, one.words))

    def _held(self, part: Part, place: Record | None, under: t.Callable[[Record], bool] | None) -> list[Held]:
        # One list for each policy or gateway. Lists of a whole account would be asked for here.
        store = part.resource.store(self.client, {str(part.place): place})
        meant = {str(policy.get("id")) for policy in self.policies()} if part in (POLICIES, WAF_DOMAINS) else set()
        with self._read(f"the {part.resource.plural}", part.name):
            if isinstance(store, Domains):
                records = store.chosen(under or (lambda host: self._policies is None or str(host.get("policyid")) in meant))
            else:
                records = store.all()
        if part is POLICIES:
            records = [record for record in records if str(record.get("id")) in meant]
        told = ({**part.resource.words(record, store.where), **_steps(part, record)} for record in records)
        return [Held(part, store, words) for words in told]

    def bindings(self, gateways: t.Sequence[Record]) -> list[Words]:
        """What is bound in gateways: a policy and an environment each, in the words of apig_acl_binding_info."""
        found: list[Words] = []
        for gateway in gateways:
            store = Acls(self.client, {"gateway": gateway})
            with self._read("the bindings of access control policies", BINDINGS):
                # That none is bound need not be asked again.
                found += [words for acl in store.all() if counted(acl, "bind_num") != 0 for words in by_environment(store, acl)]
        return sorted(found, key=lambda words: [str(words[name]) for name in ("gateway", "acl", "environment", "acl_id", "environment_id")])

    def apis(self, gateway: Record) -> list[Record]:
        """The APIs of a gateway."""
        with self._read("the APIs of gateways", BINDINGS):
            return listed_of(self.client, Acls(self.client, {"gateway": gateway}), "apis")

    def acls(self, gateway: Record) -> list[Record]:
        """The access control policies of a gateway."""
        with self._read("the acls", BINDINGS):
            return Acls(self.client, {"gateway": gateway}).all()

    def people(self, kind: str) -> Counter[str]:
        """How many Workspace users or groups have each name."""
        with self._read(f"the {kind}s of Workspace", ACCESS_POLICIES.name):
            return Counter(map(str, names_in(self.client, kind)))


def _steps(part: Part, record: Record) -> dict[str, t.Any]:
    told = progress_told(record) if part.steps else {}
    return {one.name: told[one.name] for one in part.steps}


def _order(record: Record) -> tuple[str, str]:
    return str(record.get("name")), str(record.get("id"))


def _sorted_by(part: Part, words: Words) -> list[str]:
    names = [part.place or "", part.resource.fields[0].name, *part.resource.found_with, *part.resource.told_apart_by, "id"]
    return [str(words.get(name)) for name in names]


def chosen(kind: str, said: t.Sequence[str] | None, known: list[Record], key: str, hint: str, elsewhere: t.Collection[t.Any] = ()) -> list[Record]:
    """The records whose names or ids are said; all of them where none is. Raises InputError for one that is neither there nor known elsewhere."""
    if said is None:
        return known
    wanted: set[str] = set()
    for name in said:
        found = by_name_or_id(known, name, key)
        if not found and name not in elsewhere:
            the_one(kind, name, found, hint, others=lambda: (one.get(key) for one in known))
        wanted |= {str(one.get("id")) for one in found}
    return [one for one in known if str(one.get("id")) in wanted]


def by_name_or_id(known: t.Sequence[Record], name: t.Any, key: str) -> list[Record]:
    """The records with a name, else the one with that id."""
    return [one for one in known if one.get(key) == name] or [one for one in known if one.get("id") == name]


class _Export:
    """The items of a site, and the warnings of what they cannot say."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._warnings = account.client.notes.warnings

    def items(self, part: Part) -> list[dict[str, t.Any]]:
        """The items of a list."""
        held = self._account.held(part)
        twins = Counter(_found_by(part, one.words) for one in held)
        if part is POLICIES:
            # One that is not meant may have the name as well.
            twins = Counter((policy.get("name"),) for policy in self._account.every_policy())
        items = [self._item(one, twins[_found_by(part, one.words)] > 1) for one in held]
        return [item for item in items if item]

    def _item(self, held: Held, twin: bool) -> dict[str, t.Any]:
        """An object as an item; nothing where no item can say it."""
        part, words = held.part, held.words
        called = f"The {part.resource.kind} {part.called(words)!r}"
        place = {part.place: self._place(part, words)} if part.place else {}
        refusal = _refusal(held, {}, {})
        if refusal:
            self._warn(f"{called} is not in the site: {refusal}")
            return {}
        told = {name: words[name] for name in part.fields if name not in part.unsaid and words[name] is not None}
        said = {name: self._said(held, name, told) for name in part.fields if name not in part.unsaid}
        said = {name: value for name, value in said.items() if value is not None}
        told = {name: told.get(name, said[name]) for name in said}
        if _refusal(held, said, told):
            said = self._sayable(held, said, told)
        name = part.resource.fields[0].name
        unnamed = [one for one in (name, *part.resource.found_with) if one not in said]
        if not (twin or unnamed):
            return {**place, **said}
        if not words.get("id"):
            self._warn(f"{called} is not in the site: its name is not told, and neither is its id.")
            return {}
        why = f"its {' and '.join(unnamed)} cannot be said" if unnamed else "another one is called the same"
        self._warn(f"{called} is in the site by its id, {words['id']}, for {why}: no other account has it.")
        return {**place, "id": words["id"], **said}

    def _sayable(self, held: Held, said: Words, told: Words) -> dict[str, t.Any]:
        """What can be said of an object, field by field, with a warning for the rest."""
        part = held.part
        kept: list[str] = []
        for name in said:
            tried = [*kept, name]
            refusal = _refusal(held, {one: said[one] for one in tried}, {one: told[one] for one in tried})
            if not refusal:
                kept = tried
            elif said[name] != part.fields[name].initially:
                anew = " Without it the site cannot make it anew." if name in part.resource.needed_to_create else ""
                self._warn(f"The site does not say {name} of the {part.resource.kind} {part.called(held.words)!r}, {shown(told[name])}: {refusal}{anew}")
        return {name: said[name] for name in kept}

    def _said(self, held: Held, name: str, told: Words) -> t.Any:
        """A value as an item says it: names in the place of ids, and nothing of what is not known."""
        words, argument = held.words, held.part.fields[name].argument
        called = f"of the {held.part.resource.kind} {held.part.called(words)!r}"
        value = words[name]
        if words.get(f"{name}_id"):
            return self._named(f"The {name} {called}", value, words[f"{name}_id"], name == "policy" and self._is_twin_policy(value))
        if isinstance(value, dict) and "options" in argument:
            return self._known(f"The site does not say {name}.{{}} {called}, {{}}: no option has that name.", argument["options"], value)
        if name == "objects" and isinstance(value, list):
            return sorted((self._person(called, one) for one in value), key=lambda one: [str(word) for word in one.values()])
        return without_unknown(value)

    def _place(self, part: Part, words: Words) -> str:
        """Where an object lives, by name."""
        place = str(part.place)
        twins = [one for one in self._account.every_gateway() if one.get("instance_name") == words[place]] if place == "gateway" else []
        twin = len(twins) > 1 or (place == "policy" and self._is_twin_policy(words[place]))
        return str(self._named(f"The {place} {shown(words[place])}", words[place], words[f"{place}_id"], twin))

    def _is_twin_policy(self, name: t.Any) -> bool:
        return [policy.get("name") for policy in self._account.every_policy()].count(name) > 1

    def _named(self, called: str, name: t.Any, identity: t.Any, twin: bool) -> t.Any:
        """A name, or, where it does not tell what is meant, the id, with a warning."""
        if name and not twin:
            return name
        why = "another one has its name" if twin else "its name is not told"
        self._warn(f"{called} is in the site by its id, {identity}, for {why}: no other account has it.")
        return identity

    def _known(self, lost: str, options: t.Mapping[str, t.Any], value: Words) -> dict[str, t.Any]:
        """The parts of a value that have an option, as far as they are known."""
        known = {key: one for key, one in value.items() if one is not None}
        for key in [key for key in known if not _fits(options, key, known[key])]:
            self._warn(lost.format(key, shown(known.pop(key))))
        return {key: known[key] for key in options if key in known}

    def _person(self, called: str, one: Words) -> dict[str, t.Any]:
        """A user or group by name."""
        kind, name = one.get("type"), one.get("name")
        twin = kind in ("user", "group") and bool(name) and self._account.people(str(kind))[str(name)] > 1
        by = self._named(f"The {kind} {shown(name)} {called}", name, one.get("id"), twin)
        return {"type": kind, ("name" if by == name and not twin else "id"): by}

    def bindings(self) -> list[dict[str, t.Any]]:
        """The items of the list of bindings."""
        gateways = {str(gateway.get("id")): gateway for gateway in self._account.every_gateway()}
        items = []
        for words in self._account.bindings(self._account.gateways()):
            called = f"{words['acl']} in {words['environment']} of {words['gateway']}"
            gateway = gateways[str(words["gateway_id"])]
            acls = Counter(acl.get("acl_name") for acl in self._account.acls(gateway))
            apis = Counter(str(api.get("name")) for api in self._account.apis(gateway))
            item = {
                "gateway": self._place(ACLS, words),
                "acl": self._named(f"The acl of the binding {called!r}", words["acl"], words["acl_id"], acls[words["acl"]] > 1),
                "environment": self._named(f"The environment of the binding {called!r}", words["environment"], words["environment_id"], False),
                "apis": sorted(self._api(called, api, apis[api["name"]] > 1) for api in words["apis"]),
            }
            items.append(item)
        return items

    def _api(self, called: str, api: Words, twin: bool) -> str:
        try:
            APIS.checked([api["name"]])
        except InputError:
            twin = True
        return str(self._named(f"The API {shown(api['name'])} of the binding {called!r}", api["name"], api["id"], twin))

    def _warn(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)


def _found_by(part: Part, words: Words) -> tuple[t.Any, ...]:
    """What an object is found by, as far as it can be told apart by that."""
    first = part.resource.fields[0]
    others = [words.get(f"{part.place}_id"), *(words.get(name) for name in part.resource.finders[1:])] if part is not POLICIES else []
    name = words.get(first.name)
    return (name if name is None else first.key(name), *others)


def without_unknown(value: t.Any) -> t.Any:
    """A value without what is not known, at any depth."""
    if isinstance(value, dict):
        return {key: without_unknown(one) for key, one in value.items() if one is not None}
    return [without_unknown(one) for one in value] if isinstance(value, list) else value


def _fits(options: t.Mapping[str, t.Any], key: str, value: t.Any) -> bool:
    try:
        return bool(fitting(options, (), {key: value}) == {key: value})
    except ValueError:
        return False


def _refusal(held: Held, said: Words, told: Words) -> str:
    """Why the module would not take what an item says of an object as it is; nothing where it does. told is the same with the ids in it."""
    fields, steps = held.part.fields, {one.name for one in held.part.steps}
    try:
        taken = fitting({name: one.argument for name, one in fields.items()}, (), said)
        for name, value in said.items():
            if without_unknown(taken.get(name)) != value:
                return "no option says that."
        checked = {name: fields[name].checked(value) for name, value in told.items() if name not in steps}
        held.store.settle({"id": held.words.get("id"), **checked}, held.words)
    except (ValueError, InputError) as error:
        return str(error)
    return ""


def _site(client: Client, options: Words) -> dict[str, t.Any]:
    asked = [name for name in SERVICES if options.get("include") is None or name in options["include"]]
    account = Account(client, asked, options.get("policies"), options.get("gateways"), "To export the rest, leave this out of include: {}.")
    export = _Export(account)
    site: dict[str, t.Any] = {f"{PREFIX}evidence": False}
    for name in asked:
        site[PREFIX + name] = export.bindings() if name == BINDINGS else export.items(PARTS[name])
    if {ACLS.name, BINDINGS}.intersection(asked) and not account.every_gateway():
        client.notes.warnings.append(f"The service tells of no gateway, so that the site has none. {NO_GATEWAY}")
    return {"site": site, "text": text_of(site), "region": client.region, "project_id": account.project_id}


RESTRICTED: t.Mapping[str, t.Mapping[str, t.Any]] = {
    "policies": {"type": "list", "elements": "str"},
    "gateways": {"type": "list", "elements": "str"},
}
SITE = Report("site", {**RESTRICTED, "include": {"type": "list", "elements": "str", "choices": list(SERVICES)}}, _site)
