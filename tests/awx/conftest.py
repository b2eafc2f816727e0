# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the modules of awx.awx are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def awx() -> str:
    """The collections of the variable GATEHOUSE_AWX, as a further part of a path."""
    place = os.environ.get("GATEHOUSE_AWX", "")
    assert (Path(place) / "ansible_collections" / "awx" / "awx" / "plugins").is_dir(), "GATEHOUSE_AWX has to name a folder with the collection awx.awx"
    return f"{os.pathsep}{place}"
