# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of a domain over sockets: DNS, WAF's data path and origins on 127.0.0.1, through both doors."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import socket
import typing as t
from pathlib import Path
from unittest import mock

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _dns, _waf_check
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import LONGEST_PAGE, look
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sightings import Page, Silence
from beside import Beside, answering, beside, served
from cloud import Cloud, Result
from https import new_certificates, server_side
from plays import play, run
from recordings import ASIDE
from wishes import done

HOST = "shop.example.com"
DEMO = Cloud().state()
CNAME = f"{DEMO['domains'][0]['access_code']}.vip1.huaweicloudwaf.com"
CHECKS = ("dns_switched", "answered_through_waf", "attack_refused", "origin_reached")
SWITCHED = [{"name": HOST, "type": "CNAME", "value": CNAME}]


def seed(**changes: t.Any) -> dict[str, t.Any]:
    """The demo account whose first domain has some fields changed, but for those that are of the account."""
    account = {name: changes.pop(name) for name in ("dns", "policies") if name in changes}
    first, second = DEMO["domains"]
    return {**{name: DEMO[name] for name in ("policies", "certificates", "dns")}, **account, "domains": [{**first, **changes}, second]}


def at(address: str, protocol: str = "HTTP") -> list[dict[str, t.Any]]:
    """The one server of a domain."""
    host, _colon, port = address.rpartition(":")
    return [{"front_protocol": protocol, "back_protocol": protocol, "address": host, "port": int(port), "type": "ipv4"}]


@contextlib.contextmanager
def checking(account: t.Mapping[str, t.Any] | None = None) -> t.Iterator[t.Callable[..., dict[str, t.Any]]]:
    """A function that checks the first domain of an account, with its DNS and its data path, and tells what came of it."""
    cloud = Cloud(account)
    with beside(cloud.application) as here:

        def check(**options: t.Any) -> dict[str, t.Any]:
            return told(checked(cloud, here, **options))

        yield check


def checked(cloud: Cloud, here: Beside, **options: t.Any) -> Result:
    """The result of a check with what is on this machine."""
    result = cloud.run("waf_domain_check", {"domain": HOST, "resolver": [here.dns], "waf_address": here.waf, "timeout": 3, **options})
    # What the doors are compared by: ports and folders are others each time.
    Cloud.told[-1] = json.loads(re.sub(r"(127\.0\.0\.1|localhost):\d+", r"\1:PORT", re.sub(r'"/[^"]*\.pem"', '"FILE"', json.dumps(result))))
    return result


def told(result: Result) -> dict[str, t.Any]:
    assert done(result)["changed"] is False
    return dict(result["domain_check"])


def outcomes(check: t.Mapping[str, t.Any]) -> dict[str, str]:
    return {name: one["outcome"] for name, one in check["checks"].items()}


def test_a_domain_that_is_ready_to_be_switched_says_so(cloud: Cloud) -> None:
    with beside(cloud.application) as here:
        check = told(checked(cloud, here, origin_address=here.origin))
        traffic = cloud.application.extensions["cloud"].traffic
        assert [entry["decision"] for entry in traffic] == ["forwarded", "blocked", "blocked"]
        assert all(entry["host"] == HOST for entry in traffic)
    assert outcomes(check) == dict(zip(CHECKS, ("failed", "passed", "passed", "passed")))
    assert check["suggested_progress"] == {"origin_whitelisted": "completed", "verified_locally": "completed", "dns_switched": "pending"}
    assert (check["domain"], check["mode"], check["cname"], check["protection"], check["access_status"]) == (HOST, "cloud", CNAME, "block", "not_connected")
    assert check["checks"]["dns_switched"]["seen"] == (
        f"The resolver: {HOST} -> 192.0.2.10 (TTL 300 s), which is not WAF. ns1.example.com, for the zone example.com: {HOST} -> 192.0.2.10 (TTL 300 s),"
        " which is not WAF."
    )
    assert check["checks"]["dns_switched"]["advice"] == f"Let the DNS of {HOST} lead to {CNAME}."
    assert cloud.writes() == []


