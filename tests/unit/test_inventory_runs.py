# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin as a user runs it: listed, in a play, cut into slices, with secrets about."""

from __future__ import annotations

import json
import re
import subprocess
import typing as t
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from ansible_collections.gatehouse.huaweicloud.plugins.inventory.waf_domains import EXAMPLES
from inventories import KEYS, NAME, REGION, listed, variables
from leaks import Secret, found, left_behind, secret, vault
from plays import ROOT, SECRET, emulator, ran, surroundings

ASIDE = "runs in a process of its own"
RUNNERS = 4
DOMAINS = 40
FILE = "edge.waf_domains.yml"
PLAIN = f"plugin: {NAME}\nregion: {REGION}\n"
# One task for each domain, and then the word of the cloud on it.
PLAY = """
- name: The origins let WAF through
  hosts: waf_domains
  gather_facts: false
  tasks:
    - name: Record it
      gatehouse.huaweicloud.waf_access_progress:
        domain: "{{ waf_id }}"
        region: "{{ waf_region }}"
        project_id: "{{ waf_project_id }}"
        origin_whitelisted: completed
"""


def domains(number: int) -> dict[str, t.Any]:
    """An account with so many domains, of both modes and under two policies."""
    made = [
        {"hostname": f"{n:03}.example.com", "mode": ("cloud", "premium")[n % 2], "policy": ("storefront", "checkout")[n % 3 == 0], "id": f"{n:032x}"}
        for n in range(number - 1)
    ]
    wildcard = {"hostname": "*.shop.example.com", "mode": "cloud", "policy": "storefront", "id": f"{number:032x}"}
    return {"policies": [{"name": "storefront"}, {"name": "checkout"}], "domains": [*made, wildcard], "limits": {"domains": number}}


class Site:
    """A folder with an inventory, and the cloud that it is of."""

    def __init__(self, folder: Path, port: str) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        keys = {"HW_ACCESS_KEY": KEYS["access_key"], "HW_SECRET_KEY": SECRET}
        self.environment = surroundings(folder, **keys, HW_ENDPOINT=self.url, ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
        (folder / FILE).write_text(PLAIN, encoding="ascii")
        (folder / "play.yml").write_text(PLAY, encoding="ascii")
        self.reset(domains(DOMAINS))

    def reset(self, seed: t.Any) -> None:
        self.control("POST", "reset", seed)

    def control(self, method: str, what: str, body: t.Any = None) -> t.Any:
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/_emulator/{what}", content, method=method), timeout=30) as answer:
            return json.loads(answer.read())

    def play(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return ran(self.folder, {**self.environment, **more}, "play.yml", "-v", *words)


@pytest.fixture(scope="module")
def port() -> t.Iterator[str]:
    with emulator() as port:
        yield port


@pytest.fixture
def site(tmp_path: Path, port: str) -> Site:
    return Site(tmp_path, port)


def recorded(site: Site) -> dict[str, t.Any]:
    """The progress of each domain that the cloud holds, as it holds it."""
    return {domain["hostname"]: domain["access_progress"] for domain in site.control("GET", "state")["domains"]}


def changed(output: str) -> list[str]:
    """The hosts of which a play changed something."""
    return sorted(line.partition(" ")[0] for line in output.partition("PLAY RECAP")[2].splitlines() if "changed=1" in line)


def test_every_example_lists_hosts(site: Site) -> None:
    seed = {
        **domains(DOMAINS),
        "projects": [{"id": "0123456789abcdef0123456789abcdef", "name": REGION}, {"id": "e" * 32, "name": "cn-east-3"}],
        "gateways": [{"name": "front"}],
    }
    seed["domains"][0]["access_status"] = 1
    site.reset(seed)
    keys = {f"{name}_{part}": KEYS[part.lower()] for name in ("SHOPS", "BANKS") for part in ("ACCESS_KEY", "SECRET_KEY")}
    # One is a file, the others are comments in it: a linter takes one document only.
    first, *others = EXAMPLES.split("\n# ---\n")
    examples = [first, *(re.sub(r"^# ?", "", other, flags=re.MULTILINE) for other in others)]
    assert len(examples) == 4
    numbers = []
    for number, text in enumerate(examples):
        assert yaml.safe_load(text)["plugin"] == NAME
        (site.folder / f"example{number}.waf_domains.yml").write_text(text, encoding="utf-8")
        ended = listed(site.folder, {**site.environment, **keys}, "-i", f"example{number}.waf_domains.yml", "--list")
        numbers.append(len(variables(ended)))
        assert "WARNING" not in ended.stderr, ended.stderr
        assert "__ansible_unsafe" not in ended.stdout or "compose" in text
    # The third has both regions of an account and one of another, all of which this emulator answers for.
    assert numbers == [DOMAINS, 1, 3 * DOMAINS, DOMAINS + 3]
    assert (site.folder / "inventory-cache").is_dir()


def test_a_play_runs_in_process_for_each_domain(site: Site) -> None:
    ended = site.play("-i", FILE, "--forks", "10")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert len(changed(ended.stdout)) == DOMAINS
    assert ASIDE not in ended.stdout + ended.stderr
    assert [progress for progress in recorded(site).values() if progress != [{"step": 1, "status": 1}]] == []
    assert changed(site.play("-i", FILE).stdout) == []


@pytest.mark.parametrize(
    ("limit", "hosts"),
    [
        ("001.example.com", ["001.example.com"]),
        ("_wildcard.shop.example.com", ["_wildcard.shop.example.com"]),
        ("waf_policy_checkout:&waf_mode_dedicated", [f"{n:03}.example.com" for n in range(3, DOMAINS - 1, 6)]),
        ("*.shop.example.com", ["_wildcard.shop.example.com"]),
    ],
)
def test_a_play_is_limited_by_names_and_groups(site: Site, limit: str, hosts: list[str]) -> None:
    ended = site.play("-i", FILE, "--limit", limit)
    assert changed(ended.stdout) == hosts, ended.stdout
    assert sum(bool(progress) for progress in recorded(site).values()) == len(hosts)


def test_slices_come_to_the_same_as_one_run(site: Site) -> None:
    """AWX gives each job of a sliced template every so-many-th host of the inventory, as a script that prints it."""
    assert site.play("-i", FILE).returncode == 0
    whole = recorded(site)
    site.reset(domains(DOMAINS))
    inventory = json.loads(listed(site.folder, site.environment, "-i", FILE, "--list", "--export").stdout)
    hosts = sorted(inventory["_meta"]["hostvars"])
    assert len(hosts) == DOMAINS
    slices = [hosts[number::RUNNERS] for number in range(RUNNERS)]
    for number, mine in enumerate(slices):
        groups = {name: {**group, "hosts": [one for one in group["hosts"] if one in mine]} for name, group in inventory.items() if "hosts" in group}
        others = {name: group for name, group in inventory.items() if "hosts" not in group and name != "_meta"}
        held = {**groups, **others, "_meta": {"hostvars": {name: inventory["_meta"]["hostvars"][name] for name in mine}}}
        (site.folder / f"slice{number}.json").write_text(json.dumps(held), encoding="utf-8")
        script = site.folder / f"slice{number}"
        script.write_text(f"#!/bin/sh\ncat '{site.folder}/slice{number}.json'\n", encoding="ascii")
        script.chmod(0o700)
    with ThreadPoolExecutor(RUNNERS) as pool:
        runs = list(pool.map(lambda number: site.play("-i", f"slice{number}", ANSIBLE_HOME=str(site.folder / f"home{number}")), range(RUNNERS)))
    for ended, mine in zip(runs, slices):
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert changed(ended.stdout) == mine
        assert ASIDE not in ended.stdout
    assert recorded(site) == whole
    writes = [entry for entry in site.control("GET", "journal") if entry["write"]]
    assert len(writes) == DOMAINS


def test_what_cannot_be_read_ends_a_run_that_is_told_so(site: Site) -> None:
    ended = site.play("-i", FILE, HW_SECRET_KEY="gatehouse-wrong-secret-0000000000000002")
    text = " ".join((ended.stdout + ended.stderr).split())
    assert ended.returncode != 0
    assert "region 'cn-north-4': Could not" in text and "check access_key and secret_key" in text
    assert "gatehouse-wrong-secret" not in text
    assert len([entry for entry in site.control("GET", "journal") if entry["status"] == 401]) == 1


@pytest.mark.parametrize("good", [True, False])
def test_no_secret_is_shown_or_kept(site: Site, good: bool) -> None:
    hidden = {name: secret(f"{name} of the inventory") for name in ("secret_key", "wrong_key", "typed")}
    seed = {**domains(2), "keys": [{"access_key": KEYS["access_key"], "secret_key": hidden["secret_key"].text}]}
    site.reset(seed)
    vault(site.folder, {"kept": hidden["secret_key" if good else "wrong_key"].text})
    locked = (site.folder / "vault.yml").read_text(encoding="ascii").partition("kept: ")[2].replace("\n", "\n    ").rstrip()
    text = f"""
plugin: {NAME}
max_retries: 0
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: {site.folder / "kept"}
accounts:
  - name: shops
    region: {REGION}
    access_key: {KEYS["access_key"]}
    secret_key: {locked}
"""
    (site.folder / FILE).write_text(text, encoding="utf-8")
    environment = {name: value for name, value in site.environment.items() if name != "HW_SECRET_KEY"}
    environment.update(HW_USER_PASSWORD=hidden["typed"].text, ANSIBLE_LOG_PATH=str(site.folder / "log"), ANSIBLE_DISPLAY_TRACEBACK="always")
    ended = listed(site.folder, environment, "-i", FILE, "--list", "-vvvv", "--vault-password-file", "password")
    assert (ended.returncode == 0) is good, ended.stdout + ended.stderr
    assert ("example.com" in ended.stdout) is good
    assert ("APIGW.0301" in ended.stderr + ended.stdout) is not good
    assert bool(list((site.folder / "kept").glob("*"))) is good
    texts = {"stdout": ended.stdout.encode(), "stderr": ended.stderr.encode(), **left_behind(site.folder)}
    secrets: list[Secret] = list(hidden.values())
    assert [f"{where}: {line}" for where, text in texts.items() for line in found(text, secrets)] == []


def test_a_file_of_another_name_is_not_for_the_plugin(site: Site) -> None:
    (site.folder / "edge.yml").write_text(PLAIN, encoding="ascii")
    ended = listed(site.folder, site.environment, "-i", "edge.yml", "--list")
    assert ended.returncode != 0
    assert "could not be verified by inventory plugin" in " ".join((ended.stdout + ended.stderr).split())


def test_the_page_shows_files_that_are_listed(site: Site) -> None:
    page = (ROOT / "docs" / "inventory.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```yaml\n")[1:]]
    files = [block for block in blocks if f"plugin: {NAME}" in block]
    assert files
    for number, text in enumerate(files):
        (site.folder / f"{number}.waf_domains.yml").write_text(text, encoding="utf-8")
        assert variables(listed(site.folder, site.environment, "-i", f"{number}.waf_domains.yml", "--list"))
    plays = [block for block in blocks if "hosts: waf_domains" in block]
    assert plays
    for text in plays:
        (site.folder / "play.yml").write_text(text, encoding="utf-8")
        ended = site.play("-i", FILE)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert ASIDE not in ended.stdout
