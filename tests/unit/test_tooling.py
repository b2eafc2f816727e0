# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tooling: which pairs a machine runs, where the cache lies, what is copied, and how checks are told."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[1] / "tooling"


def loaded(name: str) -> t.Any:
    """A file of the tooling, which is no package."""
    if str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    return importlib.import_module(name)


machine, tree, run, audit = loaded("machine"), loaded("tree"), loaded("run"), loaded("audit")

ALL = {(3, 9): "py39", (3, 10): "py310", (3, 11): "py311", (3, 12): "py312", (3, 13): "py313"}


@pytest.mark.parametrize(
    ("found", "newest", "cores"),
    [
        (ALL, ("2.21", "py312"), ["2.21", "2.20", "2.19", "2.18", "2.17", "2.16"]),
        ({(3, 9): "py39", (3, 10): "py310"}, ("2.17", "py310"), ["2.17", "2.16"]),
        ({(3, 11): "py311"}, ("2.19", "py311"), ["2.19", "2.18", "2.17", "2.16"]),
        ({(3, 13): "py313"}, ("2.21", "py313"), ["2.21", "2.20", "2.19", "2.18"]),
        ({(3, 14): "py314"}, ("2.21", "py314"), ["2.21", "2.20"]),
    ],
)
def test_a_machine_runs_what_its_interpreters_allow(found: t.Any, newest: tuple[str, str], cores: list[str]) -> None:
    pair = machine.newest(found)
    assert (pair.core, pair.python) == newest
    assert [one.core for one in machine.pairs(found)] == cores


def test_a_machine_without_a_usable_python_is_told() -> None:
    for found in ({}, {(3, 9): "py39"}):
        with pytest.raises(SystemExit, match=r"Python 3\.10 or newer"):
            machine.newest(found)


def test_what_is_left_out_is_said() -> None:
    assert machine.left_out(ALL) == []
    assert machine.left_out({(3, 9): "py39", (3, 12): "py312"}) == []
    assert machine.left_out({(3, 10): "py310"}) == [
        "ansible-core 2.21 is left out: this machine has none of Python 3.12, 3.13, 3.14",
        "Python 3.9 for the modules is left out: this machine has none",
    ]


def test_this_machine_has_the_interpreter_that_runs_this() -> None:
    assert sys.version_info[:2] in machine.interpreters()


