# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The direction of imports between the layers, and who may know requests and Ansible."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
LAYERS = PLUGINS / "module_utils"
PREFIX = "ansible_collections.gatehouse.huaweicloud.plugins.module_utils."

_RESOURCES = ("_waf", "_waf_policies", "_waf_rules", "_waf_domains", "_waf_progress", "_apig", "_apig_bindings", "_workspace")
# Each layer, and what it may import of ours.
ALLOWED = {
    "_errors": set(),
    "_fields": {"_errors"},
    "_reconcile": {"_errors", "_fields"},
    "_steps": {"_errors", "_fields", "_reconcile"},
    "_order": {"_errors", "_fields", "_steps"},
    "_plan": {"_errors", "_fields", "_reconcile", "_steps", "_order"},
    "_sightings": set(),
    "_progress": set(),
    "_http": {"_errors", "_progress", "_sightings"},
    "_dns": {"_errors", "_sightings"},
    "_auth": set(),
    "_profiles": set(),
    "_sources": {"_errors", "_profiles"},
    "_memory": {"_http"},
    "_identity": {"_errors", "_http", "_auth", "_sources", "_memory"},
    "_answers": {"_errors"},
    "_crew": set(),
    "_client": {"_errors", "_answers", "_crew", "_http", "_progress", "_auth", "_sources", "_memory", "_identity"},
    "_waf": {"_errors", "_fields", "_reconcile", "_answers", "_client"},
    "_waf_facts": {"_errors", "_fields", "_reconcile", "_answers", "_client"},
    "_waf_policies": {"_errors", "_fields", "_reconcile", "_answers", "_client", "_waf", "_waf_facts"},
    "_waf_rules": {"_errors", "_fields", "_reconcile", "_answers", "_client", "_waf", "_waf_facts"},
    "_waf_servers": {"_errors", "_fields", "_reconcile"},
    "_waf_domains": {"_errors", "_fields", "_reconcile", "_answers", "_client", "_waf", "_waf_servers"},
    "_waf_progress": {"_errors", "_fields", "_reconcile", "_answers", "_client", "_waf"},
    "_evidence": {"_sightings"},
    "_waf_check": {"_errors", "_fields", "_reconcile", "_http", "_dns", "_sightings", "_evidence", "_answers", "_client", "_waf"},
    "_apig": {"_errors", "_fields", "_reconcile", "_answers", "_client"},
    "_apig_bindings": {"_errors", "_fields", "_reconcile", "_answers", "_client", "_apig"},
    "_workspace": {"_errors", "_fields", "_reconcile", "_answers", "_client"},
    "_waf_inventory": {
        *("_errors", "_fields", "_reconcile", "_answers", "_crew", "_client"),
        *("_waf", "_waf_domains", "_waf_policies", "_waf_progress", "_apig"),
    },
    "_sets": {"_errors", "_fields", "_reconcile", "_steps", "_plan", "_client"},
    "_waf_events": {"_errors", "_fields", "_reconcile", "_answers", "_sources", "_memory", "_client", "_waf"},
    "_caller": {"_errors", "_answers", "_client", "_identity"},
    "_module": {"_errors", "_fields", "_reconcile", "_sources", "_memory", "_client", "_caller"},
    "_set_modules": {"_errors", "_fields", "_reconcile", "_steps", "_plan", "_client", "_sets", "_module"},
    "_site_text": set(),
    "_site": {"_errors", "_fields", "_reconcile", "_answers", "_client", "_module", *_RESOURCES, "_site_text"},
    "_drift": {"_errors", "_fields", "_reconcile", "_answers", "_client", "_module", *_RESOURCES, "_site"},
}
# Libraries that one layer alone may import.
OWNERS = {"requests": "_http", "dns": "_dns", "ansible": "_module"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add(str(node.module))
    return names


def test_every_file_is_a_layer() -> None:
    assert {path.stem for path in LAYERS.glob("*.py") if path.stem != "__init__"} == set(ALLOWED)


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_imports_point_upwards(layer: str) -> None:
    ours = {name[len(PREFIX) :] for name in imported(LAYERS / f"{layer}.py") if name.startswith("ansible_collections.")}
    assert ours <= ALLOWED[layer]


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_a_library_is_imported_by_its_owner_only(layer: str) -> None:
    roots = {name.split(".")[0] for name in imported(LAYERS / f"{layer}.py")}
    assert {library for library in OWNERS if library in roots} == {library for library, owner in OWNERS.items() if owner == layer}


def test_modules_import_their_declaration_and_nothing_else() -> None:
    for path in sorted((PLUGINS / "modules").glob("*.py")):
        names = imported(path) - {"__future__"}
        assert all(name.startswith(PREFIX) for name in names), path.name
        assert f"{PREFIX}_module" in names, path.name


def test_action_plugins_import_their_declaration_and_the_door_and_nothing_else() -> None:
    ours = "ansible_collections.gatehouse.huaweicloud.plugins."
    for path in sorted((PLUGINS / "action").glob("*.py")):
        assert imported(path) - {"__future__"} == {f"{ours}modules.{path.stem}", f"{ours}plugin_utils._in_process"}, path.name


def test_two_files_know_the_controller() -> None:
    """What runs on hosts must not import what only the controller has."""
    inner = re.compile(r"ansible\.(?!module_utils\.)")
    knowing = {path for path in PLUGINS.rglob("*.py") for name in imported(path) if inner.match(name)}
    assert knowing == {PLUGINS / "plugin_utils" / "_in_process.py", PLUGINS / "inventory" / "waf_domains.py"}
