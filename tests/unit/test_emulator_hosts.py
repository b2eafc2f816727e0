# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's domains and certificates are as strict as the service, and as sparing with what they tell."""

from __future__ import annotations

import json
import typing as t

import pytest

from emulated import NOW, POLICIES, PROJECT, Emulator

CLOUD, PREMIUM = f"/v1/{PROJECT}/waf/instance", f"/v1/{PROJECT}/premium-waf/host"
CERTIFICATES = f"/v1/{PROJECT}/waf/certificate"
BOTH = f"/v1/{PROJECT}/composite-waf/host"
SERVER = {"front_protocol": "HTTP", "back_protocol": "HTTP", "address": "192.0.2.30", "port": 8080, "type": "ipv4"}
IN_VPC = {**SERVER, "vpc_id": "vpc-1"}
DOCS = {"hostname": "docs.example.com", "proxy": False, "server": [SERVER]}
SEED = {"certificates": [{"name": "shop", "id": "certificate-1"}], "policies": [{"name": "one", "id": "policy-1"}, {"name": "other", "id": "policy-2"}]}


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(SEED)


def made(emulator: Emulator, path: str = CLOUD, **more: t.Any) -> dict[str, t.Any]:
    """A domain that was added; in dedicated mode its servers are in a VPC."""
    status, host = emulator.call("POST", path, {**DOCS, "server": [IN_VPC if path == PREMIUM else SERVER], **more})
    assert status == 200, host
    return dict(host)


@pytest.mark.parametrize("path", [CLOUD, PREMIUM])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hostname": "docs"}, "WAF.00011006"),
        ({"hostname": "http://docs.example.com"}, "WAF.00011006"),
        ({"hostname": f"{'a' * 60}.com.io"}, "WAF.00011006"),
        ({"hostname": "docs.example.com:0"}, "WAF.00011007"),
        ({"server": []}, "WAF.00011003"),
        ({"server": [{**IN_VPC, "port": 0}]}, "WAF.00011007"),
        ({"server": [{**IN_VPC, "type": "ipv6"}]}, "WAF.00011007"),
        ({"server": [{**IN_VPC, "address": "192.0.2.300/"}]}, "WAF.00011007"),
        ({"server": [{**IN_VPC, "front_protocol": "HTTPS"}]}, "WAF.00011003"),
        ({"certificateid": "nothing"}, "WAF.00014001"),
        ({"certificateid": "certificate-1", "certificatename": "other"}, "WAF.00011005"),
        ({"certificatename": "shop"}, "WAF.00011005"),
        ({"policyid": "nothing"}, "WAF.00014001"),
        ({"proxy": None}, "WAF.00021003"),
        ({"protect_status": 1}, "WAF.00021003"),
        ({"colour": "red"}, "WAF.00021003"),
    ],
)
def test_a_domain_that_cannot_be_is_refused(emulator: Emulator, path: str, change: dict[str, t.Any], code: str) -> None:
    wish = {**DOCS, "server": [IN_VPC], **change}
    if path == CLOUD:
        wish["server"] = [{key: value for key, value in server.items() if key != "vpc_id"} for server in wish["server"]]
    before = emulator.control("GET", "state")
    status, told = emulator.call("POST", path, wish)
    assert (status, told["error_code"]) == (400, code)
    assert emulator.control("GET", "state") == before


def test_only_dedicated_servers_have_a_vpc_and_they_must(emulator: Emulator) -> None:
    assert emulator.call("POST", CLOUD, {**DOCS, "server": [IN_VPC]})[1]["error_code"] == "WAF.00021003"
    assert emulator.call("POST", PREMIUM, DOCS)[1]["error_code"] == "WAF.00021003"
    assert emulator.call("POST", PREMIUM, {**DOCS, "server": [{**IN_VPC, "vpc_id": ""}]})[1]["error_code"] == "WAF.00011003"


def test_a_host_name_is_there_once_in_a_mode_and_within_the_quota() -> None:
    emulator = Emulator({**SEED, "limits": {"domains": 3}})
    made(emulator)
    made(emulator, PREMIUM)
    for path, server in ((CLOUD, SERVER), (PREMIUM, IN_VPC)):
        assert emulator.call("POST", path, {**DOCS, "hostname": "DOCS.example.com", "server": [server]})[1]["error_code"] == "WAF.00014002"
    made(emulator, hostname="docs.example.com:8444")
    assert emulator.call("POST", CLOUD, {**DOCS, "hostname": "other.example.com"})[1]["error_code"] == "WAF.00013001"


@pytest.mark.parametrize("path", [CLOUD, PREMIUM])
def test_what_is_left_out_is_made_and_what_is_replaced_is_replaced(emulator: Emulator, path: str) -> None:
    host = made(emulator, path, certificateid="certificate-1")
    assert ("access_code" in host) == (path == CLOUD)
    assert "description" not in host or path == PREMIUM
    policies = {one["id"]: one for one in emulator.call("GET", POLICIES)[1]["items"]}
    assert policies[host["policyid"]]["hosts"] == [host["id"]]
    changed = {**(IN_VPC if path == PREMIUM else SERVER), "port": 9000}
    status, told = emulator.call("PUT" if path == PREMIUM else "PATCH", f"{path}/{host['id']}", {"server": [changed]})
    assert (status, told["server"], told["certificateid"], told["certificatename"]) == (200, [changed], "certificate-1", "shop")
    assert emulator.call("PUT" if path == PREMIUM else "PATCH", f"{path}/{host['id']}", {"policyid": "policy-1"})[1]["error_code"] == "WAF.00021003"


