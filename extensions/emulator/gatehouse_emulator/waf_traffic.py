# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WAF's data path on loopback: requests for the domains are judged by the rules of their policies, then forwarded; and an origin to forward them to."""

from __future__ import annotations

import http.client
import ipaddress
import re
import time
import typing as t
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

from werkzeug.wrappers import Request, Response

from gatehouse_emulator.account import Account, Record, add_events_to
from gatehouse_emulator.waf_places import location_named, locations

# Seconds that an origin has to answer, and bytes of an answer that are forwarded.
ORIGIN_SECONDS = 5.0
LONGEST_BODY = 8 * 1024 * 1024
# The wider reading of what an attack is would be the engine of a product; these are what the samples of site owners look like.
_ATTACKS = re.compile(
    r"(?P<xss><script\b)|(?P<sqli>\bor\s+\d+\s*=\s*\d+|\bunion\s+(?:all\s+)?select\b)|(?P<lfi>(?:\.\./){2}|/etc/passwd\b)|(?P<cmdi>;\s*(?:cat|id|wget)\s)",
    re.IGNORECASE,
)
_NOT_FORWARDED = frozenset({"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "host"})
_OF_THE_EMULATOR = frozenset({"x-emulated-address", "x-emulated-location"})
_ON = 1
_GEOIP_ACTIONS = {0: "block", 1: "allow", 2: "log"}
_REPUTATION_ACTIONS = {"block": "block", "pass": "allow", "log": "log"}


def data_path(account: t.Callable[[], Account], traffic: list[Record], clock: t.Callable[[], float] = time.time) -> t.Any:
    """The data path as a WSGI application. What happens to each request is added to traffic; what a rule refused or noted, to the events of the account."""

    @Request.application
    def application(request: Request) -> Response:
        entry: Record = {"n": len(traffic) + 1, "method": request.method, "host": request.host, "path": _target(request), "noted": []}
        traffic.append(entry)
        response = _answered(account(), request, entry, clock)
        response.headers["Server"] = "CloudWAF"
        response.headers.add("Set-Cookie", f"HWWAFSESID=emulated{entry['n']:06}; path=/; HttpOnly")
        entry["status"] = response.status_code
        return response

    return application


def _target(request: Request) -> str:
    query = request.query_string.decode("latin-1")
    return quote(request.path, safe="/!$&'()*+,;=:@~") + (f"?{query}" if query else "")


def _answered(account: Account, request: Request, entry: Record, clock: t.Callable[[], float]) -> Response:
    host = _domain(account, request.host)
    if host is None:
        entry.update(decision="unknown host")
        return _page(404, "This host is not protected here")
    entry.update(domain=host["hostname"])
    try:
        visitor = _visitor(account, request)
    except ValueError as error:
        entry.update(decision="not understood")
        return _page(400, str(error))
    entry.update(visitor)
    hits = _hits(account, host, visitor, entry)
    add_events_to(account, [_event(host, request, entry, action, hit, clock()) for action, hit in hits if action != "allow"])
    blocking = next((hit for action, hit in hits if action == "block"), None)
    if blocking:
        entry.update(decision="blocked", by=blocking.words)
        return _page(418, "The request was refused")
    entry["noted"] += [f"allowed by {hit.words}" if action == "allow" else hit.words for action, hit in hits]
    entry.update(decision="forwarded")
    return _forwarded(host, request, entry)


def _domain(account: Account, asked: str) -> Record | None:
    """The domain that a Host header means: by its whole name, else by a wildcard."""
    name = asked.lower().rpartition(":")[0] or asked.lower()
    hosts = {str(host["hostname"]).lower().partition(":")[0]: host for host in list(account.hosts.values())}
    parents = [f"*.{name.split('.', number)[-1]}" for number in range(1, name.count(".") + 1)]
    return next((hosts[one] for one in (name, *parents) if one in hosts), None)


def _visitor(account: Account, request: Request) -> Record:
    """Where a request comes from: its address, and what the account's table or the request itself says of it. Raises ValueError."""
    address = ipaddress.ip_address(request.headers.get("X-Emulated-Address", request.remote_addr or "127.0.0.1"))
    fitting = [one for one in list(account.addresses) if address in ipaddress.ip_network(one["address"], strict=False)]
    table: Record = {}
    # The smallest network that says something counts.
    for one in sorted(fitting, key=lambda one: ipaddress.ip_network(one["address"], strict=False).prefixlen):
        table.update(one)
    named = request.headers.get("X-Emulated-Location", table.get("location"))
    location = location_named(named) if named else None
    if named and location is None:
        raise ValueError(f"There is no location {named!r}")
    return {"address": str(address), "location": location, "tag": table.get("tag")}


@dataclass(frozen=True)
class _Hit:
    """A rule that takes a request: in words, the type of attack that an event tells, and the rule that it names."""

    words: str
    attack: str
    rule: str


def _hits(account: Account, host: Record, visitor: Record, entry: Record) -> list[tuple[str, _Hit]]:
    """What takes a request, with what becomes of it: of what refuses it only the first."""
    policy = account.policies.get(host.get("policyid") or "")
    if host.get("protect_status", _ON) != _ON or policy is None:
        return []
    actions = _actions(account, policy, visitor)
    # That what is allowed comes before what is blocked, and before everything else, is how the console describes allow lists; for these
    # rules the documents do not say.
    for deciding in ("allow", "block"):
        if deciding in actions:
            return [(deciding, actions[deciding])]
    hits = [("log", actions["log"])] if "log" in actions else []
    attack = _ATTACKS.search(unquote_plus(entry["path"])) if policy["options"].get("webattack", True) else None
    if attack:
        # A policy that says nothing else only logs, as a new one does.
        action = "block" if (policy.get("action") or {}).get("category", "log") == "block" else "log"
        hits.append((action, _Hit("basic web protection", str(attack.lastgroup), "emulated")))
    return hits


def _actions(account: Account, policy: Record, visitor: Record) -> dict[str, _Hit]:
    """The rules that take a visitor, one for each action."""
    found: dict[str, _Hit] = {}
    if policy["options"].get("geoip") and visitor["location"]:
        for rule in list(account.rules["geoip"].of(policy["id"]).values()):
            if _in_force(rule) and _located(visitor["location"], rule["geoip"].split("|")):
                hit = _Hit(f"geolocation rule {rule.get('name') or rule['id']}", "custom_geoip", rule["id"])
                found.setdefault(_GEOIP_ACTIONS[rule["white"]], hit)
    for rule in list(account.rules["ip-reputation"].of(policy["id"]).values()):
        if _in_force(rule) and visitor["tag"] in rule["tags"]:
            hit = _Hit(f"IP intelligence rule {rule.get('name') or rule['id']}", "custom_idc_ip", rule["id"])
            found.setdefault(_REPUTATION_ACTIONS.get(rule["action"]["category"], "log"), hit)
    return found


def _event(host: Record, request: Request, entry: Record, action: str, hit: _Hit, now: float) -> Record:
    """The attack event of a request that a rule refused, or took note of."""
    location = entry["location"]
    return {
        "time": int(now * 1000),
        "policyid": host["policyid"],
        "sip": entry["address"],
        "host": host["hostname"],
        "host_id": host["id"],
        "url": quote(request.path, safe="/!$&'()*+,;=:@~"),
        "attack": hit.attack,
        "rule": hit.rule,
        "action": action,
        "request_line": f"{request.method} {entry['path']}",
        "headers": {name.lower(): value for name, value in request.headers.items() if name.lower() not in _OF_THE_EMULATOR},
        "cookie": request.headers.get("Cookie", ""),
        "status": "418" if action == "block" else "200",
        "region": locations()["locations"].get(location, location) if location else "",
    }


def _in_force(rule: Record) -> bool:
    return bool(rule.get("status", _ON) == _ON)


def _located(location: str, members: t.Collection[str]) -> bool:
    """Whether a location is in a rule: itself, or as a part of China."""
    return location in members or ("CN" in members and location in locations()["provinces"])


def _forwarded(host: Record, request: Request, entry: Record) -> Response:
    """What the origin answers; a page of WAF's own where it does not."""
    servers = list(host.get("server") or [])
    server = next((one for one in servers if one.get("front_protocol") == "HTTP"), servers[0] if servers else None)
    if server is None or not _is_loopback(server["address"]):
        # Nothing leaves this machine.
        entry.update(origin="stand-in")
        return _standing_in(request)
    entry.update(origin=f"{server['address']}:{server['port']}")
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_FORWARDED | _OF_THE_EMULATOR}
    connection = http.client.HTTPConnection(server["address"], int(server["port"]), timeout=ORIGIN_SECONDS)
    try:
        body = request.get_data() or None
        connection.request(request.method, entry["path"], body, {**headers, "Host": request.host, "X-Forwarded-For": entry["address"], "Connection": "close"})
        answer = connection.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _NOT_FORWARDED | {"content-length", "server"}]
        return Response(answer.read(LONGEST_BODY), answer.status, kept)
    except TimeoutError:
        return _page(504, "The origin did not answer in time")
    except (OSError, http.client.HTTPException):
        return _page(502, "The origin cannot be reached")
    finally:
        connection.close()


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _page(status: int, words: str) -> Response:
    """A page of WAF's own."""
    text = f"<html><head><title>{status}</title></head><body><h1>{words}.</h1><p>CloudWAF, emulated. event_id: emulated</p></body></html>\n"
    return Response(text, status, content_type="text/html; charset=utf-8")


def _standing_in(request: Request) -> Response:
    return Response(f"The stand-in origin saw {request.method} {_target(request)} for the host {request.host.partition(':')[0]}.\n", content_type="text/plain")


@Request.application
def stand_in_origin(request: Request) -> Response:
    """An origin that says which host and path it saw, and nothing else, so that the same request gets the same answer on every way."""
    return _standing_in(request)
