# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures as Markdown."""

from __future__ import annotations

import typing as t


def table(head: t.Sequence[str], rows: t.Iterable[t.Sequence[object]]) -> str:
    """A Markdown table, figures to the right; None is a dash."""
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    for row in rows:
        lines.append(f"| {' | '.join('-' if cell is None else f'{cell:.1f}' if isinstance(cell, float) else str(cell) for cell in row)} |")
    return "\n".join(lines)
