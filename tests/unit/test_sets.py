# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole sets in one task: what is changed, in which order and with how many calls, what is refused, and what a failure in the middle leaves."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from cloud import Cloud
from gatehouse_emulator.account import DEMO
from rulesets import actions, cloud_with, held, reads, rule, run
from wishes import done, operations

pytestmark = pytest.mark.usefixtures("ids_in_the_order_of_results")
DENIED = {"status": 403, "body": {"error_code": "WAF.00012003", "error_msg": "denied"}}


# What is done


def test_a_set_is_made_once_whatever_its_order(cloud: Cloud) -> None:
    cloud = cloud_with({"old": ["BJ"]})
    wish = [rule("one", "Peru"), rule("two", "Cuba", "JP"), rule("old", "BJ", "AU", action="log")]
    predicted = done(run(cloud, *wish, check=True, diff=True))
    assert cloud.writes() == []
    result = done(run(cloud, *wish, diff=True, max_concurrency=1))
    assert held(cloud) == {"one": {"Peru"}, "two": {"Cuba", "JP"}, "old": {"AU", "BJ"}}
    assert actions(result) == actions(predicted) == [("create", "one"), ("create", "two"), ("update", "old")]
    assert result["diff"] == predicted["diff"]
    assert result["counts"] == predicted["counts"] == {"created": 2, "updated": 1, "removed": 0, "unchanged": 0}
    assert [{**one, "id": None} for one in result["geoip_rules"]] == [dict(one, id=None) for one in predicted["geoip_rules"]]
    assert [one["id"] for one in result["geoip_rules"]] == [one["id"] for one in result["changed_items"]]
    assert predicted["plan"]["writes"] == 3
    cloud.forget()
    again = done(run(cloud, rule("old", "au", "BJ", action="log"), *reversed(wish[:2])))
    assert (again["changed"], again["changed_items"], again["counts"]["unchanged"], cloud.writes()) == (False, [], 3, [])


def test_the_reasons_tell_what_differs(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["BJ", "Peru"], "two": ["Cuba"], "three": ["JP"]})
    wish = [rule("one", "BJ", "AU"), {"name": "two", "enabled": False, "description": "later"}, {"name": "three", "state": "absent"}, rule("four", "US")]
    result = done(run(cloud, *wish))
    assert {one["name"]: one["reason"] for one in result["changed_items"]} == {
        "one": "locations: +AU, -Peru",
        "two": "enabled: True -> False; description: '' -> 'later'",
        "three": "its state is absent",
        "four": "it is not there",
    }
    assert [one.get("position") for one in result["changed_items"]] == [f"item {number} of rules" for number in (1, 2, 4, 3)]


def test_the_diff_of_a_large_set_shows_what_changes_and_nothing_else(cloud: Cloud) -> None:
    names = {f"rule-{number:04}": [f"Place {number}"] for number in range(1, 1001)}
    cloud = cloud_with(names)
    wish = [rule(name, *places, action="log" if name == "rule-0500" else "block") for name, places in names.items() if name != "rule-0007"]
    result = done(run(cloud, *wish, rule("new", "Peru"), purge=True, check=True, diff=True))
    assert result["diff"] == {
        "before_header": "as it is",
        "after_header": "1 to create, 1 to update, 1 to remove, 998 unchanged",
        "before": {
            "geoip_rule 'rule-0500' of 'storefront'": {"action": "block"},
            "geoip_rule 'new' of 'storefront'": None,
            "geoip_rule 'rule-0007' of 'storefront'": {"name": "rule-0007", "locations": ["Place 7"], "action": "block", "enabled": True, "description": ""},
        },
        "after": {
            "geoip_rule 'rule-0500' of 'storefront'": {"action": "log"},
            "geoip_rule 'new' of 'storefront'": {"name": "new", "locations": ["Peru"], "action": "block", "enabled": True, "description": ""},
            "geoip_rule 'rule-0007' of 'storefront'": None,
        },
    }
    assert cloud.writes() == []


# Calls


