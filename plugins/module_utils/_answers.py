# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What paths and answers of every service have in common: segments, pages, ids, and the one object of a name."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import quote

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import GatehouseError, InputError, UnknownOutcome, with_near

# Pages that are read side by side: a total may be wrong.
_MOST_AHEAD = 200


def segment(value: str) -> str:
    """A value as one segment of a path, whatever is in it.

    Raises InputError for what would lead to another path: the HTTP library resolves "." and "..", encoded or not.
    """
    if value in ("", ".", ".."):
        raise InputError(f"{value!r} is neither a name nor an id.")
    return quote(value, safe="-_.~")


Page = t.Mapping[str, t.Any]
Spread = t.Callable[[t.Callable[[int], Page], t.Iterable[int]], list[Page]]


def pages(
    fetch: t.Callable[[int, int], Page], items: str, size: int, total: str = "total", key: str = "id", spread: Spread | None = None
) -> list[t.Mapping[str, t.Any]]:
    """Every item of a list that comes in pages.

    fetch gets the number of the page (from 1) and the number of items before it. The list ends when the total is reached, when a
    page holds nothing new, or, where the service tells no total, when a page comes back short. Where the first page tells how many
    there are, spread reads the others side by side.
    """
    collected: dict[str, t.Mapping[str, t.Any]] = {}
    number = received = 0
    ahead: list[Page] = []
    while True:
        number += 1
        body = ahead.pop(0) if ahead else fetch(number, received)
        page = objects_in(body, items)
        received += len(page)
        before = len(collected)
        # What shifts from one page to the next while we read comes twice; it is one item.
        collected.update({str(item.get(key) or (number, place)): item for place, item in enumerate(page)})
        known = counted(body, total)
        if number == 1 and spread and known and len(page) == size:
            last = min((known + size - 1) // size, _MOST_AHEAD)
            ahead = spread(lambda later: fetch(later, (later - 1) * size), range(2, last + 1))
        ended = len(page) < size if known is None else received >= known
        if not ahead and (ended or len(collected) == before):
            return list(collected.values())


def objects_in(body: t.Mapping[str, t.Any], items: str) -> list[dict[str, t.Any]]:
    """The objects in a list of an answer; what is no list, or no object, holds none."""
    value = body.get(items)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def counted(body: t.Mapping[str, t.Any], total: str = "total") -> int | None:
    """How many items a list has, where its answer tells."""
    value = str(body.get(total))
    return int(value) if value.isascii() and value.isdecimal() else None


def id_in(answer: t.Mapping[str, t.Any], key: str = "id") -> str:
    """The id of what was created. Raises UnknownOutcome for an answer without one: the object has to be looked for."""
    if not answer.get(key):
        raise UnknownOutcome("The answer to the creation names no id. Whether the request was carried out is not known.")
    return str(answer[key])


def may_be_id(value: str) -> bool:
    """Whether a text has the form of an id, so that it can be asked for as a segment of a path."""
    return re.fullmatch(r"[A-Za-z0-9_-]+", value) is not None


def the_one(
    kind: str,
    name: str,
    found: t.Sequence[t.Mapping[str, t.Any]],
    hint: str,
    key: str = "id",
    others: t.Callable[[], t.Iterable[t.Any]] = tuple,
) -> t.Mapping[str, t.Any]:
    """The single object of a name. Raises GatehouseError when there is none, or more than one.

    others gives the names that there are, for a message that tells near ones; it is asked only when there is none.
    """
    if not found:
        known = _as_far_as_told(others)
        if name in known:
            # A read that lags behind the one before it, such as that of another server.
            raise GatehouseError(f"The {kind} {name!r} was not found, and a moment later it was listed: it may be new. Run the task again.")
        raise InputError(f"There is no {kind} {with_near(name, known)}. {hint}".rstrip())
    if len(found) > 1:
        ids = ", ".join(sorted(str(one.get(key)) for one in found))
        raise GatehouseError(f"More than one {kind} is called {name!r}: those with the ids {ids}. Use the id of the one that is meant.")
    if not found[0].get(key):
        raise GatehouseError(f"The service tells no id of the {kind} {name!r}, so nothing can be done with it.")
    return found[0]


def _as_far_as_told(names: t.Callable[[], t.Iterable[t.Any]]) -> list[str]:
    """Names for a message; none where they cannot be read, for it is the message that counts."""
    try:
        return [str(name) for name in names() if name]
    except GatehouseError:
        return []
