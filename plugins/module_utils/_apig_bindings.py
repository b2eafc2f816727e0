# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""API Gateway: the APIs that an access control policy is bound to in one environment."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import counted, may_be_id, pages, segment, the_one
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._apig import PAGE, Acls
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import LONGEST_DEADLINE
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError, doing, live, unwritten
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words, members
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED, Action, Outcome, Record, verified

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

# Seconds to wait until the service has bound or unbound what was asked for.
_PATIENCE = 180
# How many APIs a message names.
_MOST_NAMED = 10
# Names that differ by case are those of two APIs.
APIS = members("apis", what="name of an API", sameness=str)


@dataclass(frozen=True)
class _Place:
    """One policy in one environment of one gateway. A policy that is planned has no id yet; it is bound to nothing."""

    store: Acls
    acl: Record
    environment: Record

    @property
    def where(self) -> dict[str, t.Any]:
        """It in the words of a result."""
        acl = {"acl": self.acl.get("acl_name"), "acl_id": self.acl.get("id")}
        return {**self.store.where, **acl, "environment": self.environment.get("name"), "environment_id": self.environment.get("id")}

    @property
    def called(self) -> str:
        """How messages name it."""
        return f"the policy {self.acl.get('acl_name')!r} in the environment {self.environment.get('name')!r}"

    def bound(self) -> list[Record]:
        """What the service says the policy is bound to here."""
        return self.store.bindings(self.acl["id"], str(self.environment["id"])) if self.acl.get("id") else []

    def told(self, apis: t.Iterable[tuple[str, str]]) -> dict[str, t.Any]:
        """The result, for APIs by name and id; empty when there are none."""
        held = [{"name": name, "id": api_id} for name, api_id in sorted(set(apis))]
        return {**self.where, "apis": held} if held else {}


def _path(store: Acls, *more: str) -> str:
    """The path of what is in a gateway."""
    return "/".join((f"/apigw/instances/{segment(str(store.where['gateway_id']))}", *more))


def _names(names: t.Iterable[t.Any]) -> str:
    """Some names in a message, in order, each in quotes; not more than help."""
    known = sorted({str(name) for name in names})
    rest = [f"and {len(known) - _MOST_NAMED} more"] if len(known) > _MOST_NAMED else []
    return ", ".join([repr(name) for name in known[:_MOST_NAMED]] + rest)


def _pair(binding: Record) -> tuple[str, str]:
    return str(binding.get("api_name")), str(binding.get("api_id"))


def set_bindings(client: Client, options: Words, dry_run: bool) -> Outcome:
    """Bind the APIs that the options list, and unbind what is asked for. Additions come before removals."""
    asked = _asked(options)
    with unwritten():
        place = _place(client, options, planned=dry_run and bool(options.get("planned")))
        if place is None:
            return Outcome(False, {}, {})
        with doing(f"read what {place.called} is bound to"):
            before = place.bound()
        added, removed = _difference(client, place, options, asked, before)
        publications = _publications(place, added)
        _refuse_others(client, place, added)
        if dry_run:
            after = ({_pair(one) for one in before} | {(str(api["name"]), str(api["id"])) for api in added}) - {_pair(one) for one in removed}
            return Outcome(bool(added or removed), place.told(map(_pair, before)), place.told(after))
        seconds = _PATIENCE if options.get("wait_timeout") is None else options["wait_timeout"]
        held, done = before, ""
        if added:
            held = _bind(client, place, added, publications, seconds)
            done = f"{place.called} has been bound to {_names(api['name'] for api in added)}."
        if removed:
            with live(done):
                held = _unbind(client, place, removed, seconds)
    return Outcome(bool(added or removed), place.told(map(_pair, before)), place.told(map(_pair, held)))


def _difference(client: Client, place: _Place, options: Words, asked: list[str] | None, bound: list[Record]) -> tuple[list[Record], list[Record]]:
    """The APIs that shall be bound and are not, and the bindings that shall not be."""
    listed = _apis_named(client, place.store, asked) if asked else []
    wanted = {str(api["id"]) for api in listed}
    if options["state"] == "absent":
        return [], [one for one in bound if asked is None or str(one.get("api_id")) in wanted]
    held = {str(one.get("api_id")) for one in bound}
    added = [api for api in listed if str(api["id"]) not in held]
    return added, [one for one in bound if options.get("purge") and str(one.get("api_id")) not in wanted]


def _asked(options: Words) -> list[str] | None:
    """The APIs that the options list, each once; None where they list none. Raises InputError for what cannot be."""
    said = options.get("apis")
    patience = options.get("wait_timeout")
    if patience is not None and not 0 <= patience <= LONGEST_DEADLINE:
        raise InputError(f"wait_timeout: {patience} is not a number of seconds from 0 to {LONGEST_DEADLINE}.")
    if said is None and options.get("purge") and options["state"] == "present":
        raise InputError("purge: it says what becomes of APIs that apis does not list. Set apis as well; an empty list unbinds all of the environment.")
    return said if not said else APIS.checked(said)


