# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laws of sets: from any state, in any order of the items, with and without a purge, the account becomes what a model says."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloud import Cloud, Result
from wishes import done

# Few names and few locations, so that rules of both sides meet: they move, exchange and circle.
NAMES = ("a", "b", "c", "d", "tmp-e", "tmp-f")
PLACES = ("Peru", "Cuba", "Chad", "Mali", "JP", "US", "BJ", "FJ")
POLICIES = ("one", "two")
ACTIONS = {"block": 0, "allow": 1, "log": 2}

Rule = t.Mapping[str, t.Any]
Rules = dict[str, dict[str, Rule]]


@dataclass(frozen=True)
class Story:
    """What is there, what is wished, and how."""

    before: Rules
    after: Rules
    gone: t.Mapping[str, t.AbstractSet[str]]
    items: t.Sequence[Rule]
    options: t.Mapping[str, t.Any]


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Rule]:
    """Rules of one policy; no location is in two of them."""
    owners = draw(st.lists(st.sampled_from([None, *NAMES]), min_size=len(PLACES), max_size=len(PLACES)))
    made: dict[str, Rule] = {}
    for name in NAMES:
        places = {place for place, owner in zip(PLACES, owners) if owner == name}
        if places:
            action, enabled, text = draw(st.sampled_from(sorted(ACTIONS))), draw(st.booleans()), draw(st.sampled_from(["", "why"]))
            made[name] = {"name": name, "locations": places, "action": action, "enabled": enabled, "description": text}
    return made


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A state, another one, and items that lead from the one to the other."""
    before = {policy: draw(rules()) for policy in POLICIES}
    target = {policy: draw(rules()) for policy in POLICIES}
    purge = draw(st.sampled_from([None, "", "tmp-"]))
    gone: dict[str, set[str]] = {}
    items: list[Rule] = []
    for policy in POLICIES:
        names = draw(st.sets(st.sampled_from(NAMES))) - set(target[policy])
        gone[policy] = names
        items += [{"policy": policy, **rule, "locations": draw(st.permutations(sorted(rule["locations"])))} for rule in target[policy].values()]
        items += [{"policy": policy, "name": name, "state": "absent"} for name in names]
    shuffled = draw(st.permutations(items))
    options = {"purge": purge is not None, "max_deletions": 100, "policies": list(POLICIES), "max_concurrency": draw(st.sampled_from([1, 4]))}
    return Story(before, target, gone, shuffled, {**options, **({"purge_name_prefix": purge} if purge else {})})


def seed(state: Rules) -> dict[str, t.Any]:
    def sent(rule: Rule) -> dict[str, t.Any]:
        return {
            "name": rule["name"],
            "geoip": "|".join(sorted(rule["locations"])),
            "white": ACTIONS[rule["action"]],
            "status": int(rule["enabled"]),
            "description": rule["description"],
        }

    return {"policies": [{"name": policy, "options": {"geoip": True}, "geoip_rules": [sent(rule) for rule in held.values()]} for policy, held in state.items()]}


def held(cloud: Cloud) -> Rules:
    words = {number: word for word, number in ACTIONS.items()}
    return {
        policy["name"]: {
            rule["name"]: {
                "name": rule["name"],
                "locations": set(rule["geoip"].split("|")),
                "action": words[rule["white"]],
                "enabled": bool(rule.get("status", 1)),
                "description": rule.get("description", ""),
            }
            for rule in policy.get("geoip_rules", [])
        }
        for policy in cloud.state()["policies"]
    }


def modelled(story: Story) -> Rules | None:
    """What shall be there afterwards; None where it cannot be: a location that another rule keeps, or nothing left after a purge."""
    model: Rules = {}
    for policy in POLICIES:
        before, wished = story.before[policy], story.after[policy]
        named = set(wished) | set(story.gone[policy])
        meant = {name for name in before if name not in named and name.startswith(story.options.get("purge_name_prefix", ""))}
        purged = meant if story.options["purge"] else set()
        kept = {name: rule for name, rule in before.items() if name not in named and name not in purged}
        if purged and not kept and not wished:
            return None
        taken: set[str] = set().union(*(rule["locations"] for rule in kept.values())) if kept else set()
        if any(taken & set(rule["locations"]) for rule in wished.values()):
            return None
        model[policy] = {**kept, **wished}
    return model


def told(result: Result) -> list[dict[str, t.Any]]:
    """The rules of a result, without the ids that only the service chooses."""
    return [{name: value for name, value in words.items() if name != "id"} for words in result["geoip_rules"]]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=stories())
def test_a_set_becomes_what_the_model_says(story: Story) -> None:
    cloud = Cloud(seed(story.before))
    wish = {"rules": list(story.items), **story.options}
    model = modelled(story)
    predicted = cloud.run("waf_geoip_rules", wish, check=True, diff=True)
    assert cloud.writes() == []
    result = cloud.run("waf_geoip_rules", wish, diff=True)
    if model is None:
        assert predicted["failed"] and result["failed"]
        assert predicted["msg"] == result["msg"]
        assert (cloud.writes(), held(cloud)) == ([], story.before)
        return
    assert held(cloud) == model
    # What is foreseen is what happens: no location is asked for while another rule has it, or the cloud would have refused.
    assert (done(result)["changed"], result["counts"], result["diff"]) == (done(predicted)["changed"], predicted["counts"], predicted["diff"])
    assert told(result) == told(predicted)
    assert result["changed"] is (story.before != model)
    assert result["changed"] is bool(cloud.writes())
    counts = result["counts"]
    assert counts["created"] == sum(len(model[policy].keys() - story.before[policy].keys()) for policy in POLICIES)
    assert counts["removed"] == sum(len(story.before[policy].keys() - model[policy].keys()) for policy in POLICIES)
    # A removal that makes room for nothing comes after everything else.
    steps = predicted["plan"]["steps"]
    needed = {number for step in steps for number in step["after_steps"]}
    last = [step["action"] == "remove" and step["step"] not in needed for step in steps]
    assert last == sorted(last)
    cloud.forget()
    again = done(cloud.run("waf_geoip_rules", {**wish, "rules": list(reversed(story.items))}))
    assert (again["changed"], cloud.writes(), held(cloud)) == (False, [], model)
