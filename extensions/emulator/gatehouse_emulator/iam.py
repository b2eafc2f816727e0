# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM: the projects and the account of the caller."""

from __future__ import annotations

from gatehouse_emulator.calls import Call, Handler, Reply

_DOMAIN = {"id": "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0", "name": "gatehouse-demo", "enabled": True}


def list_projects(call: Call) -> Reply:
    wanted = call.query.get("name")
    found = [project for project in call.account.projects if wanted in (None, project["name"])]
    return Reply({"projects": [{**project, "domain_id": _DOMAIN["id"], "enabled": True, "is_domain": False} for project in found], "links": {}})


def list_domains(call: Call) -> Reply:
    return Reply({"domains": [_DOMAIN], "links": {}})


HANDLERS: dict[str, Handler] = {
    "KeystoneListProjects": list_projects,
    "KeystoneListAuthProjects": list_projects,
    "KeystoneListAuthDomains": list_domains,
}
