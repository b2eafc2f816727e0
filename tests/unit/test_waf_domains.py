# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is odd about the domains of WAF: two modes, switches with calls of their own, policies that are made, certificates, and waiting."""

from __future__ import annotations

import typing as t

import pytest

from cloud import Cloud, Result
from wishes import done, late, operations

SERVER = {"address": "192.0.2.30", "port": 8080, "front_protocol": "http", "back_protocol": "http"}
ENCRYPTED = {**SERVER, "front_protocol": "https"}
IN_VPC = {**SERVER, "vpc_id": "vpc-1"}
DOCS = {"domain": "docs.example.com", "servers": [SERVER]}
API_SERVER = {"front_protocol": "HTTP", "back_protocol": "HTTP", "address": "192.0.2.30", "port": 8080, "type": "ipv4"}
INTERN = {"domain": "intern.example.com", "mode": "dedicated", "servers": [IN_VPC]}
INTERNAL = {"error_code": "WAF.00011003", "error_msg": "bad body"}
BOTH_MODES = {"domains": [{"hostname": "shop.example.com", "mode": mode, "server": [API_SERVER]} for mode in ("cloud", "premium")]}


def told(result: Result) -> dict[str, t.Any]:
    return dict(done(result)["domain"])


def hosts(cloud: Cloud) -> dict[str, dict[str, t.Any]]:
    return {one["hostname"]: one for one in cloud.state()["domains"]}


def run(cloud: Cloud, **options: t.Any) -> Result:
    return cloud.run("waf_domain", {**DOCS, **options})


def test_a_domain_needs_little(cloud: Cloud) -> None:
    domain = told(run(cloud))
    assert operations(cloud) == ["CreateHost"]
    assert domain["servers"] == [{**SERVER, "weight": 1, "type": "ipv4", "vpc_id": None}]
    assert (domain["mode"], domain["port"], domain["proxy"], domain["description"]) == ("cloud", None, False, "")
    assert (domain["certificate"], domain["certificate_id"]) == (None, None)
    assert (domain["protection"], domain["access_status"]) == ("on", "disconnected")
    assert domain["cname"] == f"{domain['access_code']}.vip1.huaweicloudwaf.com"
    # The service has made a policy.
    assert domain["policy"].startswith("policy_") and domain["policy_id"]
    assert domain["policy"] in [one["name"] for one in cloud.state()["policies"]]


def test_a_switch_that_a_new_domain_has_already_needs_no_call(cloud: Cloud) -> None:
    done(run(cloud, protection="on", access_status="disconnected"))
    assert operations(cloud) == ["CreateHost"]


def test_check_mode_leaves_open_what_the_service_decides(cloud: Cloud) -> None:
    predicted = told(cloud.run("waf_domain", DOCS, check=True))
    unknown = {name for name, value in predicted.items() if value is None}
    assert unknown == {"port", "policy", "policy_id", "certificate", "certificate_id", "protection", "access_status", "cname", "access_code"}


def test_a_dedicated_domain_has_no_cname_and_is_served_by_calls_of_its_own(cloud: Cloud) -> None:
    domain = told(cloud.run("waf_domain", {**INTERN, "policy": "storefront", "protection": "bypass", "access_status": "connected"}))
    assert (domain["cname"], domain["access_code"], domain["servers"][0]["vpc_id"]) == (None, None, "vpc-1")
    assert operations(cloud) == ["CreatePremiumHost", "UpdatePremiumHostProtectStatus", "UpdatePremiumHostAccessStatus"]
    cloud.forget()
    done(cloud.run("waf_domain", {"domain": "intern.example.com", "proxy": True}))
    assert operations(cloud) == ["UpdatePremiumHost"]


def test_a_change_sends_the_servers_and_the_certificate_along(cloud: Cloud) -> None:
    done(run(cloud, servers=[ENCRYPTED], certificate="storefront-certificate"))
    sent: list[t.Any] = []
    cloud.requests.clear()
    done(cloud.run("waf_domain", {"domain": "docs.example.com", "proxy": True}))
    sent = [request for request in cloud.requests if request.method == "PATCH"]
    assert len(sent) == 1
    for word in (b'"server":[{', b'"certificateid":"', b'"certificatename":"storefront-certificate"', b'"proxy":true'):
        assert word in sent[0].body
    assert hosts(cloud)["docs.example.com"]["certificate"] == "storefront-certificate"


