# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a domain is behind WAF, judged by what DNS and web servers say. The questions are put by functions that the caller hands in."""

from __future__ import annotations

import functools
import hashlib
import typing as t
from dataclasses import dataclass
from urllib.parse import urljoin

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sightings import (
    CERTIFICATE,
    NO_ADDRESS,
    NO_ANSWER,
    NO_NAME,
    NO_SERVER,
    TIMEOUT,
    UNREACHABLE,
    Entry,
    Look,
    Lookup,
    Page,
    Silence,
)

PASSED, FAILED, UNKNOWN = "passed", "failed", "unknown"
# What becomes of an attack, by what the account says.
BLOCK, LOG, OFF, SUSPENDED, BYPASSED = "block", "log", "off", "suspended", "bypassed"

# Aliases in a row that are followed, and servers of a zone that are asked.
MOST_ALIASES = 16
MOST_SERVERS = 4
# The zones of WAF's names. The older one is in older texts and in domains of that time.
CNAME_ZONES = ("vip1.huaweicloudwaf.com", "waf.huaweicloud.com")

# What only pages of WAF's own hold. The vendor does not document its pages; these are the marks that others know it by.
_MARKS = (b"cloudwaf", b"hws_security@", b"hwclouds.com", b"event_id")
_REFUSED = 418

Ask = t.Callable[[str, str, t.Optional[str]], Lookup]
"""Puts a question to DNS: a name, a kind of record, and the server to ask as an authority, None for the resolver."""

Allowed = t.Callable[[], "frozenset[str]"]
"""The addresses that DNS may lead to, looked up when they are needed first."""


@dataclass(frozen=True)
class Finding:
    """How a check ended, what was seen, and what to do about it."""

    outcome: str
    seen: str
    advice: str | None = None


@dataclass(frozen=True)
class Goal:
    """Where the DNS of a host shall lead: to one of these names, or to no other addresses than these. proxied tells that something is in front of WAF."""

    host: str
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    proxied: bool = False


@dataclass(frozen=True)
class Trail:
    """Where a name leads: the aliases in order, the addresses at the end, the first lookup and the last. looped tells that it never ends."""

    host: str
    aliases: tuple[Entry, ...]
    addresses: tuple[Entry, ...]
    first: Lookup
    last: Lookup
    looped: bool = False

    def __str__(self) -> str:
        """The way in words, with how long each step may be remembered."""
        steps = [f"{one.value} (TTL {one.ttl} s)" for one in self.aliases]
        if self.addresses:
            steps.append(f"{', '.join(one.value for one in self.addresses)} (TTL {min(one.ttl for one in self.addresses)} s)")
        return " -> ".join((self.host, *steps))

    @property
    def end(self) -> str:
        """The last name on the way."""
        return self.aliases[-1].value if self.aliases else self.host

    @property
    def ttl(self) -> int:
        """Seconds that others may go on to believe it."""
        return max((one.ttl for one in (*self.aliases, *self.addresses)), default=0)


def cnames(access_code: str) -> tuple[str, ...]:
    """The names of WAF for a domain, the one that is given out today first."""
    return tuple(f"{access_code.lower()}.{zone}" for zone in CNAME_ZONES)


def followed(ask: Ask, host: str, kind: str = "A", server: str | None = None) -> Trail:
    """The way from a host to its addresses. The server, where one is given, is asked for the host itself; the names it leads to may be in other zones."""
    host = host.lower().rstrip(".")
    here, asked = host, host
    aliases: list[Entry] = []
    first = lookup = ask(host, kind, server)
    while True:
        addresses = tuple(one for one in lookup.entries if one.kind == kind and one.name == here)
        alias = next((one for one in lookup.entries if one.kind == "CNAME" and one.name == here), None)
        if addresses or alias is None:
            if addresses or here == asked or lookup.status != "NOERROR":
                return Trail(host, tuple(aliases), addresses, first, lookup)
            asked = here
            lookup = ask(here, kind, None)
            continue
        aliases.append(alias)
        if alias.value in (host, *(one.value for one in aliases[:-1])) or len(aliases) > MOST_ALIASES:
            return Trail(host, tuple(aliases), (), first, lookup, looped=True)
        here = alias.value


