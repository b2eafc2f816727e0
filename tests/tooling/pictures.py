# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the guides, drawn as SVG from what they show: the parts, the order of a site, and the figures that stand in the pages."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH = 860
# A ground of its own, so that a picture is read on a light page and on a dark one.
GROUND, INK, FAINT, LINE = "#fbfbf8", "#1d2733", "#5b6673", "#c9ced4"
OURS, OTHERS, KEPT = "#0b6e6e", "#8a97a6", "#b4532a"
# How many runs it took: the more, the warmer.
RUNS = {"done in 1": OURS, "in 2": "#6fb3ae", "in 3": "#e3b565", "in more": KEPT}
# Not in one word with what follows it: this file has a licence of its own.
SPDX = "SPDX"
FONTS = "system-ui, -apple-system, Segoe UI, Roboto, DejaVu Sans, sans-serif"
_PLACE = 'viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"'
HEAD = f'<defs><marker id="head" {_PLACE} orient="auto"><path d="M0 0L10 5L0 10z" fill="{FAINT}"/></marker></defs>'


@dataclass(frozen=True)
class Box:
    """A part with a name and a line or two about it."""

    x: int
    y: int
    width: int
    height: int
    title: str
    lines: tuple[str, ...] = ()
    colour: str = OURS


def text(x: float, y: float, words: str, size: int = 14, colour: str = INK, weight: int = 400, anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" font-weight="{weight}" text-anchor="{anchor}">{escape(words)}</text>'


def drawn(box: Box) -> str:
    """A box."""
    middle = box.x + box.width / 2
    first = box.y + box.height / 2 - 9 * len(box.lines) + 5
    rows = [text(middle, first + 19 * (n + 1), line, 13, FAINT, anchor="middle") for n, line in enumerate(box.lines)]
    frame = f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="8" fill="#ffffff" stroke="{box.colour}" stroke-width="1.6"/>'
    return "\n".join([frame, text(middle, first, box.title, 15, box.colour, 600, "middle"), *rows])


def arrow(*points: tuple[int, int], dashed: bool = False) -> str:
    """A line through points, with a head at its end."""
    path = "M" + " L".join(f"{x} {y}" for x, y in points)
    style = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<path d="{path}" fill="none" stroke="{FAINT}" stroke-width="1.6" marker-end="url(#head)"{style}/>'


def picture(height: int, title: str, parts: t.Iterable[str]) -> str:
    """A whole picture, which says in words what it shows."""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<!-- {SPDX}-FileCopyrightText: 2026 Gatehouse contributors -->",
            f"<!-- {SPDX}-License-Identifier: GPL-3.0-or-later -->",
            "<!-- Drawn by tests/tooling/pictures.py: change it there. -->",
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" font-family="{FONTS}">',
            f"<title>{escape(title)}</title>",
            HEAD,
            f'<rect width="{WIDTH}" height="{height}" rx="10" fill="{GROUND}" stroke="{LINE}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def architecture() -> str:
    """How a task gets to the cloud."""
    boxes = [
        Box(30, 30, 230, 70, "playbook, role, AWX", ("options in the user's words",), INK),
        Box(320, 30, 240, 70, "in-process door", ("local connection: milliseconds",)),
        Box(320, 130, 240, 70, "module door", ("elsewhere, become, async",)),
        Box(620, 30, 210, 170, "the engine", ("fields, comparison,", "check mode, diff:", "one for all resources")),
        Box(620, 250, 210, 70, "stores", ("what is odd about a service",)),
        Box(320, 250, 240, 70, "client", ("signing, retries, paging",)),
        Box(30, 240, 230, 46, "Huawei Cloud", (), INK),
        Box(30, 300, 230, 46, "emulator, 127.0.0.1", (), KEPT),
    ]
    arrows = [
        *(arrow((260, 60), (316, 60)), arrow((260, 75), (290, 75), (290, 165), (316, 165))),
        *(arrow((560, 65), (616, 65)), arrow((560, 165), (616, 165)), arrow((725, 200), (725, 246))),
        *(arrow((620, 285), (564, 285)), arrow((320, 275), (290, 275), (290, 263), (264, 263)), arrow((320, 295), (290, 295), (290, 323), (264, 323))),
    ]
    return picture(376, "A task goes through one of two doors to one engine, from there to the store of a service and the client, and to the cloud", [
        *map(drawn, boxes), *arrows,
    ])  # fmt: skip


def onboarding() -> str:
    """The order in which a site comes, and goes."""
    steps = (
        ("1  Policies", ("of WAF, with", "their switches")),
        ("2  Rules", ("locations,", "data centres")),
        ("3  Gateway", ("access control,", "then bindings")),
        ("4  Workspace", ("filled before", "enforced")),
        ("5  Domains", ("into WAF,", "under the policy")),
        ("6  Evidence", ("firewall, test,", "DNS: recorded")),
    )
    boxes = [Box(20 + 140 * n, 60, 120, 96, title, lines) for n, (title, lines) in enumerate(steps)]
    forward = [arrow((box.x + 120, 108), (box.x + 136, 108)) for box in boxes[:-1]]
    back = arrow((780, 160), (780, 206), (80, 206), (80, 160), dashed=True)
    words = [
        text(20, 38, "onboard: what protects a domain is in place before the domain is", 15, INK, 600),
        text(430, 226, "offboard: the opposite order, and not while DNS leads to WAF", 13, FAINT, anchor="middle"),
    ]
    return picture(246, "A site comes in six steps: policies, rules, API Gateway, Workspace, domains, evidence; it goes in the opposite order", [
        *words, *map(drawn, boxes), *forward, back,
    ])  # fmt: skip


def staged_rollout() -> str:
    """From log to block."""
    boxes = [
        Box(20, 50, 180, 90, "onboard, log", ("enforcement=log", "nobody is refused")),
        Box(240, 50, 180, 90, "watch", ("WAF's events tell", "who would be hit"), INK),
        Box(460, 50, 180, 90, "check mode", ("only actions change:", "log becomes block"), INK),
        Box(680, 50, 160, 90, "onboard", ("the rules block",), KEPT),
    ]
    arrows = [arrow((200, 95), (236, 95)), arrow((420, 95), (456, 95)), arrow((640, 95), (676, 95))]
    back = arrow((760, 144), (760, 184), (110, 184), (110, 144), dashed=True)
    return picture(214, "A rule logs, somebody watches, check mode tells the change, the rule blocks; one variable takes it back", [
        *map(drawn, boxes), *arrows, back, text(435, 204, "one variable takes it back", 13, FAINT, anchor="middle"),
    ])  # fmt: skip


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    after = page.split(f"\n{heading}\n", 1)[1]
    found = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    rows = found[0].splitlines() if found else []
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in (rows[0:1] + rows[2:])]


