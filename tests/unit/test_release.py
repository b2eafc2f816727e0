# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release is looked at for, and what it changes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml

from certification import certified
from release import CannotRelease, advanced, checked

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("README.md", "LICENSE", "CHANGELOG.md", "REUSE.toml", "requirements.txt", "meta", "changelogs/changelog.yaml", "plugins", "roles", "playbooks")
INFO = "plugins/modules/waf_policy_info.py"
MODULE = "plugins/modules/waf_policy.py"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files() -> Files:
    """The collection as an artifact has it."""
    paths = [path for name in KEPT for path in ([ROOT / name] if (ROOT / name).is_file() else sorted((ROOT / name).rglob("*")))]
    held = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths if path.is_file() and "__pycache__" not in path.parts}
    told = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    return {**held, "MANIFEST.json": json.dumps({"collection_info": told}).encode()}


_SWAPPED = {"Testing": "Support", "Support": "Testing"}


def replaced(name: str, old: str, new: t.Any) -> t.Callable[[Files], Files]:
    """The files with one of them changed."""

    def change(files: Files) -> Files:
        text = files[name].decode()
        assert re.search(old, text), f"{name} has no {old}"
        return {**files, name: re.sub(old, new, text).encode()}

    return change


def manifest(**changes: t.Any) -> t.Callable[[Files], Files]:
    """The files with other metadata."""

    def change(files: Files) -> Files:
        told = json.loads(files["MANIFEST.json"])["collection_info"]
        return {**files, "MANIFEST.json": json.dumps({"collection_info": {**told, **changes}}).encode()}

    return change


SPOILT: dict[str, tuple[t.Callable[[Files], Files], str]] = {
    "a heading is missing": (replaced("README.md", "## Use Cases", "## Uses"), "lacking: Use Cases"),
    "headings in another order": (replaced("README.md", "## (Testing|Support)(?=\n)", lambda found: f"## {_SWAPPED[found[1]]}"), "another order"),
    "any ansible-core": (replaced("meta/runtime.yml", "requires_ansible: .*", 'requires_ansible: ""'), "requires_ansible is ''"),
    "no issues": (manifest(issues=""), "galaxy.yml says no issues"),
    "no tag of Galaxy": (manifest(tags=["waf"]), "tags: one of"),
    "a version like others": (manifest(version="1.0"), "version '1.0' is no semantic version"),
    "other collections": (manifest(dependencies={"awx.awx": "*"}), "it needs other collections: awx.awx"),
    "a version without a changelog": (manifest(version="7.7.7"), "it does not tell of 7.7.7"),
    "an ignore file": (lambda files: {**files, "tests/sanity/ignore-2.21.txt": b"SPDX-License-Identifier"}, "tests/sanity/ignore-2.21.txt"),
    "a check switched off": (replaced(MODULE, "\nDECLARATION = ", "  # noqa: F401\nDECLARATION = "), f"{MODULE} switches a check off"),
    "no author": (replaced(MODULE, "author:\n.*\n", ""), "waf_policy lacks author"),
    "no examples": (replaced(MODULE, "EXAMPLES = ", "EXAMPLE = "), "waf_policy lacks EXAMPLES"),
    "a long summary": (replaced(MODULE, "short_description: ", "short_description: " + "very " * 20), "more than 80 characters"),
    "an info module that changes": (replaced(INFO, "= info_module", "= resource_module"), "declared as something that may change"),
    "an info module that says it changes": (replaced(INFO, "attributes.reads", "attributes.writes"), "does not say in its attributes"),
    "a short name in an example": (
        replaced(MODULE, "\n( +)gatehouse[.]huaweicloud[.]waf_policy:", r"\n\1waf_policy:"),
        "the examples of waf_policy: waf_policy",
    ),
    "a short name in a playbook": (replaced("playbooks/status.yml", "ansible.builtin.debug:", "debug:"), "playbooks/status.yml: debug"),
    "a short name of a role": (
        replaced("playbooks/tasks/carry_out_site.yml", "gatehouse.huaweicloud.onboarding", "onboarding"),
        "carry_out_site.yml: onboarding",
    ),
    "no licence": (replaced("playbooks/status.yml", "SPDX-License-Identifier", "Licence"), "playbooks/status.yml"),
    "a leftover": (lambda files: {**files, "plugins/modules/__pycache__/one.pyc": b"SPDX-License-Identifier"}, "plugins/modules/__pycache__/one.pyc"),
    "too large": (lambda files: {**files, "plugins/large.json": b" " * 20_000_001}, "bytes"),
}


