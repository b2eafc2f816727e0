# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short campaign on bad days with fixed seeds, and a judge that notices what he should. "make chaos" is the long one."""

from __future__ import annotations

import typing as t

import pytest

import campaign
import judge
import role
import tasks
import weather
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _apig, _apig_bindings, _http, _waf_domains
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError
from gatehouse_emulator.account import dumped, seeded
from judge import Tally
from stories import ACCOUNT, STORIES

SHORT = {0.05: range(1, 3), 0.2: range(1, 4), 0.4: range(1, 6)}


@pytest.mark.parametrize("share", SHORT)
def test_bad_days_end_as_declared(share: float) -> None:
    tally = tasks.told(share, SHORT[share])
    assert tally.violations == []
    assert tally.seeds == len(SHORT[share]) * len(STORIES)
    assert sum(tally.done.values()) == len(SHORT[share]) * sum(len(story.wishes) for story in STORIES)
    assert sum(tally.faults.values()) / tally.requests == pytest.approx(share / 2, abs=share / 2)


def test_bad_days_without_retries_end_as_declared() -> None:
    tally = tasks.told(0.2, range(1, 4), retries=0)
    assert tally.violations == []
    assert tally.failures > 20


def test_a_seed_repeats() -> None:
    one, other = (tasks.told(0.4, [7], "workspace") for _number in range(2))
    assert one == other
    # Nor does it matter what was told before.
    for seed in (6, 8):
        other.add(tasks.told(0.4, [seed], "workspace"))
    both = tasks.told(0.4, [6, 7, 8], "workspace")
    assert (both.runs, both.requests, both.faults) == (other.runs, other.requests, other.faults)
    assert one != tasks.told(0.4, [8], "workspace")


def test_every_kind_of_fault_comes() -> None:
    tally = Tally()
    for seed in range(1, 5):
        tally.add(tasks.told(1.0, [seed], "progress"))
    effects, lies = (
        {effect["name"] for rule in rules for effect in rule["one_of"]} for rules in (weather.rules(0.4, "day"), weather.lies({"policies": []}, 0.4))
    )
    assert effects | lies == set(weather.KINDS)
    assert set(tally.faults) <= effects


def violations(story: str, *seeds: int, share: float) -> str:
    """What is violated in a story with these seeds, eight if none is given."""
    return "\n".join(tasks.told(share, seeds or range(1, 9), story).violations)


def test_the_judge_sees_a_second_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatehouse_emulator.apig._check", lambda call, besides: None)

    def twice(self: t.Any, values: t.Any) -> t.Any:
        self._client.post("apig", self._path(), dict(values))
        return self._client.post("apig", self._path(), dict(values))

    monkeypatch.setattr(_apig.Acls, "create", twice)
    assert "it is there 2 times" in violations("acl", 1, share=0.0)


def test_the_judge_sees_another_object_change(monkeypatch: pytest.MonkeyPatch) -> None:
    update = _apig.Acls.update

    def more(self: t.Any, current: t.Any, changes: t.Any) -> t.Any:
        (other,) = self.find({"name": "offices_2"})
        update(self, other, {"acl_value": "192.0.2.1"})
        return update(self, current, changes)

    monkeypatch.setattr(_apig.Acls, "update", more)
    assert "something else has changed" in violations("acl", 1, share=0.0)


@pytest.mark.parametrize(
    ("verb", "nothing", "wish"),
    [("update", lambda self, current, changes: {**current, **changes}, 1), ("delete", lambda self, current: None, 2)],
)
def test_the_judge_sees_what_is_not_as_declared(monkeypatch: pytest.MonkeyPatch, verb: str, nothing: t.Any, wish: int) -> None:
    monkeypatch.setattr(_apig.Acls, verb, nothing)
    assert f"wish {wish}: it is not as declared" in violations("acl", 1, share=0.0)


def test_the_judge_sees_a_domain_that_stays_under_its_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    update = _waf_domains.Domains.update

    def elsewhere(self: t.Any, current: t.Any, changes: t.Any) -> t.Any:
        return {**update(self, current, {key: value for key, value in changes.items() if key != "policyid"}), **changes}

    monkeypatch.setattr(_waf_domains.Domains, "update", elsewhere)
    for story in ("domain", "dedicated_domain"):
        assert "wish 2: it is not as declared" in violations(story, 1, share=0.0)


def test_the_judge_sees_what_is_unbound_in_another_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    unbind = _apig_bindings._unbind

    def more(client: t.Any, place: t.Any, bindings: t.Any, seconds: float) -> t.Any:
        return unbind(client, place, [*bindings, *(one for one in place.store.bindings(place.acl["id"]) if one["env_name"] == "staging")], seconds)

    monkeypatch.setattr(_apig_bindings, "_unbind", more)
    assert "wish 1: something else has changed" in violations("binding", 1, share=0.0)


def test_the_judge_sees_what_a_run_did_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    update = _waf_domains.Domains.update
    monkeypatch.setattr(_waf_domains.Domains, "update", lambda self, current, changes: {**update(self, current, changes), **current})
    assert "wish 1: the run told" in violations("domain", 1, share=0.0)


def test_the_judge_sees_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "CONNECTION", {"secret_key": "partners"})
    tally = tasks.told(0.0, [1], "binding")
    assert "the result tells a secret" in tally.violations[0]
    assert tally.leaks == len(tally.violations) > 10


