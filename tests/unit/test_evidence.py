# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How checks of a domain are judged, from answers that are made up: nothing is asked."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _evidence as evidence
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sightings import (
    BROKEN,
    CERTIFICATE,
    NO_ADDRESS,
    NO_ANSWER,
    NO_NAME,
    TIMEOUT,
    UNREACHABLE,
    Entry,
    Look,
    Lookup,
    Page,
    Silence,
)

HOST, CODE = "shop.example.com", "c0de"
CNAME, OLD_CNAME = evidence.cnames(CODE)
GOAL = evidence.Goal(HOST, (CNAME, OLD_CNAME))
WAF = {CNAME: ["A 198.51.100.1", "A 198.51.100.2", "AAAA 2001:db8::1"], OLD_CNAME: ["A 198.51.100.1"]}
ZONE = {"example.com": ["NS ns1.example.net", "NS ns2.example.net"], "ns1.example.net": ["A 203.0.113.1"], "ns2.example.net": ["A 203.0.113.2"]}
ANSWERS = t.Mapping[str, t.Any]


def dns(common: ANSWERS, **of_servers: ANSWERS) -> evidence.Ask:
    """DNS with answers by name, "TYPE value" each or the word of a failure; those of a server (ns1, ns2) where it is asked itself."""
    servers = {"203.0.113.1": of_servers.get("ns1", common), "203.0.113.2": of_servers.get("ns2", common)}

    def ask(name: str, kind: str, server: str | None = None) -> Lookup:
        table = {**WAF, **ZONE, **common} if server is None else servers[server]
        return answered(table, name, kind, own=server is not None)

    return ask


def answered(table: ANSWERS, name: str, kind: str, own: bool) -> Lookup:
    """The answer of a server that holds the names of a table."""
    held = table.get(name)
    if isinstance(held, Lookup):
        return held
    if held is None or isinstance(held, str):
        return Lookup(held or "NXDOMAIN", own=own, reason="192.0.2.53:53 did not answer within 5 s" if held == NO_ANSWER else "")
    entries = [Entry(name, *record.split(), 300) for record in held]
    fitting = [one for one in entries if one.kind in (kind, "CNAME")]
    alias = next((one for one in fitting if one.kind == "CNAME" and kind != "CNAME"), None)
    # A resolver tells the whole way; the server of a zone what it knows itself.
    further = answered(table, alias.value, kind, own).entries if alias and alias.value in table and name not in str(table[alias.value]) else ()
    return Lookup("NOERROR", (*fitting, *further), own)


SWITCHED = {HOST: [f"CNAME {CNAME}"]}
ELSEWHERE = {HOST: ["A 192.0.2.10"]}