def test_a_thousand_rules_that_are_as_they_shall_be_take_a_list_of_ten_pages(cloud: Cloud) -> None:
    names = {f"rule-{number:04}": [f"Place {number}"] for number in range(1, 1001)}
    cloud = cloud_with(names)
    result = done(run(cloud, *(rule(name, *places) for name, places in names.items())))
    assert (result["changed"], result["counts"]["unchanged"]) == (False, 1000)
    assert reads(cloud) == ["ListPolicy", *["ListGeoipRule"] * 10]


def test_many_changes_are_read_afterwards_with_one_list_and_few_one_by_one(cloud: Cloud) -> None:
    names = {f"rule-{number:03}": [f"Place {number}"] for number in range(1, 202)}
    cloud = cloud_with(names)
    done(run(cloud, *(rule(name, *places, action="log") for name, places in names.items())))
    assert reads(cloud) == ["ListPolicy", *["ListGeoipRule"] * 6]
    cloud.forget()
    done(run(cloud, rule("rule-001", "Place 1")))
    assert reads(cloud) == ["ListPolicy", *["ListGeoipRule"] * 3, "ShowGeoipRule"]


def many_policies(cloud: Cloud, number: int, **more: t.Any) -> tuple[Cloud, list[dict[str, t.Any]]]:
    """Policies with a rule each."""
    policies = [
        {"name": f"policy-{one}", "options": {"geoip": True}, "geoip_rules": [{"id": f"{one:032x}", "name": "embargo", "geoip": "Peru", "white": 0}]}
        for one in range(1, number + 1)
    ]
    wish = [{**rule("embargo", "Peru"), "policy": policy["name"]} for policy in policies]
    return Cloud({"policies": policies, "limits": {"policies": 1000}, **more}), wish


def test_many_policies_are_read_with_the_list_of_all_and_creations_make_sure(cloud: Cloud) -> None:
    cloud, wish = many_policies(cloud, 50)
    result = done(run(cloud, *wish, policy=None))
    assert (result["changed"], reads(cloud)) == (False, ["ListPolicy", "ListGeoIpPolicyRules"])
    cloud.forget()
    # What only the list of all policies does not know is not made twice.
    cloud.fault({"match": {"operation": "ListGeoIpPolicyRules"}, "status": 200, "body": {"total": 0, "items": []}})
    result = done(run(cloud, *wish, {**rule("new", "Cuba"), "policy": "policy-7"}, policy=None))
    assert actions(result) == [("create", "new")]
    assert sorted(set(reads(cloud))) == ["ListGeoIpPolicyRules", "ListGeoipRule", "ListPolicy", "ShowPolicyGeoipMap"]


def test_few_policies_and_lists_that_tell_less_are_read_one_by_one(cloud: Cloud) -> None:
    cloud, wish = many_policies(cloud, 3)
    done(run(cloud, *wish, policy=None))
    assert reads(cloud) == ["ListPolicy", *["ListGeoipRule"] * 3]
    cloud, wish = many_policies(cloud, 5)
    cloud.fault({"match": {"operation": "ListGeoIpPolicyRules"}, "strip": ["description"]})
    done(run(cloud, *wish, policy=None))
    assert reads(cloud) == ["ListPolicy", "ListGeoIpPolicyRules", *["ListGeoipRule"] * 5]


@pytest.mark.parametrize("status", [403, 404])
def test_where_the_list_of_all_is_refused_the_policies_are_read_one_by_one(cloud: Cloud, status: int) -> None:
    cloud, wish = many_policies(cloud, 5)
    cloud.fault({"match": {"operation": "ListGeoIpPolicyRules"}, "status": status, "body": {"error_code": "WAF.00012003", "error_msg": "denied"}})
    assert done(run(cloud, *wish, policy=None))["changed"] is False
    assert sorted(set(reads(cloud))) == ["ListGeoIpPolicyRules", "ListGeoipRule", "ListPolicy"]
    # What is about the caller or the service itself is no reason to go on.
    cloud, wish = many_policies(cloud, 5)
    cloud.fault({"match": {"operation": "ListGeoIpPolicyRules"}, "status": 500, "body": {"error_code": "WAF.00011007", "error_msg": "broken"}})
    assert run(cloud, *wish, policy=None)["failed"] is True