def test_a_domain_that_was_switched_is_found_over_its_cname() -> None:
    with checking(seed(dns=SWITCHED)) as check:
        found = check(checks=["dns_switched"], waf_address=None)
    assert (outcomes(found), found["suggested_progress"]["dns_switched"]) == ({"dns_switched": "passed"}, "completed")
    assert f"{HOST} -> {CNAME} (TTL 300 s) -> 127.0.0.1 (TTL 300 s)." in found["checks"]["dns_switched"]["seen"]


@pytest.mark.parametrize(
    ("records", "options", "outcome", "words"),
    [
        ([], {}, "failed", "does not exist (NXDOMAIN)"),
        ([{"name": HOST, "fails": "SERVFAIL"}], {}, "unknown", "SERVFAIL"),
        ([{"name": HOST, "fails": "REFUSED"}], {}, "unknown", "REFUSED"),
        ([{"name": HOST, "fails": "silence"}], {"timeout": 1, "authoritative": False}, "unknown", "did not answer within 1 s"),
        ([{"name": HOST, "type": "CNAME", "value": "a.example.com"}, {"name": "a.example.com", "type": "CNAME", "value": HOST}], {}, "failed", "in a circle"),
        (
            [{**SWITCHED[0], "view": "authoritative"}, {"name": HOST, "type": "A", "value": "192.0.2.10", "ttl": 77, "view": "recursive"}],
            {},
            "failed",
            "192.0.2.10 (TTL 77 s), which is not WAF. ns1.example.com, for the zone example.com: shop.example.com -> ",
        ),
        ([*SWITCHED, {"name": "example.com", "type": "NS", "value": "ns.example.org"}], {}, "unknown", "it has no address"),
        ([{"name": HOST, "type": "A", "value": "127.0.0.1"}], {}, "passed", "which are the addresses of the CNAME"),
    ],
)
def test_every_answer_of_dns_has_words(records: t.Any, options: t.Any, outcome: str, words: str) -> None:
    with checking(seed(dns=records)) as check:
        found = check(checks=["dns_switched"], **options)["checks"]["dns_switched"]
    assert (found["outcome"], words in found["seen"]) == (outcome, True), found


def test_an_answer_that_fits_no_datagram_comes_over_tcp() -> None:
    many = [{"name": HOST, "type": "A", "value": f"192.0.2.{number}"} for number in range(1, 101)]
    with checking(seed(dns=many)) as check:
        found = check(checks=["dns_switched"])["checks"]["dns_switched"]
    assert all(f"192.0.2.{number}" in found["seen"] for number in range(1, 101))


def test_the_next_resolver_is_asked_where_one_does_not_answer(cloud: Cloud) -> None:
    with beside(cloud.application) as here, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{mute.getsockname()[1]}"
        result = checked(cloud, here, checks=["dns_switched"], resolver=[dead, f"localhost:{here.dns.rpartition(':')[2]}"], timeout=1, authoritative=False)
        assert outcomes(told(result)) == {"dns_switched": "failed"}


def test_where_no_resolver_is_named_those_of_the_system_are_asked(cloud: Cloud) -> None:
    # Beyond this machine there is nothing in a test.
    found = told(cloud.run("waf_domain_check", {"domain": HOST, "timeout": 1}))
    assert set(outcomes(found).values()) == {"unknown"}
    assert f"{CNAME} has no address in DNS" in found["checks"]["answered_through_waf"]["seen"]


def test_an_origin_that_does_not_let_waf_in_is_seen() -> None:
    with checking(seed(server=at("127.0.0.1:1"))) as check:
        found = check()
    assert outcomes(found) == dict(zip(CHECKS, ("failed", "failed", "unknown", "failed")))
    assert "HTTP 502, a page of WAF's own." in found["checks"]["origin_reached"]["seen"]
    assert "back-to-source" in found["checks"]["origin_reached"]["advice"]
    assert found["suggested_progress"] == {"origin_whitelisted": "pending", "verified_locally": "pending", "dns_switched": "pending"}


