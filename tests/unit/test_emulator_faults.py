# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad days that repeat: shares, draws, half-applied writes, and what an access control policy is bound to."""

from __future__ import annotations

import typing as t

import pytest
from werkzeug.test import Client as WsgiClient

from cloud import CONNECTION
from gatehouse_emulator import create_app

PROJECT = CONNECTION["project_id"]
TOKEN = {"X-Auth-Token": "gatehouse-demo-token-0000000000000001"}
POLICIES = f"/v1/{PROJECT}/waf/policy"
WORKSPACE = f"/v2/{PROJECT}/access-policy"
WAYS = [{"status": 503}, {"status": 500}, {"status": 429}]
Addresses = list[dict[str, str]]


class Emulator:
    """The WSGI application, with what went wrong in it."""

    def __init__(self, seed: t.Any = None, *rules: t.Any) -> None:
        self._client = WsgiClient(create_app(seed))
        self.control("POST", "faults", list(rules))

    def control(self, method: str, what: str, body: t.Any = None) -> t.Any:
        """The answer of a control endpoint."""
        return self._client.open(f"/_emulator/{what}", method=method, json=body).get_json()

    def call(self, method: str, path: str, body: t.Any = None, **query: t.Any) -> tuple[int, t.Any]:
        """Status and body of the answer to a call."""
        answer = self._client.open(path, method=method, json=body, query_string=query, headers=TOKEN)
        return answer.status_code, answer.get_json(silent=True)

    def statuses(self, number: int = 200) -> list[int]:
        """The statuses of so many reads."""
        return [self.call("GET", POLICIES)[0] for _number in range(number)]

    def held(self) -> Addresses:
        """The addresses of the only access policy."""
        return list(self.control("GET", "state")["workspace"]["policies"][0]["ip_list"])


def entries(*hosts: int) -> Addresses:
    return [{"ip_address": f"192.0.2.{host}", "subnet_mask": "255.255.255.255"} for host in hosts]


def white_list(*hosts: int) -> dict[str, t.Any]:
    policy = {"policy_id": "white", "policy_name": "offices", "access_control_type": "IP_WHITE_LIST", "ip_list": entries(*hosts)}
    return {"workspace": {"policies": [policy]}}


@pytest.mark.parametrize(("share", "least", "most"), [(0, 0, 0), (0.2, 20, 60), (1, 200, 200)])
def test_a_share_of_the_requests_goes_wrong(share: float, least: int, most: int) -> None:
    assert least <= Emulator(None, {"share": share, "status": 503}).statuses().count(503) <= most


def test_what_is_drawn_repeats_with_the_seed_and_differs_without() -> None:
    seen = [Emulator(None, {"share": 0.5, "one_of": WAYS, "seed": seed}).statuses() for seed in (7, 7, 8)]
    assert seen[0] == seen[1] != seen[2]
    assert set(seen[0]) == {200, 429, 500, 503}
    unseeded = [Emulator(None, {"share": 0.5, "one_of": WAYS}).statuses() for _number in range(2)]
    assert unseeded[0] == unseeded[1]


def test_a_rule_whose_share_passes_leaves_the_request_to_the_next() -> None:
    statuses = Emulator(None, {"share": 0.5, "status": 503, "times": 3}, {"status": 429}).statuses(50)
    assert (statuses.count(503), statuses.count(429)) == (3, 47)


def test_what_stands_beside_the_draw_holds_for_all_and_the_journal_names_it() -> None:
    ways = [{"status": 503, "name": "down"}, {"drop": "after"}, {}]
    emulator = Emulator(None, {"one_of": [ways[0]], "headers": {"Retry-After": "1"}, "times": 1}, {"one_of": [ways[2]], "times": 1}, {"strip": ["total"]})
    assert emulator.call("GET", POLICIES)[0] == 503
    assert emulator.statuses(2) == [200, 200]
    assert [entry["fault"] for entry in emulator.control("GET", "journal")] == ["down", None, "strip"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"share": 2}, "[0].share: 2 is greater than the maximum"),
        ({"one_of": []}, "[0].one_of: "),
        ({"one_of": [{"staus": 1}]}, "[0].one_of[0]: "),
        ({"one_of": [{"times": 1}]}, "[0].one_of[0]: "),
        ({"seed": "seven"}, "[0].seed: "),
        ({"partial": 1}, "[0].partial: "),
    ],
)
def test_a_draw_that_cannot_be_understood_is_refused(rule: t.Any, words: str) -> None:
    assert words in Emulator().control("POST", "faults", [rule])["error"]


