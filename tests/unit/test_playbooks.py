# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that people start from, called by their names: what they make of a site, and what they refuse before anything is sent."""

from __future__ import annotations

import json
import re
import typing as t
import urllib.request
from pathlib import Path

import pytest

from plays import ROOT, emulator_with, prepared, ran

SITE = ROOT / "playbooks" / "vars" / "storefront.yml"
NAMED = "gatehouse.huaweicloud."
CREDENTIALS = {"HW_ACCESS_KEY": "GATEHOUSEDEMOKEY0001", "HW_SECRET_KEY": "gatehouse-demo-secret-0000000000000001", "HW_REGION_NAME": "cn-north-4"}


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