def test_the_judge_sees_answers_that_were_not_looked_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "_REPEATABLE", frozenset())
    monkeypatch.setattr(_http, "_PASSING", frozenset())
    assert "runs failed, the last with: " in violations("workspace", share=0.4)


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        ("Could not create acl 'a': gone. What is live now: nothing.", None),
        ("It did not answer. Whether the request was carried out is not known.", None),
        ("This is a defect of gatehouse.huaweicloud: KeyError. What is live now: x", "it is a defect"),
        ("Could not create acl 'a': HTTP 500.", "it does not say what is live"),
    ],
)
def test_a_failure_without_words_is_noticed(message: str, wrong: str | None) -> None:
    assert judge.amiss(message) == wrong


@pytest.mark.parametrize(
    ("message", "may"),
    [
        ("The weather is bad. Whether the request was carried out is not known; it was not sent again. It is not there now.", True),
        ("It was not known; it was not sent again. What is live now: the policy 'a' is bound to 'b'; it is not bound to 'c'.", True),
        ("The service has accepted it. What is live now: the policy 'a' is bound to 'b'; it is not bound to 'c'.", False),
        ("Whether the request was carried out is not known; it was not sent again. What is live now: the policy 'a' is still bound to 'c'.", False),
    ],
)
def test_only_what_was_not_made_may_fail_again_and_again(message: str, may: bool) -> None:
    assert judge.excused(message) is may


@pytest.mark.parametrize(
    ("action", "message", "wrong"),
    [
        ("gatehouse.huaweicloud.waf_domain", "Could not list the domains: HTTP 500.", "it does not say what is live"),
        ("gatehouse.huaweicloud.waf_domain_info", "Could not list the domains: HTTP 500.", None),
        ("gatehouse.huaweicloud.waf_domain_check", "This is a defect of gatehouse.huaweicloud: KeyError.", "it is a defect"),
        ("ansible.builtin.fail", "Domains: HTTP 500. Carried out whole before that: nothing.", None),
        ("ansible.builtin.fail", "Domains: HTTP 500.", "it does not say what is live"),
        ("ansible.builtin.fail", "Domains: What is live now: all. Mend it.", "it does not say how far it came"),
        ("ansible.builtin.assert", "DNS still leads to WAF.", "it does not say what is live"),
    ],
)
def test_a_failure_without_words_is_noticed_in_a_playbook(action: str, message: str, wrong: str | None) -> None:
    assert role.amiss(action, message) == wrong


def test_what_the_site_makes_is_told_apart_by_place_and_kind() -> None:
    found = role.objects(dumped(seeded(ACCOUNT)))
    assert max(map(len, found.values())) == 1
    for name in ("policy  storefront", "cloud domain  docs.example.com:8443", "storefront-gateway partners staging  orders", "storefront-gateway  partners"):
        assert name in found
    # A binding is none of what its policy holds, a rule is none of what its own.
    assert "binding-" not in found["storefront-gateway  partners"][0]
    assert "embargo" not in found["policy  storefront"][0]


def test_a_failure_without_words_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ApiError, "__str__", lambda self: self.message)
    found = violations("acl", 1, share=1.0)
    assert "it does not say what is live" in found
    assert 'make chaos ARGS="--seed ' in found


def test_a_campaign_covers_every_seed_once_and_a_seed_can_be_asked_for() -> None:
    asked = campaign.arguments([])
    seeds: dict[tuple[str, float], list[int]] = {}
    for job in campaign.jobs(asked):
        seeds.setdefault((job.what, job.share), []).extend(range(job.first, job.last + 1))
    assert seeds == {
        (script, share): list(range(1, number + 1))
        for script, number in (("role", 16), ("sets", 16), ("sets, no retries", 4), ("tasks", 120), ("tasks, no retries", 30))
        for share in (0.05, 0.2, 0.4)
        if (script, share) != ("sets, no retries", 0.4)
    }
    (one,) = campaign.jobs(campaign.arguments(["--seed", "17", "--share", "0.4", "--only", "workspace"]))
    assert one == campaign.Job("tasks", 0.4, 17, 17, "workspace")
    (bare,) = campaign.jobs(campaign.arguments(["--seed", "17", "--share", "0.4", "--only", "workspace", "--retries", "0"]))
    assert bare == campaign.Job("tasks", 0.4, 17, 17, "workspace", 0)
    (role,) = campaign.jobs(campaign.arguments(["--seed", "17", "--share", "0.4", "--only", "role"]))
    assert role == campaign.Job("role", 0.4, 17, 17)
    (ruleset,) = campaign.jobs(campaign.arguments(["--seed", "17", "--share", "0.4", "--only", "ruleset"]))
    assert ruleset == campaign.Job("sets", 0.4, 17, 17, "ruleset")


def test_the_report_counts() -> None:
    tally = Tally(seeds=2, runs=5, requests=10, failures=1)
    tally.faults.update({"429": 3})
    tally.fulfilled(1)
    tally.fulfilled(9)
    told = campaign.report({("tasks", 0.4): tally})
    assert "| tasks | 40% | 2 | 5 | 10 | 3 | 1 | 1 | 0 | 0 | 1 | 0 | 0 | 0 | 0 | 0 |" in told
    assert "| 429 | 3 |" in told
