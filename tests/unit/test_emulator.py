# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator is strict, misbehaves when told to, tells what happened, and serves on loopback until it is ended."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from werkzeug.test import Client as WsgiClient

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials, authorized
from cloud import CONNECTION, Cloud
from emulated import KEYS, NOW, POLICIES, PROJECT, TOKEN, Emulator
from gatehouse_emulator import create_app

PACKAGE = Path(__file__).resolve().parents[2] / "extensions" / "emulator"
WORKSPACE = f"/v2/{PROJECT}/access-policy"


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


def test_the_demo_account_is_what_is_promised(emulator: Emulator) -> None:
    state = emulator.control("GET", "state")[1]
    assert [policy["name"] for policy in state["policies"]] == ["storefront"]
    assert {domain["hostname"]: domain["mode"] for domain in state["domains"]} == {"shop.example.com": "cloud", "pay.example.com": "premium"}
    assert [gateway["name"] for gateway in state["gateways"]] == ["storefront-gateway"]
    assert state["projects"] == [{"id": "0123456789abcdef0123456789abcdef", "name": "cn-north-4"}]
    for credentials in (KEYS, TOKEN):
        assert emulator.call("GET", POLICIES, credentials=credentials)[0] == 200


# Who calls


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (899, 200), (-899, 200), (901, 401), (-901, 401)])
def test_a_clock_may_differ_by_fifteen_minutes(emulator: Emulator, seconds: float, status: int) -> None:
    assert emulator.call("GET", POLICIES, credentials=KEYS, at=NOW + seconds)[0] == status


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials("GATEHOUSEDEMOKEY0001", "fake-wrong-secret-0001"), "APIGW.0301"),
        (Credentials("FAKEUNKNOWNKEY0001", "gatehouse-demo-secret-0000000000000001"), "APIGW.0301"),
        (Credentials("GATEHOUSEDEMOKEY0001", "gatehouse-demo-secret-0000000000000001", "fake-security-token-0001"), "APIGW.0301"),
        (Credentials(token="fake-wrong-token-0001"), "APIGW.0307"),
    ],
)
def test_a_caller_without_proof_is_refused(emulator: Emulator, credentials: Credentials, code: str) -> None:
    status, body = emulator.call("GET", POLICIES, credentials=credentials)
    assert (status, body["error_code"]) == (401, code)
    assert body["request_id"]


def test_a_temporary_key_needs_its_security_token() -> None:
    key = {"access_key": "FAKETEMPORARYKEY0001", "secret_key": "fake-secret-0001", "security_token": "fake-security-token-0001"}
    emulator = Emulator({"keys": [key]})
    assert emulator.call("GET", POLICIES, credentials=Credentials(*key.values()))[0] == 200
    assert emulator.call("GET", POLICIES, credentials=Credentials(key["access_key"], key["secret_key"]))[0] == 401


def test_more_than_five_wrong_signatures_in_a_row_lock_the_key_for_five_minutes(emulator: Emulator) -> None:
    wrong = Credentials(KEYS.access_key, "fake-wrong-secret-0001")
    for _number in range(5):
        emulator.call("GET", POLICIES, credentials=wrong)
    assert emulator.call("GET", POLICIES, credentials=KEYS)[0] == 200
    for _number in range(6):
        emulator.call("GET", POLICIES, credentials=wrong)
    assert emulator.call("GET", POLICIES, credentials=KEYS)[0] == 401
    emulator.now += 5 * 60 + 1
    assert emulator.call("GET", POLICIES, credentials=KEYS, at=emulator.now)[0] == 200


def test_a_body_that_was_changed_on_the_way_is_refused(emulator: Emulator) -> None:
    headers = authorized(KEYS, "POST", "cloud.test", POLICIES, [], {"Content-Type": "application/json"}, b'{"name":"a"}', NOW)
    client = WsgiClient(create_app(None, lambda: NOW))
    assert client.open(POLICIES, method="POST", data=b'{"name":"b"}', headers=headers, base_url="http://cloud.test").status_code == 401
    assert client.open(POLICIES, method="POST", data=b'{"name":"a"}', headers=headers, base_url="http://cloud.test").status_code == 200


