# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that a person starts with a few answers: one domain, and an address that is let in for some hours."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import typing as t
import urllib.request
from calendar import isleap
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import yaml

from gatehouse_emulator.account import DEMO
from plays import ROOT, SECRET, emulator, prepared, ran

NAMED = "gatehouse.huaweicloud."
GATEWAY = "storefront-gateway"
RECORD = f"emergency_209901010000_{'0' * 32}"
ALLOW = {
    "emergency_gateway": GATEWAY,
    "emergency_acl": "office",
    "emergency_address": "198.51.100.7",
    "emergency_hours": "4",
    "emergency_reason": "VPN is down",
}


def _acls(state: t.Mapping[str, t.Any]) -> dict[str, set[str]]:
    return {one["acl_name"]: set(one["acl_value"].split(",")) for gateway in state["gateways"] for one in gateway["acls"]}


def answered(playbook: str, **answers: t.Any) -> dict[str, t.Any]:
    """A playbook with its answers, as a step of a run."""
    return {"ansible.builtin.import_playbook": f"{NAMED}{playbook}", "vars": answers}


def by_hand(**acls: list[str]) -> dict[str, t.Any]:
    """A play that makes access control policies, or fills them."""
    items = [{"gateway": GATEWAY, "name": name, "type": "permit", "entity_type": "ip", "entries": entries} for name, entries in acls.items()]
    return {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [{f"{NAMED}apig_acls": {"acls": items}}]}


@dataclass(frozen=True)
class Step:
    """What one playbook of a run told, which access control policies there are after it, and the requests of it that changed something."""

    told: str
    acls: dict[str, set[str]]
    writes: list[str]

    @property
    def records(self) -> dict[str, set[str]]:
        """The ends that are written down."""
        return _records(self.acls)


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
        return _acls(self.control("state"))

    def make(self, **acls: list[str]) -> None:
        """An account whose gateway has these access control policies, which permit addresses; but one whose name says that it denies them."""
        made = [
            {"acl_name": name, "acl_type": "DENY" if name == "denied" else "PERMIT", "entity_type": "IP", "acl_value": ",".join(entries)}
            for name, entries in acls.items()
        ]
        self.control("reset", {**DEMO, "gateways": [{**DEMO["gateways"][0], "acls": made}]})

    def let_through(self, playbook: str, answers: t.Mapping[str, t.Any], refused: t.Sequence[tuple[dict[str, str], str]]) -> list[tuple[t.Any, t.Any]]:
        """Answers that are not refused as they should, with what is told instead.

        The tasks of the playbook are carried out once for each, and on after a refusal: a run for each would take ten times as long.
        """
        folder = ROOT / "playbooks"
        (play,) = yaml.safe_load((folder / f"{playbook}.yml").read_text(encoding="utf-8"))
        (self.folder / "tasks.yml").write_text(json.dumps(play["tasks"]), encoding="utf-8")
        cases = [
            {
                "block": [{"ansible.builtin.include_tasks": str(self.folder / "tasks.yml"), "vars": {**answers, **others}}],
                "rescue": [{"ansible.builtin.debug": {"msg": f"REFUSED {number} {{{{ ansible_failed_result.msg }}}} DESUFER"}}],
            }
            for number, (others, _refusal) in enumerate(refused)
        ]
        files = [str(folder / name) for name in play.get("vars_files", [])]
        (self.folder / "cases.yml").write_text(json.dumps([{**play, "vars_files": files, "tasks": cases}]), encoding="utf-8")
        told = dict(re.findall(r"REFUSED (\d+) (.*?) DESUFER", self.ended(str(self.folder / "cases.yml"), {})))
        return [(others, told.get(str(number))) for number, (others, refusal) in enumerate(refused) if refusal not in told.get(str(number), "")]

    def in_turn(self, *steps: t.Mapping[str, t.Any]) -> list[Step]:
        """What one run of several playbooks, or plays, came to after each of them."""
        seen = [f"lookup('ansible.builtin.url', '{self.environment['HW_ENDPOINT']}/_emulator/{what}', split_lines=false)" for what in ("state", "journal")]
        # In letters that nothing takes for a template, or for JSON.
        told = {"ansible.builtin.debug": {"msg": f"SEEN {{{{ ({seen[0]} ~ '|' ~ {seen[1]}) | b64encode }}}} NEES"}}
        look = {"hosts": "localhost", "gather_facts": False, "tasks": [told]}
        path = self.folder / "in_turn.yml"
        path.write_text(json.dumps([play for step in steps for play in (step, look)]), encoding="utf-8")
        known = len(self.control("journal"))
        # What each has told, and what was seen then, and so on; last comes the recap.
        parts = re.split(r"SEEN (\S+) NEES", self.ended(str(path), {}))
        assert len(parts) == 2 * len(steps) + 1
        came = []
        for told_then, seen_then in zip(parts[::2], parts[1::2]):
            state, journal = (json.loads(part) for part in base64.b64decode(seen_then).decode().split("|", 1))
            came.append(Step(told_then, _acls(state), [entry["operation"] for entry in journal[known:] if entry["write"]]))
            known = len(journal)
        return came

    def writes(self) -> int:
        """How many requests have changed something."""
        return len([entry for entry in self.control("journal") if entry["write"]])


