# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What every task said, one line of JSON each: the tests that compare the doors read it."""

from __future__ import annotations

DOCUMENTATION = """
name: recorder
short_description: Writes what every task of the collection says to a file
description:
  - One line of JSON per task or item of a loop, with the whole result.
type: notification
options:
  path:
    description: The file that lines are appended to.
    type: path
    required: true
    env:
      - name: GATEHOUSE_RECORD
    ini:
      - section: callback_recorder
        key: path
"""

import json
import typing as t

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    """Appends to the file as results come in."""

    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "recorder"
    # Found means wanted: ansible-test has a list of its own of callbacks that are enabled.
    CALLBACK_NEEDS_ENABLED = False

    def _record(self, event: str, result: t.Any, **more: t.Any) -> None:
        task = getattr(result, "task", None) or result._task
        said = json.loads(json.dumps(dict(result._result), default=str))
        host = getattr(result, "host", None) or result._host
        line = {"event": event, "host": host.get_name(), "task": task.get_name(), "action": str(task.action), "result": said, **more}
        with open(self.get_option("path"), "a", encoding="utf-8") as file:
            file.write(json.dumps(line, sort_keys=True) + "\n")

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """A task that succeeded."""
        self._record("ok", result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """A task that failed."""
        self._record("failed", result, ignored=ignore_errors)

    def v2_runner_on_skipped(self, result: t.Any) -> None:
        """A task that was not wanted."""
        self._record("skipped", result)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        """A host that was not reached."""
        self._record("unreachable", result)

    def v2_runner_retry(self, result: t.Any) -> None:
        """A task that is tried again."""
        self._record("retry", result)

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        """An item that succeeded."""
        self._record("item ok", result)

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        """An item that failed."""
        self._record("item failed", result)

    def v2_runner_item_on_skipped(self, result: t.Any) -> None:
        """An item that was not wanted."""
        self._record("item skipped", result)
