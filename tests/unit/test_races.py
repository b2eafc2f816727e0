# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs of the same task at once, their requests interleaved in many ways: the end is what was asked for, and nothing is there twice."""

from __future__ import annotations

import importlib
import random
import threading
import typing as t
from unittest import mock

import pytest
import requests
from werkzeug.test import Client as WsgiClient

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import Context, Failed, execute
from cloud import CONNECTION
from doors import PLUGINS, Result, WsgiAdapter
from gatehouse_emulator import create_app
from gatehouse_emulator.account import DEMO
from wishes import ACCESS_TYPE, ACL, GEOIP, POLICY, REPUTATION, WHITE_LIST

INTERLEAVINGS = 25
# Seconds after which a run that is stuck fails the test.
PATIENCE = 30.0

RULE = {**REPUTATION, "enabled": False, "description": "closed"}
WHITE = {**WHITE_LIST, "ip_addresses": ["192.0.2.7", "192.0.2.8"], "enabled": True}
INDOORS = {**ACCESS_TYPE, "objects": [{"type": "user", "id": None, "name": "anna"}, {"type": "group", "id": None, "name": "support"}]}
BINDING = {"gateway": "storefront-gateway", "acl": "warehouse", "environment": "RELEASE", "apis": ["orders"]}
PROGRESS = {"domain": "shop.example.com", "origin_whitelisted": "completed", "dns_switched": "skipped"}

wishes = pytest.mark.parametrize(
    ("module", "wish", "change"),
    [
        ("waf_policy", POLICY, {"level": "low", "options": {"webshell": True}}),
        ("waf_geoip_rule", GEOIP, {"locations": ["Cuba", "SD"], "enabled": False}),
        ("waf_ip_reputation_rule", RULE, {"tags": ["Amazon", "HW"], "enabled": True}),
        ("apig_acl", ACL, {"type": "deny", "entries": ["198.51.100.0/24"]}),
        ("workspace_access_policy", WHITE, {"ip_addresses": ["192.0.2.9"], "block_all": True}),
        ("workspace_access_policy", INDOORS, {"objects": [{"type": "user", "id": None, "name": "chen"}]}),
        ("apig_acl_binding", BINDING, {"apis": ["catalogue"], "purge": True}),
        ("waf_access_progress", PROGRESS, {"verified_locally": "completed", "dns_switched": "completed"}),
    ],
)


# A policy to bind, whose bindings show at once.
WAREHOUSE = {"acl_name": "warehouse", "acl_type": "DENY", "entity_type": "IP", "acl_value": "192.0.2.7"}
SEED = {**DEMO, "gateways": [{**DEMO["gateways"][0], "acls": [WAREHOUSE]}], "limits": {}}


class Turns:
    """Lets one of the runs send one request when all of them want to, drawn by a seed, so that an interleaving repeats."""

    def __init__(self, seed: int, runs: int) -> None:
        self._dice = random.Random(seed)
        self._changed = threading.Condition()
        self._running = set(range(runs))
        self._waiting: set[int] = set()
        self._next: int | None = None

    def wait(self, me: int) -> None:
        """Returns when it is this run's turn."""
        with self._changed:
            self._waiting.add(me)
            self._draw()
            assert self._changed.wait_for(lambda: self._next == me, PATIENCE), "a run is stuck"
            self._waiting.remove(me)
            self._next = None

    def end(self, me: int) -> None:
        """This run sends nothing more."""
        with self._changed:
            self._running.remove(me)
            self._draw()

    def _draw(self) -> None:
        if self._waiting and self._waiting == self._running:
            self._next = self._dice.choice(sorted(self._waiting))
            self._changed.notify_all()


class Account:
    """An emulated account, and runs at once on it."""

    def __init__(self) -> None:
        self._application = create_app(SEED)

    def run(self, seed: int, *tasks: tuple[str, t.Mapping[str, t.Any]]) -> list[Result]:
        """The results of tasks that begin together."""
        turns = Turns(seed, len(tasks))
        mine = threading.local()
        results: dict[int, Result] = {}

        def sent(request: t.Any) -> None:
            del request
            turns.wait(mine.number)

        def one(number: int, module: str, options: t.Mapping[str, t.Any]) -> None:
            mine.number = number
            declaration = importlib.import_module(f"{PLUGINS}.modules.{module}").DECLARATION
            try:
                results[number] = execute(declaration, Context({"state": "present", **CONNECTION, **options}))
            except Failed as failure:
                results[number] = {"failed": True, **failure.result}
            finally:
                turns.end(number)

        with mock.patch.object(requests.sessions, "HTTPAdapter", side_effect=lambda **sizes: WsgiAdapter(self._application, sent)):
            threads = [threading.Thread(target=one, args=(number, *task), daemon=True) for number, task in enumerate(tasks)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE)
        return [results[number] for number in range(len(tasks))]

    def state(self) -> dict[str, t.Any]:
        """What the account holds, without the ids, which tell who came first."""
        return t.cast("dict[str, t.Any]", _without_ids(WsgiClient(self._application).get("/_emulator/state").get_json()))


def _without_ids(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {name: _without_ids(inner) for name, inner in value.items() if name not in ("id", "policy_id", "bind_id", "create_time")}
    return [_without_ids(item) for item in value] if isinstance(value, list) else value


def alone(*tasks: tuple[str, t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
    """What tasks lead to one after the other."""
    account = Account()
    for task in tasks:
        (result,) = account.run(0, task)
        assert not result.get("failed"), result
    return account.state()


@wishes
def test_two_runs_of_one_task_end_in_the_declared_state(module: str, wish: t.Any, change: t.Any) -> None:
    created, changed = alone((module, wish)), alone((module, wish), (module, {**wish, **change}))
    for seed in range(INTERLEAVINGS):
        account = Account()
        for options, expected in ((wish, created), ({**wish, **change}, changed)):
            for result in account.run(seed, (module, options), (module, options)):
                assert not result.get("failed"), (seed, result["msg"])
            assert account.state() == expected, seed
            assert [result["changed"] for result in account.run(seed, (module, options), (module, options))] == [False, False]


@wishes
def test_two_removals_at_once_both_succeed(module: str, wish: t.Any, change: t.Any) -> None:
    del change
    absent = {name: wish[name] for name in ("policy", "gateway", "name", "acl", "environment", "access_control_type", "domain") if name in wish}
    gone = alone((module, wish), (module, {**absent, "state": "absent"}))
    for seed in range(INTERLEAVINGS):
        account = Account()
        account.run(seed, (module, wish))
        for result in account.run(seed, *[(module, {**absent, "state": "absent"})] * 2):
            assert not result.get("failed"), (seed, result["msg"])
        assert account.state() == gone, seed


def test_interleavings_differ_and_repeat() -> None:
    def order(seed: int) -> list[int]:
        turns, seen = Turns(seed, 2), []

        def one(me: int) -> None:
            for _request in range(6):
                turns.wait(me)
                seen.append(me)
            turns.end(me)

        threads = [threading.Thread(target=one, args=(me,), daemon=True) for me in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        return seen

    orders = [order(seed) for seed in range(INTERLEAVINGS)]
    assert len({tuple(one) for one in orders}) > INTERLEAVINGS / 2
    assert orders == [order(seed) for seed in range(INTERLEAVINGS)]
    assert all(sorted(one) == [0] * 6 + [1] * 6 for one in orders)
