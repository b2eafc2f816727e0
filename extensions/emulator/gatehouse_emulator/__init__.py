# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A strict local Huawei Cloud for what the collection touches: IAM, STS, the metadata service of a server, WAF, API Gateway and Workspace."""

from __future__ import annotations

from gatehouse_emulator.application import create_app

__all__ = ["create_app"]
