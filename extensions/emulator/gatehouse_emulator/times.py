# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as IAM writes them."""

from __future__ import annotations

from datetime import datetime, timezone

# What is told of something that never expires.
NEVER = "2099-12-31T23:59:59.000000Z"


def iam_time(seconds: float | None) -> str:
    """A time in UTC with microseconds."""
    return NEVER if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
