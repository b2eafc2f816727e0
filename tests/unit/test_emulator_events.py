# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's attack events: seeded, added, made by what the data path refuses, and listed as the service lists them."""

from __future__ import annotations

import typing as t

import pytest
from werkzeug.test import Client as WsgiClient

from emulated import NOW, PROJECT, Emulator
from gatehouse_emulator import create_app
from gatehouse_emulator.waf_traffic import data_path

EVENTS = f"/v1/{PROJECT}/waf/event"
MOMENT = int(NOW * 1000)
HOUR = 3600 * 1000
DAY = 24 * HOUR
SEEDED: list[dict[str, t.Any]] = [
    {"id": "a", "time": MOMENT - 3000, "sip": "192.0.2.1", "attack": "sqli", "action": "block", "host": "shop.example.com", "url": "/cart"},
    {"id": "b", "time": MOMENT - 2000, "sip": "192.0.2.12", "attack": "xss", "action": "log", "host": "pay.example.com", "url": "/cart/pay"},
    {"id": "c", "time": MOMENT - 1000, "sip": "198.51.100.7", "attack": "custom_geoip", "action": "block", "region": "Cuba"},
]
LATELY = {"from": MOMENT - HOUR, "to": MOMENT}


def listed(emulator: Emulator, **query: t.Any) -> list[str]:
    status, body = emulator.call("GET", EVENTS, **{**LATELY, "sort_direction": "asc", **query})
    assert status == 200, body
    assert body["total"] >= len(body["items"])
    return [event["id"] for event in body["items"]]


@pytest.fixture
def emulator() -> Emulator:
    return Emulator({"events": SEEDED})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "abc"),
        ({"sort_direction": "desc"}, "cba"),
        ({"sort_key": "attack"}, "cab"),
        ({"from": MOMENT - 2000}, "bc"),
        ({"to": MOMENT - 2000}, "ab"),
        ({"attacks": "sqli"}, "a"),
        ({"nattacks": "sqli"}, "bc"),
        ({"actions": "block"}, "ac"),
        ({"sips": "192.0.2.1"}, "a"),
        ({"sip": "192.0.2.1"}, "ab"),
        ({"sip": "192.0.2.1", "query_mode": "equal"}, "a"),
        ({"url": "/cart", "ndomain": "pay"}, "a"),
        ({"ip_countries": "Cuba"}, "c"),
        ({"page": 2, "pagesize": 2}, "c"),
    ],
)
def test_filters_order_and_pages_are_obeyed(emulator: Emulator, query: dict[str, t.Any], found: str) -> None:
    assert listed(emulator, **query) == list(found)


def test_a_filter_takes_several_values(emulator: Emulator) -> None:
    # As the query of a URL says it: the name once for each value.
    query = [*LATELY.items(), ("attacks", "sqli"), ("attacks", "xss"), ("sort_direction", "asc")]
    assert [event["id"] for event in emulator.call_with(EVENTS, query)[1]["items"]] == ["a", "b"]
    assert emulator.call_with(EVENTS, [*LATELY.items(), ("attacks", "sqli"), ("attacks", "rain")])[0] == 400
    assert emulator.call_with(EVENTS, [*LATELY.items(), ("page", 1), ("page", 2)])[0] == 400


@pytest.mark.parametrize(
    "query",
    [
        {"from": None, "to": None},
        {"to": None},
        {"from": MOMENT, "to": MOMENT - 1},
        {"from": MOMENT - 31 * DAY},
        {"to": MOMENT + 2 * DAY},
        {"from": "yesterday"},
        {"attacks": "rain"},
        {"recent": "2days"},
        {"pagesize": 101},
        {"pagesize": -1},
        {"pagesize": 100, "page": 101},
    ],
)
def test_a_query_that_the_documents_exclude_is_refused(emulator: Emulator, query: dict[str, t.Any]) -> None:
    asked = {name: value for name, value in {**LATELY, **query}.items() if value is not None}
    status, body = emulator.call("GET", EVENTS, **asked)
    assert (status, body["error_code"][:8]) == (400, "WAF.0002" if "pagesize" not in query else "WAF.0001")


def test_recent_counts_for_more_than_from_and_to(emulator: Emulator) -> None:
    emulator.control("POST", "events", [{"id": "old", "time": MOMENT - DAY}])
    assert listed(emulator, recent="3days", to=MOMENT - HOUR) == ["old", "a", "b", "c"]
    assert listed(emulator, recent="yesterday") == ["old"]
    assert listed(emulator, recent="today") == ["a", "b", "c"]


def test_events_can_be_added_and_a_bad_one_says_where(emulator: Emulator) -> None:
    status, held = emulator.control("POST", "events", [{"attack": "rce"}])
    assert (status, held[-1]["attack"], held[-1]["time"]) == (200, "rce", MOMENT)
    assert held[-1]["id"] not in "abc"
    for wrong, told in (([{"colour": "red"}], "events[0]"), ([{"id": "a"}], "there twice"), ("none", "events"), ([1], "events[0]")):
        status, refused = emulator.control("POST", "events", wrong)
        assert status == 400 and told in refused["error"]
    assert len(emulator.control("GET", "state")[1]["events"]) == 4


def test_events_are_dumped_and_loaded_again(emulator: Emulator) -> None:
    assert Emulator(emulator.control("GET", "state")[1]).control("GET", "state") == emulator.control("GET", "state")


def test_what_the_data_path_refuses_or_notes_is_an_event_and_what_it_lets_through_is_none() -> None:
    seed = {
        "policies": [
            {
                "name": "shop",
                "options": {"geoip": True},
                "action": {"category": "log"},
                "geoip_rules": [{"id": "g1", "name": "embargo", "geoip": "Cuba", "white": 0}, {"name": "friends", "geoip": "JP", "white": 1}],
                "ip_reputation_rules": [{"id": "i1", "name": "bots", "type": "idc", "tags": ["Tencent"], "action": {"category": "log"}}],
            }
        ],
        "domains": [{"hostname": "shop.example.com", "mode": "cloud", "policy": "shop"}],
        "addresses": [{"address": "192.0.2.1", "tag": "Tencent"}],
    }
    application = create_app(seed, lambda: NOW)
    cloud = application.extensions["cloud"]
    visit = WsgiClient(data_path(lambda: cloud.account, cloud.traffic, cloud.clock), use_cookies=False)
    for path, headers in (
        ("/?a=1", {"X-Emulated-Location": "Cuba", "X-Emulated-Address": "198.51.100.9", "Cookie": "fake-cookie-0001"}),
        ("/?a=%3Cscript%3E", {"X-Emulated-Location": "JP"}),
        ("/", {"X-Emulated-Address": "192.0.2.1"}),
        ("/?a=1%20or%201=1", {}),
        ("/?a=../../etc/passwd", {}),
        ("/quiet", {}),
    ):
        visit.get(path, headers={"Host": "shop.example.com", **headers})
    told = [(one["attack"], one["action"], one["rule"], one["status"]) for one in cloud.account.events]
    noted = [("custom_idc_ip", "log", "i1", "200"), ("sqli", "log", "emulated", "200"), ("lfi", "log", "emulated", "200")]
    assert told == [("custom_geoip", "block", "g1", "418"), *noted]
    first = cloud.account.events[0]
    assert (first["sip"], first["region"], first["time"], first["url"], first["host"]) == ("198.51.100.9", "Cuba", MOMENT, "/", "shop.example.com")
    assert first["cookie"] == "fake-cookie-0001" and not [name for name in first["headers"] if "emulated" in name]
