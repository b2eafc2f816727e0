# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A new server that carries out a playbook of its own: what the script installs, waits for, refuses and repeats. The keys come from the emulated agency."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import typing as t
import urllib.request
from pathlib import Path

import pytest
import yaml

from plays import COLLECTIONS, ROOT, SECRET, Ended, emulator, surroundings

BOOTSTRAP = ROOT / "extensions" / "bootstrap"
ASKED = "ansible-core>=2.16 gatehouse.huaweicloud "
OWN_ADDRESS = ("--extra-vars", "own_address=203.0.113.77 tries=1")


def git(folder: Path, *words: str) -> None:
    names = {f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *words], cwd=folder, env={**os.environ, **names, **nowhere}, check=True, capture_output=True, timeout=30)


def instead(home: Path, line: str) -> None:
    """A line of a shell in the place of the Python of a server."""
    program = home / "python" / "bin" / "python"
    program.write_text(f"#!/bin/sh\n{line}\n", encoding="ascii")
    program.chmod(0o755)


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A server on which everything is installed, and a repository with the example."""
    home = tmp_path / "server"
    (home / "python" / "bin").mkdir(parents=True)
    for name, module in (("ansible", "adhoc"), ("ansible-pull", "pull"), ("ansible-playbook", "playbook"), ("ansible-galaxy", "galaxy")):
        program = home / "python" / "bin" / name
        # As pip would have written it.
        program.write_text(f"#!{sys.executable}\nimport sys\nfrom ansible.cli.{module} import main\nsys.exit(main())\n", encoding="ascii")
        program.chmod(0o755)
    instead(home, f'exec {sys.executable} "$@"')
    (home / "collections").symlink_to(COLLECTIONS)
    (home / "installed").write_text(f"{ASKED}\n", encoding="ascii")
    shutil.copytree(BOOTSTRAP / "example", tmp_path / "site")
    return home


def published(tmp_path: Path, cloud: str) -> None:
    """The repository, with what Terraform would know of the cloud."""
    site = tmp_path / "site"
    outputs = json.loads((site / "terraform-output.json").read_text(encoding="utf-8"))
    outputs["policy_id"]["value"] = next(one["id"] for one in state(cloud)["policies"] if one["name"] == "storefront")
    (site / "terraform-output.json").write_text(json.dumps(outputs), encoding="utf-8")
    git(site, "init", "--quiet", "--initial-branch", "main")
    git(site, "add", ".")
    git(site, "commit", "--quiet", "--message", "A site")


def state(cloud: str) -> dict[str, t.Any]:
    with urllib.request.urlopen(f"{cloud}/_emulator/state", timeout=10) as answer:
        return dict(json.loads(answer.read()))


def ran(tmp_path: Path, cloud: str, *words: str, **more: str) -> Ended:
    variables = {
        **surroundings(tmp_path),
        "GATEHOUSE_REPOSITORY": str(tmp_path / "site"),
        "GATEHOUSE_HOME": str(tmp_path / "server"),
        "GATEHOUSE_PATIENCE": "0",
        "HW_REGION_NAME": "cn-north-4",
        "HW_ENDPOINT": cloud,
        "HW_ENDPOINT_METADATA": cloud,
        "GIT_CONFIG_GLOBAL": os.devnull,
        **more,
    }
    script = [str(BOOTSTRAP / "bootstrap.sh"), *words]
    return subprocess.run(script, cwd=tmp_path, env=variables, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=200, check=False)


def test_a_new_server_brings_its_domain_behind_waf_with_the_keys_of_its_agency_and_again_changes_nothing(tmp_path: Path, server: Path) -> None:
    with emulator() as port:
        cloud = f"http://127.0.0.1:{port}"
        published(tmp_path, cloud)
        first = ran(tmp_path, cloud, *OWN_ADDRESS)
        assert first.returncode == 0, first.stdout + first.stderr
        held = state(cloud)
        (domain,) = [one for one in held["domains"] if one["hostname"] == "new.example.com"]
        assert (domain["policy"], domain["server"][0]["address"]) == ("storefront", "203.0.113.77")
        again = ran(tmp_path, cloud, *OWN_ADDRESS)
        assert again.returncode == 0, again.stdout + again.stderr
        assert "changed=0 " in again.stdout
        assert state(cloud)["domains"] == held["domains"]
        for ended in (first, again):
            assert SECRET not in ended.stdout + ended.stderr
    assert (server.stat().st_mode & 0o777) == 0o700


def test_what_is_not_there_ends_it_before_the_playbook_with_its_name(tmp_path: Path, server: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    ended = ran(tmp_path, nowhere)
    assert ended.returncode == 1
    assert "gatehouse: the keys of the agency (see " in ended.stderr and "still not there after 0 seconds." in ended.stderr
    assert "127.0.0.1:1" in (server / "caller.log").read_text(encoding="utf-8")
    assert "Set GATEHOUSE_REPOSITORY" in ran(tmp_path, nowhere, GATEHOUSE_REPOSITORY="").stderr
    # The package index, for an installation that is not whole.
    (server / "installed").unlink()
    instead(server, "exit 1")
    ended = ran(tmp_path, nowhere)
    assert (ended.returncode, "gatehouse: the package index: still not there after 0 seconds." in ended.stderr) == (1, True)
    assert not (server / "installed").exists()


def test_an_artifact_with_another_sum_is_not_installed(tmp_path: Path, server: Path) -> None:
    instead(server, "exit 0")
    artifact = tmp_path / "artifact.tar.gz"
    artifact.write_bytes(b"something else")
    wrong = {"GATEHOUSE_ARTIFACT": str(artifact), "GATEHOUSE_SHA256": hashlib.sha256(b"the artifact").hexdigest()}
    ended = ran(tmp_path, "http://127.0.0.1:1", **wrong)
    assert ended.returncode == 1
    assert f"gatehouse: {artifact} is not what GATEHOUSE_SHA256 says; nothing of it was installed." in ended.stderr
    assert (server / "installed").read_text(encoding="ascii") == f"{ASKED}\n"


def test_the_user_data_holds_what_the_script_reads_and_no_key() -> None:
    text = (BOOTSTRAP / "user-data.yml").read_text(encoding="utf-8")
    assert text.startswith("#cloud-config\n")
    told = yaml.safe_load(text)
    (environment,) = [one["content"] for one in told["write_files"] if one["path"] == "/etc/gatehouse.env"]
    said = dict(line.split("=", 1) for line in environment.splitlines())
    script = (BOOTSTRAP / "bootstrap.sh").read_text(encoding="utf-8")
    assert {name for name in said if name.startswith("GATEHOUSE_")} <= {name for name in said if f"${{{name}" in script}
    assert not any("KEY" in name or "TOKEN" in name or "PASSWORD" in name for name in said)
