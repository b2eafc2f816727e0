# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""WAF: what its resources have in common: policies and domains found by name, and the enterprise project."""

from __future__ import annotations

import typing as t

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import may_be_id, objects_in, pages, segment, the_one
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, InputError, doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Record

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

PAGE = 100
# The domains of both modes.
HOSTS = "/composite-waf/host"
ALL_PROJECTS = "all_granted_eps"


def enterprise_project(client: Client) -> list[tuple[str, t.Any]]:
    """The query that says which enterprise project is meant: the same on every call, or what belongs to another looks absent."""
    return [("enterprise_project_id", client.enterprise_project_id)]


def refuse_all_projects(client: Client) -> None:
    """Writing to all projects at once is refused by the service as well (WAF.00012010)."""
    if client.enterprise_project_id == ALL_PROJECTS:
        raise InputError(f"enterprise_project_id: {ALL_PROJECTS} is for reading only; set the one project that is meant.")


def all_policies(client: Client, name: str | None = None) -> list[Record]:
    """The WAF policies; those whose name has a part where one is given."""

    def page(number: int, before: int) -> t.Any:
        del before
        return client.get("waf", "/waf/policy", [("name", name), ("page", number), ("pagesize", PAGE), *enterprise_project(client)])

    return pages(page, "items", PAGE, spread=client.crew.map)


def policies_named(client: Client, name: str) -> list[Record]:
    """The WAF policies with this name, else the one with this id."""
    with doing(f"find the WAF policy {name!r}"):
        # The filter may match parts of names; the documents do not say.
        found = [policy for policy in all_policies(client, name) if policy.get("name") == name]
        return found or with_id(client, "/waf/policy", name)


def policy_named(client: Client, name: str, planned: bool = False, among: t.Sequence[Record] | None = None) -> Record:
    """The WAF policy with this name or id; one without an id where it is planned and not there yet.

    among are all policies, where they have been read. Raises when there is none, or when two have the name.
    """
    if among is None:
        found = policies_named(client, name)
    else:
        found = [policy for policy in among if policy.get("name") == name] or [policy for policy in among if policy.get("id") == name]
    if not found and planned:
        return {"name": name}
    hint = "Check policy, region and enterprise_project_id."
    return the_one("WAF policy", name, found, hint, others=lambda: (policy.get("name") for policy in all_policies(client)))


def domain_named(client: Client, name: str, found: t.Sequence[Record]) -> Record:
    """The one of the domains that were found by a name or id. Raises when there is none, or more than one."""
    hint = "Check domain, region and enterprise_project_id; add the domain to WAF first."
    return the_one("domain", name, found, hint, others=lambda: (host.get("hostname") for host in all_hosts(client)))


def with_id(client: Client, path: str, wanted: str) -> list[Record]:
    """The object with this id below a path; none when there is none, or when the text cannot be an id."""
    if not may_be_id(wanted):
        return []
    try:
        return [client.get("waf", f"{path}/{segment(wanted)}", enterprise_project(client))]
    except ApiError as error:
        # What is no id is refused as a bad id or parameter by an edition that checks the form.
        if error.missing or error.code in ("WAF.00011002", "WAF.00011004", "WAF.00021002", "WAF.00021004"):
            return []
        raise


def all_hosts(client: Client, host_name: str | None = None) -> list[Record]:
    """The domains of both modes; the composite list is the one whose items carry the progress."""

    def page(number: int, before: int) -> t.Any:
        del before
        return client.get("waf", HOSTS, [("hostname", host_name), ("page", number), ("pagesize", PAGE), *enterprise_project(client)])

    return pages(page, "items", PAGE, spread=client.crew.map)


def hosts_named(client: Client, name: str) -> list[Record]:
    """The domains with this host name, in any case, or with this id; a host name can be added in both modes."""
    with doing(f"find the domain {name!r}"):
        return hosts_called(client, name) or with_id(client, HOSTS, name)


def hosts_called(client: Client, name: str, meant: t.Callable[[str, str], bool] = str.__eq__) -> list[Record]:
    """The domains whose host name is the one that is meant; meant gets both in small letters."""
    # The filter may match parts of names and may mind case; the documents do not say.
    for spelled in dict.fromkeys((name, name.lower())):
        found = [host for host in all_hosts(client, spelled) if meant(str(host.get("hostname")).lower(), name.lower())]
        if found:
            return found
    return []


def move_hosts(client: Client, policy: Record, moved: t.Iterable[t.Any], hosts: t.Iterable[Record]) -> None:
    """Give domains, by their ids, to a policy; hosts are all that there are."""
    # Whether the call adds domains or replaces those that the policy has is not stated: those that it has, by its own word or theirs, are sent as well. What
    # is too much for one URL the service refuses as a whole.
    told = policy.get("hosts")
    held = [host.get("id") for host in objects_in(policy, "bind_host")] + (told if isinstance(told, list) else [])
    held += [host["id"] for host in hosts if host.get("policyid") == policy["id"]]
    together = dict.fromkeys(map(str, (*held, *moved)))
    client.put("waf", f"/waf/policy/{segment(str(policy['id']))}", None, [("hosts", ",".join(together)), *enterprise_project(client)])