# Purge


def test_a_purge_removes_what_no_item_names_within_its_limits(cloud: Cloud) -> None:
    cloud = cloud_with({"keep": ["Peru"], "tmp-1": ["Cuba"], "tmp-2": ["JP"], "other": ["US"]})
    assert done(run(cloud, rule("keep", "Peru")))["changed"] is False
    predicted = done(run(cloud, rule("keep", "Peru"), purge=True, purge_name_prefix="tmp-", check=True))
    result = done(run(cloud, rule("keep", "Peru"), purge=True, purge_name_prefix="tmp-"))
    assert actions(result) == actions(predicted) == [("remove", "tmp-1"), ("remove", "tmp-2")]
    assert set(held(cloud)) == {"keep", "other"}
    done(run(cloud, rule("keep", "Peru"), purge=True, purge_match="^oth"))
    assert set(held(cloud)) == {"keep"}


def test_a_purge_of_too_much_is_refused_with_the_list(cloud: Cloud) -> None:
    cloud = cloud_with({"keep": ["Peru"], "one": ["Cuba"], "two": ["JP"]})
    for check in (True, False):
        message = run(cloud, rule("keep", "Peru"), purge=True, max_deletions=1, check=check)["msg"]
        assert "purge: it would remove 2, and max_deletions allows 1: 'one' of 'storefront', 'two' of 'storefront'." in message
    assert cloud.writes() == []
    assert set(held(cloud)) == {"keep", "one", "two"}


@pytest.mark.parametrize("rules", [[], [{"name": "one", "state": "absent"}]])
def test_a_purge_of_everything_is_refused(cloud: Cloud, rules: list[dict[str, t.Any]]) -> None:
    cloud = cloud_with({"one": ["Cuba"], "two": ["JP"]})
    message = run(cloud, *rules, purge=True)["msg"]
    assert "purge: it would leave no geoip_rule of 'storefront'. List what shall stay" in message
    assert cloud.writes() == []


def test_a_purge_looks_at_places_that_no_item_is_in(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Cuba"], "two": ["JP"]})
    result = done(run(cloud, {**rule("new", "Peru"), "policy": "other"}, policy=None, policies=["storefront"], purge=True, purge_match="two"))
    assert actions(result) == [("create", "new"), ("remove", "two")]
    assert (set(held(cloud)), set(held(cloud, "other"))) == ({"one"}, {"new"})


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"purge_name_prefix": "a"}, "purge_name_prefix and purge_match limit a purge, and purge is off"),
        ({"purge": True, "purge_match": "("}, "purge_match: '(' is no regular expression"),
        ({"purge": True, "max_deletions": -1}, "max_deletions: -1 is below 0"),
        ({"purge": True, "policy": None, "rules": []}, "purge: the task names nothing that could be purged"),
        ({"max_concurrency": 0}, "max_concurrency: 0 is not a number from 1 to 64"),
        ({"max_concurrency": 65}, "max_concurrency: 65 is not a number from 1 to 64"),
    ],
)
def test_options_that_do_not_fit_are_refused(cloud: Cloud, options: dict[str, t.Any], refusal: str) -> None:
    result = cloud.run("waf_geoip_rules", {"policy": "storefront", "rules": [rule("one", "Peru")], **options})
    assert refusal in result["msg"]
    assert cloud.writes() == []


# Items that cannot be


