# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What in docs is made from something else: the table of error codes from the code, the pictures from what they show. Without a word it writes them."""

from __future__ import annotations

import importlib.util
import re
import sys
import typing as t
from pathlib import Path

from pictures import pictures

ROOT = Path(__file__).resolve().parents[2]
_ERRORS = "plugins/module_utils/_errors.py"
_TABLE = re.compile(rf"(<!-- made by tests/tooling/made\.py from {re.escape(_ERRORS)} -->\n).*?(<!-- end -->)", re.DOTALL)
_SERVICES = {"APIGW": "the gateway of all services", "WAF": "WAF", "APIG": "API Gateway", "WKS": "Workspace"}


def errors(root: Path) -> t.Any:
    """The module with the table of the code."""
    spec = importlib.util.spec_from_file_location("_gatehouse_errors", root / _ERRORS)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def codes(root: Path) -> str:
    """The table of error codes: what to try, and what the modules do by themselves."""
    told = errors(root)
    meanings = (
        (told.MISSING_CODES, "takes it as gone: a removal succeeds"),
        (told.THROTTLED_CODES, "waits and tries again"),
        (told.TAKEN_CODES, "after a creation, looks for the object and takes it up if it is there"),
    )
    lines = []
    for family, service in _SERVICES.items():
        lines += [f"\n### {service[0].upper()}{service[1:]}\n", "| Code | What to try | What a task does |", "| --- | --- | --- |"]
        for code in sorted(code for code in {*told._WAYS_OUT, *(one for known, _meaning in meanings for one in known)} if code.split(".")[0] == family):
            does = "; ".join(meaning for known, meaning in meanings if code in known) or "reports it"
            lines.append(f"| `{code}` | {told._WAYS_OUT.get(code, 'See what the message says.').replace('|', chr(92) + '|')} | {does} |")
    return "\n".join([*lines, ""])


def made(root: Path) -> dict[str, str]:
    """What each file should hold, by its place."""
    page = "docs/troubleshooting.md"
    text = (root / page).read_text(encoding="utf-8")
    return {page: _TABLE.sub(lambda found: f"{found[1]}{codes(root)}\n{found[2]}", text), **pictures(root)}


def main() -> int:
    """Write what is made, or with --check tell what is not current."""
    stale = []
    for name, text in made(ROOT).items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                print(f"written: {name}")
    if "--check" in sys.argv and stale:
        print(f"Not current: {', '.join(stale)}. Write them with: python3 tests/tooling/made.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