@pytest.mark.parametrize(
    ("change", "calls"),
    [
        ({"protection": "suspended"}, ["UpdateHostProtectStatus"]),
        ({"access_status": "connected"}, ["UpdateHostAccessStatusOfUnderline"]),
        ({"policy": "other"}, ["UpdatePolicyProtectHost"]),
        ({"proxy": True}, ["UpdateHost"]),
        (
            {"proxy": True, "access_status": "connected", "protection": "suspended", "policy": "other"},
            ["UpdatePolicyProtectHost", "UpdateHost", "UpdateHostProtectStatus", "UpdateHostAccessStatusOfUnderline"],
        ),
    ],
)
def test_each_kind_of_change_has_its_call(change: dict[str, t.Any], calls: list[str]) -> None:
    cloud = Cloud({"policies": [{"name": "one"}, {"name": "other"}]})
    before = told(run(cloud, policy="one"))
    cloud.forget()
    predicted = cloud.run("waf_domain", {**DOCS, **change}, check=True, diff=True)
    assert operations(cloud) == []
    real = cloud.run("waf_domain", {**DOCS, **change}, diff=True)
    assert operations(cloud) == calls
    assert done(predicted) == done(real)
    assert {name for name, value in told(real).items() if value != before[name]} == {*change, *(["policy_id"] if "policy" in change else [])}
    assert run(cloud, **change)["changed"] is False


def test_policies_and_certificates_of_one_name_are_told_apart_by_id() -> None:
    twins = [{"name": "twin", "id": "1" * 32}, {"name": "twin", "id": "2" * 32}]
    cloud = Cloud({"policies": twins, "certificates": twins})
    wish = {"servers": [ENCRYPTED], "policy": "1" * 32, "certificate": "1" * 32}
    assert told(run(cloud, **wish))["policy"] == "twin"
    assert "More than one WAF policy is called 'twin'" in run(cloud, domain="other.example.com", policy="twin")["msg"]
    # The name is right for the one that the domain has.
    assert run(cloud, **{**wish, "policy": "twin", "certificate": "twin"})["changed"] is False
    moved = run(cloud, **{**wish, "policy": "2" * 32, "certificate": "2" * 32})
    assert (moved["changed"], told(moved)["policy_id"], told(moved)["certificate_id"]) == (True, "2" * 32, "2" * 32)


def test_a_domain_that_moves_to_a_policy_leaves_those_that_the_policy_has(cloud: Cloud) -> None:
    done(run(cloud, policy="storefront"))
    done(run(cloud, domain="other.example.com"))
    done(run(cloud, domain="other.example.com", policy="storefront"))
    assert {name: hosts(cloud)[name]["policy"] for name in ("docs.example.com", "other.example.com")} == dict.fromkeys(
        ("docs.example.com", "other.example.com"), "storefront"
    )


def test_a_policy_that_an_earlier_task_makes_is_planned(cloud: Cloud) -> None:
    predicted = cloud.run("waf_domain", {**DOCS, "policy": "new", "planned": True}, check=True)
    assert (predicted["changed"], told(predicted)["policy"], told(predicted)["policy_id"]) == (True, "new", None)
    assert "There is no WAF policy 'new'" in run(cloud, policy="new", planned=True)["msg"]
    assert cloud.writes() == []
    done(run(cloud, policy="storefront"))
    moved = cloud.run("waf_domain", {**DOCS, "policy": "new", "planned": True}, check=True, diff=True)
    assert (moved["diff"]["before"]["policy"], moved["diff"]["after"]["policy"], moved["diff"]["after"]["policy_id"]) == ("storefront", "new", None)


def test_case_means_nothing(cloud: Cloud) -> None:
    assert told(cloud.run("waf_domain", {**DOCS, "domain": "Docs.Example.COM"}, check=True))["domain"] == "docs.example.com"
    assert told(run(cloud, domain="Docs.Example.COM"))["domain"] == "docs.example.com"
    assert run(cloud, domain="DOCS.example.com")["changed"] is False
    assert len(done(cloud.run("waf_domain_info", {"domain": "DOCS.example.com"}))["domains"]) == 1
    old = Cloud({"domains": [{"hostname": "Docs.Example.com", "mode": "cloud", "server": [API_SERVER]}]})
    assert (old.run("waf_domain", {"domain": "Docs.Example.com", "servers": [SERVER]})["changed"], old.writes()) == (False, [])
    assert old.run("waf_domain", {"domain": "Docs.Example.com", "state": "absent"})["changed"] is True


