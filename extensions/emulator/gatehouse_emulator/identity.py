# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: signatures with their clock, tokens, and the lock after wrong signatures."""

from __future__ import annotations

import hashlib
import hmac
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote, unquote

from gatehouse_emulator.refusals import Refusal

ALGORITHM = "SDK-HMAC-SHA256"
LARGEST_SKEW = 15 * 60
WRONG_SIGNATURES_BEFORE_LOCK = 5
LOCK_SECONDS = 5 * 60

_SAFE = "-_.~"


@dataclass
class Key:
    """An access key; security_token makes it a temporary one."""

    access: str
    secret: str
    security_token: str | None = None
    wrong: int = 0
    locked_until: float = 0.0


@dataclass
class Identities:
    """The keys and tokens of an account."""

    keys: dict[str, Key] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def check(self, request: t.Any, now: float) -> None:
        """Raises Refusal unless the request proves who sent it."""
        token = request.headers.get("X-Auth-Token")
        if token is not None:
            if token not in self.tokens:
                raise Refusal(401, "APIGW.0307", "The token must be updated")
            return
        given = request.headers.get("Authorization", "")
        if not given.startswith(ALGORITHM + " "):
            raise Refusal(401, "APIGW.0301", "Incorrect IAM authentication information: there is neither a signature nor a token")
        parts = dict(part.strip().split("=", 1) for part in given[len(ALGORITHM) :].split(",") if "=" in part)
        key = self.keys.get(parts.get("Access", ""))
        if key is None:
            raise Refusal(401, "APIGW.0301", "Incorrect IAM authentication information: the access key does not exist")
        if key.locked_until > now:
            raise Refusal(401, "APIGW.0301", "Incorrect IAM authentication information: the access key is locked")
        self._check_clock(request.headers.get("X-Sdk-Date", ""), now)
        expected = _signature(request, key.secret, parts.get("SignedHeaders", "").split(";"))
        if not hmac.compare_digest(expected, parts.get("Signature", "")):
            key.wrong += 1
            if key.wrong > WRONG_SIGNATURES_BEFORE_LOCK:
                key.locked_until = now + LOCK_SECONDS
                key.wrong = 0
            raise Refusal(401, "APIGW.0301", "Incorrect IAM authentication information: the signature does not match")
        if (request.headers.get("X-Security-Token") or None) != key.security_token:
            raise Refusal(401, "APIGW.0301", "Incorrect IAM authentication information: the security token does not belong to the access key")
        key.wrong = 0

    @staticmethod
    def _check_clock(date: str, now: float) -> None:
        try:
            sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            raise Refusal(401, "APIGW.0301", "Incorrect IAM authentication information: X-Sdk-Date is missing or malformed") from None
        if abs(now - sent) > LARGEST_SKEW:
            raise Refusal(401, "APIGW.0301", "Incorrect IAM authentication information: the clock differs by more than 15 minutes")


def _signature(request: t.Any, secret: str, signed: list[str]) -> str:
    """The signature that the request should have, from the request as it came."""
    if "host" not in signed or "x-sdk-date" not in signed:
        return ""
    target = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or ""
    path = target.partition("?")[0] if target.startswith("/") else quote(request.path)
    encoded = "/".join(quote(segment, safe=_SAFE) for segment in unquote(path).split("/"))
    query = sorted(parse_qsl(request.query_string.decode("ascii"), keep_blank_values=True))
    lines = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed)
    payload = hashlib.sha256(request.get_data()).hexdigest()
    if request.headers.get("X-Sdk-Content-Sha256") and request.get_data():
        payload = request.headers["X-Sdk-Content-Sha256"]
    canonical = "\n".join(
        (
            request.method,
            encoded if encoded.endswith("/") else encoded + "/",
            "&".join(f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}" for name, value in query),
            lines,
            ";".join(signed),
            payload,
        )
    )
    to_sign = "\n".join((ALGORITHM, request.headers["X-Sdk-Date"], hashlib.sha256(canonical.encode()).hexdigest()))
    return hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
