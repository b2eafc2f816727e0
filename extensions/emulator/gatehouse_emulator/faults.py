# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad days on order: which requests go wrong, how, and how often."""

from __future__ import annotations

import random
import typing as t
from dataclasses import dataclass, field
from difflib import get_close_matches

from gatehouse_emulator.schemas import problems

EFFECTS = ("status", "body", "headers", "drop", "delay", "stale", "strip", "empty", "partial", "name")


class ConnectionCut(Exception):
    """The connection ends without an answer. Under a WSGI adapter it reaches the caller; the server closes the socket."""


class FaultError(ValueError):
    """A fault rule that cannot be understood."""


@dataclass
class Fault:
    """A rule: the requests it takes, how many of them and which share, and what happens to them. What is drawn repeats with the seed."""

    match: t.Mapping[str, str]
    effect: t.Mapping[str, t.Any]
    times: int | None = None
    share: float = 1.0
    one_of: t.Sequence[t.Mapping[str, t.Any]] = ({},)
    seed: int = 0
    seen: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def takes(self, call: t.Mapping[str, str]) -> bool:
        """Whether a request is meant; path matches as a prefix."""
        if self.times is not None and self.seen >= self.times:
            return False
        meant = all(call["path"].startswith(value) if name == "path" else call.get(name) == value for name, value in self.match.items())
        return meant and self._dice.random() < self.share

    def drawn(self) -> dict[str, t.Any]:
        """What happens to a request that was taken."""
        self.seen += 1
        return {**self.effect, **self._dice.choice(self.one_of)}


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
        self.rules.extend(
            Fault(
                rule.get("match", {}),
                {name: rule[name] for name in rule if name in EFFECTS},
                **{name: rule[name] for name in ("times", "share", "one_of", "seed") if name in rule},
            )
            for rule in rules
        )

    @property
    def lag(self) -> bool:
        """Whether a rule wants answers that do not know the last write."""
        return any("stale" in effect for rule in self.rules for effect in (rule.effect, *rule.one_of))

    def for_call(self, call: t.Mapping[str, str]) -> t.Mapping[str, t.Any]:
        """The effect on a request; empty for none."""
        for rule in self.rules:
            if rule.takes(call):
                return rule.drawn()
        return {}


def named(effect: t.Mapping[str, t.Any]) -> str | None:
    """What the journal calls an effect: its name, else what it does; None for nothing."""
    return effect.get("name") or ", ".join(sorted(effect)) or None


def first_half(body: t.Any) -> t.Any:
    """A body with the first half of each list in it, rounded down. None when there is no list, or one of which nothing remains."""
    halves: list[int] = []

    def halved(value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {name: halved(inner) for name, inner in value.items()}
        if isinstance(value, list):
            halves.append(len(value) // 2)
            return value[: len(value) // 2]
        return value

    smaller = halved(body)
    return smaller if halves and all(halves) else None


def stripped(body: t.Any, names: t.Sequence[str]) -> t.Any:
    """An answer without some fields, at any depth."""
    if isinstance(body, dict):
        return {name: stripped(value, names) for name, value in body.items() if name not in names}
    return [stripped(item, names) for item in body] if isinstance(body, list) else body
