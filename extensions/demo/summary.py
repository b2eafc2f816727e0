# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an emulated account holds, in lines for people."""

from __future__ import annotations

import typing as t

_ACTIONS = {0: "block", 1: "allow", 2: "log", "pass": "allow"}
_STEPS = {1: "origin whitelisted", 2: "verified locally", 3: "DNS switched"}
_STATUSES = {0: "pending", 1: "completed", 2: "skipped"}
_ENTITIES = {"IP": ("address", "addresses"), "DOMAIN": ("account", "accounts"), "DOMAIN_ID": ("account id", "account ids")}

Record = t.Mapping[str, t.Any]


def summary(state: Record) -> str:
    """The account as an indented list: per kind the names, and how much each holds."""
    lines: list[str] = []
    for policy in state["policies"]:
        lines += _headed(f"WAF policy {policy['name']}: geolocation rules", [_geoip_rule(rule) for rule in policy["geoip_rules"]])
        lines += _headed(f"WAF policy {policy['name']}: IP-intelligence rules", [_ip_reputation_rule(rule) for rule in policy["ip_reputation_rules"]])
    for gateway in state["gateways"]:
        lines += _headed(f"API gateway {gateway['name']}: access control policies", [_acl(acl) for acl in gateway["acls"]])
    lines += _headed("Workspace: access policies", [_access_policy(policy) for policy in state["workspace"]["policies"]])
    lines += _headed("Domains behind WAF", [_domain(domain) for domain in state["domains"]])
    return "\n".join(lines)


def _headed(title: str, entries: t.Sequence[str]) -> list[str]:
    return [f"  {title}", *(f"    {entry}" for entry in entries or ["none"])]


def _geoip_rule(rule: Record) -> str:
    return f"{rule['name']}: {_ACTIONS[rule['white']]} {_counted(rule['geoip'].split('|'), 'location', 'locations')}{_switch(rule)}"


def _ip_reputation_rule(rule: Record) -> str:
    action = rule["action"]["category"]
    return f"{rule['name']}: {_ACTIONS.get(action, action)} {_counted(rule['tags'], 'data-centre operator', 'data-centre operators')}{_switch(rule)}"


def _acl(acl: Record) -> str:
    return f"{acl['acl_name']}: {acl['acl_type'].lower()} {_counted(acl['acl_value'].split(','), *_ENTITIES[acl['entity_type']])}"


def _access_policy(policy: Record) -> str:
    if policy["access_control_type"] == "IP_WHITE_LIST":
        force = "in force" if policy["is_enable"] else "not in force"
        return f"{policy['policy_name']}: only {_counted(policy['ip_list'], *_ENTITIES['IP'])}, {force}"
    return f"{policy['policy_name']}: not over the internet for {_counted(policy['objects'], 'user or group', 'users and groups')}"


def _domain(domain: Record) -> str:
    reached = {step["step"]: _STATUSES[step["status"]] for step in domain["access_progress"]}
    return f"{domain['hostname']}: {', '.join(f'{name} {reached.get(step, _STATUSES[0])}' for step, name in _STEPS.items())}"


def _counted(members: t.Sequence[t.Any], one: str, several: str) -> str:
    return f"{len(members)} {one if len(members) == 1 else several}"


def _switch(rule: Record) -> str:
    return "" if rule["status"] else " (off)"
