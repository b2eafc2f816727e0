# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of whole sets runs, and counts what it should. Nothing is timed here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from plays import ROOT, surroundings

PROGRAM = ROOT / "benchmarks" / "sets.py"


def test_the_benchmark_of_sets_measures_what_it_says(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    command = [sys.executable, str(PROGRAM), "--smallest", "--output", str(page)]
    ended = subprocess.run(command, cwd=tmp_path, env=surroundings(tmp_path), capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stderr
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    ours = {(row[0], row[1], row[2]): row for row in rows if row[0] in ("no-op", "create all", "change 1 %", "purge 1 %") and len(row) > 10}
    # Reads, and writes: one list for each policy before, and where something was changed one after.
    assert {key: row[3:5] for key, row in ours.items()} == {
        ("no-op", "10", "2"): ["3", "0"],
        ("create all", "10", "2"): ["6", "10"],
        ("change 1 %", "10", "2"): ["4", "1"],
        ("change 1 %", "10", "1"): ["3", "1"],
        ("purge 1 %", "10", "2"): ["4", "1"],
    }
    # Four requests of 50 ms, eight at once.
    assert ours["change 1 %", "10", "1"][10] == "0.03"
    others = {row[0]: row[2:4] for row in rows if len(row) == 10 and row[1] == "create all"}
    assert others["ours, a loop of 100 tasks"] == ["10", "40"]
    assert others["ours, one task, module door"] == ["10", "14"]
    # The library of the vendor's script is an extra of the benchmarks.
    assert ("is missing" in ended.stderr) != any("SDK" in name for name in others)
