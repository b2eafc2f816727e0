# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WAF domains of both modes, and their access progress."""

from __future__ import annotations

from gatehouse_emulator.account import Record
from gatehouse_emulator.calls import Call, Handler, Reply, numbered_page
from gatehouse_emulator.refusals import Refusal

_CLOUD = ("cloud",)
_PREMIUM = ("premium",)
_BOTH = ("cloud", "premium")


def _host(call: Call, name: str, modes: tuple[str, ...]) -> Record:
    host = call.account.hosts.get(call.path[name])
    if host is None or host["waf_type"] not in modes:
        # One of the two faces of "not found": HTTP 400 with a code of its own.
        raise Refusal(400, "WAF.00014001", "The domain name does not exist")
    return host


def _list(modes: tuple[str, ...], progress: bool) -> Handler:
    def handler(call: Call) -> Reply:
        # The filter matches parts of names, the less helpful of the two readings.
        wanted = call.query.get("hostname", "")
        hosts = [host for host in call.account.hosts.values() if host["waf_type"] in modes and wanted in host["hostname"]]
        if "waf_type" in call.query:
            hosts = [host for host in hosts if host["waf_type"] == call.query["waf_type"]]
        told = [{name: value for name, value in host.items() if progress or name != "access_progress"} for host in hosts]
        counts = {f"{mode}_total": sum(host["waf_type"] == mode for host in hosts) for mode in _BOTH} if modes == _BOTH else {}
        return Reply({"total": len(hosts), **counts, "items": numbered_page(call, told, everything=True)})

    return handler


def _show(name: str, modes: tuple[str, ...]) -> Handler:
    return lambda call: Reply(dict(_host(call, name, modes)))


def _progress(name: str, modes: tuple[str, ...]) -> Handler:
    def handler(call: Call) -> Reply:
        host = _host(call, name, modes)
        steps = {step["step"]: step for step in host.get("access_progress", [])}
        steps[call.body["step"]] = dict(call.body)
        # Before the first call the array is absent; afterwards it holds the steps that were set, latest first.
        host["access_progress"] = [dict(call.body), *(step for number, step in sorted(steps.items()) if number != call.body["step"])]
        return Reply(dict(call.body))

    return handler


HANDLERS: dict[str, Handler] = {
    "ListHost": _list(_CLOUD, progress=False),
    "ShowHost": _show("instance_id", _CLOUD),
    "UpdateAccessProgress": _progress("instance_id", _CLOUD),
    "ListPremiumHost": _list(_PREMIUM, progress=False),
    "ShowPremiumHost": _show("host_id", _PREMIUM),
    "UpdatePremiumInstanceProgress": _progress("host_id", _PREMIUM),
    "ListCompositeHosts": _list(_BOTH, progress=True),
    "ShowCompositeHost": _show("host_id", _BOTH),
}
