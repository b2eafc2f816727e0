# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example that a page shows runs as it stands: through ansible-playbook, against an emulator on a port."""

from __future__ import annotations

import importlib
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from plays import ROOT, SECRET, Ended, emulator_with, ran, surroundings

MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
PLAY = {"hosts": "localhost", "connection": "local", "gather_facts": False}
# What the role's own example says of the connection, in place of which the tests put theirs.
PORT = "8642"


@pytest.fixture(scope="module")
def ports() -> t.Iterator[dict[str, str]]:
    """The ports of an emulator with the demo account: api, dns, waf."""
    with emulator_with("dns", "waf") as told:
        yield told


@pytest.fixture(scope="module")
def port(ports: t.Mapping[str, str]) -> str:
    """The port of its API."""
    return ports["api"]


def played(folder: Path, port: str, plays: t.Mapping[str, str], *words: str) -> Ended:
    """One run of several playbooks, given by name and text, with the connection in the environment."""
    for name, text in plays.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    keys = {"HW_ACCESS_KEY": "GATEHOUSEDEMOKEY0001", "HW_SECRET_KEY": SECRET}
    environment = surroundings(folder, **keys, HW_REGION_NAME="cn-north-4", HW_ENDPOINT=url, HW_ENDPOINT_METADATA=url)
    return ran(folder, environment, *words, *(f"{name}.yml" for name in plays))


def as_play(examples: str, defaults: t.Mapping[str, t.Any] | None = None) -> str:
    """Examples as a playbook: a list of tasks is put into a play, which may have defaults."""
    entries = yaml.safe_load(examples)
    play = {**PLAY, **({"module_defaults": dict(defaults)} if defaults else {})}
    return yaml.safe_dump(entries if "hosts" in entries[0] else [{**play, "tasks": entries}], sort_keys=False)


def examples_of(name: str) -> str:
    """The examples of a module."""
    module = importlib.import_module(f"ansible_collections.gatehouse.huaweicloud.plugins.modules.{name}")
    return str(module.EXAMPLES)


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a Markdown page."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_examples_of_every_module_run(tmp_path: Path, ports: t.Mapping[str, str]) -> None:
    port = ports["api"]
    # Where DNS and WAF are is of the rehearsal, as the endpoints are.
    here = {"resolver": [f"127.0.0.1:{ports['dns']}"], "waf_address": f"127.0.0.1:{ports['waf']}"}
    plays = {name: as_play(examples_of(name), {f"gatehouse.huaweicloud.{name}": here} if name == "waf_domain_check" else None) for name in MODULES}
    for name, text in plays.items():
        assert f"gatehouse.huaweicloud.{name}:" in text, name
    ended = played(tmp_path, port, plays)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    tasks = sum(len(play["tasks"]) for text in plays.values() for play in yaml.safe_load(text))
    assert len(re.findall(r"^(?:ok|changed): ", ended.stdout, re.MULTILINE)) == tasks


@pytest.mark.parametrize("page", ["README.md", "docs/large-sets.md", "roles/onboarding/README.md"])
def test_the_first_example_of_a_readme_changes_once(page: str, tmp_path: Path, port: str) -> None:
    text = next(block for block in blocks(ROOT / page, "yaml") if "hosts: localhost" in block).replace(f":{PORT}", f":{port}")
    outputs = [played(tmp_path, port, {"example": text}, *words) for words in (("--check", "--diff"), ("--diff",), ("--diff",))]
    assert [ended.returncode for ended in outputs] == [0, 0, 0], outputs
    counted = [int(re.findall(r"changed=(\d+)", ended.stdout)[0]) for ended in outputs]
    assert counted[0] == counted[1] > 0 == counted[2]


def test_the_backup_of_a_set_brings_back_what_was_there(tmp_path: Path, port: str) -> None:
    made, excepted, back = blocks(ROOT / "docs" / "large-sets.md", "yaml")
    ended = played(tmp_path, port, {"1": made, "2": excepted, "3": back, "4": made})
    assert ended.returncode == 0, ended.stdout + ended.stderr
    # Of each play: what was made before may be there already, and is as it was afterwards.
    changed = [re.findall(r"^changed: ", play, re.MULTILINE) for play in ended.stdout.split("PLAY [")[1:5]]
    assert [len(one) for one in changed[1:]] == [1, 1, 0], ended.stdout


def test_the_commands_of_the_readme_name_what_exists() -> None:
    text = "\n".join(blocks(ROOT / "README.md", "shell"))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", text, re.MULTILINE)) <= targets
    assert {"demo", "test", "help"} <= targets
