# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WAF policies, the domains they protect, and the addresses that WAF calls origins from."""

from __future__ import annotations

import re

from gatehouse_emulator.account import SWITCHES, Account, Record, new_policy
from gatehouse_emulator.calls import Call, Handler, Reply, numbered_page
from gatehouse_emulator.refusals import Refusal

# The SDK says 64 letters, digits and _, other editions 256 and - as well.
_NAME = re.compile(r"[\w-]{1,256}")
_ACTIONS = ("log", "block")
# What an update sets. It takes the domains in the body as well, and moves none.
_SET = ("name", "level", "full_detection", "robot_action", "modulex_options", "extend")


def policy_of(call: Call) -> Record:
    """The policy that a path names. Raises Refusal."""
    policy = call.account.policies.get(call.path["policy_id"])
    if policy is None:
        raise Refusal(404, "WAF.00022001", "The policy does not exist")
    return policy


def _told(account: Account, policy: Record) -> Record:
    hosts = [host for host in account.hosts.values() if host["policyid"] == policy["id"]]
    bound = [{"id": host["id"], "hostname": host["hostname"], "waf_type": host["waf_type"], "mode": "1"} for host in hosts]
    return {**policy, "hosts": [host["id"] for host in hosts], "bind_host": bound}


def list_policies(call: Call) -> Reply:
    # The name filter matches parts of names, the less helpful of the two readings.
    wanted = call.query.get("name", "")
    found = [_told(call.account, policy) for policy in call.account.policies.values() if wanted in policy["name"]]
    return Reply({"total": len(found), "items": numbered_page(call, found)})


def show_policy(call: Call) -> Reply:
    return Reply(_told(call.account, policy_of(call)))


def _check_name(call: Call, name: str, besides: str | None) -> None:
    if not _NAME.fullmatch(name):
        raise Refusal(400, "WAF.00021005", "The policy name is invalid")
    # Whether names are unique is not documented. There is a code for a name that is taken, so one is refused; a seed can hold two of a name.
    if any(policy["name"] == name and policy["id"] != besides for policy in call.account.policies.values()):
        raise Refusal(400, "WAF.00022002", "The policy already exists")


def create_policy(call: Call) -> Reply:
    _check_name(call, call.body["name"], None)
    if len(call.account.policies) >= call.account.limits["policies"]:
        raise Refusal(400, "WAF.00013001", "The number of policies exceeds the quota")
    policy = new_policy(call.account, call.account.new_id(), call.body["name"])
    call.account.policies[policy["id"]] = policy
    return Reply(_told(call.account, policy))


def update_policy(call: Call) -> Reply:
    policy = policy_of(call)
    changes = dict(call.body or {})
    if "name" in changes:
        _check_name(call, changes["name"], policy["id"])
    if changes.get("action", policy["action"]).get("category") not in _ACTIONS:
        raise Refusal(400, "WAF.00021014", "The protective action is invalid")
    policy.update({name: changes[name] for name in _SET if name in changes})
    # Whether what is inside these merges is not stated: here it is replaced, and a switch that is left out is off.
    if "action" in changes:
        policy["action"] = dict(changes["action"])
    if "options" in changes:
        policy["options"] = {name: changes["options"].get(name, False) for name in SWITCHES}
    return Reply(_told(call.account, policy))


def update_hosts(call: Call) -> Reply:
    """Move domains under the policy. Whether the others that it protects stay is not stated: here they are left without one."""
    policy = policy_of(call)
    if not call.query.get("hosts"):
        raise Refusal(400, "WAF.00021002", "hosts is missing")
    wanted = call.query["hosts"].split(",")
    unknown = [host for host in wanted if host not in call.account.hosts]
    if unknown:
        raise Refusal(400, "WAF.00014001", f"The domain name does not exist: {', '.join(unknown)}")
    for host in call.account.hosts.values():
        if host["id"] in wanted:
            host["policyid"] = policy["id"]
        elif host["policyid"] == policy["id"]:
            host["policyid"] = ""
    return Reply(_told(call.account, policy))


def delete_policy(call: Call) -> Reply:
    policy = policy_of(call)
    if any(host["policyid"] == policy["id"] for host in call.account.hosts.values()):
        raise Refusal(400, "WAF.00022003", "The policy is in use")
    call.account.remove_policy(policy["id"])
    return Reply(policy)


def show_source_ips(call: Call) -> Reply:
    groups = call.account.source_ips
    return Reply({"source_ip": groups, "last_modify": max((group.get("update_time", 0) for group in groups), default=0)})


HANDLERS: dict[str, Handler] = {
    "ListPolicy": list_policies,
    "ShowPolicy": show_policy,
    "CreatePolicy": create_policy,
    "UpdatePolicy": update_policy,
    "UpdatePolicyProtectHost": update_hosts,
    "DeletePolicy": delete_policy,
    "ShowSourceIp": show_source_ips,
}
