# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator has beside its API: DNS over UDP and TCP, WAF's data path, and the endpoints that change and tell of them."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
import typing as t
import urllib.request
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest
from werkzeug.test import Client as WsgiClient

from beside import answering, beside, served
from gatehouse_emulator import create_app, waf_traffic
from gatehouse_emulator.account import DEMO, PROJECT
from gatehouse_emulator.names import Service

ROOT = Path(__file__).resolve().parents[2]
HOST = "shop.example.com"
RULES = [{"name": "fence", "geoip": "Peru|CN", "white": 0}]


def account(**changes: t.Any) -> t.Any:
    """An application with the demo's policy and domains, and what else is said."""
    return create_app({**{name: DEMO[name] for name in ("policies", "certificates", "domains")}, **changes})


def policy(**changes: t.Any) -> list[t.Any]:
    return [{**DEMO["policies"][0], **changes}]


def asked(port: int, name: str, kind: str = "A", recursive: bool = True, over: t.Any = dns.query.udp) -> t.Any:
    query = dns.message.make_query(name, kind)
    if not recursive:
        query.flags &= ~dns.flags.RD
    return over(query, "127.0.0.1", port=port, timeout=3)


def shown(answer: t.Any) -> list[str]:
    return [" ".join(line.split()) for records in answer.answer for line in records.to_text().splitlines()]


@pytest.fixture
def names() -> t.Iterator[tuple[t.Any, int]]:
    """An account with some records, and the port of its DNS."""
    records = [
        {"name": HOST, "type": "CNAME", "value": "front.example.com", "ttl": 60},
        {"name": "front.example.com", "type": "CNAME", "value": "far.example.org"},
        {"name": "far.example.org", "type": "A", "value": "192.0.2.7"},
        {"name": "far.example.org", "type": "AAAA", "value": "2001:db8::7"},
        {"name": "far.example.org", "type": "TXT", "value": "a text"},
        {"name": "broken.example.com", "fails": "SERVFAIL"},
        {"name": "to-broken.example.com", "type": "CNAME", "value": "broken.example.com"},
        {"name": "mute.example.com", "fails": "silence"},
        {"name": "early.example.com", "type": "A", "value": "192.0.2.8", "view": "authoritative"},
        *({"name": "many.example.com", "type": "A", "value": f"192.0.2.{number}"} for number in range(1, 101)),
    ]
    application = account(dns=records)
    service = Service(lambda: application.extensions["cloud"].account)
    yield application, service.port
    service.stop()


def test_the_cname_of_a_domain_in_cloud_mode_leads_to_the_data_path(names: tuple[t.Any, int]) -> None:
    application, port = names
    hosts = application.extensions["cloud"].account.hosts.values()
    codes = {host["waf_type"]: host["access_code"] for host in hosts}
    assert shown(asked(port, f"{codes['cloud']}.vip1.huaweicloudwaf.com")) == [f"{codes['cloud']}.vip1.huaweicloudwaf.com. 300 IN A 127.0.0.1"]
    assert asked(port, f"{codes['premium']}.vip1.huaweicloudwaf.com").rcode() == dns.rcode.NXDOMAIN


def test_a_resolver_follows_aliases_and_the_server_of_a_zone_stays_in_it(names: tuple[t.Any, int]) -> None:
    _application, port = names
    whole = asked(port, HOST.upper())
    assert shown(whole) == [
        f"{HOST}. 60 IN CNAME front.example.com.",
        "front.example.com. 300 IN CNAME far.example.org.",
        "far.example.org. 300 IN A 192.0.2.7",
    ]
    assert (bool(whole.flags & dns.flags.AA), bool(whole.flags & dns.flags.RA)) == (False, True)
    own = asked(port, HOST, recursive=False)
    assert shown(own) == shown(whole)[:2]
    assert own.flags & dns.flags.AA
    assert asked(port, "www.nowhere.test", recursive=False).rcode() == dns.rcode.REFUSED