def test_a_signature_in_other_letters_is_a_wrong_one() -> None:
    headers = authorized(KEYS, "GET", "cloud.test", POLICIES, [], {}, b"", NOW)
    odd = {**headers, "Authorization": headers["Authorization"].rsplit("=", 1)[0] + "=\u00e9"}
    client = WsgiClient(create_app(None, lambda: NOW))
    assert client.open(POLICIES, headers=odd, base_url="http://cloud.test").status_code == 401
    assert client.open(POLICIES, headers=headers, base_url="http://cloud.test").status_code == 200


# What is asked


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "status", "code"),
    [
        ("GET", POLICIES, None, {"colour": "red"}, 400, "WAF.00021002"),
        ("GET", POLICIES, None, {"page": "one"}, 400, "WAF.00021002"),
        ("GET", POLICIES, None, {"pagesize": 101}, 400, "WAF.00011011"),
        ("GET", f"{POLICIES}/nowhere", None, {}, 404, "WAF.00022001"),
        ("PUT", f"{POLICIES}/nowhere", None, {"hosts": "a"}, 404, "WAF.00022001"),
        ("POST", POLICIES, {"name": "a b"}, {}, 400, "WAF.00021005"),
        ("POST", POLICIES, {"name": "storefront"}, {}, 400, "WAF.00022002"),
        ("GET", f"/v1/{'f' * 32}/waf/policy", None, {}, 403, "APIGW.0310"),
        ("POST", POLICIES, {}, {}, 400, "WAF.00021003"),
        ("POST", POLICIES, {"name": 1}, {}, 400, "WAF.00021003"),
        ("POST", POLICIES, {"name": "a", "colour": "red"}, {}, 400, "WAF.00021003"),
        ("POST", POLICIES, None, {}, 400, "WAF.00021003"),
        ("POST", POLICIES, {"name": "a"}, {"enterprise_project_id": "all_granted_eps"}, 400, "WAF.00012010"),
        ("GET", f"/v2/{PROJECT}/apigw/instances", None, {"colour": "red"}, 400, "APIG.2011"),
        ("GET", f"/v2/{PROJECT}/apigw/instances/nowhere/acls", None, {}, 404, "APIG.3030"),
        ("GET", WORKSPACE, None, {"limit": 101}, 400, "WKS.0001"),
        ("POST", WORKSPACE, {"policy": {"policy_name": "a", "colour": "red"}}, {}, 400, "WKS.0001"),
        ("DELETE", WORKSPACE, {"policy_id_list": []}, {}, 400, "WKS.0001"),
        ("PUT", f"{WORKSPACE}/nowhere", {"is_enable": True}, {}, 404, "WKS.00010108"),
        ("GET", f"/v1/{PROJECT}/waf/instance/nowhere", None, {}, 400, "WAF.00014001"),
        ("GET", f"/v1/{PROJECT}/waf/nothing", None, {}, 404, "APIGW.0101"),
        ("PATCH", POLICIES, None, {}, 404, "APIGW.0101"),
    ],
)
def test_what_does_not_fit_the_contract_gets_the_documented_refusal(
    emulator: Emulator, method: str, path: str, body: t.Any, query: t.Any, status: int, code: str
) -> None:
    before = emulator.control("GET", "state")
    answered, told = emulator.call(method, path, body, **query)
    assert (answered, told["error_code"]) == (status, code)
    assert told["error_msg"]
    assert emulator.control("GET", "state") == before


RULE = {"name": "embargo", "geoip": "Peru|BJ", "white": 0}


