# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebook in ansible-rulebook itself, from the installed artifact: many attacks tighten the rule, once, and wrong credentials end it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
import typing as t
import urllib.request
from pathlib import Path

import pytest

from plays import CREDENTIALS, PROGRAMS, emulator, surroundings

# Where the artifact is installed, which is not where this file is.
COLLECTIONS = os.environ["GATEHOUSE_INSTALLED"]
RULE = {"id": "w" * 32, "name": "watch", "geoip": "Cuba", "white": 2}
VARIABLES = {"tighten_policy": "storefront", "tighten_rule": "watch", "tighten_open": ["Germany"], "waf_interval": 1, "waf_lookback": 60}
SECONDS = 60


class Cloud:
    """An emulated account with a rule that only logs."""

    def __init__(self, port: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.control("POST", "reset", {"policies": [{"name": "storefront", "options": {"geoip": True}, "geoip_rules": [RULE]}]})

    def control(self, method: str, what: str, body: t.Any = None) -> t.Any:
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/_emulator/{what}", content, method=method), timeout=30) as answer:
            return json.loads(answer.read())

    def attacked(self, times: int, **more: str) -> None:
        self.control("POST", "events", [{"attack": "custom_geoip", "action": "log", "rule": RULE["id"], "region": "Cuba", **more}] * times)

    def blocks(self) -> bool:
        return bool(self.control("GET", "state")["policies"][0]["geoip_rules"][0]["white"] == 0)

    def looks(self) -> int:
        return sum(entry["operation"] == "ListEvent" for entry in self.control("GET", "journal"))

    def writes(self) -> list[str]:
        return [entry["operation"] for entry in self.control("GET", "journal") if entry["write"]]


@pytest.fixture
def cloud() -> t.Iterator[Cloud]:
    with emulator() as port:
        yield Cloud(port)


def until(what: t.Callable[[], t.Any]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


@contextlib.contextmanager
def rulebook(folder: Path, cloud: Cloud, more: t.Mapping[str, t.Any], **environment: str) -> t.Iterator[subprocess.Popen[bytes]]:
    """ansible-rulebook with our rulebook; what it says is in the file output."""
    (folder / "variables.yml").write_text(json.dumps({**VARIABLES, **more}), encoding="ascii")
    (folder / "hosts").write_text("localhost ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n", encoding="ascii")
    words = ["ansible-rulebook", "--rulebook", "gatehouse.huaweicloud.waf_attacks", "--vars", "variables.yml", "--inventory", "hosts"]
    variables = {**surroundings(folder, COLLECTIONS), **CREDENTIALS, "HW_ENDPOINT": cloud.url, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    variables.pop("PYTHONPATH", None)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(words, cwd=folder, env={**variables, **environment}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


def said(folder: Path) -> str:
    return (folder / "output").read_text(encoding="utf-8")


def test_many_attacks_tighten_the_rule_and_no_more_than_once_in_an_hour(tmp_path: Path, cloud: Cloud) -> None:
    cloud.attacked(19)
    with rulebook(tmp_path, cloud, {"tighten_dry_run": False}) as process:
        until(lambda: cloud.looks() >= 3 or process.poll() is not None)
        assert process.poll() is None, said(tmp_path)
        assert not cloud.blocks(), "nineteen are not many"
        cloud.attacked(1)
        until(cloud.blocks)
        cloud.attacked(40)
        looked = cloud.looks()
        until(lambda: cloud.looks() >= looked + 4)
    assert said(tmp_path).count("PLAY [Tighten a rule of WAF]") == 1
    assert cloud.writes() == ["UpdateGeoipRule"]


def test_attacks_from_one_location_add_it_where_it_is_allowed_and_block_nothing_else(tmp_path: Path, cloud: Cloud) -> None:
    # The first ones, about which nothing is done, use up nothing of the others.
    cloud.attacked(20, attack="sqli", action="block", region="Germany")
    cloud.attacked(20, attack="sqli", action="block", region="Peru")
    with rulebook(tmp_path, cloud, {"tighten_dry_run": False, "tighten_add": ["Peru"]}):
        until(cloud.writes)
        until(lambda: said(tmp_path).count("PLAY RECAP") == 2)
    (rule,) = cloud.control("GET", "state")["policies"][0]["geoip_rules"]
    assert (rule["geoip"].split("|"), rule["white"]) == (["Cuba", "Peru"], RULE["white"])


def test_unless_it_is_told_so_nothing_is_changed(tmp_path: Path, cloud: Cloud) -> None:
    cloud.attacked(25)
    with rulebook(tmp_path, cloud, {}):
        until(lambda: "PLAY RECAP" in said(tmp_path))
    assert "20 requests in 5 minutes were only noted: log becomes block (dry run" in said(tmp_path)
    assert cloud.writes() == []


def test_a_network_that_fails_is_waited_for(tmp_path: Path, cloud: Cloud) -> None:
    cloud.attacked(25)
    cloud.control("POST", "faults", [{"match": {"operation": "ListEvent"}, "times": 2, "drop": "before"}])
    with rulebook(tmp_path, cloud, {}, HW_MAX_RETRIES="0"):
        until(lambda: "PLAY RECAP" in said(tmp_path))
    assert said(tmp_path).count("Events come later, and none is lost") == 1


def test_wrong_credentials_end_it_at_once_with_the_reason_and_without_the_secret(tmp_path: Path, cloud: Cloud) -> None:
    with rulebook(tmp_path, cloud, {}, HW_SECRET_KEY="fake-secret-0000000000000001") as process:
        until(lambda: process.poll() is not None)
        assert process.returncode != 0
    assert "The signature or the token is wrong: check access_key and secret_key" in said(tmp_path)
    assert "fake-secret" not in said(tmp_path)
    # A few more would lock the key.
    assert len([entry for entry in cloud.control("GET", "journal") if entry["status"] == 401]) == 1
