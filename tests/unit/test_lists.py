# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written down in several places says the same in all of them."""

from __future__ import annotations

import importlib
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _client, _sources
from ansible_collections.gatehouse.huaweicloud.plugins.plugin_utils._in_process import InProcess
from wishes import ONLY_TOLD, SETS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
IN_PYTHON = "ansible_collections.gatehouse.huaweicloud.plugins."
INVENTORIES = sorted(path.stem for path in (ROOT / "plugins" / "inventory").glob("*.py"))
every_module = pytest.mark.parametrize("name", MODULES)


def rows(text: str, heading: str) -> list[str]:
    """The first cells of the table below a heading."""
    section = text.partition(f"\n{heading}\n")[2]
    table = re.search(r"^\|.*?\n\n", section, re.MULTILINE | re.DOTALL)
    assert table, heading
    return [line.split("|")[1].strip().strip("`") for line in table[0].strip().splitlines()[2:]]


def documented(name: str) -> dict[str, t.Any]:
    """The documentation of a module, and its results."""
    module = importlib.import_module(f"{IN_PYTHON}modules.{name}")
    return {"doc": yaml.safe_load(module.DOCUMENTATION), "return": yaml.safe_load(module.RETURN), "spec": module.DECLARATION.argument_spec}


def fragment(name: str) -> dict[str, t.Any]:
    """The options of a fragment that documentation is extended by."""
    parts = name.split(".")
    holder = importlib.import_module(f"{IN_PYTHON}doc_fragments.{parts[2]}").ModuleDocFragment
    return dict(yaml.safe_load(getattr(holder, (parts[3:] or ["documentation"])[0].upper()))["options"])


def test_there_are_modules() -> None:
    assert len(MODULES) >= 10
    twins = set(MODULES) - ONLY_TOLD - set(SETS)
    assert {name.removesuffix("_info") for name in twins} | {f"{name.removesuffix('_info')}_info" for name in twins} == twins


def test_the_sets_are_those_of_modules_about_one_object_whose_twins_tell_of_them() -> None:
    assert {name for name in MODULES if "max_deletions" in documented(name)["spec"]} == set(SETS)
    for name, singles in SETS.items():
        known = documented(name)
        told = {key for single in singles for key in documented(f"{single}_info")["return"]}
        assert {f"{single.split('_', 1)[1]}s" for single in singles} == told - {"api_error"} <= set(known["return"])
        # Every option of an object is one of its item, in the same words but for aliases, and with its place from elsewhere.
        for single in singles:
            own = {option: argument for option, argument in documented(single)["spec"].items() if option not in _client.CONNECTION_ARGUMENTS}
            items = next(one for one in items_of(known["spec"]) if set(one) | {"policy", "gateway", "planned"} >= set(own))
            assert {option: argument["type"] for option, argument in items.items()}.items() <= {option: one["type"] for option, one in own.items()}.items()
            assert set(own) - set(items) <= {"policy", "planned"}, f"{name}: {single}"


def items_of(spec: t.Mapping[str, t.Any]) -> t.Iterator[t.Mapping[str, t.Any]]:
    """The options of items, of items in items as well."""
    for argument in spec.values():
        if argument.get("elements") == "dict":
            yield argument["options"]
            yield from items_of(argument["options"])


def test_the_readme_lists_every_module() -> None:
    assert sorted(rows(README, "### Modules")) == MODULES


def test_the_action_group_holds_every_module() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"] == {"huaweicloud": MODULES}
    assert runtime["requires_ansible"] == ">=2.16.0"


def test_every_module_has_an_action_plugin_of_its_name_with_its_declaration() -> None:
    doors = sorted(path.stem for path in (ROOT / "plugins" / "action").glob("*.py"))
    assert doors == MODULES
    for name in doors:
        action = importlib.import_module(f"{IN_PYTHON}action.{name}").ActionModule
        assert issubclass(action, InProcess)
        assert action.declaration is importlib.import_module(f"{IN_PYTHON}modules.{name}").DECLARATION
        assert name in str(importlib.import_module(f"{IN_PYTHON}action.{name}").__doc__)