@pytest.mark.parametrize(
    ("root", "environment", "expected"),
    [
        ("/home/me/huaweicloud", {}, "/home/me/huaweicloud/.cache"),
        ("/home/me/strange näme (1)", {"HOME": "/home/me"}, "/home/me/.cache/gatehouse/"),
        ("/home/me/" + "a" * 60, {"HOME": "/home/me", "XDG_CACHE_HOME": "/var/cache/me"}, "/var/cache/me/gatehouse/"),
        ("/home/m é/project", {"HOME": "/home/m é"}, "TEMPORARY/gatehouse-"),
        ("/home/me/a b", {}, "TEMPORARY/gatehouse-"),
    ],
)
def test_the_cache_lies_where_tools_do_not_stumble(
    root: str, environment: dict[str, str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert str(machine.cache(Path(root), environment)).startswith(expected.replace("TEMPORARY", str(tmp_path)))


def test_a_cache_in_a_folder_of_all_users_is_one_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = machine.cache(Path("/home/me/a b"), {})
    assert folder.stat().st_mode & 0o777 == 0o700
    assert machine.cache(Path("/home/me/a b"), {}) == folder
    folder.chmod(0o777)
    with pytest.raises(SystemExit, match="not yours alone"):
        machine.cache(Path("/home/me/a b"), {})
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(SystemExit, match="not yours alone"):
        machine.cache(Path("/home/me/a b"), {})


def test_every_check_runs_on_every_version_of_the_matrix_once() -> None:
    checks = run.checks_of("test", ALL) + run.checks_of("matrix", ALL)
    assert len(checks) == len(set(checks))
    for check in ("unit", "sanity", "integration"):
        assert {name for name in checks if name.startswith(check)} == {f"{check}-{core}" for core in machine.MATRIX}
    assert {"lint", "build", "importer", "oldest-python"} <= set(checks)
    assert "oldest-python" not in run.checks_of("test", {(3, 12): "py312"})


def test_the_rest_is_every_supported_version_that_the_matrix_leaves_out() -> None:
    assert {name.partition("-")[2] for name in run.checks_of("rest", ALL)} == set(machine.SUPPORTED) - set(machine.MATRIX)
    assert not set(run.checks_of("rest", ALL)) & {*run.checks_of("matrix", ALL), *run.checks_of("test", ALL)}


def test_checks_are_counted_and_a_failure_shows_its_output(tmp_path: Path) -> None:
    log = tmp_path / "unit.log"
    log.write_text("first\nlast\n", encoding="utf-8")
    good, bad = run.Ended("lint", True, 3.2, log), run.Ended("unit", False, 4.0, log)
    assert run.told(good) == "passed  lint  (3 s)"
    assert run.told(bad).splitlines()[0] == "FAILED  unit  (4 s)"
    assert "last" in run.told(bad)
    assert run.closing([good, bad]) == "1 passed, 1 failed"


def test_the_copy_holds_what_git_knows_or_would_add_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "strange näme (1)"
    (root / "plugins").mkdir(parents=True)
    for name, text in ((".gitignore", "*.log\n"), ("plugins/a.py", "a"), ("b.log", "b"), ("gone.py", "c")):
        (root / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    (root / "gone.py").unlink()
    (root / "new.py").write_text("new", encoding="utf-8")
    files = tree.tracked(root)
    assert files == [".gitignore", "new.py", "plugins/a.py"]
    base = tmp_path / "tree"
    (base / "stale").mkdir(parents=True)
    folder = tree.copied(root, base, files)
    assert folder == base / "ansible_collections" / "gatehouse" / "huaweicloud"
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ".git/" not in str(path)) == files
    assert not (base / "stale").exists()


def test_an_audit_that_asked_nobody_is_no_success() -> None:
    clean = {"name": "requests", "version": "2.34.2", "vulns": []}
    known = {"name": "idna", "version": "3.6", "vulns": [{"id": "PYSEC-2024-60", "fix_versions": ["3.7"]}]}
    unasked = {"name": "urllib3", "skip_reason": "Dependency not found on PyPI and could not be audited"}
    assert audit.complaints({"dependencies": [clean]}) == []
    assert audit.complaints({"dependencies": [clean, known, unasked]}) == [
        "idna 3.6: PYSEC-2024-60, mended in 3.7",
        "The advisory service told nothing about 1 of 3 packages: urllib3",
    ]


def test_hosted_pipelines_call_commands_that_there_are_and_all_that_decide() -> None:
    root = FOLDER.parents[1]
    known = set(re.findall(r"^(\w+):.*##", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    decides = set(re.findall(r"^make (\w+)$", (root / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE))
    checks, nightly = (yaml.safe_load((root / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")) for name in ("checks", "nightly"))
    called = {one["name"]: set(one["jobs"]["make"]["strategy"]["matrix"]["target"]) for one in (checks, nightly)}
    gitlab = yaml.safe_load((root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    jobs = {name: {line.split()[1] for line in job["script"]} for name, job in gitlab.items() if isinstance(job, dict) and "script" in job}
    assert called["checks"] == decides == {name for name, job in gitlab.items() if isinstance(job, dict) and job.get("extends") == ".change"}
    assert called["nightly"] | set().union(*jobs.values()) <= known
    # Whoever sends a change runs code there; nothing is to be had.
    assert all(one["permissions"] == {"contents": "read"} for one in (checks, nightly))
    assert not any("pull_request_target" in one["on"] for one in (checks, nightly))
