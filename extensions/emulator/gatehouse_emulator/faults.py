# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad days on order: which requests go wrong, how, and how often."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

_MATCHES = ("operation", "service", "method", "path")
_EFFECTS = ("status", "body", "headers", "drop", "delay", "stale", "strip", "empty")


class ConnectionCut(Exception):
    """The connection ends without an answer. Under a WSGI adapter it reaches the caller; the server closes the socket."""


class FaultError(ValueError):
    """A fault rule that cannot be understood."""


@dataclass
class Fault:
    """A rule: the requests it takes, how many of them, and what happens to them."""

    match: t.Mapping[str, str]
    effect: t.Mapping[str, t.Any]
    times: int | None = None
    seen: int = 0

    def takes(self, call: t.Mapping[str, str]) -> bool:
        """Whether a request is meant; path matches as a prefix."""
        if self.times is not None and self.seen >= self.times:
            return False
        return all(call["path"].startswith(value) if name == "path" else call.get(name) == value for name, value in self.match.items())


@dataclass
class Faults:
    """The rules in force, in order: the first that takes a request decides."""

    rules: list[Fault] = field(default_factory=list)

    def add(self, rules: t.Any) -> None:
        """Put rules at the end. Raises FaultError."""
        if not isinstance(rules, list):
            raise FaultError("a list of rules is expected")
        self.rules.extend([_rule(number, rule) for number, rule in enumerate(rules)])

    def for_call(self, call: t.Mapping[str, str]) -> t.Mapping[str, t.Any]:
        """The effect on a request; empty for none."""
        for rule in self.rules:
            if rule.takes(call):
                rule.seen += 1
                return rule.effect
        return {}


def _rule(number: int, rule: t.Any) -> Fault:
    if not isinstance(rule, dict):
        raise FaultError(f"rule {number} is not an object")
    match = rule.get("match", {})
    unknown = [name for name in rule if name not in ("match", "times", *_EFFECTS)] + [name for name in match if name not in _MATCHES]
    if unknown:
        raise FaultError(f"rule {number}: {', '.join(sorted(unknown))} is unknown; match by {', '.join(_MATCHES)}; effects are {', '.join(_EFFECTS)}")
    if rule.get("drop") not in (None, "before", "after"):
        raise FaultError(f"rule {number}: drop is before or after")
    return Fault(match, {name: value for name, value in rule.items() if name in _EFFECTS}, rule.get("times"))


def stripped(body: t.Any, names: t.Sequence[str]) -> t.Any:
    """An answer without some fields, at any depth."""
    if isinstance(body, dict):
        return {name: stripped(value, names) for name, value in body.items() if name not in names}
    return [stripped(item, names) for item in body] if isinstance(body, list) else body
