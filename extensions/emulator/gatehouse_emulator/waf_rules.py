# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WAF policies and their geolocation and IP-intelligence rules."""

from __future__ import annotations

import json
import typing as t
from functools import lru_cache
from pathlib import Path

from gatehouse_emulator.account import Account, Record
from gatehouse_emulator.calls import Call, Handler, Reply, number, numbered_page
from gatehouse_emulator.refusals import Refusal

TAGS = ("Dr.Peng", "Google", "Tencent", "MeiTuan", "HW", "Amazon", "AliCloud", "Microsoft", "VNET")


@lru_cache(maxsize=1)
def locations() -> dict[str, t.Any]:
    """The values of the geolocation map, with their names."""
    return dict(json.loads((Path(__file__).parent / "locations.json").read_text(encoding="utf-8")))


def location_named(text: str) -> str | None:
    """The value of the geolocation map for a value or its English name; None where there is none."""
    known = locations()["locations"]
    return text if text in known else next((value for value, name in known.items() if name.casefold() == text.casefold()), None)


def _policy(call: Call) -> Record:
    policy = call.account.policies.get(call.path["policy_id"])
    if policy is None:
        raise Refusal(404, "WAF.00022001", "The policy does not exist")
    return policy


def _policy_told(account: Account, policy: Record) -> Record:
    hosts = [host for host in account.hosts.values() if host["policyid"] == policy["id"]]
    bound = [{"id": host["id"], "hostname": host["hostname"], "waf_type": host["waf_type"], "mode": "1"} for host in hosts]
    return {**policy, "hosts": [host["id"] for host in hosts], "bind_host": bound}


def list_policies(call: Call) -> Reply:
    # The name filter matches parts of names, the less helpful of the two readings.
    wanted = call.query.get("name", "")
    found = [_policy_told(call.account, policy) for policy in call.account.policies.values() if wanted in policy["name"]]
    return Reply({"total": len(found), "items": numbered_page(call, found)})


def show_policy(call: Call) -> Reply:
    return Reply(_policy_told(call.account, _policy(call)))


def _policy_name(name: str) -> str:
    if not 1 <= len(name) <= 256:
        raise Refusal(400, "WAF.00021005", "The policy name is invalid")
    return name


def create_policy(call: Call) -> Reply:
    name = _policy_name(call.body["name"])
    policy_id = call.account.new_id()
    policy = {"id": policy_id, "name": name, "level": 2, "full_detection": False, "options": {"geoip": False}, "timestamp": call.account.now() * 1000}
    call.account.policies[policy_id] = policy
    return Reply(_policy_told(call.account, policy))


def update_policy(call: Call) -> Reply:
    policy = _policy(call)
    changes = dict(call.body or {})
    _policy_name(changes.get("name", policy["name"]))
    policy.update(changes)
    return Reply(_policy_told(call.account, policy))


def delete_policy(call: Call) -> Reply:
    policy = _policy(call)
    if any(host["policyid"] == policy["id"] for host in call.account.hosts.values()):
        raise Refusal(400, "WAF.00022003", "The policy is in use")
    del call.account.policies[policy["id"]]
    for rules in call.account.rules.values():
        for rule_id in [rule["id"] for rule in rules.values() if rule["policyid"] == policy["id"]]:
            del rules[rule_id]
    return Reply(policy)


def _rules(call: Call, kind: str) -> list[Record]:
    return [rule for rule in call.account.rules[kind].values() if rule["policyid"] == call.path["policy_id"]]


def _rule(call: Call, kind: str) -> Record:
    _policy(call)
    rule = next((one for one in _rules(call, kind) if one["id"] == call.path["rule_id"]), None)
    if rule is None:
        raise Refusal(404, "WAF.00022001", "The rule does not exist")
    return rule


def _members(kind: str, body: t.Mapping[str, t.Any]) -> list[str]:
    return str(body["geoip"]).split("|") if kind == "geoip" else list(body["tags"])


def _check(call: Call, kind: str, body: t.Mapping[str, t.Any], besides: str | None) -> None:
    """The service's own checks of a rule: known members, none of them in another rule of the policy."""
    if len(body.get("name") or "") > 256:
        raise Refusal(400, "WAF.00021005", "The rule name is invalid")
    members = _members(kind, body)
    known = locations()["locations"] if kind == "geoip" else TAGS
    wrong = [member for member in members if member not in known]
    if wrong or not members or len(set(members)) != len(members):
        raise Refusal(400, "WAF.00021017", f"The rule configuration is invalid: {', '.join(wrong) or 'repeated or no members'}")
    for rule in _rules(call, kind):
        shared = sorted(set(members).intersection(_members(kind, rule)))
        if rule["id"] != besides and shared:
            raise Refusal(400, "WAF.00022004", f"The rule conflicts with rule {rule['id']}: {', '.join(shared)}")


def _reordered(rule: Record) -> Record:
    """Sets come back in an order of the service's own."""
    told = dict(rule)
    if "geoip" in told:
        told["geoip"] = "|".join(sorted(told["geoip"].split("|"), reverse=True))
        told["geoTagList"] = told["geoip"].split("|")
    if "tags" in told:
        told["tags"] = sorted(told["tags"], reverse=True)
    return told


def _create(call: Call, kind: str, limit: str) -> Reply:
    _policy(call)
    _check(call, kind, call.body, None)
    if len(_rules(call, kind)) >= call.account.limits[limit]:
        raise Refusal(403, "WAF.00022005", "The number of rules exceeds the quota")
    rule_id = call.account.new_id()
    rule = {
        "description": "",
        "status": 1,
        **call.body,
        "id": rule_id,
        "policyid": call.path["policy_id"],
        "timestamp": call.account.now() * 1000,
    }
    call.account.rules[kind][rule_id] = rule
    return Reply(_reordered(rule))