def test_a_port_makes_another_domain_of_a_host_name(cloud: Cloud) -> None:
    plain, ported = told(run(cloud)), told(run(cloud, port=8444))
    assert plain["id"] != ported["id"]
    assert (ported["domain"], ported["port"]) == ("docs.example.com", 8444)
    assert "docs.example.com:8444" in hosts(cloud)
    assert done(cloud.run("waf_domain_info", {"domain": "docs.example.com"}))["domains"] == [plain, ported]
    assert done(cloud.run("waf_domain_info", {"domain": "docs.example.com", "port": 8444}))["domains"] == [ported]
    assert done(cloud.run("waf_domain_info", {"port": 8444}))["domains"] == [ported]
    assert "port of domain" in cloud.run("waf_domain", {"id": plain["id"], "port": 8444})["msg"]
    assert cloud.run("waf_domain", {"domain": "docs.example.com", "state": "absent"})["changed"] is True
    assert done(cloud.run("waf_domain_info", {"domain": "docs.example.com"}))["domains"] == [ported]


def test_a_host_name_in_both_modes_needs_the_mode_or_the_id() -> None:
    cloud = Cloud(BOTH_MODES)
    for state in ("present", "absent"):
        refused = cloud.run("waf_domain", {"domain": "shop.example.com", "state": state})
        assert "It is in WAF in more than one mode: cloud has the id " in refused["msg"] and "; dedicated" not in refused["msg"]
    both = done(cloud.run("waf_domain_info", {"domain": "shop.example.com"}))["domains"]
    assert sorted(one["mode"] for one in both) == ["cloud", "dedicated"]
    for one in both:
        assert told(cloud.run("waf_domain", {"domain": "shop.example.com", "mode": one["mode"]})) == one
        assert told(cloud.run("waf_domain", {"id": one["id"]})) == one
        assert done(cloud.run("waf_domain_info", {"mode": one["mode"]}))["domains"] == [one]
    assert cloud.writes() == []


