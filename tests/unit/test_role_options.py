# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role onboarding says of its items what the modules say of their options, and its example site keeps to it."""

from __future__ import annotations

import importlib
import re
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "onboarding"
SITE = ROOT / "playbooks" / "vars" / "storefront.yml"
MODULES = "ansible_collections.gatehouse.huaweicloud.plugins.modules"
COMPARED = ("type", "elements", "choices", "required", "default")


@dataclass(frozen=True)
class Listed:
    """A list variable of the role and the module that its items go to."""

    variable: str
    module: str


LISTS = (
    Listed("onboarding_geoip_rules", "waf_geoip_rule"),
    Listed("onboarding_ip_reputation_rules", "waf_ip_reputation_rule"),
    Listed("onboarding_acls", "apig_acl"),
    Listed("onboarding_access_policies", "workspace_access_policy"),
    Listed("onboarding_domains", "waf_access_progress"),
)
every_list = pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.variable)

Arguments = t.Mapping[str, t.Mapping[str, t.Any]]


def _yaml(path: Path) -> t.Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _role_options() -> dict[str, t.Any]:
    return dict(_yaml(ROLE / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"])


def _tasks() -> dict[str, t.Any]:
    return {task["loop"].strip("{ }"): task for task in _yaml(ROLE / "tasks" / "main.yml")}


def _declaration(module: str) -> t.Any:
    return importlib.import_module(f"{MODULES}.{module}").DECLARATION


def _own_arguments(module: str) -> dict[str, t.Any]:
    return {name: argument for name, argument in _declaration(module).argument_spec.items() if name not in {*CONNECTION_ARGUMENTS, *PLANNED}}


def _with_aliases(arguments: Arguments) -> dict[str, t.Any]:
    """The options of a module and their other names, each as an option of its own: a role cannot declare aliases."""
    return {name: argument for option, argument in arguments.items() for name in (option, *argument.get("aliases", ()))}


def _essence(arguments: Arguments) -> dict[str, t.Any]:
    """What an option takes, without its description."""
    return {
        name: {
            **{key: argument[key] for key in COMPARED if argument.get(key) not in (None, False)},
            "options": _essence(argument.get("options") or {}),
            "required_one_of": sorted(sorted(names) for names in argument.get("required_one_of") or ()),
        }
        for name, argument in arguments.items()
    }


@every_list
def test_items_take_what_the_module_takes(listed: Listed) -> None:
    assert _essence(_role_options()[listed.variable]["options"]) == _essence(_with_aliases(_own_arguments(listed.module)))


@every_list
def test_items_need_what_the_module_needs(listed: Listed) -> None:
    needed = [sorted(names) for names in _declaration(listed.module).required_one_of]
    assert [sorted(names) for names in _role_options()[listed.variable].get("required_one_of", [])] == needed


@every_list
def test_every_option_of_an_item_reaches_the_module_and_what_is_left_out_stays_left_out(listed: Listed) -> None:
    arguments = _own_arguments(listed.module)
    passed = _tasks()[listed.variable][f"gatehouse.huaweicloud.{listed.module}"]
    assert set(passed) == set(arguments)
    for name, template in passed.items():
        left_out = "omit"
        for alias in arguments[name].get("aliases", []):
            left_out = f"item.get('{alias}', {left_out})"
        assert template == (f"{{{{ item.{name} }}}}" if arguments[name].get("required") else f"{{{{ item.{name} | default({left_out}) }}}}")


def test_the_role_has_a_list_for_each_module_that_changes_something() -> None:
    files = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if not path.stem.endswith("_info")}
    assert {listed.module for listed in LISTS} == files - {"__init__"}
    assert set(_role_options()) == set(_tasks()) == {listed.variable for listed in LISTS}


def test_defaults_are_what_the_options_promise() -> None:
    assert _yaml(ROLE / "defaults" / "main.yml") == {name: option["default"] for name, option in _role_options().items()}


def test_every_option_is_described() -> None:
    def undescribed(options: Arguments, path: str) -> list[str]:
        missing = [f"{path}{name}" for name, option in options.items() if not option.get("description")]
        return missing + [found for name, option in options.items() for found in undescribed(option.get("options") or {}, f"{path}{name}.")]

    assert undescribed(_role_options(), "") == []


def test_the_readme_has_a_row_for_each_variable() -> None:
    rows = re.findall(r"^\| `(onboarding_\w+)` \|", (ROLE / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(_role_options())


def test_the_playbook_hands_every_variable_to_the_role() -> None:
    tasks = _yaml(ROOT / "playbooks" / "onboard.yml")[0]["tasks"]
    known = next(task["vars"]["onboard_variables"] for task in tasks if "onboard_variables" in task.get("vars", {}))
    handed = next(task["vars"] for task in tasks if "ansible.builtin.include_role" in task)
    assert set(known) == set(handed) == set(_role_options())


@every_list
def test_the_example_site_uses_every_kind_of_item(listed: Listed) -> None:
    items = _yaml(SITE)[listed.variable]
    assert items
    assert all(set(item) <= set(_role_options()[listed.variable]["options"]) for item in items)


@pytest.mark.parametrize(("variable", "key"), [("onboarding_geoip_rules", "locations"), ("onboarding_ip_reputation_rules", "tags")])
def test_the_example_site_lists_a_location_or_tag_once(variable: str, key: str) -> None:
    members = [member for item in _yaml(SITE)[variable] for member in item[key]]
    assert len(members) == len(set(members))


def test_the_embargo_of_the_example_site_is_a_long_list() -> None:
    embargo = next(rule for rule in _yaml(SITE)["onboarding_geoip_rules"] if rule["name"] == "embargo")
    assert len(embargo["locations"]) >= 40
