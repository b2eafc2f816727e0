# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator knows of environments, APIs, and the access control policies that are bound to them."""

from __future__ import annotations

import typing as t

import pytest

from emulated import PROJECT, Answer, Emulator
from gatehouse_emulator.account import DEMO, publication

RELEASE = "DEFAULT_ENVIRONMENT_RELEASE_ID"
BASE = f"/v2/{PROJECT}/apigw/instances/gateway-1"
APIS = [
    {"id": "api-1", "name": "orders", "published": ["RELEASE", "staging"]},
    {"id": "api-2", "name": "catalogue", "published": ["RELEASE"]},
    {"id": "api-3", "name": "drafts"},
]
ORDERS, ORDERS_STAGING, CATALOGUE = publication("api-1", RELEASE), publication("api-1", "env-1"), publication("api-2", RELEASE)


def policy(acl_id: str, acl_type: str = "PERMIT") -> dict[str, str]:
    return {"id": acl_id, "acl_name": f"policy_{acl_id[-1]}", "acl_type": acl_type, "entity_type": "IP", "acl_value": "192.0.2.7"}


def account(reads: int = 0) -> Emulator:
    """An account whose bindings show after so many reads."""
    acls = [policy("acl-1"), policy("acl-2"), policy("acl-3", "DENY")]
    gateway = {"id": "gateway-1", "name": "gateway", "environments": [{"id": "env-1", "name": "staging"}], "apis": APIS, "acls": acls}
    return Emulator({"gateways": [gateway], "limits": {"binding_reads": reads}})


def bind(emulator: Emulator, acl_id: str, *publications: str) -> Answer:
    return emulator.call("POST", f"{BASE}/acl-bindings", {"acl_id": acl_id, "publish_ids": list(publications)})


def bound(emulator: Emulator, acl_id: str = "acl-1", **query: t.Any) -> list[tuple[str, str]]:
    """The APIs and environments that a policy is told to be bound to."""
    told = emulator.call("GET", f"{BASE}/acl-bindings/binded-apis", acl_id=acl_id, **query)[1]["apis"]
    return [(one["api_id"], one["env_id"]) for one in told]


def code(answer: Answer) -> tuple[int, str]:
    return answer[0], answer[1]["error_code"]


def test_every_gateway_has_the_environment_release() -> None:
    told = account().call("GET", f"{BASE}/envs")[1]
    assert [(one["id"], one["name"]) for one in told["envs"]] == [(RELEASE, "RELEASE"), ("env-1", "staging")]
    assert account().call("GET", f"{BASE}/envs", name="stag")[1]["total"] == 1
    bare = Emulator({"gateways": [{"id": "gateway-1", "name": "gateway"}]})
    assert bare.call("GET", f"{BASE}/envs")[1]["envs"][0]["id"] == RELEASE


def test_an_api_says_where_it_is_published_in_three_parallel_lists() -> None:
    emulator = account()
    orders, catalogue, drafts = emulator.call("GET", f"{BASE}/apis")[1]["apis"]
    assert (orders["run_env_id"], orders["run_env_name"]) == (f"{RELEASE}|env-1", "RELEASE|staging")
    assert orders["publish_id"] == f"{ORDERS}|{ORDERS_STAGING}"
    assert catalogue["publish_id"] == CATALOGUE
    assert not {"run_env_id", "run_env_name", "publish_id"} & set(drafts)
    versions = emulator.call("GET", f"{BASE}/apis/publish/api-1", env_name="staging")[1]["api_versions"]
    assert [(one["env_id"], one["version_id"] != ORDERS_STAGING) for one in versions] == [("env-1", True)]
    assert code(emulator.call("GET", f"{BASE}/apis/publish/api-9")) == (404, "APIG.3002")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"name": "a"}, ["api-2", "api-3"]),
        ({"name": "order", "precise_search": "name"}, []),
        ({"name": "orders", "precise_search": "name"}, ["api-1"]),
        ({"id": "api-3"}, ["api-3"]),
        ({"env_id": "env-1"}, ["api-1"]),
        ({"auth_type": "IAM"}, []),
        ({"offset": 1, "limit": 1}, ["api-2"]),
    ],
)
def test_apis_are_filtered_and_paged(query: dict[str, t.Any], ids: list[str]) -> None:
    assert [one["id"] for one in account().call("GET", f"{BASE}/apis", **query)[1]["apis"]] == ids


def test_lists_hold_500_at_most_and_20_unless_more_are_asked_for() -> None:
    acl = {**policy("acl-1"), "bind_num": 501}
    emulator = Emulator({"gateways": [{"id": "gateway-1", "name": "gateway", "acls": [acl]}]})
    for path, key in (("apis", "apis"), ("acl-bindings/binded-apis", "apis")):
        query = {"acl_id": "acl-1"} if "binded" in path else {}
        for limit, size in ((None, 20), (0, 20), (500, 500), (501, 500)):
            told = emulator.call("GET", f"{BASE}/{path}", **query, **({} if limit is None else {"limit": limit}))[1]
            assert (told["size"], len(told[key]), told["total"]) == (size, size, 501)


