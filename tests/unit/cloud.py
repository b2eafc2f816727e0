# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated cloud under the real modules: requests go through an adapter to the emulator's WSGI application."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import typing as t
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests
from ansible.module_utils import basic
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from werkzeug.test import Client as WsgiClient

from gatehouse_emulator import create_app
from gatehouse_emulator.faults import ConnectionCut

MODULES = "ansible_collections.gatehouse.huaweicloud.plugins.modules"
MODULE_FILES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
URL = "http://cloud.test"
CONNECTION: t.Mapping[str, t.Any] = {
    "access_key": "GATEHOUSEDEMOKEY0001",
    "secret_key": "gatehouse-demo-secret-0000000000000001",
    "region": "cn-north-4",
    "project_id": "0123456789abcdef0123456789abcdef",
    "endpoints": dict.fromkeys(("waf", "apig", "workspace", "iam"), URL),
    "max_retries": 0,
}

Result = dict[str, t.Any]


class _Adapter(BaseAdapter):
    """Hands a prepared request to a WSGI application instead of a socket."""

    def __init__(self, application: t.Any, delivered: t.Callable[[t.Any], None]) -> None:
        super().__init__()
        self._client = WsgiClient(application)
        self._delivered = delivered

    def send(self, request: t.Any, **options: t.Any) -> requests.Response:
        """The response to a request; a cut connection is what requests calls a ConnectionError."""
        self._delivered(request)
        parts = urlsplit(request.url)
        headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
        try:
            answer = self._client.open(
                parts.path, method=request.method, query_string=parts.query, headers=headers, data=request.body, base_url=f"{parts.scheme}://{parts.netloc}"
            )
        except ConnectionCut as error:
            raise requests.exceptions.ConnectionError("Connection aborted.", str(error)) from error
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers = CaseInsensitiveDict(answer.headers.items())
        response.raw = io.BytesIO(answer.get_data())
        response.request = request
        response.url = request.url
        return response

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Cloud:
    """An emulated account, and the modules run against it."""

    seed: t.Mapping[str, t.Any] | None = None
    requests: list[t.Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.application = create_app(self.seed)
        self._control = WsgiClient(self.application)

    def run(self, module: str, options: t.Mapping[str, t.Any] | None = None, *, check: bool = False, diff: bool = False) -> Result:
        """The result of a module's real main(), with the demo connection unless options say otherwise."""
        arguments = {**CONNECTION, **(options or {}), "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
        return run_main(module, {name: value for name, value in arguments.items() if value is not None}, self.application, self.requests.append)

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


def run_main(module: str, arguments: t.Mapping[str, t.Any], application: t.Any, delivered: t.Callable[[t.Any], None]) -> Result:
    """The JSON that a module prints, its HTTP carried to a WSGI application."""
    loaded = importlib.import_module(f"{MODULES}.{module}")
    printed = io.StringIO()
    with _module_arguments(arguments), _adapter(application, delivered), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        loaded.main()
    return dict(json.loads(printed.getvalue()))


@contextlib.contextmanager
def _adapter(application: t.Any, delivered: t.Callable[[t.Any], None]) -> t.Iterator[None]:
    kept = requests.sessions.HTTPAdapter
    requests.sessions.HTTPAdapter = lambda: _Adapter(application, delivered)  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        requests.sessions.HTTPAdapter = kept  # type: ignore[misc]


@contextlib.contextmanager
def _module_arguments(arguments: t.Mapping[str, t.Any]) -> t.Iterator[None]:
    """What ansible-core hands to a module; from 2.19 on with the name of a serialization profile."""
    names = ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE")
    kept = {name: getattr(basic, name, None) for name in names}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": dict(arguments)}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(basic, name, value)
