# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a whole set of rules costs in one task, beside the singular task in a loop, a script on the vendor's SDK and the least that its calls can take.

Started by "make bench". Writes a page of Markdown tables and prints it; a goal that is missed is exit code 1. "--full" measures every cell.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import statistics
import sys
import tempfile
import time
import typing as t
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from runs import HERE, PLAYBOOK, Cloud, Subject, Usage, environment, measured
from servers import EMULATOR, Server, machine, served
from tables import table

AT_ONCE = 8
LOOPED = 100
ROUNDS = 3
SIZES, POLICIES, DELAYS = (10, 100, 1000, 5000), (1, 10, 50), (0.0, 0.05, 0.2)
NO_OP, CREATE, CHANGE, PURGE = "no-op", "create all", "change 1 %", "purge 1 %"
KINDS = (NO_OP, CREATE, CHANGE, PURGE)

OURS = Subject("ours, one task", (*PLAYBOOK, str(HERE / "plays" / "rules.yml"), "--extra-vars"))
MODULE = Subject("ours, one task, module door", (*PLAYBOOK, str(HERE / "plays" / "rules.yml"), "--extra-vars", "gatehouse_in_process=false", "--extra-vars"))
LOOP = Subject(f"ours, a loop of {LOOPED} tasks", (*PLAYBOOK, str(HERE / "plays" / "rule.yml"), "--extra-vars"))
SDK = Subject(f"script on the vendor's SDK, {AT_ONCE} at once", (sys.executable, str(HERE / "sdk_sets.py")), "{}")
CARRIED = Subject("set_fact with the same list", (*PLAYBOOK, str(HERE / "plays" / "carried.yml"), "--extra-vars"))
EMPTY = Subject("an empty play", (*PLAYBOOK, str(HERE / "plays" / "empty.yml"), "--extra-vars"))
IDLE = (CARRIED, EMPTY)


