# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad days on order: which requests go wrong, how, and how often."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from difflib import get_close_matches

from gatehouse_emulator.schemas import problems

EFFECTS = ("status", "body", "headers", "drop", "delay", "stale", "strip", "empty")


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

    operations: t.Collection[str]
    rules: list[Fault] = field(default_factory=list)

    def add(self, rules: t.Any) -> None:
        """Put rules at the end, if they fit faults.schema.json and name operations that there are. Raises FaultError."""
        wrong = problems("faults", rules)
        if wrong:
            raise FaultError(wrong)
        for number, rule in enumerate(rules):
            operation = rule.get("match", {}).get("operation")
            if operation is not None and operation not in self.operations:
                near = get_close_matches(operation, self.operations, n=3)
                raise FaultError(f"[{number}].match.operation: there is no operation {operation}{'; near: ' + ', '.join(near) if near else ''}")
        self.rules.extend(Fault(rule.get("match", {}), {name: rule[name] for name in rule if name in EFFECTS}, rule.get("times")) for rule in rules)

    def for_call(self, call: t.Mapping[str, str]) -> t.Mapping[str, t.Any]:
        """The effect on a request; empty for none."""
        for rule in self.rules:
            if rule.takes(call):
                rule.seen += 1
                return rule.effect
        return {}


def stripped(body: t.Any, names: t.Sequence[str]) -> t.Any:
    """An answer without some fields, at any depth."""
    if isinstance(body, dict):
        return {name: stripped(value, names) for name, value in body.items() if name not in names}
    return [stripped(item, names) for item in body] if isinstance(body, list) else body
