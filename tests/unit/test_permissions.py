# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/permissions.md, the notes of the modules, and what the modules ask the cloud say the same."""

from __future__ import annotations

import importlib
import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from cloud import Cloud
from sites import RICH, exported
from test_laws import CASES
from wishes import SETS, done

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
IN_PYTHON = "ansible_collections.gatehouse.huaweicloud.plugins."
MODELS = {"roles and policies": (0, "1.1"), "identity policies": (1, "5.0")}
FINDS_THE_PROJECT = "KeystoneListProjects"
ACTION = re.compile(r"[a-z]+:[A-Za-z]+:[A-Za-z]+")
# What is asked for an id in the place of a name, where a list leaves something out, with a token, and of what is bound.
SELDOM = {"KeystoneValidateToken", "ListApisBindedToAclPolicyV2", "ShowPolicy", "ShowCompositeHost", "ConfirmIpReputationRule", "ShowGeoipRule"}


def table(heading: str) -> dict[str, list[str]]:
    """The tables below a heading, up to the next one: the first cell, and the others."""
    section = PAGE.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): cells[1:] for cells in lines}


def words(cell: str) -> list[str]:
    """What stands in a cell between backquotes."""
    return re.findall(r"`([^`]+)`", cell)


CALLS = {call: [words(cell) for cell in cells[:2]] for call, cells in table("## The actions of each call").items()}
USED = {module: [words(cell) for cell in cells] for module, cells in table("## The calls of each module").items()}


def actions(calls: t.Iterable[str], model: int) -> set[str]:
    """What the calls need in a model."""
    return {action for call in calls for action in CALLS[call][model]}


def policy(heading: str) -> dict[str, t.Any]:
    """The policy below a heading."""
    block = PAGE.partition(f"\n### {heading}\n")[2].partition("```json\n")[2].partition("```")[0]
    return dict(json.loads(block))


def notes(module: str) -> str:
    """What the fragments of a module say of permissions."""
    holder = importlib.import_module(f"{IN_PYTHON}doc_fragments.permissions").ModuleDocFragment
    known = yaml.safe_load(importlib.import_module(f"{IN_PYTHON}modules.{module}").DOCUMENTATION)
    prefix = "gatehouse.huaweicloud.permissions."
    used = [name.removeprefix(prefix).upper() for name in known["extends_documentation_fragment"] if name.startswith(prefix)]
    assert "gatehouse.huaweicloud.permissions" in known["extends_documentation_fragment"]
    return " ".join(note for name in used for note in yaml.safe_load(getattr(holder, name))["notes"])


def test_the_page_has_every_module_and_every_call_of_theirs() -> None:
    assert sorted(USED) == MODULES
    assert {call for module in USED.values() for calls in module for call in calls} | {FINDS_THE_PROJECT} == set(CALLS)
    known = {one["operation_id"] for name in ("waf", "apig", "workspace", "iam", "sts") for one in contract(name)["operations"]}
    assert set(CALLS) <= known


