# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of WAF. No answer has a private key, for none is held."""

from __future__ import annotations

from gatehouse_emulator.account import Record
from gatehouse_emulator.calls import Call, Handler, Reply, numbered_page
from gatehouse_emulator.refusals import Refusal

# What exp_status says.
_VALID, _EXPIRED, _ENDING = 0, 1, 2
_ENDING_WITHIN = 30 * 24 * 3600


def _told(call: Call, certificate: Record) -> Record:
    left = certificate["expire_time"] / 1000 - call.now
    hosts = [host for host in call.account.hosts.values() if host["certificateid"] == certificate["id"]]
    return {
        **{key: certificate[key] for key in ("id", "name", "expire_time")},
        "exp_status": _EXPIRED if left <= 0 else _ENDING if left < _ENDING_WITHIN else _VALID,
        "timestamp": 1_700_000_000_000,
        "bind_host": [{key: host[key] for key in ("id", "hostname", "waf_type")} for host in hosts],
    }


def list_certificates(call: Call) -> Reply:
    # The name filter matches parts of names, the less helpful of the two readings.
    found = [_told(call, one) for one in call.account.certificates.values() if call.query.get("name", "") in one["name"]]
    if "exp_status" in call.query:
        found = [one for one in found if str(one["exp_status"]) == call.query["exp_status"]]
    # No document has the names that a certificate covers in this list; here they are, so that a wrong one is found in a rehearsal.
    items = [{**one, "sans": list(call.account.certificates[one["id"]]["names"])} for one in found]
    return Reply({"total": len(items), "items": numbered_page(call, items)})


def show_certificate(call: Call) -> Reply:
    certificate = call.account.certificates.get(call.path["certificate_id"])
    if certificate is None:
        raise Refusal(400, "WAF.00014001", "The certificate does not exist")
    return Reply(_told(call, certificate))


HANDLERS: dict[str, Handler] = {"ListCertificates": list_certificates, "ShowCertificate": show_certificate}
