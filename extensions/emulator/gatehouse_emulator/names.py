# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS on loopback, over UDP and TCP: the CNAMEs of the domains, and the records of the account. Imported only where it is asked for."""

from __future__ import annotations

import threading
import typing as t

import dnslib
from dnslib.server import BaseResolver, DNSHandler, DNSLogger, DNSServer

from gatehouse_emulator.account import Account, Record

ADDRESS = "127.0.0.1"
TTL = 300
# The zone of WAF's names for domains in cloud mode.
CNAME_ZONE = "vip1.huaweicloudwaf.com"
_LONGEST_CHAIN = 16


# Bytes: without EDNS no datagram is longer; the rest comes over TCP.
_LONGEST_DATAGRAM = 512


class _Handler(DNSHandler):  # type: ignore[misc]
    def get_reply(self, data: bytes) -> bytes:
        """The bytes of the reply to a request; of one that is too long for a datagram the question only, with the mark that says so."""
        reply = self.server.resolver.resolve(dnslib.DNSRecord.parse(data), self)
        packed = bytes(reply.pack())
        if self.protocol == "udp" and len(packed) > _LONGEST_DATAGRAM:
            reply.rr = []
            reply.header.tc = 1
            packed = bytes(reply.pack())
        return packed


class Names(BaseResolver):  # type: ignore[misc]
    """Answers as a resolver where recursion is asked for, else as the servers of the zones. It knows no names but those of the account."""

    def __init__(self, account: t.Callable[[], Account]) -> None:
        self._account = account

    def resolve(self, request: t.Any, handler: t.Any) -> t.Any:
        """The reply to a request. Raises DNSError where nothing shall be answered."""
        name, kind = _plain(str(request.q.qname)), dnslib.QTYPE[request.q.qtype]
        recursive = bool(request.header.rd)
        # Read while requests change it: each list is taken at once.
        records = [one for one in _records(self._account()) if one.get("view", "both") in ("both", "recursive" if recursive else "authoritative")]
        reply = request.reply(ra=1, aa=0 if recursive else 1)
        held = {one["name"] for one in records}
        zones = {_zone(one) for one in held}
        if not recursive and _zone(name) not in zones:
            return _failed(reply, "REFUSED")
        seen = {name}
        for _step in range(_LONGEST_CHAIN):
            mine = [one for one in records if one["name"] == name]
            trouble = next((one["fails"] for one in mine if "fails" in one), None)
            if trouble:
                return _failed(reply, trouble)
            fitting = [one for one in mine if one["type"] == kind]
            alias = next((one for one in mine if one["type"] == "CNAME"), None)
            for one in fitting or ([alias] if alias else []):
                reply.add_answer(_answer(one))
            if fitting or alias is None:
                if not mine and not any(other.endswith(f".{name}") for other in held):
                    reply.header.rcode = dnslib.RCODE.NXDOMAIN
                break
            target = _plain(alias["value"])
            # The server of a zone knows nothing of others.
            if target in seen or (not recursive and _zone(target) != _zone(name)):
                break
            seen.add(target)
            name = target
        return reply


def _failed(reply: t.Any, how: str) -> t.Any:
    if how == "silence":
        raise dnslib.DNSError("nothing is answered")
    reply.rr = []
    reply.header.rcode = getattr(dnslib.RCODE, how)
    return reply


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


def _zone(name: str) -> str:
    """The zone of a name: what its last two labels say."""
    return ".".join(name.split(".")[-2:])


def _records(account: Account) -> list[Record]:
    """The records of the account, those of the CNAMEs, and for each zone what every zone has."""
    hosts = [host for host in list(account.hosts.values()) if host["waf_type"] == "cloud"]
    records = [{"name": f"{host['access_code']}.{CNAME_ZONE}", "type": "A", "value": ADDRESS, "ttl": TTL} for host in hosts]
    records += [{"ttl": TTL, **one, "name": _plain(one["name"])} for one in list(account.dns)]
    told = {(one["name"], one.get("type")) for one in records}
    for zone in sorted({_zone(one["name"]) for one in records} | {_zone(CNAME_ZONE)}):
        server = f"ns1.{zone}"
        if (zone, "NS") not in told:
            records.append({"name": zone, "type": "NS", "value": server, "ttl": TTL})
            if (server, "A") not in told:
                records.append({"name": server, "type": "A", "value": ADDRESS, "ttl": TTL})
        if (zone, "SOA") not in told:
            records.append({"name": zone, "type": "SOA", "value": server, "ttl": TTL})
    return records


def _answer(record: Record) -> t.Any:
    kind, value = record["type"], record["value"]
    made = dnslib.SOA(value, f"hostmaster.{value}", (1, 3600, 600, 86400, 60)) if kind == "SOA" else getattr(dnslib, kind)(value)
    return dnslib.RR(record["name"], getattr(dnslib.QTYPE, kind), rdata=made, ttl=record["ttl"])


class Service:
    """DNS on one port for both transports, in threads that end with the process. Raises OSError for a port that cannot be used."""

    def __init__(self, account: t.Callable[[], Account], port: int = 0) -> None:
        names, quiet = Names(account), DNSLogger(logf=lambda text: None)
        for tries_left in reversed(range(10)):
            # TCP first: of UDP ports, the system gives away one that is in use.
            tcp = DNSServer(names, ADDRESS, port, tcp=True, logger=quiet, handler=_Handler)
            self.port = int(tcp.server.server_address[1])
            try:
                udp = DNSServer(names, ADDRESS, self.port, logger=quiet, handler=_Handler)
                break
            except OSError:
                tcp.server.server_close()
                if port or not tries_left:
                    raise
        self._servers = (tcp, udp)
        for server in self._servers:
            threading.Thread(target=server.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        for server in self._servers:
            server.server.shutdown()
            server.server.server_close()
