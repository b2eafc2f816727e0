# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator under schemathesis, which sends to every operation what fits its contract and what does not."""

from __future__ import annotations

import os
import typing as t

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from gatehouse_emulator import create_app
from gatehouse_emulator.account import IDENTITY
from gatehouse_emulator.contracts import Operation, operations

APPLICATION = create_app()
PROJECT = IDENTITY["projects"][0]["id"]
TOKEN = {"X-Auth-Token": IDENTITY["tokens"][0]}


def held() -> dict[str, list[str]]:
    """The ids that the account holds, by the name that paths give them."""
    state = APPLICATION.test_client().get("/_emulator/state").get_json()
    hosts, gateways = ([one["id"] for one in state[listed]] for listed in ("domains", "gateways"))
    policies = [one["id"] for one in state["policies"]]
    return {"project_id": [PROJECT], "policy_id": policies, "host_id": hosts, "instance_id": [*hosts, *gateways]}


def described(operation: Operation) -> dict[str, t.Any]:
    """An operation in the words of OpenAPI."""
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    ids = held()
    # What is held is drawn, and now and then what is not.
    known = {name: {"enum": [*ids[name], "nothing"] if name != "project_id" else ids[name]} for name in names if name in ids}
    path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string", **known.get(name, {})}} for name in names]
    query = [
        {"name": name, "in": "query", "schema": {key: value for key, value in one.items() if key in ("type", "enum", "minimum", "maximum", "items")}}
        for name, one in operation.query.items()
    ]
    told: dict[str, t.Any] = {"operationId": operation.name, "parameters": [*path, *query], "responses": {"default": {"description": "an answer"}}}
    if operation.schema is not None:
        told["requestBody"] = {"required": operation.body_required, "content": {"application/json": {"schema": operation.schema}}}
    return told


def document() -> dict[str, t.Any]:
    """Every contract in one OpenAPI document."""
    paths: dict[str, dict[str, t.Any]] = {}
    for operation in operations():
        paths.setdefault(operation.path, {})[operation.method.lower()] = described(operation)
    return {"openapi": "3.1.0", "info": {"title": "What the emulator serves", "version": "1"}, "paths": paths}


schema = schemathesis.openapi.from_dict(document())
schema.app = APPLICATION


@schema.parametrize()
@settings(max_examples=int(os.environ.get("GATEHOUSE_FUZZ_INPUTS", "1000")) // 50, database=None, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_the_emulator(case: t.Any) -> None:
    case.call_and_validate(headers=TOKEN, checks=[not_a_server_error])
