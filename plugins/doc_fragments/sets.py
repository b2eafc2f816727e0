# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the modules that are about whole sets."""

from __future__ import annotations


class ModuleDocFragment:
    """For modules that make many objects be or not be."""

    DOCUMENTATION = r"""
options:
  purge:
    description:
      - Whether what no item names is removed, in the places that the task names.
      - A purge is carried out after everything else has succeeded, but for what has to make room for an item; after a failure nothing is
        purged. One that would remove more than O(max_deletions) is refused before anything
        is written, with the list of what it would remove; so is one that would leave nothing in a place.
    type: bool
    default: false
  purge_name_prefix:
    description:
      - With O(purge), only objects whose name begins like this are removed.
    type: str
  purge_match:
    description:
      - With O(purge), only objects whose name holds a match of this regular expression, in the notation of Python, are removed.
    type: str
  max_deletions:
    description:
      - How many objects O(purge) may remove. What items remove with C(state=absent) is not counted.
    type: int
    default: 10
  on_error:
    description:
      - What happens when an item cannot be carried out, or a change is refused.
      - With V(stop), an item that cannot be carried out means that nothing is written at all, and a change that fails means that no other one
        is begun.
      - With V(continue), the other items are carried out. The task fails at its end all the same. What fails because of the caller or
        the network ends it at once.
    type: str
    choices: [stop, continue]
    default: stop
  max_concurrency:
    description:
      - How many requests are on their way at once, 1 to 64.
    type: int
    default: 8
  backup:
    description:
      - Whether to write what is there to a file before anything is changed, in the words of this module. The file is made only when
        there is something to change, on the machine that carries out the task, and nobody else can read it.
      - It is JSON. The file given to the playbook C(gatehouse.huaweicloud.restore), or its content given to this module with O(purge), brings back what
        was there. Read it with a lookup and C(from_json), and not as a file of variables, for what an account holds may look like a template.
    type: bool
    default: false
  backup_dir:
    description:
      - Folder for O(backup), made when it is not there. C(backup) in the folder of the playbook if left out.
    type: path
"""