@pytest.mark.parametrize(
    ("rule", "status", "code"),
    [
        ({**RULE, "geoip": "Peru|Candaa"}, 400, "WAF.00021017"),
        ({**RULE, "geoip": "Peru|Peru"}, 400, "WAF.00021017"),
        ({**RULE, "geoip": "BJ|Angola"}, 400, "WAF.00022004"),
        ({**RULE, "geoip": "Angola", "white": 3}, 400, "WAF.00021003"),
        ({**RULE, "geoip": "Angola", "name": "a" * 257}, 400, "WAF.00021005"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(emulator: Emulator, rule: t.Any, status: int, code: str) -> None:
    rules = f"{POLICIES}/{emulator.policy()}/geoip"
    assert emulator.call("POST", rules, RULE)[0] == 200
    answered, told = emulator.call("POST", rules, rule)
    assert (answered, told["error_code"]) == (status, code)


def test_quotas_are_kept() -> None:
    emulator = Emulator({"policies": [{"name": "storefront"}], "limits": {"geoip_rules": 1}})
    rules = f"{POLICIES}/{emulator.policy()}/geoip"
    assert emulator.call("POST", rules, RULE)[0] == 200
    status, body = emulator.call("POST", rules, {**RULE, "geoip": "Angola"})
    assert (status, body["error_code"]) == (403, "WAF.00022005")


def test_a_new_policy_has_every_switch_and_geolocation_is_off(emulator: Emulator) -> None:
    status, made = emulator.call("POST", POLICIES, {"name": "checkout", "log_action_replaced": True})
    assert status == 200
    assert len(made["options"]) == 25 and made["options"]["webattack"] is True and made["options"]["geoip"] is False
    assert (made["level"], made["action"], made["hosts"], made["bind_host"]) == (2, {"category": "log"}, [], [])


def test_an_update_of_a_policy_replaces_its_switches_as_a_whole(emulator: Emulator) -> None:
    path = f"{POLICIES}/{emulator.policy()}"
    told = emulator.call("PATCH", path, {"options": {"webshell": True}})[1]
    assert {name for name, value in told["options"].items() if value} == {"webshell"}
    assert emulator.call("PATCH", path, {"level": 3})[1]["options"] == told["options"]
    assert emulator.call("PATCH", path, {"action": {"category": "pass"}})[1]["error_code"] == "WAF.00021014"
    assert emulator.call("PATCH", path, {"name": "a b"})[1]["error_code"] == "WAF.00021005"
    other = emulator.call("POST", POLICIES, {"name": "other"})[1]
    assert emulator.call("PATCH", path, {"name": "other"})[1]["error_code"] == "WAF.00022002"
    assert emulator.call("PATCH", path, {"name": "storefront", "hosts": [], "bind_host": []})[1]["hosts"] != []
    assert emulator.call("GET", f"{POLICIES}/{other['id']}")[1]["level"] == 2


def test_domains_move_under_a_policy_all_of_them_or_none(emulator: Emulator) -> None:
    old, new = emulator.policy(), emulator.call("POST", POLICIES, {"name": "checkout"})[1]["id"]
    first, second = emulator.call("GET", f"{POLICIES}/{old}")[1]["hosts"]
    for hosts, code in (({"hosts": f"{second},nowhere"}, "WAF.00014001"), ({}, "WAF.00021002"), ({"hosts": f"{second},"}, "WAF.00014001")):
        status, told = emulator.call("PUT", f"{POLICIES}/{new}", None, **hosts)
        assert (status, told["error_code"]) == (400, code)
    assert emulator.call("DELETE", f"{POLICIES}/{new}")[0] == 200
    new = emulator.call("POST", POLICIES, {"name": "checkout"})[1]["id"]
    assert emulator.call("PUT", f"{POLICIES}/{new}", None, hosts=second)[1]["hosts"] == [second]
    assert emulator.call("GET", f"{POLICIES}/{old}")[1]["hosts"] == [first]
    status, told = emulator.call("DELETE", f"{POLICIES}/{new}")
    assert (status, told["error_code"]) == (400, "WAF.00022003")


def test_the_number_of_policies_is_limited() -> None:
    emulator = Emulator({"limits": {"policies": 1}})
    assert emulator.call("POST", POLICIES, {"name": "first"})[0] == 200
    status, told = emulator.call("POST", POLICIES, {"name": "second"})
    assert (status, told["error_code"]) == (400, "WAF.00013001")


def test_source_addresses_are_seeded() -> None:
    path = f"/v1/{PROJECT}/waf/config/source-ip"
    assert Emulator({}).call("GET", path) == (200, {"source_ip": [], "last_modify": 0})
    groups = [{"ips": ["192.0.2.0/28"], "update_time": 2}, {"ips": []}]
    emulator = Emulator({"source_ips": groups})
    assert emulator.call("GET", path) == (200, {"source_ip": groups, "last_modify": 2})
    assert emulator.control("GET", "state")[1]["source_ips"] == groups


def test_an_update_replaces_the_rule_and_does_not_take_the_status(emulator: Emulator) -> None:
    rules = f"{POLICIES}/{emulator.policy()}/geoip"
    rule = emulator.call("POST", rules, {**RULE, "description": "old", "status": 0})[1]
    assert emulator.call("PUT", f"{rules}/{rule['id']}", {"geoip": "Peru", "white": 1, "status": 1})[0] == 400
    status, updated = emulator.call("PUT", f"{rules}/{rule['id']}", {"geoip": "Peru", "white": 1})
    assert status == 200 and "status" not in updated
    shown = emulator.call("GET", f"{rules}/{rule['id']}")[1]
    assert (shown["name"], shown["description"], shown["status"], shown["geoip"]) == ("", "", 0, "Peru")


def test_a_set_comes_back_in_another_order(emulator: Emulator) -> None:
    rules = f"{POLICIES}/{emulator.policy()}/geoip"
    assert {emulator.call("POST", rules, {**RULE, "geoip": one})[1].get("geoip") for one in ("Angola|Chile", "Cuba|Bolivia")} == {
        "Chile|Angola",
        "Cuba|Bolivia",
    }


def test_a_workspace_policy_is_made_without_an_answer_and_is_enable_wins(emulator: Emulator) -> None:
    policy = {"policy_name": "offices", "access_control_type": "IP_WHITE_LIST"}
    assert emulator.call("POST", WORKSPACE, {"policy": policy}) == (200, None)
    made = emulator.call("GET", WORKSPACE)[1]["policies"][0]
    path = f"{WORKSPACE}/{made['policy_id']}"
    assert emulator.call("PUT", path, {"is_block_all": True})[0] == 400
    address = {"ip_address": "192.0.2.7", "subnet_mask": "255.255.255.255"}
    assert emulator.call("PUT", path, {"ip_white_list": [address]})[0] == 400
    assert emulator.call("PUT", path, {"is_enable": True, "operation_type": "ADD_IP", "ip_white_list": [address]})[0] == 200
    made = emulator.call("GET", WORKSPACE)[1]["policies"][0]
    assert (made["is_enable"], made["ip_list"]) == (True, [])
    # A business error with HTTP status 200.
    status, body = emulator.call("POST", WORKSPACE, {"policy": policy})
    assert (status, body["error_code"]) == (200, "WKS.00010109")


# Looking inside


def test_the_journal_tells_what_was_asked(emulator: Emulator) -> None:
    emulator.call("GET", POLICIES, name="storefront")
    emulator.call("POST", POLICIES, {"name": 1})
    first, second = emulator.control("GET", "journal")[1]
    assert first == {
        "n": 1,
        # There is no socket here.
        "connection": None,
        "principal": "gatehouse-demo-user",
        "method": "GET",
        "path": POLICIES,
        "query": {"name": "storefront"},
        "service": "waf",
        "operation": "ListPolicy",
        "status": 200,
        "error_code": None,
        "write": False,
        "fault": None,
    }
    assert (second["operation"], second["write"], second["error_code"]) == ("CreatePolicy", True, "WAF.00021003")
    assert emulator.control("DELETE", "journal") == (200, [])
    assert emulator.control("GET", "journal") == (200, [])


def filled() -> Emulator:
    """An account with something of everything that can be created through the API."""
    cloud = Cloud()
    for module, options in (
        ("waf_policy", {"name": "storefront", "level": "high", "mode": "block", "full_detection": True, "options": {"webshell": True}}),
        ("waf_geoip_rule", {"policy": "storefront", "name": "embargo", "locations": ["Peru", "BJ"], "action": "block", "enabled": False}),
        ("waf_ip_reputation_rule", {"policy": "storefront", "name": "bots", "tags": ["Google"], "action": "allow"}),
        ("apig_acl", {"gateway": "storefront-gateway", "name": "offices", "type": "permit", "entity_type": "ip", "entries": ["192.0.2.7"]}),
        ("workspace_access_policy", {"name": "offices", "access_control_type": "ip_white_list", "ip_addresses": ["192.0.2.7"], "enabled": True}),
        ("workspace_access_policy", {"name": "indoors", "access_control_type": "access_type", "objects": [{"type": "user", "name": "anna"}]}),
        ("waf_access_progress", {"domain": "shop.example.com", "dns_switched": "completed"}),
    ):
        assert cloud.run(module, options)["changed"] is True
    return Emulator(cloud.state())


def test_a_state_is_a_seed_of_itself_and_holds_no_secret() -> None:
    emulator = filled()
    state = emulator.control("GET", "state")[1]
    assert len(state["policies"][0]["geoip_rules"]) == len(state["gateways"][0]["acls"]) == 1
    assert len(state["workspace"]["policies"]) == 2
    assert emulator.control("POST", "reset", state) == (200, state)
    assert CONNECTION["secret_key"] not in json.dumps(state) and str(TOKEN.token) not in json.dumps(state)


def test_what_is_made_after_a_state_was_loaded_gets_an_id_of_its_own() -> None:
    emulator = filled()
    before = emulator.control("GET", "state")[1]
    rules = f"{POLICIES}/{emulator.policy()}/geoip"
    for location in ("Angola", "Chile", "Cuba"):
        assert emulator.call("POST", rules, {**RULE, "geoip": location})[0] == 200
    after = emulator.control("GET", "state")[1]
    assert len(after["policies"][0]["geoip_rules"]) == len(before["policies"][0]["geoip_rules"]) + 3
    assert after["gateways"] == before["gateways"]


def test_a_reset_starts_over_with_the_seed_of_the_start(emulator: Emulator) -> None:
    before = emulator.control("GET", "state")[1]
    emulator.call("POST", POLICIES, {"name": "second"})
    assert emulator.control("POST", "reset", {"policies": [{"name": "other"}]})[1]["policies"][0]["name"] == "other"
    assert emulator.control("POST", "reset") == (200, before)
    assert emulator.control("GET", "journal")[1] == []


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ([], "the seed: [] is not of type 'object'"),
        ({"polices": []}, "'polices' was unexpected"),
        ({"policies": [{"id": "a"}]}, "policies[0]: 'name' is a required property"),
        ({"policies": [{"name": "a", "geoip_rules": [{"geoip": "CA", "white": 5}]}]}, "policies[0].geoip_rules[0].white: 5 is not one of"),
        ({"policies": [{"name": "a", "action": {"category": "pass"}}]}, "policies[0].action.category: 'pass' is not one of"),
        ({"source_ips": [{"addresses": []}]}, "source_ips[0]: "),
        ({"tokens": "fake-token-0001"}, "tokens: "),
        ({"projects": ["a"]}, "projects[0]: "),
        ({"domains": [{"hostname": "a", "mode": "dedicated"}]}, "domains[0].mode: 'dedicated' is not one of"),
        ({"domains": [{"hostname": "a", "mode": "cloud", "policy": "nowhere"}]}, "domains[0]: there is no policy nowhere"),
        ({"gateways": [{"name": "a", "acls": [{}]}]}, "gateways[0].acls[0]: "),
        ({"workspace": {"users": [1]}}, "workspace.users[0]: "),
        ({"limits": {"acls": -1}}, "limits.acls: "),
        ({"policies": [{"name": "a", "id": "x"}, {"name": "b", "id": "x"}]}, "the id x is there twice"),
        ({"policies": [{"name": name, "geoip_rules": [{"id": "x", "geoip": "CA", "white": 0}]} for name in ("a", "b")]}, "the id x is there twice"),
    ],
)
def test_a_seed_that_cannot_be_names_the_place(emulator: Emulator, seed: t.Any, words: str) -> None:
    before = emulator.control("GET", "state")[1]
    status, body = emulator.control("POST", "reset", seed)
    assert status == 400
    assert words in body["error"]
    assert emulator.control("GET", "state")[1] == before


def test_the_seed_of_the_readme_can_be_used() -> None:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    seed = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    state = Emulator(seed).control("GET", "state")[1]
    assert [rule["name"] for rule in state["policies"][0]["geoip_rules"]] == ["embargo"]
    assert state["limits"]["geoip_rules"] == 2


# Bad days


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, "the faults: {} is not of type 'array'"),
        (["a"], "[0]: 'a' is not of type 'object'"),
        ([{"math": {}}], "[0]: Additional properties are not allowed ('math' was unexpected)"),
        ([{"match": {"colour": "red"}}], "[0].match: Additional properties are not allowed ('colour' was unexpected)"),
        ([{}, {"drop": "never"}], "[1].drop: 'never' is not one of ['before', 'after']"),
        ([{"headers": {"X": "a\n"}}], "[0].headers.X: 'a\\n' does not match"),
        ([{"status": "x"}], "[0].status: 'x' is not of type 'integer'"),
        ([{"match": {"service": "wfa"}}], "[0].match.service: 'wfa' is not one of"),
        ([{"match": {"operation": "CreateGeoIpRule"}, "status": 500}], "there is no operation CreateGeoIpRule; near: CreateGeoipRule"),
    ],
)
def test_a_fault_that_cannot_be_understood_is_refused(emulator: Emulator, rules: t.Any, words: str) -> None:
    status, body = emulator.control("POST", "faults", rules)
    assert status == 400
    assert words in body["error"]