def addresses_of(ask: Ask, name: str) -> list[str]:
    """The addresses of a name, of the older kind if it has some."""
    for kind in ("A", "AAAA"):
        found = [one.value for one in followed(ask, name, kind).addresses]
        if found:
            return found
    return []


@dataclass(frozen=True)
class _View:
    """What one side says of the host: whether it leads to the goal (None: nothing can be said), in words, and what to do about it."""

    leads: bool | None
    words: str
    advice: str | None = None
    ttl: int = 0
    elsewhere: bool = False


def dns_switched(ask: Ask, goal: Goal, authoritative: bool = True) -> Finding:
    """Whether the DNS of a host leads to WAF, as the resolver says and as the servers of its zone say."""
    if not goal.names and not goal.addresses:
        return Finding(UNKNOWN, "There is no CNAME of WAF to compare with.", "Set waf_addresses to the addresses that DNS shall lead to.")
    allowed = functools.lru_cache(maxsize=1)(lambda: frozenset(goal.addresses or _both(ask, goal.names[0])))
    resolver = _viewed(ask, goal, allowed, None)
    zone, views = _of_the_zone(ask, goal, allowed) if authoritative else ("", [])
    seen = " ".join((f"The resolver: {resolver.words}", *(f"{server}, for the zone {zone}: {view.words}" for server, view in views)))
    if authoritative and not views:
        seen += " No server of the zone was found."
    own = [view.leads for _server, view in views]
    wrong = next((view for _server, view in views if view.leads is False), None)
    if resolver.leads:
        if wrong:
            return Finding(FAILED, seen, "The servers of the zone do not agree, or the change was taken back: mend the zone at all of them.")
        if not authoritative or True in own:
            return Finding(PASSED, seen)
        return Finding(UNKNOWN, seen, "Set authoritative to false to be content with what the resolver says.")
    if True in own and not wrong:
        if resolver.leads is None:
            return Finding(UNKNOWN, seen, resolver.advice)
        known = f" for {resolver.ttl} s at most" if resolver.ttl else " for a while"
        return Finding(FAILED, seen, f"The zone was changed; the resolver may go on with what it knows{known}. Check again then.")
    if goal.proxied and resolver.elsewhere:
        return Finding(UNKNOWN, seen, "The domain has a proxy in front of WAF. See that the origin of the proxy is WAF's CNAME; DNS does not tell.")
    if resolver.leads is False or wrong:
        return Finding(FAILED, seen, (resolver if resolver.leads is False or not wrong else wrong).advice)
    return Finding(UNKNOWN, seen, resolver.advice)


def _both(ask: Ask, name: str) -> list[str]:
    """The addresses of a name, of both kinds."""
    return [one for kind in ("A", "AAAA") for one in _values(followed(ask, name, kind))]


def _values(trail: Trail) -> list[str]:
    return [one.value for one in trail.addresses]


def _viewed(ask: Ask, goal: Goal, allowed: Allowed, server: str | None) -> _View:
    """What the resolver, or a server of the zone, says of the host."""
    trail = followed(ask, goal.host, "A", server)
    wanted = goal.names[0] if goal.names else ", ".join(goal.addresses)
    point = f"Let the DNS of {goal.host} lead to {wanted}."
    if server is not None and trail.first.status in ("NOERROR", "NXDOMAIN") and not trail.first.own:
        return _View(None, "it is no authority for the name, or something on the way answered in its place.")
    if trail.looped:
        return _View(False, f"the aliases lead in a circle: {trail}.", point)
    at_waf = any(one.value in goal.names for one in trail.aliases)
    if at_waf and trail.last.status == "NXDOMAIN":
        return _View(
            False,
            f"{trail}, which does not exist.",
            "See that the domain is still in WAF, and use the CNAME that it has now.",
            trail.ttl,
        )
    if at_waf:
        return _View(True, f"{trail}.", None, trail.ttl)
    if trail.addresses or trail.last.status == "NOERROR":
        return _addressed(ask, goal, allowed, server, trail, point)
    if trail.last.status == "NXDOMAIN":
        return _View(False, f"{trail.end} does not exist (NXDOMAIN).", point, trail.ttl)
    return _View(None, *_trouble(trail))


def _addressed(ask: Ask, goal: Goal, allowed: Allowed, server: str | None, trail: Trail, point: str) -> _View:
    """What is to be said of a host whose aliases do not name WAF: its addresses may be those of WAF all the same, as providers make them of an alias."""
    later = followed(ask, goal.host, "AAAA", server)
    found = [*_values(trail), *_values(later)]
    ttl = max(trail.ttl, later.ttl)
    if not found:
        return _View(False, f"{trail.end} has no address.", point, ttl)
    shown = f"{trail}" if trail.addresses else f"{later}"
    if trail.addresses and later.addresses:
        shown += f" and {', '.join(_values(later))}"
    outside = [one for one in found if one not in allowed()]
    if not outside:
        told = "" if goal.addresses else ", which are the addresses of the CNAME"
        return _View(True, f"{shown}{told}.", None, ttl)
    other = next((one.value for one in trail.aliases if one.value.endswith(tuple(f".{zone}" for zone in CNAME_ZONES))), None)
    if other:
        return _View(False, f"{shown}; {other} is WAF's name for another domain.", point, ttl)
    partly = f", of which {', '.join(outside)} {'is' if len(outside) == 1 else 'are'} not WAF's" if len(outside) < len(found) else ", which is not WAF"
    return _View(False, f"{shown}{partly}.", point, ttl, elsewhere=True)


def _trouble(trail: Trail) -> tuple[str, str]:
    """Words for a lookup that came to nothing, and what to do."""
    status, reason = trail.last.status, trail.last.reason
    if status == "SERVFAIL":
        return f"it failed to find {trail.end} (SERVFAIL).", "The servers of the zone do not answer, or its signatures (DNSSEC) are wrong: mend the zone."
    if status == "REFUSED":
        return f"it refuses to tell of {trail.end} (REFUSED).", "Set resolver to one that answers here."
    if status == NO_NAME:
        return f"{reason}.", "Set sample_host to a host of the domain."
    if status in (NO_ANSWER, NO_SERVER):
        return f"{reason}.", "Check resolver, and that the network lets DNS through."
    return f"it answered {status} for {trail.end}.", "Set resolver to another one."


def _of_the_zone(ask: Ask, goal: Goal, allowed: Allowed) -> tuple[str, list[tuple[str, _View]]]:
    """The zone of a host, and what its servers say."""
    labels = goal.host.split(".")
    for start in range(len(labels)):
        zone = ".".join(labels[start:])
        lookup = ask(zone, "NS", None)
        names = [one.value for one in lookup.entries if one.kind == "NS" and one.name == zone]
        if names:
            servers = [(name, next(iter(addresses_of(ask, name)), None)) for name in names[:MOST_SERVERS]]
            return zone, [(name, _viewed(ask, goal, allowed, address) if address else _View(None, "it has no address.")) for name, address in servers]
        if lookup.status in (NO_ANSWER, NO_SERVER, NO_NAME):
            break
    return "", []


def own_page(page: Page) -> bool:
    """Whether a page is one that WAF makes itself, as far as it can be told."""
    text = page.body.lower()
    return page.status >= 400 and any(mark in text for mark in _MARKS)


def refused(page: Page) -> bool:
    """Whether WAF refused the request: 418 is its own, 403 is it with its page."""
    return page.status == _REFUSED or (page.status == 403 and own_page(page))


def _unserved(page: Page) -> bool:
    """Whether the origin was not reached: bad gateway, timeout, a circle of proxies, or any other failure that WAF makes a page of."""
    return page.status in (502, 504, 523) or (page.status >= 500 and own_page(page))


def answered_through_waf(through: Look, direct: t.Callable[[], Look], url: str) -> Finding:
    """Whether a normal request gets through WAF what the origin answers when it is asked itself. url is what was asked for."""
    if not isinstance(through, Page):
        outcome = UNKNOWN if through.kind == NO_ADDRESS else FAILED
        return Finding(outcome, _unanswered(through), _way_to_waf(through.kind))
    if refused(through):
        advice = "See which rule refuses it: geolocation, addresses or IP intelligence may refuse the place that this runs at."
        return Finding(FAILED, f"WAF refused a normal request (HTTP {through.status}).", advice)
    if _unserved(through):
        return Finding(FAILED, f"Through WAF came HTTP {through.status}{_whose(through)}.", _WAY_TO_THE_ORIGIN)
    if through.status == 404 and own_page(through):
        return Finding(FAILED, "WAF does not know the host (HTTP 404 with a page of its own).", "Wait a few minutes after it was added; check its port.")
    first = direct()
    seen = f"Through WAF came HTTP {through.status}"
    if not isinstance(first, Page) or (first.status == 403 and through.status != 403):
        said = f"it refuses with HTTP {first.status}" if isinstance(first, Page) else first.reason
        unverified = not isinstance(first, Page) and first.kind == CERTIFICATE
        # That an origin does not answer others than WAF is as it should be; it leaves nothing to compare with.
        return Finding(
            UNKNOWN if through.status < 500 else FAILED,
            f"{seen}, an answer of the origin. The origin itself cannot be asked from here to compare: {said}.",
            "Set validate_certs to false to compare with an origin of unknown identity." if unverified else None,
        )
    differing = _difference(through, first, direct, url)
    if differing:
        return Finding(FAILED, f"{seen}; {differing}", "Check the servers of the domain in WAF: address, port and protocol.")
    if through.status >= 500:
        return Finding(FAILED, f"{seen}, and from the origin itself as well.", "Mend the origin.")
    around = "The origin answers to others than WAF, too, so that WAF can be gone around: let WAF's back-to-source addresses in and no others."
    return Finding(PASSED, f"{seen}, which is what the origin answers itself.", around)


def _difference(through: Page, first: Page, direct: t.Callable[[], Look], url: str) -> str:
    """How an answer through WAF differs from that of the origin itself, in a sentence; nothing where it does not."""
    if through.status != first.status:
        return f"the origin itself answers HTTP {first.status}."
    targets = [urljoin(url, page.headers.get("location", "")) for page in (through, first)]
    if 300 <= through.status < 400 and targets[0] != targets[1]:
        return f"it redirects to {targets[0]}, the origin itself to {targets[1]}."
    tags = [page.headers.get("etag", "").removeprefix("W/") for page in (through, first)]
    if all(tags):
        return "" if tags[0] == tags[1] else f"its ETag is {tags[0]}, that of the origin itself {tags[1]}."
    if not (through.whole and first.whole) or _sum(through) == _sum(first):
        return ""
    again = direct()
    if not isinstance(again, Page) or _sum(again) != _sum(first):
        # A page that is another one each time tells nothing.
        return ""
    return "its body is not the one that the origin itself gives."


def _sum(page: Page) -> str:
    return hashlib.sha256(page.body).hexdigest()


def origin_reached(through: Look) -> Finding:
    """Whether a request through WAF reaches the origin, which it does where the origin lets WAF's back-to-source addresses in."""
    if not isinstance(through, Page):
        if through.kind == TIMEOUT:
            return Finding(FAILED, f"Nothing came through WAF: {through.reason}.", _WAY_TO_THE_ORIGIN)
        return Finding(UNKNOWN, _unanswered(through), _way_to_waf(through.kind))
    if _unserved(through):
        return Finding(FAILED, f"Through WAF came HTTP {through.status}{_whose(through)}.", _WAY_TO_THE_ORIGIN)
    if refused(through) or own_page(through):
        return Finding(UNKNOWN, f"WAF answered itself (HTTP {through.status}); the origin was not asked.", "Check from a place that WAF lets in.")
    return Finding(PASSED, f"The origin answered through WAF with HTTP {through.status}.")


