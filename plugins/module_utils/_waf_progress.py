# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The progress of domains: how far the steps are that bring a domain behind WAF."""

from __future__ import annotations

import typing as t

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import objects_in, segment
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError, doing, live, unwritten
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words, choice
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import PLANNED, Action, Outcome, Record, verified
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import (
    HOSTS,
    all_hosts,
    domain_named,
    enterprise_project,
    hosts_named,
    refuse_all_projects,
)

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

# The steps in the order a site owner takes them, as UpdateAccessProgress numbers them.
_STEPS = {"origin_whitelisted": 1, "verified_locally": 2, "dns_switched": 3}
_STATUSES = {"pending": 0, "completed": 1, "skipped": 2}
_MODES = {"cloud": "cloud", "premium": "dedicated"}
_PROGRESS_PATHS = {"cloud": "/waf/instance", "dedicated": "/premium-waf/host"}
_FIELDS = tuple(choice(step, _STATUSES, api=str(number)) for step, number in _STEPS.items())


def progress_told(host: Record) -> dict[str, t.Any]:
    """The progress of a domain in the user's words. A step that the service leaves out has not been taken."""
    recorded = [item for item in objects_in(host, "access_progress") if item.get("status") is not None]
    steps = {str(item.get("step")): item["status"] for item in recorded}
    return {
        "domain": host.get("hostname"),
        "id": host.get("id"),
        "mode": host.get("waf_type") and _MODES.get(str(host["waf_type"]), str(host["waf_type"])),
        **{one.name: one.told({"1": 0, "2": 0, "3": 0, **steps}) for one in _FIELDS},
    }


def set_progress(client: Client, options: Words, dry_run: bool) -> Outcome:
    """Record the steps that the options name; state absent puts every step back. One call for each step that differs."""
    refuse_all_projects(client)
    absent = options["state"] == "absent"
    with unwritten():
        hosts = hosts_named(client, options["domain"])
        planned = bool(dry_run and options.get("planned") and not hosts)
        if absent and not hosts and not planned:
            return Outcome(False, {}, {})
        # A domain that is planned has no id and no mode yet, and no step has been taken.
        before = progress_told({"hostname": options["domain"].lower()} if planned else domain_named(client, options["domain"], hosts))
    asked = {one.name: "pending" if absent else options.get(one.name) for one in _FIELDS}
    wanted = {name: status for name, status in asked.items() if status is not None and status != before[name]}
    if wanted and not planned and before["mode"] not in _PROGRESS_PATHS:
        raise InputError(f"The domain {before['domain']!r} is of the mode {before['mode']!r}, whose progress cannot be set.")
    after = dict(before)
    recorded: list[str] = []
    for name, status in wanted.items():
        after[name] = status if dry_run else _recorded(client, before, name, status, recorded)
        recorded.append(name)
    return Outcome(bool(wanted), before, after)


def _recorded(client: Client, host: Words, step: str, status: str, done: t.Sequence[str]) -> t.Any:
    """Record one step; what the service answers counts, for a skipped step may read back as something else."""
    path = _PROGRESS_PATHS[host["mode"]]
    field = next(one for one in _FIELDS if one.name == step)
    kept = f"of the domain {host['domain']!r}, {', '.join(done)} is recorded." if done else ""
    # Both fields are always sent: the page calls them optional, the SDK required. This call takes no enterprise_project_id in cloud mode.
    query = enterprise_project(client) if host["mode"] == "dedicated" else []

    def write() -> t.Any:
        answer = client.put("waf", f"{path}/{segment(host['id'])}/access-progress", {"step": _STEPS[step], "status": field.outward(status)}, query)
        return status if answer.get("status") is None else field.inward(answer["status"])

    def shown() -> t.Any:
        return progress_told(client.get("waf", f"{HOSTS}/{segment(host['id'])}", enterprise_project(client)))[step]

    def amiss(told: t.Any) -> str:
        return "" if told == status else " ".join(part for part in (kept, f"{step} of the domain {host['domain']!r}, read afterwards, is {told!r}.") if part)

    with unwritten(), doing(f"set {step} of the domain {host['domain']!r} to {status}"), live(kept, f"recording {step}"):
        return verified(write, lambda arrived: client.read_after_write(shown, arrived), amiss)


def list_progress(client: Client, options: Words) -> list[Words]:
    """The progress of one domain, or of all."""
    name = options.get("domain")
    with doing("list the domains"):
        hosts = hosts_named(client, name) if name else all_hosts(client)
    return sorted((progress_told(host) for host in hosts), key=lambda told: (str(told["domain"]), str(told["id"])))


ACCESS_PROGRESS = Action(
    kind="access_progress",
    plural="access_progress",
    arguments={
        "domain": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        **{one.name: one.argument for one in _FIELDS},
        **PLANNED,
    },
    asked={"domain": {"type": "str"}},
    ensure=set_progress,
    listed=list_progress,
)
