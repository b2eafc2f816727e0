# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a module promises, beyond its options."""

from __future__ import annotations


class ModuleDocFragment:
    """The attributes, and what modules that write and modules that only read say of them."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the prediction of what a real run will change, without changing anything.
  diff_mode:
    description: Returns what has changed, or would change in C(check_mode), when run in diff mode.
  idempotent:
    description: When run twice in a row with the same arguments, the second run changes nothing.
  action_group:
    description: Use C(group/gatehouse.huaweicloud.huaweicloud) in C(module_defaults) to set options for this module.
  in_process:
    description:
      - Runs in the process of Ansible itself, in milliseconds and with connections that stay open over the items of a loop.
      - It runs in a process of its own, with the same result, when the connection is not local, when the task becomes another user or is asynchronous,
        when C(ansible_python_interpreter) names another Python than Ansible runs with, when that Python lacks a library, or when the variable
        C(gatehouse_in_process) is false. With C(-v) a task says why.
"""

    WRITES = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
  action_group:
    support: full
    membership:
      - gatehouse.huaweicloud.huaweicloud
  in_process:
    support: full
"""

    READS = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: This module changes nothing.
  diff_mode:
    support: N/A
    details: This module changes nothing.
  idempotent:
    support: full
    details: This module changes nothing.
  action_group:
    support: full
    membership:
      - gatehouse.huaweicloud.huaweicloud
  in_process:
    support: full
"""
