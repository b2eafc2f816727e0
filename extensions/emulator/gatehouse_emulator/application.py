# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application: one pipeline for every request, and the control endpoints beside it."""

from __future__ import annotations

import copy
import functools
import json
import re
import threading
import time
import typing as t
from dataclasses import dataclass, field

from flask import Flask, Response, current_app, g, request

from gatehouse_emulator import apig, apig_bindings, iam, metadata, waf_certificates, waf_events, waf_hosts, waf_policies, waf_rules, workspace
from gatehouse_emulator.account import DEMO, Account, add_events_to, checked, dumped, named_records, seeded
from gatehouse_emulator.calls import Call, Handler, Reply
from gatehouse_emulator.contracts import Operation, chosen, operations
from gatehouse_emulator.faults import ConnectionCut, Faults, first_half, named, stripped
from gatehouse_emulator.identity import Caller
from gatehouse_emulator.refusals import Page, Refusal, malformed

_HANDLERS: dict[str, Handler] = {
    **waf_policies.HANDLERS,
    **waf_rules.HANDLERS,
    **waf_hosts.HANDLERS,
    **waf_certificates.HANDLERS,
    **waf_events.HANDLERS,
    **apig.HANDLERS,
    **apig_bindings.HANDLERS,
    **workspace.HANDLERS,
    **iam.HANDLERS,
    **metadata.HANDLERS,
}
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
    traffic: list[dict[str, t.Any]] = field(default_factory=list)
    faults: Faults = field(default_factory=lambda: Faults(_HANDLERS))
    requests: int = 0
    # Requests come side by side, and are carried out one after the other.
    turn: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.reset(self.seed)

    def reset(self, seed: t.Mapping[str, t.Any]) -> None:
        """Start over. Raises SeedError."""
        self.account = seeded(seed)
        self.previous = self.account
        self.journal.clear()
        self.traffic.clear()
        self.faults.rules.clear()

    def next_request_id(self) -> str:
        """An id that repeats in every run."""
        self.requests += 1
        return f"emulated-request-{self.requests:06}"


def create_app(seed: t.Mapping[str, t.Any] | None = None, clock: t.Callable[[], float] = time.time) -> Flask:
    """The cloud as a WSGI application, with the demo account unless a seed says otherwise. Raises SeedError."""
    application = Flask("gatehouse_emulator", static_folder=None)
    # For what is served beside it: the names, and WAF's data path.
    application.extensions["cloud"] = cloud = Cloud(DEMO if seed is None else checked(seed), clock)
    # ConnectionCut has to reach whoever serves the application.
    application.config["PROPAGATE_EXCEPTIONS"] = True
    served = _served()
    application.url_map, application.view_functions = served.url_map, served.view_functions

    @application.errorhandler(404)
    @application.errorhandler(405)
    def nothing_here(error: Exception) -> Response:
        request_id = cloud.next_request_id()
        refusal = Refusal(404, "APIGW.0101", "The API does not exist or has not been published in the environment")
        if request.path.startswith(metadata.FOLDERS):
            refusal = Page(404)
        _note(cloud, None, refusal.status, refusal.code)
        return _response(_refused(refusal, request_id), request_id)

    return application


@functools.cache
def _served() -> Flask:
    """All paths and what answers there. Compiling them takes longer than the rest of an application, so those of one process share them."""
    application = Flask("gatehouse_emulator", static_folder=None)
    places: dict[tuple[str, str], list[Operation]] = {}
    for operation in operations():
        places.setdefault((operation.method, operation.path), []).append(operation)
    for sharing in places.values():
        _serve(application, sharing)
    _control(application)
    return application


def _cloud() -> Cloud:
    """The cloud of the application that is asked."""
    return t.cast("Cloud", current_app.extensions["cloud"])


def _serve(application: Flask, sharing: t.Sequence[Operation]) -> None:
    """Serve the operations that share a method and a path."""
    first = sharing[0]

    def view(**path: str) -> Response:
        operation = first if len(sharing) == 1 else chosen(sharing, request.get_json(force=True, silent=True))
        return _answered(_cloud(), operation, _HANDLERS[operation.name], path)

    rule = _PARAMETER.sub(r"<\1>", first.path)
    application.add_url_rule(rule, endpoint=first.name, view_func=view, methods=[first.method], provide_automatic_options=False)