def test_a_policy_is_bound_to_publications_and_listed_from_both_sides() -> None:
    emulator = account()
    status, told = bind(emulator, "acl-1", ORDERS, CATALOGUE)
    assert status == 201
    assert [(one["api_id"], one["env_id"], one["acl_id"]) for one in told["acl_bindings"]] == [("api-1", RELEASE, "acl-1"), ("api-2", RELEASE, "acl-1")]
    assert bound(emulator) == [("api-1", RELEASE), ("api-2", RELEASE)]
    assert bound(emulator, api_name="cat") == bound(emulator, api_id="api-2") == [("api-2", RELEASE)]
    assert bound(emulator, env_id="env-1") == bound(emulator, "acl-2") == bound(emulator, "acl-9") == []
    bind(emulator, "acl-3", ORDERS_STAGING)
    acls = emulator.call("GET", f"{BASE}/acl-bindings/binded-acls", api_id="api-1")[1]["acls"]
    assert [(one["acl_name"], one["acl_type"], one["env_name"]) for one in acls] == [("policy_1", "PERMIT", "RELEASE"), ("policy_3", "DENY", "staging")]
    filtered = emulator.call("GET", f"{BASE}/acl-bindings/binded-acls", api_id="api-1", env_id="env-1")[1]["acls"]
    assert filtered == acls[1:]
    assert [one["bind_num"] for one in emulator.call("GET", f"{BASE}/acls")[1]["acls"]] == [2, 0, 1]
    for what in ("binded-acls", "binded-apis", "unbinded-apis"):
        assert code(emulator.call("GET", f"{BASE}/acl-bindings/{what}")) == (400, "APIG.2011")


def test_what_a_policy_can_be_bound_to_names_the_policy_that_is_in_the_way() -> None:
    emulator = account()
    bind(emulator, "acl-1", ORDERS)

    def free(acl_id: str, **query: t.Any) -> list[tuple[t.Any, ...]]:
        told = emulator.call("GET", f"{BASE}/acl-bindings/unbinded-apis", acl_id=acl_id, **query)[1]["apis"]
        return [(one["id"], one["run_env_name"], one["publish_id"], one.get("acl_name")) for one in told]

    assert free("acl-1") == [("api-1", "staging", ORDERS_STAGING, None), ("api-2", "RELEASE", CATALOGUE, None)]
    assert free("acl-2", env_id=RELEASE) == [("api-1", "RELEASE", ORDERS, "policy_1"), ("api-2", "RELEASE", CATALOGUE, None)]
    assert free("acl-3", api_name="orders", env_id=RELEASE) == [("api-1", "RELEASE", ORDERS, None)]


def test_an_api_has_one_policy_of_each_type_in_an_environment() -> None:
    emulator = account()
    assert bind(emulator, "acl-1", ORDERS)[0] == 201
    for acl_id in ("acl-1", "acl-2"):
        assert code(bind(emulator, acl_id, CATALOGUE, ORDERS)) == (400, "APIG.2011")
    assert bound(emulator) == [("api-1", RELEASE)]
    assert bind(emulator, "acl-3", ORDERS)[0] == bind(emulator, "acl-2", ORDERS_STAGING)[0] == 201


def test_a_binding_that_cannot_be_is_refused() -> None:
    emulator = account()
    assert code(bind(emulator, "acl-9", ORDERS)) == (404, "APIG.3006")
    assert code(bind(emulator, "acl-1", ORDERS, "nothing")) == (404, "APIG.3015")
    assert code(bind(emulator, "acl-1")) == code(bind(emulator, "acl-1", ORDERS, ORDERS)) == (400, "APIG.2011")
    for body in ({"acl_id": "acl-1"}, {"publish_ids": [ORDERS]}, {"acl_id": "acl-1", "publish_ids": [ORDERS], "env_id": RELEASE}, None):
        assert code(emulator.call("POST", f"{BASE}/acl-bindings", body)) == (400, "APIG.2011")
    assert bound(emulator) == []