BAD_ITEMS: list[tuple[list[dict[str, t.Any]], list[tuple[str, str]]]] = [
    (
        [rule("one", "Peru"), rule("two", "Cuba"), rule("one", "JP")],
        [("item 3 of rules", "It is about the same geoip_rule as item 1 of rules (name 'one'). Say it once.")],
    ),
    ([rule("one", "Peru"), rule("two", "Peru")], [("item 2 of rules", "locations: 'Peru' is in item 1 of rules, and can be in one at a time only.")]),
    ([rule("one", "JP")], [("item 1 of rules", "locations: 'JP' is in the geoip_rule 'there', which no item names, and can be in one at a time only.")]),
    ([rule("one", "Peruu"), rule("two", "Cuba")], [("item 1 of rules", "locations: WAF does not know the location 'Peruu' (near: Peru).")]),
    ([rule("one", "Cuba", policy="storefrnt")], [("item 1 of rules", "There is no WAF policy 'storefrnt' (near: storefront).")]),
    (
        [{"name": "one", "locations": ["Peru"]}, rule("t w o", "Cuba")],
        [("item 1 of rules", "to create it, set: action"), ("item 2 of rules", "'t w o' is not allowed")],
    ),
    ([{"id": "f" * 32, "action": "log"}], [("item 1 of rules", f"There is no geoip_rule with id '{'f' * 32}'")]),
    ([{"id": f"{1:032x}", "action": "log"}, rule("there", "JP")], [("item 2 of rules", "the same geoip_rule as item 1 of rules")]),
]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("rules", "bad"), BAD_ITEMS)
def test_items_that_cannot_be_are_told_together_and_nothing_is_written(cloud: Cloud, rules: t.Any, bad: list[tuple[str, str]], check: bool) -> None:
    cloud = cloud_with({"there": ["JP"]})
    result = run(cloud, *rules, check=check)
    assert result["failed"] is True
    told = [(one["position"], one["msg"]) for one in result["failed_items"]]
    assert [position for position, message in told] == [position for position, message in bad]
    for (_position, message), (_same, words) in zip(told, bad):
        assert words in message
        assert words in result["msg"]
    assert cloud.writes() == []


def test_an_item_that_names_nothing_has_a_position(cloud: Cloud) -> None:
    assert "item 2 of rules: it names no geoip_rule. Set name, or id." in run(cloud, rule("one", "Peru"), {"action": "log"})["msg"]
    assert "item 1 of rules ('one'): it has no policy. Set it there, or policy for all." in run(cloud, rule("one", "Peru"), policy=None)["msg"]


def test_other_items_are_carried_out_where_the_task_says_so(cloud: Cloud) -> None:
    cloud = cloud_with({"there": ["JP"], "gone": ["US"]})
    wish = [rule("one", "Peru"), rule("two", "Nowhere"), rule("three", "Cuba")]
    predicted = run(cloud, *wish, on_error="continue", purge=True, check=True)
    assert cloud.writes() == []
    result = run(cloud, *wish, on_error="continue", purge=True, max_concurrency=1)
    for one in (predicted, result):
        assert one["failed"] is True
        assert actions(one) == [("create", "one"), ("create", "three")]
        assert [item["name"] for item in one["failed_items"]] == ["two"]
    # Where an item cannot be carried out, nothing is purged.
    assert set(held(cloud)) == {"there", "gone", "one", "three"}
    assert "What is live now: 2 changes, those in changed_items" in result["msg"]


# Failures


