# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets whose requests go wrong: what is known afterwards, what a report tells of it, what a later step and the next run make of it."""

from __future__ import annotations

import typing as t

from cloud import Cloud
from gatehouse_emulator.account import DEMO
from rulesets import actions, cloud_with, held, reads, rule, run
from wishes import done, operations

LOST = {"drop": "after"}
ODD = {"status": 400, "body": {"error_code": "WAF.00021016", "error_msg": "odd"}}


def spoil(cloud: Cloud, operation: str, effect: t.Mapping[str, t.Any], after: int = 0, times: int = 1) -> None:
    """Let requests go wrong, after some that do not."""
    fine = [{"match": {"operation": operation}, "times": after}] if after else []
    cloud.fault(*fine, {"match": {"operation": operation}, "times": times, **effect})


# What is known after an answer was lost


def test_an_update_whose_answer_was_lost_is_told_as_it_is(cloud: Cloud) -> None:
    # So many that the list is not read again.
    cloud = cloud_with({"one": ["Peru"], **{f"rule-{number}": [f"Place {number}"] for number in range(1, 100)}})
    spoil(cloud, "UpdateGeoipRule", LOST)
    result = done(run(cloud, rule("one", "Cuba")))
    assert [one["locations"] for one in result["geoip_rules"]] == [["Cuba"]]