def test_a_write_with_a_list_is_carried_out_by_half() -> None:
    emulator = Emulator(white_list(1), {"match": {"method": "PUT"}, "partial": True})
    body = {"operation_type": "ADD_IP", "ip_white_list": entries(2, 3, 4, 5)}
    status, told = emulator.call("PUT", f"{WORKSPACE}/white", body)
    assert (status, told["error_code"]) == (500, "APIGW.0601")
    assert sorted(entry["ip_address"] for entry in emulator.held()) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]


@pytest.mark.parametrize("body", [{"is_enable": True}, {"operation_type": "ADD_IP", "ip_white_list": entries(2)}])
def test_a_write_without_a_half_fails_before_anything(body: t.Any) -> None:
    emulator = Emulator(white_list(1), {"match": {"method": "PUT"}, "partial": True})
    before = emulator.control("GET", "state")
    assert emulator.call("PUT", f"{WORKSPACE}/white", body)[0] == 500
    assert emulator.control("GET", "state") == before


def test_a_read_and_a_refusal_know_no_halves() -> None:
    emulator = Emulator(white_list(1), {"partial": True})
    assert emulator.call("GET", WORKSPACE)[0] == 200
    assert emulator.call("PUT", f"{WORKSPACE}/nowhere", {"operation_type": "ADD_IP", "ip_white_list": entries(2, 3)})[0] == 404


def test_what_lagged_has_arrived_when_the_faults_are_over() -> None:
    emulator = Emulator(None, {"share": 1, "one_of": [{"stale": True}]})
    assert emulator.call("POST", POLICIES, {"name": "second"})[0] == 200
    lagging = [{"stale": True}]
    assert emulator.call("GET", POLICIES)[1]["total"] == 1
    emulator.control("DELETE", "faults")
    emulator.control("POST", "faults", lagging)
    assert emulator.call("GET", POLICIES)[1]["total"] == 2


def acls(**acl: t.Any) -> dict[str, t.Any]:
    held = {"id": "acl", "acl_name": "offices", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.7", **acl}
    return {"gateways": [{"id": "gateway", "name": "storefront-gateway", "acls": [held]}]}


@pytest.mark.parametrize("bound", [{"bind_num": 2}, {"bindings": [{"api_name": "orders", "env_name": "RELEASE"}, {"api_name": "stock", "env_name": "TEST"}]}])
def test_the_number_of_bindings_is_that_of_the_list(bound: t.Any) -> None:
    emulator = Emulator(acls(**bound))
    gateway = f"/v2/{PROJECT}/apigw/instances/gateway"
    told = emulator.call("GET", f"{gateway}/acl-bindings/binded-apis", acl_id="acl")[1]
    assert (told["total"], len({one["bind_id"] for one in told["apis"]})) == (2, 2)
    assert emulator.call("GET", f"{gateway}/acls")[1]["acls"][0]["bind_num"] == 2
    assert emulator.call("DELETE", f"{gateway}/acls/acl")[0] == 403
    assert emulator.call("GET", f"{gateway}/acl-bindings/binded-apis", acl_id="other")[1]["apis"] == []
    assert emulator.call("GET", f"{gateway}/acl-bindings/binded-apis")[0] == 400
    state = emulator.control("GET", "state")
    assert Emulator(state).control("GET", "state") == state


def test_a_number_of_bindings_that_contradicts_the_list_is_refused() -> None:
    told = Emulator().control("POST", "reset", acls(bind_num=2, bindings=[{"api_name": "orders", "env_name": "RELEASE"}]))
    assert told["error"] == "the policy offices has bind_num 2 and 1 bindings"
