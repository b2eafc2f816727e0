# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about API Gateway: access control policies."""

from __future__ import annotations

import pytest

from cloud import Cloud
from wishes import ACL, done


@pytest.mark.parametrize(
    ("entity_type", "values"),
    [("ip", ["192.0.2.7", "198.51.100.0/24"]), ("domain", ["partner-one", "Partner_Two"]), ("domain_id", ["d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0"])],
)
def test_every_type_of_entity_can_be_said(cloud: Cloud, entity_type: str, values: list[str]) -> None:
    wish = {**ACL, "entity_type": entity_type, "entries": values}
    assert done(cloud.run("apig_acl", wish))["acl"]["entries"] == sorted(values)
    assert cloud.run("apig_acl", wish)["changed"] is False


def test_other_notations_of_an_address_are_no_change(cloud: Cloud) -> None:
    done(cloud.run("apig_acl", {**ACL, "entries": ["192.0.2.7/32", "198.51.100.9/24", "203.0.113.1-203.0.113.9"]}))
    result = cloud.run("apig_acl", {**ACL, "entries": ["198.51.100.0/24", "203.0.113.1 - 203.0.113.9", "192.0.2.7"]})
    assert result["changed"] is False


def test_a_policy_that_is_bound_is_not_removed(cloud: Cloud) -> None:
    acl = {"acl_name": "offices", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.7", "bind_num": 2}
    cloud = Cloud({"gateways": [{"name": "storefront-gateway", "acls": [acl]}]})
    result = cloud.run("apig_acl", {"gateway": "storefront-gateway", "name": "offices", "state": "absent"})
    assert result["failed"] is True
    assert "APIG.3447" in result["msg"]
    assert "Unbind the policy" in result["msg"]
    predicted = cloud.run("apig_acl", {"gateway": "storefront-gateway", "name": "offices", "state": "absent"}, check=True)
    assert "It is bound to 2 APIs" in predicted["msg"]
    found = done(cloud.run("apig_acl_info", {"gateway": "storefront-gateway"}))["acls"][0]
    assert "It is bound to 2 APIs" in cloud.run("apig_acl", {"gateway": "storefront-gateway", "id": found["id"], "state": "absent"}, check=True)["msg"]


def test_what_a_policy_is_bound_to_is_named(cloud: Cloud) -> None:
    bindings = [{"api_name": api, "env_name": environment} for api, environment in (("orders", "RELEASE"), ("stock", "TEST"), ("orders", "TEST"))]
    acl = {"acl_name": "offices", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.7"}
    gateway = {"gateway": "storefront-gateway", "name": "offices", "state": "absent"}
    named = "It is bound to 2 APIs: 'orders' (in RELEASE, TEST), 'stock' (in TEST)."
    cloud = Cloud({"gateways": [{"name": "storefront-gateway", "acls": [{**acl, "bindings": bindings}]}]})
    for check in (True, False):
        assert named in cloud.run("apig_acl", gateway, check=check)["msg"]
    refused = {"match": {"operation": "ListApisBindedToAclPolicyV2"}, "status": 403, "body": {"error_code": "APIG.1005", "error_msg": "denied"}}
    cloud.fault(refused)
    for check in (True, False):
        result = cloud.run("apig_acl", gateway, check=check)
        assert "It is bound to 3 APIs." in result["msg"]
        assert "APIG.3447" in result["msg"]
    many = [{"api_name": f"api_{number:02}", "env_name": "RELEASE"} for number in range(13)]
    cloud = Cloud({"gateways": [{"name": "storefront-gateway", "acls": [{**acl, "bindings": many}]}]})
    assert "'api_09' (in RELEASE), and 3 more." in cloud.run("apig_acl", gateway)["msg"]


def test_whether_a_policy_is_bound_is_asked_where_the_list_does_not_tell(cloud: Cloud) -> None:
    acl = {"acl_name": "offices", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.7"}
    for bound in (0, 1):
        cloud = Cloud({"gateways": [{"name": "storefront-gateway", "acls": [{**acl, "bind_num": bound}]}]})
        cloud.fault({"match": {"operation": "ListAclStrategiesV2"}, "strip": ["bind_num"]})
        result = cloud.run("apig_acl", {"gateway": "storefront-gateway", "name": "offices", "state": "absent"}, check=True)
        assert ("It is bound to 1 API: 'api_1' (in RELEASE)." in result.get("msg", "")) == bool(bound)


def test_accounts_that_differ_by_case_are_two(cloud: Cloud) -> None:
    wish = {**ACL, "entity_type": "domain", "entries": ["Partner", "partner"]}
    assert done(cloud.run("apig_acl", wish))["acl"]["entries"] == ["Partner", "partner"]
    assert done(cloud.run("apig_acl", {**wish, "entries": ["partner"]}))["acl"]["entries"] == ["partner"]


def test_an_update_reads_what_the_list_leaves_out(cloud: Cloud) -> None:
    done(cloud.run("apig_acl", ACL))
    cloud.fault({"match": {"operation": "ListAclStrategiesV2"}, "strip": ["acl_value", "entity_type"]})
    assert done(cloud.run("apig_acl", {"gateway": ACL["gateway"], "name": ACL["name"], "type": "deny"}))["acl"]["entries"] == ["192.0.2.7"]


def test_a_policy_is_found_by_its_whole_name(cloud: Cloud) -> None:
    done(cloud.run("apig_acl", {**ACL, "name": "offices_2"}))
    assert done(cloud.run("apig_acl", ACL))["changed"] is True
    assert len(done(cloud.run("apig_acl_info", {"gateway": "storefront-gateway"}))["acls"]) == 2
    assert done(cloud.run("apig_acl_info", {"gateway": "storefront-gateway", "id": "0" * 32}))["acls"] == []