def test_an_origin_that_lets_nobody_else_in_is_judged_through_waf_alone() -> None:
    with checking() as check:
        found = check(origin_address="127.0.0.1:1", checks=CHECKS[1:])
    assert outcomes(found) == {"answered_through_waf": "unknown", "attack_refused": "passed", "origin_reached": "passed"}
    assert found["suggested_progress"]["verified_locally"] == "completed"


def test_answers_are_compared() -> None:
    numbers = itertools.count()
    with (
        served(answering(301, Location="/start")) as moved,
        served(answering(200, "a", ETag='"1"')) as page,
        served(answering(200, lambda: str(next(numbers)))) as dynamic,
        served(answering(200, "b")) as other,
    ):
        for origin, asked, outcome in ((moved, moved, "passed"), (page, moved, "failed"), (dynamic, dynamic, "passed"), (other, page, "failed")):
            with checking(seed(server=at(origin))) as check:
                found = check(origin_address=asked, checks=["answered_through_waf"])
            assert outcomes(found) == {"answered_through_waf": outcome}, found


@pytest.mark.parametrize(
    ("changes", "protection", "words"),
    [
        ({"protect_status": 0}, "suspended", "is suspended"),
        ({"protect_status": -1}, "bypassed", "is bypassed"),
        ({"policies": [{"name": "storefront", "action": {"category": "log"}}]}, "log", "only logs"),
        ({"policies": [{"name": "storefront", "action": {"category": "block"}, "options": {"webattack": False}}]}, "off", "basic web protection off"),
    ],
)
def test_an_attack_that_gets_through_is_explained_by_what_the_account_says(changes: t.Any, protection: str, words: str) -> None:
    with checking(seed(**changes)) as check:
        found = check(checks=["attack_refused"])
    assert (found["protection"], outcomes(found)) == (protection, {"attack_refused": "failed"})
    assert words in found["checks"]["attack_refused"]["seen"]


def test_a_place_that_a_rule_refuses_is_told_from_an_attack() -> None:
    rule = {"name": "fence", "geoip": "Peru", "white": 0}
    account = seed(policies=[{**DEMO["policies"][0], "geoip_rules": [rule]}])
    with checking({**account, "addresses": [{"address": "127.0.0.0/8", "location": "Peru"}]}) as check:
        found = check(checks=CHECKS[1:])
    assert outcomes(found) == {"answered_through_waf": "failed", "attack_refused": "failed", "origin_reached": "unknown"}
    assert "geolocation" in found["checks"]["answered_through_waf"]["advice"]


def test_a_sample_of_ones_own_is_sent(cloud: Cloud) -> None:
    with beside(cloud.application) as here:
        found = told(checked(cloud, here, checks=["attack_refused"], attack_path="/find?q=../../etc/passwd", path="/health"))
        assert [entry["path"] for entry in cloud.application.extensions["cloud"].traffic] == ["/health", "/find?q=../../etc/passwd"]
    assert outcomes(found) == {"attack_refused": "passed"}


def test_a_policy_that_may_not_be_read_leaves_the_reason_open(cloud: Cloud) -> None:
    cloud.fault({"match": {"operation": "ShowPolicy"}, "status": 403, "body": {"error_code": "WAF.00012003", "error_msg": "no"}})
    with beside(cloud.application) as here:
        found = told(checked(cloud, here, checks=["attack_refused"]))
    assert (found["protection"], outcomes(found)) == (None, {"attack_refused": "passed"})


def test_a_wildcard_needs_a_host() -> None:
    with checking(seed(hostname="*.example.com", dns=[{**SWITCHED[0], "name": "a.example.com"}])) as check:
        found = check(domain="*.example.com", sample_host="A.example.com", checks=["dns_switched", "origin_reached"])
        assert outcomes(found) == {"dns_switched": "passed", "origin_reached": "passed"}
        assert "a.example.com" in found["checks"]["dns_switched"]["seen"]
    cloud = Cloud(seed(hostname="*.example.com"))
    assert "Set sample_host" in cloud.run("waf_domain_check", {"domain": "*.example.com"})["msg"]
    for wrong in ("example.com", "a.example.org", ".example.com", "a b.example.com"):
        assert "is no host of the domain" in cloud.run("waf_domain_check", {"domain": "*.example.com", "sample_host": wrong})["msg"]