@pytest.mark.parametrize(
    ("name", "kind", "recursive", "code", "answer"),
    [
        ("far.example.org", "AAAA", True, "NOERROR", ["far.example.org. 300 IN AAAA 2001:db8::7"]),
        ("far.example.org", "TXT", True, "NOERROR", ['far.example.org. 300 IN TXT "a text"']),
        ("example.com", "NS", True, "NOERROR", ["example.com. 300 IN NS ns1.example.com."]),
        ("ns1.example.com", "A", True, "NOERROR", ["ns1.example.com. 300 IN A 127.0.0.1"]),
        ("example.com", "SOA", False, "NOERROR", ["example.com. 300 IN SOA ns1.example.com. hostmaster.ns1.example.com. 1 3600 600 86400 60"]),
        ("example.com", "A", True, "NOERROR", []),
        ("com", "A", True, "NOERROR", []),
        ("nowhere.example.com", "A", True, "NXDOMAIN", []),
        ("broken.example.com", "A", True, "SERVFAIL", []),
        ("to-broken.example.com", "A", True, "SERVFAIL", []),
        ("early.example.com", "A", True, "NXDOMAIN", []),
        ("early.example.com", "A", False, "NOERROR", ["early.example.com. 300 IN A 192.0.2.8"]),
    ],
)
def test_every_kind_of_answer_is_given(names: tuple[t.Any, int], name: str, kind: str, recursive: bool, code: str, answer: list[str]) -> None:
    told = asked(names[1], name, kind, recursive)
    assert (dns.rcode.to_text(told.rcode()), shown(told)) == (code, answer)


def test_what_is_too_long_for_a_datagram_is_cut_and_comes_over_tcp(names: tuple[t.Any, int]) -> None:
    cut = asked(names[1], "many.example.com")
    assert cut.flags & dns.flags.TC and len(shown(cut)) < 100
    assert len(shown(asked(names[1], "many.example.com", over=dns.query.tcp))) == 100


def test_silence_is_no_answer_at_all(names: tuple[t.Any, int]) -> None:
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(dns.message.make_query("mute.example.com", "A"), "127.0.0.1", port=names[1], timeout=0.3)


def test_records_are_changed_while_it_runs(names: tuple[t.Any, int]) -> None:
    application, port = names
    control = WsgiClient(application)
    told = control.post("/_emulator/dns", json=[{"name": HOST.upper(), "type": "A", "value": "192.0.2.9", "ttl": 5}, {"name": "front.example.com"}])
    assert told.status_code == 200 and told.get_json() == control.get("/_emulator/dns").get_json()
    assert shown(asked(port, HOST)) == [f"{HOST}. 5 IN A 192.0.2.9"]
    assert asked(port, "front.example.com").rcode() == dns.rcode.NXDOMAIN
    assert shown(asked(port, "far.example.org")) != []
    for wrong, words in (
        ([{"type": "A", "value": "192.0.2.9"}], "dns[0]: 'name' is a required property"),
        ([{"name": "a.test", "type": "MX", "value": "b"}], "dns[0].type"),
        ([{"name": "a.test", "type": "A", "value": "2001:db8::1"}], "dns[0].value: 2001:db8::1 is no address for A"),
        ([{"name": "a.test", "type": "A"}], "'value' is a dependency of 'type'"),
    ):
        answer = control.post("/_emulator/dns", json=wrong)
        assert answer.status_code == 400 and words in answer.get_json()["error"]
    assert shown(asked(port, HOST)) == [f"{HOST}. 5 IN A 192.0.2.9"]


