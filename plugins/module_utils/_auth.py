# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Credentials, and the signing of requests with them (SDK-HMAC-SHA256), as functions; the clock is an argument."""

from __future__ import annotations

import hashlib
import hmac
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
_SIGNED_TYPES = ("application/json", "application/bson")

Query = t.Sequence[tuple[str, t.Any]]


@dataclass(frozen=True)
class Credentials:
    """A key pair (with a security token when it is a temporary one) or a token, and until when it is good, in seconds since 1970. Never printed.

    project_id is that of the project which a token was issued for.
    """

    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    expires_at: float | None = None
    project_id: str | None = None


def canonical_path(path: str) -> str:
    """The path as it is signed: decoded, each segment encoded again, ending in a slash (which is never sent)."""
    encoded = "/".join(quote(segment, safe="-_.~") for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(query: Query) -> str:
    """The query as it is signed and sent: pairs sorted before they are encoded; a list becomes one pair per member."""
    pairs: list[tuple[str, str]] = []
    for name, value in query:
        members = value if isinstance(value, (list, tuple)) else [value]
        pairs.extend((str(name), _text(member)) for member in members)
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(pairs))


def _text(value: t.Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def signed(credentials: Credentials, method: str, host: str, path: str, query: Query, headers: t.Mapping[str, str], body: bytes, now: float) -> dict[str, str]:
    """The headers that a request is sent with: those given, Host, X-Sdk-Date and Authorization.

    host is the name with the port if it is not the usual one, now the time in seconds since 1970.
    Source: the rules and vectors of SDK-HMAC-SHA256.
    """
    sent = dict(headers)
    date = next((value for name, value in headers.items() if name.lower() == "x-sdk-date"), None)
    if date is None:
        date = datetime.fromtimestamp(now, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        sent["X-Sdk-Date"] = date
    if not any(name.lower() == "host" for name in sent):
        sent["Host"] = host
    names = {name.lower(): str(value).strip() for name, value in sent.items() if "_" not in name}
    payload = hashlib.sha256(body).hexdigest()
    kind = names.get("content-type", "")
    if "x-sdk-content-sha256" in names or (kind and not kind.startswith(_SIGNED_TYPES)):
        names.setdefault("x-sdk-content-sha256", UNSIGNED)
        sent.setdefault("X-Sdk-Content-Sha256", UNSIGNED)
        payload = UNSIGNED if body else payload
    listed = ";".join(sorted(names))
    lines = "".join(f"{name}:{names[name]}\n" for name in sorted(names))
    request = "\n".join((method.upper(), canonical_path(path), canonical_query(query), lines, listed, payload))
    to_sign = "\n".join((ALGORITHM, date, hashlib.sha256(request.encode()).hexdigest()))
    signature = hmac.new(str(credentials.secret_key).encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    sent["Authorization"] = f"{ALGORITHM} Access={credentials.access_key}, SignedHeaders={listed}, Signature={signature}"
    return sent


def authorized(
    credentials: Credentials, method: str, host: str, path: str, query: Query, headers: t.Mapping[str, str], body: bytes, now: float
) -> dict[str, str]:
    """The headers of a request with its proof of identity: a token as it is, a signature otherwise; one that is there already stays."""
    if any(name.lower() == "authorization" for name in headers):
        return dict(headers)
    if credentials.token:
        return {**headers, "X-Auth-Token": credentials.token}
    extra = {"X-Security-Token": credentials.security_token} if credentials.security_token else {}
    return signed(credentials, method, host, path, query, {**headers, **extra}, body, now)
