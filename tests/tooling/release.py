# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release changes in the checkout, beside the changelog: the version, and since when what is new is there.

release.py advance VERSION makes these changes; release.py remaining VERSION ARTIFACT says what is left to a person. "make release" calls both.
"""

from __future__ import annotations

import re
import subprocess
import sys
import typing as t
from pathlib import Path

import yaml

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_SINCE = re.compile(r"(\bversion_added: )([\"']?)(\d+\.\d+\.\d+)\2")
# What a user installs by its version: the collection, its artifact, an image with it.
_INSTALLED = re.compile(r"(gatehouse\.huaweicloud:==|gatehouse-huaweicloud-|gatehouse-ee:)\d+\.\d+\.\d+")
_PAGES = ("README.md", "docs/*.md", "roles/*/README.md", "extensions/bootstrap/*.yml")


class CannotRelease(Exception):
    """Why there is no release from this checkout."""


def _number(version: str) -> tuple[int, ...]:
    found = _VERSION.fullmatch(version)
    if not found:
        raise CannotRelease(f"{version!r} is no version; one is such as 1.0.0.")
    return tuple(map(int, found.groups()))


def checked(root: Path, version: str) -> list[str]:
    """The versions that were released before. Raises CannotRelease."""
    released = list(yaml.safe_load((root / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"])
    late = [one for one in released if _number(one) >= _number(version)]
    if late:
        raise CannotRelease(f"{version} has to be above {late[-1]}, which is released already.")
    status = subprocess.run(["git", "status", "--porcelain"], cwd=root, check=True, capture_output=True, text=True).stdout
    if status.strip():
        raise CannotRelease(f"Some files are not committed:\n{status}")
    if not any(one.suffix in (".yml", ".yaml") for one in (root / "changelogs" / "fragments").iterdir()):
        raise CannotRelease("No fragment of the changelog tells what is new. Add one to changelogs/fragments.")
    return released


def advanced(root: Path, version: str, released: t.Collection[str]) -> list[Path]:
    """The files that now name the version: what was added since the last release was added with this one."""
    written = []

    def since(found: re.Match[str]) -> str:
        return found[0] if found[3] in released else f"{found[1]}{found[2]}{version}{found[2]}"

    galaxy = root / "galaxy.yml"
    changes = {galaxy: re.sub(r"(?m)^version: .*$", f"version: {version}", galaxy.read_text(encoding="utf-8"))}
    for path in sorted(path for pattern in _PAGES for path in root.glob(pattern)):
        changes[path] = _INSTALLED.sub(rf"\g<1>{version}", path.read_text(encoding="utf-8"))
    for path in sorted([*(root / "plugins").rglob("*.py"), *(root / "roles").glob("*/meta/argument_specs.yml")]):
        changes[path] = _SINCE.sub(since, path.read_text(encoding="utf-8"))
    for path, text in changes.items():
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def remaining(version: str, artifact: Path) -> str:
    """What a person does with a release that is ready."""
    return "\n".join(
        [
            f"{version} is ready. Read the changes with git diff, and then:",
            "  make test && make demo && make matrix && make rest && make release-check",
            f'  git commit --all --message "Release {version}"',
            f"  git tag --sign {version} --message {version}",
            f"  git push origin main {version}",
            f"  ansible-galaxy collection publish {artifact} --token TOKEN",
        ]
    )


def main(arguments: t.Sequence[str]) -> int:
    """0 when it is done."""
    root = Path(__file__).resolve().parents[2]
    what, version, *others = arguments
    if what == "remaining":
        print(remaining(version, Path(others[0])))
        return 0
    try:
        written = advanced(root, version, checked(root, version))
    except CannotRelease as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"{version} is named in {len(written)} files.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
