# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role awx_bootstrap with the modules of awx.awx, against a stand-in of a controller."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from beside import served
from controller import TOKEN, Controller, application
from plays import ROOT, Ended, prepared, ran

KEY = "fake-secret-0001-key-of-an-account"
PLAYBOOKS = sorted(path.name for path in (ROOT / "extensions" / "awx" / "project").glob("*.yml"))
VARIABLES = {
    "awx_bootstrap_image": "registry.example.com/edge/gatehouse-ee:0.1.0",
    "awx_bootstrap_project_url": "https://git.example.com/edge/site.git",
    "awx_bootstrap_credential_inputs": {"access_key": "AK0001", "secret_key": KEY, "region": "cn-north-4"},
}


@dataclass
class Person:
    """Who runs the role, in a folder, with a controller."""

    folder: Path
    host: str
    controller: Controller = field(default_factory=lambda: Controller(PLAYBOOKS))

    def ended(self, *words: str, token: str = TOKEN, collections: str = "", **variables: t.Any) -> Ended:
        """A run of the role."""
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "roles": ["gatehouse.huaweicloud.awx_bootstrap"]}
        (self.folder / "play.yml").write_text(json.dumps([play]), encoding="ascii")
        environment = prepared(self.folder)
        environment["ANSIBLE_COLLECTIONS_PATH"] += collections
        environment.update(CONTROLLER_HOST=self.host, CONTROLLER_OAUTH_TOKEN=token, HOME=str(self.folder))
        run = ran(self.folder, environment, "play.yml", "--extra-vars", json.dumps({**VARIABLES, **variables}), *words)
        assert KEY not in run.stdout + run.stderr and TOKEN not in run.stdout + run.stderr
        return run


@pytest.fixture
def person(tmp_path: Path) -> t.Iterator[Person]:
    """One with an empty controller, which has an organization."""
    controller = Controller(PLAYBOOKS)
    controller.put("organizations", {"name": "Default"})
    with served(application(controller)) as place:
        yield Person(tmp_path, f"http://{place}", controller)


def _changed(run: Ended) -> int:
    assert run.returncode == 0, run.stdout + run.stderr
    found = re.search(r"changed=(\d+)", run.stdout)
    assert found
    return int(found[1])


def test_everything_comes_once_and_goes_once(person: Person, awx: str) -> None:
    empty = len(person.controller.writes)
    assert _changed(person.ended("--check", collections=awx)) > 0
    assert len(person.controller.writes) == empty
    assert _changed(person.ended(collections=awx)) > 0
    held = {kind: sorted(str(one.get("name") or one.get("identifier")) for one in items.values()) for kind, items in person.controller.kinds.items()}
    assert len(held["job_templates"]) == 8 and len(held["workflow_job_template_nodes"]) == 8 and held["credentials"] == ["Gatehouse"]
    assert held["workflow_approval_templates"] == ["Apply in log mode?", "Enforce?"] and len(held["schedules"]) == 1 and held["hosts"] == ["localhost"]
    assert len(person.controller.surveys) == 6
    (kind,) = (one for one in person.controller.kinds["credential_types"].values() if one["name"] == "Huawei Cloud access key")
    # The templates of the injectors are for AWX, and not for the run that brings them.
    assert kind["injectors"]["env"]["HW_ACCESS_KEY"] == "{{ access_key }}"
    nodes = {one["identifier"]: number for number, one in person.controller.kinds["workflow_job_template_nodes"].items()}
    assert person.controller.links["workflow_job_template_nodes", nodes["verify"], "failure_nodes"] == [nodes["restore"]]
    assert person.controller.kinds["workflow_job_template_nodes"][nodes["apply"]]["extra_data"] == {"site_enforcement": "log"}

    written = len(person.controller.writes)
    again = person.ended(collections=awx)
    assert _changed(again) == 0, again.stdout
    assert person.controller.writes[written:] == []
    assert _changed(person.ended("--check", collections=awx)) == 0

    person.controller.put("job_templates", {**next(iter(person.controller.kinds["job_templates"].values())), "id": 999, "name": "of others"})
    assert _changed(person.ended(collections=awx, awx_bootstrap_state="absent")) > 0
    left = {kind: [one["name"] for one in items.values()] for kind, items in person.controller.kinds.items() if items and kind != "workflow_approval_templates"}
    assert left == {"organizations": ["Default"], "job_templates": ["of others"]}
    assert _changed(person.ended(collections=awx, awx_bootstrap_state="absent")) == 0


def test_what_cannot_be_used_is_told_before_anything_is_written(person: Person, awx: str) -> None:
    empty = len(person.controller.writes)
    for run, told in (
        (person.ended(), "The collection awx.awx is not installed."),
        (person.ended(collections=awx, token="fake-secret-0002-wrong"), "The controller cannot be used"),
        (Person(person.folder, "http://127.0.0.1:1").ended(collections=awx), "The controller cannot be used"),
        (person.ended(collections=awx, awx_bootstrap_image=""), "Say awx_bootstrap_image"),
    ):
        assert run.returncode == 2
        assert told in " ".join(run.stdout.split()), run.stdout
    assert len(person.controller.writes) == empty


def test_a_credential_that_a_person_makes_comes_between_two_runs(person: Person, awx: str) -> None:
    for words in (["--check"], []):
        run = person.ended(*words, collections=awx, awx_bootstrap_credential_inputs={})
        assert run.returncode == 2
        assert "There is no credential Gatehouse." in " ".join(run.stdout.split()), run.stdout
    kinds = {one["name"]: number for number, one in person.controller.kinds["credential_types"].items()}
    assert sorted(kinds) == ["Huawei Cloud access key", "Huawei Cloud profiles"]
    assert not person.controller.kinds["projects"] and not person.controller.kinds["execution_environments"]
    person.controller.put(
        "credentials", {"name": "Gatehouse", "organization": 1, "credential_type": kinds["Huawei Cloud profiles"], "inputs": {"profiles": KEY}}
    )
    assert _changed(person.ended(collections=awx, awx_bootstrap_credential_inputs={})) > 0
    assert len(person.controller.kinds["job_templates"]) == 8 and list(person.controller.kinds["credentials"])
    # What a person has made stays, and so does its type, which AWX keeps while it is used.
    taken_back = person.ended(collections=awx, awx_bootstrap_credential_inputs={}, awx_bootstrap_state="absent")
    assert [one["name"] for one in person.controller.kinds["credentials"].values()] == ["Gatehouse"], taken_back.stdout