@pytest.mark.parametrize(
    ("common", "of_servers", "outcome", "words"),
    [
        (SWITCHED, {}, "passed", f"The resolver: {HOST} -> {CNAME} (TTL 300 s) -> 198.51.100.1, 198.51.100.2 (TTL 300 s)."),
        ({HOST: [f"CNAME {OLD_CNAME}"]}, {}, "passed", OLD_CNAME),
        ({HOST: ["CNAME www.example.org"], "www.example.org": [f"CNAME {CNAME}"]}, {}, "passed", f"www.example.org (TTL 300 s) -> {CNAME} (TTL 300 s)"),
        ({HOST: ["A 198.51.100.2", "AAAA 2001:db8::1"]}, {}, "passed", "which are the addresses of the CNAME"),
        (ELSEWHERE, {}, "failed", "192.0.2.10 (TTL 300 s), which is not WAF."),
        ({HOST: ["A 198.51.100.1", "A 192.0.2.10"]}, {}, "failed", "of which 192.0.2.10 is not WAF's"),
        ({HOST: ["A 198.51.100.1", "AAAA 2001:db8::10"]}, {}, "failed", "of which 2001:db8::10 is not WAF's"),
        (
            {HOST: [f"CNAME other.{evidence.CNAME_ZONES[0]}"], f"other.{evidence.CNAME_ZONES[0]}": ["A 198.51.100.1", "A 203.0.113.9"]},
            {},
            "failed",
            "another domain",
        ),
        ({}, {}, "failed", f"{HOST} does not exist (NXDOMAIN)."),
        ({HOST: ["TXT text"]}, {}, "failed", f"{HOST} has no address."),
        ({HOST: ["CNAME a.example.com"], "a.example.com": [f"CNAME {HOST}"]}, {}, "failed", "the aliases lead in a circle"),
        ({**SWITCHED, CNAME: None}, {}, "failed", f"{CNAME} (TTL 300 s), which does not exist."),
        ({HOST: "SERVFAIL"}, {}, "unknown", f"it failed to find {HOST} (SERVFAIL)."),
        ({HOST: "REFUSED"}, {}, "unknown", "refuses to tell"),
        ({HOST: "FORMERR"}, {}, "unknown", "it answered FORMERR"),
        ({HOST: NO_ANSWER}, {}, "unknown", "The resolver: 192.0.2.53:53 did not answer within 5 s."),
        ({HOST: Lookup(NO_NAME, reason="'shop..' can be no name in DNS: empty label")}, {}, "unknown", "can be no name in DNS"),
        (ELSEWHERE, {"ns1": SWITCHED, "ns2": SWITCHED}, "failed", "ns1.example.net, for the zone example.com: shop.example.com -> c0de."),
        (SWITCHED, {"ns2": ELSEWHERE}, "failed", "ns2.example.net, for the zone example.com: shop.example.com -> 192.0.2.10"),
        (SWITCHED, {"ns1": {HOST: NO_ANSWER}, "ns2": {HOST: NO_ANSWER}}, "unknown", "ns1.example.net, for the zone example.com: 192.0.2.53:53 did not"),
        (SWITCHED, {"ns2": {HOST: NO_ANSWER}}, "passed", "ns2.example.net, for the zone example.com: 192.0.2.53:53 did not"),
        ({HOST: "SERVFAIL"}, {"ns1": SWITCHED, "ns2": SWITCHED}, "unknown", "SERVFAIL"),
        ({HOST: "SERVFAIL"}, {"ns1": ELSEWHERE, "ns2": ELSEWHERE}, "failed", "SERVFAIL"),
        ({**SWITCHED, "example.com": None}, {}, "unknown", "No server of the zone was found."),
        ({**SWITCHED, "ns1.example.net": None, "ns2.example.net": None}, {}, "unknown", "it has no address."),
        (SWITCHED, {"ns1": {HOST: Lookup("NOERROR", (Entry(HOST, "CNAME", CNAME, 9),))}, "ns2": {HOST: NO_ANSWER}}, "unknown", "no authority for the name"),
    ],
)
def test_dns_is_judged_by_where_it_leads(common: ANSWERS, of_servers: t.Any, outcome: str, words: str) -> None:
    finding = evidence.dns_switched(dns(common, **of_servers), GOAL)
    assert (finding.outcome, words in finding.seen) == (outcome, True), finding
    assert (finding.advice is None) == (outcome == "passed"), finding


def test_a_change_that_the_resolver_does_not_know_yet_says_how_long_that_may_last() -> None:
    finding = evidence.dns_switched(dns(ELSEWHERE, ns1=SWITCHED, ns2=SWITCHED), GOAL)
    assert "for 300 s at most" in str(finding.advice)
    finding = evidence.dns_switched(dns({}, ns1=SWITCHED, ns2=SWITCHED), GOAL)
    assert "for a while" in str(finding.advice)


def test_the_servers_of_the_zone_are_asked_only_if_wanted() -> None:
    ask = dns({**SWITCHED, "example.com": "SERVFAIL"}, ns1=ELSEWHERE, ns2=ELSEWHERE)
    assert evidence.dns_switched(ask, GOAL, authoritative=False) == evidence.Finding("passed", evidence.dns_switched(ask, GOAL).seen.partition(" No server")[0])


def test_no_more_aliases_are_followed_than_anybody_needs() -> None:
    chain = {f"a{number}.example.com": [f"CNAME a{number + 1}.example.com"] for number in range(2000)}
    asked: list[str] = []

    def ask(name: str, kind: str, server: str | None = None) -> Lookup:
        asked.append(name)
        return Lookup("NOERROR", (Entry(name, "CNAME", chain[name][0].split()[1], 1),) if name in chain else (), server is not None)

    finding = evidence.dns_switched(ask, evidence.Goal("a0.example.com", (CNAME,)), authoritative=False)
    assert finding.outcome == "failed"
    assert len(asked) < 50