@contextlib.contextmanager
def operator(folder: Path) -> t.Iterator[Operator]:
    """One with a cloud of their own."""
    with emulator() as port:
        credentials = {"HW_ACCESS_KEY": "GATEHOUSEDEMOKEY0001", "HW_SECRET_KEY": SECRET, "HW_REGION_NAME": "cn-north-4"}
        yield Operator(folder, {**prepared(folder), "HW_ENDPOINT": f"http://127.0.0.1:{port}", "TZ": changing(datetime.now(timezone.utc)), **credentials})


def changing(now: datetime) -> str:
    """A time zone that is as UTC now, and changes to summer time within two hours."""
    day = now.timetuple().tm_yday - (now.timetuple().tm_yday > 59 and isleap(now.year))
    return f"XXX0YYY,J{day}/{now.hour + 1}:59,J{(day + 90) % 365 + 1}/2"


def _records(acls: t.Mapping[str, set[str]]) -> dict[str, set[str]]:
    return {name: entries for name, entries in acls.items() if name.startswith("emergency_")}


def test_an_address_is_let_in_for_some_hours_and_only_it_is_taken_back(tmp_path: Path) -> None:
    with operator(tmp_path) as person:
        person.make(office=["192.0.2.0/24", "192.0.2.77"])
        before = person.acls()
        (target,) = (one["id"] for one in person.control("state")["gateways"][0]["acls"])
        assert "changed=2 " in person.ended("emergency_allow", ALLOW, "--check", "--diff")
        assert person.writes() == 0
        let_in, again, lasting, not_over, longer, not_shorter = person.in_turn(
            answered("emergency_allow", **ALLOW),
            # Again, and for one that is permitted without an end: nothing.
            answered("emergency_allow", **{**ALLOW, "emergency_hours": 9, "emergency_extend": ""}),
            answered("emergency_allow", **{**ALLOW, "emergency_address": "192.0.2.77/32"}),
            # Its hours are not over.
            answered("emergency_allow_ended", emergency_gateway=GATEWAY, emergency_address=""),
            # Longer, and never shorter.
            answered("emergency_allow", **{**ALLOW, "emergency_hours": 9, "emergency_extend": "true"}),
            answered("emergency_allow", **{**ALLOW, "emergency_hours": 1, "emergency_extend": True}),
        )
        # The end comes first, so that a run that breaks off lets nothing in for good.
        assert let_in.writes == ["CreateAclStrategyV2", "UpdateAclStrategyV2"]
        assert "VPN is down" in let_in.told and "without an end, as before" in lasting.told and "without an end" not in let_in.told
        assert let_in.acls["office"] == before["office"] | {"198.51.100.7"}
        ((name, entries),) = let_in.records.items()
        end = datetime.strptime(name[10:22], "%Y%m%d%H%M").replace(tzinfo=timezone.utc)
        assert timedelta(hours=3, minutes=50) < end - datetime.now(timezone.utc) <= timedelta(hours=4)
        assert entries == {"198.51.100.7"} and name[23:] == target
        assert again.writes == lasting.writes == not_over.writes == not_shorter.writes == []
        ((later, entries),) = longer.records.items()
        assert later > name and entries == {"198.51.100.7"} and longer.acls["office"] == let_in.acls["office"]
        assert longer.writes == ["CreateAclStrategyV2", "DeleteAclV2"]

        # Before its time.
        early = {"emergency_gateway": GATEWAY, "emergency_address": "198.51.100.7"}
        assert "changed=2 " in person.ended("emergency_allow_ended", early, "--check")
        assert person.acls() == longer.acls
        old, far = f"emergency_202001010000_{target}", f"emergency_209901010000_{target}"
        more = [*sorted(before["office"]), "198.51.100.7"]
        taken_back, _allowed, _made, over, _over_again, _made_too, kept, ended = person.in_turn(
            answered("emergency_allow_ended", **early),
            # What another record still holds stays when the hours of one are over, and so does what was there.
            answered("emergency_allow", **ALLOW),
            by_hand(**{old: ["198.51.100.7", "198.51.100.9"], "office": [*more, "198.51.100.9"]}),
            answered("emergency_allow_ended", emergency_gateway=GATEWAY),
            answered("emergency_allow_ended", emergency_gateway=GATEWAY),
            # And what else a record holds stays in it.
            by_hand(**{far: ["198.51.100.7", "198.51.100.8"], "office": [*more, "198.51.100.8"]}),
            answered("emergency_allow", **ALLOW),
            answered("emergency_allow_ended", **early),
        )
        assert taken_back.acls == before
        # The end goes last, so that the next run makes good what breaks off.
        assert taken_back.writes == ["UpdateAclStrategyV2", "DeleteAclV2"]
        assert over.acls["office"] == before["office"] | {"198.51.100.7"}
        assert len(over.records) == 1 and old not in over.records
        assert _over_again.writes == []
        assert kept.records == {far: {"198.51.100.7", "198.51.100.8"}} and kept.writes == ["DeleteAclV2"]
        assert ended.records == {far: {"198.51.100.8"}} and ended.acls["office"] == before["office"] | {"198.51.100.8"}
        assert "Nothing in storefront-gateway is allowed for some hours" in person.ended("emergency_allow_ended", early, code=2)