def _update(call: Call, kind: str) -> Record:
    rule = _rule(call, kind)
    _check(call, kind, call.body, rule["id"])
    # The body replaces the whole rule: what it leaves out is empty afterwards. Only the status stays.
    kept = {name: rule[name] for name in ("id", "policyid", "status")}
    replaced = {"name": "", "description": "", **call.body, **kept, "timestamp": call.account.now() * 1000}
    call.account.rules[kind][rule["id"]] = replaced
    return replaced


def list_geoip(call: Call) -> Reply:
    _policy(call)
    rules = [_reordered(rule) for rule in _rules(call, "geoip")]
    return Reply({"total": len(rules), "items": numbered_page(call, rules)})


def show_geoip(call: Call) -> Reply:
    return Reply(_reordered(_rule(call, "geoip")))


def create_geoip(call: Call) -> Reply:
    return _create(call, "geoip", "geoip_rules")


def update_geoip(call: Call) -> Reply:
    replaced = _reordered(_update(call, "geoip"))
    # The answer to an update has no status.
    return Reply({name: replaced[name] for name in ("id", "name", "description", "policyid", "geoip", "white")})


def delete_geoip(call: Call) -> Reply:
    rule = _rule(call, "geoip")
    return Reply(_reordered(call.account.rules["geoip"].pop(rule["id"])))


def list_reputation(call: Call) -> Reply:
    _policy(call)
    # A timestamp is in no item of this list.
    rules = [{name: value for name, value in _reordered(rule).items() if name != "timestamp"} for rule in _rules(call, "ip-reputation")]
    if "offset" in call.query or "limit" in call.query:
        offset = number(call, "offset", 0, 0, 65535, "WAF.00011010")
        limit = number(call, "limit", 10, 1, 65535, "WAF.00011010")
        return Reply({"total": len(rules), "items": rules[offset : offset + limit]})
    return Reply({"total": len(rules), "items": numbered_page(call, rules)})


def show_reputation(call: Call) -> Reply:
    return Reply(_reordered(_rule(call, "ip-reputation")))


def create_reputation(call: Call) -> Reply:
    return _create(call, "ip-reputation", "ip_reputation_rules")


def update_reputation(call: Call) -> Reply:
    return Reply(_reordered(_update(call, "ip-reputation")))


def delete_reputation(call: Call) -> Reply:
    rule = _rule(call, "ip-reputation")
    return Reply(_reordered(call.account.rules["ip-reputation"].pop(rule["id"])))


def update_status(call: Call) -> Reply:
    if call.path["rule_type"] not in call.account.rules:
        raise Refusal(400, "WAF.00021002", f"The rule type {call.path['rule_type']} is not served here")
    rule = _rule(call, call.path["rule_type"])
    rule["status"] = call.body["status"]
    return Reply({name: rule[name] for name in ("id", "policyid", "status", "timestamp")})


def _account_wide(kind: str) -> Handler:
    def handler(call: Call) -> Reply:
        wanted = [one for one in call.query.get("policyids", "").split(",") if one]
        names = {policy["id"]: policy["name"] for policy in call.account.policies.values()}
        rules = [
            {**_reordered(rule), "policyname": names[rule["policyid"]]}
            for rule in call.account.rules[kind].values()
            if not wanted or rule["policyid"] in wanted
        ]
        page = number(call, "page", 1, 1, 65535, "WAF.00011011")
        size = number(call, "pagesize", 1000, 1, 1000, "WAF.00011011")
        return Reply({"total": len(rules), "items": rules[(page - 1) * size : page * size]})

    return handler


def geoip_map(call: Call) -> Reply:
    table = locations()
    countries = [value for value in table["locations"] if value not in table["provinces"]]
    locale = table["locations"] if call.query.get("lang") == "en" else {value: value for value in table["locations"]}
    return Reply({"continent": {"ALL": countries}, "geomap": {"CN": table["provinces"]}, "locale": locale})


def reputation_map(call: Call) -> Reply:
    if call.query.get("type") != "idc":
        raise Refusal(400, "WAF.00021002", "type must be idc")
    return Reply({"ip_reputation_map": {"idc": list(TAGS)}, "locale": {tag: tag for tag in TAGS}})


HANDLERS: dict[str, Handler] = {
    "ListPolicy": list_policies,
    "ShowPolicy": show_policy,
    "CreatePolicy": create_policy,
    "UpdatePolicy": update_policy,
    "DeletePolicy": delete_policy,
    "ListGeoipRule": list_geoip,
    "ShowGeoipRule": show_geoip,
    "CreateGeoipRule": create_geoip,
    "UpdateGeoipRule": update_geoip,
    "DeleteGeoipRule": delete_geoip,
    "ListGeoIpPolicyRules": _account_wide("geoip"),
    "ShowPolicyGeoipMap": geoip_map,
    "ListIpReputationRules": list_reputation,
    "ConfirmIpReputationRule": show_reputation,
    "CreateIpReputationRule": create_reputation,
    "UpdateIpReputationRule": update_reputation,
    "DeleteIpReputationRule": delete_reputation,
    "ListIpReputationPolicyRules": _account_wide("ip-reputation"),
    "ConfirmPolicyIpReputationMap": reputation_map,
    "UpdatePolicyRuleStatus": update_status,
}