@dataclass(frozen=True)
class Cell:
    """A run that is repeated: who, what is to do, how many rules are wished for over how many policies, seconds that each answer takes longer."""

    subject: Subject
    kind: str
    rules: int
    policies: int = 1
    delay: float = 0.0

    @property
    def touched(self) -> int:
        """The rules that a change or a purge is about."""
        return max(1, self.rules // 100)

    @property
    def writes(self) -> int:
        """The calls that have to change something."""
        return 0 if self.subject in IDLE else {NO_OP: 0, CREATE: min(self.rules, self.items), CHANGE: self.touched, PURGE: self.touched}[self.kind]

    @property
    def items(self) -> int:
        """The rules that the task, or the loop, is about: those of a loop read the whole policy each."""
        return min(LOOPED, self.rules) if self.subject is LOOP else self.rules

    @property
    def name(self) -> str:
        """The cell, in words."""
        return f"{self.subject.name}, {self.kind}, {self.rules} rules of {self.policies} policies, {self.delay * 1000:.0f} ms"


@dataclass(frozen=True)
class Run:
    """What one run took, its calls by operation, and the part of it that the emulator and the way to it were busy."""

    usage: Usage
    calls: Counter[str]
    busy: float


class Site:
    """The emulator, and the ways to it by the seconds that an answer takes longer on them."""

    def __init__(self, server: Server, ways: t.Mapping[float, Server]) -> None:
        self.cloud = Cloud(server.port)
        self._server = server
        self._ways = ways

    def url(self, delay: float) -> str:
        """Where the services are reached."""
        return f"http://127.0.0.1:{self._ways[delay].port}" if delay else self.cloud.url

    def busy(self) -> float:
        """Seconds of processor that all of it has used."""
        return sum(one.cpu_seconds for one in (self._server, *self._ways.values()))


def rule(number: int, cell: Cell, changed: bool = False) -> dict[str, t.Any]:
    """A rule as an item: in one policy after the other, with a location of its own."""
    return {
        "policy": f"policy-{number % cell.policies}",
        "name": f"rule-{number}",
        "locations": [f"Place {number + 1}"],
        "action": "log" if changed else "block",
    }


def wishes(cell: Cell) -> list[dict[str, t.Any]]:
    """What the task of a cell says."""
    return [rule(number, cell, cell.kind == CHANGE and number < cell.touched) for number in range(cell.items)]


def seed(cell: Cell) -> dict[str, t.Any]:
    """The account before a run: every rule, and for a purge some that no item names."""
    there = 0 if cell.kind == CREATE else cell.rules + (cell.touched if cell.kind == PURGE else 0)
    policies: list[dict[str, t.Any]] = [{"name": f"policy-{number}", "options": {"geoip": True}, "geoip_rules": []} for number in range(cell.policies)]
    for number in range(there):
        made = rule(number, cell)
        policies[number % cell.policies]["geoip_rules"].append({"name": made["name"], "geoip": made["locations"][0], "white": 0})
    limits = {"policies": cell.policies, "geoip_rules": 2 * cell.rules, "made_up_locations": 2 * cell.rules}
    return {"policies": policies, "limits": limits}


def run(cell: Cell, site: Site, folder: Path) -> Run:
    """A run over a fresh account; it must have written what it should, and nothing else."""
    site.cloud.reset(seed(cell))
    file = folder / "wishes.json"
    file.write_text(json.dumps({"wishes": wishes(cell), "purge": cell.kind == PURGE}), encoding="ascii")
    busy = site.busy()
    usage = measured([*cell.subject.command, cell.subject.wishes.format(file)], environment(site.cloud, folder, site.url(cell.delay)), folder)
    busy = site.busy() - busy
    journal = site.cloud.journal()
    written = sum(entry["write"] for entry in journal)
    if written != cell.writes or any(entry["status"] != 200 for entry in journal):
        raise SystemExit(f"{cell.name}: {written} writes and not {cell.writes}, {sorted({entry['status'] for entry in journal})}")
    return Run(replace(usage, requests=len(journal)), Counter(str(entry["operation"]) for entry in journal), busy / usage.wall)


class Results:
    """What was measured, cell by cell."""

    def __init__(self) -> None:
        self.runs: dict[Cell, list[Run]] = {}

    def least(self, cell: Cell, part: str) -> float | None:
        """The least of a part of a cell's usage, for whatever else the machine does only adds; None where it was not measured."""
        found = [getattr(one.usage, part) for one in self.runs.get(cell, [])]
        return min(found) if found else None

    def above(self, cell: Cell, part: str) -> float | None:
        """The same above the empty play that is given the same list; the script has no play."""
        whole = self.least(cell, part)
        start = self.least(Cell(EMPTY, NO_OP, cell.rules), part) if cell.subject is not SDK else 0.0
        return None if whole is None or start is None else whole - start

    def spread(self, cell: Cell, part: str) -> float:
        """How far the runs of a cell lie apart, as a part of their median."""
        found = [getattr(one.usage, part) for one in self.runs[cell]]
        return (max(found) - min(found)) / statistics.median(found)

    def bound(self, cell: Cell) -> float:
        """The seconds that the calls of a cell take at least, so many at once."""
        return self.runs[cell][0].usage.requests * cell.delay / AT_ONCE


def matrix(sizes: Iterable[int], policies: Iterable[int], delays: Iterable[float]) -> Iterator[Cell]:
    """Our cells of all these, where each policy has a rule."""
    for rules in sizes:
        for many in policies:
            for kind in KINDS if many <= rules else ():
                for delay in delays:
                    yield Cell(OURS, kind, rules, many, delay)


@dataclass(frozen=True)
class Scope:
    """What is measured: cells in so many rounds, and others once."""

    cells: tuple[Cell, ...]
    rounds: int
    once: tuple[Cell, ...] = ()


def scope(full: bool, smallest: bool, sdk: bool) -> Scope:
    """The cells of a run of this program."""
    everything = tuple(matrix(SIZES, POLICIES, DELAYS)) if full else ()
    peers = (MODULE, LOOP, *((SDK,) if sdk else ()))
    if smallest:
        cells = [Cell(EMPTY, NO_OP, 10), *(Cell(one, CREATE, 10) for one in peers), *matrix((10,), (2,), (0.0,)), Cell(OURS, CHANGE, 10, 1, 0.05)]
        return Scope(tuple(cells), 1)
    cells = [Cell(one, NO_OP, rules) for one in IDLE for rules in SIZES]
    cells += [Cell(one, kind, 1000) for one in peers for kind in ((NO_OP, CREATE) if one is LOOP else KINDS)]
    cells += [Cell(one, kind, 1000, 1, delay) for one in peers if one is SDK for kind in (NO_OP, CREATE) for delay in DELAYS[1:]]
    cells += [*matrix(SIZES, POLICIES[:1], DELAYS[:1]), *matrix((1000,), POLICIES[1:], DELAYS[:1]), *matrix((1000,), POLICIES[:1], DELAYS[1:])]
    return Scope(tuple(cells), ROUNDS, tuple(cell for cell in everything if cell not in cells))


def measure(wanted: Scope, site: Site, folder: Path) -> Results:
    """All cells, in rounds: what disturbs the machine disturbs each of them."""
    results = Results()
    for number in range(wanted.rounds):
        for cell in wanted.cells:
            results.runs.setdefault(cell, []).append(run(cell, site, folder))
        print(f"round {number + 1} of {wanted.rounds} is over", file=sys.stderr, flush=True)
    results.runs.update({cell: [run(cell, site, folder)] for cell in wanted.once})
    return results


def ours(results: Results) -> str:
    """Every cell of ours."""
    rows = []
    for kind in KINDS:
        for rules in SIZES:
            for many in sorted({cell.policies for cell in results.runs}):
                here = {cell.delay: cell for cell in results.runs if (cell.subject, cell.kind, cell.rules, cell.policies) == (OURS, kind, rules, many)}
                if not here:
                    continue
                first = here[min(here)]
                cpu = results.above(first, "cpu")
                calls = results.runs[first][0].calls
                reads = calls.total() - first.writes
                rows.append(
                    [
                        *(kind, rules, many, reads, first.writes),
                        *((None, None) if cpu is None else (f"{cpu:.2f}", f"{cpu / rules * 1000:.2f}")),
                        f"{results.least(first, 'megabytes'):.0f}",
                        *(cell for delay in DELAYS for cell in _walls(results, here.get(delay), delay)),
                    ]
                )
    head = ["", "rules", "policies", "reads", "writes", "CPU, s", "CPU a rule, ms", "MB", "0 ms, s"]
    head += [f"{part}{delay * 1000:.0f} ms, s" for delay in DELAYS[1:] for part in ("", "bound at ")]
    return f"### Whole sets: one task, above an empty play that is given the same list\n\n{table(head, rows)}"


def _walls(results: Results, cell: Cell | None, delay: float) -> list[str | None]:
    """Seconds on the clock, and, where answers take time, the least that its calls take."""
    wall = results.above(cell, "wall") if cell else None
    told = [None if wall is None else f"{wall:.2f}"]
    return [*told, f"{results.bound(cell):.2f}" if cell else None] if delay else told


def peers(results: Results) -> str:
    """Who else does the same, with as many rules."""
    rules = next(cell.rules for cell in results.runs if cell.subject is MODULE)
    rows = []
    for one in (OURS, MODULE, SDK, LOOP, CARRIED):
        for kind in KINDS:
            cell = Cell(one, kind, rules)
            if cell not in results.runs:
                continue
            cpu, wall = results.above(cell, "cpu"), results.above(cell, "wall")
            assert cpu is not None
            assert wall is not None
            calls = results.least(cell, "requests") or 0
            delayed = [replace(cell, delay=delay) for delay in DELAYS[1:]]
            walls = [results.above(each, "wall") for each in delayed]
            rows.append(
                [
                    *(one.name, "-" if one is CARRIED else kind, cell.items, f"{calls:.0f}", f"{cpu:.2f}", f"{cpu / cell.items * 1000:.2f}", f"{wall:.2f}"),
                    *(None if value is None else f"{value:.2f}" for value in walls),
                    f"{results.least(cell, 'megabytes'):.0f}",
                ]
            )
    head = ["", "pass", "items", "calls", "CPU, s", "CPU an item, ms", "wall, s", *(f"{delay * 1000:.0f} ms, s" for delay in DELAYS[1:]), "MB"]
    return f"### Beside others: {rules} rules in one policy, above an empty play; the script as a whole\n\n{table(head, rows)}"


def operations(results: Results) -> str:
    """Which calls they are, in one policy."""
    cells = [cell for cell in results.runs if cell.subject is OURS and cell.policies == 1 and not cell.delay]
    if not cells:
        return ""
    names = sorted({name for cell in cells for name in results.runs[cell][0].calls})
    rows = [[cell.kind, cell.rules, *(results.runs[cell][0].calls.get(name, 0) for name in names)] for cell in cells]
    return f"### The calls of a set in one policy, as the emulator's journal has them\n\n{table(['', 'rules', *names], sorted(rows, key=_place))}"


def _place(row: t.Sequence[t.Any]) -> tuple[int, int]:
    return KINDS.index(row[0]), row[1]


def goals(results: Results) -> tuple[str, bool]:
    """What was promised, what was seen, and whether all of it was kept."""

    def above(kind: str, rules: int, part: str = "cpu", delay: float = 0.0) -> float:
        value = results.above(Cell(OURS, kind, rules, 1, delay), part)
        assert value is not None
        return value

    def megabytes(rules: int) -> float:
        cells = [cell for cell in results.runs if (cell.subject, cell.rules, cell.policies, cell.delay) == (OURS, rules, 1, 0.0)]
        return max(results.least(cell, "megabytes") or 0 for cell in cells)

    def growth(value: t.Callable[[int], float]) -> float:
        """What a further rule takes from 1000 to 5000, times that from 100 to 1000; the start would make large sets look cheap."""
        return (value(5000) - value(1000)) / 4000 / ((value(1000) - value(100)) / 900)

    calls = results.runs[Cell(OURS, NO_OP, 1000)][0].calls
    told = ", ".join(f"{count} {name}" for name, count in sorted(calls.items()))
    no_op = above(NO_OP, 1000)
    slow = Cell(OURS, CREATE, 1000, 1, 0.05)
    create, bound = above(CREATE, 1000, "wall", 0.05), results.bound(slow)
    memory = megabytes(5000)
    grown = growth(megabytes)
    rows: list[tuple[str, str, str, bool]] = [
        ("no-op of 1000 rules in one policy: calls", told, "10 list calls", calls["ListGeoipRule"] == 10),
        ("the same: CPU above an empty play, s", f"{no_op:.2f}", "under 0.5", no_op < 0.5),
        ("create of 1000 at 50 ms an answer, times the bound", f"{create / bound:.2f} ({create:.2f} s, {bound:.2f} s)", "1.3 at most", create <= 1.3 * bound),
        ("memory at 5000 rules, MB", f"{memory:.0f}", "under 150", memory < 150),
        ("memory of a further rule from 1000 to 5000, times that from 100 to 1000", f"{grown:.2f}", "linear (1.15 at most)", grown <= 1.15),
    ]
    for kind in (NO_OP, CREATE):
        flat = growth(functools.partial(above, kind))
        rows.append((f"{kind}: CPU of a further rule from 1000 to 5000, times that from 100 to 1000", f"{flat:.2f}", "flat (1.15 at most)", flat <= 1.15))
    text = table(["Goal", "seen", "promised", "kept"], [(*row[:3], "yes" if row[3] else "no") for row in rows])
    return f"### Goals of sets\n\n{text}", all(row[3] for row in rows)


def noise(results: Results) -> str:
    """How much the figures can be trusted."""
    spreads = [results.spread(cell, "cpu") for cell, runs in results.runs.items() if len(runs) > 1]
    apart = f"Runs of one cell lie {statistics.median(spreads):.0%} of their median apart in CPU, {max(spreads):.0%} at most. " if spreads else ""
    busiest = max((one.busy, cell.name) for cell, runs in results.runs.items() if cell.delay for one in runs)
    return f"{apart}Where answers take time, the emulator and the way to it were busy {busiest[0]:.0%} of a run at most ({busiest[1]})."


def page(wanted: Scope) -> tuple[str, bool]:
    """The page, and whether every goal was kept."""
    begun, where = time.monotonic(), machine()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(served(EMULATOR))
        ways = {delay: stack.enter_context(served((sys.executable, str(HERE / "delays.py"), str(server.port), str(delay)))) for delay in DELAYS[1:]}
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # The emulator has the last processor for itself, where there is more than one.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:-1] or {0})
        site = Site(server, ways)
        # Once each without the clock: bytecode is written, files are read.
        for subject in {cell.subject.name: cell.subject for cell in wanted.cells}.values():
            run(Cell(subject, NO_OP, 10), site, folder)
        results = measure(wanted, site, folder)
    promised, kept = goals(results) if Cell(OURS, NO_OP, 5000) in results.runs else ("", True)
    libraries = ", ".join(f"{library} {_version(library)}" for library in ("ansible-core", "requests", "huaweicloudsdkwaf"))
    rest = f", and {len(wanted.once)} cells once" if wanted.once else ""
    facts = f"{where}; {libraries}. The least of {wanted.rounds} rounds in turns{rest}; {(time.monotonic() - begun) / 60:.0f} minutes in all."
    parts = [facts, noise(results), promised, ours(results), peers(results), operations(results)]
    return "\n\n".join(part for part in parts if part) + "\n", kept


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"


def main() -> int:
    """0 when every goal is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="every cell of the matrix; about 50 minutes in all")
    parser.add_argument("--smallest", action="store_true", help="a few cells of ten rules, to see that all of it works; no goals")
    parser.add_argument("--output", type=Path, required=True, help="file to write the page to")
    asked = parser.parse_args()
    sdk = _version("huaweicloudsdkwaf") != "missing"
    if not sdk:
        print("The library huaweicloudsdkwaf is missing: the script on the vendor's SDK is left out. benchmarks/requirements.txt names it.", file=sys.stderr)
    text, kept = page(scope(asked.full, asked.smallest, sdk))
    asked.output.write_text(text, encoding="utf-8")
    print(text)
    print(f"Written to {asked.output}. {'Every goal is kept.' if kept else 'A goal is not kept.'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
