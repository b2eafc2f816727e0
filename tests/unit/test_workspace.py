# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about Workspace: addresses, users and groups, and the order of calls that locks nobody out."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _workspace
from cloud import Cloud
from wishes import ACCESS_TYPE, WHITE_LIST, addresses, done, late


def test_a_removal_by_id_minds_everything_that_finds_the_object(cloud: Cloud) -> None:
    policy = done(cloud.run("workspace_access_policy", ACCESS_TYPE))["access_policy"]
    wrong = {"id": policy["id"], "access_control_type": "ip_white_list", "state": "absent"}
    assert "has access_control_type 'access_type' and not 'ip_white_list'" in cloud.run("workspace_access_policy", wrong)["msg"]
    assert len(cloud.state()["workspace"]["policies"]) == 1


def test_addresses_are_added_and_taken_off_one_by_one(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7", "192.0.2.8"]}))
    more = cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.9"], "purge_ip_addresses": False})
    assert addresses(more) == ["192.0.2.7", "192.0.2.8", "192.0.2.9"]
    fewer = cloud.run("workspace_access_policy", {**WHITE_LIST, "removed_ip_addresses": ["192.0.2.8/32", "203.0.113.1"]})
    assert addresses(fewer) == ["192.0.2.7", "192.0.2.9"]
    assert cloud.run("workspace_access_policy", {**WHITE_LIST, "removed_ip_addresses": ["192.0.2.8"]})["changed"] is False
    exact = cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.9"]})
    assert addresses(exact) == ["192.0.2.9"]
    assert addresses(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": []})) == []


def bodies(cloud: Cloud, method: str = "PUT") -> list[str]:
    return [request.body.decode() for request in cloud.requests if request.method == method]


def test_a_list_is_filled_before_it_is_enforced_and_shortened_last(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}))
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.8"], "enabled": True, "block_all": True}))
    steps = bodies(cloud)
    assert ["ADD_IP" in steps[0], "is_enable" in steps[1], "is_block_all" in steps[2], "DELETE_IP" in steps[3]] == [True] * 4
    assert len(steps) == 4


def test_a_list_is_released_before_it_is_emptied(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"], "enabled": True, "block_all": True}))
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": [], "enabled": False, "block_all": False}))
    steps = bodies(cloud)
    assert ["is_block_all" in steps[0], "is_enable" in steps[1], "DELETE_IP" in steps[2]] == [True] * 3
    assert len(steps) == 3


def test_releasing_a_list_that_blocks_all_is_one_wish(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"], "enabled": True, "block_all": True}))
    result = cloud.run("workspace_access_policy", {**WHITE_LIST, "enabled": False})
    assert result["failed"] is True
    assert "block_all to false" in result["msg"]


def test_a_list_that_somebody_left_enforced_and_empty_can_be_looked_at_and_mended() -> None:
    policy = {"policy_name": "offices", "access_control_type": "IP_WHITE_LIST", "is_enable": True}
    cloud = Cloud({"workspace": {"policies": [policy]}})
    assert done(cloud.run("workspace_access_policy", WHITE_LIST))["changed"] is False
    assert "may lock everybody out" in cloud.run("workspace_access_policy", {**WHITE_LIST, "enabled": True})["msg"]
    assert addresses(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]})) == ["192.0.2.7"]


def test_users_and_groups_are_named_or_identified(cloud: Cloud) -> None:
    objects = [{"type": "user", "name": "anna"}, {"type": "group", "name": "contractors"}]
    first = done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": objects}))["access_policy"]
    assert sorted((one["type"], one["name"]) for one in first["objects"]) == [("group", "contractors"), ("user", "anna")]
    by_id = [{"type": one["type"], "id": one["id"]} for one in reversed(first["objects"])]
    for same in (by_id, objects, [*objects, objects[0]]):
        assert done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": same}))["changed"] is False
    result = done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", "name": "chen"}]}, diff=True))
    assert [one["name"] for one in result["access_policy"]["objects"]] == ["chen"]
    assert result["diff"]["before"]["objects"] == first["objects"]


def test_an_object_that_the_policy_has_is_told_by_its_name_in_check_mode_too(cloud: Cloud) -> None:
    users = {user["user_name"]: user["id"] for user in cloud.state()["workspace"]["users"]}
    done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", "name": "anna"}]}))
    wish = {**ACCESS_TYPE, "objects": [{"type": "user", "id": users["anna"]}, {"type": "user", "id": users["chen"], "name": "chen"}]}
    predicted = done(cloud.run("workspace_access_policy", wish, check=True))
    assert done(cloud.run("workspace_access_policy", wish)) == predicted
    assert sorted(one["name"] for one in predicted["access_policy"]["objects"]) == ["anna", "chen"]


