# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every unit test can import, the emulator and the files beside the tests, and what it can ask for."""

from __future__ import annotations

import sys
import typing as t
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parents[1] / "extensions" / "emulator"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture
def cloud() -> t.Any:
    """An emulated cloud with the demo account."""
    from cloud import Cloud  # found on the path that the lines above add

    return Cloud()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that modules would have slept."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits
