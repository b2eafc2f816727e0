# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What WAF tells and nobody sets: the maps of locations and of IP-intelligence tags, and the addresses that it calls origins from."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import objects_in
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Report

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

Told = dict[str, t.Any]

# Times of the service are milliseconds in most answers and seconds in some; seconds reach this number in the year 5138.
_FIRST_MILLISECONDS = 100_000_000_000


def object_of(value: t.Any) -> Told:
    """A value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed_in(groups: t.Any) -> dict[str, list[str]]:
    """The members of each group of a map; what is no list holds none."""
    return {name: [str(member) for member in members] if isinstance(members, list) else [] for name, members in object_of(groups).items()}


def geoip_map(client: Client) -> Told:
    """The locations that geolocation rules take, with their names in English."""
    return object_of(client.get("waf", "/waf/tag/geoip/map", [("lang", "en")]))


def reputation_map(client: Client) -> Told:
    """The tags that IP-intelligence rules take, with their names in English."""
    return object_of(client.get("waf", "/waf/tag/ip-reputation/map", [("type", "idc"), ("lang", "en")]))


def _locations(client: Client, options: Words) -> list[Told]:
    """The map of locations as a list sorted by name; only those whose name or title has a part in it, where one is given."""
    with doing("read the map of locations"):
        told = geoip_map(client)
    titles = object_of(told.get("locale"))
    groups: dict[str, set[str]] = {name: set() for name in titles}
    for part in ("continent", "geomap"):
        for group, members in listed_in(told.get(part)).items():
            for member in members:
                groups.setdefault(member, set()).add(group)
    part = str(options.get("name") or "").casefold()
    listed: list[Told] = [{"name": name, "title": titles.get(name), "groups": sorted(groups[name])} for name in sorted(groups)]
    return [one for one in listed if part in one["name"].casefold() or part in str(one["title"] or "").casefold()]


def _tags(client: Client, options: Words) -> list[Told]:
    """The map of tags as a list sorted by name."""
    del options
    with doing("read the map of IP-intelligence tags"):
        told = reputation_map(client)
    titles = object_of(told.get("locale"))
    tags = {(tag, kind) for kind, members in listed_in(told.get("ip_reputation_map")).items() for tag in members}
    return [{"name": tag, "type": kind, "title": titles.get(tag)} for tag, kind in sorted(tags)]


def _source_ips(client: Client, options: Words) -> Told:
    """The addresses that WAF calls origins from, all of them and group by group. This call takes no enterprise_project_id."""
    del options
    with doing("read the addresses that WAF calls origins from"):
        told = object_of(client.get("waf", "/waf/config/source-ip"))
    groups: list[Told] = [{"addresses": _addresses(item), "update_time": _time(item.get("update_time"))} for item in objects_in(told, "source_ip")]
    return {
        "addresses": sorted({address for group in groups for address in group["addresses"]}),
        "last_modify": _time(told.get("last_modify")),
        "groups": groups,
    }


def _addresses(item: Words) -> list[str]:
    listed = item.get("ips")
    return sorted({str(address) for address in listed}) if isinstance(listed, list) else []


def _time(value: t.Any) -> str | None:
    """A time of the service as text in UTC; None where it tells none that can be."""
    if not str(value).isascii() or not str(value).isdecimal():
        return None
    try:
        number = int(value)
        seconds = number // 1000 if number >= _FIRST_MILLISECONDS else number
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None


LOCATIONS = Report("locations", {"name": {"type": "str"}}, _locations)
REPUTATION_TAGS = Report("ip_reputation_tags", {}, _tags)
SOURCE_IPS = Report("source_ips", {}, _source_ips)