def bars(title: str, unit: str, rows: t.Sequence[tuple[str, float, str]]) -> str:
    """Figures as bars, the longest as long as there is place."""
    longest = max(value for _name, value, _unit in rows)
    parts = [text(24, 36, title, 15, INK, 600)]
    for n, (name, value, colour) in enumerate(rows):
        y = 56 + 34 * n
        width = max(2.0, 440 * value / longest)
        parts += [
            text(270, y + 16, name, 14, INK, anchor="end"),
            f'<rect x="282" y="{y}" width="{width:.1f}" height="22" rx="3" fill="{colour}"/>',
            text(282 + width + 8, y + 16, f"{value:g} {unit}", 14, FAINT),
        ]
    return picture(76 + 34 * len(rows), f"{title}: " + ", ".join(f"{name} {value:g} {unit}" for name, value, _unit in rows), parts)


def items(page: str) -> str:
    """What an item of a loop costs, beside others."""
    head, *rows = table(page, "### A no-op pass: milliseconds an item, the whole run divided by its items")
    column = head.index("CPU, 100")
    told = [(row[0], float(row[column]), OURS if row[0] == "ours, in the process" else OTHERS) for row in rows if row[column] != "-"]
    return bars("100 rules that are as they shall be: processor time of an item", "ms", told)


def sets(page: str) -> str:
    """What a rule of a set costs, beside others."""
    head, *rows = table(page, "### Sets: 1000 rules in one policy, beside others")
    chosen = [row for row in rows if row[head.index("pass")] == "no-op"]
    column = head.index("CPU an item, ms")
    return bars("1000 rules that are as they shall be: processor time of a rule", "ms", [
        (row[0], float(row[column]), OURS if row[0] == "ours, one task" else OTHERS) for row in chosen
    ])  # fmt: skip


def campaign(page: str) -> str:
    """How many runs a wish took until it was done, for each kind of work and each share of requests that go wrong."""
    head, *rows = table(page, "## Figures")
    wrong = sum(int(row[head.index("violations")]) for row in rows)
    faults = sum(int(row[head.index("faults")]) for row in rows)
    parts = [text(24, 36, f"Runs until a wish is done, with {faults} faults and {wrong} violations in all", 15, INK, 600)]
    for n, (name, colour) in enumerate(RUNS.items()):
        x = 262 + 112 * n
        parts += [f'<rect x="{x}" y="53" width="14" height="14" rx="3" fill="{colour}"/>', text(x + 20, 65, name.removeprefix("done "), 13, FAINT)]
    parts += [text(250, 65, "work, share of faults", 13, FAINT, anchor="end"), text(836, 65, "in 1", 13, FAINT, anchor="end")]
    told = []
    for n, row in enumerate(rows):
        y, x = 80 + 28 * n, 262.0
        counts = {name: int(row[head.index(name)]) for name in RUNS}
        total = sum(counts.values())
        label, first = f"{row[0]}, {row[1]}", f"{100 * counts['done in 1'] / total:.1f} %"
        parts += [text(250, y + 15, label, 14, INK, anchor="end"), text(836, y + 15, first, 14, FAINT, anchor="end")]
        for name, colour in RUNS.items():
            width = 500 * counts[name] / total
            if width:
                parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="20" fill="{colour}"/>')
            x += width
        told.append(f"{label} {first}")
    return picture(96 + 28 * len(rows), f"What is done in the first run, in bad weather: {'; '.join(told)}", parts)


def pictures(root: Path) -> dict[str, str]:
    """All pictures, by their place."""
    performance, reliability = ((root / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("performance", "reliability"))
    found = {
        "architecture": architecture(),
        "onboarding": onboarding(),
        "staged-rollout": staged_rollout(),
        "items": items(performance),
        "sets": sets(performance),
        "campaign": campaign(reliability),
    }
    return {f"docs/pictures/{name}.svg": drawing for name, drawing in found.items()}