def test_the_port_of_a_domain_is_asked_and_named() -> None:
    cloud = Cloud(seed(hostname=f"{HOST}:8443"))
    with beside(cloud.application) as here:
        told(checked(cloud, here, domain=f"{HOST}:8443", checks=["origin_reached"]))
        assert [entry["host"] for entry in cloud.application.extensions["cloud"].traffic] == [f"{HOST}:8443"]
        found = told(checked(cloud, here, domain=f"{HOST}:8443", checks=["origin_reached"], waf_address="127.0.0.1"))
    assert outcomes(found) == {"origin_reached": "unknown"}


def test_a_dedicated_domain_needs_to_be_told_where_waf_is(cloud: Cloud) -> None:
    with beside(cloud.application) as here:
        nothing = told(checked(cloud, here, domain="pay.example.com", waf_address=None))
        assert (nothing["mode"], nothing["cname"], set(outcomes(nothing).values())) == ("dedicated", None, {"unknown"})
        found = told(checked(cloud, here, domain="pay.example.com", waf_addresses=["192.0.2.80"], scheme="http"))
    assert outcomes(found) == dict(zip(CHECKS, ("passed", "unknown", "passed", "passed")))


def test_what_makes_no_sense_is_refused_before_anything_is_sent(cloud: Cloud) -> None:
    for options, words in (
        ({"checks": []}, "checks: it needs at least one of"),
        ({"path": "health"}, "path: 'health' is not a path"),
        ({"path": "/a b"}, "is not a path"),
        ({"attack_path": "/a\r\nHost: b"}, "attack_path: "),
        ({"waf_address": "http://192.0.2.7"}, "waf_address: "),
        ({"waf_address": "192.0.2.7:0"}, "waf_address: "),
        ({"waf_address": "user@192.0.2.7"}, "waf_address: "),
        ({"origin_address": "192.0.2.7:99999"}, "origin_address: "),
        ({"waf_addresses": ["lb.example.com"]}, "waf_addresses: 'lb.example.com' is not an IP address."),
        ({"resolver": ["192.0.2.53:x"]}, "resolver: "),
        ({"resolver": ["ns.example.com"]}, "resolver: 'ns.example.com' has no address"),
        ({"sample_host": "www.example.com"}, "is no host of the domain"),
        ({"domain": "shop.example.org"}, "There is no domain 'shop.example.org' (near: shop.example.com)"),
    ):
        result = cloud.run("waf_domain_check", {"domain": HOST, **options})
        assert words in result.get("msg", ""), (options, result)


def test_the_certificate_of_the_host_is_what_counts(tmp_path: Path) -> None:
    account = seed(server=at("127.0.0.1:1", "HTTPS"))
    cloud = Cloud(account)
    right, wrong = (new_certificates(tmp_path / name, f"{name}.example.com") for name in ("shop", "else") if not (tmp_path / name).mkdir())
    with beside(cloud.application) as here:
        for certificates, options, outcome in (
            (right, {"ca_path": str(right.authority)}, "failed"),
            (right, {}, "unknown"),
            (wrong, {"ca_path": str(wrong.authority)}, "unknown"),
            (wrong, {"validate_certs": False}, "failed"),
        ):
            with served(data_path_of(cloud), server_side(certificates)) as waf:
                found = told(checked(cloud, here, waf_address=waf, checks=CHECKS[1:], **options))
            # What is read over TLS is WAF's own page, for there is no origin.
            assert found["checks"]["origin_reached"]["outcome"] == outcome, (options, found)
            assert found["checks"]["answered_through_waf"]["outcome"] == "failed"
            verified = "certificate" not in found["checks"]["answered_through_waf"]["seen"]
            assert verified == (outcome == "failed")


def data_path_of(cloud: Cloud) -> t.Any:
    from gatehouse_emulator.waf_traffic import data_path

    held = cloud.application.extensions["cloud"]
    return data_path(lambda: held.account, held.traffic)