@pytest.mark.parametrize("check", [False, True])
def test_a_domain_in_the_other_mode_is_refused_and_not_made_twice(cloud: Cloud, check: bool) -> None:
    result = cloud.run("waf_domain", {**DOCS, "domain": "shop.example.com", "mode": "dedicated"}, check=check)
    assert "mode of domain 'shop.example.com' is 'cloud' and cannot become 'dedicated'" in result["msg"]
    assert cloud.run("waf_domain", {"domain": "shop.example.com", "mode": "dedicated", "state": "absent"}, check=check)["changed"] is False
    assert cloud.writes() == []


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"servers": []}, "servers: a domain needs at least one server"),
        ({"servers": [ENCRYPTED]}, "certificate: a server whose front_protocol is https needs one"),
        ({"servers": [IN_VPC]}, "192.0.2.30 has a vpc_id, which is for dedicated mode only"),
        ({"mode": "dedicated"}, "192.0.2.30 has no vpc_id"),
        ({"servers": [{**SERVER, "type": "ipv6"}]}, "servers: 192.0.2.30 is not of the type ipv6"),
        ({"servers": [{**SERVER, "address": "192.0.2.300"}]}, "'192.0.2.300' is neither an IP address nor a host name"),
        ({"servers": [{**SERVER, "address": "http://origin.example.com"}]}, "is neither an IP address nor a host name"),
        ({"servers": [{**SERVER, "port": 0}]}, "servers: 0 is not a port"),
        ({"servers": [{**SERVER, "weight": -1}]}, "servers: -1 is not a weight"),
        ({"servers": [{**SERVER, "vpc_id": "a b"}]}, "'a b' is not the id of a VPC"),
        ({"domain": "docs.example.com:8080"}, "its port in port"),
        ({"domain": "docs"}, "domain: 'docs' is not allowed"),
        ({"domain": "docs.*.com"}, "domain: 'docs.*.com' is not allowed"),
        ({"domain": f"{'a' * 60}.io", "port": 8444}, "domain: with its port it is longer than 64 characters"),
        ({"port": 443}, "port: 443 is a standard port"),
        ({"port": 65536}, "port: 65536 is not a port"),
        ({"policy": "storefrnt"}, "There is no WAF policy 'storefrnt' (near: storefront)"),
        ({"certificate": "storefront-certificat"}, "There is no certificate 'storefront-certificat' (near: storefront-certificate)"),
        ({"certificate": "storefront-certificate", "domain": "docs.example.org"}, "does not cover 'docs.example.org'; it is for *.example.com"),
        ({"certificate": "storefront-certificate", "domain": "a.docs.example.com"}, "does not cover 'a.docs.example.com'"),
        ({"certificate": "storefront-certificate", "domain": "example.com"}, "does not cover 'example.com'"),
        ({"wait": True, "access_status": "disconnected"}, "wait: it waits for the domain to be connected"),
        ({"wait": True, "wait_timeout": 0}, "wait_timeout: 0 is not a number of seconds"),
        ({"enterprise_project_id": "all_granted_eps"}, "all_granted_eps is for reading only"),
        ({"id": "0" * 32}, "There is no domain with id"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_what_cannot_be_is_refused_before_anything_is_written(cloud: Cloud, wish: dict[str, t.Any], words: str, check: bool) -> None:
    assert words in cloud.run("waf_domain", {**DOCS, **wish}, check=check)["msg"]
    assert cloud.writes() == []


@pytest.mark.parametrize("wish", [{"domain": "other.example.com"}, {"description": "changed"}, {"mode": "dedicated"}])
def test_what_only_adding_sets_is_refused(cloud: Cloud, wish: dict[str, t.Any]) -> None:
    domain = told(run(cloud, description="first"))
    cloud.forget()
    result = cloud.run("waf_domain", {"id": domain["id"], **wish, "proxy": True})
    assert f"{next(iter(wish))} of domain 'docs.example.com' is" in result["msg"]
    assert cloud.writes() == []


@pytest.mark.parametrize("wildcard", ["*.example.com", "*"])
def test_a_wildcard_is_covered_by_the_same_wildcard(cloud: Cloud, wildcard: str) -> None:
    wish = {**INTERN, "domain": wildcard, "certificate": "storefront-certificate", "servers": [{**IN_VPC, "front_protocol": "https"}]}
    assert told(cloud.run("waf_domain", wish))["domain"] == wildcard


def test_a_certificate_that_has_expired_is_refused_and_one_whose_names_nobody_tells_is_not() -> None:
    cloud = Cloud({"certificates": [{"name": "old", "names": ["*.example.com"], "expire_time": 1_600_000_000_000}, {"name": "silent"}]})
    for fault in ([], [{"match": {"operation": "ListCertificates"}, "strip": ["exp_status"]}]):
        cloud.fault(*fault)
        assert "certificate: 'old' has expired" in run(cloud, certificate="old")["msg"]
    assert told(run(cloud, certificate="silent"))["certificate"] == "silent"
    # A certificate that the domain has is not looked at again.
    cloud.forget()
    assert run(cloud, certificate="silent")["changed"] is False
    assert "ListCertificates" not in [entry["operation"] for entry in cloud.journal()]


def test_a_certificate_for_http_only_is_allowed_and_found_by_id(cloud: Cloud) -> None:
    domain = told(run(cloud, certificate="storefront-certificate"))
    assert domain["certificate_id"]
    assert run(cloud, certificate=domain["certificate_id"])["changed"] is False
    other = told(run(cloud, domain="other.example.com", certificate=domain["certificate_id"]))
    assert other["certificate"] == "storefront-certificate"
    assert "ShowCertificate" not in [entry["operation"] for entry in cloud.journal()]


def test_other_notations_of_a_server_are_no_change(cloud: Cloud) -> None:
    done(run(cloud, servers=[{**SERVER, "address": "2001:db8::7"}, {**SERVER, "address": "Origin.Example.com"}]))
    again = [{**SERVER, "address": "origin.example.com", "weight": 1}, {**SERVER, "address": "2001:DB8:0::7", "type": "ipv6"}]
    assert run(cloud, servers=again)["changed"] is False
    for field, value in (("weight", 2), ("port", 8081), ("back_protocol", "https"), ("type", "ipv6")):
        assert run(cloud, servers=[{**again[0], field: value}, again[1]])["changed"] is True, field


def test_a_creation_that_breaks_off_says_what_is_live_and_the_next_run_completes_it(cloud: Cloud) -> None:
    cloud.fault({"match": {"operation": "UpdateHostAccessStatusOfUnderline"}, "times": 1, "status": 400, "body": INTERNAL})
    wish = {"protection": "suspended", "access_status": "connected"}
    message = run(cloud, **wish)["msg"]
    assert "What is live now: the domain was added, with the id " in message
    assert "; this was done: setting protection. Not done: setting access_status." in message
    result = run(cloud, **wish)
    assert (result["changed"], told(result)["access_status"]) == (True, "connected")
    assert operations(cloud).count("CreateHost") == operations(cloud).count("UpdateHostProtectStatus") == 1


def test_a_change_that_breaks_off_says_what_is_done(cloud: Cloud) -> None:
    done(run(cloud))
    cloud.fault({"match": {"operation": "UpdateHost"}, "times": 1, "status": 400, "body": INTERNAL})
    first = cloud.run("waf_domain", {**DOCS, "proxy": True})
    assert "nothing was written" in first["msg"]
    cloud.fault({"match": {"operation": "UpdateHost"}, "times": 1, "status": 400, "body": INTERNAL})
    message = run(cloud, policy="storefront", proxy=True)["msg"]
    assert "this was done: moving it to the new policy. Not done: changing its properties." in message


@pytest.mark.parametrize("drop", ["before", "after"])
@pytest.mark.parametrize("wish", [DOCS, INTERN])
def test_a_lost_answer_to_a_creation_makes_no_second_domain(cloud: Cloud, wish: dict[str, t.Any], drop: str, slept: list[float]) -> None:
    creation = "CreateHost" if wish is DOCS else "CreatePremiumHost"
    cloud.fault({"match": {"operation": creation}, "times": 1, "drop": drop})
    result = cloud.run("waf_domain", {**wish, "protection": "suspended"})
    assert operations(cloud).count(creation) == 1
    if drop == "after":
        assert (result["changed"], told(result)["protection"]) == (True, "suspended")
    else:
        assert "It is not there now" in result["msg"]
    assert sum(slept) > (0 if drop == "after" else 5) or drop == "after"


def test_a_lost_answer_to_a_change_is_sent_again_as_it_names_values(cloud: Cloud, slept: list[float]) -> None:
    done(run(cloud))
    cloud.fault({"match": {"operation": "UpdateHost"}, "times": 1, "drop": "after"})
    assert done(run(cloud, proxy=True, max_retries=1))["changed"] is True
    assert operations(cloud).count("UpdateHost") == 2
    assert slept


def test_a_domain_that_somebody_else_adds_meanwhile_is_taken_up(cloud: Cloud) -> None:
    done(run(cloud, proxy=True))
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, "times": 1, "status": 200, "body": {"total": 0, "items": []}})
    result = run(cloud, proxy=False)
    assert (result["changed"], told(result)["proxy"]) == (True, False)
    assert len([name for name in hosts(cloud) if name == "docs.example.com"]) == 1


