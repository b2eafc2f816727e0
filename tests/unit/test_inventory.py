# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin: which hosts, variables and groups it makes of what accounts hold, and what it says where it cannot."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.manager import PATTERN_WITH_SUBSCRIPT, split_host_pattern

from ansible_collections.gatehouse.huaweicloud.plugins.inventory.waf_domains import ARGUMENTS
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_inventory import named
from inventories import KEYS, NAME, REGION, Clouds, described, told

EAST = "cn-east-3"
SECRET = KEYS["secret_key"]
STOREFRONT: dict[str, t.Any] = {
    "policies": [{"name": "storefront"}, {"name": "checkout", "level": 3}],
    "certificates": [{"name": "all", "names": ["*.example.com"]}],
    "domains": [
        {
            "hostname": "shop.example.com",
            "mode": "cloud",
            "policy": "storefront",
            "access_status": 1,
            "access_code": "code",
            "access_progress": [{"step": 1, "status": 1}, {"step": 2, "status": 2}],
            "certificate": "all",
            "description": "{{ 1 + 1 }}",
            "server": [{"front_protocol": "HTTPS", "back_protocol": "HTTP", "address": "192.0.2.1", "port": 80, "type": "ipv4"}],
        },
        {"hostname": "pay.example.com:8443", "mode": "premium", "policy": "checkout", "protect_status": 0, "enterprise_project_id": "finance"},
        {"hostname": "*.example.com", "mode": "cloud", "policy": "storefront", "protect_status": -1, "enterprise_project_id": "shops"},
    ],
    "gateways": [{"name": "front-gate"}],
}
OTHER: dict[str, t.Any] = {
    "projects": [{"id": "e" * 32, "name": EAST}],
    "policies": [{"name": "storefront"}],
    "domains": [{"hostname": "shop.example.com", "mode": "cloud", "policy": "storefront"}, {"hostname": "new.example.com", "mode": "cloud"}],
}
THREE = {"_wildcard.example.com", "pay.example.com_8443", "shop.example.com"}


@pytest.fixture
def clouds() -> Clouds:
    return Clouds({REGION: STOREFRONT, EAST: OTHER})


def everything(tmp_path: Path, clouds: Clouds, **said: t.Any) -> t.Any:
    return told(tmp_path, clouds, enterprise_project_id="all_granted_eps", **said)


# Hosts and their variables