def _place(client: Client, options: Words, planned: bool) -> _Place | None:
    """Where the bindings are that the options mean; None where the policy does not exist and shall not be bound either."""
    store = Acls(client, options)
    name = options["acl"]
    with doing(f"find the access control policy {name!r}"):
        found = _acls_named(store, name)
        if not found and options["state"] == "absent":
            return None
        acl: Record = {"acl_name": name}
        if found or not planned:
            hint = "Check acl and gateway; apig_acl makes policies."
            acl = the_one("access control policy", name, found, hint, others=lambda: (one.get("acl_name") for one in store.all()))
    name = options["environment"]
    with doing(f"find the environment {name!r}"):
        known = listed_of(client, store, "envs")
        hint = "Check environment and gateway."
        environment = the_one("environment", name, _by_name_or_id(known, name), hint, others=lambda: (one.get("name") for one in known))
    return _Place(store, acl, environment)


def _acls_named(store: Acls, name: str) -> list[Record]:
    """The policies with this name, else the one with this id."""
    found = store.find({"name": name})
    return found or (store.find({"id": name}) if may_be_id(name) else [])


def _by_name_or_id(known: t.Sequence[Record], name: str) -> list[Record]:
    return [one for one in known if one.get("name") == name] or [one for one in known if one.get("id") == name]


def listed_of(client: Client, store: Acls, what: str) -> list[Record]:
    """All environments (envs) or APIs (apis) of the gateway."""

    def page(number: int, before: int) -> t.Any:
        del number
        return client.get("apig", _path(store, what), [("offset", before), ("limit", PAGE)])

    return pages(page, what, PAGE)


def _apis_named(client: Client, store: Acls, asked: t.Sequence[str]) -> list[Record]:
    """The APIs that are meant, each once. One list serves all names."""
    with doing("find the APIs"):
        known = listed_of(client, store, "apis")
        hint = "Check apis and gateway."
        found = [the_one("API", name, _by_name_or_id(known, name), hint, others=lambda: (api.get("name") for api in known)) for name in asked]
    return list({str(api["id"]): api for api in found}.values())


def _publications(place: _Place, apis: t.Sequence[Record]) -> dict[str, str]:
    """The ids of the publications of APIs in the environment, by the ids of the APIs. Raises InputError for APIs that are not published there."""
    found: dict[str, str] = {}
    elsewhere = []
    for api in apis:
        # Three lists in parallel, each joined to one text.
        ids, names, records = (str(api.get(key) or "").split("|") for key in ("run_env_id", "run_env_name", "publish_id"))
        published = dict(zip(ids, records)).get(str(place.environment["id"]))
        if published:
            found[str(api["id"])] = published
        else:
            elsewhere.append(f"{api.get('name')!r} is published {f'in {_names(names)}' if any(names) else 'nowhere'}")
    if elsewhere:
        raise InputError(
            f"An API is bound where it is published, and in the environment {place.environment.get('name')!r} these are not: {'; '.join(elsewhere)}. Publish"
            " them there first, or name another environment."
        )
    return found


def _refuse_others(client: Client, place: _Place, apis: t.Sequence[Record]) -> None:
    """Raises InputError for APIs that have another policy of this type here: the service may refuse, or replace it in silence."""
    taken = []
    # Of a policy that is planned, the type is not known.
    for api in apis if place.acl.get("id") else ():
        with doing(f"read which access control policies the API {api.get('name')!r} has"):
            held = _policies_of(client, place, api)
        for other in held:
            same = other.get("acl_type") == place.acl.get("acl_type") and other.get("env_id") == place.environment["id"]
            if same and other.get("acl_id") != place.acl["id"]:
                taken.append(f"{api.get('name')!r} has {other.get('acl_name')!r}")
    if taken:
        raise InputError(
            f"An API has one policy of each type in an environment, and in {place.environment.get('name')!r} these have another one of the type"
            f" {str(place.acl.get('acl_type')).lower()!r}: {'; '.join(taken)}. Unbind it first: state=absent, with acl and apis as named here."
        )


def _policies_of(client: Client, place: _Place, api: Record) -> list[Record]:
    """The policies that an API has in the environment."""

    def page(number: int, before: int) -> t.Any:
        del number
        query = [("api_id", api["id"]), ("env_id", place.environment["id"]), ("offset", before), ("limit", PAGE)]
        return client.get("apig", _path(place.store, "acl-bindings", "binded-acls"), query)

    return pages(page, "acls", PAGE, key="bind_id")


