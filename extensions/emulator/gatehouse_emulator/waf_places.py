# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules of WAF can name: the locations of its map, and the tags of data-centre operators."""

from __future__ import annotations

import json
import typing as t
from functools import lru_cache
from pathlib import Path

TAGS = ("Dr.Peng", "Google", "Tencent", "MeiTuan", "HW", "Amazon", "AliCloud", "Microsoft", "VNET")


@lru_cache(maxsize=1)
def locations() -> dict[str, t.Any]:
    """The values of the geolocation map, with their names."""
    return dict(json.loads((Path(__file__).parent / "locations.json").read_text(encoding="utf-8")))


def location_named(text: str) -> str | None:
    """The value of the geolocation map for a value or its English name; None where there is none."""
    known = locations()["locations"]
    return text if text in known else next((value for value, name in known.items() if name.casefold() == text.casefold()), None)
