# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the modules of awx.awx are, and what an execution environment has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobs import Runner


@pytest.fixture
def awx() -> str:
    """The collections of the variable GATEHOUSE_AWX, as a further part of a path."""
    place = os.environ.get("GATEHOUSE_AWX", "")
    assert (Path(place) / "ansible_collections" / "awx" / "awx" / "plugins").is_dir(), "GATEHOUSE_AWX has to name a folder with the collection awx.awx"
    return f"{os.pathsep}{place}"


@pytest.fixture(scope="session")
def runner() -> Runner:
    """The environment of the variable GATEHOUSE_RUNNER, and the collections of GATEHOUSE_INSTALLED."""
    place, installed = Path(os.environ.get("GATEHOUSE_RUNNER", "")), Path(os.environ.get("GATEHOUSE_INSTALLED", ""))
    assert (place / "bin" / "ansible-runner").exists(), "GATEHOUSE_RUNNER has to name an environment with ansible-runner"
    assert (installed / "ansible_collections" / "gatehouse" / "huaweicloud" / "MANIFEST.json").exists(), "GATEHOUSE_INSTALLED has to have the collection"
    return Runner(place, installed)
