# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that tightens a rule: what it does as a reaction to attacks, and what it never does."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest
import requests
import yaml
from werkzeug.wrappers import Request, Response

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_events import in_words
from beside import served
from plays import CREDENTIALS, ROOT, Ended, emulator, prepared, ran

PLAYBOOK = "gatehouse.huaweicloud.tighten"
RULES = {
    "geoip_rules": [
        {"id": "w" * 32, "name": "watch", "geoip": "Cuba|CN", "white": 2},
        {"name": "friends", "geoip": "JP", "white": 1},
        {"name": "asleep", "geoip": "Fiji", "white": 2, "status": 0},
    ],
    "ip_reputation_rules": [{"name": "bots", "type": "idc", "tags": ["Tencent", "AliCloud"], "action": {"category": "log"}}],
}
ACCOUNT = {"policies": [{"name": "storefront", "options": {"geoip": True}, **RULES}]}
REAL = {"tighten_policy": "storefront", "tighten_rule": "watch", "tighten_open": ["Germany"], "tighten_dry_run": False}


class Site:
    """An emulated account that the playbook is run against."""

    def __init__(self, folder: Path, port: str) -> None:
        self._folder, self._cloud = folder, f"http://127.0.0.1:{port}"
        self._environment = {**prepared(folder), **CREDENTIALS, "HW_ENDPOINT": self._cloud}
        requests.post(f"{self._cloud}/_emulator/reset", json=ACCOUNT, timeout=10).raise_for_status()

    def tightened(self, *words: str, **said: t.Any) -> Ended:
        return ran(self._folder, self._environment, PLAYBOOK, "--extra-vars", json.dumps({**REAL, **said}), *words)

    def writes(self) -> list[str]:
        """The operations that changed something since they were asked for last."""
        journal = requests.get(f"{self._cloud}/_emulator/journal", timeout=10).json()
        requests.delete(f"{self._cloud}/_emulator/journal", timeout=10)
        return [entry["operation"] for entry in journal if entry["write"]]

    def rules(self) -> dict[str, t.Any]:
        (policy,) = requests.get(f"{self._cloud}/_emulator/state", timeout=10).json()["policies"]
        told = {rule["name"]: (rule["white"], sorted(rule["geoip"].split("|")), rule["status"]) for rule in policy["geoip_rules"]}
        return {**told, **{rule["name"]: (rule["action"]["category"], sorted(rule["tags"])) for rule in policy["ip_reputation_rules"]}}


@pytest.fixture
def site(tmp_path: Path) -> t.Iterator[Site]:
    with emulator() as port:
        yield Site(tmp_path, port)


def test_it_shows_first_then_blocks_and_adds_what_is_allowed_and_then_has_nothing_to_do(site: Site) -> None:
    heard: list[t.Any] = []

    @Request.application
    def webhook(request: Request) -> Response:
        heard.append((request.path, request.get_json()))
        return Response(status=204)

    before = site.rules()
    said = {"tighten_add": ["Peru", "Fiji"], "tighten_location": "peru", "tighten_seen_by": "w" * 32, "tighten_reason": "many"}
    with served(webhook) as place:
        said["tighten_webhook"] = f"http://{place}/fake-secret-0001"
        # Unless it is told otherwise.
        for words, more in (((), {"tighten_dry_run": None}), (("--check",), {})):
            shown = site.tightened(*words, **{**said, **more})
            assert shown.returncode == 0, shown.stdout + shown.stderr
            assert "storefront, rule watch: many: log becomes block, also Peru (dry run" in shown.stdout
        assert (site.rules(), site.writes()) == (before, [])
        done = site.tightened(**said)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "storefront, rule watch: many: log becomes block, also Peru." in done.stdout
        assert site.rules() == {**before, "watch": (0, ["CN", "Cuba", "Peru"], 1)}
        assert site.writes() == ["UpdateGeoipRule"]
        again = site.tightened(**said)
        assert "nothing to tighten" in again.stdout and "changed=0 " in again.stdout
        assert site.writes() == []
    told = {"policy": "storefront", "rule": "watch", "action": "block", "added": ["Peru"], "reason": "many", "changed": True}
    assert heard == [("/fake-secret-0001", {**told, "dry_run": dry}) for dry in (True, True, False)]
    assert "fake-secret-0001" not in shown.stdout + done.stdout + again.stdout


