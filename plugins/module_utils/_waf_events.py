# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The attack events of WAF, each told once, as they come: what is asked, what was told, what goes wrong. Neither asyncio nor Ansible is known here."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import counted, objects_in
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS, Notes, client_for
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import (
    THROTTLED_CODES,
    ApiError,
    GatehouseError,
    InputError,
    TransportError,
    doing,
    with_near,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Record
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sources import forms_of, secrets_in
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import enterprise_project

EVENTS = "/waf/event"
PAGE = 100
# The service shows no more than 10,000 events of a time.
MOST_PAGES = 100
# Milliseconds: a time of more than 30 days it refuses.
_LONGEST_TIME = 29 * 86_400_000
# Events that are remembered so that they are not told again.
MOST_REMEMBERED = 100_000
# Seconds: the longest pause after failures, and what one page may take unless deadline says otherwise.
LONGEST_PAUSE = 300.0
_DEADLINE = 60
_MASK = "********"

ARGUMENTS: t.Mapping[str, t.Mapping[str, t.Any]] = {
    **CONNECTION_ARGUMENTS,
    "interval": {"type": "int", "default": 30, "between": (1, 3600)},
    "overlap": {"type": "int", "default": 600, "between": (0, 86400)},
    "lookback": {"type": "int", "default": 0, "between": (0, 2_500_000)},
    "attacks": {"type": "list", "elements": "str"},
    "actions": {"type": "list", "elements": "str"},
    "request_details": {"type": "bool", "default": False},
}
# What ansible-rulebook adds to the options by itself.
_NOT_OURS = frozenset({"eda_feedback_queue"})

# An event in our words: the field of the service for each.
_WORDS = {
    "id": "id",
    "policy_id": "policyid",
    "address": "sip",
    "location": "region",
    "domain_id": "host_id",
    "host": "host",
    "url": "url",
    "attack": "attack",
    "rule": "rule",
    "action": "action",
    "status": "status",
    "payload_location": "payload_location",
}
# What a request carried, which may be a secret of the visitor.
_DETAILS = {
    **{name: name for name in ("payload", "request_line", "headers", "cookie", "request_body", "response_body")},
    **{name: name for name in ("process_time", "response_time", "response_size")},
}
_OPENING = re.compile(r"\{(?=[{%#])")
_HEADER = re.compile(r"^#(jinja2)", re.IGNORECASE)


class Stopped(Exception):
    """What no waiting mends, without secrets."""


class Delayed(Exception):
    """What may have passed a while later, without secrets."""


@dataclass
class Watch:
    """Which events were told. Times are milliseconds since 1970.

    Each look begins some time, the overlap, before the end of the one before it, for events arrive late. What was told in that time is remembered:
    no event is told twice, nor lost when a look breaks off.
    """

    beginning: int
    overlap: int
    most: int = MOST_REMEMBERED
    reached: int = 0
    told: dict[str, int] = field(default_factory=dict)

    def window(self, now: int) -> tuple[int, int]:
        """The time that the next look is at. It never ends before the one before it, whatever the clock does."""
        end = max(now, self.reached, self.beginning)
        return max(self.beginning, self.reached - self.overlap, end - _LONGEST_TIME), end

    def is_new(self, event: Record) -> bool:
        """Whether an event has not been told."""
        return _key(event) not in self.told and _moment(event, self.beginning) >= self.beginning

    def keep(self, event: Record) -> bool:
        """Remember an event that has been told. False where the memory was full, so that what is as old as its older half will not be told any more."""
        self.told[_key(event)] = _moment(event, self.reached)
        if len(self.told) <= self.most:
            return True
        self.beginning = sorted(self.told.values())[len(self.told) // 2] + 1
        self._forget(self.beginning)
        return False

    def looked(self, end: int) -> None:
        """Everything up to a time has been told, as far as it has arrived."""
        self.reached = end
        self._forget(end - self.overlap)

    def _forget(self, before: int) -> None:
        self.told = {key: moment for key, moment in self.told.items() if moment >= before}


def _key(event: Record) -> str:
    """What tells an event apart: its id, else all that it says."""
    return str(event.get("id") or hashlib.sha256(json.dumps(event, sort_keys=True, default=str).encode("utf-8", "surrogatepass")).hexdigest())


def _moment(event: Record, otherwise: int) -> int:
    """When an event was, in milliseconds."""
    text = str(event.get("time"))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else otherwise


def checked(said: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options of an event source as their types have them; what is empty counts as left out. Raises InputError."""
    options: dict[str, t.Any] = {name: argument["default"] for name, argument in ARGUMENTS.items() if "default" in argument}
    for name, value in said.items():
        if name in _NOT_OURS or value in (None, ""):
            continue
        if name not in ARGUMENTS:
            raise InputError(f"There is no option {with_near(str(name), ARGUMENTS)}.")
        options[name] = _fitting(name, value, ARGUMENTS[name])
    options["deadline"] = options.get("deadline", _DEADLINE)
    return options


def _fitting(name: str, value: t.Any, argument: t.Mapping[str, t.Any]) -> t.Any:
    kind = argument["type"]
    if kind == "dict":
        if not isinstance(value, dict):
            raise InputError(f"{name}: it has to be a mapping.")
        inner = argument.get("options")
        unknown = next((one for one in value if inner is not None and one not in inner), None)
        if unknown is not None:
            raise InputError(f"{name}: there is no option {with_near(str(unknown), inner or ())}.")
        given = {one: each for one, each in value.items() if each not in (None, "")}
        return {one: _fitting(f"{name}.{one}", each, inner[one]) if inner else str(each) for one, each in given.items()}
    if kind == "list":
        listed = [one.strip() for one in value.split(",")] if isinstance(value, str) else value
        if not isinstance(listed, (list, tuple)) or not all(isinstance(one, str) for one in listed):
            raise InputError(f"{name}: it has to be a list of texts.")
        return [one for one in listed if one]
    if kind == "bool":
        if str(value).lower() not in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            raise InputError(f"{name}: it has to be true or false.")
        return str(value).lower() in ("true", "yes", "on", "1")
    if kind in ("int", "float"):
        return _number(name, value, argument)
    if isinstance(value, (dict, list, tuple)):
        raise InputError(f"{name}: it has to be a text.")
    choices = argument.get("choices")
    if choices and value not in choices:
        raise InputError(f"{name}: it has to be one of {', '.join(choices)}.")
    return str(value)


def _number(name: str, value: t.Any, argument: t.Mapping[str, t.Any]) -> t.Any:
    kind = int if argument["type"] == "int" else float
    try:
        if isinstance(value, bool) or (kind is int and float(value) != int(float(value))):
            raise ValueError
        number = kind(float(value))
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name}: it has to be a {'whole ' if kind is int else ''}number.") from None
    lowest, highest = argument.get("between", (None, None))
    if lowest is not None and not lowest <= number <= highest:
        raise InputError(f"{name}: {number} is not a number from {lowest} to {highest}.")
    return number


def in_words(event: Record, details: bool) -> Record:
    """An event as rulebooks see it. What the service does not tell is left out; what the request carried is there only with details.

    No text in it is a template to Ansible: it comes from who attacks, and ansible-rulebook hands whole events to playbooks as variables.
    """
    moment = _moment(event, -1)
    words: dict[str, t.Any] = {}
    if moment >= 0:
        words["timestamp"] = moment
        words["time"] = datetime.fromtimestamp(moment // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {**_WORDS, **(_DETAILS if details else {})}
    return {**words, **{name: _plain(event[key]) for name, key in told.items() if event.get(key) not in (None, "")}}


def _plain(value: t.Any) -> t.Any:
    """A value whose texts begin no template: what opens one comes apart, as does the header that names other marks."""
    if isinstance(value, str):
        return _OPENING.sub("{ ", _HEADER.sub(r"# \1", value))
    if isinstance(value, dict):
        return {_plain(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


class Events:
    """The attack events of one region, from now on. Raises Stopped for options that cannot be."""

    def __init__(
        self,
        said: t.Mapping[str, t.Any],
        environment: t.Mapping[str, str],
        warn: t.Callable[[str], None],
        now: t.Callable[[], float] = time.time,
        dice: t.Callable[[], float] = random.random,
    ) -> None:
        self._environment = environment
        self._secrets = secrets_in(said, environment, ARGUMENTS)
        self._say, self._said = warn, set[str]()
        self._now, self._dice = now, dice
        self._memory = Memory()
        try:
            self.options = checked(said)
        except GatehouseError as error:
            raise Stopped(self._masked(str(error), Notes())) from None
        self.watch = Watch(self._moment() - self.options["lookback"] * 1000, self.options["overlap"] * 1000)
        self._failures = 0

    def _moment(self) -> int:
        return int(self._now() * 1000)

    def look(self) -> t.Iterator[list[Record]]:
        """The events that have not been told, page by page, the oldest first. Raises Stopped and Delayed.

        Who has told one says so to tell(); once the last page is over, the look counts as done.
        """
        beginning, end = self.watch.window(self._moment())
        asked_from = beginning
        while True:
            latest = asked_from
            for number in range(1, MOST_PAGES + 1):
                items, total = self._page(asked_from, end, number)
                yield [event for event in items if self.watch.is_new(event)]
                latest = max([latest, *(_moment(event, latest) for event in items)])
                if len(items) < PAGE or (total is not None and number * PAGE >= total):
                    self.watch.looked(end)
                    self._failures = 0
                    return
            if latest == asked_from:
                # More events in one moment than the service shows.
                self.warn(f"Of the time {asked_from} there are more events than the service shows; some are not told.")
                latest += 1
            asked_from = latest

    def _page(self, beginning: int, end: int, number: int) -> tuple[list[Record], int | None]:
        """One page of events, and how many there are in all. The limits of time and tries count for each page."""
        notes = Notes()
        try:
            client = client_for(self.options, self._environment, self._memory, notes)
            filters = [(name, one) for name in ("attacks", "actions") for one in self.options.get(name, ())]
            place = [("from", beginning), ("to", end), ("page", number), ("pagesize", PAGE), ("sort_key", "attack_time"), ("sort_direction", "asc")]
            with doing("list the attack events of WAF"):
                body = client.get("waf", EVENTS, [*place, *filters, *enterprise_project(client)])
            return list(objects_in(body, "items")), counted(body)
        except GatehouseError as error:
            raise (Delayed if _passes(error) else Stopped)(self._masked(str(error), notes)) from None
        except Exception as error:
            # Its text may hold a secret.
            told = f"This is a defect of gatehouse.huaweicloud: {type(error).__name__}: {error}. Please report it."
            raise Stopped(self._masked(told, notes)) from None
        finally:
            for warning in notes.warnings:
                self.warn(self._masked(warning, notes))

    def tell(self, event: Record) -> None:
        """An event has been told."""
        if not self.watch.keep(event):
            self.warn(f"There are more than {self.watch.most} events within the overlap: what arrives late may not be told. Make overlap shorter.")

    def words(self, event: Record) -> Record:
        """An event as rulebooks see it."""
        return in_words(event, self.options["request_details"])

    def pause(self, delayed: Delayed | None = None) -> float:
        """Seconds until the next look: the interval; after failures more and more, and not the same for all who watch. The first in a row is said."""
        if delayed is None:
            return float(self.options["interval"])
        if not self._failures:
            self._say(f"Events come later, and none is lost: {delayed}")
        self._failures += 1
        longest = max(LONGEST_PAUSE, float(self.options["interval"]))
        return min(longest, float(self.options["interval"] * 2 ** min(self._failures, 16))) * (0.5 + self._dice() / 2)

    def warn(self, warning: str) -> None:
        """Say a warning, once."""
        if warning not in self._said:
            self._said.add(warning)
            self._say(warning)

    def _masked(self, text: str, notes: Notes) -> str:
        for secret in sorted(self._secrets | forms_of(notes.secrets), key=len, reverse=True):
            text = text.replace(secret, _MASK)
        return text


def _passes(error: GatehouseError) -> bool:
    """Whether waiting may mend an error. A wrong signature it does not: a few more lock the access key."""
    if isinstance(error, ApiError):
        # An answer that is no refusal and that nobody understands comes from what is between here and the service.
        garbled = error.status < 300 and error.code is None
        return garbled or error.status == 429 or error.status >= 500 or error.code in THROTTLED_CODES
    return isinstance(error, TransportError)