def test_without_a_cname_the_addresses_decide() -> None:
    assert evidence.dns_switched(dns(ELSEWHERE), evidence.Goal(HOST)).outcome == "unknown"
    for address, outcome in (("192.0.2.10", "passed"), ("192.0.2.11", "failed")):
        assert evidence.dns_switched(dns(ELSEWHERE), evidence.Goal(HOST, (), (address,))).outcome == outcome


def test_a_proxy_in_front_of_waf_leaves_it_open() -> None:
    assert evidence.dns_switched(dns(ELSEWHERE), evidence.Goal(HOST, (CNAME,), proxied=True)).outcome == "unknown"
    assert evidence.dns_switched(dns({}), evidence.Goal(HOST, (CNAME,), proxied=True)).outcome == "failed"


def page(status: int = 200, body: str = "the shop", whole: bool = True, **headers: str) -> Page:
    return Page(status, headers, body.encode(), whole)


OWN = "<p>CloudWAF event_id: 1</p>"
URL = f"https://{HOST}/"
DEAD = Silence(UNREACHABLE, "Connection refused")


@pytest.mark.parametrize(
    ("through", "direct", "outcome", "words"),
    [
        (page(), page(), "passed", "Through WAF came HTTP 200, which is what the origin answers itself."),
        (page(404), page(404), "passed", "HTTP 404"),
        (page(), page(404), "failed", "the origin itself answers HTTP 404."),
        (page(), page(body="another shop"), "failed", "its body is not the one"),
        (page(), page(body="another shop", whole=False), "passed", ""),
        (page(etag='"1"'), page(etag='W/"1"', body="packed"), "passed", ""),
        (page(etag='"1"'), page(etag='"2"'), "failed", 'its ETag is "1"'),
        (page(301, location="https://shop.example.com/start"), page(301, location="/start"), "passed", ""),
        (page(301, location="/start"), page(301, location="http://192.0.2.10/start"), "failed", "the origin itself to http://192.0.2.10/start."),
        (page(), DEAD, "unknown", "cannot be asked from here to compare: Connection refused."),
        (page(), page(403, "go away"), "unknown", "it refuses with HTTP 403."),
        (page(403, "members only"), page(403, "members only"), "passed", "HTTP 403"),
        (page(500), DEAD, "failed", "HTTP 500"),
        (page(500), page(500), "failed", "from the origin itself as well"),
        (page(418, OWN), page(), "failed", "WAF refused a normal request (HTTP 418)."),
        (page(403, OWN), page(), "failed", "WAF refused a normal request (HTTP 403)."),
        (page(502, OWN), page(), "failed", "HTTP 502, a page of WAF's own."),
        (page(504), page(), "failed", "HTTP 504."),
        (page(404, OWN), page(), "failed", "WAF does not know the host"),
        (Silence(CERTIFICATE, "hostname mismatch"), page(), "failed", "The certificate that WAF shows is not good for the host: hostname mismatch."),
        (DEAD, page(), "failed", "WAF did not answer: Connection refused."),
        (Silence(NO_ADDRESS, "no address of WAF is known"), page(), "unknown", "no address of WAF is known"),
    ],
)
def test_an_answer_through_waf_is_compared_with_that_of_the_origin(through: Look, direct: Look, outcome: str, words: str) -> None:
    finding = evidence.answered_through_waf(through, lambda: direct, URL)
    assert (finding.outcome, words in finding.seen) == (outcome, True), finding


def test_a_page_that_is_another_one_each_time_is_compared_by_its_status() -> None:
    bodies = iter("abc")
    assert evidence.answered_through_waf(page(body="x"), lambda: page(body=next(bodies)), URL).outcome == "passed"


def test_an_origin_of_unknown_identity_leaves_nothing_to_compare_with_and_says_how_to() -> None:
    finding = evidence.answered_through_waf(page(), lambda: Silence(CERTIFICATE, "self-signed certificate"), URL)
    assert finding.outcome == "unknown" and "validate_certs" in str(finding.advice)