def test_what_is_beside_is_dumped_and_loaded_again() -> None:
    server = [{"front_protocol": "HTTP", "back_protocol": "HTTP", "address": "127.0.0.1", "port": 81, "type": "ipv4"}]
    seed = {
        "policies": policy(action={"category": "log"}),
        "domains": [{"hostname": HOST, "mode": "cloud", "policy": "storefront", "access_code": "c0de", "protect_status": 0, "server": server}],
        "dns": [{"name": HOST, "type": "A", "value": "192.0.2.1"}],
        "addresses": [{"address": "192.0.2.0/24", "location": "Peru", "tag": "Google"}],
    }
    control = WsgiClient(create_app(seed))
    state = control.get("/_emulator/state").get_json()
    assert control.post("/_emulator/reset", json=state).get_json() == state
    (domain,) = state["domains"]
    assert {name: domain[name] for name in ("access_code", "protect_status", "server")} == {"access_code": "c0de", "protect_status": 0, "server": server}
    assert (state["policies"][0]["action"], state["dns"], state["addresses"]) == ({"category": "log"}, seed["dns"], seed["addresses"])


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ({"addresses": [{"address": "nowhere"}]}, "addresses[0].address"),
        ({"addresses": [{"address": "192.0.2.1", "location": "Atlantis"}]}, "addresses[0].location: there is no location Atlantis"),
        ({"addresses": [{"address": "192.0.2.1", "tag": "Nobody"}]}, "addresses[0].tag: there is no tag Nobody"),
        ({"dns": [{"name": "a.test", "type": "AAAA", "value": "192.0.2.1"}]}, "dns[0].value"),
    ],
)
def test_a_seed_that_contradicts_itself_is_refused(seed: t.Any, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("[", r"\[").replace("]", r"\]")):
        create_app(seed)


# The data path


class DataPath:
    """The data path of an account, called without a socket."""

    def __init__(self, application: t.Any) -> None:
        self._cloud = application.extensions["cloud"]
        self._client = WsgiClient(waf_traffic.data_path(lambda: self._cloud.account, self._cloud.traffic))
        self.control = WsgiClient(application)

    def get(self, path: str = "/", host: str = HOST, method: str = "GET", **headers: str) -> t.Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(path, method=method, headers={"Host": host, **named})

    def last(self) -> t.Any:
        return self.control.get("/_emulator/traffic").get_json()[-1]


def test_a_request_for_a_domain_is_forwarded_and_another_is_not() -> None:
    path = DataPath(account())
    answer = path.get("/a%20b?c=d")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, f"The stand-in origin saw GET /a%20b?c=d for the host {HOST}.\n")
    assert path.last() | {"n": 1} == path.last()
    assert (path.last()["decision"], path.last()["origin"], path.last()["domain"]) == ("forwarded", "stand-in", HOST)
    answer = path.get(host="nowhere.example.com")
    assert answer.status_code == 404 and "CloudWAF" in answer.get_data(as_text=True)
    assert (path.last()["decision"], path.last()["status"]) == ("unknown host", 404)
    assert path.control.delete("/_emulator/traffic").get_json() == path.control.get("/_emulator/traffic").get_json() == []
    path.get()
    path.control.post("/_emulator/reset")
    assert path.control.get("/_emulator/traffic").get_json() == []


def test_a_host_header_may_have_a_port_and_a_wildcard_takes_every_host_below_it() -> None:
    path = DataPath(create_app({"domains": [{"hostname": "*.example.com", "mode": "cloud"}, {"hostname": "pay.example.com:8443", "mode": "premium"}]}))
    for host, domain in (("a.example.com:80", "*.example.com"), ("a.b.example.com", "*.example.com"), ("PAY.example.com", "pay.example.com:8443")):
        assert path.get(host=host).status_code == 200
        assert path.last()["domain"] == domain
    assert path.get(host="example.com").status_code == 404


