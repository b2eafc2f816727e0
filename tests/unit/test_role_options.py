# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles say of their items what the modules say of their options, the role onboarding says what its parts say, and the example site keeps to it."""

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
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
SITE = ROOT / "playbooks" / "vars" / "storefront.yml"
MODULES = "ansible_collections.gatehouse.huaweicloud.plugins.modules"
COMPARED = ("type", "elements", "choices", "required", "default")
STEPS = ("origin_whitelisted", "verified_locally", "dns_switched")
STATE = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


@dataclass(frozen=True)
class Listed:
    """A list variable of a role, the module that its items go to, and the variable of the role onboarding that is handed on to it."""

    role: str
    name: str
    module: str
    of_onboarding: str

    @property
    def variable(self) -> str:
        """The whole name of the variable."""
        return f"{self.role}_{self.name}"


LISTS = (
    Listed("waf_policy_baseline", "policies", "waf_policy", "policies"),
    Listed("waf_policy_baseline", "geoip_rules", "waf_geoip_rule", "geoip_rules"),
    Listed("waf_policy_baseline", "ip_reputation_rules", "waf_ip_reputation_rule", "ip_reputation_rules"),
    Listed("apig_access", "acls", "apig_acl", "acls"),
    Listed("apig_access", "bindings", "apig_acl_binding", "acl_bindings"),
    Listed("workspace_access", "policies", "workspace_access_policy", "access_policies"),
    Listed("waf_domain_onboarding", "domains", "waf_domain", "waf_domains"),
    Listed("waf_domain_onboarding", "progress", "waf_access_progress", "domains"),
)
# The modules that carry out a whole list as one set, and their option for it.
SETS = {"waf_geoip_rule": ("waf_geoip_rules", "rules"), "waf_ip_reputation_rule": ("waf_ip_reputation_rules", "rules"), "apig_acl": ("apig_acls", "acls")}
# What a role is told beside its lists.
SETTINGS = {
    "waf_policy_baseline": {"state", "purge", "max_deletions", "enforcement", "freed_policies"},
    "apig_access": {"state", "purge", "max_deletions"},
    "workspace_access": {"state"},
    "waf_domain_onboarding": {"state", "evidence", "check", "planned_policies"},
    "awx_bootstrap": {"state", "organization", "image", "project_url", "project_branch", "credential", "credential_inputs"},
    "onboarding": {"state", "purge", "max_deletions", "enforcement", "evidence", "check"},
}
every_list = pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.variable)
every_role = pytest.mark.parametrize("role", ROLES)

Arguments = t.Mapping[str, t.Mapping[str, t.Any]]


