# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about the bindings of access control policies: they are a set of links, they show late, and an API has one of each type."""

from __future__ import annotations

import typing as t

import pytest

from cloud import Cloud, Result
from gatehouse_emulator.account import DEMO
from wishes import done, operations

MODULE = "apig_acl_binding"
GATEWAY = "storefront-gateway"
WAREHOUSE = {"gateway": GATEWAY, "acl": "warehouse", "environment": "RELEASE"}
BOUND = "ListApisBindedToAclPolicyV2"
DENIED = {"status": 403, "body": {"error_code": "APIG.1005", "error_msg": "denied"}}

pytestmark = pytest.mark.usefixtures("slept")


def acl(name: str, acl_type: str = "PERMIT", *bound: tuple[str, str]) -> dict[str, t.Any]:
    """A policy, bound to APIs in environments."""
    bindings = [{"api_name": api, "env_name": environment} for api, environment in bound]
    return {"acl_name": name, "acl_type": acl_type, "entity_type": "IP", "acl_value": "192.0.2.7", "bindings": bindings}


def gateway(*acls: t.Mapping[str, t.Any], reads: int = 1, **more: t.Any) -> Cloud:
    """The demo account with policies, whose bindings show after so many reads."""
    return Cloud({**DEMO, "gateways": [{**DEMO["gateways"][0], "acls": list(acls), **more}], "limits": {"binding_reads": reads}})


def names(result: Result) -> list[str]:
    """The APIs that a result tells."""
    return [api["name"] for api in done(result)["acl_binding"].get("apis", [])]


def held(cloud: Cloud, name: str = "warehouse") -> list[tuple[str, str]]:
    """The APIs and environments that a policy is bound to in the account."""
    (found,) = (one for one in cloud.state()["gateways"][0]["acls"] if one["acl_name"] == name)
    return sorted((one["api_name"], one["env_name"]) for one in found["bindings"])


def refused(cloud: Cloud, options: t.Mapping[str, t.Any], *words: str) -> None:
    """In both modes, with these words and before anything is written."""
    for check in (True, False):
        result = cloud.run(MODULE, {**WAREHOUSE, **options}, check=check)
        assert result.get("failed") is True, result
        for word in words:
            assert word in result["msg"], result["msg"]
    assert cloud.writes() == []


# What is bound and what is not


