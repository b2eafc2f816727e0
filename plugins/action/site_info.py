# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The in-process door of site_info."""

from __future__ import annotations

from ansible_collections.gatehouse.huaweicloud.plugins.modules.site_info import DECLARATION
from ansible_collections.gatehouse.huaweicloud.plugins.plugin_utils._in_process import InProcess


class ActionModule(InProcess):
    """The module, in the process of Ansible itself."""

    declaration = DECLARATION
