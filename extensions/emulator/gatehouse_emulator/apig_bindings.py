# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""API Gateway: environments, APIs, and which access control policies are bound to them."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

from gatehouse_emulator.account import Record, publication
from gatehouse_emulator.apig import acls_of, arrived, gateway_of, page_of
from gatehouse_emulator.calls import Call, Handler, Reply
from gatehouse_emulator.refusals import Refusal, malformed


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _of_gateway(call: Call, records: t.Iterable[Record]) -> list[Record]:
    gateway_id = gateway_of(call)["id"]
    return [record for record in records if record["gateway_id"] == gateway_id]


def _environments(call: Call) -> list[Record]:
    return _of_gateway(call, call.account.environments)


def _apis(call: Call) -> list[Record]:
    return _of_gateway(call, call.account.apis.values())


def _filtered(call: Call, records: t.Iterable[Record], **fields: str) -> list[Record]:
    """The records whose fields hold what the query parameters of these names say; those whose name has a part, for names."""
    kept = list(records)
    for parameter, field in fields.items():
        said = call.query.get(parameter, "")
        kept = [one for one in kept if (said in one[field] if parameter.endswith("name") else said in ("", one[field]))]
    return kept


def list_environments(call: Call) -> Reply:
    found = _filtered(call, _environments(call), name="name")
    return page_of(call, "envs", [{"id": one["id"], "name": one["name"], "create_time": _time(one["made"])} for one in found])


def _published(call: Call, api: Record, environment_ids: t.Collection[str]) -> Record:
    """What an API says of some of the environments that it is published in: parallel lists, each joined to one text. Nothing where it is in none."""
    names = {one["id"]: one["name"] for one in _environments(call)}
    held = [one for one in api["published"] if one in environment_ids]
    if not held:
        return {}
    return {
        "run_env_id": "|".join(held),
        "run_env_name": "|".join(names[one] for one in held),
        "publish_id": "|".join(publication(api["id"], one) for one in held),
    }


def list_apis(call: Call) -> Reply:
    precise = call.query.get("precise_search") == "name"
    apis = _filtered(call, _apis(call), id="id", name="name")
    if precise and "name" in call.query:
        apis = [api for api in apis if api["name"] == call.query["name"]]
    if "env_id" in call.query:
        apis = [api for api in apis if call.query["env_id"] in api["published"]]
    for parameter, value in (("group_id", "DEFAULT"), ("req_protocol", "HTTPS"), ("req_method", "GET"), ("auth_type", "NONE"), ("type", "1")):
        apis = apis if call.query.get(parameter, value) == value else []
    return page_of(call, "apis", [_told(call, api) for api in apis if call.query.get("req_uri", "") in f"/{api['name']}"])


def _told(call: Call, api: Record) -> Record:
    return {
        "id": api["id"],
        "name": api["name"],
        "type": 1,
        "status": 1,
        "req_protocol": "HTTPS",
        "req_method": "GET",
        "req_uri": f"/{api['name']}",
        "auth_type": "NONE",
        "backend_type": "MOCK",
        "group_id": "DEFAULT",
        "group_name": "DEFAULT",
        "register_time": _time(api["made"]),
        **_published(call, api, api["published"]),
    }


def list_api_versions(call: Call) -> Reply:
    api = next((one for one in _apis(call) if one["id"] == call.path["api_id"]), None)
    if api is None:
        raise Refusal(404, "APIG.3002", f"API {call.path['api_id']} does not exist")
    names = {one["id"]: one["name"] for one in _environments(call)}
    # A version is what was published, which is not the record of its publication.
    versions = [
        {
            "version_id": publication(api["id"], f"version {environment_id}"),
            "version_no": "20230101000000",
            "api_id": api["id"],
            "env_id": environment_id,
            "env_name": names[environment_id],
            "publish_time": _time(api["made"]),
            "status": 1,
        }
        for environment_id in api["published"]
    ]
    return page_of(call, "api_versions", _filtered(call, versions, env_id="env_id", env_name="env_name"))


def _acl_named(call: Call, acl_id: t.Any) -> Record | None:
    return next((one for one in acls_of(call) if one["id"] == acl_id), None)


def _read(acl: Record) -> list[Record]:
    """What readers of the bindings of a policy see now. Each read brings what is under way closer to its end."""
    seen = arrived(acl)
    for binding in list(acl["bindings"]):
        if binding.get("arriving"):
            binding["arriving"] -= 1
        elif binding.get("leaving") == 1:
            acl["bindings"].remove(binding)
        elif "leaving" in binding:
            binding["leaving"] -= 1
    return seen


def list_bound_apis(call: Call) -> Reply:
    if "acl_id" not in call.query:
        raise malformed("apig", "query", "acl_id")
    acl = _acl_named(call, call.query["acl_id"])
    bindings = _filtered(call, _read(acl) if acl else [], api_id="api_id", env_id="env_id", api_name="api_name")
    if call.query.get("group_id", "DEFAULT") != "DEFAULT":
        bindings = []
    return page_of(call, "apis", [_told_bound(one) for one in bindings])


def _told_bound(binding: Record) -> Record:
    told = {name: binding[name] for name in ("bind_id", "api_id", "api_name", "env_id", "env_name")}
    return {**told, "api_type": 1, "group_name": "DEFAULT", "req_method": "GET", "publish_id": publication(binding["api_id"], binding["env_id"])}