def test_each_domain_is_a_host_with_what_the_lists_tell(tmp_path: Path, clouds: Clouds) -> None:
    inventory = everything(tmp_path, clouds)
    assert set(inventory.hosts) == THREE == set(inventory.group("waf_domains"))
    shop = inventory.hosts["shop.example.com"]
    assert re.fullmatch("[0-9a-f]{32}", shop.pop("waf_id")) and re.fullmatch("[0-9a-f]{32}", shop.pop("waf_policy_id"))
    assert shop == {
        "waf_domain": "shop.example.com",
        "waf_hostname": "shop.example.com",
        "waf_port": None,
        "waf_mode": "cloud",
        "waf_policy": "storefront",
        "waf_protection": "on",
        "waf_access_status": "connected",
        "waf_cname": "code.vip1.huaweicloudwaf.com",
        "waf_origin_whitelisted": "completed",
        "waf_verified_locally": "skipped",
        "waf_dns_switched": "pending",
        "waf_account": None,
        "waf_region": REGION,
        "waf_project_id": "0123456789abcdef0123456789abcdef",
        "waf_enterprise_project_id": None,
    }
    pay = inventory.hosts["pay.example.com_8443"]
    told_of_pay = {"waf_domain": "pay.example.com", "waf_port": 8443, "waf_mode": "dedicated", "waf_protection": "suspended", "waf_cname": None}
    assert {name: pay[name] for name in told_of_pay} == told_of_pay
    assert pay["waf_enterprise_project_id"] == "finance"
    assert inventory.hosts["_wildcard.example.com"]["waf_domain"] == "*.example.com"
    group = inventory.data.groups["waf_domains"].vars
    assert group == {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    assert inventory.warnings == []


def test_the_lists_are_all_that_is_asked(tmp_path: Path) -> None:
    many = {"policies": [{"name": "p"}], "domains": [{"hostname": f"{n}.example.com", "mode": "cloud", "policy": "p"} for n in range(250)]}
    many["limits"] = {"domains": 500}
    clouds = Clouds({REGION: many})
    inventory = told(tmp_path, clouds)
    assert len(inventory.hosts) == 250
    operations = [entry["operation"] for entry in clouds.control(REGION, "GET", "journal")]
    assert operations.count("ListCompositeHosts") == 3
    assert sorted(set(operations)) == ["KeystoneListProjects", "ListCompositeHosts", "ListPolicy"]


def test_details_are_read_of_the_domains_that_are_left_only(tmp_path: Path, clouds: Clouds) -> None:
    inventory = everything(tmp_path, clouds, details=True, filters={"modes": ["cloud"], "policies": ["storefront"], "domains": ["SHOP.*"]})
    shop = inventory.hosts["shop.example.com"]
    assert (shop["waf_certificate"], shop["waf_proxy"], shop["waf_description"]) == ("all", False, "{{ 1 + 1 }}")
    assert [server["address"] for server in shop["waf_servers"]] == ["192.0.2.1"]
    operations = [entry["operation"] for entry in clouds.control(REGION, "GET", "journal")]
    assert [name for name in operations if name.startswith("Show")] == ["ShowHost"]
    assert "waf_servers" not in everything(tmp_path, clouds).hosts["shop.example.com"]


def test_policies_and_gateways_are_hosts_where_asked_for(tmp_path: Path, clouds: Clouds) -> None:
    inventory = everything(tmp_path, clouds, include=["policies", "gateways"], filters={"policies": ["checkout"]})
    assert set(inventory.hosts) == {"policy_checkout", "gateway_front-gate"}
    assert inventory.group("waf_policies") == ["policy_checkout"] and inventory.group("apig_gateways") == ["gateway_front-gate"]
    policy, gateway = inventory.hosts["policy_checkout"], inventory.hosts["gateway_front-gate"]
    assert [policy[f"waf_policy{part}"] for part in ("", "_level", "_mode", "_full_detection")] == ["checkout", "high", "log", False]
    assert policy["waf_policy_options"]["cc"] is True
    assert (gateway["apig_gateway"], gateway["apig_status"], gateway["waf_region"]) == ("front-gate", "Running", REGION)
    assert "ListCompositeHosts" not in [entry["operation"] for entry in clouds.control(REGION, "GET", "journal")]
    assert inventory.data.groups["waf_policies"].vars["ansible_connection"] == inventory.data.groups["apig_gateways"].vars["ansible_connection"] == "local"


def test_what_an_answer_lacks_is_null(tmp_path: Path, clouds: Clouds) -> None:
    keys = ("waf_type", "policyid", "protect_status", "access_status", "access_code", "hostname")
    clouds.control(REGION, "POST", "faults", [{"match": {"operation": "ListCompositeHosts"}, "strip": list(keys)}])
    inventory = everything(tmp_path, clouds)
    assert len(inventory.hosts) == 3
    for name, host in inventory.hosts.items():
        assert name == f"domain_{host['waf_id']}"
        assert {host[f"waf_{part}"] for part in ("mode", "policy", "protection", "access_status", "cname", "hostname")} == {None}


# Names


def host(domain: str, **more: t.Any) -> dict[str, t.Any]:
    name, _colon, port = domain.partition(":")
    told_of_all = {"waf_hostname": domain, "waf_domain": name, "waf_port": int(port) if port else None, "waf_mode": "cloud", "waf_region": "r1"}
    return {**told_of_all, "waf_account": None, "waf_enterprise_project_id": None, "waf_id": f"id-{domain}-{sorted(more.items())}", **more}


@pytest.mark.parametrize(
    ("hosts", "names"),
    [
        ([host("a.example.com"), host("b.example.com")], ["a.example.com", "b.example.com"]),
        ([host("A.Example.com")], ["a.example.com"]),
        ([host("*.example.com"), host("*"), host("*.a.example.com:81")], ["_wildcard.example.com", "_wildcard", "_wildcard.a.example.com_81"]),
        ([host("a.example.com"), host("a.example.com:8443")], ["a.example.com", "a.example.com_8443"]),
        ([host("a.example.com"), host("a.example.com", waf_mode="dedicated")], ["a.example.com_cloud", "a.example.com_dedicated"]),
        (
            [host("a.example.com"), host("a.example.com", waf_mode="dedicated"), host("a.example.com", waf_region="r2")],
            ["a.example.com_cloud_r1", "a.example.com_dedicated_r1", "a.example.com_cloud_r2"],
        ),
        ([host("a.example.com", waf_account="x:y"), host("a.example.com", waf_account="z")], ["a.example.com_x_y", "a.example.com_z"]),
        ([host("a.example.com", waf_id="1"), host("a.example.com", waf_id="2")], ["a.example.com_1", "a.example.com_2"]),
        # What is appended makes the name of another.
        (
            [host("a.example.com"), host("a.example.com", waf_mode="dedicated", waf_id="2"), host("a.example.com_dedicated", waf_id="3")],
            ["a.example.com_cloud", "a.example.com_dedicated_2", "a.example.com_dedicated_3"],
        ),
    ],
)
def test_a_name_is_unique_whatever_the_order(hosts: list[dict[str, t.Any]], names: list[str]) -> None:
    for order in (list(range(len(hosts))), list(reversed(range(len(hosts))))):
        made = named({"domains": [hosts[number] for number in order]})["domains"]
        assert {name: one["waf_id"] for name, one in made.items()} == {name: one["waf_id"] for name, one in zip(names, hosts)}
    for name in names:
        assert split_host_pattern(name) == [name]
        assert re.fullmatch(r"[\w.-]+", name)
        assert not PATTERN_WITH_SUBSCRIPT.match(name)


def test_the_name_of_a_domain_does_not_depend_on_filters(tmp_path: Path, clouds: Clouds) -> None:
    twice = {**OTHER, "domains": [{"hostname": "a.example.com", "mode": mode} for mode in ("cloud", "premium")]}
    inventory = told(tmp_path, Clouds({EAST: twice}), region=EAST, filters={"modes": "dedicated"})
    assert set(inventory.hosts) == {"a.example.com_dedicated"}


# Groups


def test_domains_are_grouped_by_what_they_are(tmp_path: Path, clouds: Clouds) -> None:
    inventory = everything(tmp_path, clouds)
    shop, pay, star = "shop.example.com", "pay.example.com_8443", "_wildcard.example.com"
    assert {name: inventory.group(name) for name in inventory.groups} == {
        "waf_domains": sorted(THREE),
        "waf_policy_storefront": [star, shop],
        "waf_policy_checkout": [pay],
        "waf_mode_cloud": [star, shop],
        "waf_mode_dedicated": [pay],
        "waf_protection_on": [shop],
        "waf_protection_suspended": [pay],
        "waf_protection_bypass": [star],
        "waf_access_connected": [shop],
        "waf_access_disconnected": [star, pay],
        "waf_enterprise_project_finance": [pay],
        "waf_enterprise_project_shops": [star],
        "waf_region_cn_north_4": sorted(THREE),
    }
    assert everything(tmp_path, clouds, default_groups=False).groups == {"waf_domains"}


def test_groups_of_the_file_are_made_of_variables(tmp_path: Path, clouds: Clouds) -> None:
    inventory = everything(
        tmp_path,
        clouds,
        default_groups=False,
        compose={"label": "waf_domain | upper"},
        groups={"waiting": "waf_dns_switched == 'pending' and label.startswith('SHOP')"},
        keyed_groups=[
            {"key": "waf_mode", "prefix": "", "separator": "", "parent_group": "modes"},
            {"key": "waf_port | default('', true) | string", "prefix": "port"},
        ],
    )
    assert inventory.hosts["shop.example.com"]["label"] == "SHOP.EXAMPLE.COM"
    assert inventory.group("waiting") == ["shop.example.com"]
    assert inventory.group("dedicated") == inventory.group("port_8443") == ["pay.example.com_8443"]
    assert {child.name for child in inventory.data.groups["modes"].child_groups} == {"cloud", "dedicated"}


@pytest.mark.parametrize("said", [{"compose": {"x": "nothing.at.all"}}, {"groups": {"x": "nothing.at.all"}}, {"keyed_groups": [{"key": "nothing.at.all"}]}])
def test_what_cannot_be_composed_is_left_out_unless_strict(tmp_path: Path, clouds: Clouds, said: dict[str, t.Any]) -> None:
    assert set(everything(tmp_path, clouds, **said).hosts) == THREE
    with pytest.raises(AnsibleError, match="nothing"):
        everything(tmp_path, clouds, strict=True, **said)


def test_two_policies_whose_groups_have_one_name_are_told(tmp_path: Path) -> None:
    names = ("a-b", "a_b")
    domains = [{"hostname": f"{number}.example.com", "mode": "cloud", "policy": name} for number, name in enumerate(names)]
    seed = {"policies": [{"name": name} for name in names], "domains": domains}
    inventory = told(tmp_path, Clouds({REGION: seed}))
    assert [text for text in inventory.warnings if "waf_policy_a_b" in text and "waf_policy_a-b" in text]


# Filters


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"policies": ["storefront"]}, {"shop.example.com", "_wildcard.example.com"}),
        ({"policies": ["storefront"], "protection": ["bypass"]}, {"_wildcard.example.com"}),
        ({"modes": ["dedicated"]}, {"pay.example.com_8443"}),
        ({"modes": "dedicated"}, {"pay.example.com_8443"}),
        ({"protection": [True, "bypass"]}, {"shop.example.com", "_wildcard.example.com"}),
        ({"protection": True}, {"shop.example.com"}),
        ({"access_status": ["connected"]}, {"shop.example.com"}),
        ({"domains": ["S*", "pay.example.com"]}, {"shop.example.com", "pay.example.com_8443"}),
        ({"domains": ["*:8443"]}, {"pay.example.com_8443"}),
        ({"domains": ["[*].example.com"]}, {"_wildcard.example.com"}),
        # As AWX renders fields that nobody filled.
        ({"domains": "", "modes": [], "policies": [""]}, THREE),
        ("", THREE),
    ],
)
def test_filters_have_to_fit_all(tmp_path: Path, clouds: Clouds, filters: t.Any, left: set[str]) -> None:
    inventory = everything(tmp_path, clouds, filters=filters)
    assert set(inventory.hosts) == left
    assert inventory.warnings == []


