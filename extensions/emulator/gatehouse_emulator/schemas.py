# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what a person hands to the emulator, a seed or fault rules, has the form that it needs."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path


def problems(name: str, value: t.Any) -> str:
    """What is wrong with a value for the schema of this name, with the place; empty when nothing is."""
    # Imported here: it is most of the time that starting takes, and a start with the demo account needs none of it.
    from jsonschema import Draft202012Validator

    schema = json.loads((Path(__file__).parent / f"{name}.schema.json").read_text(encoding="utf-8"))
    errors = sorted(Draft202012Validator(schema).iter_errors(value), key=lambda error: (error.json_path, error.message))
    return "; ".join(f"{error.json_path.removeprefix('$').removeprefix('.') or f'the {name}'}: {error.message}" for error in errors)