@pytest.mark.parametrize(
    ("options", "rule", "location", "status"),
    [
        ({"geoip": True}, {}, "Peru", 418),
        ({"geoip": True}, {}, "peru", 418),
        ({"geoip": True}, {}, "BJ", 418),
        ({"geoip": True}, {}, "Canada", 200),
        ({"geoip": True}, {}, None, 200),
        ({"geoip": False}, {}, "Peru", 200),
        ({"geoip": True}, {"status": 0}, "Peru", 200),
        ({"geoip": True}, {"white": 2}, "Peru", 200),
        ({"geoip": True}, {"white": 1}, "Peru", 200),
        ({"geoip": True}, {}, "Atlantis", 400),
    ],
)
def test_geolocation_rules_judge_while_their_switches_are_on(options: t.Any, rule: t.Any, location: str | None, status: int) -> None:
    path = DataPath(account(policies=policy(options=options, geoip_rules=[{**RULES[0], **rule}])))
    answer = path.get(**({"X_Emulated_Location": location} if location else {}))
    assert answer.status_code == status
    if status == 418:
        assert path.last()["by"] == "geolocation rule fence" and "event_id" in answer.get_data(as_text=True)
    assert path.last()["noted"] == {2: ["geolocation rule fence"], 1: ["allowed by geolocation rule fence"]}.get(rule.get("white"), [])


def test_what_is_allowed_is_not_judged_any_further() -> None:
    rules = [{"name": "friends", "geoip": "Peru", "white": 1}]
    clouds = [{"name": "clouds", "type": "idc", "tags": ["Google"], "action": {"category": "block"}}]
    path = DataPath(account(policies=policy(geoip_rules=rules, ip_reputation_rules=clouds), addresses=[{"address": "192.0.2.0/24", "tag": "Google"}]))
    assert path.get("/?id=1%20or%201=1--", X_Emulated_Location="Peru", X_Emulated_Address="192.0.2.1").status_code == 200
    assert path.get(X_Emulated_Address="192.0.2.1").status_code == 418


@pytest.mark.parametrize(("category", "status", "noted"), [("block", 418, []), ("log", 200, ["IP intelligence rule clouds"])])
def test_ip_intelligence_rules_judge_by_the_table_of_addresses(category: str, status: int, noted: list[str]) -> None:
    rules = [{"name": "clouds", "type": "idc", "tags": ["Google"], "action": {"category": category}}]
    table = [{"address": "192.0.2.7", "tag": "Google"}, {"address": "192.0.2.0/24", "tag": "Tencent", "location": "Peru"}]
    path = DataPath(account(policies=policy(ip_reputation_rules=rules), addresses=table))
    assert path.get(X_Emulated_Address="192.0.2.7").status_code == status
    assert {name: path.last()[name] for name in ("address", "location", "tag", "noted")} == {
        "address": "192.0.2.7",
        "location": "Peru",
        "tag": "Google",
        "noted": noted,
    }
    assert path.get(X_Emulated_Address="192.0.2.8").status_code == 200
    assert path.get(X_Emulated_Address="198.51.100.1").status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "noted"),
    [
        ({}, 418, []),
        ({"action": {"category": "log"}}, 200, ["basic web protection"]),
        ({"options": {"webattack": False}}, 200, []),
    ],
)
@pytest.mark.parametrize("sample", ["/?id=1%20or%201=1--", "/?id=1+or+1=1--", "/?x=%3Cscript%3Ealert(1)%3C/script%3E", "/?x=<script>", "/?f=../../etc/passwd"])
def test_attack_samples_are_refused_as_the_policy_says(changes: t.Any, status: int, noted: list[str], sample: str) -> None:
    path = DataPath(account(policies=policy(**changes)))
    assert path.get(sample).status_code == status
    assert path.last()["noted"] == noted
    assert path.get("/?order=1&q=more or less").status_code == 200


@pytest.mark.parametrize("status", [0, -1])
def test_a_domain_without_protection_forwards_everything(status: int) -> None:
    path = DataPath(account(policies=policy(geoip_rules=RULES), domains=[{**DEMO["domains"][0], "protect_status": status}]))
    assert path.get("/?id=1%20or%201=1--", X_Emulated_Location="Peru").status_code == 200


