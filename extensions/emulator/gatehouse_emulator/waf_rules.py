# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The geolocation and IP-intelligence rules of WAF policies."""

from __future__ import annotations

import typing as t
from functools import lru_cache

from gatehouse_emulator.account import Account, Record
from gatehouse_emulator.calls import Call, Handler, Reply, number, numbered_page
from gatehouse_emulator.refusals import Refusal
from gatehouse_emulator.waf_places import TAGS, locations
from gatehouse_emulator.waf_policies import policy_of


def made_up(account: Account, kind: str) -> t.Collection[str]:
    """Locations or tags that no cloud has, as many as the limits of the account say: for sets of more rules than the world has countries."""
    number = account.limits["made_up_locations" if kind == "geoip" else "made_up_tags"]
    return _made_up("Place" if kind == "geoip" else "Network", number)


@lru_cache(maxsize=8)
def _made_up(word: str, number: int) -> dict[str, None]:
    return dict.fromkeys(f"{word} {one}" for one in range(1, number + 1))


def _rules(call: Call, kind: str) -> dict[str, Record]:
    return call.account.rules[kind].of(call.path["policy_id"])


def _rule(call: Call, kind: str) -> Record:
    policy_of(call)
    rule = _rules(call, kind).get(call.path["rule_id"])
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
    wrong = [member for member in members if member not in known and member not in made_up(call.account, kind)]
    if wrong or not members or len(set(members)) != len(members):
        raise Refusal(400, "WAF.00021017", f"The rule configuration is invalid: {', '.join(wrong) or 'repeated or no members'}")
    wanted = set(members)
    for rule in _rules(call, kind).values():
        if rule["id"] != besides and not wanted.isdisjoint(_members(kind, rule)):
            shared = ", ".join(sorted(wanted.intersection(_members(kind, rule))))
            raise Refusal(400, "WAF.00022004", f"The rule conflicts with rule {rule['id']}: {shared}")


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
    policy_of(call)
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
    call.account.rules[kind].put(rule)
    return Reply(_reordered(rule))


def _update(call: Call, kind: str) -> Record:
    rule = _rule(call, kind)
    _check(call, kind, call.body, rule["id"])
    # The body replaces the whole rule: what it leaves out is empty afterwards. Only the status stays.
    kept = {name: rule[name] for name in ("id", "policyid", "status")}
    replaced = {"name": "", "description": "", **call.body, **kept, "timestamp": call.account.now() * 1000}
    call.account.rules[kind].put(replaced)
    return replaced


def _delete(call: Call, kind: str) -> Reply:
    rule = _rule(call, kind)
    call.account.rules[kind].remove(rule)
    return Reply(_reordered(rule))


def list_geoip(call: Call) -> Reply:
    policy_of(call)
    rules = list(_rules(call, "geoip").values())
    return Reply({"total": len(rules), "items": [_reordered(rule) for rule in numbered_page(call, rules)]})


def show_geoip(call: Call) -> Reply:
    return Reply(_reordered(_rule(call, "geoip")))


def create_geoip(call: Call) -> Reply:
    return _create(call, "geoip", "geoip_rules")


def update_geoip(call: Call) -> Reply:
    replaced = _reordered(_update(call, "geoip"))
    # The answer to an update has no status.
    return Reply({name: replaced[name] for name in ("id", "name", "description", "policyid", "geoip", "white")})


def delete_geoip(call: Call) -> Reply:
    return _delete(call, "geoip")


def list_reputation(call: Call) -> Reply:
    policy_of(call)
    # A timestamp is in no item of this list.
    rules = list(_rules(call, "ip-reputation").values())
    if "offset" in call.query or "limit" in call.query:
        offset = number(call, "offset", 0, 0, 65535, "WAF.00011010")
        limit = number(call, "limit", 10, 1, 65535, "WAF.00011010")
        page = rules[offset : offset + limit]
    else:
        page = numbered_page(call, rules)
    return Reply({"total": len(rules), "items": [{name: value for name, value in _reordered(rule).items() if name != "timestamp"} for rule in page]})


def show_reputation(call: Call) -> Reply:
    return Reply(_reordered(_rule(call, "ip-reputation")))


def create_reputation(call: Call) -> Reply:
    return _create(call, "ip-reputation", "ip_reputation_rules")


def update_reputation(call: Call) -> Reply:
    return Reply(_reordered(_update(call, "ip-reputation")))


def delete_reputation(call: Call) -> Reply:
    return _delete(call, "ip-reputation")


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
        rules = [rule for rule in call.account.rules[kind].all() if not wanted or rule["policyid"] in wanted]
        page = number(call, "page", 1, 1, 65535, "WAF.00011011")
        size = number(call, "pagesize", 1000, 1, 1000, "WAF.00011011")
        shown = rules[(page - 1) * size : page * size]
        return Reply({"total": len(rules), "items": [{**_reordered(rule), "policyname": names[rule["policyid"]]} for rule in shown]})

    return handler


def geoip_map(call: Call) -> Reply:
    table = locations()
    countries = [value for value in table["locations"] if value not in table["provinces"]]
    locale = table["locations"] if call.query.get("lang") == "en" else {value: value for value in table["locations"]}
    countries += made_up(call.account, "geoip")
    return Reply({"continent": {"ALL": countries}, "geomap": {"CN": table["provinces"]}, "locale": locale})


def reputation_map(call: Call) -> Reply:
    if call.query.get("type") != "idc":
        raise Refusal(400, "WAF.00021002", "type must be idc")
    tags = [*TAGS, *made_up(call.account, "ip-reputation")]
    return Reply({"ip_reputation_map": {"idc": tags}, "locale": {tag: tag for tag in tags}})


HANDLERS: dict[str, Handler] = {
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
