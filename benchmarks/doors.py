# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task costs in the process of Ansible and through its module, beside ansible.builtin.uri, a script on the vendor's SDK and a loop that does nothing.

Started by "make bench". Writes a page of Markdown tables and prints it; a goal that is missed is exit code 1. "--full" adds the cells that take minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from runs import FLOOR, MODULE, OURS, PLAYBOOK, SDK, URI, Cloud, Pass, Subject, Usage, environment, measured, run, seed
from servers import EMULATOR, machine, served
from startup import imports, payloads
from tables import table

ROUNDS = 5
SIZES = (1, 10, 100, 1000)
PASSES: tuple[Pass, ...] = ("no-op", "create", "update")
SUBJECTS = (OURS, MODULE, URI, SDK, FLOOR)
DELAYS = (0.05, 0.2)
SINGLE, LOOPED = 40, 400


@dataclass(frozen=True)
class Cell:
    """A run that is repeated: who, which pass, how many items, seconds that each answer takes longer."""

    subject: Subject
    kind: Pass
    items: int
    delay: float = 0.0


def cells(full: bool) -> Iterator[Cell]:
    """Every cell of the tables."""
    for items in SIZES:
        yield Cell(FLOOR, "no-op", items)
        for kind in PASSES:
            if items < 1000 or kind == "no-op" or full:
                yield Cell(OURS, kind, items)
                yield Cell(SDK, kind, items)
            if items <= 10:
                yield Cell(MODULE, kind, items)
        # What takes half a second an item takes minutes beyond ten items, and beyond a hundred it shows nothing new.
        if items <= 10 or (items == 100 and full):
            yield Cell(URI, "no-op", items)
        if items == 100 and full:
            yield Cell(MODULE, "no-op", items)
    for delay in DELAYS:
        for subject, items in ((OURS, 10), (SDK, 10), (MODULE, 2), (URI, 2)):
            yield Cell(subject, "no-op", items, delay)


class Results:
    """What was measured, cell by cell."""

    def __init__(self) -> None:
        self.usages: dict[Cell, list[Usage]] = {}

    def median(self, cell: Cell, part: str) -> float | None:
        """The median of a part of a cell's usage; None where it was not measured."""
        found = [getattr(usage, part) for usage in self.usages.get(cell, [])]
        return statistics.median(found) if found else None

    def each(self, subject: Subject, kind: Pass, items: int, part: str) -> float | None:
        """Milliseconds of an item, everything that the run took divided by its items."""
        whole = self.median(Cell(subject, kind, items), part)
        return None if whole is None else whole / items * 1000

    def further(self, subject: Subject, kind: Pass, few: int, many: int, part: str = "cpu") -> float | None:
        """Milliseconds that each item beyond few takes, up to many: without the start of the run."""
        small, large = (self.median(Cell(subject, kind, items), part) for items in (few, many))
        return None if small is None or large is None else (large - small) / (many - few) * 1000


def measure(cloud: Cloud, folder: Path, full: bool) -> Results:
    """All cells, in rounds: what disturbs the machine disturbs each of them."""
    results = Results()
    wanted = list(cells(full))
    for number in range(ROUNDS):
        for cell in wanted:
            results.usages.setdefault(cell, []).append(run(cell.subject, cell.kind, cell.items, cloud, folder, cell.delay))
        print(f"round {number + 1} of {ROUNDS} is over", file=sys.stderr, flush=True)
    return results


def costs(results: Results) -> Iterator[str]:
    """Processor, clock, memory and requests of each pass."""
    for kind in PASSES:
        shown = [one for one in SUBJECTS if any(results.median(Cell(one, kind, items), "cpu") is not None for items in SIZES)]
        head = ["", *(f"CPU, {items}" for items in SIZES), *(f"wall, {items}" for items in SIZES), "requests an item", "MB"]
        rows = []
        for one in shown:
            usages = [usage for cell, found in results.usages.items() if (cell.subject, cell.kind, cell.delay) == (one, kind, 0.0) for usage in found]
            asked = results.median(Cell(one, kind, 10), "requests")
            measures = [results.each(one, kind, items, part) for part in ("cpu", "wall") for items in SIZES]
            rows.append([one.name, *measures, None if asked is None else asked / 10, f"{max(usage.megabytes for usage in usages):.0f}"])
        yield f"### {'An' if kind == 'update' else 'A'} {kind} pass: milliseconds an item, the whole run divided by its items\n\n{table(head, rows)}"


def latencies(results: Results) -> str:
    """What the network costs."""
    rows = []
    for one in (OURS, SDK, MODULE, URI):
        items = 10 if one in (OURS, SDK) else 2
        measures = [results.median(Cell(one, "no-op", items, delay), "wall") for delay in (0.0, *DELAYS)]
        asked = results.median(Cell(one, "no-op", items, DELAYS[0]), "requests")
        rows.append([one.name, items, asked, *(None if value is None else f"{value:.2f}" for value in measures)])
    head = ["", "items", "requests", "0 ms an answer, s", *(f"{delay * 1000:.0f} ms, s" for delay in DELAYS)]
    return f"### The network: seconds of a whole no-op run\n\n{table(head, rows)}"