@pytest.mark.parametrize("said", [{"id": "f" * 32}, {"id": "f" * 32, "name": "anna"}, {"name": "nobody"}])
@pytest.mark.parametrize("check", [False, True])
def test_an_object_that_is_not_there_is_named_before_anything_is_written(cloud: Cloud, said: t.Any, check: bool) -> None:
    result = cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", **said}]}, check=check)
    assert "There is no Workspace user '" in result["msg"]
    assert all(value in result["msg"] for value in said.values())
    assert cloud.writes() == []


def test_an_id_without_a_name_is_told_with_its_name_in_check_mode_too(cloud: Cloud) -> None:
    users = {user["user_name"]: user["id"] for user in cloud.state()["workspace"]["users"]}
    wish = {**ACCESS_TYPE, "objects": [{"type": "user", "id": users["bogdan"]}]}
    for check in (True, False):
        assert done(cloud.run("workspace_access_policy", wish, check=check))["access_policy"]["objects"][0]["name"] == "bogdan"


def test_check_mode_predicts_users_and_groups(cloud: Cloud) -> None:
    wish = {**ACCESS_TYPE, "objects": [{"type": "user", "name": "anna"}]}
    predicted = done(cloud.run("workspace_access_policy", wish, check=True))["access_policy"]
    real = done(cloud.run("workspace_access_policy", wish))["access_policy"]
    assert {**predicted, "id": real["id"]} == real
    assert predicted["objects"] == real["objects"]


def test_a_policy_with_more_than_ten_objects_is_read_whole() -> None:
    users = [f"user-{number:02}" for number in range(25)]
    cloud = Cloud({"workspace": {"users": users}})
    objects = [{"type": "user", "name": name} for name in users]
    assert len(done(cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": objects}))["access_policy"]["objects"]) == 25
    cloud.forget()
    assert cloud.run("workspace_access_policy", {**ACCESS_TYPE, "objects": objects})["changed"] is False
    # All of them in one call, though the service's own limit is ten.
    assert [entry["operation"] for entry in cloud.journal()].count("ListAccessPolicyObjects") == 1


def test_policies_are_all_read_though_the_service_tells_no_total() -> None:
    policies = [{"policy_name": f"policy-{number}", "access_control_type": "IP_WHITE_LIST"} for number in range(150)]
    cloud = Cloud({"workspace": {"policies": policies}})
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "strip": ["total"]})
    assert len(done(cloud.run("workspace_access_policy_info"))["access_policies"]) == 150
    assert cloud.run("workspace_access_policy", {"name": "policy-140", "access_control_type": "ip_white_list"})["changed"] is False


def test_a_list_that_does_not_add_up_ends() -> None:
    policies = [{"policy_name": f"policy-{number}", "access_control_type": "IP_WHITE_LIST"} for number in range(2)]
    cloud = Cloud({"workspace": {"policies": policies}})
    page = {"policies": [{"policy_id": "a", "policy_name": "policy-1"}], "total": 20}
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "status": 200, "body": page})
    assert "There are 20 access policies; the service lists no more than 1" in cloud.run("workspace_access_policy_info")["msg"]
    assert len(cloud.journal()) == 2


def test_a_list_whose_total_counts_more_than_it_lists_ends_with_an_empty_page(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"]}))
    done(cloud.run("workspace_access_policy", ACCESS_TYPE))
    page = {"policies": [{"policy_id": "a", "policy_name": "offices"}], "total": 2}
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 1, "status": 200, "body": page})
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 1, "status": 200, "body": {**page, "policies": []}})
    assert len(done(cloud.run("workspace_access_policy_info", {"access_control_type": "ip_white_list"}))["access_policies"]) == 1


def test_a_list_that_blocks_all_is_filled_before_the_block_is_lifted() -> None:
    policy = {"policy_name": "offices", "access_control_type": "IP_WHITE_LIST", "is_enable": True, "is_block_all": True}
    cloud = Cloud({"workspace": {"policies": [policy]}})
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.7"], "enabled": False, "block_all": False}))
    steps = bodies(cloud)
    assert ["ADD_IP" in steps[0], "is_block_all" in steps[1], "is_enable" in steps[2]] == [True] * 3
    assert len(steps) == 3


