# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A module with every kind of option that the doors have to treat alike; it tells what it sees, or breaks."""

from __future__ import annotations

import os
import typing as t
import warnings

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import CONNECTION_ARGUMENTS, Client
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import Context, Declaration, run

SHOWN = ("HW_REGION_NAME", "HW_ENDPOINT", "PROBE_NUMBER", "PROBE_NOTHING", "PROBE_QUOTED")


def carry_out(client: Client, context: Context) -> dict[str, t.Any]:
    """What the task looks like from in here."""
    options = context.options
    warnings.warn("a library of a module warns on its standard error", stacklevel=1)
    if options["breaks"]:
        raise RuntimeError(f"defect with {options['password']} and {options['inner']}")
    told = {name: options[name] for name in ("text", "password", "inner", "name", "old", "file", "number")}
    return {
        "changed": False,
        "told": told,
        "listed": [f"a sentence with {options['password']} in it", {"deeper": [options["password"], options["number"], True, None]}],
        "surroundings": {"folder": os.getcwd(), **{name: context.environment.get(name) for name in SHOWN}},
        "modes": {"check": context.check_mode, "diff": context.diff_mode},
        "diff": {"before": {"note": options["password"]}, "after": told},
    }


DECLARATION = Declaration(
    {
        **CONNECTION_ARGUMENTS,
        "text": {"type": "raw"},
        "password": {"type": "str", "no_log": True},
        "number": {"type": "int", "no_log": True},
        "inner": {"type": "dict", "options": {"pin": {"type": "str", "no_log": True}, "label": {"type": "str"}}},
        "name": {
            "type": "str",
            "aliases": ["title", "heading"],
            "deprecated_aliases": [{"name": "heading", "version": "9.0.0", "collection_name": "gatehouse.probe"}],
        },
        "old": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "gatehouse.probe"},
        "older": {"type": "str", "removed_at_date": "2099-01-01", "removed_from_collection": "gatehouse.probe"},
        "file": {"type": "path"},
        "breaks": {"type": "bool", "default": False},
        "one": {"type": "str"},
        "other": {"type": "str"},
    },
    carry_out,
    required_one_of=(("text", "one", "other"),),
)


def main() -> None:
    """The module door."""
    run(DECLARATION)


if __name__ == "__main__":
    main()
