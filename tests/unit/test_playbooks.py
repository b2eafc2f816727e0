# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that people start from, called by their names: what they make of a site, and what they refuse before anything is sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plays import ROOT, prepared, ran

SITE = ROOT / "playbooks" / "vars" / "storefront.yml"
NAMED = "gatehouse.huaweicloud."


def test_a_rehearsal_shows_what_the_site_would_make_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {**prepared(tmp_path), "TMPDIR": str(tmp_path)}
    ended = ran(tmp_path, environment, f"{NAMED}rehearse", "--extra-vars", f"@{SITE}")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    changed = re.findall(r"^changed: .*item=(.*)\)", ended.stdout, re.MULTILINE)
    assert {"storefront", "embargo of storefront, present", "shop.example.com, present"} <= set(changed), ended.stdout
    assert "+++ after" in ended.stdout
    assert not [path for path in tmp_path.glob("gatehouse-*") if "emulator" in path.name or "rehearsal" in path.name]


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
