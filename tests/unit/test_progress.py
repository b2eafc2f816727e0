# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a long task says of itself while it is under way."""

from __future__ import annotations

import typing as t
from pathlib import Path
from unittest import mock

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _client, _http
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import Policy
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._progress import Progress
from ansible_collections.gatehouse.huaweicloud.plugins.plugin_utils import _in_process
from cloud import CONNECTION
from doors import DOORS, Asked
from gatehouse_emulator import create_app
from plays import play, run

RULES = "gatehouse.huaweicloud.waf_geoip_rules"
THROTTLED = {"match": {"operation": "CreateGeoipRule"}, "times": 1, "status": 429, "headers": {"Retry-After": "30"}, "body": {"error_code": "APIGW.0308"}}


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lines: list[tuple[float, str, int]] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def progress(self) -> Progress:
        """A progress whose lines are kept, with the second of each."""
        return Progress(lambda text, verbosity: self.lines.append((self.now, text, verbosity)), self)


def rules(count: int) -> list[dict[str, t.Any]]:
    return [{"policy": "storefront", "name": f"rule-{number}", "locations": [f"Place {number + 1}"], "action": "block"} for number in range(count)]


def asked(count: int, *faults: t.Mapping[str, t.Any], check: bool = False) -> Asked:
    application = create_app({"policies": [{"name": "storefront"}], "limits": {"made_up_locations": 20}})
    assert application.test_client().post("/_emulator/faults", json=list(faults)).status_code == 200
    return Asked("waf_geoip_rules", {**CONNECTION, "max_retries": 3, "rules": rules(count), "max_concurrency": 1}, check, False, application, mock.Mock())


def test_a_line_comes_when_there_was_or_will_be_silence() -> None:
    clock = Clock()
    progress = clock.progress()
    for seconds, ahead in ((9.9, 0), (0.1, 0), (3, 0), (0, 6.9), (0, 7), (9, 0), (0, 1), (0, 0)):
        clock.wait(seconds)
        progress.tell(lambda: "so far", ahead)
    assert [second for second, _text, _verbosity in clock.lines] == [10, 13, 22]


def test_what_nobody_hears_is_not_put_together() -> None:
    progress = Clock().progress()
    progress.tell(mock.Mock(side_effect=AssertionError))


def test_a_task_that_waits_says_for_what() -> None:
    clock = Clock()
    policy = Policy(sleep=clock.wait, clock=clock)
    one = _client.Client({**CONNECTION}, {}, Memory(), policy, _client.Notes(progress=clock.progress()))
    one.wait_until("the domain 'shop.example.com'", lambda: 0, bool, 60)
    assert [text for _second, text, _verbosity in clock.lines] == [
        f"waiting for the domain 'shop.example.com': {seconds} of 60 s" for seconds in ("8", "16", "26", "36", "46", "56")
    ]


def test_a_set_says_how_far_it_is_and_why_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(_in_process, "Progress", lambda show: Progress(show, clock))
    monkeypatch.setattr("time.sleep", clock.wait)
    display = mock.Mock()
    display.display.side_effect = lambda text, stderr: clock.lines.append((clock.now, text, 0))
    monkeypatch.setattr(_in_process, "_display", display)
    of = asked(12, THROTTLED)
    result = DOORS["in_process"](Asked(**{**vars(of), "delivered": lambda request: clock.wait(2)}))
    assert result["counts"]["created"] == 12
    said = [text for _second, text, _verbosity in clock.lines]
    assert f"{RULES} [None]: try 1 of a request has failed (429 APIGW.0308); the next follows in 30 s" in said
    assert [text for text in said if "changes made" in text] == [f"{RULES} [None]: {count} of 12 changes made" for count in (1, 6, 11)]
    assert all(later - before <= 40 for (before, *_rest), (later, *_more) in zip(clock.lines, clock.lines[1:]))
    (told,) = display.verbose.call_args_list
    assert told.args == (f"{RULES}: 12 to create, 0 to update, 0 to remove, 0 unchanged",)


def test_another_try_tells_the_codes_of_a_failure_and_no_more() -> None:
    told = _http._another_try(2, 12.3, ApiError(403, "WAF.1", "secret words"))
    assert told == "try 2 of a request has failed (403 WAF.1); the next follows in 12 s"


def test_whoever_runs_a_play_sees_the_plan_at_the_first_verbosity(tmp_path: Path) -> None:
    wishes = [{"policy": "storefront", "name": name, "locations": [place], "action": "block"} for name, place in (("one", "Peru"), ("two", "Cuba"))]
    task: dict[str, t.Any] = {RULES: {"rules": wishes}}
    found = run(tmp_path, play(task, task, {**task, "no_log": True}), "-v")
    assert found.ended.returncode == 0, found.text
    assert [line.split(f"{RULES}: ")[1] for line in found.text.splitlines() if f"{RULES}: " in line] == [
        "2 to create, 0 to update, 0 to remove, 0 unchanged",
        "0 to create, 0 to update, 0 to remove, 2 unchanged",
    ]
