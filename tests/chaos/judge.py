# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true however bad the weather is, and the count of what happened."""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass, field

# A failure has to say what the cloud holds: what is live, that nothing was written, or that it is not known.
_WORDS = ("What is live now: ", "Whether the request was carried out is not known", "The answer to the creation names no id")
DEFECT = "it is a defect"
# Nothing but this may make more than three runs needed: the service takes no token by which a creation could be sent again safely.
_NOT_CREATED = (("It is not there now.",), ("it was not sent again", "it is not bound to"))
# Runs after which a campaign gives up, for without retries one in fifty comes through; and failed runs that need no excuse.
MOST_RUNS = 1000
MOST_FAILURES = 2


@dataclass
class Tally:
    """What happened at one share of faults."""

    seeds: int = 0
    runs: int = 0
    requests: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    # How many wishes were true after so many runs.
    done: Counter[str] = field(default_factory=Counter)
    failures: int = 0
    duplicates: int = 0
    foreign: int = 0
    wordless: int = 0
    leaks: int = 0
    violations: list[str] = field(default_factory=list)

    def add(self, other: Tally | t.Mapping[str, t.Any]) -> None:
        """Count what another tally counted, be it of this process or told by another one."""
        for name, value in (other if isinstance(other, t.Mapping) else vars(other)).items():
            if isinstance(value, list):
                self.violations += value
            elif isinstance(value, dict):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)

    def heard(self, journal: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Count the requests of a run, and what went wrong with them."""
        self.runs += 1
        self.requests += len(journal)
        self.faults.update(entry["fault"] for entry in journal if entry["fault"])

    def fulfilled(self, runs: int) -> None:
        """Count a wish that became true with this run."""
        self.done[str(runs) if runs <= 3 else "more"] += 1


def amiss(message: str) -> str | None:
    """What is wrong with the words of a failure."""
    if "defect" in message or "Traceback" in message:
        return DEFECT
    if not any(words in message for words in _WORDS):
        return "it does not say what is live"
    return None


def excused(message: str) -> bool:
    """Whether a run may fail however often it was tried: a creation was lost, and it is certain that it has to be sent again."""
    return any(all(words in message for words in excuse) for excuse in _NOT_CREATED)