def test_enterprise_projects_are_read_one_by_one(tmp_path: Path, clouds: Clouds) -> None:
    inventory = told(tmp_path, clouds, include=["domains", "gateways"], filters={"enterprise_project_ids": ["finance", "shops"]})
    assert inventory.group("waf_enterprise_project_shops") == ["_wildcard.example.com"]
    # That of shop.example.com is not told by the cloud: each project shows it, and it is there once.
    assert inventory.group("waf_enterprise_project_finance") == ["pay.example.com_8443", "shop.example.com"]
    operations = [entry["operation"] for entry in clouds.control(REGION, "GET", "journal")]
    assert operations.count("ListInstancesV2") == 1


def test_filters_that_leave_nothing_and_policies_that_are_not_there_are_told(tmp_path: Path, clouds: Clouds) -> None:
    inventory = everything(tmp_path, clouds, filters={"policies": ["storefrnt"]})
    assert inventory.hosts == {} and inventory.group("waf_domains") == []
    assert any("no WAF policy 'storefrnt' (near: storefront)" in text for text in inventory.warnings)
    assert any("leave none of the 3 domains" in text for text in inventory.warnings)


# Accounts and regions


def test_several_regions_are_one_inventory(tmp_path: Path, clouds: Clouds) -> None:
    # The project of the environment is that of one region.
    inventory = told(tmp_path, clouds, region=None, regions=[REGION, EAST], environment={"HW_PROJECT_ID": "0123456789abcdef0123456789abcdef"})
    names = {"shop.example.com_cn-north-4", "shop.example.com_cn-east-3", "new.example.com"}
    assert set(inventory.hosts) == names
    assert inventory.hosts["new.example.com"]["waf_project_id"] == "e" * 32
    assert inventory.group("waf_region_cn_east_3") == ["new.example.com", "shop.example.com_cn-east-3"]
    # A policy of one name in two regions makes one group.
    assert inventory.group("waf_policy_storefront") == ["shop.example.com_cn-east-3", "shop.example.com_cn-north-4"]
    assert not [name for name in inventory.groups if name.startswith("waf_account")]


