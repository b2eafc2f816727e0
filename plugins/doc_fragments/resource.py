# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that say whether an object shall be, and which one is meant."""

from __future__ import annotations


class ModuleDocFragment:
    """For modules that make one object be or not be."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - Whether the object shall exist.
      - V(present) creates it or changes it to be as the options say. What an option does not say is left as it is.
      - V(absent) removes it. Options other than those that find the object do not matter then; those that find it all have to be right.
    type: str
    choices: [present, absent]
    default: present
  id:
    description:
      - ID of the object that is meant. It tells objects of one name apart.
      - The service chooses IDs. An object with an ID that does not exist cannot be created.
    type: str
"""

    WAF_POLICY = r"""
options:
  policy:
    description:
      - Name or ID of the WAF policy that the rule belongs to.
    type: str
    required: true
"""

    PLANNED_REMOVAL = r"""
options:
  planned:
    description:
      - Whether other tasks of the same play remove what stands in the way of a removal, such as the domains of a policy.
      - In check mode such a task removes nothing. With V(true) it counts as removed then, so that check mode tells what a real run does.
      - It has no effect outside check mode; a real run with O(state=absent) needs it to be gone.
    type: bool
    version_added: 1.0.0
"""

    PLANNED = r"""
options:
  planned:
    description:
      - Whether other tasks of the same play make and remove what the object belongs to, such as its policy.
      - In check mode such a task makes nothing. With V(true) what is missing counts as there and empty then, so that check mode tells what a
        real run does.
      - With O(state=absent) what is missing holds nothing to remove, in a real run as well.
      - A real run with O(state=present) always needs what the object belongs to.
    type: bool
    version_added: 1.0.0
"""