def attack_refused(through: Look, attack: t.Callable[[str], Look], samples: t.Sequence[str], protection: str | None) -> Finding:
    """Whether WAF refuses an attack sample, and not a normal request. protection is what the account says becomes of attacks."""
    if not isinstance(through, Page):
        return Finding(UNKNOWN, _unanswered(through), _way_to_waf(through.kind))
    if refused(through):
        return Finding(FAILED, f"WAF refuses a normal request as well (HTTP {through.status}).", "Check from a place that WAF lets in.")
    if _unserved(through):
        return Finding(UNKNOWN, f"A normal request got HTTP {through.status}{_whose(through)}.", _WAY_TO_THE_ORIGIN)
    told, passed, odd = [], False, False
    for sample in samples:
        answer = attack(sample)
        passed = passed or (isinstance(answer, Page) and refused(answer))
        # A page or a redirect that the account has chosen in place of WAF's own cannot be told from one of the origin.
        odd = odd or not isinstance(answer, Page) or (answer.status != through.status and 300 <= answer.status < 500)
        told.append(f"{sample} got {f'HTTP {answer.status}' if isinstance(answer, Page) else f'no answer ({answer.reason})'}")
    seen = f"A normal request got HTTP {through.status}; {', '.join(told)}."
    if passed:
        return Finding(PASSED, seen)
    if protection in _UNPROTECTED:
        return Finding(FAILED, f"{seen} {_UNPROTECTED[protection][0]}", _UNPROTECTED[protection][1])
    if odd:
        return Finding(
            UNKNOWN,
            f"{seen} None of it is WAF's page for refused requests.",
            "It may be a page or a redirect of the domain's own: look at WAF's events.",
        )
    return Finding(FAILED, f"{seen} Nothing was refused.", "See that the policy blocks attacks, and that its level is high enough.")


_WAY_TO_THE_ORIGIN = (
    "Let WAF's back-to-source addresses through the firewall of the origin, and check the address and port of the origin in the domain's servers. If that is"
    " right, the origin itself may have failed."
)
# Why attacks are not refused, and what to do.
_UNPROTECTED: t.Mapping[str | None, tuple[str, str]] = {
    LOG: ("The policy of the domain only logs attacks.", "Set the policy to block."),
    OFF: ("The policy of the domain has basic web protection off.", "Turn it on."),
    SUSPENDED: ("The protection of the domain is suspended.", "Turn the protection on."),
    BYPASSED: ("The domain is bypassed: requests go to the origin without WAF.", "Turn the protection on."),
}


def _unanswered(silence: Silence) -> str:
    """Why nothing came from WAF, in a sentence."""
    if silence.kind == CERTIFICATE:
        return f"The certificate that WAF shows is not good for the host: {silence.reason}."
    return f"WAF did not answer: {silence.reason}."


def _way_to_waf(kind: str) -> str:
    """What to do where WAF did not answer."""
    if kind == CERTIFICATE:
        return "Give the domain a certificate in WAF that is good for the host. ca_path names other authorities to trust, validate_certs: false trusts any."
    if kind == NO_ADDRESS:
        return "Set waf_address to an address of WAF, or resolver to one that knows the CNAME."
    if kind == UNREACHABLE:
        return "Check waf_address, scheme and the port of the domain, and that the network lets this machine out."
    return "Try again; check scheme and the port of the domain."


def _whose(page: Page) -> str:
    return ", a page of WAF's own" if own_page(page) else ""


def suggested_progress(findings: t.Mapping[str, Finding]) -> dict[str, str | None]:
    """The steps of the access progress that the findings speak for: completed or pending, None where they do not tell.

    A local test is a normal request that works and an attack that is refused; that the origin cannot be asked to compare is no fault.
    """

    def step(name: str) -> str | None:
        finding = findings.get(name)
        return {PASSED: "completed", FAILED: "pending"}.get(finding.outcome) if finding else None

    answered, refusing = findings.get("answered_through_waf"), step("attack_refused")
    locally = "pending" if answered and answered.outcome == FAILED else refusing if answered or refusing == "pending" else None
    return {"origin_whitelisted": step("origin_reached"), "verified_locally": locally, "dns_switched": step("dns_switched")}
