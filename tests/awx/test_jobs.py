# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every job template, run by ansible-runner with what AWX would give it, against the emulator."""

from __future__ import annotations

import base64
import json
import typing as t
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gatehouse_emulator.account import DEMO, REGION
from jobs import PROJECT, Job, Runner, blank, named
from leaks import Secret, found, left_behind, secret
from plays import emulator

GATEWAY = "storefront-gateway"
KEY = "GATEHOUSEJOBSKEY0001"
ALLOW = {"emergency_gateway": GATEWAY, "emergency_acl": "office", "emergency_address": "198.51.100.7", "emergency_reason": "VPN is down", "emergency_hours": 4}
DOMAIN = {"new_domain": "new.example.com", "new_domain_origin": "203.0.113.5 203.0.113.6:8080", "new_domain_policy": "storefront"}


@dataclass
class Team:
    """Who starts jobs on a controller, with a credential for one emulated cloud."""

    folder: Path
    runner: Runner
    url: str
    hidden: Secret
    # What is in the site file; that of the project unless it is set.
    site: str = ""
    jobs: list[Job] = field(default_factory=list)

    def control(self, what: str, body: t.Any = None) -> t.Any:
        """What the emulator says of itself."""
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/_emulator/{what}", content), timeout=30) as answer:
            return json.loads(answer.read())

    def job(self, name: str, answers: t.Mapping[str, t.Any] | None = None, artifacts: t.Mapping[str, t.Any] | None = None, profiles: bool = False) -> Job:
        """A job of a template, by the last words of its name; no secret is in what it shows and keeps."""
        template = named("awx_job_templates", f"Gatehouse: {name}")
        inputs: dict[str, t.Any] = {"access_key": KEY, "secret_key": self.hidden.text, "region": REGION, "endpoint": self.url}
        if profiles:
            keys = {"name": "shop", "mode": "AKSK", "accessKeyId": KEY, "secretAccessKey": self.hidden.text, "region": REGION}
            inputs = {"profiles": json.dumps({"current": "shop", "profiles": [keys]}), "endpoint": self.url, "region": ""}
        kind = named("awx_credential_types", "Huawei Cloud profiles" if profiles else "Huawei Cloud access key")
        folder = self.folder / f"job{len(self.jobs)}"
        self.jobs.append(self.runner.job(folder, template, kind, inputs, answers or {}, artifacts or {}, self.site))
        for part in ("artifacts", "home", "project", "inventory"):
            leaks = [f"{name}: {line}" for name, text in left_behind(folder / part).items() for line in found(text, [self.hidden])]
            assert not leaks, leaks
        return self.jobs[-1]

    def held(self) -> t.Any:
        """What the account holds of what the jobs are about."""
        state = self.control("state")
        return {key: state[key] for key in ("policies", "domains", "gateways")}

    def writes(self) -> int:
        """How many requests have changed something."""
        return len([entry for entry in self.control("journal") if entry["write"]])

    def acls(self) -> dict[str, set[str]]:
        """The entries of the access control policies by name."""
        return {one["acl_name"]: set(one["acl_value"].split(",")) for one in self.control("state")["gateways"][0].get("acls", [])}


def done(job: Job, changed: int | None = None) -> Job:
    """A job that did what it was asked, and changed so many things, or any number of them but none."""
    assert job.code == 0, job.output
    assert job.changed == changed if changed is not None else job.changed > 0, job.output
    return job


@pytest.fixture
def team(tmp_path: Path, runner: Runner) -> t.Iterator[Team]:
    """One with the demo account and a key of their own."""
    hidden = secret("the key of the jobs", between="-")
    gateway = {**DEMO["gateways"][0], "acls": [{"acl_name": "office", "acl_type": "PERMIT", "acl_value": "192.0.2.0/24", "entity_type": "IP"}]}
    with emulator() as port:
        mine = Team(tmp_path, runner, f"http://127.0.0.1:{port}", hidden)
        policy = {**DEMO["policies"][0], "action": {"category": "log"}, "level": 1}
        mine.control("reset", {**DEMO, "policies": [policy], "keys": [{"access_key": KEY, "secret_key": hidden.text}], "gateways": [gateway]})
        yield mine


def test_a_roll_out_comes_and_goes_back_to_its_snapshot(team: Team) -> None:
    before = team.held()
    snapshot = done(team.job("export"), 0).artifacts
    assert set(snapshot) == {"restore_snapshot"}
    team.site = base64.b64decode(snapshot["restore_snapshot"]).decode()
    # In a workflow every later job is told of the snapshot.
    assert "0 differ from the site" in done(team.job("drift report", {}, snapshot), 0).output
    team.site = ""
    done(team.job("plan", blank(named("awx_job_templates", "Gatehouse: plan")), snapshot), 1)
    assert team.held() == before and not team.writes()
    done(team.job("apply", {"site_enforcement": "log"}, snapshot), 1)
    assert _modes(team) == [("log", 2)]
    done(team.job("apply", {"site_enforcement": "block"}, snapshot), 1)
    assert _modes(team) == [("block", 2)]
    written = team.writes()
    # As the site file says, which is the same.
    done(team.job("apply", profiles=True), 0)
    team.site = base64.b64decode(snapshot["restore_snapshot"]).decode()
    report = team.job("drift report", profiles=True)
    assert report.code != 0 and "1 differ from the site" in report.output, report.output
    assert 'onboarding_policies: storefront", " level: "low" -> "medium"", " mode: "log" -> "block"' in report.output.replace("\\", ""), report.output
    assert team.writes() == written
    team.site = ""
    done(team.job("restore", {"restore_snapshot": ""}, snapshot), 1)
    assert team.held() == before
    # A person may paste it as well.
    done(team.job("restore", dict(snapshot)), 0)
    for job in team.jobs:
        assert sorted(path.name for path in (job.folder / "project").iterdir()) == sorted(path.name for path in PROJECT.iterdir())


def _modes(team: Team) -> list[tuple[str, int]]:
    """Mode and level of each policy."""
    return [(one["action"]["category"], one["level"]) for one in team.held()["policies"]]


def test_a_domain_comes_from_a_survey(team: Team) -> None:
    unfilled = blank(named("awx_job_templates", "Gatehouse: onboard a domain"))
    done(team.job("onboard a domain", {**unfilled, **DOMAIN}))
    (domain,) = (one for one in team.held()["domains"] if one["hostname"] == "new.example.com")
    assert sorted((one["address"], one["port"]) for one in domain["server"]) == [("203.0.113.5", 80), ("203.0.113.6", 8080)]
    done(team.job("onboard a domain", DOMAIN, profiles=True), 0)


def test_an_address_is_let_in_and_taken_back(team: Team) -> None:
    before = team.acls()
    told = done(team.job("emergency allow", {**blank(named("awx_job_templates", "Gatehouse: emergency allow")), **ALLOW}), 2)
    assert told.artifacts["emergency_allowed"]["reason"] == "VPN is down"
    assert team.acls()["office"] == before["office"] | {"198.51.100.7"}
    done(team.job("emergency allow ended", {"emergency_gateway": GATEWAY}), 0)
    done(team.job("emergency allow ended", {"emergency_gateway": GATEWAY, "emergency_address": "198.51.100.7"}, profiles=True), 2)
    assert team.acls() == before
    # What a survey lets through, the playbook still judges.
    refused = team.job("emergency allow", {**ALLOW, "emergency_address": "198.51.0.0/16"})
    assert refused.code != 0 and "198.51.0.0/16 is too much for an emergency" in refused.output
    assert team.acls() == before
