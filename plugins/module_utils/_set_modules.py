# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The modules that are about whole sets, derived from the same declarations as those that are about one object."""

from __future__ import annotations

import json
import os
import tempfile
import time
import typing as t

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS, Client
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError, InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import STATE, Context, Declaration, Options, Result
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._plan import Purge, pattern
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Resource
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sets import Scope, Sets
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._steps import Spot, Wish

_BACKUP_DIR = "backup"

_SET: t.Mapping[str, t.Mapping[str, t.Any]] = {
    "purge": {"type": "bool", "default": False},
    "purge_name_prefix": {"type": "str"},
    "purge_match": {"type": "str"},
    "max_deletions": {"type": "int", "default": 10},
    "planned": {"type": "list", "elements": "str"},
    "on_error": {"type": "str", "choices": ["stop", "continue"], "default": "stop"},
    "max_concurrency": {"type": "int", "default": 8},
    "backup": {"type": "bool", "default": False},
    "backup_dir": {"type": "path"},
}


def set_module(resource: Resource, items: str) -> Declaration:
    """The declaration of the module that makes many objects of a resource be or not be; items is the option that lists them."""
    place = resource.places[0].name
    places = _many(place)

    def carry_out(client: Client, context: Context) -> Result:
        options = context.options
        wishes = _wishes(resource, items, options[items], options.get(place))
        scopes = [Scope(resource, one) for one in dict.fromkeys([*(options.get(places) or []), *([options[place]] if options.get(place) else [])])]
        sets = _planned_set(client, context, wishes, scopes)

        def backup() -> Result:
            return {items: [_item(spot, words) for spot, held in sets.held() for words in held]}

        return _set_result(context, sets, resource.plural, backup, lambda: {resource.plural: sets.items(resource)})

    return Declaration(
        {
            **CONNECTION_ARGUMENTS,
            items: {"type": "list", "elements": "dict", "required": True, "options": {**STATE, **resource.item()}},
            place: {"type": "str"},
            places: {"type": "list", "elements": "str"},
            **_SET,
        },
        carry_out,
    )


def ruleset_module(resources: t.Sequence[Resource]) -> Declaration:
    """The declaration of the module that makes all objects of several resources be as listed, for many places that they share."""
    place = resources[0].places[0].name
    places = _many(place)

    def carry_out(client: Client, context: Context) -> Result:
        wishes: list[Wish] = []
        scopes: list[Scope] = []
        for number, one in enumerate(context.options[places]):
            for resource in resources:
                listed = one.get(resource.plural)
                if listed is not None:
                    called = f"{resource.plural} of {places} item {number + 1} ({one[place]!r})"
                    wishes += _wishes(resource, called, listed, one[place])
                    scopes.append(Scope(resource, one[place]))
        sets = _planned_set(client, context, wishes, scopes)

        def backup() -> Result:
            kept: dict[str, dict[str, t.Any]] = {}
            for spot, held in sets.held():
                named = str(spot.held.where[place])
                kept.setdefault(named, {place: named})[spot.resource.plural] = [_item(spot, words, place) for words in held]
            return {places: list(kept.values())}

        return _set_result(context, sets, places, backup, lambda: {resource.plural: sets.items(resource) for resource in resources})

    lists = {
        resource.plural: {
            "type": "list",
            "elements": "dict",
            "options": {**STATE, **{name: argument for name, argument in resource.item().items() if name != place}},
        }
        for resource in resources
    }
    suboptions = {place: {"type": "str", "required": True}, **lists}
    return Declaration({**CONNECTION_ARGUMENTS, places: {"type": "list", "elements": "dict", "required": True, "options": suboptions}, **_SET}, carry_out)


def _many(place: str) -> str:
    """The option for several places of a kind."""
    return f"{place[:-1]}ies" if place.endswith("y") and place != "gateway" else f"{place}s"


def _wishes(resource: Resource, listed: str, items: t.Sequence[Options], place: str | None) -> list[Wish]:
    """The items of a list as wishes. Raises InputError for one that names no object, or no place."""
    name = resource.places[0].name
    wishes = []
    for number, item in enumerate(items):
        position = f"item {number + 1} of {listed}"
        said = {**item, name: item.get(name) or place}
        if not (item.get("id") or item.get(resource.fields[0].name)):
            raise InputError(f"{position}: it names no {resource.kind}. Set {resource.fields[0].name}, or id.")
        if not said[name]:
            raise InputError(f"{position} ({item.get(resource.fields[0].name) or item.get('id')!r}): it has no {name}. Set it there, or {name} for all.")
        wishes.append(Wish(resource, position, said))
    return wishes


def _planned_set(client: Client, context: Context, wishes: t.Sequence[Wish], scopes: t.Sequence[Scope]) -> Sets:
    """A set, read and planned. Raises InputError for options that do not fit together."""
    options = context.options
    purge = None
    if options["purge"]:
        if options["max_deletions"] < 0:
            raise InputError(f"max_deletions: {options['max_deletions']} is below 0.")
        purge = Purge(options.get("purge_name_prefix") or "", pattern(options["purge_match"]) if options.get("purge_match") else None, options["max_deletions"])
        if not wishes and not scopes:
            raise InputError("purge: the task names nothing that could be purged.")
    elif options.get("purge_name_prefix") or options.get("purge_match"):
        raise InputError("purge: purge_name_prefix and purge_match limit a purge, and purge is off. Set purge, or leave them out.")
    return Sets(client, wishes, scopes if purge else (), purge, options.get("planned") or (), options["on_error"] == "continue", context.check_mode)


def _item(spot: Spot, words: Words, *without: str) -> dict[str, t.Any]:
    """An object as an item that makes it: without ids, which the service chooses."""
    named = {place.name: words.get(place.name) for place in spot.resource.places if place.name not in without}
    return {**named, **{name: words[name] for name in spot.resource.options if words.get(name) is not None}}


def _set_result(context: Context, sets: Sets, named: str, backup: t.Callable[[], Result], told: t.Callable[[], Result]) -> Result:
    """Carry a set out, unless it is a rehearsal; the result. What was there is written to a file first, where the task asks for it."""
    kept: Result = {}
    if context.options["backup"] and sets.plan.steps and not context.check_mode:
        kept = {"backup_file": _kept(context.options.get("backup_dir") or _BACKUP_DIR, named, backup())}
    try:
        sets.carry_out()
    except GatehouseError as error:
        error.report = {**error.report, **kept, **_compared(context, sets)}
        raise
    result = {**sets.report(), **told(), **kept, **_compared(context, sets)}
    if context.check_mode:
        result["plan"] = {"writes": len(sets.plan.steps), "steps": sets.steps()}
    return result


def _compared(context: Context, sets: Sets) -> Result:
    return {"diff": sets.difference()} if context.diff_mode else {}


def _kept(folder: str, named: str, content: Result) -> str:
    """Write what was there to a new file that nobody else may read; its path. Raises InputError where that cannot be, for then nothing is changed."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle, path = tempfile.mkstemp(suffix=".json", prefix=f"{named}-{stamp}-", dir=folder)
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"backup_dir: the backup cannot be written to {folder}: {error.strerror}. Nothing was changed.") from None
    return os.path.abspath(path)