def test_no_policy_is_emptied_and_the_others_are_served(tmp_path: Path) -> None:
    with operator(tmp_path) as person:
        person.make(office=["198.51.100.7"], branch=["192.0.2.1", "198.51.100.7"])
        ids = {one["acl_name"]: one["id"] for one in person.control("state")["gateways"][0]["acls"]}
        records = {f"emergency_202001010000_{ids[name]}": ["198.51.100.7"] for name in ("office", "branch")}
        person.in_turn(by_hand(**records, emergency_202001010000_gone=["192.0.2.9"]))
        told = person.ended("emergency_allow_ended", {"emergency_gateway": GATEWAY}, code=2)
        assert "office would be empty" in told
        held = person.acls()
        assert held["office"] == {"198.51.100.7"} and held["branch"] == {"192.0.2.1"}
        assert set(_records(held)) == {f"emergency_202001010000_{ids['office']}"}


# What an emergency is not, with what is said of it.
REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"emergency_address": "0.0.0.0/0"}, "0.0.0.0/0 is too much"),
    ({"emergency_address": "198.51.100.0/23"}, "198.51.100.0/23 is too much"),
    ({"emergency_address": "0.0.0.0"}, "0.0.0.0 is too much"),
    ({"emergency_address": "2001:db8::/63"}, "2001:db8::/63 is too much"),
    ({"emergency_address": "::"}, ":: is too much"),
    ({"emergency_address": "198.51.100.1-198.51.100.9"}, "Say emergency_gateway"),
    ({"emergency_address": ""}, "Say emergency_gateway"),
    ({"emergency_hours": "73"}, "Say emergency_gateway"),
    ({"emergency_hours": "0"}, "Say emergency_gateway"),
    ({"emergency_hours": "4.5"}, "Say emergency_gateway"),
    ({"emergency_reason": " "}, "Say emergency_gateway"),
    ({"emergency_gateway": ""}, "Say emergency_gateway"),
    ({"emergency_acl": ""}, "Say emergency_gateway"),
    ({"emergency_address": "198.51.100.999"}, "198.51.100.999"),
    ({"emergency_acl": "nowhere"}, "Such policies are full, office."),
    ({"emergency_acl": "denied"}, "denied is no access control policy of storefront-gateway that permits addresses."),
    ({"emergency_acl": RECORD}, f"{RECORD} is no access control policy"),
    ({"emergency_acl": "full"}, "full has 100 entries, and takes no more."),
)