def test_lists_and_calls_of_one_mode_tell_nothing_of_the_other_and_no_list_tells_all(emulator: Emulator) -> None:
    cloud, premium = made(emulator), made(emulator, PREMIUM)
    for path, host in ((CLOUD, premium), (PREMIUM, cloud)):
        for method, more in (("GET", ""), ("DELETE", "")):
            assert emulator.call(method, f"{path}/{host['id']}{more}")[1]["error_code"] == "WAF.00014001"
    (item,) = emulator.call("GET", CLOUD)[1]["items"]
    assert not {"access_progress", "certificateid", "waf_type"} & set(item) and item["server"]
    (item,) = emulator.call("GET", PREMIUM)[1]["items"]
    assert not {"access_progress", "certificateid", "server", "proxy", "access_code"} & set(item)
    for item in emulator.call("GET", BOTH)[1]["items"]:
        assert not {"certificateid", "certificatename", "connects_after"} & set(item) and item["server"]


@pytest.mark.parametrize("path", [CLOUD, PREMIUM])
def test_switches_have_calls_of_their_own(emulator: Emulator, path: str) -> None:
    host = made(emulator, path)
    for call, key, good, bad, code in (
        ("protect-status", "protect_status", -1, 2, "WAF.00021003"),
        ("access-status", "access_status", 1, 7, "WAF.00011009" if path == CLOUD else "WAF.00021003"),
    ):
        place = f"{path}/{host['id']}/{call}"
        assert emulator.call("PUT", place, {key: bad})[1]["error_code"] == code
        assert emulator.call("PUT", place, {key: good}) == (200, {key: good})
        assert emulator.call("GET", f"{path}/{host['id']}")[1][key] == good
    assert emulator.call("PUT", f"{CLOUD}/nothing/access-status", {"access_status": 1})[1]["error_code"] == "WAF.00014001"
    status = emulator.call("GET", f"{CLOUD}/{host['id']}/host-status")[1]
    assert status == {"name": "docs.example.com", "status": "bypassed", "waf_instance_id": host["id"]}


def test_a_domain_connects_by_itself_after_so_many_reads_where_a_seed_says_so() -> None:
    emulator = Emulator({**SEED, "limits": {"connects_after": 2}})
    host = made(emulator)
    statuses = [emulator.call("GET", f"{CLOUD}/{host['id']}")[1]["access_status"] for _number in range(3)]
    assert statuses == [0, 1, 1]
    # Somebody may say so, or say that it is not; whether attacks are refused is another matter.
    for call, key, statuses in (("protect-status", "protect_status", [0, 1]), ("access-status", "access_status", [0, 0])):
        host = made(emulator, hostname=f"{call}.example.com")
        assert emulator.call("PUT", f"{CLOUD}/{host['id']}/{call}", {key: 0})[0] == 200
        assert [emulator.call("GET", f"{CLOUD}/{host['id']}")[1]["access_status"] for _number in statuses] == statuses
    unconnected = Emulator(SEED)
    host = made(unconnected)
    assert {unconnected.call("GET", f"{CLOUD}/{host['id']}")[1]["access_status"] for _number in range(3)} == {0}


def test_domains_move_to_the_policy_that_they_are_given_to(emulator: Emulator) -> None:
    cloud, premium = made(emulator, policyid="policy-1"), made(emulator, PREMIUM, policyid="policy-1")
    assert emulator.call("PUT", f"{POLICIES}/policy-2", hosts=cloud["id"])[1]["hosts"] == [cloud["id"]]
    together = f"{cloud['id']},{premium['id']}"
    assert emulator.call("PUT", f"{POLICIES}/policy-2", hosts=together)[1]["hosts"] == [cloud["id"], premium["id"]]
    # Those that it had and that are left out may be without a policy.
    assert emulator.call("PUT", f"{POLICIES}/policy-2", hosts=premium["id"])[1]["hosts"] == [premium["id"]]
    for path, hosts, code in (("policy-2", "nothing", "WAF.00014001"), ("nothing", cloud["id"], "WAF.00022001"), ("policy-2", "", "WAF.00021002")):
        assert emulator.call("PUT", f"{POLICIES}/{path}", hosts=hosts)[1]["error_code"] == code
    assert emulator.call("DELETE", f"{POLICIES}/policy-2")[1]["error_code"] == "WAF.00022003"
    assert emulator.call("DELETE", f"{POLICIES}/policy-1")[0] == 200