def test_what_is_not_listed_stays_bound_unless_a_purge_is_asked_for(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE"), ("orders", "staging")))
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"]})) == ["catalogue", "orders"]
    assert operations(cloud) == ["CreateApiAclBindingV2"]
    predicted = cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"], "purge": True}, check=True, diff=True)
    result = cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"], "purge": True}, diff=True)
    assert names(result) == ["orders"]
    assert predicted == result
    assert held(cloud) == [("orders", "RELEASE"), ("orders", "staging")]


def test_order_repetition_and_spelling_as_an_id_are_nothing(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"))
    first = done(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders", "catalogue"]}))["acl_binding"]
    ids = [api["id"] for api in first["apis"]]
    for apis in (["catalogue", "orders", "catalogue"], ids, [ids[0], "catalogue", "orders"]):
        result = cloud.run(MODULE, {**WAREHOUSE, "apis": apis, "purge": True})
        assert (result["changed"], result["acl_binding"]) == (False, first)
    by_ids = {"gateway": first["gateway_id"], "acl": first["acl_id"], "environment": first["environment_id"]}
    assert done(cloud.run(MODULE, {**by_ids, "apis": ids}))["acl_binding"] == first


def test_an_api_that_is_said_twice_is_bound_once(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"), apis=[{"name": "orders", "id": "api-1", "published": ["RELEASE"]}])
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders", "api-1"]})) == ["orders"]
    assert [entry["operation"] for entry in cloud.journal()].count("ListAclPolicyBindedToApiV2") == 1
    assert operations(cloud) == ["CreateApiAclBindingV2"]


def test_apis_that_differ_by_case_are_two(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"), apis=[{"name": name, "published": ["RELEASE"]} for name in ("Orders", "orders")])
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders", "Orders"]})) == ["Orders", "orders"]


def test_what_is_bound_in_other_environments_is_left_out_where_the_service_tells_it_all_the_same(cloud: Cloud) -> None:
    elsewhere = {"bind_id": "bind-1", "env_id": "env-1", "env_name": "staging"}
    apis = [{**elsewhere, "api_id": "api-1", "api_name": "orders"}]
    acls = [{**elsewhere, "acl_id": "acl-1", "acl_name": "offices", "acl_type": "PERMIT"}]
    cloud = gateway(acl("warehouse"))
    cloud.fault(
        {"match": {"operation": BOUND}, "times": 1, "status": 200, "body": {"size": 1, "total": 1, "apis": apis}},
        {"match": {"operation": "ListAclPolicyBindedToApiV2"}, "times": 1, "status": 200, "body": {"size": 1, "total": 1, "acls": acls}},
    )
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"], "purge": True})) == ["orders"]
    assert operations(cloud) == ["CreateApiAclBindingV2"]
    asked = [entry["query"].get("env_id") for entry in cloud.journal() if "acl-bindings/" in entry["path"]]
    assert set(asked) == {"DEFAULT_ENVIRONMENT_RELEASE_ID"}


def test_additions_come_before_removals(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE")))
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"], "purge": True})) == ["orders"]
    assert operations(cloud) == ["CreateApiAclBindingV2", "DeleteApiAclBindingV2"]


def test_an_empty_list_means_nothing_without_a_purge_and_everything_with_it(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE"), ("orders", "staging")))
    for state in ("present", "absent"):
        assert done(cloud.run(MODULE, {**WAREHOUSE, "apis": [], "state": state}))["changed"] is False
    refused(cloud, {"purge": True}, "purge: it says what becomes of APIs that apis does not list. Set apis as well")
    assert done(cloud.run(MODULE, {**WAREHOUSE, "apis": [], "purge": True}))["acl_binding"] == {}
    assert held(cloud) == [("orders", "staging")]


def test_only_what_is_listed_is_unbound(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE"), ("orders", "RELEASE")))
    absent = {**WAREHOUSE, "apis": ["orders", "drafts"], "state": "absent", "purge": True}
    assert names(cloud.run(MODULE, absent, check=True)) == ["catalogue"]
    assert names(cloud.run(MODULE, absent)) == ["catalogue"]
    assert cloud.run(MODULE, absent)["changed"] is False
    assert held(cloud) == [("catalogue", "RELEASE")]


def test_a_policy_that_is_gone_is_bound_to_nothing(cloud: Cloud) -> None:
    result = cloud.run(MODULE, {**WAREHOUSE, "state": "absent"})
    assert (done(result)["changed"], result["acl_binding"]) == (False, {})


def test_a_policy_that_was_unbound_can_be_removed_at_once(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE")), reads=3)
    assert done(cloud.run(MODULE, {**WAREHOUSE, "state": "absent"}))["changed"] is True
    assert done(cloud.run("apig_acl", {"gateway": GATEWAY, "name": "warehouse", "state": "absent"}))["changed"] is True


def test_a_policy_that_is_planned_counts_as_there_in_check_mode(cloud: Cloud) -> None:
    planned = {**WAREHOUSE, "apis": ["orders"], "planned": True}
    foreseen = done(cloud.run(MODULE, planned, check=True))
    assert foreseen["changed"] is True
    assert foreseen["acl_binding"]["acl_id"] is None
    assert names(foreseen) == ["orders"]
    assert "'drafts' is published nowhere" in cloud.run(MODULE, {**planned, "apis": ["drafts"]}, check=True)["msg"]
    assert cloud.run(MODULE, {**planned, "state": "absent"}, check=True)["changed"] is False
    assert "There is no access control policy 'warehouse'" in cloud.run(MODULE, planned)["msg"]
    cloud = gateway(acl("warehouse", "PERMIT", ("orders", "RELEASE")))
    assert cloud.run(MODULE, planned, check=True)["changed"] is False


# Refusals


def test_an_api_that_is_not_published_there_is_refused_with_where_it_is(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"), environments=[{"name": "staging"}, {"name": "test"}])
    refused(cloud, {"environment": "test", "apis": ["drafts", "orders"]}, "'drafts' is published nowhere", "'orders' is published in 'RELEASE', 'staging'")
    refused(cloud, {"environment": "staging", "apis": ["orders", "catalogue"]}, "these are not: 'catalogue' is published in 'RELEASE'. Publish them there")


def test_the_publication_of_the_environment_is_the_one_that_is_bound(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"))
    done(cloud.run(MODULE, {**WAREHOUSE, "environment": "staging", "apis": ["orders"]}))
    assert held(cloud) == [("orders", "staging")]


def test_an_api_that_has_another_policy_of_the_type_is_refused_with_its_name(cloud: Cloud) -> None:
    others = (acl("offices", "PERMIT", ("orders", "RELEASE"), ("catalogue", "RELEASE")), acl("partners", "DENY", ("orders", "staging")))
    cloud = gateway(acl("warehouse"), *others)
    refused(cloud, {"apis": ["orders"]}, "another one of the type 'permit': 'orders' has 'offices'. Unbind it first: state=absent")
    # Another environment, or another type, is no hindrance.
    assert names(cloud.run(MODULE, {**WAREHOUSE, "environment": "staging", "apis": ["orders"]})) == ["orders"]
    done(cloud.run(MODULE, {**WAREHOUSE, "acl": "offices", "apis": ["orders"], "state": "absent"}))
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"]})) == ["orders"]


def test_two_apis_of_one_name_ask_for_the_id(cloud: Cloud) -> None:
    twins = [{"name": "orders", "id": f"twin-{number}", "published": ["RELEASE"]} for number in (1, 2)]
    cloud = gateway(acl("warehouse"), apis=twins)
    refused(cloud, {"apis": ["orders"]}, "More than one API is called 'orders': those with the ids twin-1, twin-2")
    assert done(cloud.run(MODULE, {**WAREHOUSE, "apis": ["twin-2"]}))["acl_binding"]["apis"] == [{"name": "orders", "id": "twin-2"}]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"gateway": "storefront-gatewy"}, "There is no gateway 'storefront-gatewy' (near: storefront-gateway)"),
        ({"acl": "warehuse"}, "There is no access control policy 'warehuse' (near: warehouse)"),
        ({"environment": "stagin"}, "There is no environment 'stagin' (near: staging)"),
        ({"apis": ["catalog"]}, "There is no API 'catalog' (near: catalogue)"),
        ({"apis": [False]}, "apis: False is no name of an API: "),
        ({"apis": [""]}, "apis: a name of an API cannot be empty"),
        ({"wait_timeout": -1}, "wait_timeout: -1 is not a number of seconds from 0 to 86400"),
        ({"wait_timeout": 86401}, "wait_timeout: 86401 is not a number"),
    ],
)
def test_what_is_not_there_is_refused_with_near_names(cloud: Cloud, options: t.Any, words: str) -> None:
    refused(gateway(acl("warehouse")), {"apis": ["orders"], **options}, words)


def test_one_list_serves_all_names_and_is_read_to_its_end(cloud: Cloud) -> None:
    apis = [{"name": f"api_{number:03}", "published": ["RELEASE"]} for number in range(501)]
    cloud = gateway(acl("warehouse", "PERMIT", *((api["name"], "RELEASE") for api in apis)), apis=apis)
    result = cloud.run(MODULE, {**WAREHOUSE, "apis": [api["name"] for api in apis]})
    assert (result["changed"], len(names(result))) == (False, 501)
    read = [entry["operation"] for entry in cloud.journal()]
    assert read == ["ListInstancesV2", "ListAclStrategiesV2", "ListEnvironmentsV2", BOUND, BOUND, "ListApisV2", "ListApisV2"]


# What shows late


def test_a_binding_is_waited_for_in_growing_steps(cloud: Cloud, slept: list[float]) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE")), reads=4)
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"]})) == ["catalogue", "orders"]
    assert slept == [1.0, 1.0, 2.0, 4.0]
    assert names(cloud.run(MODULE, {**WAREHOUSE, "state": "absent"})) == []
    assert slept == [1.0, 1.0, 2.0, 4.0] * 2


def test_a_wait_that_ends_says_what_is_bound_and_what_is_missing_and_the_next_run_goes_on(cloud: Cloud, slept: list[float]) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE")), reads=9)
    wish = {**WAREHOUSE, "apis": ["orders", "catalogue"], "wait_timeout": 5}
    message = cloud.run(MODULE, wish)["msg"]
    assert slept == [1.0, 1.0, 2.0, 1.0]
    assert message.startswith(
        "Could not bind the policy 'warehouse' in the environment 'RELEASE' to 'orders': The service has accepted it, but within wait_time"
    )
    assert "What is live now: the policy 'warehouse' in the environment 'RELEASE' is bound to 'catalogue'; it is not bound to 'orders'." in message
    assert names(cloud.run(MODULE, {**wish, "wait_timeout": None})) == ["catalogue", "orders"]
    gone = {**WAREHOUSE, "apis": ["orders"], "state": "absent", "wait_timeout": 0}
    message = cloud.run(MODULE, gone)["msg"]
    assert "is bound to 'catalogue', 'orders'; it is still bound to 'orders'." in message
    assert len(operations(cloud)) == 3


def test_the_deadline_of_the_task_ends_the_wait(cloud: Cloud, slept: list[float]) -> None:
    message = gateway(acl("warehouse"), reads=9).run(MODULE, {**WAREHOUSE, "apis": ["orders"], "deadline": 2})["msg"]
    assert slept == [1.0, 1.0]
    assert "the deadline of the task it did not show" in message
    assert "is bound to no API; it is not bound to 'orders'." in message


def test_a_wait_that_cannot_read_says_what_goes_on(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"))
    cloud.fault({"match": {"operation": BOUND}, "times": 1}, {"match": {"operation": BOUND}, **DENIED})
    message = cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"]})["msg"]
    assert "denied" in message and "What is live now: the service has accepted it, and goes on with it." in message


def test_a_removal_that_is_refused_says_what_was_bound_before_it(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE")))
    cloud.fault({"match": {"operation": "DeleteApiAclBindingV2"}, **DENIED})
    message = cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"], "purge": True})["msg"]
    assert "What is live now: the policy 'warehouse' in the environment 'RELEASE' has been bound to 'orders'." in message


def test_removals_that_break_off_say_how_far_they_came(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE"), ("orders", "RELEASE")))
    cloud.fault({"match": {"operation": "DeleteApiAclBindingV2"}, "times": 1}, {"match": {"operation": "DeleteApiAclBindingV2"}, **DENIED})
    message = cloud.run(MODULE, {**WAREHOUSE, "state": "absent"})["msg"]
    assert "is being unbound from 'catalogue'. Not done: unbinding it from 'orders'." in message


def test_a_refused_binding_says_that_nothing_was_written(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"))
    cloud.fault({"match": {"operation": "CreateApiAclBindingV2"}, **DENIED})
    assert "nothing was written" in cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"]})["msg"]


# Answers that are lost, and somebody else


def test_a_binding_whose_answer_was_lost_is_not_asked_for_again(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"), reads=2)
    cloud.fault({"match": {"operation": "CreateApiAclBindingV2"}, "times": 1, "drop": "after"})
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders", "catalogue"], "max_retries": 5})) == ["catalogue", "orders"]
    assert operations(cloud) == ["CreateApiAclBindingV2"]


@pytest.mark.parametrize(("effect", "live"), [({"drop": "before"}, "no API"), ({"partial": True}, "'catalogue'")])
def test_a_binding_that_was_not_carried_out_or_by_half_is_completed_by_the_next_run(cloud: Cloud, effect: t.Any, live: str, slept: list[float]) -> None:
    cloud = gateway(acl("warehouse"))
    cloud.fault({"match": {"operation": "CreateApiAclBindingV2"}, "times": 1, **effect})
    wish = {**WAREHOUSE, "apis": ["orders", "catalogue"]}
    message = cloud.run(MODULE, wish)["msg"]
    assert operations(cloud) == ["CreateApiAclBindingV2"]
    assert sum(slept) == 180
    assert f"What is live now: the policy 'warehouse' in the environment 'RELEASE' is bound to {live}; it is not bound to " in message
    assert names(cloud.run(MODULE, wish)) == ["catalogue", "orders"]
    assert cloud.run(MODULE, wish)["changed"] is False


def test_a_removal_whose_answer_was_lost_is_looked_at(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE")))
    cloud.fault({"match": {"operation": "DeleteApiAclBindingV2"}, "times": 1, "drop": "after"})
    assert done(cloud.run(MODULE, {**WAREHOUSE, "state": "absent"}))["changed"] is True
    cloud = gateway(acl("warehouse", "PERMIT", ("catalogue", "RELEASE")))
    cloud.fault({"match": {"operation": "DeleteApiAclBindingV2"}, "times": 1, "drop": "after"})
    # Sent again, it finds nothing to unbind, and that is success.
    assert done(cloud.run(MODULE, {**WAREHOUSE, "state": "absent", "max_retries": 2}))["changed"] is True


def test_what_is_bound_already_and_does_not_show_yet_is_no_failure(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"), reads=3)
    early = {**WAREHOUSE, "apis": ["orders"], "wait_timeout": 0}
    assert cloud.run(MODULE, early)["failed"] is True
    # The service refuses a second binding of the API, and takes the rest.
    assert names(cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders", "catalogue"]})) == ["catalogue", "orders"]
    statuses = [entry["status"] for entry in cloud.writes()]
    assert statuses == [201, 400, 201]


def test_a_refusal_that_somebody_else_has_not_caused_stays_one(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse"))
    cloud.fault({"match": {"operation": "CreateApiAclBindingV2"}, "status": 400, "body": {"error_code": "APIG.2011", "error_msg": "Invalid parameter"}})
    result = cloud.run(MODULE, {**WAREHOUSE, "apis": ["orders"]})
    assert result["api_error"]["code"] == "APIG.2011"
    assert operations(cloud) == ["CreateApiAclBindingV2"]


# The twin


def test_the_twin_tells_each_policy_and_environment_with_bindings(cloud: Cloud) -> None:
    cloud = gateway(
        acl("warehouse", "PERMIT", ("orders", "staging"), ("orders", "RELEASE"), ("catalogue", "RELEASE")),
        acl("idle"),
        acl("crawlers", "DENY", ("catalogue", "RELEASE")),
    )

    def told(**filters: str) -> list[tuple[str, str, list[str]]]:
        result = done(cloud.run("apig_acl_binding_info", {"gateway": GATEWAY, **filters}))
        return [(one["acl"], one["environment"], [api["name"] for api in one["apis"]]) for one in result["acl_bindings"]]

    everything = [("crawlers", "RELEASE", ["catalogue"]), ("warehouse", "RELEASE", ["catalogue", "orders"]), ("warehouse", "staging", ["orders"])]
    assert told() == everything
    # The policy that is bound to nothing is not asked about.
    assert [entry["operation"] for entry in cloud.journal()] == ["ListInstancesV2", "ListAclStrategiesV2", BOUND, BOUND]
    first = done(cloud.run("apig_acl_binding_info", {"gateway": GATEWAY}))["acl_bindings"][0]
    assert told(acl="warehouse") == everything[1:]
    assert told(acl=first["acl_id"]) == everything[:1]
    assert told(environment="staging") == everything[2:]
    assert told(environment=first["environment_id"]) == everything[:2]
    assert told(api="orders") == everything[1:]
    assert told(api=first["apis"][0]["id"]) == everything[:2]
    assert told(acl="warehouse", environment="RELEASE", api="catalogue") == everything[1:2]
    assert told(acl="nobody") == told(environment="nowhere") == told(api="nothing") == []
    assert cloud.writes() == []


def test_whether_a_policy_is_bound_is_asked_by_the_twin_where_the_list_does_not_tell(cloud: Cloud) -> None:
    cloud = gateway(acl("warehouse", "PERMIT", ("orders", "RELEASE")))
    cloud.fault({"match": {"operation": "ListAclStrategiesV2"}, "strip": ["bind_num"]})
    assert len(done(cloud.run("apig_acl_binding_info", {"gateway": GATEWAY}))["acl_bindings"]) == 1
