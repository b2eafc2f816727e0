# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a task says, it ends in a result that a person can use, and what is refused has changed nothing.

Every run tries a few inputs for each module, the same ones each time. "make fuzz" tries thousands, other ones each time.
"""

from __future__ import annotations

import collections
import json
import os
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import HealthCheck, Phase, given, settings
from werkzeug.test import Client as WsgiClient

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import VARIABLES
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import no_text, said
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sources import FAMILIES
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._waf_policies import SWITCHES
from cloud import CONNECTION, Cloud, Result
from doors import DOORS, Asked
from gatehouse_emulator.account import DEMO
from inputs import A_FILE, MODULES, SECRETS, Input, declared, inputs, needs
from wishes import ONLY_TOLD, SETS

FUZZ = int(os.environ.get("GATEHOUSE_FUZZ_INPUTS", "0"))
LONGEST_MESSAGE, MOST_LINES = 2000, 5
BY_ANSIBLE, BY_US, BY_THE_CLOUD, NO_CHANGE, WRITTEN = "refused by Ansible", "refused by us", "refused by the cloud", "no change", "written"
# The share of the inputs that has to come to each end, so that the inputs are known to reach everything.
LEAST_SHARE = 0.03 if FUZZ else 0
# What the service decides when nobody says it, so that check mode leaves it open.
OPEN = {"policy", "policy_id", "protection", "access_status", "cname", "access_code"}
# What a task that waits says when what it waits for does not happen; its change stays.
IN_VAIN = "in vain"
# One input in so many goes through the second door as well.
THROUGH_BOTH = 5

profile = settings(
    max_examples=FUZZ or 150,
    # What fails in an ordinary run fails in the next; what "make fuzz" finds is found again by the seed that it prints.
    derandomize=not FUZZ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


class Trial:
    """An emulated cloud behind one door, and what comes of an input there."""

    def __init__(self, door: str, module: str) -> None:
        self._door = DOORS[door]
        # What shows late can end half-way, and that is no matter of the input.
        self._cloud = Cloud({**DEMO, **needs(module), "limits": {}})
        self._control = WsgiClient(self._cloud.application)
        self._memory = Memory()

    def begin(self, one: Input) -> None:
        """A fresh account, in which the task that comes before has been carried out."""
        self._control.post("/_emulator/reset")
        self._memory = Memory()
        if one.before:
            earlier = self.told(Input(one.module.removesuffix("_info"), {**CONNECTION, **one.before}), check=False)[0]
            assert not earlier.get("failed"), earlier

    def told(self, one: Input, check: bool) -> tuple[Result, list[dict[str, t.Any]]]:
        """The result of a task, and the requests that it made."""
        self._cloud.forget()
        asked = Asked(one.module, one.options, check, True, self._cloud.application, lambda request: None, self._memory)
        result = self._door(asked)
        # What was issued a second later ends a second later.
        if result.get("caller", {}).get("expires_at"):
            result["caller"]["expires_at"] = "later"
        # A file has a name of its own.
        if result.get("backup_file"):
            result["backup_file"] = "kept"
        # A request has an id of its own in each cloud.
        request_id = result.get("api_error", {}).get("request_id")
        told = json.dumps(result)
        return json.loads(told.replace(json.dumps(request_id)[1:-1], "the request") if request_id else told), self._cloud.journal()


def refused_by_ansible(one: Input) -> bool:
    """Whether the options do not fit the declaration, or break the checks of Ansible."""
    declaration = declared(one.module)
    validator = ArgumentSpecValidator(
        {name: dict(argument) for name, argument in declaration.argument_spec.items()}, required_one_of=[list(names) for names in declaration.required_one_of]
    )
    try:
        return bool(validator.validate(said(one.options)).error_messages)
    except Exception:
        return True


def breaks_ansible(one: Input) -> bool:
    """Whether a task with these options is no matter of both doors: Ansible cannot read them, or its checks of them end in a traceback."""
    if no_text(one.options) is not None:
        return True
    spec = {name: dict(argument) for name, argument in declared(one.module).argument_spec.items()}
    try:
        json.dumps(ArgumentSpecValidator(spec).validate(said(one.options)).validated_parameters)
    except Exception:
        return True
    return False


def texts(value: t.Any) -> t.Iterator[str]:
    """Every text in a value, names included."""
    if isinstance(value, str):
        yield value
    for inner in [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from texts(inner)


def is_logged(one: Input) -> bool:
    """Whether Ansible can write the options into the log of the system, as it does for a module and not for an action plugin."""
    return not any("\0" in text for text in texts(one.options))


def changes(requests: t.Iterable[t.Mapping[str, t.Any]]) -> list[str]:
    """The operations that changed something."""
    return [request["operation"] for request in requests if request["write"] and request["status"] < 300]


def usable(result: Result, requests: t.Sequence[t.Mapping[str, t.Any]], by_ansible: bool) -> None:
    """A result that a person can use and anybody may see, from a cloud that was not broken."""
    text = json.dumps(result)
    assert "defect of gatehouse" not in text and "Traceback" not in text
    assert [request for request in requests if request["status"] >= 500] == []
    for secret in SECRETS:
        assert secret not in text
    if result.get("failed"):
        message = result["msg"]
        assert message.strip()
        assert by_ansible or len(message) <= LONGEST_MESSAGE
        assert by_ansible or len(message.splitlines()) <= MOST_LINES
    else:
        assert isinstance(result["changed"], bool)


def alike(predicted: t.Any, real: t.Any) -> bool:
    """Whether two objects say the same, but for what only the service can know: the ids of what is made, and switches that no source tells of."""
    if isinstance(predicted, dict) and isinstance(real, dict):
        unknown = {"id", *(name for name, value in SWITCHES.items() if value is None and name in predicted and predicted[name] is None)}
        names = {name for name in {*predicted, *real} - unknown if name not in OPEN or predicted.get(name) is not None}
        return all(alike(predicted.get(name), real.get(name)) for name in names)
    if isinstance(predicted, list) and isinstance(real, list):
        return len(predicted) == len(real) and all(map(alike, predicted, real))
    return bool(predicted == real)


def end_of(one: Input, trial: Trial) -> tuple[str, list[t.Any]]:
    """To what end an input comes, and everything that was told on the way; fails where an end is not as promised."""
    by_ansible = refused_by_ansible(one)
    trial.begin(one)
    predicted, looked = trial.told(one, check=True)
    usable(predicted, looked, by_ansible)
    assert changes(looked) == [] and not any(request["write"] for request in looked), "check mode writes nothing"
    real, done = trial.told(one, check=False)
    usable(real, done, by_ansible)
    both = [predicted, real]
    if by_ansible:
        assert predicted["failed"] and real["failed"] and looked == done == []
        return BY_ANSIBLE, both
    if predicted.get("failed"):
        assert real.get("failed"), "what check mode refuses is refused"
    if real.get("failed") and IN_VAIN in real["msg"] and one.options.get("wait"):
        return WRITTEN if changes(done) else NO_CHANGE, both
    if real.get("failed") and one.module in SETS and any(request["write"] for request in done):
        # Of a set a part can be carried out; its result tells which.
        assert real["changed"] is bool(changes(done)), "a failure tells whether anything was changed"
        assert real["failed_items"] and all(item["msg"] for item in real["failed_items"]), "and what was not"
        return WRITTEN if changes(done) else BY_THE_CLOUD, both
    if real.get("failed"):
        assert changes(done) == [], "what is refused has changed nothing"
        assert "api_error" in real or not any(request["write"] for request in done), "what we refuse is not even tried"
        return BY_THE_CLOUD if "api_error" in real else BY_US, both
    assert real["changed"] is predicted["changed"] is bool(changes(done)), "check mode predicts"
    of_one_mode = dict.fromkeys(("invocation", "plan", "backup_file"))
    assert alike({**predicted, **of_one_mode}, {**real, **of_one_mode}), "check mode predicts the result"
    again, _requests = trial.told(one, check=False)
    assert again.get("failed") or again["changed"] is False, "twice changes once"
    return WRITTEN if changes(done) else NO_CHANGE, [*both, again]


@pytest.mark.parametrize("module", MODULES)
def test_whatever_a_task_says_its_end_is_as_promised(
    module: str, slept: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # Backups are written, or not, below this folder.
    monkeypatch.chdir(tmp_path)
    (tmp_path / A_FILE).touch()
    for name in {*(name for family in FAMILIES for name in family.values()), *(name for names in VARIABLES.values() for name in names)}:
        monkeypatch.delenv(name, raising=False)
    trials = {door: Trial(door, module) for door in DOORS}
    ends: collections.Counter[str] = collections.Counter()

    @profile
    @given(inputs(module))
    def check(one: Input) -> None:
        if breaks_ansible(one):
            ends[BY_ANSIBLE] += 1
            return
        end, told = end_of(one, trials["in_process"])
        ends[end] += 1
        if sum(ends.values()) % THROUGH_BOTH == 0 and is_logged(one):
            assert end_of(one, trials["module"]) == (end, told), "both doors say the same"

    check()
    total = sum(ends.values())
    with capsys.disabled():
        if FUZZ:
            print(f"\n{module}: {total} inputs; " + ", ".join(f"{end} {count} ({count / total:.0%})" for end, count in sorted(ends.items())))
    reached = {"Ansible": ends[BY_ANSIBLE], "us": ends[BY_US], "the cloud": ends[BY_THE_CLOUD] + ends[NO_CHANGE], "a write": ends[WRITTEN]}
    if module.endswith("_info") or module in ONLY_TOLD:
        assert not reached.pop("a write")
    assert {name: count for name, count in reached.items() if count <= LEAST_SHARE * total} == {}, "the inputs reach everything"
