# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that a person starts with a few answers: one domain, and an address that is let in for some hours."""

from __future__ import annotations

import contextlib
import json
import re
import typing as t
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from plays import SECRET, emulator, prepared, ran

NAMED = "gatehouse.huaweicloud."
GATEWAY = "storefront-gateway"
ALLOW = {
    "emergency_gateway": GATEWAY,
    "emergency_acl": "office",
    "emergency_address": "198.51.100.7",
    "emergency_hours": "4",
    "emergency_reason": "VPN is down",
}


@dataclass(frozen=True)
class Operator:
    """A person who starts playbooks, with their answers, on one emulated cloud."""

    folder: Path
    environment: dict[str, str]

    def control(self, what: str, body: t.Any = None) -> t.Any:
        """What the emulator says of itself."""
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.environment['HW_ENDPOINT']}/_emulator/{what}", content), timeout=30) as answer:
            return json.loads(answer.read())

    def ended(self, playbook: str, answers: t.Mapping[str, t.Any], *words: str, code: int = 0) -> str:
        """The output of a run, on one line."""
        run = ran(self.folder, self.environment, playbook if "/" in playbook else f"{NAMED}{playbook}", "--extra-vars", json.dumps(answers), *words)
        assert run.returncode == code, run.stdout + run.stderr
        assert SECRET not in run.stdout + run.stderr
        return " ".join(run.stdout.split())

    def acls(self) -> dict[str, set[str]]:
        """The entries of the access control policies by name."""
        return {one["acl_name"]: set(one["acl_value"].split(",")) for one in self.control("state")["gateways"][0]["acls"]}

    def make(self, **acls: t.Any) -> None:
        """Access control policies of the gateway, made by hand."""
        items = [{"gateway": GATEWAY, "name": name, "type": "permit", "entity_type": "ip", "entries": entries} for name, entries in acls.items()]
        path = self.folder / "by_hand.yml"
        task = {f"{NAMED}apig_acls": {"acls": items}}
        path.write_text(json.dumps([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
        self.ended(str(path), {})

    def writes(self) -> int:
        """How many requests have changed something."""
        return len([entry for entry in self.control("journal") if entry["write"]])


@contextlib.contextmanager
def operator(folder: Path) -> t.Iterator[Operator]:
    """One with a cloud of their own."""
    with emulator() as port:
        credentials = {"HW_ACCESS_KEY": "GATEHOUSEDEMOKEY0001", "HW_SECRET_KEY": SECRET, "HW_REGION_NAME": "cn-north-4"}
        yield Operator(folder, {**prepared(folder), "HW_ENDPOINT": f"http://127.0.0.1:{port}", **credentials})


def _records(acls: t.Mapping[str, set[str]]) -> dict[str, set[str]]:
    return {name: entries for name, entries in acls.items() if name.startswith("emergency_")}


def test_an_address_is_let_in_for_some_hours_and_only_it_is_taken_back(tmp_path: Path) -> None:
    with operator(tmp_path) as person:
        person.make(office=["192.0.2.0/24", "192.0.2.77"])
        before = person.acls()
        assert "changed=2 " in person.ended("emergency_allow", ALLOW, "--check", "--diff")
        assert person.acls() == before
        told = person.ended("emergency_allow", ALLOW)
        assert "changed=2 " in told and "VPN is down" in told
        held = person.acls()
        assert held["office"] == before["office"] | {"198.51.100.7"}
        ((name, entries),) = _records(held).items()
        end = datetime.strptime(name[10:22], "%Y%m%d%H%M").replace(tzinfo=timezone.utc)
        assert timedelta(hours=3, minutes=55) < end - datetime.now(timezone.utc) <= timedelta(hours=4)
        assert entries == {"198.51.100.7"}
        # Again, and for one that is permitted without an end: nothing.
        assert "changed=0 " in person.ended("emergency_allow", {**ALLOW, "emergency_hours": 9, "emergency_extend": ""})
        told = person.ended("emergency_allow", {**ALLOW, "emergency_address": "192.0.2.77/32"})
        assert "changed=0 " in told and "without an end, as before" in told
        assert person.acls() == held
        # Its hours are not over.
        assert "changed=0 " in person.ended("emergency_allow_ended", {"emergency_gateway": GATEWAY, "emergency_address": ""})
        # Longer, and never shorter.
        person.ended("emergency_allow", {**ALLOW, "emergency_hours": 9, "emergency_extend": "true"})
        (longer,) = _records(person.acls())
        assert longer > name
        assert "changed=0 " in person.ended("emergency_allow", {**ALLOW, "emergency_hours": 1, "emergency_extend": True})
        # Before its time, and after it: a record that is as old as this.
        early = {"emergency_gateway": GATEWAY, "emergency_address": "198.51.100.7"}
        assert "changed=2 " in person.ended("emergency_allow_ended", early, "--check")
        assert "changed=2 " in person.ended("emergency_allow_ended", early)
        assert person.acls() == before
        assert "Nothing in storefront-gateway is allowed for some hours" in person.ended("emergency_allow_ended", early, code=2)

        person.ended("emergency_allow", ALLOW)
        target = name[23:]
        person.make(**{f"emergency_202001010000_{target}": ["198.51.100.7", "198.51.100.9"], "office": [*before["office"], "198.51.100.7", "198.51.100.9"]})
        # What another record still holds stays, and so does what was there.
        person.ended("emergency_allow_ended", {"emergency_gateway": GATEWAY})
        held = person.acls()
        assert held["office"] == before["office"] | {"198.51.100.7"}
        assert len(_records(held)) == 1 and not [name for name in held if "202001010000" in name]
        assert "changed=0 " in person.ended("emergency_allow_ended", {"emergency_gateway": GATEWAY})


def test_no_policy_is_emptied_and_the_others_are_served(tmp_path: Path) -> None:
    with operator(tmp_path) as person:
        person.make(office=["198.51.100.7"], branch=["192.0.2.1", "198.51.100.7"])
        ids = {one["acl_name"]: one["id"] for one in person.control("state")["gateways"][0]["acls"]}
        person.make(**{f"emergency_202001010000_{ids[name]}": ["198.51.100.7"] for name in ("office", "branch")}, emergency_202001010000_gone=["192.0.2.9"])
        told = person.ended("emergency_allow_ended", {"emergency_gateway": GATEWAY}, code=2)
        assert "office would be empty" in told
        held = person.acls()
        assert held["office"] == {"198.51.100.7"} and held["branch"] == {"192.0.2.1"}
        assert set(_records(held)) == {f"emergency_202001010000_{ids['office']}"}


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"emergency_address": "0.0.0.0/0"}, "0.0.0.0/0 is too much"),
        ({"emergency_address": "198.51.100.0/23"}, "198.51.100.0/23 is too much"),
        ({"emergency_address": "0.0.0.0"}, "0.0.0.0 is too much"),
        ({"emergency_address": "2001:db8::/63"}, "2001:db8::/63 is too much"),
        ({"emergency_address": "198.51.100.1-198.51.100.9"}, "Say emergency_gateway"),
        ({"emergency_address": ""}, "Say emergency_gateway"),
        ({"emergency_hours": "73"}, "Say emergency_gateway"),
        ({"emergency_hours": "0"}, "Say emergency_gateway"),
        ({"emergency_reason": " "}, "Say emergency_gateway"),
        ({"emergency_address": "198.51.100.999"}, "198.51.100.999"),
        ({"emergency_acl": "nowhere"}, "Such policies are office."),
    ],
)
def test_an_emergency_is_not_more_than_it_is(emergency: Operator, answers: dict[str, str], refusal: str) -> None:
    written = emergency.writes()
    assert refusal in emergency.ended("emergency_allow", {**ALLOW, **answers}, code=2)
    assert emergency.writes() == written


