# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short campaign on bad days with fixed seeds, and a judge that notices what he should. "make chaos" is the long one."""

from __future__ import annotations

import typing as t

import pytest

import campaign
import judge
import tasks
import weather
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _apig, _http
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError
from judge import Tally
from stories import STORIES

SHORT = {0.05: range(1, 4), 0.2: range(1, 6), 0.4: range(1, 8)}


@pytest.mark.parametrize("share", SHORT)
def test_bad_days_end_as_declared(share: float) -> None:
    tally = tasks.told(share, SHORT[share])
    assert tally.violations == []
    assert tally.seeds == len(SHORT[share]) * len(STORIES)
    assert sum(tally.done.values()) == len(SHORT[share]) * sum(len(story.wishes) for story in STORIES)
    assert sum(tally.faults.values()) / tally.requests == pytest.approx(share / 2, abs=share / 2)


def test_bad_days_without_retries_end_as_declared() -> None:
    tally = tasks.told(0.2, range(1, 5), retries=0)
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
    effects = {effect["name"] for rule in weather.rules(0.4, "day") for effect in rule["one_of"]}
    assert effects == set(weather.KINDS)
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
        for script, number in (("role", 70), ("tasks", 200), ("tasks, no retries", 50))
        for share in (0.05, 0.2, 0.4)
    }
    (one,) = campaign.jobs(campaign.arguments(["--seed", "17", "--share", "0.4", "--only", "workspace"]))
    assert one == campaign.Job("tasks", 0.4, 17, 17, "workspace")
    (bare,) = campaign.jobs(campaign.arguments(["--seed", "17", "--share", "0.4", "--only", "workspace", "--retries", "0"]))
    assert bare == campaign.Job("tasks", 0.4, 17, 17, "workspace", 0)
    (role,) = campaign.jobs(campaign.arguments(["--seed", "17", "--share", "0.4", "--only", "role"]))
    assert role == campaign.Job("role", 0.4, 17, 17)


def test_the_report_counts() -> None:
    tally = Tally(seeds=2, runs=5, requests=10, failures=1)
    tally.faults.update({"429": 3})
    tally.fulfilled(1)
    tally.fulfilled(9)
    told = campaign.report({("tasks", 0.4): tally})
    assert "| tasks | 40% | 2 | 5 | 10 | 3 | 1 | 1 | 0 | 0 | 1 | 0 | 0 | 0 | 0 |" in told
    assert "| 429 | 3 |" in told