def _bind(client: Client, place: _Place, apis: t.Sequence[Record], publications: t.Mapping[str, str], seconds: float) -> list[Record]:
    """Bind APIs, and wait until it shows; what is bound then."""
    wanted = {str(api["id"]): str(api["name"]) for api in apis}

    def lacking(bound: t.Iterable[Record]) -> set[str]:
        return set(wanted) - {str(binding.get("api_id")) for binding in bound}

    def post(api_ids: t.Iterable[str]) -> None:
        body = {"acl_id": place.acl["id"], "publish_ids": [publications[api_id] for api_id in api_ids]}
        client.post("apig", _path(place.store, "acl-bindings"), body)

    def ask() -> None:
        try:
            post(wanted)
        except ApiError as error:
            # Somebody else, or a run that ended early, may have bound some of them meanwhile; the code of that refusal is not documented.
            if error.uncertain or error.status not in (400, 409):
                raise
            left = lacking(client.read_after_write(place.bound, lambda bound: not lacking(bound)))
            if left == set(wanted):
                raise
            if left:
                post(api_id for api_id in wanted if api_id in left)

    def amiss(bound: list[Record]) -> str:
        return _state_of(place, bound, "not bound to", (wanted[api_id] for api_id in lacking(bound)))

    with doing(f"bind {place.called} to {_names(wanted.values())}"):
        return _carried_out(ask, lambda arrived: client.wait_until(f"the binding of {place.called}", place.bound, arrived, seconds), amiss, seconds)


def _unbind(client: Client, place: _Place, bindings: t.Sequence[Record], seconds: float) -> list[Record]:
    """Unbind APIs, and wait until it shows; what is bound then."""
    unwanted = {str(binding.get("api_id")): str(binding.get("api_name")) for binding in bindings}

    def ask() -> None:
        gone: list[str] = []
        for binding in bindings:
            # One by one: a DELETE can be sent again, gone is success, and a failure has a status. The batch answers 200 and lists failures inside, among
            # them, when it had to be sent again, all that the first one unbound.
            with live(f"{place.called} is being unbound from {_names(gone)}." if gone else "", f"unbinding it from {binding.get('api_name')!r}"):
                client.delete("apig", _path(place.store, "acl-bindings", segment(str(binding.get("bind_id") or ""))))
            gone.append(str(binding.get("api_name")))

    def amiss(bound: list[Record]) -> str:
        return _state_of(place, bound, "still bound to", (unwanted[one] for one in {str(binding.get("api_id")) for binding in bound} & set(unwanted)))

    with doing(f"unbind {place.called} from {_names(unwanted.values())}"):
        return _carried_out(ask, lambda arrived: client.wait_until(f"the unbinding of {place.called}", place.bound, arrived, seconds), amiss, seconds)


def _state_of(place: _Place, bound: t.Iterable[Record], how: str, late: t.Iterable[str]) -> str:
    """What is amiss, in a sentence: what is bound and what is late; nothing when nothing is late."""
    names = _names(late)
    held = _names(binding.get("api_name") for binding in bound) or "no API"
    return f"{place.called} is bound to {held}; it is {how} {names}." if names else ""


_Arrived = t.Callable[[list[Record]], bool]


def _carried_out(ask: t.Callable[[], None], read: t.Callable[[_Arrived], list[Record]], amiss: t.Callable[[list[Record]], str], seconds: float) -> list[Record]:
    """Ask for something that the service does in its own time, and wait until what is bound shows it. A lost answer is waited for as well."""

    def write() -> list[Record]:
        ask()
        with live("the service has accepted it, and goes on with it."):
            bound = read(lambda found: not amiss(found))
        wrong = amiss(bound)
        if wrong:
            late = GatehouseError(
                f"The service has accepted it, but within wait_timeout ({seconds:g} s) and the deadline of the task it did not show. Run the task again:"
                " it goes on from there."
            )
            late.live = wrong
            raise late
        return bound

    return verified(write, read, amiss)


def list_bindings(client: Client, options: Words) -> list[Words]:
    """What each policy is bound to in each environment; only those that the options ask for."""
    store = Acls(client, options)
    acl, environment, api = (options.get(name) for name in ("acl", "environment", "api"))
    with doing("list acl_bindings"):
        # That none is bound need not be asked again.
        acls = [one for one in (_acls_named(store, acl) if acl else store.all()) if counted(one, "bind_num") != 0]
        told = [words for one in acls for words in by_environment(store, one)]
    if environment:
        told = [words for words in told if environment in (words["environment"], words["environment_id"])]
    if api:
        told = [words for words in told if any(api in held.values() for held in words["apis"])]
    return sorted(told, key=lambda words: (str(words["acl"]), str(words["environment"]), str(words["acl_id"])))


def by_environment(store: Acls, acl: Record) -> list[Words]:
    """What a policy is bound to, environment by environment."""
    environments: dict[str, list[Record]] = {}
    for binding in store.bindings(acl["id"]):
        environments.setdefault(str(binding.get("env_id")), []).append(binding)
    return [_Place(store, acl, {"id": environment_id, "name": held[0].get("env_name")}).told(map(_pair, held)) for environment_id, held in environments.items()]


ACL_BINDING = Action(
    kind="acl_binding",
    plural="acl_bindings",
    arguments={
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "gateway": {"type": "str", "required": True},
        "acl": {"type": "str", "required": True},
        "environment": {"type": "str", "required": True},
        "apis": APIS.argument,
        "purge": {"type": "bool"},
        "wait_timeout": {"type": "int"},
        **PLANNED,
    },
    asked={
        "gateway": {"type": "str", "required": True},
        "acl": {"type": "str"},
        "environment": {"type": "str"},
        "api": {"type": "str"},
    },
    ensure=set_bindings,
    listed=list_bindings,
)