def test_several_accounts_are_one_inventory(tmp_path: Path) -> None:
    banks = {"access_key": "BANKS0000000000KEY01", "secret_key": "gatehouse-banks-secret-000000000000001"}
    clouds = Clouds({REGION: STOREFRONT, EAST: {**OTHER, "keys": [banks]}})
    inventory = told(
        tmp_path,
        clouds,
        **KEYS,
        accounts=[{"name": "shops", "enterprise_project_id": "shops"}, {"name": "banks", "region": EAST, **banks}],
    )
    assert inventory.group("waf_account_banks") == ["new.example.com", "shop.example.com_cn-east-3_banks"]
    assert inventory.hosts["_wildcard.example.com"]["waf_account"] == "shops"
    assert inventory.hosts["_wildcard.example.com"]["waf_enterprise_project_id"] == "shops"


def test_an_account_with_credentials_of_its_own_gets_none_of_the_file(tmp_path: Path, clouds: Clouds) -> None:
    with pytest.raises(AnsibleError, match="account 'banks'.*secret_key"):
        told(tmp_path, clouds, **KEYS, accounts=[{"name": "banks", "access_key": "BANKS0000000000KEY01"}])
    assert clouds.requests == []


def test_an_agency_is_assumed_with_the_keys_of_the_file(tmp_path: Path, clouds: Clouds) -> None:
    agency = {"agency_name": "gatehouse-demo-agency", "domain_name": "gatehouse-demo"}
    inventory = told(tmp_path, clouds, **KEYS, accounts=[{"name": "shops", "assume_agency": agency}])
    assert inventory.group("waf_account_shops") == ["shop.example.com"]