def list_unbound_apis(call: Call) -> Reply:
    if "acl_id" not in call.query:
        raise malformed("apig", "query", "acl_id")
    acl = _acl_named(call, call.query["acl_id"])
    bound = {(one["api_id"], one["env_id"]) for one in (arrived(acl) if acl else [])}
    apis = _filtered(call, _apis(call), api_id="id", api_name="name")
    told = []
    for api in apis if call.query.get("group_id", "DEFAULT") == "DEFAULT" else []:
        free = [one for one in api["published"] if (api["id"], one) not in bound and call.query.get("env_id", one) == one]
        if free:
            others = [other for one in free if acl for other in _others(call, acl, api["id"], one)]
            told.append({**_told(call, api), **_published(call, api, free), **({"acl_name": others[0]["acl_name"]} if others else {})})
    return page_of(call, "apis", told)


def _others(call: Call, acl: Record, api_id: str, environment_id: str) -> list[Record]:
    """The other policies of the same type that an API has in an environment."""
    return [other for other in acls_of(call) if other is not acl and other["acl_type"] == acl["acl_type"] and _held(other, api_id, environment_id)]


def _held(acl: Record, api_id: str, environment_id: str) -> bool:
    return any((one["api_id"], one["env_id"]) == (api_id, environment_id) for one in acl["bindings"])


def list_bound_acls(call: Call) -> Reply:
    if "api_id" not in call.query:
        raise malformed("apig", "query", "api_id")
    told = [
        {
            **{name: acl[name] for name in ("acl_name", "entity_type", "acl_type", "acl_value")},
            **{name: binding[name] for name in ("api_id", "env_id", "env_name", "bind_id")},
            "acl_id": acl["id"],
        }
        for acl in acls_of(call)
        for binding in _read(acl)
    ]
    found = _filtered(call, told, api_id="api_id", env_id="env_id", env_name="env_name", acl_id="acl_id", acl_name="acl_name")
    return page_of(call, "acls", [{name: value for name, value in one.items() if name != "api_id"} for one in found])


def bind(call: Call) -> Reply:
    acl = _acl_named(call, call.body["acl_id"])
    if acl is None:
        raise Refusal(404, "APIG.3006", f"Access control policy {call.body['acl_id']} does not exist")
    wanted = call.body["publish_ids"]
    if not wanted or len(set(wanted)) < len(wanted):
        raise malformed("apig", "body", "publish_ids")
    names = {one["id"]: one["name"] for one in _environments(call)}
    published = {publication(api["id"], one): (api, one) for api in _apis(call) for one in api["published"]}
    for publish_id in wanted:
        if publish_id not in published:
            raise Refusal(404, "APIG.3015", f"The API publication record {publish_id} does not exist")
        api, environment_id = published[publish_id]
        # One policy of each type, says the reference. What becomes of a second one, or of a binding that is there already, it does not say: plugins
        # replace in silence. A refusal is harder for the caller, and its code is a guess (uncertain).
        if _held(acl, api["id"], environment_id) or _others(call, acl, api["id"], environment_id):
            raise malformed("apig", "body", f"publish_ids: API {api['name']} has an access control policy of this type")
    made = []
    for publish_id in wanted:
        api, environment_id = published[publish_id]
        binding = {"bind_id": call.account.new_id(), "api_id": api["id"], "api_name": api["name"], "env_id": environment_id, "env_name": names[environment_id]}
        acl["bindings"].append({**binding, "arriving": call.account.limits["binding_reads"]})
        made.append({"id": binding["bind_id"], "api_id": api["id"], "env_id": environment_id, "acl_id": acl["id"], "create_time": _time(call.account.now())})
    return Reply({"acl_bindings": made}, status=201)


def _unbind(call: Call, bind_id: str) -> bool:
    """Begin to remove a binding; whether there was one."""
    for acl in acls_of(call):
        for binding in acl["bindings"]:
            if binding["bind_id"] == bind_id and "leaving" not in binding:
                # What never came into sight is gone at once.
                if binding.get("arriving") or not call.account.limits["binding_reads"]:
                    acl["bindings"].remove(binding)
                else:
                    binding["leaving"] = call.account.limits["binding_reads"]
                return True
    return False


def unbind(call: Call) -> Reply:
    if not _unbind(call, call.path["acl_bindings_id"]):
        raise Refusal(404, "APIG.3010", "The access control policy binding record does not exist")
    return Reply(None, status=204)


def unbind_many(call: Call) -> Reply:
    gateway_of(call)
    if call.query.get("action") != "delete":
        raise malformed("apig", "query", "action")
    wanted = list(dict.fromkeys(call.body["acl_bindings"]))
    failed = [bind_id for bind_id in wanted if not _unbind(call, bind_id)]
    refusal = {"error_code": "APIG.3010", "error_msg": "Access control policy binding record not found"}
    return Reply({"success_count": len(wanted) - len(failed), "failure": [{"bind_id": bind_id, **refusal} for bind_id in failed]})


HANDLERS: dict[str, Handler] = {
    "ListEnvironmentsV2": list_environments,
    "ListApisV2": list_apis,
    "ListApiVersionsV2": list_api_versions,
    "ListApisBindedToAclPolicyV2": list_bound_apis,
    "ListApisUnbindedToAclPolicyV2": list_unbound_apis,
    "ListAclPolicyBindedToApiV2": list_bound_acls,
    "CreateApiAclBindingV2": bind,
    "DeleteApiAclBindingV2": unbind,
    "BatchDeleteApiAclBindingV2": unbind_many,
}