def _answered(cloud: Cloud, operation: Operation, handler: Handler, path: t.Mapping[str, str]) -> Response:
    with cloud.turn:
        request_id = cloud.next_request_id()
        effect = cloud.faults.for_call({"operation": operation.name, "service": operation.service, "method": request.method, "path": request.path})
    if effect.get("delay"):
        time.sleep(float(effect["delay"]))
    with cloud.turn:
        return _answered_in_turn(cloud, operation, handler, path, request_id, effect)


def _answered_in_turn(
    cloud: Cloud, operation: Operation, handler: Handler, path: t.Mapping[str, str], request_id: str, effect: t.Mapping[str, t.Any]
) -> Response:
    fault = named(effect)
    if effect.get("drop") == "before":
        _note(cloud, operation, 0, None, fault)
        raise ConnectionCut("cut before the request was carried out")
    if ("status" in effect and "body" in effect) or effect.get("status", 200) >= 300:
        _note(cloud, operation, effect["status"], (effect.get("body") or {}).get("error_code") if isinstance(effect.get("body"), dict) else None, fault)
        return _response(Reply(effect.get("body"), effect["status"], dict(effect.get("headers") or {})), request_id)
    code = None
    try:
        reply = _carried_out(cloud, operation, handler, path, effect)
    except Refusal as refusal:
        reply, code = _refused(refusal, request_id), refusal.code
    _note(cloud, operation, reply.status, code, fault)
    if effect.get("drop") == "after":
        raise ConnectionCut("cut after the request was carried out")
    if effect.get("empty"):
        reply = Reply(None, reply.status)
    if effect.get("strip"):
        reply.body = stripped(reply.body, effect["strip"])
    reply.headers.update(effect.get("headers") or {})
    return _response(reply, request_id)


def _carried_out(cloud: Cloud, operation: Operation, handler: Handler, path: t.Mapping[str, str], effect: t.Mapping[str, t.Any]) -> Reply:
    if operation.service == "metadata":
        metadata.check_form(cloud.account, operation.name)
    now = cloud.clock()
    caller = _proven(cloud, operation, now)
    if "project_id" in path and not _reached(cloud, caller, path["project_id"]):
        raise Refusal(403, "APIGW.0310", "The project is unavailable")
    operation.check_headers(request.headers)
    query = request.args.to_dict()
    lists = request.args.to_dict(flat=False)
    operation.check_query(lists)
    if operation.writes and query.get("enterprise_project_id") == _ALL_PROJECTS:
        raise Refusal(400, "WAF.00012010", "all_granted_eps is not allowed")
    body = _body(operation)
    operation.check_body(body)
    call = Call(cloud.account, path, query, request.headers, body, caller, now, lists)
    if not operation.writes:
        if effect.get("stale"):
            call.account = cloud.previous
        reply = handler(call)
        g.principal = reply.principal or g.get("principal")
        return reply
    partial = bool(effect.get("partial"))
    call.body = first_half(body) if partial else body
    reply = Reply(None)
    if call.body is not None or not partial:
        # The account before the write is kept only where a fault wants stale answers.
        before = copy.deepcopy(cloud.account) if cloud.faults.lag else cloud.account
        reply = handler(call)
        cloud.previous = before
    if partial:
        raise Refusal(500, "APIGW.0601", "The request failed half-way")
    return reply


def _proven(cloud: Cloud, operation: Operation, now: float) -> Caller | None:
    """Who calls; None where the operation asks for no proof. Raises Refusal."""
    if operation.caller == "anyone":
        return None
    caller = cloud.account.identities.caller(request, now)
    g.principal = caller.name
    if operation.caller == "signed" and caller.token:
        # The code is not documented.
        raise Refusal(401, "APIGW.0301", "Incorrect IAM authentication information: the request must be signed, a token does not do")
    return caller


def _reached(cloud: Cloud, caller: Caller | None, project_id: str) -> bool:
    """Whether a project is there and the token, if one was sent, is meant for it."""
    token = caller.token if caller else None
    return project_id in cloud.account.project_ids() and (token is None or token.reaches(project_id))


