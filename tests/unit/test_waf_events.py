# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source: each attack event is told once, whatever the network, the clock and the service do; what cannot be mended ends it, without a secret."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import threading
import typing as t
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest
import requests
import yaml

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _waf_events
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_events import ARGUMENTS, Events, Stopped, Watch, checked, in_words
from cloud import CONNECTION
from doors import WsgiAdapter
from gatehouse_emulator import create_app
from plays import CREDENTIALS, ROOT, emulator, surroundings

FILE = ROOT / "extensions" / "eda" / "plugins" / "event_source" / "waf_events.py"
NOW = 1_800_000_000.0
TOKEN = "gatehouse-demo-token-0000000000000001"
# A token is good at any time of the clock of a test; signatures are made with the real one.
SAID = {"auth_token": TOKEN, **{name: CONNECTION[name] for name in ("region", "project_id", "endpoints", "max_retries")}}


def source() -> t.Any:
    spec = importlib.util.spec_from_file_location("waf_events_source", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOURCE = source()


class _Over(Exception):
    """The test has seen enough."""


@dataclass
class Told:
    """What a source did: the events that it told, the seconds that it waited, and what it warned of."""

    events: list[dict[str, t.Any]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]

    async def put(self, event: dict[str, t.Any]) -> None:
        self.events.append(event)


class Scene:
    """An emulated cloud with a clock, and a source that watches it."""

    def __init__(self, **said: t.Any) -> None:
        self.now = NOW
        self.application = create_app(None, lambda: self.now)
        self.requests: list[t.Any] = []
        self.said = {**SAID, "interval": 30, **said}
        self.delivered = self.requests.append

    def control(self, what: str, body: t.Any = None) -> t.Any:
        client = self.application.test_client()
        answer = client.open(f"/_emulator/{what}", method="GET" if body is None else "POST", json=body)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_json()

    def happens(self, *names: str, ago: float = 1) -> None:
        """Attack events, so many seconds before now."""
        self.control("events", [{"id": name, "time": int((self.now - ago) * 1000), "attack": "sqli", "action": "block"} for name in names])

    def watched(self, *steps: t.Callable[[], t.Any]) -> Told:
        """What the source tells; before each look but the first a step is done, and after the last one it is over."""
        told = Told()
        left = list(steps)

        async def sleep(seconds: float) -> None:
            told.waits.append(seconds)
            self.now += seconds
            if not left:
                raise _Over
            left.pop(0)()

        with mock.patch.object(requests.sessions, "HTTPAdapter", side_effect=lambda **sizes: WsgiAdapter(self.application, self.delivered)):
            events = Events(self.said, {}, told.warnings.append, lambda: self.now, lambda: 1.0)
            self.events = events
            with pytest.raises(_Over):
                asyncio.run(SOURCE.watch(told, events, sleep))
        return told


# Each once


def test_what_happens_from_the_start_on_is_told_once_and_in_order() -> None:
    scene = Scene()
    scene.happens("before", ago=5)
    told = scene.watched(lambda: scene.happens("b", "c", ago=1), lambda: scene.happens("d", ago=0), lambda: None)
    assert told.ids == ["b", "c", "d"]
    assert told.waits == [30, 30, 30, 30]
    assert told.warnings == []


def test_a_look_back_tells_what_was_before_the_start() -> None:
    scene = Scene(lookback=60)
    scene.happens("old", ago=61)
    scene.happens("a", ago=59)
    assert scene.watched(lambda: None).ids == ["a"]


def test_an_event_that_arrives_late_is_told_as_far_as_the_overlap_reaches() -> None:
    scene = Scene(overlap=100, lookback=1000)
    told = scene.watched(lambda: scene.happens("late", ago=120), lambda: scene.happens("too late", ago=170), lambda: None)
    assert told.ids == ["late"]


def test_a_look_that_breaks_off_loses_nothing_and_tells_nothing_twice() -> None:
    scene = Scene(lookback=3600)
    names = [f"e{number:03}" for number in range(250)]
    for number, name in enumerate(names):
        scene.happens(name, ago=1000 - number)
    # The second page fails, and in the next look the third.
    scene.control("faults", [{"times": 1}, {"times": 1, "status": 503}, {"times": 2}, {"times": 1, "drop": "after"}])
    told = scene.watched(lambda: None, lambda: None, lambda: None)
    assert told.ids == names
    assert told.waits == [60, 120, 30, 30]


def test_events_that_come_while_pages_are_read_are_told_once() -> None:
    scene = Scene(lookback=3600, overlap=3600)
    names = [f"e{number:03}" for number in range(150)]
    for number, name in enumerate(names):
        scene.happens(name, ago=1000 - number)

    def delivered(request: t.Any) -> None:
        if "page=2" in request.url and len(scene.requests) == 1:
            scene.happens("between", ago=990.5)
        scene.requests.append(request)

    scene.delivered = delivered
    told = scene.watched(lambda: None)
    assert sorted(told.ids) == sorted([*names, "between"])


def test_more_than_the_service_shows_of_a_time_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_waf_events, "MOST_PAGES", 2)
    scene = Scene(lookback=3600)
    names = [f"e{number:03}" for number in range(450)]
    for number, name in enumerate(names):
        scene.happens(name, ago=1000 - number)
    told = scene.watched(lambda: None)
    assert told.ids == names and told.warnings == []
    assert not [request for request in scene.requests if "page=3" in request.url]


