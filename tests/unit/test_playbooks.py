# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that people start from, called by their names: what they make of a site, and what they refuse before anything is sent."""

from __future__ import annotations

import json
import re
import typing as t
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._site_text import text_of
from plays import CREDENTIALS, ROOT, emulator_with, prepared, ran

SITE = ROOT / "playbooks" / "vars" / "storefront.yml"
NAMED = "gatehouse.huaweicloud."


def test_a_rehearsal_shows_what_the_site_would_make_and_leaves_nothing(tmp_path: Path) -> None:
    # An agency of the real account has no business in a rehearsal.
    agency = {"HW_ASSUME_ROLE_AGENCY_NAME": "operations", "HW_ASSUME_ROLE_DOMAIN_NAME": "elsewhere"}
    environment = {**prepared(tmp_path), "TMPDIR": str(tmp_path), **agency}
    ended = ran(tmp_path, environment, f"{NAMED}rehearse", "--extra-vars", f"@{SITE}")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    changed = re.findall(r"^changed: .*item=(.*)\)", ended.stdout, re.MULTILINE)
    assert {"storefront", "shop.example.com, present"} <= set(changed), ended.stdout
    assert "geoip_rule 'embargo' of 'storefront'" in ended.stdout
    assert "+++ after" in ended.stdout
    assert not [path for path in tmp_path.glob("gatehouse-*") if "emulator" in path.name or "rehearsal" in path.name]


def test_a_local_cloud_that_does_not_start_leaves_nothing_either(tmp_path: Path) -> None:
    words = ("--extra-vars", f"@{SITE}", "--extra-vars", "rehearsal_program=/nowhere/background.py")
    ended = ran(tmp_path, {**prepared(tmp_path), "TMPDIR": str(tmp_path)}, f"{NAMED}rehearse", *words)
    assert ended.returncode != 0
    assert "can't open file '/nowhere/background.py'" in ended.stdout
    assert "The local cloud stops" not in re.findall(r"TASK \[(.*)\] \*+\n(?:fatal|ok|changed)", ended.stdout)
    assert not list(tmp_path.glob("gatehouse-rehearsal-*"))


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ((), "No site is given."),
        (("--extra-vars", "site_file=nowhere.yml"), "There is no file "),
        (("--extra-vars", '{"onboarding_polices": []}'), "The site holds onboarding_polices, which no site has."),
        # Whether a site comes or goes is for the playbook to say: a word in the site must not turn one into the other.
        (("--extra-vars", f"@{SITE}", "--extra-vars", "onboarding_state=present"), "The site holds onboarding_state, which no site has."),
    ],
)
@pytest.mark.parametrize("playbook", ["onboard", "offboard", "rehearse"])
def test_what_is_no_site_is_refused_before_anything_is_sent(tmp_path: Path, playbook: str, words: tuple[str, ...], refusal: str) -> None:
    ended = ran(tmp_path, {**prepared(tmp_path), "HW_ENDPOINT": "http://127.0.0.1:1"}, f"{NAMED}{playbook}", *words)
    assert ended.returncode != 0
    assert refusal in " ".join(ended.stdout.split()), ended.stdout
    assert "127.0.0.1" not in ended.stdout


def test_a_domain_that_dns_leads_to_waf_is_not_removed_however_it_is_said(tmp_path: Path) -> None:
    with emulator_with("dns") as ports:
        places = {"api": f"http://127.0.0.1:{ports['api']}", "dns": f"127.0.0.1:{ports['dns']}"}
        environment = {**prepared(tmp_path), "HW_ENDPOINT": places["api"], **CREDENTIALS}

        def control(method: str, what: str, body: t.Any = None) -> t.Any:
            content = None if body is None else json.dumps(body).encode()
            with urllib.request.urlopen(urllib.request.Request(f"{places['api']}/_emulator/{what}", content, method=method), timeout=30) as answer:
                return json.loads(answer.read())

        def ended(playbook: str, item: t.Any, resolver: str) -> t.Any:
            site = {"onboarding_waf_domains": [item], "onboarding_check": {"resolver": [resolver]}}
            return ran(tmp_path, environment, f"{NAMED}{playbook}", "--extra-vars", json.dumps(site))

        domain = next(one for one in control("GET", "state")["domains"] if one["mode"] == "cloud")
        control("POST", "dns", [{"name": domain["hostname"], "type": "CNAME", "value": f"{domain['access_code']}.vip1.huaweicloudwaf.com"}])
        # In other letters, by its id, with a resolver that is not there, and as an item of a site that comes.
        for playbook, item, resolver in (
            ("offboard", {"domain": domain["hostname"].upper()}, places["dns"]),
            ("offboard", {"id": domain["id"]}, places["dns"]),
            ("offboard", {"domain": domain["hostname"]}, "127.0.0.1:1"),
            ("onboard", {"domain": domain["hostname"], "state": "absent"}, places["dns"]),
        ):
            refused = ended(playbook, item, resolver)
            assert refused.returncode != 0
            assert f"DNS still leads to WAF, or may, for {domain['hostname']}" in refused.stdout, refused.stdout
        assert not [entry for entry in control("GET", "journal") if entry["write"]]
        control("POST", "dns", [{"name": domain["hostname"], "type": "A", "value": "192.0.2.10"}])
        assert ended("offboard", {"domain": domain["hostname"].upper()}, places["dns"]).returncode == 0
        assert domain["id"] not in [one["id"] for one in control("GET", "state")["domains"]]


