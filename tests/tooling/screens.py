# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a terminal, drawn from what the demo and a playbook really print. Run by hand, with a Python that could run the demo:

python tests/tooling/screens.py

The checkout has to lie at ansible_collections/gatehouse/huaweicloud, as for the demo.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import textwrap
import typing as t
from html import escape
from pathlib import Path

ROOT = Path(__file__).absolute().parents[2]
DEMO = ROOT / "extensions" / "demo"
SITE = "playbooks/vars/storefront.yml"
GROUND, BAR, INK = "#16202b", "#243241", "#d7dee6"
SPDX = "SPDX"
_FONTS = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
# The first that fits says how a line is drawn.
_STYLES = (
    (re.compile(r"\$ "), "#ffffff", 600),
    (re.compile(r"(TASK|PLAY|What|Where|Visitors|Offboarding)\b"), "#8ecbe6", 600),
    (re.compile(r"\+(?!\+\+)|(First run|And again|DNS now)"), "#8fd694", 400),
    (re.compile(r"-(?!--)"), "#ff9a9a", 400),
    (re.compile(r"changed: "), "#e3c565", 400),
    (re.compile(r"(\+\+\+|---) "), "#97a5b4", 400),
)


def terminal(title: str, lines: t.Sequence[str], columns: int) -> str:
    """A window with a title and the lines of a terminal, those that are longer than it is wide broken between words."""
    rows = [row for line in lines for row in (textwrap.wrap(line, columns, subsequent_indent="      ", drop_whitespace=False) or [""])]
    width, height = 32 + round(7.9 * columns), 62 + 18 * len(rows)
    drawn = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<!-- {SPDX}-FileCopyrightText: 2026 Gatehouse contributors -->",
        f"<!-- {SPDX}-License-Identifier: GPL-3.0-or-later -->",
        "<!-- Drawn by tests/tooling/screens.py from what was printed. -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="{_FONTS}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="10" fill="{GROUND}"/>',
        f'<path d="M0 10a10 10 0 0 1 10 -10H{width - 10}a10 10 0 0 1 10 10V32H0z" fill="{BAR}"/>',
        f'<text x="{width / 2:g}" y="21" font-size="13" fill="{INK}" text-anchor="middle">{escape(title)}</text>',
        f'<g font-size="13" fill="{INK}" style="white-space:pre">',
    ]
    for n, row in enumerate(rows):
        colour, weight = next(((colour, weight) for pattern, colour, weight in _STYLES if pattern.match(row)), (INK, 400))
        style = "" if colour == INK else f' fill="{colour}" font-weight="{weight}"'
        drawn.append(f'<text x="16" y="{56 + 18 * n}"{style} xml:space="preserve">{escape(row)}</text>')
    return "\n".join([*drawn, "</g>", "</svg>\n"])


def private(text: str) -> list[str]:
    """What in a text belongs to this machine and not into a picture: folders, and addresses with the port of a run."""
    return re.findall(r"(?:/home|/root|/tmp|/Users|/var)/\S*|127\.0\.0\.1:\d+", text)


def demo() -> list[str]:
    """The lines of the demo from where the first run is summed up."""
    run = subprocess.run([sys.executable, str(DEMO / "run.py")], capture_output=True, text=True, timeout=300, check=True)
    return ["$ make demo", "...", *run.stdout[run.stdout.index("\nFirst run:") :].strip().splitlines()]


def change() -> list[str]:
    """What check mode tells of a site whose rules log and shall block: only what would change."""
    sys.path.insert(0, str(DEMO))
    from emulated_cloud import emulated_cloud
    from playbook import demo_environment, run_playbook

    words = ["playbooks/onboard.yml", "-e", f"@{SITE}", "-e", "onboarding_evidence=false"]
    scratch = tempfile.TemporaryDirectory(prefix="gatehouse-screens-")
    with scratch as folder, emulated_cloud(ROOT / "extensions" / "emulator", Path(folder), ROOT / SITE) as cloud:
        environment = demo_environment(os.environ, ROOT, Path(folder), cloud.url)
        environment |= {"ANSIBLE_DISPLAY_OK_HOSTS": "false", "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false"}
        for more in (["-e", "onboarding_enforcement=log"], ["--check", "--diff"]):
            done = run_playbook([*words, *more], ROOT, environment, shown=False)
            if not done.succeeded:
                raise SystemExit(done.output)
    command = ["$ ansible-playbook gatehouse.huaweicloud.onboard -e @site.yml -e onboarding_evidence=false \\", "    --check --diff", ""]
    # A file that is included is named with its folder, which is no change and not for a picture.
    told = re.sub(r"TASK [^\n]*\nincluded: [^\n]*\n+", "", done.output)
    return [*command, *re.sub(r"\n{2,}", "\n\n", told).strip().splitlines()]


def main() -> int:
    """Draw both."""
    screens = {"demo": ("make demo", demo(), 126), "check-mode": ("From log to block, in check mode", change(), 92)}
    for name, (title, lines, columns) in screens.items():
        found = private("\n".join(lines))
        if found:
            raise SystemExit(f"{name}: not for a picture: {', '.join(found)}")
        (ROOT / "docs" / "pictures" / f"{name}.svg").write_text(terminal(title, lines, columns), encoding="utf-8")
        print(f"written: docs/pictures/{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
