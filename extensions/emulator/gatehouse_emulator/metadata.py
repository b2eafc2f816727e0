# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metadata service of a server: a token of its own, and the key of the agency that the server was given."""

from __future__ import annotations

from gatehouse_emulator.account import Account
from gatehouse_emulator.calls import Call, Handler, Reply
from gatehouse_emulator.iam import credential
from gatehouse_emulator.refusals import Page

FOLDERS = ("/meta-data/", "/openstack/")
KEY_SECONDS = 24 * 3600
SESSION = "gatehouse-demo-machine"
_CREATE_TOKEN = "CreateMetadataToken"


def check_form(account: Account, operation: str) -> None:
    """Raises Refusal for a path that a metadata service of this form does not have, whatever the request says."""
    form = account.identities.machine.form
    if form == "none" or (form == "plain" and operation == _CREATE_TOKEN):
        raise Page(404)


def create_token(call: Call) -> Reply:
    text = call.identities.next_name("metadata-token")
    call.identities.machine.tokens[text] = call.now + int(call.headers["X-Metadata-Token-Ttl-Seconds"])
    return Reply(text, headers={"Content-Type": "text/plain"})


def show_security_key(call: Call) -> Reply:
    """The key of the agency: the same until half of its life is over, then a new one."""
    machine = call.identities.machine
    text = call.headers.get("X-Metadata-Token")
    asks_for_token = machine.form == "token" or (machine.form == "both" and text is not None)
    if asks_for_token and machine.tokens.get(text or "", 0.0) <= call.now:
        raise Page(401)
    if machine.agency is None:
        raise Page(404)
    held = machine.key
    if held is None or held.expires_at is None or min(machine.renew_at, held.expires_at) <= call.now:
        seconds = call.identities.lifetime("metadata_key", KEY_SECONDS)
        held = call.identities.issue_key(call.identities.agencies[machine.agency].in_session(SESSION), call.now + seconds)
        machine.key, machine.renew_at = held, call.now + seconds / 2
    return Reply(credential(held))


HANDLERS: dict[str, Handler] = {_CREATE_TOKEN: create_token, "ShowSecurityKey": show_security_key}