def test_answers_that_lag_behind_a_write_are_waited_for(cloud: Cloud, slept: list[float]) -> None:
    cloud.fault(late("ShowHost", 1))
    assert told(run(cloud, protection="suspended"))["protection"] == "suspended"
    cloud.fault({"match": {"operation": "ShowHost"}, "times": 1}, late("ShowHost", 1))
    assert told(run(cloud, protection="bypass", proxy=True))["proxy"] is True
    assert slept == [0.5, 0.5]


def test_wait_waits_until_the_domain_is_connected(slept: list[float]) -> None:
    cloud = Cloud({"limits": {"connects_after": 5}})
    result = run(cloud, wait=True)
    assert (result["changed"], told(result)["access_status"]) == (True, "connected")
    assert slept == [1.0, 1.0, 2.0]
    cloud.forget()
    again = run(cloud, wait=True)
    assert (again["changed"], told(again)) == (False, told(result))
    assert len(slept) == 3


def test_wait_without_a_change_is_no_change(slept: list[float]) -> None:
    cloud = Cloud({"domains": [{"hostname": "docs.example.com", "mode": "premium", "server": [{**API_SERVER, "vpc_id": "vpc-1"}], "connects_after": 4}]})
    wish = {"domain": "docs.example.com", "wait": True}
    predicted = cloud.run("waf_domain", wish, check=True, diff=True)
    assert slept == []
    real = cloud.run("waf_domain", wish, diff=True)
    assert predicted == real
    assert (real["changed"], told(real)["access_status"], real["diff"]["before"]) == (False, "connected", real["diff"]["after"])
    assert slept and cloud.writes() == []


