# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test would download to install pip, made from the pip that comes with Python, so that no network place of its own is needed."""

from __future__ import annotations

from pathlib import Path

# The versions that ansible-core 2.16-2.17, 2.18-2.19 and 2.20 onwards ask for.
_NAMES = ("get_pip_23_1_2.py", "get_pip_24_2.py", "get_pip_25_2.py")

_SCRIPT = """\
# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
import ensurepip

ensurepip.bootstrap(upgrade=True, default_pip=True)
"""


def write(home: Path) -> None:
    """Put the scripts where ansible-test looks before it downloads."""
    folder = home / ".ansible" / "test" / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    for name in _NAMES:
        (folder / name).write_text(_SCRIPT, encoding="ascii")