@every_module
def test_the_doors_know_every_remark_that_validation_can_make(name: str) -> None:
    """Aliases and deprecations inside suboptions, at every depth, would be told to the process, and not in the result."""
    assert {option: remarks for option, remarks in remarked(documented(name)["spec"]) if remarks and "." in option} == {}


REMARKS = {"aliases", "deprecated_aliases", "removed_in_version", "removed_at_date"}


def remarked(spec: t.Mapping[str, t.Any], path: str = "") -> t.Iterator[tuple[str, set[str]]]:
    """Every option at every depth, with what validation may remark of it."""
    for option, argument in spec.items():
        yield f"{path}{option}", REMARKS & set(argument)
        yield from remarked(argument.get("options", {}), f"{path}{option}.")


def test_remarks_are_found_at_every_depth() -> None:
    spec = {"a": {"aliases": ["b"], "options": {"c": {"options": {"d": {"removed_in_version": "9.9.9"}}}}}}
    assert dict(remarked(spec)) == {"a": {"aliases"}, "a.c": set(), "a.c.d": {"removed_in_version"}}


def test_every_module_role_and_inventory_plugin_has_an_integration_target() -> None:
    targets = {path.name for path in (ROOT / "tests" / "integration" / "targets").iterdir() if not path.name.startswith("setup_")}
    # awx_bootstrap needs a collection that is not always there: make awx tests it.
    roles = {path.name for path in (ROOT / "roles").iterdir()} - {"awx_bootstrap"}
    assert targets == {*MODULES, *(f"role_{name}" for name in roles), *(f"inventory_{name}" for name in INVENTORIES)}


def test_the_readme_lists_every_inventory_plugin() -> None:
    assert sorted(rows(README, "### Inventory")) == INVENTORIES


def test_the_readme_lists_every_role_and_playbook() -> None:
    roles = {f"role `{path.name}" for path in (ROOT / "roles").iterdir()}
    playbooks = {f"playbook `{path.stem}" for path in (ROOT / "playbooks").glob("*.yml")}
    assert set(rows(README, "### Roles and playbooks")) == roles | playbooks


def test_the_readme_lists_every_option_of_the_connection_with_its_variables() -> None:
    section = README.partition("\n### Connection\n")[2].partition("\n### ")[0]
    table = {line.split("|")[1].strip(" `"): re.findall(r"`((?:HW|HUAWEICLOUD)_\w+)`", line) for line in section.splitlines() if line.startswith("| `")}
    assert sorted(table) == sorted(_client.CONNECTION_ARGUMENTS)
    assert {option: names for option, names in table.items() if names} == variables()


def variables() -> dict[str, list[str]]:
    """The environment variables of each option, in the order in which they are looked at."""
    held = {part: [family[part] for family in _sources.FAMILIES if part in family] for part in _sources.FAMILIES[0]}
    held.update({option: list(names) for option, names in _client.VARIABLES.items()})
    held["assume_agency"] = list(_sources.AGENCY_VARIABLES.values())
    services = (*_client.SERVICES, _sources.METADATA)
    held["endpoints"] = [*(f"HW_ENDPOINT_{service.upper()}" for service in services), "HW_ENDPOINT", *_client._IAM_VARIABLES]
    return held


def test_the_documentation_of_the_connection_names_every_variable() -> None:
    options = fragment("gatehouse.huaweicloud.connection")
    assert set(options) == set(_client.CONNECTION_ARGUMENTS)
    for option, names in variables().items():
        texts = [*options[option]["description"], *(text for one in options[option].get("suboptions", {}).values() for text in one["description"])]
        assert set(re.findall(r"E\(((?:HW|HUAWEICLOUD)_\w+)\)", " ".join(texts))) >= set(names), option


def differences(told: t.Mapping[str, t.Any], spec: t.Mapping[str, t.Any], path: str = "") -> list[str]:
    """Where the documentation of options and their declaration differ, at every depth."""
    found = [f"{path}{option}" for option in sorted(set(told) ^ set(spec))]
    for option in sorted(set(told) & set(spec)):
        said, argument = told[option], spec[option]
        keys = ("type", "elements", "choices", "required", "default", "aliases")
        found += [f"{path}{option}: {key}" for key in keys if (said.get(key) or None) != (argument.get(key) or None)]
        found += [] if said.get("description") else [f"{path}{option}: description"]
        found += differences(said.get("suboptions", {}), argument.get("options", {}), f"{path}{option}.")
    return found


def test_differences_are_found_at_every_depth() -> None:
    told = {"a": {"description": "a", "suboptions": {"b": {"description": "b", "type": "str", "suboptions": {"c": {"type": "str"}}}}}}
    spec = {"a": {"options": {"b": {"type": "str", "options": {"c": {"type": "int"}, "d": {}}}}}}
    assert differences(told, spec) == ["a.b.d", "a.b.c: type", "a.b.c: description"]


@every_module
def test_a_module_documents_the_options_it_has(name: str) -> None:
    known = documented(name)
    options = dict(known["doc"].get("options", {}))
    for used in known["doc"]["extends_documentation_fragment"]:
        options.update(fragment(used))
    assert differences(options, known["spec"]) == []
    assert known["doc"]["module"] == name
    assert known["doc"]["version_added"]


def undescribed(results: t.Mapping[str, t.Any], path: str = "") -> list[str]:
    """The results that lack a description, a type or a sample."""
    lacking = []
    for name, result in results.items():
        inner = result.get("contains")
        needed = ("description", "type", "returned", *(() if inner else ("sample",)))
        lacking += [f"{path}{name}: {key}" for key in needed if key not in result]
        lacking += undescribed(inner or {}, f"{path}{name}.")
    return lacking


@every_module
def test_a_module_documents_its_results_with_samples(name: str) -> None:
    assert undescribed(documented(name)["return"]) == []


def test_links_lead_to_files_that_exist() -> None:
    for page in [page for glob in ("*.md", "docs/*.md", "roles/*/README.md", "extensions/*/README.md", "*/README.md") for page in ROOT.glob(glob)]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_one_version_everywhere() -> None:
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    releases = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]
    assert version in releases


def needing(layer: str) -> set[str]:
    """The modules whose declaration comes from a layer that imports the layer."""
    told = {path.stem for path in (ROOT / "plugins" / "module_utils").glob("*.py") if f"module_utils.{layer} import" in path.read_text(encoding="utf-8")}
    texts = {name: (ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8") for name in MODULES}
    return {name for name, text in texts.items() if any(f"module_utils.{other} import" in text for other in told)}


def test_what_modules_need_is_said_the_same_everywhere() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert [line.partition(">=")[0] for line in lines] == ["dnspython", "requests"] and all(">=" in line for line in lines)
    holder = importlib.import_module(f"{IN_PYTHON}doc_fragments.connection").ModuleDocFragment
    for_all = [one.replace(" ", "") for one in yaml.safe_load(holder.DOCUMENTATION)["requirements"]]
    own = {name: [one.replace(" ", "") for one in documented(name)["doc"].get("requirements", [])] for name in MODULES}
    assert sorted({*for_all, *(one for listed in own.values() for one in listed)}) == lines
    # Who needs more than the others says so, and would name it when it is missing; nobody else does.
    assert {name for name, listed in own.items() if listed} == needing("_dns")
    environment = yaml.safe_load((ROOT / "meta" / "execution-environment.yml").read_text(encoding="utf-8"))
    assert environment["dependencies"] == {"python": "requirements.txt"}