def test_wait_ends_with_a_deadline_that_the_message_names(cloud: Cloud, slept: list[float]) -> None:
    message = run(cloud, wait=True, wait_timeout=25)["msg"]
    assert "Could not wait for the domain 'docs.example.com': Within wait_timeout (25 s) and the deadline of the task, WAF did not tell that" in message
    assert "What is live now: the domain 'docs.example.com' is as the task says, with the id " in message
    assert sum(slept) == 25
    assert max(slept) <= 10
    del slept[:]
    assert "Within wait_timeout (300 s)" in run(cloud, wait=True)["msg"]
    assert sum(slept) == 300
    del slept[:]
    assert "and the deadline of the task, WAF did not tell" in run(cloud, wait=True, deadline=2)["msg"]
    assert sum(slept) == 2
    # What the task says is connected needs no wait.
    del slept[:]
    assert told(run(cloud, wait=True, access_status="connected"))["access_status"] == "connected"
    assert slept == []


def test_a_connection_that_is_skipped_is_shown_as_it_is() -> None:
    cloud = Cloud({"domains": [{"hostname": "docs.example.com", "mode": "cloud", "access_status": 2}]})
    assert done(cloud.run("waf_domain_info"))["domains"][0]["access_status"] == "2"
    assert told(cloud.run("waf_domain", {"domain": "docs.example.com", "access_status": "connected"}))["access_status"] == "connected"


@pytest.mark.parametrize(("keep", "left"), [(None, True), (True, True), (False, False)])
def test_the_policy_of_a_dedicated_domain_stays_unless_the_task_says_otherwise(cloud: Cloud, keep: bool | None, left: bool) -> None:
    policy = told(cloud.run("waf_domain", INTERN))["policy"]
    done(cloud.run("waf_domain", {"domain": "intern.example.com", "state": "absent", "keep_policy": keep}))
    assert (policy in [one["name"] for one in cloud.state()["policies"]]) is left


def test_a_policy_that_others_use_stays_anyhow(cloud: Cloud) -> None:
    done(cloud.run("waf_domain", {**INTERN, "policy": "storefront"}))
    done(cloud.run("waf_domain", {"domain": "intern.example.com", "state": "absent", "keep_policy": False}))
    assert [one["name"] for one in cloud.state()["policies"]] == ["storefront"]


@pytest.mark.parametrize("check", [False, True])
def test_a_removal_in_cloud_mode_always_keeps_the_policy(cloud: Cloud, check: bool) -> None:
    done(run(cloud))
    cloud.forget()
    refused = cloud.run("waf_domain", {"domain": "docs.example.com", "state": "absent", "keep_policy": False}, check=check)
    assert "keep_policy: in cloud mode WAF always keeps the policy" in refused["msg"]
    assert cloud.writes() == []
    assert done(cloud.run("waf_domain", {"domain": "docs.example.com", "state": "absent", "keep_policy": True}))["changed"] is True


@pytest.mark.parametrize("check", [False, True])
def test_a_domain_of_a_mode_that_nobody_knows_is_shown_and_not_touched(cloud: Cloud, check: bool) -> None:
    item = {"id": "a" * 32, "hostname": "shop.example.com", "waf_type": "elb"}
    cloud.fault({"match": {"operation": "ListCompositeHosts"}, "status": 200, "body": {"total": 1, "items": [item]}})
    assert done(cloud.run("waf_domain_info"))["domains"][0]["mode"] == "elb"
    for more in ({"proxy": True}, {"state": "absent"}):
        assert "is of the mode 'elb', which cannot be managed here" in cloud.run("waf_domain", {"domain": "shop.example.com", **more}, check=check)["msg"]
    assert cloud.writes() == []