def _tasks(folder: Path, *tasks: dict[str, t.Any]) -> str:
    """A playbook of these tasks; texts that look like templates are none."""
    path = folder / "by_hand.yml"
    play = text_of({"tasks": list(tasks)}).replace("\n", "\n  ")
    path.write_text(f"- hosts: localhost\n  connection: local\n  gather_facts: false\n  {play}\n", encoding="utf-8")
    return str(path)


def _junit(path: Path) -> tuple[dict[str, str], list[tuple[str | None, str | None, str, str | None]]]:
    """The attributes of the suite, and of each case that failed its list, name, kind and type."""
    (suite,) = ElementTree.parse(path).getroot()
    cases = [(case.get("classname"), case.get("name"), case[0].tag, case[0].get("type")) for case in suite if len(case)]
    assert len(suite) == int(suite.attrib["tests"])
    return dict(suite.attrib), cases


def test_an_account_is_written_down_and_what_is_done_by_hand_is_told(tmp_path: Path) -> None:
    harm = "{{ lookup('ansible.builtin.pipe', 'touch " + str(tmp_path / "harm") + "') }} ]]> <&> \"'"
    rule = {"policy": "storefront", "name": f"<x> {harm}", "tags": ["HW"], "action": "log"}
    with emulator_with() as ports:
        environment = {**prepared(tmp_path), "HW_ENDPOINT": f"http://127.0.0.1:{ports['api']}", **CREDENTIALS}

        def ended(*words: str, code: int = 0) -> str:
            run = ran(tmp_path, environment, *words)
            assert run.returncode == code, run.stdout + run.stderr
            return run.stdout

        compare = (f"{NAMED}drift", "--extra-vars", "@site.yml", "--extra-vars", "drift_json=drift.json drift_junit=drift.xml")
        ended(_tasks(tmp_path, {f"{NAMED}waf_ip_reputation_rule": rule}))
        assert "/site.yml." in ended(f"{NAMED}export", "--extra-vars", "export_file=site.yml")
        site = tmp_path / "site.yml"
        assert site.stat().st_mode & 0o777 == 0o600
        text = site.read_text(encoding="utf-8")
        assert re.match(r"# What the account held on \d{4}-\d\d-\d\d at \d\d:\d\d UTC\n# Region cn-north-4, project 0123456789abcdef", text)
        assert CREDENTIALS["HW_SECRET_KEY"] not in text and "name: !unsafe " in text
        # A file that is there is not replaced unasked, and what is restricted has less.
        assert "is there already" in ended(f"{NAMED}export", "--extra-vars", "export_file=site.yml", code=2)
        assert site.read_text(encoding="utf-8") == text
        less = json.dumps({"export_file": "less.yml", "export_policies": [], "export_include": ["policies", "geoip_rules"]})
        ended(f"{NAMED}export", "--extra-vars", less)
        assert "onboarding_policies: []" in (tmp_path / "less.yml").read_text(encoding="utf-8")

        assert "changed=0 " in ended(f"{NAMED}onboard", "--extra-vars", "@site.yml")
        assert "0 differ from the site, 4 are in step." in ended(*compare)
        assert json.loads((tmp_path / "drift.json").read_text(encoding="utf-8")) == {"outcome": "in_step", "message": "", "in_step": 4, "drift": []}
        assert _junit(tmp_path / "drift.xml")[1] == []

        by_hand = (
            {f"{NAMED}waf_policy": {"name": "storefront", "options": {"geoip": False}}},
            {f"{NAMED}waf_ip_reputation_rule": {**rule, "state": "absent"}},
            {f"{NAMED}waf_geoip_rule": {"policy": "storefront", "name": "new", "locations": ["CA"], "action": "log", "description": harm}},
        )
        ended(_tasks(tmp_path, *by_hand))
        told = ended(*compare, code=2)
        for line in (
            "3 differ from the site, 2 are in step.",
            "changed  onboarding_policies: storefront",
            "         options.geoip: true -> false",
            "removed  onboarding_ip_reputation_rules: <x> {{ lookup(",
            "added    onboarding_geoip_rules: new of storefront",
        ):
            assert line in told
        report = json.loads((tmp_path / "drift.json").read_text(encoding="utf-8"))
        assert (report["outcome"], report["in_step"], [one["drift"] for one in report["drift"]]) == ("drift", 2, ["changed", "added", "removed"])
        attributes, cases = _junit(tmp_path / "drift.xml")
        assert (attributes["tests"], attributes["failures"], attributes["errors"]) == ("5", "3", "0")
        assert cases == [(one["list"], one["item"], "failure", one["drift"]) for one in report["drift"]]
        assert "changed=0 " in ended(*compare, "--extra-vars", "drift_fail=false")

        # What could not be compared is no drift.
        assert "Nothing was compared" in ended(*compare, "--extra-vars", json.dumps({"connection_options": {"access_key": "NOBODY"}}), code=2)
        report = json.loads((tmp_path / "drift.json").read_text(encoding="utf-8"))
        assert report["outcome"] == "error" and "access key does not exist" in report["message"]
        assert _junit(tmp_path / "drift.xml")[1] == [("drift", "the account is compared with the file", "error", None)]
        assert "Nothing was compared: No site is given." in ended(f"{NAMED}drift", "--extra-vars", "drift_fail=false", code=2)
    assert not (tmp_path / "harm").exists()