def goals(results: Results) -> tuple[str, bool]:
    """What was promised, what was seen, and whether all of it was kept."""

    def above(subject: Subject, few: int, many: int) -> float:
        whole, floor = results.further(subject, "no-op", few, many), results.further(FLOOR, "no-op", few, many)
        assert whole is not None
        assert floor is not None
        return whole - floor

    ours, start_of_sdk = above(OURS, 100, 1000), results.median(Cell(SDK, "no-op", 1), "wall")
    sdk, play = results.further(SDK, "no-op", 100, 1000), results.median(Cell(OURS, "no-op", 10), "wall")
    assert sdk is not None
    assert start_of_sdk is not None
    assert play is not None
    growth = above(OURS, 100, 1000) / above(OURS, 10, 100)
    rows = [
        ("CPU of an item above the floor, ms", f"{ours:.1f}", "6 at most", ours <= 6),
        ("the same as a part of uri", f"1/{above(URI, 1, 10) / ours:.0f}", "1/30 at most", above(URI, 1, 10) / ours >= 30),
        ("the same as a part of the module door", f"1/{above(MODULE, 1, 10) / ours:.0f}", "1/30 at most", above(MODULE, 1, 10) / ours >= 30),
        ("the same, times the SDK script's own cost of an item", f"{ours / sdk:.1f} (SDK: {sdk:.1f} ms)", "3 at most", ours <= 3 * sdk),
        ("a play of 10 items beside 10 starts of the SDK script, s", f"{play:.2f} beside {10 * start_of_sdk:.2f}", "less", play < 10 * start_of_sdk),
        ("cost of an item from 100 to 1000 items, times that from 10 to 100", f"{growth:.2f}", "no growth (1.15 at most)", growth <= 1.15),
    ]
    text = table(["Goal, no-op pass", "seen", "promised", "kept"], [(*row[:3], "yes" if row[3] else "no") for row in rows])
    return f"### Goals\n\nAn item here is a further item: the start of the run is left out.\n\n{text}", all(row[3] for row in rows)


def single_tasks(cloud: Cloud, folder: Path, full: bool) -> str:
    """A play of single tasks, each of which is a process of its own to Ansible, and a loop, through both doors."""
    plays = {name: folder / f"{name}.json" for name in ("ours", "debug")}
    wish = {"policy": "policy-0", "locations": ["{{ place }}"], "action": "block"}
    account = seed("no-op", SINGLE)
    tasks = [
        {"name": f"Task {number}", "vars": {"place": rule["geoip"]}, "gatehouse.huaweicloud.waf_geoip_rule": {**wish, "name": rule["name"]}}
        for number, rule in enumerate(account["policies"][0]["geoip_rules"][:SINGLE])
    ]
    nothing = [{"name": task["name"], "ansible.builtin.debug": {"msg": task["name"]}} for task in tasks]
    for name, listed in (("ours", tasks), ("debug", nothing)):
        plays[name].write_text(json.dumps([{"name": name, "hosts": "localhost", "gather_facts": False, "tasks": listed}]), encoding="ascii")
    cloud.reset(account)
    rows: list[tuple[object, ...]] = []
    for name, play, words, rounds in (
        (OURS.name, "ours", (), ROUNDS),
        (MODULE.name, "ours", ("--extra-vars", "gatehouse_in_process=false"), ROUNDS if full else 1),
        (FLOOR.name, "debug", (), ROUNDS),
    ):
        usages = [measured([*PLAYBOOK, str(plays[play]), *words], environment(cloud, folder), folder) for _number in range(rounds)]
        rows.append((name, f"{SINGLE} single tasks", rounds, *_medians(usages)))
    for subject in (OURS, MODULE, FLOOR) if full else (OURS, FLOOR):
        rounds = 1 if subject is MODULE else ROUNDS
        usages = [run(subject, "no-op", LOOPED, cloud, folder) for _number in range(rounds)]
        rows.append((subject.name, f"a loop of {LOOPED}", rounds, *_medians(usages)))
    return f"### Single tasks and a loop: seconds of a whole run\n\n{table(['', 'play', 'rounds', 'CPU', 'wall'], rows)}"


def _medians(usages: t.Sequence[Usage]) -> tuple[str, str]:
    return f"{statistics.median(one.cpu for one in usages):.2f}", f"{statistics.median(one.wall for one in usages):.2f}"


def page(full: bool) -> tuple[str, bool]:
    """The page, and whether every goal was kept."""
    begun, where = time.monotonic(), machine()
    with served(EMULATOR) as server, tempfile.TemporaryDirectory() as name:
        # The emulator has the last processor for itself, where there is more than one.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:-1] or {0})
        cloud, folder = Cloud(server.port), Path(name)
        # Once each without the clock: bytecode is written, files are read.
        for subject in SUBJECTS:
            run(subject, "no-op", 1, cloud, folder)
        results = measure(cloud, folder, full)
        singles = single_tasks(cloud, folder, full)
        starts = imports(ROUNDS)
        sizes = payloads(environment(cloud, folder), folder)
    promised, kept = goals(results)
    libraries = ", ".join(f"{library} {version(library)}" for library in ("ansible-core", "requests", "huaweicloudsdkwaf"))
    facts = f"{where}; {libraries}. Medians of {ROUNDS} rounds in turns; {(time.monotonic() - begun) / 60:.0f} minutes in all."
    return "\n\n".join([facts, promised, *costs(results), latencies(results), singles, starts, sizes]) + "\n", kept


def main() -> int:
    """0 when every goal is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the cells that take minutes as well; about 25 minutes in all")
    parser.add_argument("--output", type=Path, required=True, help="file to write the page to")
    asked = parser.parse_args()
    text, kept = page(asked.full)
    asked.output.write_text(text, encoding="utf-8")
    print(text)
    print(f"Written to {asked.output}. {'Every goal is kept.' if kept else 'A goal is not kept.'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