@pytest.mark.parametrize("odd", [5, "text", [None], [{"address": 1}], {"a": 1}])
def test_servers_of_an_odd_shape_are_shown_as_they_are(cloud: Cloud, odd: t.Any) -> None:
    cloud.fault({"match": {"operation": "ShowHost"}, "times": 2, "status": 200, "body": {"server": odd, "hostname": "shop.example.com"}})
    assert odd in [one["servers"] for one in done(cloud.run("waf_domain_info"))["domains"]]
    before = hosts(cloud)["shop.example.com"]
    done(cloud.run("waf_domain", {"domain": "shop.example.com", "proxy": True}))
    assert hosts(cloud)["shop.example.com"] == {**before, "proxy": True}


def test_fields_that_an_answer_lacks_are_unknown(cloud: Cloud) -> None:
    done(run(cloud, description="kept", certificate="storefront-certificate", servers=[{**SERVER, "weight": 1}]))
    cloud.fault({"match": {"operation": "ShowHost"}, "strip": ["weight", "type", "description"]})
    assert run(cloud)["changed"] is False
    cloud.fault({"match": {"operation": "ShowPolicy"}, "status": 404, "body": {"error_code": "WAF.00022001", "error_msg": "gone"}})
    assert told(run(cloud))["policy"] is None


def test_the_enterprise_project_goes_with_every_call_that_takes_it(cloud: Cloud) -> None:
    for wish in (DOCS, INTERN):
        more = {"enterprise_project_id": "0", "certificate": "storefront-certificate", "access_status": "connected"}
        done(cloud.run("waf_domain", {**wish, **more}))
        done(cloud.run("waf_domain", {**wish, **more, "policy": "storefront", "protection": "suspended", "proxy": True}))
        done(cloud.run("waf_domain", {"domain": wish["domain"], "enterprise_project_id": "0", "state": "absent"}))
    without = {entry["operation"] for entry in cloud.journal() if "enterprise_project_id" not in entry["query"]}
    assert without == {"UpdateHostAccessStatusOfUnderline"}


def test_all_domains_are_told_over_all_pages() -> None:
    domains = [{"hostname": f"site-{number:03}.example.com", "mode": ("cloud", "premium")[number % 2]} for number in range(120)]
    cloud = Cloud({"policies": [{"name": "one"}], "domains": [{**one, "policy": "one"} for one in domains]})
    listed = done(cloud.run("waf_domain_info"))["domains"]
    assert [one["domain"] for one in listed] == [one["hostname"] for one in domains]
    assert {one["policy"] for one in listed} == {"one"}
    calls = [entry["operation"] for entry in cloud.journal()]
    assert (calls.count("ListCompositeHosts"), calls.count("ListPolicy"), calls.count("ShowPolicy")) == (2, 1, 0)


def test_no_run_sees_a_private_key(cloud: Cloud) -> None:
    done(run(cloud, certificate="storefront-certificate"))
    assert "key" not in {name for one in cloud.state()["certificates"] for name in one}


def test_progress_of_a_domain_that_an_earlier_task_adds_is_planned(cloud: Cloud) -> None:
    wish = {"domain": "Docs.example.com", "origin_whitelisted": "completed", "planned": True}
    predicted = cloud.run("waf_access_progress", wish, check=True, diff=True)
    assert predicted["changed"] is True
    assert (predicted["diff"]["before"]["origin_whitelisted"], predicted["diff"]["after"]["origin_whitelisted"]) == ("pending", "completed")
    assert (predicted["access_progress"]["id"], predicted["access_progress"]["domain"]) == (None, "docs.example.com")
    absent = cloud.run("waf_access_progress", {"domain": "docs.example.com", "planned": True, "state": "absent"}, check=True)
    assert (absent["changed"], absent["access_progress"]["dns_switched"]) == (False, "pending")
    assert "There is no domain" in cloud.run("waf_access_progress", wish)["msg"]
    assert cloud.writes() == []
    done(run(cloud))
    there = cloud.run("waf_access_progress", wish, check=True)
    assert there["access_progress"]["id"]
    real = done(cloud.run("waf_access_progress", wish))["access_progress"]
    assert {**real, "id": None, "mode": None} == predicted["access_progress"]