@pytest.mark.parametrize("reads", [0, 1, 3])
def test_a_change_shows_after_so_many_reads(reads: int) -> None:
    emulator = account(reads)
    bind_id = bind(emulator, "acl-1", ORDERS)[1]["acl_bindings"][0]["id"]
    assert [bound(emulator) for _read in range(reads + 1)] == [[]] * reads + [[("api-1", RELEASE)]]
    assert emulator.call("DELETE", f"{BASE}/acl-bindings/{bind_id}")[0] == 204
    # Until it shows, the policy cannot be removed, and the binding cannot be removed again.
    if reads:
        assert code(emulator.call("DELETE", f"{BASE}/acls/acl-1")) == (403, "APIG.3447")
    assert code(emulator.call("DELETE", f"{BASE}/acl-bindings/{bind_id}")) == (404, "APIG.3010")
    assert [bound(emulator) for _read in range(reads + 1)] == [[("api-1", RELEASE)]] * reads + [[]]
    assert emulator.call("DELETE", f"{BASE}/acls/acl-1")[0] == 204


def test_many_bindings_are_removed_at_once_and_failures_are_told_inside() -> None:
    emulator = account()
    made = bind(emulator, "acl-1", ORDERS, CATALOGUE)[1]["acl_bindings"]
    body = {"acl_bindings": [made[0]["id"], "nothing"]}
    assert code(emulator.call("PUT", f"{BASE}/acl-bindings", body)) == (400, "APIG.2011")
    status, told = emulator.call("PUT", f"{BASE}/acl-bindings", body, action="delete")
    assert (status, told["success_count"]) == (200, 1)
    assert [(one["bind_id"], one["error_code"]) for one in told["failure"]] == [("nothing", "APIG.3010")]
    assert bound(emulator) == [("api-2", RELEASE)]


def test_a_binding_by_half_binds_the_first_half() -> None:
    emulator = account()
    emulator.control("POST", "faults", [{"match": {"operation": "CreateApiAclBindingV2"}, "times": 1, "partial": True}])
    assert bind(emulator, "acl-1", ORDERS, CATALOGUE)[0] == 500
    assert bound(emulator) == [("api-1", RELEASE)]


def test_what_is_under_way_has_arrived_in_a_dump_that_can_be_loaded() -> None:
    emulator = account(3)
    made = bind(emulator, "acl-1", ORDERS, CATALOGUE)[1]["acl_bindings"]
    assert bound(emulator) == bound(emulator) == bound(emulator) == []
    emulator.call("DELETE", f"{BASE}/acl-bindings/{made[0]['id']}")
    state = emulator.control("GET", "state")[1]
    (gateway,) = state["gateways"]
    assert [one["api_name"] for one in gateway["acls"][0]["bindings"]] == ["catalogue"]
    assert gateway["apis"] == [*APIS[:2], {**APIS[2], "published": []}]
    assert gateway["environments"] == [{"id": "env-1", "name": "staging"}]
    assert emulator.control("POST", "reset", state) == (200, state)
    assert bound(emulator) == [("api-2", RELEASE)]


def test_a_seed_with_bindings_alone_makes_their_apis_and_environments() -> None:
    bindings = [{"api_name": api, "env_name": environment} for api, environment in (("orders", "RELEASE"), ("orders", "test"))]
    emulator = Emulator({"gateways": [{"id": "gateway-1", "name": "gateway", "acls": [{**policy("acl-1"), "bindings": bindings}]}]})
    (api,) = emulator.call("GET", f"{BASE}/apis")[1]["apis"]
    assert (api["name"], api["run_env_name"]) == ("orders", "RELEASE|test")
    assert bound(emulator) == [(api["id"], one) for one in api["run_env_id"].split("|")]
    state = emulator.control("GET", "state")[1]
    assert emulator.control("POST", "reset", state) == (200, state)


@pytest.mark.parametrize(
    ("gateway", "words"),
    [
        ({"apis": [{"name": "orders", "published": ["staging"]}]}, "the API orders is published in staging, and there is no environment staging"),
        ({"apis": [{"id": "api-1", "name": name} for name in ("orders", "stock")]}, "the id api-1 is there twice"),
        ({"environments": [{"id": "env-1", "name": name} for name in ("staging", "test")]}, "the id env-1 is there twice"),
        ({"environments": [{"id": name, "name": "test"} for name in ("env-1", "env-2")]}, "the environment test is there twice"),
        ({"apis": [{"name": "orders", "run_env_name": "RELEASE"}]}, "gateways[0].apis[0]"),
    ],
)
def test_a_seed_that_contradicts_itself_says_where(gateway: t.Any, words: str) -> None:
    status, told = Emulator().control("POST", "reset", {"gateways": [{"name": "gateway", **gateway}]})
    assert status == 400
    assert words in told["error"]


def test_the_demo_account_has_apis_and_lets_callers_wait() -> None:
    (gateway,) = Emulator().control("GET", "state")[1]["gateways"]
    assert {one["name"]: one["published"] for one in gateway["apis"]} == {"orders": ["RELEASE", "staging"], "catalogue": ["RELEASE"], "drafts": []}
    assert DEMO["limits"] == {"binding_reads": 1}