def _body(operation: Operation) -> t.Any:
    content = request.get_data()
    if not content:
        return None
    if not request.headers.get("Content-Type", "").startswith("application/json"):
        raise malformed(operation.manner, "body", "Content-Type is not application/json")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise malformed(operation.manner, "body", "the body is not JSON") from None


def _note(cloud: Cloud, operation: Operation | None, status: int, code: str | None, fault: str | None = None) -> None:
    cloud.journal.append(
        {
            "n": len(cloud.journal) + 1,
            "connection": _connection(),
            "principal": g.get("principal"),
            "method": request.method,
            "path": request.path,
            "query": request.args.to_dict(),
            "service": operation.service if operation else None,
            "operation": operation.name if operation else None,
            "status": status,
            "error_code": code,
            "write": bool(operation and operation.writes),
            "fault": fault,
        }
    )


def _connection() -> str | None:
    """The address and port that the caller sent from: one TCP connection, one text. None when there is no socket."""
    port = request.environ.get("REMOTE_PORT")
    return f"{request.remote_addr}:{port}" if port else None


def _refused(refusal: Refusal, request_id: str) -> Reply:
    return Reply(refusal.body(request_id), refusal.status, dict(refusal.headers))


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


def _control(application: Flask) -> None:
    """The endpoints for tests and the curious. They need no signature: the server listens on loopback only."""

    def told(value: t.Any, status: int = 200) -> Response:
        return Response(json.dumps(value, indent=1), status, content_type="application/json")

    @application.get("/_emulator/journal")
    def journal() -> Response:
        return told(_cloud().journal)

    @application.delete("/_emulator/journal")
    def clear_journal() -> Response:
        _cloud().journal.clear()
        return told([])

    @application.get("/_emulator/state")
    def state() -> Response:
        return told(dumped(_cloud().account))

    @application.post("/_emulator/reset")
    def reset() -> Response:
        try:
            _cloud().reset(checked(_told_us()) if request.get_data() else _cloud().seed)
        except ValueError as error:
            return told({"error": str(error)}, 400)
        return told(dumped(_cloud().account))

    @application.get("/_emulator/dns")
    def dns() -> Response:
        return told(_cloud().account.dns)

    @application.post("/_emulator/dns")
    def change_dns() -> Response:
        try:
            # One that says nothing of a name takes all its records away.
            records = named_records(checked({"dns": _told_us()})["dns"])
        except ValueError as error:
            return told({"error": str(error)}, 400)
        names = {record["name"].lower().rstrip(".") for record in records}
        kept = [record for record in _cloud().account.dns if record["name"].lower().rstrip(".") not in names]
        _cloud().account.dns = [*kept, *(record for record in records if len(record) > 1)]
        return told(_cloud().account.dns)

    @application.get("/_emulator/traffic")
    def traffic() -> Response:
        return told(_cloud().traffic)

    @application.delete("/_emulator/traffic")
    def clear_traffic() -> Response:
        _cloud().traffic.clear()
        return told([])

    @application.post("/_emulator/events")
    def add_events() -> Response:
        try:
            told_now = _told_us()
            moment = int(_cloud().clock() * 1000)
            stamped = [{"time": moment, **one} if isinstance(one, dict) else one for one in told_now] if isinstance(told_now, list) else told_now
            add_events_to(_cloud().account, checked({"events": stamped})["events"])
        except ValueError as error:
            return told({"error": str(error)}, 400)
        return told(_cloud().account.events)

    @application.post("/_emulator/expire")
    def expire() -> Response:
        _cloud().account.identities.expire(_cloud().clock())
        return told({})

    @application.post("/_emulator/faults")
    def add_faults() -> Response:
        try:
            _cloud().faults.add(_told_us())
        except ValueError as error:
            return told({"error": str(error)}, 400)
        return told({"rules": len(_cloud().faults.rules)})

    @application.delete("/_emulator/faults")
    def clear_faults() -> Response:
        _cloud().faults.rules.clear()
        # What lagged has arrived.
        _cloud().previous = _cloud().account
        return told({"rules": 0})