@pytest.mark.parametrize(
    ("through", "outcome"),
    [
        (page(), "passed"),
        (page(404), "passed"),
        (page(500), "passed"),
        (page(403, "members only"), "passed"),
        (page(502, OWN), "failed"),
        (page(504), "failed"),
        (page(523), "failed"),
        (page(500, OWN), "failed"),
        (Silence(TIMEOUT, "no answer within 30 s"), "failed"),
        (page(418, OWN), "unknown"),
        (page(404, OWN), "unknown"),
        (DEAD, "unknown"),
        (Silence(CERTIFICATE, "hostname mismatch"), "unknown"),
    ],
)
def test_the_origin_is_reached_when_it_answers_through_waf(through: Look, outcome: str) -> None:
    assert evidence.origin_reached(through).outcome == outcome


@pytest.mark.parametrize(
    ("normal", "attack", "protection", "outcome", "words"),
    [
        (page(), page(418, OWN), "block", "passed", "A normal request got HTTP 200; /?a got HTTP 418"),
        (page(), page(403, OWN), None, "passed", "HTTP 403"),
        (page(), page(), "log", "failed", "only logs attacks"),
        (page(), page(), "off", "failed", "basic web protection off"),
        (page(), page(), "suspended", "failed", "is suspended"),
        (page(), page(), "bypassed", "failed", "is bypassed"),
        (page(), page(), "block", "failed", "Nothing was refused."),
        (page(), page(), None, "failed", "Nothing was refused."),
        (page(), page(403, "go away"), "block", "unknown", "None of it is WAF's page"),
        (page(), page(403, "go away"), "log", "failed", "only logs attacks"),
        (page(), page(302, location="https://example.com/blocked"), "block", "unknown", "HTTP 302"),
        (page(), Silence(BROKEN, "connection reset"), "block", "unknown", "no answer (connection reset)"),
        (page(418, OWN), page(418, OWN), "block", "failed", "WAF refuses a normal request as well"),
        (page(502, OWN), page(418, OWN), "block", "unknown", "A normal request got HTTP 502"),
        (DEAD, DEAD, "block", "unknown", "Connection refused"),
    ],
)
def test_an_attack_is_refused_and_a_normal_request_is_not(normal: Look, attack: Look, protection: str | None, outcome: str, words: str) -> None:
    finding = evidence.attack_refused(normal, lambda path: attack, ("/?a",), protection)
    assert (finding.outcome, words in finding.seen) == (outcome, True), finding


def test_one_refused_sample_is_enough() -> None:
    assert evidence.attack_refused(page(), lambda path: page(418) if path == "/?b" else page(), ("/?a", "/?b"), "block").outcome == "passed"


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({}, (None, None, None)),
        ({"origin_reached": "passed"}, ("completed", None, None)),
        ({"origin_reached": "failed", "dns_switched": "unknown"}, ("pending", None, None)),
        ({"answered_through_waf": "passed", "attack_refused": "passed", "dns_switched": "passed"}, (None, "completed", "completed")),
        ({"answered_through_waf": "unknown", "attack_refused": "passed"}, (None, "completed", None)),
        ({"answered_through_waf": "failed", "attack_refused": "passed"}, (None, "pending", None)),
        ({"answered_through_waf": "passed", "attack_refused": "unknown", "dns_switched": "failed"}, (None, None, "pending")),
        ({"answered_through_waf": "passed"}, (None, None, None)),
        ({"answered_through_waf": "failed"}, (None, "pending", None)),
        ({"attack_refused": "passed"}, (None, None, None)),
        ({"attack_refused": "failed"}, (None, "pending", None)),
    ],
)
def test_the_checks_speak_for_steps(outcomes: t.Mapping[str, str], expected: tuple[str | None, ...]) -> None:
    told = evidence.suggested_progress({name: evidence.Finding(outcome, "") for name, outcome in outcomes.items()})
    assert tuple(told[step] for step in ("origin_whitelisted", "verified_locally", "dns_switched")) == expected