def test_a_rule_whose_removal_was_lost_is_made_anew(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Peru"], "two": ["Cuba"]})
    spoil(cloud, "DeleteGeoipRule", LOST)
    done(run(cloud, rule("one", "Cuba"), rule("two", "Peru")))
    assert held(cloud) == {"one": {"Cuba"}, "two": {"Peru"}}
    assert operations(cloud) == ["DeleteGeoipRule", "UpdateGeoipRule", "CreateGeoipRule"]


# Lists of all policies that tell less than there is, or what was there before


def many(*policies: str) -> Cloud:
    """Policies with a rule each."""
    rules = [{"id": f"{number:032x}", "name": "embargo", "geoip": "Peru", "white": 0} for number, _policy in enumerate(policies, 1)]
    return Cloud({"policies": [{"name": policy, "options": {"geoip": True}, "geoip_rules": [one]} for policy, one in zip(policies, rules)]})


POLICIES = ("one", "two", "three", "four", "five")
NOTHING = {"status": 200, "body": {"total": 0, "items": []}}


def test_what_shall_go_is_looked_for_where_a_list_of_all_policies_lacks_it(cloud: Cloud) -> None:
    cloud = many(*POLICIES)
    spoil(cloud, "ListGeoIpPolicyRules", NOTHING, times=100)
    gone = [{"policy": policy, "name": "embargo", "state": "absent"} for policy in POLICIES]
    assert len(actions(done(run(cloud, *gone, policy=None, max_concurrency=1)))) == 5
    assert [held(cloud, policy) for policy in POLICIES] == [{}] * 5


def test_what_an_item_changes_is_looked_for_where_a_list_of_all_policies_lacks_it(cloud: Cloud) -> None:
    cloud = many(*POLICIES)
    spoil(cloud, "ListGeoIpPolicyRules", NOTHING, times=100)
    # By its id, and without what a creation needs.
    wish = [{"policy": "one", "id": f"{1:032x}", "action": "log"}, *({"policy": policy, "name": "embargo", "locations": ["Cuba"]} for policy in POLICIES[1:])]
    assert len(actions(done(run(cloud, *wish, policy=None, max_concurrency=1)))) == 5
    assert [held(cloud, policy) for policy in POLICIES[1:]] == [{"embargo": {"Cuba"}}] * 4
    assert "CreateGeoipRule" not in operations(cloud)


def test_a_list_of_all_policies_from_yesterday_makes_nothing_twice(cloud: Cloud) -> None:
    cloud = many(*POLICIES)
    told = cloud.run("waf_geoip_rule_info", {"policy": "one"})["geoip_rules"][0]["policy_id"]
    # It knows a rule that is gone, and none of those that are there now.
    old = {"id": "f" * 32, "name": "closed", "policyid": told, "geoip": "Cuba", "white": 0, "status": 1, "description": ""}
    spoil(cloud, "ListGeoIpPolicyRules", {"status": 200, "body": {"total": 1, "items": [old]}}, times=100)
    wish = [{**rule("embargo", "Peru"), "policy": policy} for policy in POLICIES]
    assert done(run(cloud, *wish, policy=None))["changed"] is False
    cloud.forget()
    refused = run(cloud, {**rule("closed", "JP"), "policy": "one"}, *wish[1:], policy=None, max_concurrency=1)
    assert "WAF.00022001" in refused["msg"] and refused["changed_items"] == []
    assert [held(cloud, policy) for policy in POLICIES] == [{"embargo": {"Peru"}}] * 5
    assert "ListGeoipRule" in reads(cloud)


# No purge after a failure


def test_nothing_is_purged_anywhere_after_a_failure(cloud: Cloud) -> None:
    cloud = many("one", "two")
    items = [{**rule("new", "Nauru"), "policy": "one"}, {**rule("new", "Cuba"), "policy": "two"}]
    options: dict[str, t.Any] = {"policy": None, "purge": True, "on_error": "continue", "max_concurrency": 1}
    # The items of the other policy succeed, and what they do not name stays all the same.
    spoil(cloud, "CreateGeoipRule", ODD)
    result = run(cloud, *items, **options)
    assert (actions(result), operations(cloud)) == ([("create", "new")], ["CreateGeoipRule"] * 2)
    assert sorted(one["name"] for one in result["not_tried_items"]) == ["embargo", "embargo"]
    # An item that cannot be at all is a failure as well, and check mode says the same.
    cloud = many("one", "two")
    wish = [{**rule("new", "Nowhere"), "policy": "one"}, items[1]]
    predicted = run(cloud, *wish, **options, check=True)
    result = run(cloud, *wish, **options)
    assert actions(predicted) == actions(result) == [("create", "new")]
    assert held(cloud, "two") == {"embargo": {"Peru"}, "new": {"Cuba"}}


def test_a_purge_that_makes_room_is_none_after_a_failure(cloud: Cloud) -> None:
    cloud = cloud_with({"old": ["Peru"], "one": ["Cuba"]})
    spoil(cloud, "UpdateGeoipRule", ODD)
    wish = [rule("one", "JP"), rule("two", "Peru")]
    result = run(cloud, *wish, purge=True, on_error="continue", max_concurrency=1)
    assert [one["name"] for one in result["not_tried_items"]] == ["old", "two"]
    assert held(cloud) == {"old": {"Peru"}, "one": {"Cuba"}}
    done(run(cloud, *wish, purge=True, on_error="continue"))
    assert held(cloud) == {"one": {"JP"}, "two": {"Peru"}}


# What a report tells


EXCHANGE = {"one": ["Peru", "AU"], "two": ["Cuba", "US"]}
EXCHANGED = [rule("one", "Cuba", "AU"), rule("two", "Peru", "US")]
# No whole change: what was done is half of one.
HALF = {"changed": True, "changed_items": [], "not_tried_items": []}


def named(result: t.Mapping[str, t.Any], part: str) -> list[str]:
    return [one["name"] for one in result[part]]


def test_what_has_made_room_only_is_told_to_have_failed(cloud: Cloud) -> None:
    cloud = cloud_with(EXCHANGE)
    # The first half is made, and who should take then is refused.
    spoil(cloud, "UpdateGeoipRule", ODD, after=1)
    result = run(cloud, *EXCHANGED)
    assert held(cloud) == {"one": {"AU"}, "two": {"Cuba", "US"}}
    assert {part: result[part] for part in HALF} == HALF
    assert named(result, "failed_items") == ["two", "one"]
    assert result["failed_items"][1]["msg"] == (
        "Another change failed before all of this one was done."
        " What is live now: the geoip_rule 'one' of 'storefront' has made room, which left it with locations ['AU']."
    )
    assert result["msg"].startswith("Of 2 changes, 0 made, 2 failed: item 2 of rules ('two'): ")
    assert result["msg"].endswith(" What is live now: what failed_items tell; the rest is as before. Run the task again: it goes on from there.")
    done(run(cloud, *EXCHANGED))
    assert held(cloud) == {"one": {"Cuba", "AU"}, "two": {"Peru", "US"}}


def test_what_could_not_make_room_is_told_once(cloud: Cloud) -> None:
    cloud = cloud_with(EXCHANGE)
    spoil(cloud, "UpdateGeoipRule", ODD)
    result = run(cloud, *EXCHANGED)
    assert (named(result, "failed_items"), named(result, "not_tried_items")) == (["one"], ["two"])
    assert "Of 2 changes, 0 made, 1 failed, 1 not tried: item 1 of rules ('one'): " in result["msg"]
    assert result["msg"].endswith("What is live now: what was there before. Run the task again: it goes on from there.")
    assert result["failed_items"][0]["id"] == f"{1:032x}"


def test_a_second_half_that_is_refused_tells_what_the_first_has_left(cloud: Cloud) -> None:
    cloud = cloud_with(EXCHANGE)
    spoil(cloud, "UpdateGeoipRule", ODD, after=2)
    result = run(cloud, *EXCHANGED)
    assert (actions(result), named(result, "failed_items")) == ([("update", "two")], ["one"])
    assert result["failed_items"][0]["msg"].endswith(
        "What is live now: the geoip_rule 'one' of 'storefront' has made room, which left it with locations ['AU']."
    )
    assert " What is live now: 1 change, those in changed_items, and what failed_items tell; the rest is as before. " in result["msg"]


def test_what_was_removed_to_make_room_and_is_not_made_anew_is_told_with_what_it_had(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Peru"], "two": ["Cuba"]})
    spoil(cloud, "CreateGeoipRule", ODD)
    wish = [rule("one", "Cuba"), rule("two", "Peru")]
    result = run(cloud, *wish)
    assert held(cloud) == {"two": {"Peru"}}
    (failed,) = result["failed_items"]
    assert failed["id"] == f"{1:032x}"
    assert failed["msg"].endswith(
        "What is live now: the geoip_rule 'one' of 'storefront' was removed to make room;"
        " it had name 'one', locations ['Peru'], action 'block', enabled True, description ''."
    )
    done(run(cloud, *wish))
    assert held(cloud) == {"one": {"Cuba"}, "two": {"Peru"}}


# Between two rules


def test_what_moves_is_taken_right_after_it_was_given(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Peru", "Cuba", "Nauru"], "two": ["JP"], "three": ["US"]})
    others = [rule(f"rule-{number}", f"Place {number}") for number in range(1, 6)]
    # Who gives is listed first, who takes among the last.
    wish = [rule("one", "Cuba"), *others, rule("two", "JP", "Peru"), rule("more", "FJ"), rule("three", "US", "Nauru")]
    result = done(run(cloud, *wish, max_concurrency=1))
    order = [name for _action, name in actions(result)]
    assert order == [*(one["name"] for one in others), "one", "two", "three", "more"]
    assert held(cloud)["two"] == {"JP", "Peru"}


# What the play did before


def test_a_policy_that_the_play_has_unbound_is_removed_though_a_read_still_shows_it_bound(cloud: Cloud) -> None:
    acls = [
        {"id": f"{number:032x}", "acl_name": name, "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.1", "bindings": bindings}
        for number, (name, bindings) in enumerate((("old", [{"api_name": "orders", "env_name": "RELEASE"}]), ("offices", [])), 1)
    ]
    cloud = Cloud({**DEMO, "gateways": [{**DEMO["gateways"][0], "acls": acls}]})
    wish = {"gateway": "storefront-gateway", "acls": [{"name": "offices", "entries": ["192.0.2.2"]}, {"name": "old", "state": "absent"}]}
    done(cloud.run("apig_acl_binding", {"gateway": "storefront-gateway", "acl": "old", "environment": "RELEASE", "state": "absent"}))
    bound = [{**{name: value for name, value in one.items() if name != "bindings"}, "bind_num": number} for one, number in zip(acls, (1, 0))]
    cloud.fault({"match": {"operation": "ListAclStrategiesV2"}, "times": 1, "status": 200, "body": {"total": 2, "size": 2, "acls": bound}})
    result = done(cloud.run("apig_acls", {**wish, "planned": ["old"], "max_concurrency": 1}))
    assert actions(result) == [("update", "offices"), ("remove", "old")]


def test_what_is_still_bound_is_refused_by_the_service_and_told(cloud: Cloud) -> None:
    acl = {"acl_name": "old", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.1", "bindings": [{"api_name": "orders", "env_name": "RELEASE"}]}
    cloud = Cloud({**DEMO, "gateways": [{**DEMO["gateways"][0], "acls": [acl]}]})
    wish = {"gateway": "storefront-gateway", "acls": [{"name": "old", "state": "absent"}]}
    result = cloud.run("apig_acls", {**wish, "planned": ["old"]})
    assert "It is bound to 1 API: 'orders' (in RELEASE)." in result["failed_items"][0]["msg"]
    refused = cloud.run("apig_acls", wish)
    assert refused["msg"].endswith("unbind it first. What is live now: what was there before; nothing was written.")
