# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator without the modules: requests by hand, signed by the collection's own code, and the ways to log in."""

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

TOKENS = "/v3/auth/tokens"
SECURITY_TOKENS = "/v3.0/OS-CREDENTIAL/securitytokens"
ID_TOKENS = "/v3.0/OS-AUTH/id-token/tokens"
CALLER = "/v5/caller-identity"
METADATA_TOKEN = "/meta-data/latest/api/token"
SECURITY_KEY = "/openstack/latest/securitykey"

PASSWORD = "gatehouse-demo-password-0000000000000001"
ID_TOKEN = "gatehouse-demo-id-token-0000000000000001"
ACCOUNT = {"id": "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0", "name": "gatehouse-demo"}
USER = {"name": "gatehouse-demo-user", "password": PASSWORD, "domain": {"name": "gatehouse-demo"}}
AGENCY = {"agency_name": "gatehouse-demo-agency", "domain_name": "gatehouse-demo"}
BY_NAME = {"project": {"name": "cn-north-4"}}
DAY = 24 * 3600
TTL = {"X-Metadata-Token-Ttl-Seconds": "60"}

Answer = tuple[int, t.Any]
Body = dict[str, t.Any]


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
        return self._asked(method, path, body, credentials, at, headers, list(query.items()))

    def call_with(self, path: str, pairs: t.Sequence[tuple[str, t.Any]]) -> Answer:
        """Status and decoded body of the answer to a call that reads, whose query may have a name twice."""
        return self.told(self._asked("GET", path, None, TOKEN, None, None, pairs))

    def _asked(
        self,
        method: str,
        path: str,
        body: t.Any,
        credentials: Credentials | None,
        at: float | None,
        headers: t.Mapping[str, str] | None,
        pairs: t.Sequence[tuple[str, t.Any]],
    ) -> t.Any:
        content = b"" if body is None else json.dumps(body).encode()
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


# Ways to log in


def password_body(user: t.Any = ..., scope: t.Any = ...) -> Body:
    """A log-in with a password; of the demo user and for the demo project unless something else is given."""
    return {"auth": {"identity": {"methods": ["password"], "password": {"user": USER if user is ... else user}}, "scope": BY_NAME if scope is ... else scope}}


def agency_body(asked: t.Any = ..., scope: t.Any = None) -> Body:
    return {"auth": {"identity": {"methods": ["assume_role"], "assume_role": AGENCY if asked is ... else asked}, **({"scope": scope} if scope else {})}}


def token_body(asked: t.Any = None) -> Body:
    return {"auth": {"identity": {"methods": ["token"], **({"token": asked} if asked else {})}}}


def id_token_body(text: str = ID_TOKEN, scope: t.Any = ...) -> Body:
    wanted = BY_NAME if scope is ... else scope
    return {"auth": {"id_token": {"id": text}, **({"scope": wanted} if wanted else {})}}


def logged_in(emulator: Emulator, scope: t.Any = ...) -> Credentials:
    """The credentials of the demo user after a log-in with his password."""
    return Credentials(token=emulator.ask("POST", TOKENS, password_body(scope=scope), None).headers["X-Subject-Token"])


def keys_of(credential: t.Mapping[str, str]) -> Credentials:
    return Credentials(credential["access"], credential["secret"], credential["securitytoken"])


def assumed(emulator: Emulator, credentials: Credentials = KEYS, **more: t.Any) -> Credentials:
    """The temporary keys of the demo agency."""
    return keys_of(emulator.call("POST", SECURITY_TOKENS, agency_body({**AGENCY, **more}), credentials)[1]["credential"])


def machine_keys(emulator: Emulator, **headers: str) -> t.Any:
    """The answer of the metadata service to who asks for keys."""
    return emulator.ask("GET", SECURITY_KEY, None, None, headers=headers)


def works(emulator: Emulator, credentials: Credentials) -> bool:
    return emulator.call("GET", POLICIES, credentials=credentials)[0] == 200


def refusal(emulator: Emulator, credentials: Credentials) -> tuple[int, str]:
    status, body = emulator.call("GET", POLICIES, credentials=credentials)
    return status, body["error_code"]
