# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WAF domains of both modes, and their access progress."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from gatehouse_emulator.account import Record, add_policy, new_host
from gatehouse_emulator.calls import Call, Handler, Reply, numbered_page
from gatehouse_emulator.refusals import Refusal

_CLOUD = ("cloud",)
_PREMIUM = ("premium",)
_BOTH = ("cloud", "premium")

# What each answer has, by the contract: no list tells the certificate, the list of dedicated mode not even the servers.
_ITEM = ("id", "hostid", "hostname", "policyid", "protect_status", "access_status", "description", "timestamp")
_CLOUD_ITEM = (*_ITEM, "server", "proxy", "access_code")
_COMPOSITE = (*_CLOUD_ITEM, "waf_type", "access_progress", "enterprise_project_id")
_SHOWN = ("id", "hostname", "policyid", "server", "proxy", "protect_status", "access_status", "timestamp", "description", "access_progress")
_TOLD = {
    "cloud": {"item": _CLOUD_ITEM, "shown": (*_SHOWN, "access_code")},
    "premium": {"item": tuple(key for key in _ITEM if key != "timestamp"), "shown": _SHOWN},
}
# What the answer to a creation leaves out.
_UNTOLD_AT_FIRST = {"cloud": ("description", "access_progress"), "premium": ("access_progress", "certificateid", "certificatename")}

_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?:\*|(?:\*\.)?{_LABEL}(?:\.{_LABEL})+)(?::(?P<port>[0-9]{{1,5}}))?", re.IGNORECASE)
_ORIGIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.IGNORECASE)
_LONGEST_HOST = 64


def _host(call: Call, name: str, modes: tuple[str, ...]) -> Record:
    host = call.account.hosts.get(call.path[name])
    if host is None or host["waf_type"] not in modes:
        # One of the two faces of "not found": HTTP 400 with a code of its own.
        raise Refusal(400, "WAF.00014001", "The domain name does not exist")
    return host


def _told(host: Record, keys: t.Iterable[str]) -> Record:
    """What an answer has of a domain. Servers come back in an order of the service's own, and a dedicated domain has no access code."""
    told = {key: host[key] for key in keys if key in host and (key, host["waf_type"]) != ("access_code", "premium")}
    if "server" in told:
        told["server"] = sorted((dict(server) for server in told["server"]), key=lambda server: str(sorted(server.items(), key=str)), reverse=True)
    return told


def _shown(call: Call, host: Record) -> Record:
    """What the call that shows a domain tells: all there is of it."""
    certificate = call.account.certificates.get(host["certificateid"], {})
    named = {"certificateid": certificate.get("id", ""), "certificatename": certificate.get("name", "")}
    return {**_told(host, _TOLD[host["waf_type"]]["shown"]), **named}


def _seen(host: Record) -> None:
    """A domain that is asked after: where it is seeded so, it is connected after so many reads."""
    if host.get("connects_after"):
        host["connects_after"] -= 1
        if not host["connects_after"]:
            del host["connects_after"]
            host["access_status"] = 1


def _granted(call: Call, host: Record) -> bool:
    """Whether a call that lists asks for the enterprise project of a domain; one that is seeded without is in whichever is asked for."""
    asked = call.query.get("enterprise_project_id", "0")
    return asked in ("all_granted_eps", host.get("enterprise_project_id", asked))


def _list(modes: tuple[str, ...]) -> Handler:
    def handler(call: Call) -> Reply:
        # The filter matches parts of names, the less helpful of the two readings.
        wanted = call.query.get("hostname", "")
        hosts = [host for host in call.account.hosts.values() if host["waf_type"] in modes and wanted in host["hostname"]]
        if "waf_type" in call.query:
            hosts = [host for host in hosts if host["waf_type"] == call.query["waf_type"]]
        hosts = [host for host in hosts if _granted(call, host)]
        counts = {f"{mode}_total": sum(host["waf_type"] == mode for host in hosts) for mode in _BOTH} if modes == _BOTH else {}
        page = numbered_page(call, hosts, everything=True)
        told = [_told(host, _COMPOSITE if modes == _BOTH else _TOLD[host["waf_type"]]["item"]) for host in page]
        return Reply({"total": len(hosts), **counts, "items": told})

    return handler