@pytest.mark.parametrize("what", ["reset", "faults"])
def test_what_is_no_json_is_refused_in_json_and_the_content_type_does_not_matter(what: str) -> None:
    client = WsgiClient(create_app())
    answer = client.post(f"/_emulator/{what}", data="{", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "the body is not JSON: " in answer.get_json()["error"]
    good = {"reset": "{}", "faults": "[]"}[what]
    assert client.post(f"/_emulator/{what}", data=good, content_type="application/x-www-form-urlencoded").status_code == 200


def test_faults_take_the_requests_they_match_as_often_as_they_say(emulator: Emulator) -> None:
    refusal = {"status": 503, "body": {"error_code": "APIGW.0613"}, "headers": {"Retry-After": "3"}}
    emulator.control("POST", "faults", [{"match": {"operation": "ListPolicy"}, "times": 1}, {"match": {"path": POLICIES}, "times": 2, **refusal}])
    assert [emulator.call("GET", POLICIES)[0] for _number in range(4)] == [200, 503, 503, 200]
    emulator.control("POST", "faults", [{"match": {"service": "waf", "method": "GET"}, "strip": ["total"]}])
    assert "total" not in emulator.call("GET", POLICIES)[1]
    emulator.control("DELETE", "faults")
    assert "total" in emulator.call("GET", POLICIES)[1]


def test_a_stale_answer_is_what_was_true_before_the_last_write(emulator: Emulator) -> None:
    emulator.control("POST", "faults", [{"match": {"operation": "ListPolicy"}, "times": 1, "stale": True}])
    emulator.call("POST", POLICIES, {"name": "second"})
    assert [emulator.call("GET", POLICIES)[1]["total"] for _number in range(2)] == [1, 2]


# Serving


@contextlib.contextmanager
def running(*words: str) -> t.Iterator[tuple[subprocess.Popen[str], str]]:
    """The emulator as a process, and the first line that it prints."""
    command = [sys.executable, "-m", "gatehouse_emulator", "--stop-after", "60", *words]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate(timeout=10)


def connected(line: str) -> http.client.HTTPConnection:
    assert line.startswith("listening on http://127.0.0.1:")
    return http.client.HTTPConnection("127.0.0.1", int(line.rpartition(":")[2]), timeout=10)


def test_it_serves_on_loopback_until_it_is_ended(tmp_path: Path) -> None:
    seed, port_file = tmp_path / "seed.yml", tmp_path / "port"
    seed.write_text("policies: [{name: from-a-file}]\n", encoding="utf-8")
    with running("--port", "0", "--seed", str(seed), "--port-file", str(port_file)) as (process, line):
        connection = connected(line)
        connection.request("GET", "/_emulator/state")
        assert json.loads(connection.getresponse().read())["policies"][0]["name"] == "from-a-file"
        assert port_file.read_text(encoding="ascii") == line.rpartition(":")[2]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_cut_connection_is_cut_on_the_wire() -> None:
    with running("--port", "0") as (_process, line):
        connection = connected(line)
        connection.request("POST", "/_emulator/faults", json.dumps([{"times": 1, "drop": "before"}]), {"Content-Type": "application/json"})
        connection.getresponse().read()
        headers = authorized(KEYS, "GET", f"127.0.0.1:{connection.port}", POLICIES, [], {}, b"", time.time())
        connection.request("GET", POLICIES, headers=headers)
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            connection.getresponse().read()
        connection.close()
        connection.request("GET", POLICIES, headers=headers)
        assert connection.getresponse().status == 200


def test_a_port_in_use_and_a_bad_seed_end_it_with_a_reason(tmp_path: Path) -> None:
    with running("--port", "0") as (_process, line):
        port = line.rpartition(":")[2]
        with running("--port", port) as (second, nothing):
            assert nothing == ""
            assert second.wait(10) == 2
            assert second.stderr and f"Port {port} cannot be used" in second.stderr.read()
    seed = tmp_path / "seed.yml"
    for text in ("policies: [{nme: a}]\n", "a: [\n", "\x00"):
        seed.write_text(text, encoding="utf-8")
        with running("--port", "0", "--seed", str(seed)) as (process, nothing):
            assert nothing == ""
            assert process.wait(10) == 2
            assert process.stderr and "The seed cannot be used" in process.stderr.read()


def test_requests_that_come_side_by_side_are_carried_out_one_after_the_other() -> None:
    emulator = Emulator({"policies": [{"id": "a" * 32, "name": "one"}], "limits": {"geoip_rules": 1000, "made_up_locations": 1000}})
    kept = sys.getswitchinterval()
    # Threads take turns so often that what is not one step is seen in the middle.
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            asked = [{"name": f"rule-{number}", "geoip": f"Place {number}", "white": 0} for number in range(1, 201)]
            answers = list(pool.map(lambda body: emulator.call("POST", f"{POLICIES}/{'a' * 32}/geoip", body), asked))
    finally:
        sys.setswitchinterval(kept)
    assert [status for status, _body in answers] == [200] * 200
    assert len({body["id"] for _status, body in answers}) == 200
    journal = emulator.control("GET", "journal")[1]
    assert sum(entry["operation"] == "CreateGeoipRule" for entry in journal) == 200
