# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which a set is changed: what one rule gives, another takes; exchanges, circles and names."""

from __future__ import annotations

import pytest

from cloud import Cloud
from rulesets import actions, cloud_with, held, rule, run
from wishes import done, operations

pytestmark = pytest.mark.usefixtures("ids_in_the_order_of_results")


def test_a_location_moves_from_one_rule_to_another(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Peru", "Cuba"], "two": ["JP"]})
    # The rule that takes is listed first.
    result = done(run(cloud, rule("two", "JP", "Peru"), rule("one", "Cuba")))
    assert held(cloud) == {"one": {"Cuba"}, "two": {"JP", "Peru"}}
    assert actions(result) == [("update", "one"), ("update", "two")]


def test_a_rule_that_is_removed_gives_first_and_others_go_last(cloud: Cloud) -> None:
    cloud = cloud_with({"gone": ["Peru"], "old": ["Cuba"]})
    wish = [{"name": "old", "state": "absent"}, {"name": "gone", "state": "absent"}, rule("new", "Peru"), rule("more", "JP")]
    result = done(run(cloud, *wish))
    assert actions(result) == [("remove", "gone"), ("create", "new"), ("create", "more"), ("remove", "old")]
    assert held(cloud) == {"new": {"Peru"}, "more": {"JP"}}


def test_rules_that_exchange_locations_make_room_first(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Peru", "AU"], "two": ["Cuba", "US"]})
    wish = [rule("one", "Cuba", "AU"), rule("two", "Peru", "US")]
    predicted = done(run(cloud, *wish, check=True))
    assert [(step["action"], step["name"], step["after_steps"]) for step in predicted["plan"]["steps"]] == [
        ("update", "one", []),
        ("update", "two", [1]),
        ("update", "one", [1, 2]),
    ]
    result = done(run(cloud, *wish))
    assert actions(result) == actions(predicted) == [("update", "two"), ("update", "one")]
    assert held(cloud) == {"one": {"AU", "Cuba"}, "two": {"Peru", "US"}}
    assert operations(cloud) == ["UpdateGeoipRule"] * 3
    assert done(run(cloud, *wish))["changed"] is False


def test_rules_that_exchange_all_they_have_are_made_anew_from_an_item_that_says_all(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Peru"], "two": ["Cuba"], "three": ["JP"]})
    done(run(cloud, {"name": "one", "description": "kept", "action": "log"}))
    cloud.forget()
    wish = [{"name": "one", "locations": ["Cuba"]}, rule("two", "JP"), rule("three", "Peru")]
    result = done(run(cloud, *wish))
    assert held(cloud) == {"one": {"Cuba"}, "two": {"JP"}, "three": {"Peru"}}
    assert operations(cloud) == ["DeleteGeoipRule", "UpdateGeoipRule", "UpdateGeoipRule", "CreateGeoipRule"]
    (one, two, _three) = result["geoip_rules"]
    assert (one["description"], one["action"], one["id"]) == ("kept", "log", f"{1:032x}")
    assert two["id"] != f"{2:032x}"


def test_a_rule_that_is_in_two_exchanges_makes_room_twice(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["US"], "two": ["Chad"], "three": ["BJ", "JP"]})
    wish = [rule("three", "Chad"), rule("two", "BJ", "US"), rule("four", "Mali"), rule("one", "JP")]
    foreseen = done(run(cloud, *wish, check=True))
    assert [(step["action"], step["name"]) for step in foreseen["plan"]["steps"] if step["name"] == "three"][:2] == [("update", "three"), ("remove", "three")]
    assert actions(done(run(cloud, *wish))) == actions(foreseen)
    assert held(cloud) == {one["name"]: set(one["locations"]) for one in wish}


def test_rules_that_exchange_all_they_have_are_refused_where_a_part_of_it_could_be_lost(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Cuba"], "two": ["JP"], "three": ["Peru"]})
    done(run(cloud, {"name": "two", "description": "kept", "enabled": False}))
    cloud.forget()
    wish = [{"name": "one", "locations": ["JP"]}, {"name": "two", "locations": ["Peru"], "action": "block"}, {"name": "three", "locations": ["Cuba"]}]
    for check in (True, False):
        refused = run(cloud, *wish, check=check)["msg"]
        for words in ("'one' of 'storefront' does not say action", "'two' of 'storefront' does not say enabled, description"):
            assert words in refused
    ids = [{"id": f"{number:032x}", "locations": [place]} for number, place in ((2, "Peru"), (3, "JP"))]
    refused = run(cloud, *ids)["msg"]
    assert "found by their ids" in refused and "Do it in two tasks" in refused
    assert cloud.writes() == []
    done(run(cloud, *wish[:2], rule("three", "Cuba")))
    assert held(cloud) == {"one": {"JP"}, "two": {"Peru"}, "three": {"Cuba"}}


def test_exchanges_that_have_nothing_in_common_are_carried_out_in_one_task(cloud: Cloud) -> None:
    cloud = cloud_with({f"rule-{number}": [f"Place {number}"] for number in range(1, 8)})
    # Two pairs, and a ring of three.
    places = {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 7, 7: 5}
    wish = [rule(f"rule-{number}", f"Place {place}") for number, place in places.items()]
    predicted = done(run(cloud, *wish, check=True))
    assert (predicted["plan"]["writes"], predicted["counts"]) == (10, {"created": 0, "updated": 7, "removed": 0, "unchanged": 0})
    # Ids are given in the order in which creations arrive.
    done(run(cloud, *wish, max_concurrency=1))
    assert held(cloud) == {f"rule-{number}": {f"Place {place}"} for number, place in places.items()}
    assert len(cloud.writes()) == 10


def test_names_move_between_rules(cloud: Cloud) -> None:
    cloud = cloud_with({"one": ["Peru"], "two": ["Cuba"]})
    result = done(run(cloud, {"id": f"{1:032x}", "name": "two"}, {"id": f"{2:032x}", "name": "three"}))
    assert actions(result) == [("update", "three"), ("update", "two")]
    assert held(cloud) == {"two": {"Peru"}, "three": {"Cuba"}}