def _show(name: str, modes: tuple[str, ...]) -> Handler:
    def handler(call: Call) -> Reply:
        host = _host(call, name, modes)
        _seen(host)
        return Reply(_told(host, _COMPOSITE) if modes == _BOTH else _shown(call, host))

    return handler


def _checked_servers(servers: t.Sequence[Record]) -> None:
    if not servers:
        raise Refusal(400, "WAF.00011003", "server must not be empty")
    for server in servers:
        try:
            kind = f"ipv{ipaddress.ip_address(server['address']).version}"
        except ValueError:
            kind = server["type"] if _ORIGIN.fullmatch(server["address"]) else ""
        if kind not in ("ipv4", "ipv6") or server["type"] != kind or not 1 <= server["port"] <= 65535:
            raise Refusal(400, "WAF.00011007", "The port or the address of a server is invalid")
        if not server.get("vpc_id", "unsaid"):
            raise Refusal(400, "WAF.00011003", "vpc_id must not be empty")


def _check_properties(call: Call, host: Record, certificate_id: str | None, certificate_name: str | None) -> None:
    """The service's own checks of what a domain would be: servers, and a certificate that exists where one is needed."""
    _checked_servers(host["server"])
    certificate = call.account.certificates.get(certificate_id or "")
    if certificate_id and certificate is None:
        raise Refusal(400, "WAF.00014001", "The certificate does not exist")
    if certificate_name and certificate_name != (certificate or {}).get("name"):
        raise Refusal(400, "WAF.00011005", "The name of the certificate does not fit its id")
    if certificate is None and any(server["front_protocol"] == "HTTPS" for server in host["server"]):
        raise Refusal(400, "WAF.00011003", "HTTPS needs a certificate")


def _create(mode: str) -> Handler:
    def handler(call: Call) -> Reply:
        body, account = dict(call.body), call.account
        named = _HOST.fullmatch(body["hostname"])
        if named is None or len(body["hostname"]) > _LONGEST_HOST:
            raise Refusal(400, "WAF.00011006", "The domain name is invalid")
        if named["port"] and not 1 <= int(named["port"]) <= 65535:
            raise Refusal(400, "WAF.00011007", "The port is invalid")
        body["hostname"] = body["hostname"].lower()
        if any(host["hostname"].lower() == body["hostname"] and host["waf_type"] == mode for host in account.hosts.values()):
            raise Refusal(400, "WAF.00014002", "The domain name already exists")
        if len(account.hosts) >= account.limits["domains"]:
            raise Refusal(400, "WAF.00013001", "The number of domain names exceeds the quota")
        if "policyid" in body and body["policyid"] not in account.policies:
            raise Refusal(400, "WAF.00014001", "The policy does not exist")
        kept = {key: body[key] for key in ("hostname", "policyid", "proxy", "description", "certificateid") if key in body}
        given = {**kept, "server": [dict(server) for server in body.get("server", [])], "waf_type": mode}
        _check_properties(call, given, body.get("certificateid"), body.get("certificatename"))
        if "connects_after" in account.limits:
            given["connects_after"] = account.limits["connects_after"]
        host = new_host(account, given)
        if "policyid" not in body:
            host["policyid"] = add_policy(account, {"name": f"policy_{host['id'][:8]}"})
        account.hosts[host["id"]] = host
        return Reply({key: value for key, value in _shown(call, host).items() if key not in _UNTOLD_AT_FIRST[mode]})

    return handler


def _update(name: str, mode: str) -> Handler:
    def handler(call: Call) -> Reply:
        host, body = _host(call, name, (mode,)), dict(call.body or {})
        # What the body leaves out stays, PUT or PATCH; the list of servers is replaced. The other settings of a domain are taken and not held.
        changed = {key: body.get(key, host[key]) for key in ("proxy", "server", "certificateid")}
        if changed["server"] or "server" in body:
            _check_properties(call, changed, changed["certificateid"], body.get("certificatename"))
        host.update(changed, timestamp=call.account.now() * 1000)
        switches = {key: body[key] for key in ("protect_status", "access_status") if key in body}
        host.update(switches)
        return Reply(_shown(call, host))

    return handler


def _delete(name: str, mode: str) -> Handler:
    def handler(call: Call) -> Reply:
        host = _host(call, name, (mode,))
        keep = call.query.get("keepPolicy", "true")
        if keep not in ("true", "false"):
            raise Refusal(400, "WAF.00011002", "keepPolicy is neither true nor false")
        used = sum(other["policyid"] == host["policyid"] for other in call.account.hosts.values()) > 1
        if used and "keepPolicy" in call.query:
            raise Refusal(400, "WAF.00011002", "keepPolicy is for a policy of one domain only")
        del call.account.hosts[host["id"]]
        if keep == "false" and host["policyid"] in call.account.policies:
            call.account.remove_policy(host["policyid"])
        return Reply(_told(host, _TOLD[mode]["item"]))

    return handler


def _switch(name: str, mode: str, key: str, values: t.Sequence[int], code: str) -> Handler:
    def handler(call: Call) -> Reply:
        host = _host(call, name, (mode,))
        value = (call.body or {}).get(key)
        if value not in values:
            raise Refusal(400, code, f"{key} is not one of {list(values)}")
        host[key] = value
        if key == "access_status":
            host.pop("connects_after", None)
        return Reply({key: value})

    return handler


def host_status(call: Call) -> Reply:
    host = _host(call, "host_id", _BOTH)
    words = {1: "enabled", 0: "disabled", -1: "bypassed"}
    return Reply({"name": host["hostname"], "status": words[host["protect_status"]], "waf_instance_id": host["id"]})


def _progress(name: str, modes: tuple[str, ...]) -> Handler:
    def handler(call: Call) -> Reply:
        host = _host(call, name, modes)
        steps = {step["step"]: step for step in host.get("access_progress", [])}
        steps[call.body["step"]] = dict(call.body)
        # Before the first call the array is absent; afterwards it holds the steps that were set, latest first.
        host["access_progress"] = [dict(call.body), *(step for number, step in sorted(steps.items()) if number != call.body["step"])]
        return Reply(dict(call.body))

    return handler


_PROTECTIONS = (-1, 0, 1)

HANDLERS: dict[str, Handler] = {
    "ListHost": _list(_CLOUD),
    "ShowHost": _show("instance_id", _CLOUD),
    "CreateHost": _create("cloud"),
    "UpdateHost": _update("instance_id", "cloud"),
    "DeleteHost": _delete("instance_id", "cloud"),
    "UpdateHostProtectStatus": _switch("instance_id", "cloud", "protect_status", _PROTECTIONS, "WAF.00011008"),
    "UpdateHostAccessStatusOfUnderline": _switch("instance_id", "cloud", "access_status", (0, 1, 2), "WAF.00011009"),
    "ShowHostStatus": host_status,
    "UpdateAccessProgress": _progress("instance_id", _CLOUD),
    "ListPremiumHost": _list(_PREMIUM),
    "ShowPremiumHost": _show("host_id", _PREMIUM),
    "CreatePremiumHost": _create("premium"),
    "UpdatePremiumHost": _update("host_id", "premium"),
    "DeletePremiumHost": _delete("host_id", "premium"),
    "UpdatePremiumHostProtectStatus": _switch("host_id", "premium", "protect_status", _PROTECTIONS, "WAF.00011008"),
    "UpdatePremiumHostAccessStatus": _switch("host_id", "premium", "access_status", (0, 1), "WAF.00011009"),
    "UpdatePremiumInstanceProgress": _progress("host_id", _PREMIUM),
    "ListCompositeHosts": _list(_BOTH),
    "ShowCompositeHost": _show("host_id", _BOTH),
}