@pytest.mark.parametrize("size", [1, 8])
def test_a_failure_in_the_middle_tells_what_is_done_and_the_next_run_finishes(cloud: Cloud, size: int) -> None:
    cloud = cloud_with({"old": ["JP"]})
    wish = [rule(f"rule-{number:02}", f"Place {number}") for number in range(1, 41)]
    cloud.fault({"match": {"operation": "CreateGeoipRule"}, "times": 20}, {"match": {"operation": "CreateGeoipRule"}, "times": 1, **DENIED})
    result = run(cloud, *wish, {"name": "old", "state": "absent"}, max_concurrency=size)
    assert (result["failed"], result["changed"]) == (True, True)
    made, failed, left = len(result["changed_items"]), len(result["failed_items"]), len(result["not_tried_items"])
    assert (failed, made + failed + left) == (1, 41)
    # While the refusal is on its way, others are begun.
    assert made == 20 if size == 1 else 20 <= made < 40
    assert "nothing was written" not in result["msg"]
    assert ("remove", "old") in [(one["action"], one["name"]) for one in result["not_tried_items"]]
    assert {one["name"] for one in result["changed_items"]} | {"old"} == set(held(cloud))
    assert result["api_error"]["code"] == "WAF.00012003"
    assert f"Of 41 changes, {made} made, 1 failed, {left} not tried: item " in result["msg"]
    assert f"What is live now: {made} changes, those in changed_items; the rest is as before. Run the task again: it goes on from there." in result["msg"]
    again = done(run(cloud, *wish, {"name": "old", "state": "absent"}, max_concurrency=size))
    assert again["counts"] == {"created": 40 - made, "updated": 0, "removed": 1, "unchanged": made}
    if size > 1:
        # Which of the requests that are on their way together fails differs from run to run.
        cloud.told[:] = [result["changed"]]


def test_refusals_are_passed_over_where_the_task_says_so_but_not_a_caller_who_may_not(cloud: Cloud) -> None:
    cloud = cloud_with({})
    wish = [rule(f"rule-{number}", f"Place {number}") for number in range(1, 11)]
    full = {"status": 403, "body": {"error_code": "WAF.00022005", "error_msg": "full"}}
    cloud.fault({"match": {"operation": "CreateGeoipRule"}, "times": 2}, {"match": {"operation": "CreateGeoipRule"}, "times": 2, **full})
    result = run(cloud, *wish, on_error="continue", max_concurrency=1)
    assert (len(result["changed_items"]), len(result["failed_items"]), result["not_tried_items"]) == (8, 2, [])
    cloud = cloud_with({})
    cloud.fault({"match": {"operation": "CreateGeoipRule"}, "status": 401, "body": {"error_code": "WAF.00012001", "error_msg": "who?"}})
    result = run(cloud, *wish, on_error="continue", max_concurrency=1)
    assert (result["changed"], len(result["failed_items"]), len(result["not_tried_items"])) == (False, 1, 9)


def test_a_lost_answer_makes_nothing_twice(cloud: Cloud) -> None:
    cloud = cloud_with({})
    wish = [rule(f"rule-{number}", f"Place {number}") for number in range(1, 6)]
    cloud.fault({"match": {"operation": "CreateGeoipRule"}, "times": 1}, {"match": {"operation": "CreateGeoipRule"}, "times": 2, "drop": "after"})
    result = done(run(cloud, *wish))
    assert len(result["changed_items"]) == 5
    assert len(held(cloud)) == 5 and operations(cloud) == ["CreateGeoipRule"] * 5


