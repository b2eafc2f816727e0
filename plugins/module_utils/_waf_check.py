# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Evidence of whether a domain is behind WAF: what the account says of it, and what DNS and web servers show."""

from __future__ import annotations

import functools
import ipaddress
import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import objects_in, segment
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._dns import DNSPYTHON_MISSING, PORT, Resolver
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, InputError, doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._evidence import (
    BYPASSED,
    OFF,
    SUSPENDED,
    Finding,
    Goal,
    addresses_of,
    answered_through_waf,
    attack_refused,
    cnames,
    dns_switched,
    origin_reached,
    suggested_progress,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words, shown
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import look
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._reconcile import Record, Report
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sightings import NO_ADDRESS, UNREACHABLE, Look, Silence
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf import domain_named, enterprise_project, hosts_named, with_id

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import Client

CHECKS = ("dns_switched", "answered_through_waf", "attack_refused", "origin_reached")
# Harmless at an origin that ignores what it does not know, and what every web application firewall has to refuse.
SAMPLES = ("/?id=1%20or%201=1--", "/?x=%3Cscript%3Ealert(1)%3C/script%3E")
_MODES = {"cloud": "cloud", "premium": "dedicated"}
_CONNECTION = {"0": "not_connected", "1": "connected", "2": "skipped"}
_PROTECTION = {"-1": BYPASSED, "0": SUSPENDED}
_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = 403

Place = tuple[str, t.Optional[int]]


class _Site:
    """A domain of the account, and the ways to it that a task names."""

    def __init__(self, client: Client, options: Words, domain: Record) -> None:
        self._client = client
        self._options = options
        self.domain = domain
        self.host, self._port = _host_of(domain, options.get("sample_host"))
        self.servers = objects_in(domain, "server")
        self.scheme = options.get("scheme") or self._regular_scheme()
        self.path = _path("path", options["path"])
        self.samples = (_path("attack_path", options["attack_path"]),) if options.get("attack_path") else SAMPLES
        self._waf = _place("waf_address", options["waf_address"]) if options.get("waf_address") else None
        self._origin = _place("origin_address", options["origin_address"]) if options.get("origin_address") else None
        self.addresses = tuple(_address("waf_addresses", one) for one in options.get("waf_addresses") or ())
        given = [_place("resolver", one) for one in options.get("resolver") or ()]
        self.ask = functools.lru_cache(maxsize=None)(Resolver([(host, port or PORT) for host, port in given], lambda: client.seconds).ask)

    def _regular_scheme(self) -> str:
        """That of the servers; where they take both, the one that most visitors use."""
        spoken = {str(server.get("front_protocol")).lower() for server in self.servers}
        return "http" if spoken == {"http"} else "https"

    @property
    def mode(self) -> str:
        """The mode of the domain in the user's words."""
        return _MODES.get(str(self.domain.get("waf_type")), str(self.domain.get("waf_type")))

    @property
    def names(self) -> tuple[str, ...]:
        """The CNAMEs of the domain; in dedicated mode there is none."""
        code = self.domain.get("access_code")
        return cnames(str(code)) if code and self.mode == "cloud" else ()

    @property
    def url(self) -> str:
        """What is asked for, as a browser has it."""
        return f"{self.scheme}://{self._named(self.scheme)}{self.path}"

    def _named(self, scheme: str) -> str:
        """The host as the header of a request names it."""
        return self.host if self._port in (None, _PORTS[scheme]) else f"{self.host}:{self._port}"

    def through_waf(self, path: str) -> Look:
        """What comes of a request that is sent to WAF."""
        place = self._waf or ((self.addresses[0], None) if self.addresses else (self.names[0], None) if self.names else None)
        if place is None:
            return Silence(NO_ADDRESS, f"a domain in {self.mode} mode has no CNAME, so no address of WAF is known")
        return self._looked(self.scheme, place, self._port, path)

    def at_origin(self) -> Look:
        """What comes of the normal request when it is sent to a server of the domain itself."""
        fitting = [server for server in self.servers if str(server.get("front_protocol")).lower() == self.scheme]
        server = next(iter(fitting or self.servers), {})
        scheme = str(server.get("back_protocol") or self.scheme).lower()
        port = _number(server.get("port"))
        place = self._origin or ((str(server["address"]), port) if server.get("address") else None)
        if place is None or scheme not in _PORTS:
            return Silence(NO_ADDRESS, "the account tells no server of the domain")
        return self._looked(scheme, place, port, self.path)

    def _looked(self, scheme: str, place: Place, port: int | None, path: str) -> Look:
        name, own = place
        address = name if _is_address(name) else next(iter(addresses_of(self.ask, name)), None)
        if address is None:
            return Silence(NO_ADDRESS, f"{name} has no address in DNS")
        seconds = self._client.seconds
        if seconds <= 0:
            return Silence(UNREACHABLE, "the time of the task is over (deadline)")
        shown_address = f"[{address}]" if ":" in address else address
        return look(f"{scheme}://{shown_address}:{own or port or _PORTS[scheme]}", self._named(scheme), path, self._client.trusted, seconds)


def _host_of(domain: Record, sample: str | None) -> tuple[str, int | None]:
    """The host to look at and the port of the domain, if it has one. Raises InputError where a wildcard needs a host, or another one is named."""
    named, _colon, port = str(domain.get("hostname")).lower().partition(":")
    if not sample:
        if named.startswith("*"):
            raise InputError(f"The domain {named!r} stands for many hosts. Set sample_host to one of them.")
        return named, _number(port)
    host = sample.lower().rstrip(".")
    fits = host.endswith(named[1:]) and len(host) > len(named[1:]) if named.startswith("*") else host == named
    if not fits or not re.fullmatch(r"(?!-)[a-z0-9_.-]+", host):
        raise InputError(f"sample_host: {shown(sample)} is no host of the domain {named!r}.")
    return host, _number(port)


def _number(value: t.Any) -> int | None:
    """A port, where there is one."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text[:6]) < 65536 else None


def _path(option: str, value: str) -> str:
    if not re.fullmatch(r"/[!-~]*", value) or "#" in value:
        raise InputError(f"{option}: {shown(value)} is not a path such as /health: it begins with / and has no blanks.")
    return value


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _address(option: str, value: str) -> str:
    if not _is_address(value):
        raise InputError(f"{option}: {shown(value)} is not an IP address.")
    return str(ipaddress.ip_address(value))


def _place(option: str, value: str) -> Place:
    """An address or a name, and a port if there is one. Raises InputError."""
    try:
        if _is_address(value):
            return value, None
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname or "", parts.port
        complete = parts.netloc == value and "@" not in value and port != 0
    except ValueError:
        host, port, complete = "", None, False
    if not complete or not (_is_address(host) or re.fullmatch(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", host)):
        raise InputError(f"{option}: {shown(value)} is not a host or address such as 192.0.2.7, 192.0.2.7:8080 or [2001:db8::7]:8080.")
    return host, port


def _protection(client: Client, domain: Record) -> str | None:
    """What becomes of an attack, by what the account says; None where it does not tell."""
    status = str(domain.get("protect_status"))
    if status in _PROTECTION:
        return _PROTECTION[status]
    if not domain.get("policyid"):
        return None
    try:
        policy: Record = next(iter(with_id(client, "/waf/policy", str(domain["policyid"]))), {})
    except ApiError as error:
        if error.status == _FORBIDDEN:
            # Who may not read policies is told what can be seen.
            return None
        raise
    switches, action = policy.get("options"), policy.get("action")
    if isinstance(switches, dict) and str(switches.get("webattack")).lower() == "false":
        return OFF
    category = action.get("category") if isinstance(action, dict) else None
    return None if category is None else str(category)


def domain_check(client: Client, options: Words) -> dict[str, t.Any]:
    """What the checks of a domain show. Nothing is changed, and no credentials go anywhere but to the services of the cloud."""
    checks = options.get("checks")
    if checks is not None and not checks:
        raise InputError(f"checks: it needs at least one of {', '.join(CHECKS)}.")
    with doing(f"look up the domain {options['domain']!r}"):
        found = domain_named(client, options["domain"], hosts_named(client, options["domain"]))
        # Only this answer tells the servers and the access code for sure.
        domain = {**found, **client.get("waf", f"/composite-waf/host/{segment(str(found['id']))}", enterprise_project(client))}
        protection = _protection(client, domain)
    site = _Site(client, options, domain)
    through = functools.lru_cache(maxsize=None)(site.through_waf)
    goal = Goal(site.host, site.names, site.addresses, domain.get("proxy") is True)
    ways: dict[str, t.Callable[[], Finding]] = {
        "dns_switched": lambda: dns_switched(site.ask, goal, options["authoritative"]),
        "answered_through_waf": lambda: answered_through_waf(through(site.path), site.at_origin, site.url),
        "attack_refused": lambda: attack_refused(through(site.path), through, site.samples, protection),
        "origin_reached": lambda: origin_reached(through(site.path)),
    }
    with doing(f"check the domain {options['domain']!r}"):
        findings = {name: way() for name, way in ways.items() if name in (checks or CHECKS)}
    status = domain.get("access_status")
    return {
        "domain": domain.get("hostname"),
        "id": domain.get("id"),
        "mode": site.mode,
        "cname": next(iter(site.names), None),
        "protection": protection,
        "access_status": None if status is None else _CONNECTION.get(str(status), str(status)),
        "checks": {name: {"outcome": one.outcome, "seen": one.seen, "advice": one.advice} for name, one in findings.items()},
        "suggested_progress": suggested_progress(findings),
    }


DOMAIN_CHECK = Report(
    key="domain_check",
    arguments={
        "domain": {"type": "str", "required": True},
        "sample_host": {"type": "str"},
        "checks": {"type": "list", "elements": "str", "choices": list(CHECKS)},
        "resolver": {"type": "list", "elements": "str"},
        "authoritative": {"type": "bool", "default": True},
        "waf_address": {"type": "str"},
        "waf_addresses": {"type": "list", "elements": "str"},
        "origin_address": {"type": "str"},
        "path": {"type": "str", "default": "/"},
        "scheme": {"type": "str", "choices": ["http", "https"]},
        "attack_path": {"type": "str"},
    },
    told=domain_check,
    lacking=("dnspython",) if DNSPYTHON_MISSING else (),
)