def _yaml(path: Path) -> t.Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _role_options(role: str) -> dict[str, t.Any]:
    return dict(_yaml(ROOT / "roles" / role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"])


def _tasks(role: str) -> list[dict[str, t.Any]]:
    return [task for path in sorted((ROOT / "roles" / role / "tasks").glob("*.yml")) for task in _yaml(path)]


def _carried_out(listed: Listed) -> dict[str, t.Any]:
    """The options of the task that makes the items of a list be as they say: of the tasks over the list, the one that says most."""
    over = [task[f"gatehouse.huaweicloud.{listed.module}"] for task in _tasks(listed.role) if re.search(rf"\b{listed.variable}\b", str(task.get("loop")))]
    return dict(max(over, key=len))


def _declaration(module: str) -> t.Any:
    return importlib.import_module(f"{MODULES}.{module}").DECLARATION


def _own_arguments(module: str) -> dict[str, t.Any]:
    return {name: argument for name, argument in _declaration(module).argument_spec.items() if name not in {*CONNECTION_ARGUMENTS, *PLANNED}}


def _item_arguments(listed: Listed) -> dict[str, t.Any]:
    """What an item may say: the options of its module, by their other names too; of a domain its steps and how it is looked at."""
    known = {name: argument for option, argument in _own_arguments(listed.module).items() for name in (option, *argument.get("aliases", ()))}
    if listed.module == "waf_domain":
        steps = _own_arguments("waf_access_progress")
        return {**known, **{step: steps[step] for step in STEPS}, "check": {"type": "dict", "options": _looked()}}
    return known


def _looked() -> dict[str, t.Any]:
    """The options of a look at a domain, the domain itself left out."""
    return {name: argument for name, argument in _own_arguments("waf_domain_check").items() if name != "domain"}


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


def _template(name: str, argument: t.Mapping[str, t.Any]) -> str:
    """How a task hands an option of an item on."""
    left_out = "omit"
    for alias in argument.get("aliases", []):
        left_out = f"item.get('{alias}', {left_out})"
    return f"{{{{ item.{name} }}}}" if argument.get("required") else f"{{{{ item.{name} | default({left_out}) }}}}"


@every_list
def test_items_take_what_the_module_takes(listed: Listed) -> None:
    assert _essence(_role_options(listed.role)[listed.variable]["options"]) == _essence(_item_arguments(listed))


@every_list
def test_items_need_what_the_module_needs(listed: Listed) -> None:
    needed = [sorted(names) for names in _declaration(listed.module).required_one_of]
    assert [sorted(names) for names in _role_options(listed.role)[listed.variable].get("required_one_of", [])] == needed


@every_list
def test_every_option_of_an_item_reaches_the_module_and_what_is_left_out_stays_left_out(listed: Listed) -> None:
    if listed.module in SETS:
        module, option = SETS[listed.module]
        tasks = [task for task in _tasks(listed.role) if f"gatehouse.huaweicloud.{module}" in task]
        assert len(tasks) == 2
        assert all(task["when"].startswith(f"{listed.variable} | length > 0") for task in tasks)
        assert all(re.search(rf"\b{listed.variable}(_enforced|_worded)?\b", task[f"gatehouse.huaweicloud.{module}"][option]) for task in tasks)
        items = {name: {key: value for key, value in argument.items() if key != "aliases"} for name, argument in _own_arguments(listed.module).items()}
        (place,) = {"policy", "gateway"}.intersection(items)
        assert _declaration(module).argument_spec[option]["options"] == {**items, place: {"type": "str", "required": False}}
        return
    arguments, passed = _own_arguments(listed.module), _carried_out(listed)
    assert set(passed) - set(PLANNED) == set(arguments)
    # What the role itself decides: whether policies block yet, and that everything goes.
    steered = {
        name: f"{{{{ {{'block': waf_policy_baseline_enforcement}}.get(item.{name}, item.{name}) if item.{name} is defined else omit }}}}"
        for name in ("mode",)
        if listed.role == "waf_policy_baseline"
    }
    if listed.role == "workspace_access":
        steered["state"] = "{{ 'absent' if workspace_access_state == 'absent' else item.state | default(omit) }}"
    assert {name: passed[name] for name in arguments} == {name: steered.get(name, _template(name, argument)) for name, argument in arguments.items()}


def test_every_way_of_looking_at_a_domain_reaches_the_module() -> None:
    looks = [task["gatehouse.huaweicloud.waf_domain_check"] for task in _tasks("waf_domain_onboarding") if "gatehouse.huaweicloud.waf_domain_check" in task]
    passed = max(looks, key=len)
    assert set(passed) == {"domain", *_looked()}
    for name in _looked():
        assert passed[name] == f"{{{{ (waf_domain_onboarding_check | combine(item.item.check | default({{}}))).{name} | default(omit) }}}}"


def test_there_is_a_list_for_each_module_that_changes_something() -> None:
    files = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if not path.stem.endswith("_info")}
    # A look at a domain changes nothing; whole sets are what the same lists are carried out with.
    sets = {module for module, option in SETS.values()} | {"waf_ruleset"}
    assert {listed.module for listed in LISTS} == files - {"__init__", "waf_domain_check"} - sets


@every_role
def test_a_role_has_its_lists_and_settings_and_nothing_else(role: str) -> None:
    lists = {f"onboarding_{listed.of_onboarding}" if role == "onboarding" else listed.variable for listed in LISTS if role in ("onboarding", listed.role)}
    assert set(_role_options(role)) == lists | {f"{role}_{name}" for name in SETTINGS[role]}


@every_list
def test_the_role_onboarding_says_of_a_list_what_its_part_says(listed: Listed) -> None:
    ours, theirs = _role_options("onboarding")[f"onboarding_{listed.of_onboarding}"], _role_options(listed.role)[listed.variable]
    assert _essence({"it": ours}) == _essence({"it": theirs})


@pytest.mark.parametrize("setting", ["state", "purge", "max_deletions", "enforcement", "evidence", "check"])
def test_settings_are_the_same_in_every_role_that_has_them(setting: str) -> None:
    said = [_essence({"it": _role_options(role)[f"{role}_{setting}"]}) for role in ROLES if setting in SETTINGS[role]]
    assert len(said) >= 2
    assert all(one == said[0] for one in said)
    if setting == "check":
        assert said[0]["it"]["options"] == _essence(_looked())
    if setting == "state":
        assert said[0]["it"] == _essence({"it": STATE["state"]})["it"]


@pytest.mark.parametrize("tasks", ["present", "absent"])
def test_the_role_onboarding_hands_every_list_and_setting_to_its_part(tasks: str) -> None:
    handed: dict[str, str] = {}
    for task in _yaml(ROOT / "roles" / "onboarding" / "tasks" / f"{tasks}.yml"):
        # The second time is for the policies that shall not be.
        handed = {**task.get("vars", {}), **handed} if "ansible.builtin.include_role" in task else handed
    for listed in LISTS:
        assert f"onboarding_{listed.of_onboarding}" in handed[listed.variable]
    settings = {f"{role}_{name}" for role in ROLES if role not in ("onboarding", "awx_bootstrap") for name in SETTINGS[role]}
    assert set(handed) == settings | {listed.variable for listed in LISTS}


@every_role
def test_defaults_are_what_the_options_promise(role: str) -> None:
    assert _yaml(ROOT / "roles" / role / "defaults" / "main.yml") == {name: option["default"] for name, option in _role_options(role).items()}


@every_role
def test_every_option_is_described(role: str) -> None:
    def undescribed(options: Arguments, path: str) -> list[str]:
        missing = [f"{path}{name}" for name, option in options.items() if not option.get("description")]
        return missing + [found for name, option in options.items() for found in undescribed(option.get("options") or {}, f"{path}{name}.")]

    assert undescribed(_role_options(role), "") == []


@every_role
def test_the_readme_of_a_role_has_a_row_for_each_variable(role: str) -> None:
    rows = re.findall(rf"^\| `({role}_\w+)` \|", (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(_role_options(role))


def test_the_playbooks_hand_every_variable_to_the_role() -> None:
    handed = next(task["vars"] for task in _yaml(ROOT / "playbooks" / "tasks" / "carry_out_site.yml"))
    assert set(handed) == set(_role_options("onboarding"))
    # Whether it comes or goes is no property of a site.
    assert set(_yaml(ROOT / "playbooks" / "vars" / "reading.yml")["site_variables"]) == set(handed) - {
        "onboarding_state",
        "onboarding_purge",
        "onboarding_max_deletions",
    }


@every_list
def test_the_example_site_uses_every_kind_of_item(listed: Listed) -> None:
    items = _yaml(SITE).get(f"onboarding_{listed.of_onboarding}", [])
    # The domains of the site are all its own.
    assert bool(items) is (listed.name != "progress")
    assert all(set(item) <= set(_role_options(listed.role)[listed.variable]["options"]) for item in items)


@pytest.mark.parametrize(("variable", "key"), [("onboarding_geoip_rules", "locations"), ("onboarding_ip_reputation_rules", "tags")])
def test_the_example_site_lists_a_location_or_tag_once(variable: str, key: str) -> None:
    members = [member for item in _yaml(SITE)[variable] for member in item[key]]
    assert len(members) == len(set(members))


def test_the_embargo_of_the_example_site_is_a_long_list() -> None:
    embargo = next(rule for rule in _yaml(SITE)["onboarding_geoip_rules"] if rule["name"] == "embargo")
    assert len(embargo["locations"]) >= 40