def test_the_collection_is_as_those_who_certify_want_it(files: Files) -> None:
    report = certified(files)
    assert report.passed, "\n".join(report.lines)


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_amiss_is_told_once(name: str, files: Files) -> None:
    change, complaint = SPOILT[name]
    report = certified(change(files))
    told = [line for line in report.lines if line.startswith("    ")]
    assert any(complaint in line for line in told), told
    assert not report.passed


def test_another_version_than_the_one_that_is_meant_is_told(files: Files) -> None:
    assert "version '0.1.0' is not '9.0.0'" in "\n".join(certified(manifest(version="0.1.0")(files), "9.0.0").lines)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one release, a module of it, a newer one, and a fragment."""
    root = tmp_path / "checkout"
    for folder in ("changelogs/fragments", "extensions/bootstrap", "plugins/modules", "roles/site/meta"):
        (root / folder).mkdir(parents=True)
    written = {
        "galaxy.yml": "name: huaweicloud\nversion: 0.1.0\nlicense: []\n",
        "README.md": "ansible-galaxy collection install gatehouse.huaweicloud:==0.1.0\nanother.collection:==0.1.0\n",
        "extensions/bootstrap/user-data.yml": "https://example.com/gatehouse-huaweicloud-0.1.0.tar.gz\n",
        "changelogs/changelog.yaml": "releases:\n  0.1.0: {}\n",
        "changelogs/fragments/1-new.yml": "minor_changes: [something]\n",
        "plugins/modules/old.py": "version_added: 0.1.0\noptions:\n  new:\n    version_added: 0.2.0\n",
        "plugins/modules/new.py": "version_added: '0.2.0'\n",
        "roles/site/meta/argument_specs.yml": "version_added: 0.2.0\n",
    }
    for name, text in written.items():
        (root / name).write_text(text, encoding="utf-8")
    for words in (("init", "-q"), ("add", "."), ("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "all")):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


def test_a_release_names_its_version_where_something_is_new(checkout: Path) -> None:
    written = advanced(checkout, "1.0.0", checked(checkout, "1.0.0"))
    texts = {path.relative_to(checkout).as_posix(): path.read_text(encoding="utf-8") for path in written}
    assert texts == {
        "galaxy.yml": "name: huaweicloud\nversion: 1.0.0\nlicense: []\n",
        "README.md": "ansible-galaxy collection install gatehouse.huaweicloud:==1.0.0\nanother.collection:==0.1.0\n",
        "extensions/bootstrap/user-data.yml": "https://example.com/gatehouse-huaweicloud-1.0.0.tar.gz\n",
        "plugins/modules/old.py": "version_added: 0.1.0\noptions:\n  new:\n    version_added: 1.0.0\n",
        "plugins/modules/new.py": "version_added: '1.0.0'\n",
        "roles/site/meta/argument_specs.yml": "version_added: 1.0.0\n",
    }


def _forgotten(root: Path) -> None:
    (root / "forgotten").write_text("", encoding="ascii")


def _untold(root: Path) -> None:
    shutil.rmtree(root / "changelogs" / "fragments")
    (root / "changelogs" / "fragments").mkdir()
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qam", "none"], cwd=root, check=True)


@pytest.mark.parametrize(
    ("version", "spoil", "reason"),
    [
        ("0.1.0", None, "has to be above 0.1.0"),
        ("0.0.9", None, "has to be above 0.1.0"),
        ("1.0", None, "'1.0' is no version"),
        ("1.0.0", _forgotten, "not committed"),
        ("1.0.0", _untold, "No fragment"),
    ],
)
def test_a_release_that_cannot_be_changes_nothing(checkout: Path, version: str, spoil: t.Callable[[Path], None] | None, reason: str) -> None:
    if spoil:
        spoil(checkout)
    with pytest.raises(CannotRelease, match=reason):
        checked(checkout, version)