@pytest.fixture(scope="module")
def emergency(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Operator]:
    """An operator whose gateway has one policy."""
    with operator(tmp_path_factory.mktemp("emergency")) as person:
        person.make(office=["192.0.2.1"])
        yield person


def test_a_domain_comes_from_answers_of_which_some_are_empty(tmp_path: Path) -> None:
    answers = {"new_domain": "new.example.com", "new_domain_origin": "203.0.113.5 [2001:db8::5]:8080", "new_domain_policy": "young"}
    unfilled = {"new_domain_enforcement": "", "new_domain_certificate": ""}
    with operator(tmp_path) as person:
        before = person.writes()
        assert "changed=0 " not in person.ended("onboard_domain", {**answers, **unfilled}, "--check", "--diff")
        assert person.writes() == before
        assert "then let DNS lead to" in person.ended("onboard_domain", {**answers, **unfilled})
        state = person.control("state")
        (domain,) = (one for one in state["domains"] if one["hostname"] == "new.example.com")
        assert sorted((one["address"], one["port"]) for one in domain["server"]) == [("2001:db8::5", 8080), ("203.0.113.5", 80)]
        assert "changed=0 " in person.ended("onboard_domain", {**answers, **unfilled})
        # A policy that other domains may be under is not changed for one of them.
        refused = person.ended("onboard_domain", {**answers, "new_domain_enforcement": "block"}, code=2)
        assert re.search(r"The policy young is in mode log, for new\.example\.com as well", refused)
        assert "Say new_domain" in person.ended("onboard_domain", {**answers, "new_domain_origin": "http://203.0.113.5"}, code=2)
        assert "Say new_domain" in person.ended("onboard_domain", {**answers, "new_domain_policy": "", "new_domain_enforcement": "log"}, code=2)
        plain = {"new_domain": "plain.example.com", "new_domain_origin": "203.0.113.6", "new_domain_policy": "", **unfilled}
        person.ended("onboard_domain", plain)
        assert "changed=0 " in person.ended("onboard_domain", plain)


