# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pip-audit found, in lines. It calls it a success when nobody could be asked; we do not."""

from __future__ import annotations

import typing as t


def complaints(report: t.Mapping[str, t.Any]) -> list[str]:
    """The known vulnerabilities in a report, and the packages that the advisory service knows nothing of."""
    found = [
        f"{one['name']} {one['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version'}"
        for one in report["dependencies"]
        for known in one.get("vulns", ())
    ]
    unasked = [one["name"] for one in report["dependencies"] if "skip_reason" in one]
    if unasked:
        found.append(f"The advisory service told nothing about {len(unasked)} of {len(report['dependencies'])} packages: {', '.join(unasked)}")
    return found
