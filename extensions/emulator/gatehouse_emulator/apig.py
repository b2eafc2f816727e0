# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""API Gateway: gateways and access control policies."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from datetime import datetime, timezone

from gatehouse_emulator.account import Record
from gatehouse_emulator.calls import Call, Handler, Reply
from gatehouse_emulator.refusals import Refusal, malformed

_NAME = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{2,63}")
_MOST_VALUES = 100


def page_of(call: Call, key: str, items: t.Sequence[Record]) -> Reply:
    offset, limit = int(call.query.get("offset", 0)), int(call.query.get("limit", 20))
    limit = 20 if limit <= 0 else min(limit, 500)
    page = list(items[offset : offset + limit])
    return Reply({"size": len(page), "total": len(items), key: page})


def list_gateways(call: Call) -> Reply:
    gateways = list(call.account.gateways.values())
    for parameter, field in (("instance_id", "id"), ("status", "status")):
        gateways = [one for one in gateways if call.query.get(parameter, one[field]) == one[field]]
    return page_of(call, "instances", [one for one in gateways if call.query.get("instance_name", "") in one["instance_name"]])


def show_gateway(call: Call) -> Reply:
    return Reply(gateway_of(call))


def gateway_of(call: Call) -> Record:
    gateway = call.account.gateways.get(call.path["instance_id"])
    if gateway is None:
        raise Refusal(404, "APIG.3030", f"The instance does not exist;id:{call.path['instance_id']}")
    return gateway


def acls_of(call: Call) -> list[Record]:
    gateway_id = gateway_of(call)["id"]
    return [acl for acl in call.account.acls.values() if acl["gateway_id"] == gateway_id]


def _acl(call: Call) -> Record:
    acl = next((one for one in acls_of(call) if one["id"] == call.path["acl_id"]), None)
    if acl is None:
        raise Refusal(404, "APIG.3006", f"Access control policy {call.path['acl_id']} does not exist")
    return acl


def _told(acl: Record, bind_num: bool = False) -> Record:
    told = {name: acl[name] for name in ("id", "acl_name", "acl_type", "acl_value", "entity_type")}
    told["update_time"] = datetime.fromtimestamp(acl["made"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.975856802Z")
    # Sets come back in an order of the service's own.
    told["acl_value"] = ",".join(sorted(told["acl_value"].split(","), reverse=True))
    return {**told, "bind_num": len(arrived(acl))} if bind_num else told


def arrived(acl: Record) -> list[Record]:
    """The bindings of a policy that readers see now: a new one comes into sight later, and one that was removed stays for a while."""
    return [binding for binding in acl["bindings"] if not binding.get("arriving")]


def _check(call: Call, besides: str | None) -> None:
    body = call.body
    if not _NAME.fullmatch(body["acl_name"]):
        raise malformed("apig", "body", "acl_name")
    if any(acl["acl_name"] == body["acl_name"] and acl["id"] != besides for acl in acls_of(call)):
        raise Refusal(400, "APIG.3206", "The access control policy name already exists")
    values = body["acl_value"].split(",")
    if not 1 <= len(values) <= _MOST_VALUES or "" in values:
        raise malformed("apig", "body", "acl_value")
    for value in values:
        if body["entity_type"] == "IP" and not _is_address(value):
            raise Refusal(400, "APIG.2015", f"Invalid IP address {value}")
        if body["entity_type"] == "DOMAIN" and (value.isdigit() or not value.isascii() or len(value) > 64):
            raise malformed("apig", "body", "acl_value")


def _is_address(value: str) -> bool:
    try:
        first, dash, last = value.partition("-")
        if dash:
            return int(ipaddress.ip_address(first)) <= int(ipaddress.ip_address(last))
        ipaddress.ip_network(value, strict=True)
    except ValueError:
        return False
    return True


def list_acls(call: Call) -> Reply:
    acls = acls_of(call)
    for parameter, field in (("id", "id"), ("acl_type", "acl_type"), ("entity_type", "entity_type")):
        acls = [acl for acl in acls if call.query.get(parameter, acl[field]) == acl[field]]
    name = call.query.get("name", "")
    precise = call.query.get("precise_search") == "name"
    acls = [acl for acl in acls if (acl["acl_name"] == name if precise and name else name in acl["acl_name"])]
    return page_of(call, "acls", [_told(acl, bind_num=True) for acl in acls])


def show_acl(call: Call) -> Reply:
    return Reply(_told(_acl(call)))


def create_acl(call: Call) -> Reply:
    if len(acls_of(call)) >= call.account.limits["acls"]:
        raise Refusal(403, "APIG.3112", "The number of access control policies exceeds the quota")
    _check(call, None)
    acl_id = call.account.new_id()
    acl = {**call.body, "id": acl_id, "gateway_id": call.path["instance_id"], "bindings": [], "made": call.account.now()}
    call.account.acls[acl_id] = acl
    return Reply(_told(acl), status=201)


def update_acl(call: Call) -> Reply:
    acl = _acl(call)
    if call.body["entity_type"] != acl["entity_type"]:
        raise malformed("apig", "body", "entity_type")
    _check(call, acl["id"])
    acl.update(call.body)
    return Reply(_told(acl))


def delete_acl(call: Call) -> Reply:
    acl = _acl(call)
    if acl["bindings"]:
        raise Refusal(403, "APIG.3447", "The access control policy is bound to APIs and cannot be deleted")
    del call.account.acls[acl["id"]]
    return Reply(None, status=204)


HANDLERS: dict[str, Handler] = {
    "ListInstancesV2": list_gateways,
    "ShowDetailsOfInstanceV2": show_gateway,
    "ListAclStrategiesV2": list_acls,
    "ShowDetailsOfAclPolicyV2": show_acl,
    "CreateAclStrategyV2": create_acl,
    "UpdateAclStrategyV2": update_acl,
    "DeleteAclV2": delete_acl,
}