def test_attacks_that_are_none_of_the_rules_change_nothing(site: Site) -> None:
    ended = site.tightened(tighten_seen_by="v" * 32, tighten_add=["Peru"], tighten_location="Peru")
    assert ended.returncode == 0 and "nothing to tighten" in ended.stdout, ended.stdout
    assert site.writes() == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        # A province is blocked with its country.
        ({"tighten_open": ["Germany", "Beijing"]}, "The rule watch would block BJ, which has to stay open."),
        ({"tighten_rule": "friends"}, "The rule friends lets requests through."),
        ({"tighten_rule": "new"}, "has 0 rules of the name new, one is needed. None is made."),
        ({"tighten_rule": "asleep", "tighten_open": ["Germania"]}, "WAF knows no location germania. The rule asleep is switched off."),
        ({"tighten_open": [], "tighten_policy": ""}, "Set tighten_policy to a name or id. Name in tighten_open the locations that must stay open"),
        (
            {"tighten_kind": "ip_reputation_rule", "tighten_rule": "bots", "tighten_open": ["AliCloud"]},
            "The rule bots would block AliCloud, which has to stay open.",
        ),
    ],
)
def test_what_could_lock_somebody_out_is_refused_and_nothing_is_written(site: Site, said: dict[str, t.Any], words: str) -> None:
    ended = site.tightened(**said)
    assert ended.returncode != 0
    assert words in " ".join(ended.stdout.split()), ended.stdout
    assert site.writes() == []


def test_a_rule_of_ip_intelligence_goes_from_log_to_block(site: Site) -> None:
    ended = site.tightened(tighten_kind="ip_reputation_rule", tighten_rule="bots", tighten_open=[])
    assert ended.returncode == 0, ended.stdout
    assert site.rules()["bots"] == ("block", ["AliCloud", "Tencent"])


def test_an_event_is_no_way_into_the_controller(tmp_path: Path) -> None:
    harm = tmp_path / "harm"
    event = {"id": "a", "url": "/{{ lookup('ansible.builtin.pipe', 'touch " + str(harm) + "') }}"}
    play = tmp_path / "shows.yml"
    play.write_text("- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.debug: {var: ansible_eda.event}\n", encoding="ascii")
    for told, executed in ((in_words(event, False), False), (event, True)):
        (tmp_path / "extravars").write_text(yaml.safe_dump({"ansible_eda": {"event": told}}), encoding="utf-8")
        assert ran(tmp_path, prepared(tmp_path), str(play), "--extra-vars", f"@{tmp_path / 'extravars'}").returncode == 0
        # That what is not taken apart would be executed is what makes this a test.
        assert harm.exists() is executed


def test_the_rulebook_hands_over_variables_that_the_playbook_has() -> None:
    playbook = (ROOT / "playbooks" / "tighten.yml").read_text(encoding="utf-8")
    documented = set(re.findall(r"^# (tighten_\w+) ", playbook, re.MULTILINE))
    (ruleset,) = yaml.safe_load((ROOT / "extensions" / "eda" / "rulebooks" / "waf_attacks.yml").read_text(encoding="utf-8"))
    (last,) = (rule for rule in ruleset["rules"] if "run_playbook" in rule["actions"][0])
    action = last["actions"][0]["run_playbook"]
    assert action["name"] == PLAYBOOK
    assert set(action["extra_vars"]) == documented
    assert "default(true)" in action["extra_vars"]["tighten_dry_run"]
    assert last["throttle"]["once_within"] == "1 hour"