def test_an_emergency_is_not_more_than_it_is(tmp_path: Path) -> None:
    with operator(tmp_path) as person:
        person.make(office=["192.0.2.1"], full=[f"192.0.2.{n}" for n in range(100)], denied=["192.0.2.1"], **{RECORD: ["192.0.2.1"]})
        assert person.let_through("emergency_allow", ALLOW, REFUSED) == []
        assert person.writes() == 0
        # As a run of its own, it ends with a failure.
        assert "Say emergency_gateway" in person.ended("emergency_allow", {**ALLOW, "emergency_reason": ""}, code=2)


def test_a_domain_comes_from_answers_of_which_some_are_empty(tmp_path: Path) -> None:
    answers = {"new_domain": "new.example.com", "new_domain_origin": "203.0.113.5 [2001:db8::5]:8080", "new_domain_policy": "young"}
    unfilled = {"new_domain_enforcement": "", "new_domain_certificate": ""}
    with operator(tmp_path) as person:
        before = person.writes()
        assert "changed=0 " not in person.ended("onboard_domain", {**answers, **unfilled}, "--check", "--diff")
        assert person.writes() == before
        plain = {"new_domain": "plain.example.com", "new_domain_origin": "203.0.113.6", "new_domain_policy": "", **unfilled}
        came, again, bare, bare_again = person.in_turn(
            answered("onboard_domain", **answers, **unfilled),
            answered("onboard_domain", **answers, **unfilled),
            answered("onboard_domain", **plain),
            answered("onboard_domain", **plain),
        )
        assert "then let DNS lead to" in came.told and "then let DNS lead to" in bare.told
        assert came.writes and bare.writes and again.writes == bare_again.writes == []
        domains = {one["hostname"]: one for one in person.control("state")["domains"]}
        assert sorted((one["address"], one["port"]) for one in domains["new.example.com"]["server"]) == [("2001:db8::5", 8080), ("203.0.113.5", 80)]
        assert [(one["address"], one["port"]) for one in domains["plain.example.com"]["server"]] == [("203.0.113.6", 80)]
        # A policy that other domains may be under is not changed for one of them.
        written = person.writes()
        refused = (
            ({"new_domain_enforcement": "block"}, "The policy young is in mode log, for new.example.com as well"),
            ({"new_domain_origin": "http://203.0.113.5"}, "Say new_domain"),
            ({"new_domain_origin": ""}, "Say new_domain"),
            ({"new_domain": ""}, "Say new_domain"),
            ({"new_domain_policy": "", "new_domain_enforcement": "log"}, "Say new_domain"),
            ({"new_domain_enforcement": "loud"}, "Say new_domain"),
        )
        assert person.let_through("onboard_domain", answers, refused) == []
        assert person.writes() == written


def test_a_snapshot_goes_with_the_job_and_brings_back_what_was_there(tmp_path: Path) -> None:
    with operator(tmp_path) as person:
        harm = "{{ lookup('ansible.builtin.pipe', 'touch " + str(tmp_path / "harm") + "') }}"
        rule = {"name": "embargo", "geoip": "Cuba", "white": 0, "status": 1, "description": harm}
        before, after = ({"policies": [{**DEMO["policies"][0], "geoip_rules": [{**rule, "geoip": place}]}]} for place in ("Cuba", "Peru"))
        person.control("reset", before)
        person.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "true"
        told = person.ended("export", {"export_snapshot": True, "export_file": ""})
        (snapshot,) = re.findall(r'"?restore_snapshot"?: "([A-Za-z0-9+/=]+)"', told)
        held = person.control("state")["policies"]
        person.control("reset", after)
        assert person.control("state")["policies"] != held
        environment = {**person.environment, "TMPDIR": str(tmp_path)}
        back = Operator(tmp_path, environment)
        assert "changed=0 " not in back.ended("restore", {"restore_snapshot": snapshot, "site_file": ""}, "--check", "--diff")
        came, again = back.in_turn(*(answered("restore", restore_snapshot=snapshot, site_file="") for _time in range(2)))
        assert came.writes and not again.writes
        assert [one["geoip_rules"][0]["geoip"] for one in person.control("state")["policies"]] == [one["geoip_rules"][0]["geoip"] for one in held]
        assert "cannot be read" in back.ended("restore", {"restore_snapshot": "Oi06Oi0="}, code=2)
        assert not list(tmp_path.glob("gatehouse-snapshot-*")) and not (tmp_path / "harm").exists()