# What goes wrong


def test_a_dead_network_is_told_with_account_and_region(tmp_path: Path, clouds: Clouds) -> None:
    with pytest.raises(AnsibleError) as caught:
        told(tmp_path, clouds, accounts=[{"name": "shops", "region": "eu-west-0", "project_id": "f" * 32, **KEYS}])
    text = str(caught.value)
    assert "account 'shops', region 'eu-west-0'" in text and "list the domains of WAF" in text
    assert len(clouds.requests) == 1
    assert "on_unreadable" not in text


def test_wrong_keys_are_tried_once(tmp_path: Path, clouds: Clouds) -> None:
    wrong = {"access_key": KEYS["access_key"], "secret_key": "gatehouse-wrong-secret-0000000000000002"}
    with pytest.raises(AnsibleError) as caught:
        told(tmp_path, clouds, **wrong, region=None, regions=[REGION, EAST], include=["domains", "policies", "gateways"], max_retries=5)
    assert len(clouds.requests) == 1
    assert "APIGW.0301" in str(caught.value) and "check access_key and secret_key" in str(caught.value)
    assert f"region '{EAST}': Not tried" in str(caught.value)
    assert wrong["secret_key"] not in str(caught.value)


def test_an_account_that_is_half_readable_is_an_error_or_a_warning(tmp_path: Path, clouds: Clouds) -> None:
    refusal = {"status": 403, "body": {"error_code": "WAF.00012003", "error_msg": "Permission denied"}}
    clouds.control(REGION, "POST", "faults", [{"match": {"operation": "ListPolicy"}, **refusal}])
    with pytest.raises(AnsibleError) as caught:
        told(tmp_path, clouds)
    text = str(caught.value)
    assert "Could not list the WAF policies: Permission denied" in text and "Ask for a role" in text and "set on_unreadable to warn" in text
    inventory = told(tmp_path, clouds, on_unreadable="warn")
    assert inventory.hosts["shop.example.com"]["waf_policy"] is None
    assert len(inventory.hosts["shop.example.com"]["waf_policy_id"]) == 32
    assert any("list the WAF policies" in warning for warning in inventory.warnings)
    operations = {entry["operation"] for entry in clouds.control(REGION, "GET", "journal")}
    assert "ShowPolicy" not in operations


