# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A connection that is not the local one, although it leads nowhere else."""

from __future__ import annotations

DOCUMENTATION = """
name: elsewhere
short_description: Not the local connection
description:
  - Runs commands here, under another name.
author: Gatehouse contributors
options:
  pipelining:
    description: Whether modules go through standard input.
    type: boolean
    default: false
"""

from ansible.plugins.connection.local import Connection as Local


class Connection(Local):
    """Runs commands here, under another name."""

    transport = "gatehouse.probe.elsewhere"