@pytest.mark.parametrize(("query", "left"), [({}, True), ({"keepPolicy": "true"}, True), ({"keepPolicy": "false"}, False)])
def test_a_dedicated_domain_may_take_its_policy_along(emulator: Emulator, query: dict[str, str], left: bool) -> None:
    host = made(emulator, PREMIUM)
    assert emulator.call("DELETE", f"{PREMIUM}/{host['id']}", **query)[0] == 200
    assert (host["policyid"] in [one["id"] for one in emulator.call("GET", POLICIES)[1]["items"]]) is left
    assert emulator.call("GET", f"{PREMIUM}/{host['id']}")[1]["error_code"] == "WAF.00014001"


def test_a_policy_of_several_domains_takes_no_keep_policy(emulator: Emulator) -> None:
    host = made(emulator, PREMIUM, policyid="policy-1")
    made(emulator, policyid="policy-1")
    assert emulator.call("DELETE", f"{PREMIUM}/{host['id']}", keepPolicy="true")[1]["error_code"] == "WAF.00011002"
    assert emulator.call("DELETE", f"{PREMIUM}/{host['id']}")[0] == 200


def test_the_progress_of_a_domain_goes_with_it(emulator: Emulator) -> None:
    host = made(emulator)
    emulator.call("PUT", f"{CLOUD}/{host['id']}/access-progress", {"step": 1, "status": 1})
    emulator.call("DELETE", f"{CLOUD}/{host['id']}")
    assert "access_progress" not in emulator.call("GET", f"{CLOUD}/{made(emulator)['id']}")[1]


def test_certificates_are_told_without_a_key() -> None:
    day = 24 * 3600 * 1000
    ends = {"old": NOW * 1000 - day, "ending": NOW * 1000 + day, "new": NOW * 1000 + 99 * day}
    emulator = Emulator({"certificates": [{"name": name, "id": name, "names": [f"{name}.example.com"], "expire_time": int(end)} for name, end in ends.items()]})
    items = emulator.call("GET", CERTIFICATES)[1]["items"]
    assert {one["name"]: (one["exp_status"], one["sans"]) for one in items} == {
        "old": (1, ["old.example.com"]),
        "ending": (2, ["ending.example.com"]),
        "new": (0, ["new.example.com"]),
    }
    assert [one["name"] for one in emulator.call("GET", CERTIFICATES, exp_status=1)[1]["items"]] == ["old"]
    assert [one["name"] for one in emulator.call("GET", CERTIFICATES, name="end")[1]["items"]] == ["ending"]
    host = made(emulator, certificateid="new")
    shown = emulator.call("GET", f"{CERTIFICATES}/new")[1]
    assert [one["id"] for one in shown["bind_host"]] == [host["id"]]
    told = [shown, *items, emulator.control("GET", "state")]
    assert '"key"' not in json.dumps(told) and '"content"' not in json.dumps(told)
    assert emulator.call("GET", f"{CERTIFICATES}/nothing")[1]["error_code"] == "WAF.00014001"
    assert emulator.control("POST", "reset", {"certificates": [{"name": "a", "key": "fake-private-key-0001"}]})[0] == 400


def test_domains_survive_a_dump_and_a_reset(emulator: Emulator) -> None:
    host = made(emulator, certificateid="certificate-1", policyid="policy-1", description="The manual")
    emulator.call("PUT", f"{CLOUD}/{host['id']}/protect-status", {"protect_status": 0})
    made(emulator, PREMIUM)
    before = {path: emulator.call("GET", f"{path}/{host['id']}")[1] for path in (CLOUD, BOTH)}
    state = emulator.control("GET", "state")[1]
    assert emulator.control("POST", "reset", state) == (200, state)
    for path, told in before.items():
        assert {**emulator.call("GET", f"{path}/{host['id']}")[1], "timestamp": 0} == {**told, "timestamp": 0}


def test_the_demo_account_has_a_certificate_that_its_domains_use() -> None:
    (certificate,) = Emulator().call("GET", CERTIFICATES)[1]["items"]
    assert (certificate["name"], certificate["sans"], certificate["exp_status"]) == ("storefront-certificate", ["*.example.com"], 0)
    assert {one["hostname"] for one in certificate["bind_host"]} == {"shop.example.com", "pay.example.com"}
    assert Emulator({"domains": [{"hostname": "a.example.com", "mode": "cloud"}]}).call("GET", CERTIFICATES)[1]["total"] == 0


def test_lists_tell_a_domain_to_who_asks_for_its_enterprise_project() -> None:
    seed = {"domains": [{"hostname": "a.example.com", "mode": "cloud", "enterprise_project_id": "shops"}, {"hostname": "b.example.com", "mode": "cloud"}]}
    emulator = Emulator(seed)

    def told(**query: t.Any) -> dict[str, t.Any]:
        body = emulator.call("GET", f"/v1/{PROJECT}/composite-waf/host", **query)[1]
        assert body["total"] == body["cloud_total"] == len(body["items"])
        return {host["hostname"]: host.get("enterprise_project_id") for host in body["items"]}

    both, other = {"a.example.com": "shops", "b.example.com": None}, {"b.example.com": None}
    assert told(enterprise_project_id="shops") == told(enterprise_project_id="all_granted_eps") == both
    assert told() == told(enterprise_project_id="0") == other
    assert emulator.control("GET", "state")[1]["domains"][0]["enterprise_project_id"] == "shops"
