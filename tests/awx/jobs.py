# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX starts them: the data of extensions/awx rendered as AWX renders it, and run by ansible-runner in what an execution environment has."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import typing as t
from dataclasses import dataclass
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment

from plays import ROOT
from test_awx_data import content

PROJECT = ROOT / "extensions" / "awx" / "project"
Item = t.Mapping[str, t.Any]
# What AWX sets for every job, whatever its template says.
OF_EVERY_JOB = {
    "ANSIBLE_FORCE_COLOR": "True",
    "ANSIBLE_HOST_KEY_CHECKING": "False",
    "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
    "JOB_ID": "7",
}


def named(kind: str, name: str) -> dict[str, t.Any]:
    """An item of the data by its name."""
    (found,) = (one for one in content()[kind] if one["name"] == name)
    return found


def injected(kind: Item, inputs: Item, folder: Path) -> dict[str, str]:
    """The environment that a credential gives, with its files in a folder. What nobody fills comes out empty, but a boolean, which is False."""
    missing = {field["id"] for field in kind["inputs"]["fields"] if field["id"] in kind["inputs"]["required"] and not inputs.get(field["id"])}
    assert not missing, f"AWX does not run a job without {missing}"
    booleans = {field["id"]: False for field in kind["inputs"]["fields"] if field["type"] == "boolean"}
    names: dict[str, str] = {}
    values = {**booleans, **{key: value for key, value in inputs.items() if value != ""}, "tower": {"filename": names}}
    rendered = ImmutableSandboxedEnvironment()
    injectors = kind["injectors"]
    for label, template in injectors.get("file", {}).items():
        path = folder / f"file_{label.partition('.')[2]}"
        path.write_text(rendered.from_string(template).render(values), encoding="utf-8")
        path.chmod(0o600)
        names[label.partition(".")[2]] = str(path)
    return {name: rendered.from_string(template).render(values) for name, template in injectors["env"].items()}


def taken(question: Item, answer: t.Any) -> bool:
    """Whether AWX takes an answer, or a default, which it leaves out otherwise."""
    if question["type"] == "multiplechoice":
        return answer in question["choices"]
    if question["type"] == "integer":
        return isinstance(answer, int) and question["min"] <= answer <= question["max"]
    return isinstance(answer, str) and question["min"] <= len(answer) <= question["max"]


def variables(template: Item, answers: Item, artifacts: Item) -> str:
    """The file of extra variables: those of the template may be templates, and what comes from a person or from an earlier job may not."""
    survey = {question["variable"]: question for question in template.get("survey", [])}
    told = {name: question["default"] for name, question in survey.items() if taken(question, question["default"])}
    for name, answer in answers.items():
        assert taken(survey[name], answer) or (answer == "" and not survey[name]["required"]), f"AWX does not take {answer!r} for {name}"
    told |= {**answers, **artifacts}
    assert {name for name, question in survey.items() if question["required"]} <= set(told)
    lines = [
        f"{name}: {json.dumps(value)}" for name, value in {**template.get("extra_vars", {}), "awx_job_id": 7, "tower_job_id": 7}.items() if name not in told
    ]
    return "\n".join(["---", *lines, *(f"{name}: {'!unsafe ' if isinstance(value, str) else ''}{json.dumps(value)}" for name, value in told.items())]) + "\n"


def blank(template: Item) -> dict[str, str]:
    """Every answer that nobody has to give, empty."""
    return {question["variable"]: "" for question in template.get("survey", []) if not question["required"]}


@dataclass(frozen=True)
class Job:
    """What came of a job."""

    code: int
    output: str
    artifacts: dict[str, t.Any]
    changed: int
    folder: Path


def inventory(name: str = "Gatehouse site") -> dict[str, t.Any]:
    """An inventory of the data, as AWX hands it to a job."""
    hosts = {host["name"]: host["variables"] for host in named("awx_inventories", name)["hosts"]}
    return {"all": {"hosts": sorted(hosts)}, "_meta": {"hostvars": hosts}}


def written(folder: Path, inventory_: Item, environment: Item, extra: str, words: str, playbook: str) -> None:
    """The folder that a runner gets, with the project in it."""
    shutil.copytree(PROJECT, folder / "project")
    (folder / "inventory").mkdir()
    script = folder / "inventory" / "hosts"
    script.write_text(f"#! /usr/bin/env python3\nprint({json.dumps(inventory_)!r})\n", encoding="utf-8")
    script.chmod(0o700)
    (folder / "env" / "envvars").write_text(json.dumps({**OF_EVERY_JOB, **environment}), encoding="utf-8")
    (folder / "env" / "extravars").write_text(extra, encoding="utf-8")
    (folder / "env" / "cmdline").write_text(words, encoding="utf-8")
    (folder / "env" / "settings").write_text(json.dumps({"job_timeout": 200}), encoding="utf-8")
    assert (folder / "project" / playbook).exists()


@dataclass(frozen=True)
class Runner:
    """An environment with what an execution environment has, and the collection installed where it looks for collections."""

    place: Path
    collections: Path

    def ran(self, folder: Path, playbook: str) -> Job:
        """The job of a folder."""
        home = folder / "home"
        home.mkdir()
        clean = {
            "PATH": f"{self.place / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "HW_ENDPOINT_METADATA": "http://127.0.0.1:1",
            "NO_PROXY": "127.0.0.1",
        }
        command = [str(self.place / "bin" / "python"), "-m", "ansible_runner", "run", str(folder), "--playbook", playbook, "--ident", "job"]
        ended = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=240, check=False)
        # The runner writes down what it was started with, and AWX hides in it what is secret of the credential.
        (folder / "artifacts" / "job" / "command").unlink()
        (folder / "artifacts" / "printed").write_text(ended.stdout + ended.stderr, encoding="utf-8")
        events = [json.loads(path.read_text(encoding="utf-8")) for path in (folder / "artifacts" / "job" / "job_events").glob("*.json")]
        stats = next((one["event_data"] for one in events if one["event"] == "playbook_on_stats"), {})
        output = re.sub(r"\x1b\[[0-9;]*m", "", (folder / "artifacts" / "job" / "stdout").read_text(encoding="utf-8") + ended.stderr)
        return Job(ended.returncode, " ".join(output.split()), stats.get("artifact_data", {}), sum(stats.get("changed", {}).values()), folder)

    def job(self, folder: Path, template: Item, kind: Item, inputs: Item, answers: Item, artifacts: Item, site: str) -> Job:
        """A job of a template, with a credential, what a person answers, what earlier jobs hand on, and a site of its own, if any."""
        (folder / "env").mkdir(parents=True)
        words = ["-u root", *(["--check"] if template["job_type"] == "check" else []), *(["--diff"] if template.get("diff_mode") else [])]
        environment = injected(kind, inputs, folder / "env")
        written(folder, inventory(), environment, variables(template, answers, artifacts), " ".join(words), template["playbook"])
        if site:
            (folder / "project" / "site.yml").write_text(site, encoding="utf-8")
        return self.ran(folder, template["playbook"])
