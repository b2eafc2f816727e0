# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of sets in a campaign: an account with neighbours that nobody names, and wishes for many objects at once."""

from __future__ import annotations

import copy
import random
import typing as t
from dataclasses import dataclass, field

from judge import Held, Key
from stories import ACCOUNT as OF_TASKS
from stories import State

Said = t.Mapping[str, t.Any]

SHOPS = tuple(f"shop-{number}" for number in range(1, 6))
_GATEWAY = "storefront-gateway"
_GEOIP, _REPUTATION, _ACL = "geoip_rule", "ip_reputation_rule", "acl"
_ACTIONS = {0: "block", 1: "allow", 2: "log"}
_CATEGORIES = {"block": "block", "pass": "allow", "log": "log"}
_INITIALLY: t.Mapping[str, Said] = {_GEOIP: {"enabled": True, "description": ""}, _REPUTATION: {"enabled": True, "description": ""}, _ACL: {}}


def _words(kind: str, one: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """An object of a state in the words of a task."""
    if kind == _ACL:
        return {"type": one["acl_type"].lower(), "entity_type": one["entity_type"].lower(), "entries": sorted(one["acl_value"].split(","))}
    lasting = {"enabled": bool(one["status"]), "description": one.get("description", "")}
    if kind == _GEOIP:
        return {"locations": sorted(one["geoip"].split("|")), "action": _ACTIONS[one["white"]], **lasting}
    return {"tags": sorted(one["tags"]), "action": _CATEGORIES[one["action"]["category"]], **lasting}


def _shelves(state: State) -> t.Iterator[tuple[str, str, list[dict[str, t.Any]]]]:
    """Where the objects of each kind and place are."""
    for policy in state["policies"]:
        for kind in (_GEOIP, _REPUTATION):
            yield kind, policy["name"], policy.get(f"{kind}s", [])
    for gateway in state["gateways"]:
        yield _ACL, gateway["name"], gateway["acls"]


def _name(one: t.Mapping[str, t.Any]) -> str:
    return str(one.get("acl_name", one.get("name")))


def held_in(found: t.Iterable[tuple[str, str, t.Mapping[str, t.Any]]]) -> list[Held]:
    """Objects, as they are compared."""
    return [Held(str(one["id"]), (kind, place, _name(one)), _words(kind, one)) for kind, place, one in found]


def _neighbours(number: int) -> dict[str, t.Any]:
    """A policy with rules whose names begin like those that are named, and with what they have elsewhere."""
    geoip = {"id": f"geoip-{number}", "name": "gate-", "geoip": "Chile|Cuba", "white": 2, "status": 0, "description": "a neighbour"}
    tags = {"id": f"tags-{number}", "name": "bots-", "type": "idc", "tags": ["VNET"], "action": {"category": "pass"}, "status": 0}
    return {"id": f"shop-{number}", "name": f"shop-{number}", "options": {"geoip": True}, "geoip_rules": [geoip], "ip_reputation_rules": [tags]}


def _elsewhere() -> dict[str, t.Any]:
    """The same rules in a policy that nobody names."""
    geoip = [
        {"id": "geoip-6", "name": "gate-a", "geoip": "Peru|BJ", "white": 1},
        {"id": "geoip-7", "name": "tmp-e", "geoip": "Place 1", "white": 1},
    ]
    tags = [{"id": "tags-6", "name": "bots-a", "type": "idc", "tags": ["Google"], "action": {"category": "log"}}]
    return {"id": "shop-6", "name": "shop-6", "geoip_rules": geoip, "ip_reputation_rules": tags}


def _account() -> State:
    account = copy.deepcopy(OF_TASKS)
    account["policies"] += [*(_neighbours(number) for number in range(1, 6)), _elsewhere()]
    account["limits"] = {**account["limits"], "made_up_locations": 40, "made_up_tags": 40}
    return account


ACCOUNT: State = _account()


@dataclass(frozen=True)
class Wish:
    """What a task says: objects and how they shall be, new names of those that are found by their ids, what shall not be, and the prefix of a purge."""

    said: t.Mapping[Key, Said] = field(default_factory=dict)
    renamed: t.Mapping[Key, str] = field(default_factory=dict)
    gone: tuple[Key, ...] = ()
    purge: str | None = None

    def declared(self, mine: t.Mapping[str, Held]) -> dict[Key, dict[str, t.Any]]:
        """What shall be of all that the story names."""
        before = {held.key: held.words for held in mine.values()}
        old = {new: (*new[:2], name) for new, name in self.renamed.items()}
        named = {*self.said, *self.gone, *old.values()}
        kept = {key: words for key, words in before.items() if key not in named and not (self.purge and key[2].startswith(self.purge))}
        wished = {key: {**_INITIALLY[key[0]], **before.get(old.get(key, key), {}), **words} for key, words in self.said.items()}
        return {**kept, **{key: {name: sorted(one) if isinstance(one, list) else one for name, one in words.items()} for key, words in wished.items()}}

    def stays(self, declared: t.Mapping[Key, t.Mapping[str, t.Any]]) -> dict[tuple[str, str], str]:
        """The names of the rules that shall have the locations and tags of each policy, which has its name for an id."""
        return {(key[1], one): key[2] for key, words in declared.items() for one in (*words.get("locations", ()), *words.get("tags", ()))}


@dataclass(frozen=True)
class SetStory:
    """A module, and the wishes one after the other. lied_to means that lists of all policies tell less than there is."""

    name: str
    module: str
    wishes: tuple[Wish, ...]
    lied_to: bool = False

    @property
    def _named(self) -> set[Key]:
        return {key for wish in self.wishes for key in (*wish.said, *wish.gone)}

    def split(self, state: State) -> tuple[list[tuple[str, str, dict[str, t.Any]]], State]:
        """What the story names, and all the rest of a state."""
        rest = copy.deepcopy(state)
        mine = []
        for kind, place, shelf in _shelves(rest):
            mine += [(kind, place, one) for one in shelf if (kind, place, _name(one)) in self._named]
            shelf[:] = [one for one in shelf if (kind, place, _name(one)) not in self._named]
        return mine, rest

    def options(self, wish: Wish, mine: t.Mapping[str, Held], dice: random.Random) -> dict[str, t.Any]:
        """The options of the task, its items in an order that is drawn."""
        ids = {held.key: held.id for held in mine.values()}
        found = {new: {"id": ids[(*new[:2], old)]} for new, old in wish.renamed.items()}
        items = [(key, {"name": key[2], **found.get(key, {}), **words}) for key, words in wish.said.items()]
        items += [(key, {"name": key[2], "state": "absent"}) for key in wish.gone]
        dice.shuffle(items)
        places = list(dict.fromkeys(key[1] for key, _item in items))
        purge = {} if wish.purge is None else {"purge": True, "purge_name_prefix": wish.purge}
        if self.module == "waf_ruleset":
            lists: dict[str, dict[str, t.Any]] = {place: {"policy": place} for place in places}
            for key, item in items:
                lists[key[1]].setdefault(f"{key[0]}s", []).append(item)
            return {"policies": list(lists.values()), **purge}
        place_key, listed = ("gateway", "acls") if self.module == "apig_acls" else ("policy", "rules")
        return {listed: [{place_key: key[1], **item} for key, item in items], **purge}

    def told(self, result: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """The objects in the result of a task that succeeded."""
        return [one for listed in ("geoip_rules", "ip_reputation_rules", "acls") for one in result.get(listed, ())]


def _rules(kind: str, place: str, rules: t.Mapping[str, str], **more: t.Any) -> dict[Key, Said]:
    """Rules by name, with what they have in one text; of a new one more is said."""
    return {(kind, place, name): {"locations" if kind == _GEOIP else "tags": text.split(", "), **more} for name, text in rules.items()}


def _keys(kind: str, place: str, *names: str) -> tuple[Key, ...]:
    return tuple((kind, place, name) for name in names)


_BLOCK: Said = {"action": "block", "enabled": True, "description": ""}
_OFF: Said = {"action": "log", "enabled": False, "description": "closed"}


def _moves(kind: str, place: str, names: str, spelled: t.Callable[[str], str]) -> tuple[Wish, ...]:
    """Rules come, what they have moves and is exchanged, some are renamed and purged, and all go. spelled says what a letter stands for."""

    def rules(said: t.Mapping[str, str], **more: t.Any) -> dict[Key, Said]:
        called = {name if "-" in name else f"{names}-{name}": ", ".join(map(spelled, letters)) for name, letters in said.items()}
        return _rules(kind, place, called, **more)

    return (
        Wish({**rules({"a": "AB", "b": "CD", "c": "E", "d": "FG", "tmp-f": "J"}, **_BLOCK), **rules({"x": "K", "y": "L", "z": "M", "tmp-e": "I"}, **_OFF)}),
        # What one gives another takes; one that goes gives as well, and one that comes takes.
        Wish({**rules({"a": "A", "b": "BC", "c": "EDF"}), **rules({"g": "G"}, **_BLOCK)}, gone=_keys(kind, place, f"{names}-d")),
        # Two exchange, and have something left to keep.
        Wish({**rules({"a": "AC", "b": "BN"}), **rules({"c": "EF"}, action="log")}),
        Wish(rules({"a": "AN", "b": "BC"}, enabled=False)),
        # Three exchange all that they have.
        Wish(rules({"x": "L", "y": "M", "z": "K"}, **_OFF)),
        # One takes the name that another gives up, who takes what a third has.
        Wish(
            {**rules({"a": "BC", "h": "ANG"}), **rules({"g": "H"}, action="log")},
            renamed={(kind, place, f"{names}-a"): f"{names}-b", (kind, place, f"{names}-h"): f"{names}-a"},
        ),
        # What is purged makes room, or goes at the end.
        Wish({**rules({"x": "LI"}), **rules({"k": "O"}, **_BLOCK)}, purge="tmp-"),
        Wish(gone=_keys(kind, place, *(f"{names}-{one}" for one in "abcdghkxyz"), "tmp-e", "tmp-f")),
    )


_LOCATIONS = dict(zip("ABCDEFG", ("Peru", "BJ", "JP", "US", "Angola", "Mali", "SD")))
_TAGS = dict(zip("ABCDEFG", ("Google", "HW", "Amazon", "Tencent", "AliCloud", "Microsoft", "MeiTuan")))


def _location(letter: str) -> str:
    return _LOCATIONS.get(letter, f"Place {ord(letter) - 64}")


def _tag(letter: str) -> str:
    return _TAGS.get(letter, f"Network {ord(letter) - 64}")


def _everywhere(gone: str = "", purge: str | None = None, **kinds: tuple[t.Mapping[str, str], Said]) -> Wish:
    """The same in five policies."""
    said: dict[Key, Said] = {}
    absent: list[Key] = []
    for place in SHOPS:
        for kind, (rules, more) in kinds.items():
            said.update(_rules(kind, place, rules, **more))
            absent += _keys(kind, place, *gone.split())
    return Wish(said, gone=tuple(absent), purge=purge)


def _acls(acls: t.Mapping[str, t.Sequence[int]], **more: str) -> dict[Key, Said]:
    return {(_ACL, _GATEWAY, name): {"entries": [f"192.0.2.{number}" for number in numbers], **more} for name, numbers in acls.items()}


_IP = {"type": "permit", "entity_type": "ip"}
_GATES = {"gate-a": "Peru, BJ", "gate-b": "JP, US", "tmp-e": "Angola"}
_BOTS = {"bots-a": "Google, HW", "bots-b": "Amazon, Tencent", "tmp-e": "AliCloud"}

SET_STORIES: tuple[SetStory, ...] = (
    SetStory("geoip_set", "waf_geoip_rules", _moves(_GEOIP, "shop-1", "gate", _location)),
    SetStory("ip_reputation_set", "waf_ip_reputation_rules", _moves(_REPUTATION, "shop-1", "bots", _tag)),
    SetStory(
        "ruleset",
        "waf_ruleset",
        (
            _everywhere(geoip_rule=(_GATES, _BLOCK), ip_reputation_rule=(_BOTS, _OFF)),
            # Half of it is as it shall be already, and in one policy something moves.
            Wish(
                {
                    **_everywhere(geoip_rule=(_GATES, {}), ip_reputation_rule=(_BOTS, {"enabled": True})).said,
                    **_rules(_GEOIP, "shop-3", {"gate-a": "Peru, US", "gate-b": "JP, BJ"}),
                    **_rules(_REPUTATION, "shop-4", {"bots-c": "Network 3"}, **_BLOCK),
                }
            ),
            _everywhere(geoip_rule=({"gate-b": "JP, Angola"}, {}), ip_reputation_rule=({"bots-b": "Amazon"}, {"description": "less"}), purge="tmp-"),
            _everywhere("gate-a gate-b bots-a bots-b bots-c tmp-e", geoip_rule=({}, {}), ip_reputation_rule=({}, {})),
        ),
        lied_to=True,
    ),
    SetStory(
        "acl_set",
        "apig_acls",
        (
            Wish(_acls({"offices": (1, 2), "guests": (3,), "night": (4, 5), "tmp_e": (6,), "tmp_f": (7,)}, **_IP)),
            Wish(
                {**_acls({"offices": (2, 8)}), **_acls({"guests": (3, 9)}, type="deny"), **_acls({"vendors": (1,)}, **_IP)},
                gone=_keys(_ACL, _GATEWAY, "night"),
            ),
            Wish(
                _acls({"guests": (2, 8), "visitors": (3,)}),
                renamed={(_ACL, _GATEWAY, "guests"): "offices", (_ACL, _GATEWAY, "visitors"): "guests"},
                purge="tmp_",
            ),
            Wish(gone=_keys(_ACL, _GATEWAY, "offices", "guests", "visitors", "vendors", "night", "tmp_e", "tmp_f")),
        ),
    ),
)
