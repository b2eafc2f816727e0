# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Questions to DNS, each to one server at a time, without search lists or caches. The only import of dnspython."""

from __future__ import annotations

import socket
import traceback
import typing as t

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError, MissingLibrary
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sightings import NO_ANSWER, NO_NAME, NO_SERVER, Entry, Lookup

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdatatype
    import dns.resolver
except Exception:  # Not only ImportError: where libraries do not fit together they break in many ways.
    DNSPYTHON_MISSING: str | None = traceback.format_exc()
else:
    DNSPYTHON_MISSING = None

PORT = 53
# Seconds for one question to one server, and how often it is asked: a datagram may get lost.
LONGEST_WAIT = 5.0
TRIES = 2

Place = tuple[str, int]


class Resolver:
    """Asks the resolvers that were given, else those of the system, or one server that a question names.

    seconds says how long a question may take now. Raises MissingLibrary at the first question where the library is missing.
    """

    def __init__(self, given: t.Sequence[Place], seconds: t.Callable[[], float]) -> None:
        self._given = given
        self._seconds = seconds
        self._servers: list[Place] | None = None
        self._silent: set[Place] = set()

    def ask(self, name: str, kind: str, server: str | None = None) -> Lookup:
        """What DNS says of a name: the server, asked as an authority, else the first resolver that has an answer."""
        if DNSPYTHON_MISSING:
            raise MissingLibrary("dnspython", DNSPYTHON_MISSING)
        try:
            asked = dns.name.from_text(name)
        except (dns.exception.DNSException, ValueError) as error:
            return Lookup(NO_NAME, reason=f"{name!r} can be no name in DNS: {error}")
        if server is not None:
            # Where a resolver that was given is the authority as well, it is asked where it listens.
            port = next((number for address, number in self._resolvers() if address == server), PORT)
            return self._told(asked, kind, (server, port), recursive=False)
        lookup = Lookup(NO_SERVER, reason="this system names no resolver")
        # Those that did not answer before come last.
        for place in sorted(self._resolvers(), key=self._silent.__contains__):
            lookup = self._told(asked, kind, place, recursive=True)
            if lookup.status in ("NOERROR", "NXDOMAIN"):
                break
        return lookup

    def _resolvers(self) -> list[Place]:
        if self._servers is None:
            self._servers = [(address_of(host), port) for host, port in self._given] or _of_the_system()
        return self._servers

    def _told(self, name: t.Any, kind: str, place: Place, recursive: bool) -> Lookup:
        query = dns.message.make_query(name, kind)
        if not recursive:
            query.flags &= ~dns.flags.RD
        shown = f"{place[0]}:{place[1]}" if ":" not in place[0] else f"[{place[0]}]:{place[1]}"
        reason = "the time of the task is over"
        for _number in range(1 if place in self._silent else TRIES):
            wait = min(LONGEST_WAIT, self._seconds())
            if wait <= 0:
                break
            try:
                # What does not fit into a datagram is asked for once more over TCP.
                answer, _over_tcp = dns.query.udp_with_fallback(query, place[0], timeout=wait, port=place[1])
            except dns.exception.Timeout:
                reason = f"{shown} did not answer within {round(wait, 1):g} s"
            except (dns.exception.DNSException, OSError, EOFError, ValueError) as error:
                return Lookup(NO_ANSWER, reason=f"{shown} cannot be asked: {getattr(error, 'strerror', None) or str(error) or type(error).__name__}")
            else:
                own = bool(answer.flags & dns.flags.AA)
                return Lookup(dns.rcode.to_text(answer.rcode()), _entries(answer), own, f"asked of {shown}")
        self._silent.add(place)
        return Lookup(NO_ANSWER, reason=reason)


def _entries(answer: t.Any) -> tuple[Entry, ...]:
    """The records in the answer, in an order that repeats."""
    found = []
    for records in answer.answer:
        name = _plain(records.name.to_text())
        kind = dns.rdatatype.to_text(records.rdtype)
        found += [Entry(name, kind, _plain(record.to_text()) if kind in ("CNAME", "NS") else record.to_text(), records.ttl) for record in records]
    return tuple(sorted(found, key=lambda entry: (entry.name, entry.kind, entry.value)))


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


def _of_the_system() -> list[Place]:
    try:
        system = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError):
        return []
    return [(str(address), system.port) for address in system.nameservers]


def address_of(host: str) -> str:
    """The address of a resolver that was given by address or by name. Raises InputError."""
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)[0][4][0])
    except (OSError, UnicodeError) as error:
        raise InputError(f"resolver: {host!r} has no address: {getattr(error, 'strerror', None) or error}.") from None
