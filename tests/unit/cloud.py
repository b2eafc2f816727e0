# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated cloud under the real modules, through the door that is in use."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from werkzeug.test import Client as WsgiClient

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from doors import DOORS, Asked, Result
from gatehouse_emulator import create_app

MODULE_FILES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
URL = "http://cloud.test"
CONNECTION: t.Mapping[str, t.Any] = {
    "access_key": "GATEHOUSEDEMOKEY0001",
    "secret_key": "gatehouse-demo-secret-0000000000000001",
    "region": "cn-north-4",
    "project_id": "0123456789abcdef0123456789abcdef",
    "endpoints": dict.fromkeys(("waf", "apig", "workspace", "iam", "sts", "metadata"), URL),
    "max_retries": 0,
}


@dataclass
class Cloud:
    """An emulated account, and the modules run against it."""

    seed: t.Mapping[str, t.Any] | None = None
    requests: list[t.Any] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)

    door: t.ClassVar[str] = "module"
    told: t.ClassVar[list[Result]] = []

    def __post_init__(self) -> None:
        self.application = create_app(self.seed)
        self._control = WsgiClient(self.application)

    def run(self, module: str, options: t.Mapping[str, t.Any] | None = None, *, check: bool = False, diff: bool = False) -> Result:
        """The result of a module through the door in use, with the demo connection unless options say otherwise."""
        said = {name: value for name, value in {**CONNECTION, **(options or {})}.items() if value is not None}
        result = DOORS[self.door](Asked(module, said, check, diff, self.application, self.requests.append, self.memory))
        self.told.append(result)
        return result

    def journal(self) -> list[dict[str, t.Any]]:
        """The requests so far."""
        return list(self._control.get("/_emulator/journal").get_json())

    def writes(self) -> list[dict[str, t.Any]]:
        """The requests so far that change something."""
        return [entry for entry in self.journal() if entry["write"]]

    def forget(self) -> None:
        """Clear the journal."""
        self._control.delete("/_emulator/journal")

    def state(self) -> dict[str, t.Any]:
        """What the account holds, in the format of a seed."""
        return dict(self._control.get("/_emulator/state").get_json())

    def fault(self, *rules: t.Mapping[str, t.Any]) -> None:
        """Let the cloud misbehave."""
        answer = self._control.post("/_emulator/faults", json=list(rules))
        assert answer.status_code < 300, answer.get_data(as_text=True)
