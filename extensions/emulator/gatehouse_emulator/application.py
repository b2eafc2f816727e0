# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application: one pipeline for every request, and the control endpoints beside it."""

from __future__ import annotations

import copy
import json
import re
import time
import typing as t
from dataclasses import dataclass, field

from flask import Flask, Response, request

from gatehouse_emulator import apig, iam, waf_hosts, waf_rules, workspace
from gatehouse_emulator.account import DEMO, Account, checked, dumped, seeded
from gatehouse_emulator.calls import Call, Handler, Reply
from gatehouse_emulator.contracts import Operation, operations
from gatehouse_emulator.faults import ConnectionCut, Faults, stripped
from gatehouse_emulator.refusals import Refusal, malformed

_HANDLERS: dict[str, Handler] = {**waf_rules.HANDLERS, **waf_hosts.HANDLERS, **apig.HANDLERS, **workspace.HANDLERS, **iam.HANDLERS}
_PARAMETER = re.compile(r"\{(\w+)\}")
# Operations that take all_granted_eps: reads only.
_ALL_PROJECTS = "all_granted_eps"


@dataclass
class Cloud:
    """An account with the journal of its requests and the faults in force. previous is the account before the last write."""

    seed: t.Mapping[str, t.Any]
    clock: t.Callable[[], float]
    account: Account = field(init=False)
    previous: Account = field(init=False)
    journal: list[dict[str, t.Any]] = field(default_factory=list)
    faults: Faults = field(default_factory=lambda: Faults(_HANDLERS))
    requests: int = 0

    def __post_init__(self) -> None:
        self.reset(self.seed)

    def reset(self, seed: t.Mapping[str, t.Any]) -> None:
        """Start over. Raises SeedError."""
        self.account = seeded(seed)
        self.previous = self.account
        self.journal.clear()
        self.faults.rules.clear()

    def next_request_id(self) -> str:
        """An id that repeats in every run."""
        self.requests += 1
        return f"emulated-request-{self.requests:06}"


def create_app(seed: t.Mapping[str, t.Any] | None = None, clock: t.Callable[[], float] = time.time) -> Flask:
    """The cloud as a WSGI application, with the demo account unless a seed says otherwise. Raises SeedError."""
    application = Flask("gatehouse_emulator", static_folder=None)
    cloud = Cloud(DEMO if seed is None else checked(seed), clock)
    # ConnectionCut has to reach whoever serves the application.
    application.config["PROPAGATE_EXCEPTIONS"] = True
    for operation in operations():
        _serve(application, cloud, operation)
    _control(application, cloud)

    @application.errorhandler(404)
    @application.errorhandler(405)
    def nothing_here(error: Exception) -> Response:
        request_id = cloud.next_request_id()
        refusal = Refusal(404, "APIGW.0101", "The API does not exist or has not been published in the environment")
        _note(cloud, None, refusal.status, refusal.code)
        return _response(Reply(refusal.body(request_id), refusal.status), request_id)

    return application


def _serve(application: Flask, cloud: Cloud, operation: Operation) -> None:
    handler = _HANDLERS[operation.name]

    def view(**path: str) -> Response:
        return _answered(cloud, operation, handler, path)

    rule = _PARAMETER.sub(r"<\1>", operation.path)
    application.add_url_rule(rule, endpoint=operation.name, view_func=view, methods=[operation.method], provide_automatic_options=False)


def _answered(cloud: Cloud, operation: Operation, handler: Handler, path: t.Mapping[str, str]) -> Response:
    request_id = cloud.next_request_id()
    effect = cloud.faults.for_call({"operation": operation.name, "service": operation.service, "method": request.method, "path": request.path})
    if effect.get("delay"):
        time.sleep(float(effect["delay"]))
    if effect.get("drop") == "before":
        _note(cloud, operation, 0, None)
        raise ConnectionCut("cut before the request was carried out")
    if ("status" in effect and "body" in effect) or effect.get("status", 200) >= 300:
        _note(cloud, operation, effect["status"], (effect.get("body") or {}).get("error_code") if isinstance(effect.get("body"), dict) else None)
        return _response(Reply(effect.get("body"), effect["status"], dict(effect.get("headers") or {})), request_id)
    code = None
    try:
        reply = _carried_out(cloud, operation, handler, path, stale=bool(effect.get("stale")))
    except Refusal as refusal:
        reply, code = Reply(refusal.body(request_id), refusal.status), refusal.code
    _note(cloud, operation, reply.status, code)
    if effect.get("drop") == "after":
        raise ConnectionCut("cut after the request was carried out")
    if effect.get("empty"):
        reply = Reply(None, reply.status)
    if effect.get("strip"):
        reply.body = stripped(reply.body, effect["strip"])
    reply.headers.update(effect.get("headers") or {})
    return _response(reply, request_id)