def test_a_list_that_somebody_else_changed_meanwhile_is_no_success(cloud: Cloud) -> None:
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["192.0.2.1"]}))
    # The first list of the third run is one that does not know yet what the second run did.
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "times": 2}, late("ListAccessPolicies", 1))
    done(cloud.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": ["203.0.113.9"], "purge_ip_addresses": False}))
    wish = {**WHITE_LIST, "ip_addresses": ["192.0.2.1", "192.0.2.2"]}
    result = cloud.run("workspace_access_policy", wish)
    assert "somebody else has changed it meanwhile" in result["msg"]
    assert "this was done: adding addresses." in result["msg"]
    assert addresses(cloud.run("workspace_access_policy", wish)) == ["192.0.2.1", "192.0.2.2"]


def held_by(cloud: Cloud) -> set[str]:
    return {entry["ip_address"] for entry in cloud.state()["workspace"]["policies"][0]["ip_list"]}


@pytest.mark.parametrize(("old", "new"), [(1000, 1), (1000, 1000), (600, 600), (999, 2), (1, 1000)])
def test_a_list_without_room_is_exchanged_without_ever_being_empty(old: int, new: int) -> None:
    def addresses(first: int, count: int) -> list[str]:
        return [f"10.{first}.{number // 250}.{number % 250}" for number in range(count)]

    held = [{"ip_address": address, "subnet_mask": "255.255.255.255"} for address in addresses(1, old)]
    policy = {"policy_name": "offices", "access_control_type": "IP_WHITE_LIST", "is_enable": True, "ip_list": held}
    cloud = Cloud({"workspace": {"policies": [policy]}})
    wished = [*addresses(1, old - new), *addresses(2, new)] if old >= new else addresses(2, new)
    wish = {**WHITE_LIST, "ip_addresses": wished}
    assert done(cloud.run("workspace_access_policy", wish))["changed"] is True
    assert held_by(cloud) == set(wished)
    assert cloud.run("workspace_access_policy", wish)["changed"] is False
    # Followed call by call, the list holds an address at any time, and never more than fit.
    count = old
    for request in (json.loads(request.body) for request in cloud.requests if request.method == "PUT"):
        count += len(request["ip_white_list"]) * (1 if request["operation_type"] == "ADD_IP" else -1)
        assert 0 < count <= 1000


def test_a_list_that_holds_more_than_it_may_is_left_to_the_service() -> None:
    def entries(network: str, count: int) -> list[dict[str, str]]:
        return [{"ip_address": f"10.{network}.{number // 250}.{number % 250}", "subnet_mask": "255.255.255.255"} for number in range(count)]

    held = entries("1", 1001)
    steps = _workspace._steps({"ip_list": held}, {"ip_list": held + entries("2", 3)})
    assert [(what, len(body["ip_white_list"])) for what, body in steps] == [("adding addresses", 3)]


def test_two_notations_of_one_network_are_removed_together() -> None:
    held = [{"ip_address": address, "subnet_mask": "255.255.255.0"} for address in ("192.0.2.5", "192.0.2.9")]
    assert _workspace._steps({"ip_list": held}, {"ip_list": []}) == [("removing addresses", {"operation_type": "DELETE_IP", "ip_white_list": held})]


def test_what_a_policy_does_not_tell_is_off_or_empty_and_an_entry_without_a_mask_is_one_address(cloud: Cloud) -> None:
    told = {"policy_id": "a", "policy_name": "offices", "ip_list": [{"ip_address": "198.51.100.7"}, None], "is_enable": None}
    cloud.fault({"match": {"operation": "ListAccessPolicies"}, "status": 200, "body": {"policies": [told], "total": 1}})
    result = done(cloud.run("workspace_access_policy_info", {"access_control_type": "ip_white_list"}))["access_policies"][0]
    assert (result["ip_addresses"], result["enabled"], result["block_all"]) == (["198.51.100.7"], False, False)
    other = Cloud()
    other.fault({"match": {"operation": "ListAccessPolicies"}, "status": 200, "body": {"policies": [{**told, "ip_list": None}], "total": 1}})
    assert done(other.run("workspace_access_policy", {**WHITE_LIST, "ip_addresses": []}))["changed"] is False


def test_policies_are_read_as_far_as_the_service_lists_them() -> None:
    policies = [{"policy_name": f"policy-{number}", "access_control_type": "IP_WHITE_LIST"} for number in range(199)]
    cloud = Cloud({"workspace": {"policies": policies}})
    assert len(done(cloud.run("workspace_access_policy_info"))["access_policies"]) == 199
    more = Cloud({"workspace": {"policies": [*policies, {"policy_name": "last", "access_control_type": "IP_WHITE_LIST"}]}})
    result = more.run("workspace_access_policy_info")
    assert "There are 200 access policies; the service lists no more than 199" in result["msg"]