def test_more_in_one_moment_than_the_service_shows_is_said_and_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_waf_events, "MOST_PAGES", 1)
    scene = Scene(lookback=3600)
    scene.happens(*(f"e{number:03}" for number in range(150)), ago=100)
    scene.happens("after", ago=50)
    told = scene.watched(lambda: None)
    assert len(told.ids) == 101 and told.ids[-1] == "after"
    (warning,) = told.warnings
    assert "more events than the service shows" in warning


def test_memory_is_bounded_and_what_it_cannot_hold_is_said_and_never_told_twice() -> None:
    scene = Scene(lookback=3600, overlap=3600)
    for number in range(30):
        scene.happens(f"e{number:02}", ago=1000 - number)

    def smaller() -> None:
        scene.events.watch.most = 10
        scene.happens("f", "g", ago=1)

    told = scene.watched(smaller, lambda: scene.happens("h"), lambda: None)
    assert sorted(told.ids) == sorted(set(told.ids)) and {"f", "g", "h"} <= set(told.ids)
    assert len(scene.events.watch.told) <= 10 + 5
    (warning,) = told.warnings
    assert "Make overlap shorter" in warning


def test_a_memory_forgets_what_is_older_than_the_overlap() -> None:
    watch = Watch(0, 1000)
    for number in range(50):
        watch.keep({"id": str(number), "time": number * 100})
    watch.looked(5000)
    assert sorted(map(int, watch.told)) == list(range(40, 50))
    assert watch.window(6000) == (4000, 6000)
    # What was before the beginning is not told, whoever lists it.
    assert not Watch(5000, 1000).is_new({"id": "a", "time": 4999}) and Watch(5000, 1000).is_new({"id": "a", "time": 5000})
    # A clock that is put back.
    assert watch.window(100) == (4000, 5000)
    # After a month without an answer, as much as the service shows.
    assert watch.window(60 * 86_400_000)[0] == 31 * 86_400_000


def test_an_event_without_an_id_or_a_time_is_told_once_too() -> None:
    watch = Watch(1000, 1000)
    odd: list[dict[str, t.Any]] = [
        {"sip": "192.0.2.1"},
        {"sip": "192.0.2.2"},
        {"time": "soon", "sip": "192.0.2.1"},
        {"id": None, "time": 99_999_999_999_999_999},
    ]
    for event in odd:
        assert watch.is_new(event)
        watch.keep(event)
        assert not watch.is_new(dict(event))
        assert "time" not in in_words(event, True)


# In words


def test_an_event_is_in_plain_words_and_has_nothing_of_the_request_unless_asked_for() -> None:
    event = {"id": "a", "time": 1_800_000_000_123, "sip": "192.0.2.1", "region": "Peru", "attack": "xss", "cookie": "fake-cookie-0001", "headers": {"a": "b"}}
    plain = {"id": "a", "timestamp": 1_800_000_000_123, "time": "2027-01-15T08:00:00Z", "address": "192.0.2.1", "location": "Peru", "attack": "xss"}
    assert in_words({**event, "host": None, "colour": "red"}, False) == plain
    assert in_words(event, True) == {**plain, "cookie": "fake-cookie-0001", "headers": {"a": "b"}}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("/{{ 7*7 }}", "/{ { 7*7 }}"),
        ("{%if 1%}{#a#}{{{", "{ %if 1%}{ #a#}{ { {"),
        ("#jinja2: variable_start_string:'[['\n[[ 7*7 ]]", "# jinja2: variable_start_string:'[['\n[[ 7*7 ]]"),
        ('{"a": 1}', '{"a": 1}'),
    ],
)
def test_what_somebody_sends_to_a_site_is_never_a_template(text: str, plain: str) -> None:
    told = in_words({"id": "a", "url": text, "headers": {text: [text]}}, True)
    assert told["url"] == plain and told["headers"] == {plain: [plain]}


