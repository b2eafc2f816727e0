# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every unit test can import, the emulator, the tooling and the files beside the tests, and what it can ask for."""

from __future__ import annotations

import json
import re
import sys
import typing as t
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parent / "tooling", HERE.parent / "chaos", HERE.parents[1] / "extensions" / "emulator"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

DOORS = ("module", "in_process")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that runs modules runs them through both doors."""
    if "cloud" in metafunc.fixturenames or {"Cloud", "checking"}.intersection(metafunc.function.__code__.co_names):
        metafunc.parametrize("door", DOORS, indirect=True)


@pytest.fixture(scope="session")
def told_through_the_module() -> dict[str, list[t.Any]]:
    """What each test was told through the module door, by its name."""
    return {}


@pytest.fixture(autouse=True)
def door(request: pytest.FixtureRequest, told_through_the_module: dict[str, list[t.Any]], monkeypatch: pytest.MonkeyPatch) -> t.Iterator[None]:
    """The door that modules are run through. What they say is the same, field by field, through both."""
    if not hasattr(request, "param"):
        yield
        return
    from cloud import Cloud  # found on the path that the lines above add

    told: list[t.Any] = []
    monkeypatch.setattr(Cloud, "door", request.param)
    monkeypatch.setattr(Cloud, "told", told)
    yield
    assert told, "a test that runs no module has no door"
    name = request.node.nodeid.replace("in_process", "module")
    if request.param == "module":
        told_through_the_module[name] = told
    elif name in told_through_the_module:
        assert told == told_through_the_module[name]


@pytest.fixture
def cloud() -> t.Any:
    """An emulated cloud with the demo account."""
    from cloud import Cloud

    return Cloud()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that modules would have slept."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


@pytest.fixture
def ids_in_the_order_of_results(door: None) -> t.Iterator[None]:
    """What is made side by side gets ids in any order: both doors say the same once each id is called by its place in what was told."""
    from cloud import Cloud

    yield
    known: dict[str, str] = {}
    text = re.sub(r"\b[0-9a-f]{32}\b", lambda found: known.setdefault(found[0], f"id {len(known)}"), json.dumps(Cloud.told))
    Cloud.told[:] = json.loads(text)
