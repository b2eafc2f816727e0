# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a handler gets and gives, and paging as the services do it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from gatehouse_emulator.account import Account, Record
from gatehouse_emulator.contracts import NUMBER
from gatehouse_emulator.refusals import Refusal


@dataclass
class Call:
    """One request of one operation, checked against its contract."""

    account: Account
    path: t.Mapping[str, str]
    query: t.Mapping[str, str]
    body: t.Any


@dataclass
class Reply:
    """An answer; a body of None is an empty one."""

    body: t.Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


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