def test_filters_are_those_of_the_service() -> None:
    scene = Scene(lookback=60, attacks=["xss", "sqli"], actions="block, log")
    one = {"time": int(NOW * 1000) - 1}
    events = [{"id": "a", "attack": "sqli", "action": "log"}, {"id": "b", "attack": "rce", "action": "log"}, {"id": "c", "attack": "xss", "action": "block"}]
    scene.control("events", [*({**one, **event} for event in events), {**one, "id": "d", "attack": "xss", "action": "pass"}])
    assert scene.watched(lambda: None).ids == ["a", "c"]


# When it goes wrong


def test_who_is_throttled_or_unreachable_waits_longer_and_longer_says_so_once_and_goes_on() -> None:
    scene = Scene(lookback=60)
    scene.happens("a")
    faults = [{"times": 1, "status": 429, "body": {"error_code": "APIGW.0308"}}, {"times": 2, "drop": "before"}, {"times": 3, "status": 502, "body": "<html>"}]
    scene.control("faults", [*faults, {"times": 1}, {"times": 1, "status": 503}])
    told = scene.watched(*[lambda: None] * 8)
    assert told.ids == ["a"]
    assert told.waits == [60, 120, 240, 300, 300, 300, 30, 60, 30]
    # Once for each time that it began.
    assert [warning[:40] for warning in told.warnings] == ["Events come later, and none is lost: Cou"] * 2


def test_not_everybody_comes_back_at_once() -> None:
    quick, slow = Events(SAID, {}, str, dice=lambda: 0.0), Events(SAID, {}, str, dice=lambda: 1.0)
    failure = _waf_events.Delayed("later")
    assert quick.pause(failure) == 30 and slow.pause(failure) == 60


@pytest.mark.parametrize(
    ("status", "code"), [(401, "APIGW.0301"), (401, "APIGW.0307"), (403, "WAF.00012003"), (400, "WAF.00021002"), (404, "APIGW.0101"), (302, None)]
)
def test_what_waiting_does_not_mend_ends_it_at_once(status: int, code: str | None) -> None:
    scene = Scene()
    scene.control("faults", [{"status": status, "body": {"error_code": code, "error_msg": f"no {TOKEN}"}}])
    told = Told()
    with mock.patch.object(requests.sessions, "HTTPAdapter", side_effect=lambda **sizes: WsgiAdapter(scene.application, scene.requests.append)):
        events = Events(scene.said, {}, told.warnings.append)
        with pytest.raises(Stopped, match="Could not list the attack events of WAF") as stopped:
            asyncio.run(SOURCE.watch(told, events, asyncio.sleep))
    assert len(scene.requests) == 1
    assert TOKEN not in str(stopped.value) and stopped.value.__cause__ is None and stopped.value.__suppress_context__


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"regoin": "cn-north-4"}, "There is no option 'regoin' (near: region"),
        ({"interval": 0}, "interval: 0 is not a number from 1 to 3600"),
        ({"interval": "often"}, "interval: it has to be a whole number"),
        ({"interval": True}, "interval: it has to be a whole number"),
        ({"overlap": 1.5}, "overlap: it has to be a whole number"),
        ({"lookback": float("inf")}, "lookback: it has to be a whole number"),
        ({"attacks": {"a": 1}}, "attacks: it has to be a list of texts"),
        ({"request_details": "perhaps"}, "request_details: it has to be true or false"),
        ({"region": ["cn-north-4"]}, "region: it has to be a text"),
        ({"endpoints": "http://127.0.0.1"}, "endpoints: it has to be a mapping"),
        ({"assume_agency": {"agency": "a"}}, "assume_agency: there is no option 'agency'"),
        ({"credential_source": "luck"}, "credential_source: it has to be one of"),
        ({"secret_kye": "fake-secret-0001"}, "There is no option"),
        ({"timeout": "fake-secret-0002", "secret_key": "fake-secret-0002"}, "timeout: it has to be a whole number"),
    ],
)
def test_options_that_cannot_be_are_refused_with_what_is_wrong(said: dict[str, t.Any], words: str) -> None:
    with pytest.raises(Stopped) as stopped:
        Events({**SAID, **said}, {}, str)
    assert words in str(stopped.value) and "fake-secret" not in str(stopped.value)


