# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The origin servers of a domain in WAF, which are a set."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Field, Words, shown
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Record

_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
HOST_NAME = rf"{_LABEL}(?:\.{_LABEL})+"
HIGHEST_PORT = 65535
_HIGHEST_WEIGHT = 65535


def _origin(value: str) -> tuple[str, str | None]:
    """The one notation of the address of a server, and its type, which the name of a host does not tell. Raises ValueError."""
    try:
        if "%" in value:
            raise ValueError(value)
        address = ipaddress.ip_address(value)
    except ValueError:
        if not re.fullmatch(HOST_NAME, value) or re.fullmatch(r"[0-9.]+", value):
            raise ValueError(f"{shown(value)} is neither an IP address nor a host name such as origin.example.com.") from None
        return value.lower(), None
    return str(address), f"ipv{address.version}"


def _server(said: Words) -> dict[str, t.Any]:
    """The one notation of a server. Raises ValueError."""
    address, kind = _origin(said["address"])
    weight = 1 if said.get("weight") is None else said["weight"]
    if kind and said.get("type") not in (None, kind):
        raise ValueError(f"{address} is not of the type {said['type']}.")
    if not 1 <= said["port"] <= HIGHEST_PORT:
        raise ValueError(f"{shown(said['port'])} is not a port from 1 to {HIGHEST_PORT}.")
    if not 0 <= weight <= _HIGHEST_WEIGHT:
        raise ValueError(f"{shown(weight)} is not a weight from 0 to {_HIGHEST_WEIGHT}.")
    vpc_id = said.get("vpc_id") or None
    if vpc_id and not re.fullmatch(r"[A-Za-z0-9-]{1,64}", vpc_id):
        raise ValueError(f"{shown(vpc_id)} is not the id of a VPC.")
    return {
        "address": address,
        "port": said["port"],
        "front_protocol": said["front_protocol"],
        "back_protocol": said["back_protocol"],
        "weight": weight,
        "type": said.get("type") or kind or "ipv4",
        "vpc_id": vpc_id,
    }


def _server_told(entry: Record) -> dict[str, t.Any]:
    """A server of the service in the user's words, as far as they fit."""
    protocols = {key: str(entry[key]).lower() for key in ("front_protocol", "back_protocol")}
    try:
        address, kind = _origin(str(entry["address"]))
    except ValueError:
        address, kind = str(entry["address"]), None
    kind = str(entry.get("type") or kind or "ipv4").lower()
    weight = 1 if entry.get("weight") is None else int(entry["weight"])
    return {"address": address, "port": int(entry["port"]), **protocols, "weight": weight, "type": kind, "vpc_id": entry.get("vpc_id") or None}


def _server_sent(server: Words) -> dict[str, t.Any]:
    protocols = {key: server[key].upper() for key in ("front_protocol", "back_protocol")}
    return {key: value for key, value in {**server, **protocols}.items() if value is not None}


def _in_order(servers: t.Iterable[Words]) -> list[dict[str, t.Any]]:
    """The servers as a set, in one order."""
    distinct = {tuple(str(value) for value in server.values()): dict(server) for server in servers}
    return sorted(distinct.values(), key=lambda server: [str(server["address"]), server["port"], *(str(value) for value in server.values())])


def servers() -> Field:
    """The servers behind WAF, a set: the same when all that is said of them is."""

    def normal(value: t.Any) -> list[dict[str, t.Any]]:
        if not value:
            raise ValueError("a domain needs at least one server. Remove the domain with state=absent, or suspend its protection.")
        return _in_order(_server(one) for one in value)

    protocol = {"type": "str", "required": True, "choices": ["http", "https"]}
    options = {
        "address": {"type": "str", "required": True},
        "port": {"type": "int", "required": True},
        "front_protocol": protocol,
        "back_protocol": protocol,
        "weight": {"type": "int"},
        "type": {"type": "str", "choices": ["ipv4", "ipv6"]},
        "vpc_id": {"type": "str"},
    }
    return Field(
        "servers",
        "server",
        {"type": "list", "elements": "dict", "options": options},
        normal=normal,
        outward=lambda servers: [_server_sent(server) for server in servers],
        inward=lambda entries: _in_order(_server_told(entry) for entry in entries),
    )


def check_servers(said: t.Sequence[Words], mode: str) -> None:
    """Raises InputError for a server that its mode does not take."""
    for server in said:
        if mode == "dedicated" and not server["vpc_id"]:
            raise InputError(f"servers: {server['address']} has no vpc_id; in dedicated mode each server needs the VPC that it is in.")
        if mode == "cloud" and server["vpc_id"]:
            raise InputError(f"servers: {server['address']} has a vpc_id, which is for dedicated mode only; this domain is in cloud mode.")
