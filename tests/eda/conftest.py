# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The helpers of the unit tests can be imported."""

from __future__ import annotations

import sys
from pathlib import Path

for folder in ("unit", "tooling"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / folder))
