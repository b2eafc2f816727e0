# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The order of the steps of a set: what gives comes before what takes, and where steps wait for each other in a circle, one is done in two."""

from __future__ import annotations

import typing as t

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import Words
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._steps import Step, Token


def arranged(steps: list[Step]) -> list[Step]:
    """The steps in an order in which nothing is wanted before it is given, nor given long before it is taken, each with its needs, by their numbers.

    Where steps wait for each other in a circle, one of them is done in two: first it gives what others wait for.
    """
    while True:
        _linked(steps)
        halves = dict(_in_two(steps, circle) for circle in _circles(steps))
        if not halves:
            break
        steps = [half for number, step in enumerate(steps) for half in halves.get(number, (step,))]
    placed: dict[int, int] = {}
    takers: dict[int, list[int]] = {}
    for number, step in enumerate(steps):
        for other in step.needs:
            takers.setdefault(other, []).append(number)

    def place(number: int) -> None:
        waiting = [number]
        while waiting:
            first = waiting[-1]
            ahead = [other for other in sorted(steps[first].needs) if other not in placed]
            if first in placed:
                waiting.pop()
            elif ahead:
                waiting.append(ahead[0])
            else:
                placed[waiting.pop()] = len(placed)
                waiting += reversed(takers.get(first, ()))

    for number in range(len(steps)):
        # What gives waits for the first that takes, and the others that take follow it: what it gave is in no object until then.
        if number not in takers:
            place(number)
    for step in steps:
        step.needs = {placed[number] for number in step.needs}
    return [steps[number] for number in sorted(placed, key=lambda number: placed[number])]


def _linked(steps: t.Sequence[Step]) -> None:
    """Give each step the numbers of those that give what it takes."""
    givers: dict[tuple[int, Token], list[int]] = {}
    for number, step in enumerate(steps):
        for token in step.gives:
            givers.setdefault((id(step.spot), token), []).append(number)
    # What is done of one wish comes in the order in which it stands here: one that is in two circles makes room twice.
    before: dict[int, int] = {}
    for number, step in enumerate(steps):
        step.needs = {other for token in step.takes for other in givers.get((id(step.spot), token), ()) if other != number}
        if step.wish is not None and id(step.wish) in before:
            step.needs.add(before[id(step.wish)])
        if step.room:
            before[id(step.wish)] = number


def _circles(steps: t.Sequence[Step]) -> list[list[int]]:
    """Steps that wait for each other, in circles that have none in common; none when none do."""
    left = {number: set(step.needs) for number, step in enumerate(steps)}
    waited: dict[int, list[int]] = {}
    for number, needs in left.items():
        for other in needs:
            waited.setdefault(other, []).append(number)
    free = [number for number, needs in left.items() if not needs]
    while free:
        done = free.pop()
        del left[done]
        for number in waited.get(done, ()):
            left[number].discard(done)
            if not left[number]:
                free.append(number)
    # From any that waits, the way leads into a circle.
    circles: list[list[int]] = []
    seen: set[int] = set()
    for start in left:
        path: dict[int, int] = {}
        number = start
        while number not in seen:
            seen.add(number)
            path[number] = len(path)
            number = min(left[number])
        if number in path:
            circles.append(list(path)[path[number] :])
    return circles


def _in_two(steps: t.Sequence[Step], circle: t.Sequence[int]) -> tuple[int, tuple[Step, Step]]:
    """The number of a step of a circle, and the two that it is done in."""
    wanted = {token for number in circle for token in steps[number].takes}
    field_name = str(steps[circle[0]].spot.resource.exclusive)
    for number in circle:
        step = steps[number]
        left = [member for member in step.before.get(field_name) or () if (field_name, str(member).casefold()) not in wanted]
        # A name that is wanted by another cannot be given first: every object has one.
        if step.action == "update" and left and ("name", step.name) not in wanted and not any(token[0] == "name" for token in step.gives & wanted):
            before = {**step.before, field_name: left}
            room = Step(
                step.spot, "update", {"id": step.before["id"], field_name: left}, step.before, before, f"makes room: {step.reason}", step.wish, room=True
            )
            return number, (room, _second(step, before, step.options))
    anew = [number for number in circle if steps[number].action == "update" and steps[number].wish is not None and not steps[number].options.get("id")]
    for number in anew:
        step = steps[number]
        # Should it break off between the two, the next run knows what to make from the item alone.
        if not _unsaid(step):
            told = {name: value for name, value in step.before.items() if name in step.spot.resource.options and value is not None}
            options = {**step.options, **{name: value for name, value in told.items() if step.options.get(name) is None}}
            room = Step(step.spot, "remove", {"id": step.before["id"]}, step.before, {}, f"makes room, and is made anew: {step.reason}", step.wish, room=True)
            return number, (room, _second(step, {}, options))
    if anew:
        lacking = "; ".join(f"{steps[number].spot.called(steps[number].name)} does not say {', '.join(_unsaid(steps[number]))}" for number in anew)
        raise InputError(
            "These exchange all that they have, so that one of them has to be removed and made anew, and no item says all that it is made of:"
            f" {lacking}. Say it in one of them, or do it in two tasks."
        )
    called = ", ".join(steps[number].spot.called(steps[number].name) for number in circle)
    raise InputError(
        f"These exchange what one of them can have at a time, and are found by their ids, which removing one would change: {called}. Do it in two tasks."
    )


def _unsaid(step: Step) -> list[str]:
    """What an object has, its item does not say, and a new object has not by itself."""
    held = {name: (one, step.before.get(name)) for name, one in step.spot.resource.options.items() if step.options.get(name) is None}
    return [name for name, (one, value) in held.items() if value is not None and not one.equal(one.initially, value)]


def _second(step: Step, before: Words, options: Words) -> Step:
    """The second half of a step that is done in two."""
    if before:
        return Step(step.spot, "update", options, before, step.after, step.reason, step.wish, instead=step.held)
    after = {name: value for name, value in step.after.items() if name != "id"}
    return Step(step.spot, "create", options, {}, after, f"{step.reason} (made anew, with another id)", step.wish, instead=step.held)
