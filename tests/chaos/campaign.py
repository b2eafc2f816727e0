# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole campaign: every story, those of sets, and the role, with many seeds, at each share of faults, spread over processes; its figures as Markdown."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from judge import Tally
from set_stories import SET_STORIES
from stories import STORIES
from weather import KINDS

HERE = Path(__file__).resolve().parent
SHARES = (0.05, 0.2, 0.4)
# Seeds at each share: those of the role cost much more, and those without retries only add what retries hide.
SEEDS, SET_SEEDS, ROLE_SEEDS, BARE_SEEDS, BARE_SET_SEEDS = 120, 16, 16, 30, 4
# At more, a set without retries gets nowhere: it reads a dozen times before it writes.
_MOST_OF_BARE_SETS = 0.2
# A job of a process: so many seeds.
_BATCH, _SET_BATCH, _ROLE_BATCH = 15, 8, 8
# Which script tells which stories.
SCRIPTS = {**dict.fromkeys((story.name for story in STORIES), "tasks"), **dict.fromkeys((story.name for story in SET_STORIES), "sets"), "role": "role"}
# Seconds after which a job is stuck.
_LONGEST = 1500


@dataclass(frozen=True)
class Job:
    """Some seeds at one share, of the tasks or of the role."""

    script: str
    share: float
    first: int
    last: int
    only: str | None = None
    retries: int | None = None

    @property
    def what(self) -> str:
        """How the report calls it."""
        return self.script if self.retries is None else f"{self.script}, {self.retries or 'no'} retries"

    def done(self) -> Tally:
        """What came of it, in a process of its own."""
        with tempfile.TemporaryDirectory() as folder:
            retries = "usual" if self.retries is None else str(self.retries)
            more = [folder] if self.script == "role" else [retries, *([self.only] if self.only else [])]
            words = [str(self.share), str(self.first), str(self.last), *more]
            command = [sys.executable, str(HERE / f"{self.script}.py"), *words]
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LONGEST, check=False)
        if ended.returncode:
            return Tally(violations=[f"{' '.join(command)} broke off with {ended.returncode}: {ended.stderr[-4000:]}"])
        tally = Tally()
        tally.add(json.loads(ended.stdout))
        return tally


def jobs(asked: argparse.Namespace) -> list[Job]:
    """The jobs of a campaign, the long ones first."""
    found = []
    plans = (
        ("role", None, asked.role_seeds, _ROLE_BATCH),
        ("sets", None, asked.set_seeds, _SET_BATCH),
        ("sets", 0, asked.bare_set_seeds, _SET_BATCH),
        ("tasks", None, asked.seeds, _BATCH),
        ("tasks", 0, asked.bare_seeds, _BATCH),
    )
    for script, retries, seeds, batch in plans:
        if script != SCRIPTS.get(asked.only, script):
            continue
        # A seed that is repeated is repeated in one way.
        if asked.seed is not None and retries != asked.retries:
            continue
        first, last = (1, seeds) if asked.seed is None else (asked.seed, asked.seed)
        for share in asked.share or SHARES:
            if script == "sets" and retries == 0 and share > _MOST_OF_BARE_SETS:
                continue
            batches = [(start, min(start + batch - 1, last)) for start in range(first, last + 1, batch)]
            found += [Job(script, share, *ends, only=None if script == "role" else asked.only, retries=retries) for ends in batches]
    return found


def arguments(words: t.Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Tasks and the role on bad days, judged.")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="seeds of the tasks at each share (%(default)s)")
    parser.add_argument("--set-seeds", type=int, default=SET_SEEDS, help="seeds of the sets at each share (%(default)s)")
    parser.add_argument("--role-seeds", type=int, default=ROLE_SEEDS, help="seeds of the role at each share (%(default)s)")
    parser.add_argument("--bare-seeds", type=int, default=BARE_SEEDS, help="seeds of the tasks without retries at each share (%(default)s)")
    parser.add_argument("--bare-set-seeds", type=int, default=BARE_SET_SEEDS, help="seeds of the sets without retries at each share (%(default)s)")
    parser.add_argument("--share", type=float, action="append", help=f"part of the requests that goes wrong; may be repeated ({SHARES})")
    parser.add_argument("--seed", type=int, help="this seed only, to repeat what failed")
    parser.add_argument("--retries", type=int, choices=[0], help="with --seed: without retries")
    parser.add_argument("--only", choices=list(SCRIPTS), help="this story only")
    parser.add_argument("--processes", type=int, default=2, help="how many at once (%(default)s)")
    parser.add_argument("--output", type=Path, help="folder to write the report to")
    return parser.parse_args(words)


def table(head: t.Sequence[str], rows: t.Iterable[t.Sequence[t.Any]]) -> list[str]:
    """A table in Markdown."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def report(tallies: t.Mapping[tuple[str, float], Tally]) -> str:
    """The figures of a campaign."""
    head = ("what", "share", "seeds", "runs", "requests", "faults", "failed runs", "done in 1", "in 2", "in 3", "in more")
    judged = ("duplicates", "foreign changes", "failures without words", "leaks", "violations")
    rows = [
        (
            what,
            f"{share:.0%}",
            *(tally.seeds, tally.runs, tally.requests, sum(tally.faults.values()), tally.failures),
            *(tally.done[runs] for runs in ("1", "2", "3", "more")),
            *(tally.duplicates, tally.foreign, tally.wordless, tally.leaks, len(tally.violations)),
        )
        for (what, share), tally in sorted(tallies.items())
    ]
    kinds = [(kind, *(tally.faults[kind] for _key, tally in sorted(tallies.items()))) for kind in KINDS]
    names = ("fault", *(f"{what}, {share:.0%}" for what, share in sorted(tallies)))
    return "\n".join([*table((*head, *judged), rows), "", *table(names, kinds), ""])


def main() -> int:
    """0 when nothing was violated."""
    asked = arguments()
    begun = time.monotonic()
    tallies: dict[tuple[str, float], Tally] = {}
    todo = jobs(asked)
    with ThreadPoolExecutor(asked.processes) as pool:
        for job, tally in zip(todo, pool.map(Job.done, todo)):
            tallies.setdefault((job.what, job.share), Tally()).add(tally)
            print(f"{job.what}, {job.share:.0%}, seeds {job.first} to {job.last}: {tally.runs} runs, {len(tally.violations)} violations", flush=True)
            for violation in tally.violations:
                print(violation[:4000], flush=True)
    told = report(tallies)
    print(f"\n{told}\n{time.monotonic() - begun:.0f} s")
    if asked.output:
        asked.output.mkdir(parents=True, exist_ok=True)
        (asked.output / "report.md").write_text(told, encoding="utf-8")
        (asked.output / "violations.txt").write_text("\n".join(line for tally in tallies.values() for line in tally.violations), encoding="utf-8")
    return 1 if any(tally.violations for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
