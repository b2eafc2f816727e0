# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attack events of WAF: a list with filters, of which no more than the first ten thousand can be read."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone

from gatehouse_emulator.account import Record
from gatehouse_emulator.calls import Call, Handler, Reply, number, numbered_page
from gatehouse_emulator.refusals import Refusal

MOST = 10_000
_LONGEST = 30 * 24 * 3600 * 1000
# Filters with several values: the field of an event that they are compared with. With an n before them they name what is not wanted.
_EITHER = {
    "ids": "id",
    "attacks": "attack",
    "rules": "rule",
    "sips": "sip",
    "urls": "url",
    "actions": "action",
    "ip_countries": "region",
    "ip_regions": "region",
}
_LISTS = {**_EITHER, "domains": "host", "hosts": "host_id", "response_codes": "status", "instances": "instance"}
_WITHOUT = {f"n{name}": told for name, told in _EITHER.items()}
# Filters with one value, which query_mode says how to compare.
_TEXTS = {"sip": "sip", "url": "url", "domain": "host", "payload": "payload"}
_SORT_KEYS = {"attack_time": "time", "sort_ip": "sip", "host": "host", "geo_str": "region", "component": "payload_location", "rule": "rule", "attack": "attack"}


def list_events(call: Call) -> Reply:
    beginning, end = _window(call)
    found = [event for event in list(call.account.events) if beginning <= event["time"] <= end and _asked_for(call, event)]
    key = _SORT_KEYS[call.query.get("sort_key", "attack_time")]
    found.sort(key=lambda event: (str(event.get(key, "")) if key != "time" else "", event["time"]), reverse=call.query.get("sort_direction", "desc") == "desc")
    page, size = number(call, "page", 1, 1, 65535, "WAF.00011011"), number(call, "pagesize", 10, 1, 100, "WAF.00011011")
    if page * size > MOST:
        # The documents tell the limit and not the code.
        raise Refusal(400, "WAF.00011011", f"No more than {MOST} events can be read: shorten the time")
    return Reply({"total": len(found), "items": [dict(event) for event in numbered_page(call, found)]})


def _window(call: Call) -> tuple[int, int]:
    """The time that is asked for, in milliseconds; recent counts for more than from and to."""
    today = datetime.fromtimestamp(call.now, timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = int((today + timedelta(days=1)).timestamp() * 1000)
    if "recent" in call.query:
        days = {"today": 1, "3days": 3, "1week": 7, "1month": 30}.get(call.query["recent"], 0)
        midnight = int(today.timestamp() * 1000)
        return (tomorrow - days * 24 * 3600 * 1000, tomorrow) if days else (midnight - 24 * 3600 * 1000, midnight - 1)
    if "from" not in call.query or "to" not in call.query:
        raise Refusal(400, "WAF.00021002", "recent is missing, or from and to")
    beginning, end = int(call.query["from"]), int(call.query["to"])
    if not 0 <= beginning <= end or end - beginning > _LONGEST or end > tomorrow:
        raise Refusal(400, "WAF.00021002", "from must not be after to, to not after this day, and there may be 30 days between them")
    return beginning, end


def _asked_for(call: Call, event: Record) -> bool:
    def told(name: str) -> str:
        return str(event.get(name, ""))

    exact = call.query.get("query_mode", "include") == "equal"

    def meant(wanted: str, name: str) -> bool:
        return wanted == told(name) if exact else wanted in told(name)

    lists: t.Mapping[str, t.Sequence[str]] = call.lists
    return (
        all(told(name) in lists[one] for one, name in _LISTS.items() if one in lists)
        and not any(told(name) in lists[one] for one, name in _WITHOUT.items() if one in lists)
        and all(meant(call.query[one], name) for one, name in _TEXTS.items() if one in call.query)
        and not ("ndomain" in call.query and meant(call.query["ndomain"], "host"))
    )


HANDLERS: dict[str, Handler] = {"ListEvent": list_events}