def test_without_credentials_it_ends_with_where_they_were_looked_for(tmp_path: Path) -> None:
    events = Events({"region": "cn-north-4", "endpoints": {"metadata": "http://127.0.0.1:1"}}, {"HOME": str(tmp_path)}, str)
    with pytest.raises(Stopped, match="access_key"):
        next(events.look())


def test_a_defect_ends_it_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: t.Any) -> None:
        raise KeyError(TOKEN)

    monkeypatch.setattr(_waf_events, "client_for", broken)
    with pytest.raises(Stopped, match="This is a defect .*KeyError") as stopped:
        next(Events(SAID, {}, str).look())
    assert TOKEN not in str(stopped.value) and stopped.value.__suppress_context__


def test_empty_options_count_as_left_out_and_types_are_those_of_the_modules() -> None:
    options = checked(
        {"region": "", "interval": "15", "validate_certs": "false", "max_requests_per_second": "2.5", "attacks": "", "eda_feedback_queue": object()}
    )
    assert options["interval"] == 15 and options["validate_certs"] is False and options["max_requests_per_second"] == 2.5
    assert not {"region", "attacks", "eda_feedback_queue"} & set(options)
    assert options["deadline"] == 60 and checked({"deadline": 5})["deadline"] == 5


def test_it_ends_at_once_while_a_request_hangs() -> None:
    release = threading.Event()
    hanging = threading.Event()

    def job() -> None:
        hanging.set()
        release.wait(20)

    async def ended() -> None:
        task = asyncio.ensure_future(SOURCE._beside(job))
        while not hanging.is_set():
            await asyncio.sleep(0.01)
        # Such a thread keeps no process alive.
        assert [thread.daemon for thread in threading.enumerate() if thread.name == "gatehouse waf_events"] == [True]
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    try:
        asyncio.run(ended())
        assert not release.is_set()
    finally:
        release.set()


# As ansible-rulebook runs it


RUN = """
import asyncio, json, runpy, sys
class Queue:
    async def put(self, event):
        print(json.dumps(event), flush=True)
        raise KeyboardInterrupt
main = runpy.run_path(sys.argv[1])["main"]
assert asyncio.iscoroutinefunction(main)
try:
    asyncio.run(main(Queue(), json.loads(sys.argv[2])))
except KeyboardInterrupt:
    pass
"""


@pytest.mark.parametrize("beside", ["nothing", "the package of Ansible"])
def test_it_runs_by_its_path_from_an_installed_collection(tmp_path: Path, beside: str) -> None:
    place = tmp_path / "ansible_collections" / "gatehouse" / "huaweicloud"
    place.parent.mkdir(parents=True)
    place.symlink_to(ROOT)
    if beside != "nothing":
        package = tmp_path / "site" / "ansible_collections"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("", encoding="ascii")
    environment = {**surroundings(tmp_path), **CREDENTIALS, "PYTHONPATH": str(tmp_path / "site")}
    with emulator() as port:
        environment["HW_ENDPOINT"] = f"http://127.0.0.1:{port}"
        event = json.dumps([{"id": "a", "attack": "sqli"}]).encode()
        requests.post(f"http://127.0.0.1:{port}/_emulator/events", data=event, timeout=10).raise_for_status()
        words = [sys.executable, "-c", RUN, str(place / FILE.relative_to(ROOT)), json.dumps({"lookback": 60})]
        ended = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["attack"] == "sqli"


def test_outside_of_a_collection_it_says_what_it_needs(tmp_path: Path) -> None:
    lonely = tmp_path / "a" / "b" / "c" / "d" / "e" / "f" / "waf_events.py"
    lonely.parent.mkdir(parents=True)
    lonely.write_bytes(FILE.read_bytes())
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run([sys.executable, str(lonely)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "install the collection" in ended.stderr


def test_the_documentation_has_every_option_with_its_type_and_variables() -> None:
    known = yaml.safe_load(SOURCE.DOCUMENTATION)["options"]
    assert set(known) == set(ARGUMENTS)
    for name, option in known.items():
        kept = {key: ARGUMENTS[name].get(key) for key in ("type", "elements", "default")}
        assert {key: option.get(key) for key in kept} == kept, name
        if name in CONNECTION_ARGUMENTS:
            assert option["description"]
    for (example,) in (entry.items() for entry in yaml.safe_load(SOURCE.EXAMPLES)):
        assert example[0] == "gatehouse.huaweicloud.waf_events"
        checked(example[1])
