# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content for AWX keeps AWX's rules, as far as they can be told from the data: what AWX would refuse, or take and then fail with, is refused here."""

from __future__ import annotations

import copy
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, meta

ROOT = Path(__file__).resolve().parents[2]
AWX = ROOT / "extensions" / "awx"
KINDS = ("credential_types", "execution_environments", "projects", "inventories", "job_templates", "workflow")
FORMS = {"text", "textarea", "password", "multiplechoice", "multiselect", "integer", "float"}
NUMBERS = {"integer": int, "float": float}
Content = dict[str, list[dict[str, t.Any]]]


class _Loader(yaml.SafeLoader):
    """YAML whose texts may be marked as no templates."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def content() -> Content:
    """All lists by name."""
    return {name: items for kind in KINDS for name, items in yaml.load((AWX / f"{kind}.yml").read_text(encoding="utf-8"), _Loader).items()}


def complaints(awx: Content) -> list[str]:
    """What AWX would not take, or what leads nowhere."""
    return [*_of_names(awx), *_of_credentials(awx), *_of_templates(awx), *_of_workflows(awx), *_of_inventories(awx)]


def _of_names(awx: Content) -> t.Iterator[str]:
    for kind, items in awx.items():
        names = [item["name"] for item in items]
        yield from (f"{kind}: {name} is there twice" for name in set(names) if names.count(name) > 1)
        yield from (f"{kind}: {name} is longer than 512 characters" for name in names if not 0 < len(name) <= 512)


def _of_credentials(awx: Content) -> t.Iterator[str]:
    for kind in awx["awx_credential_types"]:
        name = kind["name"]
        if kind["kind"] not in ("cloud", "net"):
            yield f"{name}: only cloud and net are for types of one's own"
        fields = {field["id"]: field for field in kind["inputs"]["fields"]}
        if len(fields) != len(kind["inputs"]["fields"]):
            yield f"{name}: a field is there twice"
        yield from (f"{name}: {one} is required and no field" for one in kind["inputs"].get("required", []) if one not in fields)
        for field in fields.values():
            if set(field) - {"id", "label", "type", "help_text", "secret", "multiline", "format", "choices", "default", "ask_at_runtime"}:
                yield f"{name}: {field['id']} has a key that AWX does not know"
            if field["type"] not in ("string", "boolean") or "label" not in field:
                yield f"{name}: {field['id']} has no type or label"
            if field["type"] == "boolean" and {"secret", "multiline"} & set(field):
                yield f"{name}: the boolean {field['id']} can neither be secret nor have lines"
            if field["id"] == "tower" or not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", field["id"]):
                yield f"{name}: {field['id']} is no name of a field"
        injectors = kind["injectors"]
        files = {key.partition(".")[2] for key in injectors.get("file", {})}
        known = {f"filename.{one}" if one else "filename" for one in files}
        for kinds in set(injectors) - {"env", "file", "extra_vars"}:
            yield f"{name}: {kinds} is no way of injecting"
        for variable, template in [pair for way in injectors.values() for pair in way.items()]:
            parsed = Environment(autoescape=True).parse(template)
            yield from (f"{name}: {variable} is made of {one}, which is no field" for one in meta.find_undeclared_variables(parsed) - set(fields) - {"tower"})
            yield from (f"{name}: {variable} is made of tower.{one}" for one in re.findall(r"tower\.([a-z.]+)", template) if one not in known)
        for variable in injectors.get("env", {}):
            if variable.startswith("ANSIBLE_") or not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", variable):
                yield f"{name}: AWX lets no type set {variable}"


def _fits(question: dict[str, t.Any]) -> bool:
    """Whether the default of a question is one of its answers; an empty text is none at all."""
    default, number = question["default"], NUMBERS.get(question["type"])
    if number:
        return isinstance(default, number) and question["min"] <= default <= question["max"]
    return isinstance(default, str) and (default == "" or question["min"] <= len(default) <= question["max"])


def _of_surveys(name: str, survey: list[dict[str, t.Any]]) -> t.Iterator[str]:
    variables = [question["variable"] for question in survey]
    yield from (f"{name}: {one} is asked twice" for one in set(variables) if variables.count(one) > 1)
    for question in survey:
        asked = f"{name}: {question['variable']}"
        form, default = question["type"], question["default"]
        if form not in FORMS or not isinstance(question["required"], bool) or not question["question_description"] or " " in question["variable"]:
            yield f"{asked} is no question"
        if ("choices" in question) != form.startswith("multi"):
            yield f"{asked} has choices, or lacks them"
        if "choices" in question and not all(isinstance(one, str) and one for one in question["choices"]):
            yield f"{asked} has a choice that is no text"
        if "choices" in question and default not in ("", *question["choices"]):
            yield f"{asked} has a default that is no choice"
        if form in ("text", "textarea", "integer") and not all(isinstance(question.get(limit), int) for limit in ("min", "max")):
            yield f"{asked} has no limits"
        elif not form.startswith("multi") and not _fits(question):
            yield f"{asked} has a default outside its limits"
        if question["required"] and form == "text" and question["min"] < 1:
            yield f"{asked} is required and may be empty"


def _of_templates(awx: Content) -> t.Iterator[str]:
    for one in awx["awx_job_templates"]:
        if one["job_type"] not in ("run", "check"):
            yield f"{one['name']}: there is no job type {one['job_type']}"
        wrapper = AWX / "project" / one["playbook"]
        if not wrapper.exists():
            yield f"{one['name']}: there is no playbook {one['playbook']}"
            continue
        (imported,) = (play["ansible.builtin.import_playbook"] for play in yaml.safe_load(wrapper.read_text(encoding="utf-8")))
        playbook = ROOT / "playbooks" / f"{imported.rpartition('.')[2]}.yml"
        if not playbook.exists() or not imported.startswith("gatehouse.huaweicloud."):
            yield f"{one['name']}: there is no playbook {imported}"
            continue
        # What it is told has to be among what the playbook says of itself.
        said = playbook.read_text(encoding="utf-8")
        said += (ROOT / "playbooks" / "vars" / "reading.yml").read_text(encoding="utf-8") if "vars/reading.yml" in said else ""
        told = {*one.get("extra_vars", {}), *(question["variable"] for question in one.get("survey", []))}
        yield from (f"{one['name']}: {imported} does not know {variable}" for variable in sorted(told) if not re.search(rf"\b{variable}\b", said))
        yield from _of_surveys(one["name"], one.get("survey", []))
        if "schedule" in one:
            rule = one["schedule"]["rrule"]
            if not re.fullmatch(r"DTSTART:\d{8}T\d{6}Z RRULE:FREQ=(MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY);INTERVAL=\d+(;.*)?", rule):
                yield f"{one['name']}: {rule} is no schedule that AWX takes"
            if any(question["required"] and question["default"] == "" for question in one.get("survey", [])):
                yield f"{one['name']}: nobody answers what its schedule has to be told"


def _of_workflows(awx: Content) -> t.Iterator[str]:
    templates = {one["name"]: one for one in awx["awx_job_templates"]}
    for workflow in awx["awx_workflows"]:
        name, nodes = workflow["name"], {node["identifier"]: node for node in workflow["nodes"]}
        after = {key: [*node.get("success", []), *node.get("failure", []), *node.get("always", [])] for key, node in nodes.items()}
        if len(nodes) != len(workflow["nodes"]):
            yield f"{name}: a node is there twice"
        for key, node in nodes.items():
            yield from (f"{name}: {key} leads to {one}, which is not there" for one in after[key] if one not in nodes)
            if set(node.get("always", [])) & {*node.get("success", []), *node.get("failure", [])}:
                yield f"{name}: {key} leads to one node in two ways"
            if ("job_template" in node) == ("approval" in node):
                yield f"{name}: {key} is neither a job template nor an approval, or both"
            elif "approval" not in node and node["job_template"] not in templates:
                yield f"{name}: there is no job template {node['job_template']}"
            elif "approval" not in node:
                survey = {question["variable"]: question for question in templates[node["job_template"]].get("survey", [])}
                for variable, answer in node.get("answers", {}).items():
                    if variable not in survey or answer not in survey[variable].get("choices", [answer]):
                        yield f"{name}: {key} answers what nobody asks, or as nobody can: {variable}"
                yield from (f"{name}: {key} has no {one}" for one, asked in survey.items() if asked["required"] and asked["default"] == "")
        left = set(nodes)
        while ends := {key for key in left if not set(after[key]) & left}:
            left -= ends
        if left:
            yield f"{name}: {', '.join(sorted(left))} lead back to themselves"


def _of_inventories(awx: Content) -> t.Iterator[str]:
    for one in awx["awx_inventories"]:
        source = one.get("source", {})
        if source and source["project"] not in [project["name"] for project in awx["awx_projects"]]:
            yield f"{one['name']}: there is no project {source['project']}"
        if source and not (AWX / "project" / source["source_path"]).exists():
            yield f"{one['name']}: there is no file {source['source_path']}"


def test_the_content_keeps_the_rules() -> None:
    awx = content()
    assert all(awx.values())
    assert complaints(awx) == []


def _spoilt(*path: t.Any, value: t.Any) -> Content:
    """The content with one thing changed."""
    awx = copy.deepcopy(content())
    place: t.Any = awx
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return awx


TYPE = ("awx_credential_types", 0)
APPLY = ("awx_job_templates", 1)
NODES = ("awx_workflows", 0, "nodes")


@pytest.mark.parametrize(
    ("awx", "complaint"),
    [
        (_spoilt(*TYPE, "injectors", "env", "ANSIBLE_FORCE_COLOR", value="1"), "AWX lets no type set ANSIBLE_FORCE_COLOR"),
        (_spoilt(*TYPE, "injectors", "env", "HW_PROFILE", value="{{ nowhere }}"), "is made of nowhere, which is no field"),
        (_spoilt("awx_credential_types", 1, "injectors", "env", "X", value="{{ tower.filename.y }}"), "X is made of tower.filename.y"),
        (_spoilt(*TYPE, "inputs", "required", value=["nowhere"]), "nowhere is required and no field"),
        (_spoilt(*TYPE, "inputs", "fields", 7, "secret", value=True), "the boolean insecure can neither be secret"),
        (_spoilt(*APPLY, "playbook", value="nowhere.yml"), "there is no playbook nowhere.yml"),
        (_spoilt(*APPLY, "extra_vars", "site_fiel", value="x"), "does not know site_fiel"),
        (_spoilt(*APPLY, "survey", 0, "default", value="loud"), "site_enforcement has a default that is no choice"),
        (_spoilt(*APPLY, "survey", 0, "type", value="text"), "site_enforcement has choices, or lacks them"),
        (_spoilt("awx_job_templates", 6, "survey", 4, "max", value=3), "emergency_hours has a default outside its limits"),
        (_spoilt("awx_job_templates", 2, "schedule", "rrule", value="RRULE:FREQ=SECONDLY"), "is no schedule that AWX takes"),
        (_spoilt(*NODES, 0, "success", value=["nowhere"]), "export leads to nowhere, which is not there"),
        (_spoilt(*NODES, 7, "success", value=["export"]), "lead back to themselves"),
        (_spoilt(*NODES, 3, "answers", value={"site_enforcement": "loud"}), "apply answers what nobody asks, or as nobody can"),
        (_spoilt("awx_inventories", 1, "source", "source_path", value="nowhere.yml"), "there is no file nowhere.yml"),
    ],
)
def test_what_awx_would_not_take_is_seen(awx: Content, complaint: str) -> None:
    assert complaint in "\n".join(complaints(awx))


def test_a_workflow_goes_back_to_the_snapshot_only_after_something_was_applied() -> None:
    (workflow,) = content()["awx_workflows"]
    back = {node["identifier"] for node in workflow["nodes"] if "restore" in node.get("failure", [])}
    assert back == {"apply", "enforce", "verify"}
    approved = {one: node["identifier"] for node in workflow["nodes"] if "approval" in node for one in node["success"]}
    assert set(approved) == {"apply", "enforce"}