def _carried_out(cloud: Cloud, operation: Operation, handler: Handler, path: t.Mapping[str, str], stale: bool) -> Reply:
    cloud.account.identities.check(request, cloud.clock())
    if "project_id" in path and path["project_id"] not in cloud.account.project_ids():
        raise Refusal(403, "APIGW.0310", "The project is unavailable")
    query = request.args.to_dict()
    operation.check_query(query)
    if operation.writes and query.get("enterprise_project_id") == _ALL_PROJECTS:
        raise Refusal(400, "WAF.00012010", "all_granted_eps is not allowed")
    body = _body(operation)
    operation.check_body(body)
    if operation.writes:
        # The account before the write is kept only where a fault wants stale answers.
        before = copy.deepcopy(cloud.account) if any("stale" in rule.effect for rule in cloud.faults.rules) else cloud.account
        reply = handler(Call(cloud.account, path, query, body))
        cloud.previous = before
        return reply
    return handler(Call(cloud.previous if stale else cloud.account, path, query, body))


def _body(operation: Operation) -> t.Any:
    content = request.get_data()
    if not content:
        return None
    if not request.headers.get("Content-Type", "").startswith("application/json"):
        raise malformed(operation.service, "body", "Content-Type is not application/json")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise malformed(operation.service, "body", "the body is not JSON") from None


def _note(cloud: Cloud, operation: Operation | None, status: int, code: str | None) -> None:
    cloud.journal.append(
        {
            "n": len(cloud.journal) + 1,
            "connection": _connection(),
            "method": request.method,
            "path": request.path,
            "query": request.args.to_dict(),
            "service": operation.service if operation else None,
            "operation": operation.name if operation else None,
            "status": status,
            "error_code": code,
            "write": bool(operation and operation.writes),
        }
    )


def _connection() -> str | None:
    """The address and port that the caller sent from: one TCP connection, one text. None when there is no socket."""
    port = request.environ.get("REMOTE_PORT")
    return f"{request.remote_addr}:{port}" if port else None


def _response(reply: Reply, request_id: str) -> Response:
    content = "" if reply.body is None else reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
    headers = {"Content-Type": "application/json", "X-Request-Id": request_id, **reply.headers}
    return Response(content, reply.status, headers)


def _told_us() -> t.Any:
    """The JSON of a control request, whatever its Content-Type is. Raises ValueError that says where it is wrong."""
    try:
        return json.loads(request.get_data())
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from error


def _control(application: Flask, cloud: Cloud) -> None:
    """The endpoints for tests and the curious. They need no signature: the server listens on loopback only."""

    def told(value: t.Any, status: int = 200) -> Response:
        return Response(json.dumps(value, indent=1), status, content_type="application/json")

    @application.get("/_emulator/journal")
    def journal() -> Response:
        return told(cloud.journal)

    @application.delete("/_emulator/journal")
    def clear_journal() -> Response:
        cloud.journal.clear()
        return told([])

    @application.get("/_emulator/state")
    def state() -> Response:
        return told(dumped(cloud.account))

    @application.post("/_emulator/reset")
    def reset() -> Response:
        try:
            cloud.reset(checked(_told_us()) if request.get_data() else cloud.seed)
        except ValueError as error:
            return told({"error": str(error)}, 400)
        return told(dumped(cloud.account))

    @application.post("/_emulator/faults")
    def add_faults() -> Response:
        try:
            cloud.faults.add(_told_us())
        except ValueError as error:
            return told({"error": str(error)}, 400)
        return told({"rules": len(cloud.faults.rules)})

    @application.delete("/_emulator/faults")
    def clear_faults() -> Response:
        cloud.faults.rules.clear()
        return told({"rules": 0})
