# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a handler gets and gives, and paging as the services do it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from werkzeug.datastructures import Headers

from gatehouse_emulator.account import Account, Record
from gatehouse_emulator.contracts import NUMBER
from gatehouse_emulator.identity import Caller, Identities
from gatehouse_emulator.refusals import Refusal


@dataclass
class Call:
    """One request of one operation, checked against its contract; caller is None where the operation asks for no proof.

    query has one value of each parameter, lists all values of those that may be there more than once.
    """

    account: Account
    path: t.Mapping[str, str]
    query: t.Mapping[str, str]
    headers: Headers
    body: t.Any
    caller: Caller | None
    now: float
    lists: t.Mapping[str, t.Sequence[str]] = field(default_factory=dict)

    @property
    def identities(self) -> Identities:
        """Who may call, and what was issued."""
        return self.account.identities

    def proven(self) -> Caller:
        """The caller of an operation that asks for proof."""
        assert self.caller
        return self.caller


@dataclass
class Reply:
    """An answer; a body of None is an empty one. principal is who the body of the request proved to be, where the body is the proof."""

    body: t.Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    principal: str | None = None


Handler = t.Callable[[Call], Reply]


def number(call: Call, name: str, default: int, lowest: int, highest: int, code: str) -> int:
    """A number of the query within its limits. Raises Refusal with the code."""
    text = call.query.get(name, str(default))
    if not NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
        raise Refusal(400, code, f"{name} must be a number from {lowest} to {highest}")
    return int(text)


def numbered_page(call: Call, items: t.Sequence[Record], highest: int = 100, everything: bool = False) -> list[Record]:
    """The part of a WAF list that page and pagesize name; -1 means everything where the service allows it."""
    if everything and call.query.get("pagesize") == "-1":
        return list(items)
    page = number(call, "page", 1, 1, 65535, "WAF.00011011")
    size = number(call, "pagesize", 10, 1, highest, "WAF.00011011")
    return list(items[(page - 1) * size : page * size])
