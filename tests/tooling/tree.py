# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection where Ansible's tools expect it: a copy below ansible_collections, one for each check."""

from __future__ import annotations

import os
import shutil
import subprocess
import typing as t
from pathlib import Path

PLACE = Path("ansible_collections", "gatehouse", "huaweicloud")


def tracked(root: Path) -> list[str]:
    """What belongs to the project: the files that git knows or would add."""
    listed = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=root, capture_output=True, check=True).stdout
    names = sorted(os.fsdecode(name) for name in listed.split(b"\0") if name)
    return [name for name in names if (root / name).is_file() or (root / name).is_symlink()]


def copied(root: Path, base: Path, files: t.Sequence[str]) -> Path:
    """A clean copy of files below base; the folder of the collection. A git repository of its own, for ansible-test asks git what to test."""
    folder = base / PLACE
    if base.exists():
        shutil.rmtree(base)
    for name in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, target, follow_symlinks=False)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder
