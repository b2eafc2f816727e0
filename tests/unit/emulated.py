# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator without the modules: requests by hand, signed by the collection's own code."""

from __future__ import annotations

import json
import typing as t

from werkzeug.test import Client as WsgiClient

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials, authorized, canonical_query
from cloud import CONNECTION
from gatehouse_emulator import create_app

NOW = 1_800_000_000.0
PROJECT = CONNECTION["project_id"]
KEYS = Credentials(CONNECTION["access_key"], CONNECTION["secret_key"])
TOKEN = Credentials(token="gatehouse-demo-token-0000000000000001")
POLICIES = f"/v1/{PROJECT}/waf/policy"

Answer = tuple[int, t.Any]


class Emulator:
    """The WSGI application, with a clock that stands still, and requests that are signed by the collection's own code."""

    def __init__(self, seed: t.Any = None) -> None:
        self.now = NOW
        self._client = WsgiClient(create_app(seed, lambda: self.now))

    def call(self, method: str, path: str, body: t.Any = None, credentials: Credentials = TOKEN, at: float | None = None, **query: t.Any) -> Answer:
        """Status and decoded body of the answer to a call."""
        return self.told(self.ask(method, path, body, credentials, at, **query))

    def ask(
        self,
        method: str,
        path: str,
        body: t.Any = None,
        credentials: Credentials | None = TOKEN,
        at: float | None = None,
        headers: t.Mapping[str, str] | None = None,
        **query: t.Any,
    ) -> t.Any:
        """The answer to a call as it comes; without credentials nothing proves who sent it."""
        content = b"" if body is None else json.dumps(body).encode()
        pairs = list(query.items())
        sent = {**({"Content-Type": "application/json"} if content else {}), **(headers or {})}
        if credentials is not None:
            sent = authorized(credentials, method, "cloud.test", path, pairs, sent, content, self.now if at is None else at)
        return self._client.open(path, method=method, query_string=canonical_query(pairs), data=content, headers=sent, base_url="http://cloud.test")

    def control(self, method: str, what: str, body: t.Any = None) -> Answer:
        """The answer of a control endpoint; these take no signature."""
        return self.told(self._client.open(f"/_emulator/{what}", method=method, json=body))

    @staticmethod
    def told(answer: t.Any) -> Answer:
        """Status and decoded body of an answer."""
        text = answer.get_data(as_text=True)
        return answer.status_code, json.loads(text) if text else None

    def policy(self) -> str:
        """The id of the first policy."""
        return str(self.call("GET", POLICIES)[1]["items"][0]["id"])
