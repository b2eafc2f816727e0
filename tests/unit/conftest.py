# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every unit test can import: the emulator, and the files beside the tests."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parents[1] / "extensions" / "emulator"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
