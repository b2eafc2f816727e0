# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workspace: access policies with their objects, users and groups."""

from __future__ import annotations

import ipaddress
import typing as t
from datetime import datetime, timezone

from gatehouse_emulator.account import Record
from gatehouse_emulator.calls import Call, Handler, Reply, number
from gatehouse_emulator.refusals import Refusal, malformed

_MOST_ADDRESSES = 1000


def _policy(call: Call) -> Record:
    policy = call.account.access_policies.get(call.path["access_policy_id"])
    if policy is None:
        raise Refusal(404, "WKS.00010108", "The access policy does not exist")
    return policy


def list_policies(call: Call) -> Reply:
    kind = call.query.get("access_control_type")
    offset = number(call, "offset", 0, 0, 99, "WKS.0001")
    limit = number(call, "limit", 100, 0, 100, "WKS.0001")
    found = [policy for policy in call.account.access_policies.values() if kind in (None, policy["access_control_type"])]
    told = [{**{name: value for name, value in policy.items() if name != "objects"}, "ip_total_count": len(policy["ip_list"])} for policy in found]
    return Reply({"policies": told[offset : offset + limit], "total": len(told)})


def create_policy(call: Call) -> Reply:
    policy, objects = call.body["policy"], call.body.get("policy_objects_list") or []
    name, kind = policy.get("policy_name"), policy.get("access_control_type", "ACCESS_TYPE")
    if not name or len(name) > 50:
        raise malformed("workspace", "body", "policy_name has 1 to 50 characters")
    if kind == "ACCESS_TYPE" and policy.get("blacklist_type") != "INTERNET":
        raise malformed("workspace", "body", "blacklist_type must be INTERNET")
    if any(one["policy_name"] == name and one["access_control_type"] == kind for one in call.account.access_policies.values()):
        # A business error that comes with HTTP status 200, as the error table lists them.
        raise Refusal(200, "WKS.00010109", "The access policy already exists")
    if len(call.account.access_policies) >= call.account.limits["access_policies"]:
        raise Refusal(400, "WKS.00010110", "The number of access policies exceeds the quota")
    if policy.get("is_block_all") and not policy.get("is_enable"):
        raise malformed("workspace", "body", "is_block_all needs is_enable")
    policy_id = call.account.new_id()
    made = datetime.fromtimestamp(call.account.now(), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    defaults = {"ip_list": [], "is_enable": False, "is_block_all": False}
    call.account.access_policies[policy_id] = {
        **defaults,
        # How many addresses there are is counted and not told.
        **{name: value for name, value in policy.items() if name != "ip_total_count"},
        "access_control_type": kind,
        "ip_list": _checked(policy.get("ip_list") or []),
        "objects": _objects(call, objects),
        "policy_id": policy_id,
        "create_time": made,
    }
    # The answer is empty: no id.
    return Reply(None)


def update_policy(call: Call) -> Reply:
    policy, body = _policy(call), call.body or {}
    if not body:
        raise Refusal(400, "WKS.0001", "The request is empty")
    if "is_enable" in body:
        # It wins over everything else in the body.
        policy["is_enable"] = body["is_enable"]
        if not body["is_enable"]:
            policy["is_block_all"] = False
    elif "is_block_all" in body:
        if not policy["is_enable"]:
            raise Refusal(400, "WKS.0001", "is_block_all needs a white list that takes effect")
        policy["is_block_all"] = body["is_block_all"]
    else:
        _update_addresses(policy, body)
    return Reply(None)


def _update_addresses(policy: Record, body: t.Mapping[str, t.Any]) -> None:
    if "operation_type" not in body or not body.get("ip_white_list"):
        # What the list means without operation_type is not documented: refused, so that nobody relies on it.
        raise Refusal(400, "WKS.0001", "operation_type and ip_white_list are needed together")
    given = _checked(body["ip_white_list"])
    others = [entry for entry in policy["ip_list"] if entry not in given]
    policy["ip_list"] = [*given, *others] if body["operation_type"] == "ADD_IP" else others
    if len(policy["ip_list"]) > _MOST_ADDRESSES:
        raise Refusal(400, "WKS.0001", f"at most {_MOST_ADDRESSES} addresses are allowed")


def _checked(entries: t.Sequence[t.Mapping[str, str]]) -> list[Record]:
    for entry in entries:
        try:
            ipaddress.IPv4Network(f"{entry['ip_address']}/{entry['subnet_mask']}")
        except ValueError:
            raise Refusal(400, "WKS.0001", f"{entry['ip_address']} with {entry['subnet_mask']} is no network") from None
        if entry["subnet_mask"].isdigit():
            raise Refusal(400, "WKS.0001", "subnet_mask is dotted")
    return [dict(entry) for entry in entries]


def delete_policies(call: Call) -> Reply:
    wanted = (call.body or {}).get("policy_id_list") or []
    if not 1 <= len(wanted) <= 100:
        raise Refusal(400, "WKS.0001", "policy_id_list has 1 to 100 entries")
    if not set(wanted) <= call.account.access_policies.keys():
        raise Refusal(404, "WKS.00010108", "The access policy does not exist")
    for policy_id in set(wanted):
        del call.account.access_policies[policy_id]
    return Reply(None)


def _objects(call: Call, objects: t.Sequence[t.Mapping[str, t.Any]]) -> list[Record]:
    known = {"USER": (call.account.users, "user_name"), "USERGROUP": (call.account.groups, "name")}
    held = []
    for one in objects:
        directory, label = known[one["object_type"]]
        if one["object_id"] not in directory:
            raise Refusal(404, "WKS.00010112", f"The object {one['object_id']} does not exist")
        name = directory[one["object_id"]][label]
        held.append({"object_id": one["object_id"], "object_type": one["object_type"], "object_name": name, "object_domain": "local.example.com"})
    return held


def list_objects(call: Call) -> Reply:
    policy = _policy(call)
    offset = number(call, "offset", 0, 0, 1999, "WKS.0001")
    limit = number(call, "limit", 10, 0, 2000, "WKS.0001")
    objects = list(reversed(policy["objects"]))
    return Reply({"policy_objects_list": objects[offset : offset + limit], "total": len(objects)})


def update_objects(call: Call) -> Reply:
    policy = _policy(call)
    objects = (call.body or {}).get("policy_objects_list") or []
    if not 1 <= len(objects) <= 2000:
        raise Refusal(400, "WKS.0001", "policy_objects_list has 1 to 2000 entries")
    policy["objects"] = _objects(call, objects)
    return Reply(None)


def list_users(call: Call) -> Reply:
    # The filter matches parts of names.
    wanted = call.query.get("user_name", "")
    users = [user for user in call.account.users.values() if wanted in user["user_name"]]
    return _directory_page(call, "users", users)


def list_groups(call: Call) -> Reply:
    wanted = call.query.get("keyword", "")
    groups = [group for group in call.account.groups.values() if wanted in group["name"]]
    return _directory_page(call, "user_groups", groups)


def _directory_page(call: Call, key: str, items: list[Record]) -> Reply:
    offset = number(call, "offset", 0, 0, 1_000_000, "WKS.0001")
    limit = number(call, "limit", 10, 1, 100, "WKS.0001")
    return Reply({"total_count": len(items), key: items[offset : offset + limit]})


HANDLERS: dict[str, Handler] = {
    "ListAccessPolicies": list_policies,
    "CreateAccessPolicy": create_policy,
    "UpdateAccessPolicy": update_policy,
    "BatchDeleteAccessPolicies": delete_policies,
    "ListAccessPolicyObjects": list_objects,
    "UpdateAccessPolicyObjects": update_objects,
    "ListUsers": list_users,
    "ListUserGroups": list_groups,
}