def contract(name: str) -> t.Any:
    """What the emulator knows of a service."""
    return json.loads((ROOT / "extensions" / "emulator" / "gatehouse_emulator" / "contracts" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", MODULES)
def test_the_notes_of_a_module_name_the_actions_of_its_calls(module: str) -> None:
    calls = [call for listed in USED[module] for call in listed]
    assert set(ACTION.findall(notes(module))) == actions(calls, 0) | actions(calls, 1)


@pytest.mark.parametrize("model", MODELS)
def test_the_policies_hold_the_actions_of_all_modules(model: str) -> None:
    number, version = MODELS[model]
    for heading, kinds in ((f"Reading, with {model}", 1), (f"Everything, with {model}", 2)):
        granted = policy(heading)
        assert granted["Version"] == version
        assert [statement["Effect"] for statement in granted["Statement"]] == ["Allow"]
        calls = [call for module in USED.values() for listed in module[:kinds] for call in listed]
        assert granted["Statement"][0]["Action"] == sorted(actions(calls, number)), heading
    assert policy("Finding the project, with roles and policies")["Statement"][0]["Action"] == CALLS[FINDS_THE_PROJECT][0]


@pytest.mark.usefixtures("slept")
def test_modules_make_the_calls_that_the_page_lists() -> None:
    made: dict[str, set[tuple[str, bool]]] = {module: set() for module in MODULES}

    def run(cloud: Cloud, module: str, options: t.Mapping[str, t.Any], check: bool = False) -> None:
        cloud.forget()
        done(cloud.run(module, {**options, "project_id": None}, check=check))
        made[module] |= {(entry["operation"], entry["write"]) for entry in cloud.journal()}

    for case in CASES:
        cloud = case.cloud()
        changed = {**case.identity, **case.second}
        for wish in (without_ids(case.wish), changed, {**changed, "state": "absent"}):
            run(cloud, case.module, wish, check=True)
            run(cloud, case.module, wish)
            run(cloud, f"{case.module}_info", case.place)
    run(Cloud(), "waf_access_progress", {"domain": "pay.example.com", "dns_switched": "completed"})
    run(Cloud(), "waf_policy", {"name": "checkout", "domains": ["pay.example.com"]})
    movable = Cloud({"policies": [{"name": "one"}], "domains": [{"hostname": "a.example.com", "mode": "cloud"}]})
    run(movable, "waf_domain", {"domain": "a.example.com", "policy": "one"})
    for module, singles in SETS.items():
        for cloud, wish in sets(module, singles):
            run(cloud, module, wish, check=True)
            run(cloud, module, wish)
    for module in ("caller_info", "waf_location_info", "waf_ip_reputation_tag_info", "waf_source_ip_info"):
        run(Cloud(), module, {})
    run(Cloud(RICH), "site_info", {})
    run(Cloud(RICH), "site_drift_info", {"site": exported(Cloud(RICH))})
    run(Cloud(), "waf_domain_check", {"domain": "pay.example.com", "checks": ["origin_reached"]})
    for module, (reads, writes) in USED.items():
        operations = {operation for operation, _write in made[module]} - {FINDS_THE_PROJECT}
        assert operations <= {*reads, *writes}, module
        assert {*reads, *writes} - operations <= SELDOM, module
        assert {operation for operation, write in made[module] if write} == set(writes), module
    assert all(FINDS_THE_PROJECT in CALLS and made[module] for module in MODULES)


def sets(module: str, singles: t.Sequence[str]) -> t.Iterator[tuple[Cloud, dict[str, t.Any]]]:
    """Sets in one place and in four, in which the object of a case is made, changed and removed, with the account of the case."""
    for single in singles:
        (case,) = [one for one in CASES if one.module == single]
        place, identity = case.place, {name: value for name, value in case.identity.items() if name not in case.place}
        cloud = case.cloud()
        for item in ({**identity, **case.first}, {**identity, **case.second}, {**identity, "state": "absent"}):
            yield cloud, set_of(module, single, [(place, item)])
        if "policy" in place:
            many = Cloud({"policies": [{"name": f"policy-{number}"} for number in range(4)]})
            yield many, set_of(module, single, [({"policy": f"policy-{number}"}, {**identity, **case.first}) for number in range(4)])
        else:
            # Of a change among many, what came of it is read by itself.
            acls = [{"acl_name": f"many_{number}", "acl_type": "DENY", "entity_type": "IP", "acl_value": "192.0.2.7"} for number in range(100)]
            yield (
                Cloud({"gateways": [{"name": "gateway", "acls": acls}], "limits": {"acls": 200}}),
                set_of(module, single, [({"gateway": "gateway"}, {**identity, **case.first})]),
            )


def set_of(module: str, single: str, listed: t.Sequence[tuple[t.Mapping[str, t.Any], t.Mapping[str, t.Any]]]) -> dict[str, t.Any]:
    """The options of a module about sets for objects in their places, one after the other, so that the cloud chooses the same ids each time."""
    if module == "waf_ruleset":
        return {"policies": [{**place, f"{single.removeprefix('waf_')}s": [item]} for place, item in listed], "max_concurrency": 1}
    return {"acls" if module == "apig_acls" else "rules": [{**place, **item} for place, item in listed], "max_concurrency": 1}


def without_ids(wish: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A wish whose users and groups have to be looked up by their names."""
    objects = [{name: value for name, value in one.items() if name != "id"} for one in wish.get("objects", ())]
    return {**wish, **({"objects": objects} if objects else {})}