def test_what_waits_for_a_change_that_failed_is_not_tried(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Peru", "Cuba"], "two": ["JP"]})
    cloud.fault({"match": {"operation": "UpdateGeoipRule"}, "times": 1, "status": 400, "body": {"error_code": "WAF.00021016", "error_msg": "odd"}})
    result = run(cloud, rule("two", "JP", "Peru"), rule("one", "Cuba"), rule("three", "US"), on_error="continue", max_concurrency=1)
    assert actions(result) == [("create", "three")]
    assert [one["name"] for one in result["not_tried_items"]] == ["two"]


@pytest.mark.parametrize(
    ("there", "wish", "operation", "shown"),
    [
        (
            {"one": ["Peru", "AU"], "two": ["Cuba", "US"]},
            [rule("one", "Cuba", "AU"), rule("two", "Peru", "US")],
            "UpdateGeoipRule",
            ("has made room, which left it with locations ['AU']", {"AU"}),
        ),
        (
            {"one": ["Peru"], "two": ["Cuba"]},
            [rule("one", "Cuba"), rule("two", "Peru")],
            "UpdateGeoipRule",
            ("was removed to make room; it had name 'one', locations ['Peru'], action 'block'", None),
        ),
    ],
)
def test_a_change_that_stops_after_it_made_room_is_told(cloud: Cloud, there: t.Any, wish: t.Any, operation: str, shown: tuple[str, t.Any]) -> None:
    cloud = cloud_with(there)
    passed = [{"match": {"operation": operation}, "times": 1}] if shown[1] else []
    cloud.fault(*passed, {"match": {"operation": operation}, "times": 1, "status": 400, "body": {"error_code": "WAF.00021016", "error_msg": "odd"}})
    result = run(cloud, *wish, diff=True)
    words, left = shown
    assert (result["failed"], result["changed"], held(cloud).get("one")) == (True, True, left)
    # No whole change was made: it has failed halfway, and says what is left.
    assert (result["changed_items"], result["not_tried_items"]) == ([], [])
    (told,) = [item for item in result["failed_items"] if item["name"] == "one"]
    assert words in told["msg"]
    assert "What is live now: what failed_items tell; the rest is as before. Run the task again: it goes on from there." in result["msg"]
    done(run(cloud, *wish))
    assert held(cloud) == {one["name"]: set(one["locations"]) for one in wish}


def test_changes_that_do_not_show_are_warned_of(cloud: Cloud, slept: list[float]) -> None:
    cloud = cloud_with({"one": ["Peru"]})
    cloud.fault({"match": {"operation": "ListGeoipRule"}, "times": 1}, {"match": {"operation": "ListGeoipRule"}, "stale": True})
    result = done(run(cloud, rule("two", "Cuba")))
    assert result["warnings"] == ["Read afterwards, these are not as the task made them: 'two' of 'storefront'."]
    assert slept == [0.5, 1.0, 2.0, 4.0]


# Backup


def forget_names_of_files(cloud: Cloud) -> None:
    """Backups, and the folders of a test, are called otherwise each time."""
    for result in cloud.told:
        for name in ("backup_file", "invocation", "msg"):
            result.pop(name, None)


def test_a_backup_brings_back_what_was_there(cloud: Cloud, tmp_path: Path) -> None:
    cloud = cloud_with({"one": ["Peru", "AU"], "two": ["Cuba"]})
    before = held(cloud)
    folder = tmp_path / "kept"
    wish = [rule("one", "AU", action="log"), rule("new", "JP")]
    assert "backup_file" not in done(run(cloud, *wish, purge=True, backup=True, backup_dir=str(folder), check=True))
    result = done(run(cloud, *wish, purge=True, backup=True, backup_dir=str(folder)))
    kept = Path(result["backup_file"])
    assert (kept.parent, kept.stat().st_mode & 0o777) == (folder, 0o600)
    done(run(cloud, *json.loads(kept.read_text())["rules"], purge=True))
    assert held(cloud) == before
    # Nothing to change, nothing to keep.
    assert "backup_file" not in done(run(cloud, *json.loads(kept.read_text())["rules"], backup=True, backup_dir=str(folder)))
    (tmp_path / "file").write_text("")
    refused = run(cloud, *wish, backup=True, backup_dir=str(tmp_path / "file"))
    assert "backup_dir: the backup cannot be written to" in refused["msg"]
    assert held(cloud) == before
    forget_names_of_files(cloud)


# Other sets


def test_a_ruleset_is_one_declaration_of_both_kinds(cloud: Cloud, tmp_path: Path) -> None:
    cloud = cloud_with({"old": ["Peru"]})
    policies = [
        {
            "policy": "storefront",
            "geoip_rules": [rule("embargo", "Peru", "Cuba")],
            "ip_reputation_rules": [{"name": "bots", "tags": ["Google"], "action": "block"}],
        },
        {"policy": "other", "geoip_rules": [rule("embargo", "JP")]},
    ]
    wish = {"policies": policies, "purge": True, "backup": True, "backup_dir": str(tmp_path), "max_concurrency": 1}
    predicted = done(cloud.run("waf_ruleset", wish, check=True))
    assert [(step["action"], step["kind"], step["name"]) for step in predicted["plan"]["steps"]] == [
        ("remove", "geoip_rule", "old"),
        ("create", "geoip_rule", "embargo"),
        ("create", "ip_reputation_rule", "bots"),
        ("create", "geoip_rule", "embargo"),
    ]
    result = done(cloud.run("waf_ruleset", wish))
    assert actions(result) == actions(predicted)
    assert [one["policy"] for one in result["geoip_rules"]] == ["storefront", "other"]
    assert [one["name"] for one in result["ip_reputation_rules"]] == ["bots"]
    assert done(cloud.run("waf_ruleset", wish))["changed"] is False
    kept = json.loads(Path(result["backup_file"]).read_text())
    forget_names_of_files(cloud)
    assert kept["policies"][0]["geoip_rules"][0]["name"] == "old"
    bad = cloud.run(
        "waf_ruleset", {"policies": [policies[1], {"policy": "storefront", "ip_reputation_rules": [{"name": "a", "tags": ["Gogle"], "action": "log"}]}]}
    )
    assert "item 1 of ip_reputation_rules of policies item 2 ('storefront') ('a'): Could not create " in bad["msg"]
    assert "tags: WAF does not know the tag 'Gogle' (near: Google)." in bad["msg"]


def test_access_control_policies_are_a_set_as_well(cloud: Cloud) -> None:
    acl = {"type": "permit", "entity_type": "ip"}
    wish = [{**acl, "name": f"office_{number}", "entries": [f"192.0.2.{number}"]} for number in range(1, 6)]
    # One after the other: ids are given in the order in which creations arrive.
    options = {"gateway": "storefront-gateway", "acls": wish, "max_concurrency": 1}
    predicted = done(cloud.run("apig_acls", options, check=True))
    result = done(cloud.run("apig_acls", options))
    assert actions(result) == actions(predicted) == [("create", f"office_{number}") for number in range(1, 6)]
    assert done(cloud.run("apig_acls", options))["changed"] is False
    changed = [{**one, "entries": ["198.51.100.7"]} for one in wish[:2]]
    result = done(cloud.run("apig_acls", {**options, "acls": changed, "purge": True, "purge_name_prefix": "office_"}))
    assert actions(result) == [("update", "office_1"), ("update", "office_2"), *(("remove", f"office_{number}") for number in (3, 4, 5))]
    assert [one["entries"] for one in result["acls"]] == [["198.51.100.7"]] * 2


def test_policies_that_the_play_makes_are_planned(cloud: Cloud) -> None:
    wish = {**rule("one", "Peru"), "policy": "new"}
    result = done(run(cloud, wish, policy=None, planned=["new"], check=True))
    assert actions(result) == [("create", "one")]
    for check, planned in ((False, ["new"]), (True, ["newer"])):
        assert "There is no WAF policy 'new'" in run(cloud, wish, policy=None, planned=planned, check=check)["msg"]
    gone = {"name": "one", "policy": "new", "state": "absent"}
    assert done(run(cloud, gone, policy=None, planned=["new"]))["changed"] is False


def test_a_bound_access_control_policy_is_removed_where_its_bindings_are_planned(cloud: Cloud) -> None:
    binding = {"api_name": "orders", "env_name": "RELEASE"}
    acls = [
        {"acl_name": name, "acl_type": "PERMIT", "entity_type": "IP", "acl_value": "192.0.2.1", "bindings": held}
        for name, held in (("bound", [binding]), ("free", []))
    ]
    cloud = Cloud({**DEMO, "gateways": [{**DEMO["gateways"][0], "acls": acls}]})
    gone = {"gateway": "storefront-gateway", "acls": [{"name": "bound", "state": "absent"}]}
    purged = {"gateway": "storefront-gateway", "acls": [{"name": "free"}], "purge": True}
    for wish in (gone, purged):
        for check in (True, False):
            assert "It is bound to 1 API: 'orders' (in RELEASE)." in cloud.run("apig_acls", wish, check=check)["msg"]
        assert cloud.writes() == []
        assert actions(done(cloud.run("apig_acls", {**wish, "planned": ["bound"]}, check=True))) == [("remove", "bound")]