def test_what_was_there_comes_back_from_a_site_and_from_a_backup(tmp_path: Path) -> None:
    harm = "{{ lookup('ansible.builtin.pipe', 'touch " + str(tmp_path / "harm") + "') }}"
    rules = [
        {"name": "embargo", "locations": ["Peru", "Cuba"], "action": "block", "description": harm},
        {"name": "watch", "locations": ["JP"], "action": "log"},
    ]
    acl = {"gateway": "storefront-gateway", "name": "office", "type": "permit", "entity_type": "ip", "entries": ["192.0.2.1"]}
    # A location that the rule of a site has lost is in a rule that was made by hand.
    by_hand = [{"name": "embargo", "locations": ["Cuba"]}, {"name": "by-hand", "locations": ["Peru"], "action": "allow"}]
    with emulator_with() as ports:
        environment = {**prepared(tmp_path), "HW_ENDPOINT": f"http://127.0.0.1:{ports['api']}", **CREDENTIALS}

        def ended(*words: str, code: int = 0) -> str:
            run = ran(tmp_path, environment, *words)
            assert run.returncode == code, run.stdout + run.stderr
            return run.stdout

        def held() -> t.Any:
            with urllib.request.urlopen(f"{environment['HW_ENDPOINT']}/_emulator/state", timeout=10) as answer:
                state = json.loads(answer.read())
            kept = [{name: value for name, value in rule.items() if name not in ("id", "timestamp")} for rule in state["policies"][0]["geoip_rules"]]
            return sorted(kept, key=lambda rule: str(rule["name"])), sorted(one["acl_name"] for one in state["gateways"][0]["acls"])

        ended(_tasks(tmp_path, {f"{NAMED}waf_geoip_rules": {"policy": "storefront", "rules": rules}}, {f"{NAMED}apig_acl": acl}))
        before = held()
        ended(f"{NAMED}export", "--extra-vars", "export_file=site.yml")
        change = {f"{NAMED}waf_geoip_rules": {"policy": "storefront", "rules": by_hand, "backup": True, "backup_dir": str(tmp_path / "kept")}}
        ended(_tasks(tmp_path, change, {f"{NAMED}apig_acl": {**acl, "name": "stranger"}}))
        assert held() != before
        # Check mode predicts, too much is refused, and then the site comes back.
        assert "changed=0 " not in ended(f"{NAMED}restore", "--extra-vars", "@site.yml", "--check", "--diff")
        refused = ended(f"{NAMED}restore", "--extra-vars", "@site.yml", "--extra-vars", "restore_max_deletions=0", code=2)
        assert "max_deletions allows 0" in " ".join(refused.split())
        assert held() != before
        ended(f"{NAMED}restore", "--extra-vars", "@site.yml")
        assert held() == before
        assert "changed=0 " in ended(f"{NAMED}restore", "--extra-vars", "site_file=site.yml")

        ended(_tasks(tmp_path, {f"{NAMED}waf_geoip_rules": {"policy": "storefront", "rules": by_hand}}))
        (backup,) = (tmp_path / "kept").iterdir()
        (tmp_path / "no.json").write_text('{"cloud": 1}', encoding="ascii")
        ended(f"{NAMED}restore", "--extra-vars", f"restore_backup={backup}")
        assert held() == before
        assert "is no backup of a task" in " ".join(ended(f"{NAMED}restore", "--extra-vars", "restore_backup=no.json", code=2).split())
        assert "No site is given." in ended(f"{NAMED}restore", code=2)
    assert not (tmp_path / "harm").exists()