def test_a_rule_that_the_api_makes_is_in_force_at_once() -> None:
    application = account()
    path = DataPath(application)
    assert path.get(X_Emulated_Location="Peru").status_code == 200
    token = {"X-Auth-Token": "gatehouse-demo-token-0000000000000001"}
    policy_id = path.control.get("/_emulator/state").get_json()["policies"][0]["id"]
    made = path.control.post(f"/v1/{PROJECT}/waf/policy/{policy_id}/geoip", json={"name": "fence", "geoip": "Peru", "white": 0}, headers=token)
    assert made.status_code == 200
    assert path.get(X_Emulated_Location="Peru").status_code == 418


def test_an_origin_on_this_machine_gets_the_request_and_gives_the_answer() -> None:
    with served(answering(201, "made", ETag='"7"', Location="/made", Server="origin")) as origin:
        host, _colon, port = origin.rpartition(":")
        servers = [{"front_protocol": "HTTP", "back_protocol": "HTTP", "address": host, "port": int(port), "type": "ipv4"}]
        path = DataPath(account(domains=[{**DEMO["domains"][0], "server": servers}]))
        answer = path.get("/things", method="POST")
    assert (answer.status_code, answer.get_data(as_text=True), answer.headers["ETag"], answer.headers["Location"]) == (201, "made", '"7"', "/made")
    assert answer.headers["Server"] == "CloudWAF"
    assert path.last()["origin"] == origin
    # It has ended by now.
    assert path.get().status_code == 502


def test_an_origin_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waf_traffic, "ORIGIN_SECONDS", 0.1)
    with served(answering(200, lambda: time.sleep(0.5) or "late")) as origin:
        host, _colon, port = origin.rpartition(":")
        servers = [{"front_protocol": "HTTP", "back_protocol": "HTTP", "address": host, "port": int(port), "type": "ipv4"}]
        path = DataPath(account(domains=[{**DEMO["domains"][0], "server": servers}]))
        assert path.get().status_code == 504


def test_the_data_path_and_the_origin_tell_the_same_over_sockets() -> None:
    with beside(account()) as here:
        bodies = []
        for place in (here.waf, here.origin):
            connection = http.client.HTTPConnection(place, timeout=5)
            connection.request("GET", "/x?y=1", headers={"Host": HOST})
            bodies.append(connection.getresponse().read())
            connection.close()
    assert bodies[0] == bodies[1]


def test_it_tells_every_port_refuses_one_that_is_taken_and_ends_at_once(tmp_path: Path) -> None:
    file = tmp_path / "ports"
    words = ("--port", "0", "--dns-port", "0", "--waf-port", "0", "--origin-port", "0", "--ports-file", str(file), "--stop-after", "30")
    command = [sys.executable, "-m", "gatehouse_emulator", *words]
    environment = {"PYTHONPATH": str(ROOT / "extensions" / "emulator")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline().strip() for _number in range(4)]
        ports = json.loads(file.read_text(encoding="ascii"))
        assert lines == [f"listening on http://127.0.0.1:{ports['api']}", *(f"{name} on 127.0.0.1:{ports[name]}" for name in ("dns", "waf", "origin"))]
        assert shown(asked(ports["dns"], HOST)) == [f"{HOST}. 300 IN A 192.0.2.10"]
        with urllib.request.urlopen(f"http://127.0.0.1:{ports['origin']}/", timeout=5) as answer:
            assert answer.status == 200
        taken = subprocess.run(
            [*command[:3], "--port", "0", "--dns-port", str(ports["dns"])], env=environment, capture_output=True, text=True, check=False, timeout=20
        )
        assert (taken.returncode, taken.stderr.startswith(f"Port {ports['dns']} cannot be used for DNS: ")) == (2, True)
        begun = time.monotonic()
        process.terminate()
        assert process.wait(5) == 0 and time.monotonic() - begun < 2