def test_requests_carry_no_credentials_and_follow_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[t.Any] = []

    def application(environ: t.Any, start: t.Any) -> t.Any:
        seen.append({name: value for name, value in environ.items() if name.startswith("HTTP_")})
        start("302 Found", [("Location", f"http://{environ['HTTP_HOST']}/elsewhere"), ("Set-Cookie", "a=b")])
        return [b""]

    (tmp_path / ".netrc").write_text(f"machine {HOST} login me password fake-netrc-word-0001\nmachine 127.0.0.1 login me password fake-netrc-word-0001\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with served(application) as address:
        page = look(f"http://{address}", HOST, "/", True, 3)
        assert isinstance(page, Page) and page.status == 302
    assert len(seen) == 1
    assert seen[0] == {
        "HTTP_HOST": HOST,
        "HTTP_USER_AGENT": "gatehouse.huaweicloud",
        "HTTP_ACCEPT": "*/*",
        "HTTP_ACCEPT_ENCODING": "identity",
        "HTTP_CONNECTION": "close",
    }


def test_no_more_of_a_page_is_read_than_is_needed() -> None:
    with served(answering(200, "x" * (LONGEST_PAGE + 1))) as long, served(answering(200, "x" * LONGEST_PAGE)) as fitting:
        for address, whole in ((long, False), (fitting, True)):
            page = look(f"http://{address}", HOST, "/", True, 3)
            assert isinstance(page, Page) and (len(page.body), page.whole) == (LONGEST_PAGE, whole)


def test_a_server_that_says_nothing_is_told_from_one_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        silence = look(f"http://127.0.0.1:{mute.getsockname()[1]}", HOST, "/", True, 0.2)
    assert isinstance(silence, Silence) and (silence.kind, silence.reason) == ("timeout", "no answer within 0.2 s")
    silence = look("http://127.0.0.1:1", HOST, "/", True, 3)
    assert isinstance(silence, Silence) and silence.kind == "unreachable"


def test_a_page_that_drips_is_left_when_the_time_is_over() -> None:
    def application(environ: t.Any, start: t.Any) -> t.Any:
        start("200 OK", [("Content-Type", "text/plain")])

        def drops() -> t.Iterator[bytes]:
            import time

            for _number in range(100):
                time.sleep(0.05)
                yield b"x" * 8192

        return drops()

    with served(application) as address:
        page = look(f"http://{address}", HOST, "/", True, 0.3)
    assert isinstance(page, Page) and not page.whole and 0 < len(page.body) < LONGEST_PAGE


def test_the_deadline_of_the_task_ends_every_question(cloud: Cloud) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{mute.getsockname()[1]}"
        found = told(checked(cloud, Beside(dead, dead, dead), waf_address=None, timeout=None, deadline=1))
    assert set(outcomes(found).values()) == {"unknown"}


def test_without_the_library_a_task_says_what_is_missing(cloud: Cloud) -> None:
    with mock.patch.object(_dns, "DNSPYTHON_MISSING", "Traceback: none"), beside(cloud.application) as here:
        result = checked(cloud, here)
        assert result["failed"] and "Failed to import the required Python library (dnspython)" in result["msg"]
        # What needs no DNS goes on without.
        assert outcomes(told(checked(cloud, here, checks=["origin_reached"]))) == {"origin_reached": "passed"}
    assert _waf_check.DOMAIN_CHECK.lacking == ()


def test_the_door_steps_aside_where_only_this_task_lacks_a_library(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "dns.py").write_text("raise ImportError('no dns here')\n", encoding="ascii")
    tasks = play(
        {"gatehouse.huaweicloud.waf_geoip_rule_info": {"policy": "storefront"}},
        {"gatehouse.huaweicloud.waf_domain_check": {"domain": HOST, "waf_address": "127.0.0.1:1"}},
    )
    found = run(tmp_path, tasks, "-v", PYTHONPATH=str(broken))
    assert found.ended.returncode != 0
    assert found.text.count(ASIDE) == 1
    assert "cannot import the library dnspython" in found.text
    assert "Failed to import the required Python library (dnspython)" in found.text
