# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this machine has: interpreters, and with them the versions of ansible-core that can be checked here.

Runs with the Python of the machine, before anything is installed, so it needs the standard library only.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
Version = tuple[int, int]

# The supported versions of ansible-core, newest first, each with the Pythons that run it, the preferred one first.
SUPPORTED: dict[str, Sequence[Version]] = {
    "2.21": ((3, 12), (3, 13), (3, 14)),
    "2.20": ((3, 12), (3, 13), (3, 14)),
    "2.19": ((3, 11), (3, 12), (3, 13)),
    "2.18": ((3, 11), (3, 12), (3, 13)),
    "2.17": ((3, 10), (3, 11), (3, 12)),
    "2.16": ((3, 10), (3, 11), (3, 12)),
}
# What continuous integration checks: the oldest, and the newest, whose way with templates and results is another one since 2.19.
# The others are checked by hand before a release ("make rest").
MATRIX = ("2.21", "2.16")
# The oldest Python of a host that modules run on; ansible-core itself needs a newer one.
OLDEST_MODULE_PYTHON: Version = (3, 9)

# ansible-test puts its environments below the cache, with the path in the first line of every script: 127 characters at most.
_LONGEST_ROOT = 60
_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")


class Pair(NamedTuple):
    """A version of ansible-core and the interpreter that runs it."""

    core: str
    version: Version
    python: str

    @property
    def python_version(self) -> str:
        return ".".join(str(part) for part in self.version)


def cache(root: Path = ROOT, environment: dict[str, str] | None = None) -> Path:
    """Where tools and environments live: .cache in the checkout unless its path is one that tools stumble over."""
    environment = dict(os.environ) if environment is None else environment
    if len(str(root)) <= _LONGEST_ROOT and _PLAIN.fullmatch(str(root)):
        return root / ".cache"
    name = hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    for base in (environment.get("XDG_CACHE_HOME"), os.path.join(environment["HOME"], ".cache") if environment.get("HOME") else None):
        if base and len(base) <= _LONGEST_ROOT and _PLAIN.fullmatch(base):
            return Path(base) / "gatehouse" / name
    return _private(Path(tempfile.gettempdir()) / f"gatehouse-{os.getuid()}-{name}")


def _private(folder: Path) -> Path:
    """A folder that is this user's alone, made if it is not there: what lies in it is run. Another user could have made it before us."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise SystemExit(f"{folder} is not yours alone. Remove it, or set XDG_CACHE_HOME to a short path of plain letters.")
    return folder


def interpreters() -> dict[Version, str]:
    """The interpreters of this machine that start, by version: the one that runs this, those on the PATH, those of pyenv."""
    found: dict[Version, str] = {}
    roots = [os.environ.get("PYENV_ROOT"), os.path.expanduser("~/.pyenv")]
    try:
        import pwd

        # HOME may be a clean one; pyenv stays where the user has it.
        roots.append(os.path.join(pwd.getpwuid(os.getuid()).pw_dir, ".pyenv"))
    except (ImportError, KeyError):
        pass
    candidates = [sys.executable]
    wanted = sorted({OLDEST_MODULE_PYTHON, *(version for versions in SUPPORTED.values() for version in versions)})
    candidates += [path for path in (shutil.which(f"python{version[0]}.{version[1]}") for version in wanted) if path]
    for root in roots:
        if root and os.path.isdir(os.path.join(root, "versions")):
            candidates += [str(path / "bin" / "python3") for path in sorted(Path(root, "versions").iterdir())]
    for candidate in candidates:
        version = _version_of(candidate)
        if version is not None and version >= OLDEST_MODULE_PYTHON:
            found.setdefault(version, candidate)
    return found


def _version_of(python: str) -> Version | None:
    """The version that an interpreter tells; None for one that does not start, such as a shim of pyenv."""
    try:
        told = subprocess.run(
            [python, "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"], capture_output=True, text=True, timeout=30, check=True
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    return int(told[0]), int(told[1])


def pairs(found: dict[Version, str]) -> list[Pair]:
    """Every supported version of ansible-core that these interpreters can run, newest first."""
    chosen = []
    for core, versions in SUPPORTED.items():
        version = next((one for one in versions if one in found), None)
        if version is not None:
            chosen.append(Pair(core, version, found[version]))
    return chosen


def newest(found: dict[Version, str]) -> Pair:
    """The newest pair. Raises SystemExit where there is none."""
    possible = pairs(found)
    if not possible:
        raise SystemExit("Python 3.10 or newer is needed, with venv and ensurepip; none was found on the PATH or under pyenv.")
    return possible[0]


def left_out(found: dict[Version, str]) -> list[str]:
    """The versions of the matrix that cannot be checked here, each with the reason."""
    possible = {pair.core for pair in pairs(found)}
    lines = [
        f"ansible-core {core} is left out: this machine has none of Python {', '.join(f'{one[0]}.{one[1]}' for one in SUPPORTED[core])}"
        for core in MATRIX
        if core not in possible
    ]
    if OLDEST_MODULE_PYTHON not in found:
        lines.append("Python 3.9 for the modules is left out: this machine has none")
    return lines


def make_tools(folder: Path, requirements: Path, python: str) -> None:
    """An environment with nox and uv; a failed download is tried again twice."""
    environment = folder / "tools"
    subprocess.run([python, "-m", "venv", "--clear", str(environment)], check=True)
    install = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", str(requirements)]
    for attempt in (1, 2, 3):
        if subprocess.run(install, check=False).returncode == 0:
            (environment / "ready").write_text("", encoding="ascii")
            return
        time.sleep(attempt)
    raise SystemExit("nox and uv cannot be installed; see above.")


def main() -> None:
    """Print the cache, print the Python to begin with, or make the tools."""
    asked = sys.argv[1:]
    if asked == ["cache"]:
        print(cache())
    elif asked == ["python"]:
        print(newest(interpreters()).python)
    elif asked == ["tools"]:
        make_tools(cache(), ROOT / "tests" / "requirements" / "tools.txt", sys.executable)
    else:
        raise SystemExit("cache, python or tools is expected")


if __name__ == "__main__":
    main()