def test_a_snapshot_goes_with_the_job_and_brings_back_what_was_there(tmp_path: Path) -> None:
    with operator(tmp_path) as person:
        harm = "{{ lookup('ansible.builtin.pipe', 'touch " + str(tmp_path / "harm") + "') }}"
        rule = {"policy": "storefront", "name": "embargo", "locations": ["Cuba"], "action": "block", "description": harm}
        for name, task in (("before.yml", rule), ("after.yml", {**rule, "locations": ["Peru"]})):
            text = json.dumps([{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [{f"{NAMED}waf_geoip_rule": task}]}])
            # What the account holds is no template, and neither is it one here.
            (tmp_path / name).write_text(text.replace(json.dumps(harm), f"!unsafe {json.dumps(harm)}"), encoding="utf-8")
        person.ended(str(tmp_path / "before.yml"), {})
        person.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "true"
        told = person.ended("export", {"export_snapshot": True, "export_file": ""})
        (snapshot,) = re.findall(r'"?restore_snapshot"?: "([A-Za-z0-9+/=]+)"', told)
        held = person.control("state")["policies"]
        person.ended(str(tmp_path / "after.yml"), {})
        assert person.control("state")["policies"] != held
        environment = {**person.environment, "TMPDIR": str(tmp_path)}
        back = Operator(tmp_path, environment)
        assert "changed=0 " not in back.ended("restore", {"restore_snapshot": snapshot, "site_file": ""}, "--check", "--diff")
        back.ended("restore", {"restore_snapshot": snapshot, "site_file": ""})
        assert [one["geoip_rules"][0]["geoip"] for one in person.control("state")["policies"]] == [one["geoip_rules"][0]["geoip"] for one in held]
        assert "changed=0 " in back.ended("restore", {"restore_snapshot": snapshot})
        assert "cannot be read" in back.ended("restore", {"restore_snapshot": "Oi06Oi0="}, code=2)
        assert not list(tmp_path.glob("gatehouse-snapshot-*")) and not (tmp_path / "harm").exists()