def test_half_a_list_is_no_list(tmp_path: Path) -> None:
    clouds = Clouds({REGION: {"domains": [{"hostname": f"{n}.example.com", "mode": "cloud"} for n in range(150)], "limits": {"domains": 200}}})
    listing = {"match": {"operation": "ListCompositeHosts"}}
    for said in ({}, {"include": ["domains", "policies"], "on_unreadable": "warn"}):
        clouds.control(REGION, "DELETE", "faults")
        clouds.control(REGION, "POST", "faults", [{**listing, "times": 1, "delay": 0}, {**listing, "status": 500, "body": {"error_code": "WAF.00010001"}}])
        if said:
            assert told(tmp_path, clouds, **said).hosts == {}
        else:
            with pytest.raises(AnsibleError, match="list the domains"):
                told(tmp_path, clouds, **said)
        answers = [entry["status"] for entry in clouds.control(REGION, "GET", "journal") if entry["operation"] == "ListCompositeHosts"]
        assert answers[-2:] == [200, 500]


def test_one_region_that_cannot_be_read_is_a_warning_where_asked_for(tmp_path: Path, clouds: Clouds) -> None:
    said = {"region": None, "regions": [REGION, "eu-west-0"]}
    with pytest.raises(AnsibleError, match="region 'eu-west-0'"):
        told(tmp_path, clouds, **said)
    inventory = told(tmp_path, clouds, **said, on_unreadable="warn")
    assert set(inventory.hosts) == {"shop.example.com"}
    assert any("the inventory lacks it: region 'eu-west-0'" in warning for warning in inventory.warnings)
    with pytest.raises(AnsibleError, match="eu-west-0.*eu-west-1"):
        told(tmp_path, clouds, region=None, regions=["eu-west-0", "eu-west-1"], on_unreadable="warn")


def test_an_empty_account_is_a_warning_and_an_empty_group(tmp_path: Path) -> None:
    clouds = Clouds({REGION: {}})
    inventory = told(tmp_path, clouds, include=["domains", "gateways"])
    assert inventory.hosts == {} and inventory.group("waf_domains") == inventory.group("apig_gateways") == []
    first, second = inventory.warnings
    assert "There are no domains in region 'cn-north-4'." in first and "enterprise_project_id" in first
    assert "There are no gateways in region 'cn-north-4'." in second and "apig:instances:list" in second


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"reigons": [EAST]}, "There is no option 'reigons' (near: regions"),
        ({"max_concurrency": 0}, "max_concurrency: 0 is not a number from 1 to 64"),
        ({"include": ["domain"]}, "include"),
        ({"filters": {"mode": ["cloud"]}}, "mode"),
        ({"filters": {"modes": ["premium"]}}, "premium"),
        ({"accounts": [{"region": EAST}]}, "name"),
        ({"accounts": [{"name": "a", "regoin": EAST}]}, "regoin"),
        ({"regions": [REGION, EAST], "project_id": "0" * 32}, "it belongs to one region"),
        ({"region": None}, "region"),
        ({"timeout": -1}, "timeout"),
        ({"region": "{{ nothing }}"}, "nothing"),
        ({"access_key": None, "secret_key": None, "credential_source": "environment"}, "credentials"),
    ],
)
def test_what_a_file_gets_wrong_is_told(tmp_path: Path, clouds: Clouds, said: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(AnsibleError) as caught:
        told(tmp_path, clouds, **said)
    assert reason in str(caught.value)
    assert SECRET not in str(caught.value)
    assert clouds.requests == []


def test_a_defect_of_ours_shows_no_secret(tmp_path: Path, clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*words: t.Any) -> t.Any:
        raise RuntimeError(f"it was {SECRET}")

    monkeypatch.setattr("ansible_collections.gatehouse.huaweicloud.plugins.inventory.waf_domains.read", broken)
    with pytest.raises(AnsibleError, match="defect") as caught:
        told(tmp_path, clouds)
    assert SECRET not in str(caught.value) and caught.value.__cause__ is None


def test_what_the_client_warns_of_is_told_once(tmp_path: Path, clouds: Clouds) -> None:
    inventory = told(tmp_path, clouds, region=None, regions=[REGION, EAST], environment={"HW_INSECURE": "true"})
    assert len([warning for warning in inventory.warnings if "HW_INSECURE" in warning]) == 1


# What files say


def test_empty_options_count_as_not_set(tmp_path: Path, clouds: Clouds) -> None:
    empty = dict.fromkeys(("project_id", "timeout", "validate_certs", "regions", "accounts", "endpoints", "max_concurrency", "on_unreadable", "cache"), "")
    assert set(told(tmp_path, clouds, **empty).hosts) == {"shop.example.com"}


def test_options_may_be_templates(tmp_path: Path, clouds: Clouds) -> None:
    text = f"""
plugin: {NAME}
accounts:
  - name: "{{{{ 'sho' ~ 'ps' }}}}"
    access_key: "{{{{ lookup('env', 'SHOPS_KEY') }}}}"
    secret_key: "{{{{ lookup('env', 'SHOPS_SECRET') }}}}"
    regions: "{{{{ ['{REGION}', '{EAST}'] }}}}"
filters:
  domains: "{{{{ 'new.' ~ 'example.com' }}}}"
"""
    inventory = told(tmp_path, clouds, text, environment={"SHOPS_KEY": KEYS["access_key"], "SHOPS_SECRET": SECRET})
    assert inventory.group("waf_account_shops") == ["new.example.com"]


# The cache


def cached(tmp_path: Path, clouds: Clouds, use: bool = True, **said: t.Any) -> t.Any:
    """An inventory that is kept in files; use is false where a run asks for a fresh one."""
    kept = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "kept")}
    return told(tmp_path, clouds, None, use, **{**kept, "enterprise_project_id": "all_granted_eps", **said})


def test_a_second_run_is_answered_by_the_cache(tmp_path: Path, clouds: Clouds) -> None:
    said: dict[str, t.Any] = {"include": ["domains", "policies"]}
    first = cached(tmp_path, clouds, **said)
    asked = len(clouds.requests)
    again = cached(tmp_path, clouds, **said)
    assert len(clouds.requests) == asked > 0
    assert (again.hosts, again.groups) == (first.hosts, first.groups)
    # Other filters and groups are made of what is kept.
    few = cached(tmp_path, clouds, **said, filters={"modes": ["dedicated"]}, default_groups=False)
    assert set(few.hosts) == {"pay.example.com_8443", "policy_checkout", "policy_storefront"}
    assert len(clouds.requests) == asked
    # What is not kept is asked for, and so is everything where a run says so.
    assert "gateway_front-gate" in cached(tmp_path, clouds, include=["domains", "policies", "gateways"]).hosts
    assert len(clouds.requests) > asked
    asked = len(clouds.requests)
    assert set(cached(tmp_path, clouds, False).hosts) == THREE
    assert len(clouds.requests) > asked


def test_the_cache_holds_no_credentials(tmp_path: Path, clouds: Clouds) -> None:
    cached(tmp_path, clouds)
    (file,) = (tmp_path / "kept").iterdir()
    text = file.name + file.read_text(encoding="utf-8")
    assert "shop.example.com" in text
    assert SECRET not in text and KEYS["access_key"] not in text


def test_details_are_kept_for_the_filters_they_were_read_with(tmp_path: Path, clouds: Clouds) -> None:
    cached(tmp_path, clouds, details=True, filters={"modes": ["dedicated"]})
    shop = cached(tmp_path, clouds, details=True, filters={"modes": ["cloud"]}).hosts["shop.example.com"]
    assert shop["waf_certificate"] == "all"


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda held: {**held, "schema": 0},
        lambda held: {**held, "asked": "another"},
        lambda held: {**held, "hosts": ["a"]},
        lambda held: {**held, "hosts": {"domains": ["a"]}},
        lambda held: {},
    ],
)
def test_a_cache_of_another_kind_is_read_anew(tmp_path: Path, clouds: Clouds, spoiled: t.Callable[[t.Any], t.Any]) -> None:
    cached(tmp_path, clouds)
    (file,) = (tmp_path / "kept").iterdir()
    whole = json.loads(file.read_text(encoding="utf-8"))
    # From ansible-core 2.19 on what is kept is a text in an envelope.
    held = json.loads(whole["__payload__"]) if "__payload__" in whole else whole
    assert held["hosts"]["domains"]
    changed = spoiled(held)
    file.write_text(json.dumps({"__payload__": json.dumps(changed)} if "__payload__" in whole else changed), encoding="utf-8")
    asked = len(clouds.requests)
    assert set(cached(tmp_path, clouds).hosts) == THREE
    assert len(clouds.requests) > asked


def test_what_lacks_a_part_is_not_kept(tmp_path: Path, clouds: Clouds) -> None:
    said = {"region": None, "regions": [REGION, "eu-west-0"], "on_unreadable": "warn"}
    cached(tmp_path, clouds, **said)
    asked = len(clouds.requests)
    assert cached(tmp_path, clouds, **said).warnings
    assert len(clouds.requests) > asked


def test_a_cache_of_one_region_or_caller_is_not_for_another(tmp_path: Path, clouds: Clouds) -> None:
    cached(tmp_path, clouds, region=None, environment={"HW_REGION_NAME": REGION})
    assert "new.example.com" in cached(tmp_path, clouds, region=None, environment={"HW_REGION_NAME": EAST}).hosts
    assert "new.example.com" not in cached(tmp_path, clouds, region=REGION).hosts
    assert "new.example.com" in cached(tmp_path, clouds, region=EAST).hosts
    with pytest.raises(AnsibleError):
        cached(tmp_path, clouds, region=EAST, access_key="ANOTHER0000000KEY0001")
    asked = len(clouds.requests)
    cached(tmp_path, clouds, accounts=[{"name": "one", "region": EAST, **KEYS}])
    assert len(clouds.requests) > asked


# What is written down in several places


def test_the_documentation_has_the_options_that_are_checked() -> None:
    options = described()
    assert set(ARGUMENTS) <= set(options)

    def agree(arguments: t.Mapping[str, t.Any], documented: t.Mapping[str, t.Any], where: str) -> None:
        for name, argument in arguments.items():
            for key in ("type", "elements", "choices", "required", "default"):
                assert (documented[name].get(key) or None) == (argument.get(key) or None), f"{where}{name}: {key}"

    agree(ARGUMENTS, options, "")
    agree({name: ARGUMENTS["accounts"]["options"][name] for name in options["accounts"]["suboptions"]}, options["accounts"]["suboptions"], "accounts.")
    assert set(ARGUMENTS["filters"]["options"]) == set(options["filters"]["suboptions"])
    agree(ARGUMENTS["filters"]["options"], options["filters"]["suboptions"], "filters.")
