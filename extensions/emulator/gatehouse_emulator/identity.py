# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls: signatures with their clock, tokens, the lock after wrong signatures, and what is issued until when."""

from __future__ import annotations

import hashlib
import hmac
import typing as t
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote, unquote

from gatehouse_emulator.refusals import Refusal

ALGORITHM = "SDK-HMAC-SHA256"
LARGEST_SKEW = 15 * 60
WRONG_SIGNATURES_BEFORE_LOCK = 5
LOCK_SECONDS = 5 * 60

_SAFE = "-_.~"


@dataclass(frozen=True)
class Principal:
    """A user, an agency in a session, or a user of an identity provider; domain is the account it acts in."""

    kind: str
    id: str
    name: str
    domain: t.Mapping[str, str]
    session: str = ""

    def identity(self) -> dict[str, str]:
        """What STS tells of it."""
        account = self.domain["id"]
        if self.kind == "user":
            return {"account_id": account, "principal_id": self.id, "principal_urn": f"iam::{account}:user:{self.name}"}
        who = f"{self.kind}:{self.name}/{self.session}"
        return {"account_id": account, "principal_id": f"{self.id}:{self.session}", "principal_urn": f"sts::{account}:{who}"}

    def in_session(self, session: str) -> Principal:
        """The same under the name of a session."""
        return replace(self, session=session)


@dataclass
class Key:
    """An access key; security_token makes it a temporary one. What was seeded never expires."""

    access: str
    secret: str
    principal: Principal
    security_token: str | None = None
    expires_at: float | None = None
    wrong: int = 0
    locked_until: float = 0.0


@dataclass
class Token:
    """What a token stands for. scope is a project, the account (domain) or empty; what was seeded never expires."""

    principal: Principal
    methods: t.Sequence[str]
    scope: t.Mapping[str, t.Any]
    issued_at: float
    expires_at: float | None = None
    assumed_by: Principal | None = None

    def reaches(self, project_id: str) -> bool:
        """Whether a project is within the scope."""
        return "domain" in self.scope or self.scope.get("project", {}).get("id") == project_id


@dataclass(frozen=True)
class Caller:
    """Who proved to send a request; name is what the journal shows, token is None where the proof was a signature."""

    name: str
    principal: Principal
    token: Token | None = None


@dataclass
class Machine:
    """The server that the metadata service belongs to, with the key that it hands out now and its own tokens with their ends."""

    form: str = "both"
    agency: str | None = None
    key: Key | None = None
    renew_at: float = 0.0
    tokens: dict[str, float] = field(default_factory=dict)


@dataclass
class Identities:
    """Who may call, by what proof, and what was issued to them."""

    account: dict[str, str] = field(default_factory=dict)
    users: dict[str, Principal] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    agencies: dict[str, Principal] = field(default_factory=dict)
    providers: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    machine: Machine = field(default_factory=Machine)
    lifetimes: dict[str, int] = field(default_factory=dict)
    issued: Counter[str] = field(default_factory=Counter)

    def __deepcopy__(self, memo: t.Any) -> Identities:
        """Itself: a stale answer shows what was true of the objects, and yet a token that was issued counts."""
        return self

    def lifetime(self, kind: str, seconds: int) -> int:
        """How long something is good for: as asked, or shorter where the seed says so."""
        return min(seconds, self.lifetimes.get(kind, seconds))

    def next_name(self, kind: str) -> str:
        """A name that is the same in every run and cannot be mistaken."""
        self.issued[kind] += 1
        return f"gatehouse-issued-{kind}-{self.issued[kind]:016}"

    def issue_token(self, token: Token) -> str:
        """Let a token be known, and its text."""
        text = self.next_name("token")
        self.tokens[text] = token
        return text

    def issue_key(self, principal: Principal, expires_at: float) -> Key:
        """A temporary key that works until it expires."""
        secret, security_token = self.next_name("secret"), self.next_name("security-token")
        key = Key(f"GATEHOUSEISSUED{self.issued['secret']:04}", secret, principal, security_token, expires_at)
        self.keys[key.access] = key
        return key

    def expire(self, now: float) -> None:
        """Let everything that was issued so far end now; what was seeded stays."""
        issued: list[Key | Token] = [*self.keys.values(), *self.tokens.values()]
        for one in issued:
            if one.expires_at is not None:
                one.expires_at = min(one.expires_at, now)
        self.machine.tokens = {text: min(ends, now) for text, ends in self.machine.tokens.items()}

    def living_token(self, text: str, now: float) -> Token | None:
        """What a token stands for, unless it is unknown or past its time."""
        token = self.tokens.get(text)
        return None if token is None or _over(token.expires_at, now) else token

    def token(self, text: str, now: float) -> Token:
        """The same for a token that has to be good. Raises Refusal."""
        token = self.living_token(text, now)
        if token is None:
            raise Refusal(401, "APIGW.0307", "The token must be updated")
        return token

    def caller(self, request: t.Any, now: float) -> Caller:
        """Who sent the request. Raises Refusal unless the request proves it."""
        text = request.headers.get("X-Auth-Token")
        if text is not None:
            token = self.token(text, now)
            return Caller(token.principal.name, token.principal, token)
        given = request.headers.get("Authorization", "")
        if not given.startswith(ALGORITHM + " "):
            raise _unproven("there is neither a signature nor a token")
        parts = dict(part.strip().split("=", 1) for part in given[len(ALGORITHM) :].split(",") if "=" in part)
        key = self.keys.get(parts.get("Access", ""))
        if key is None:
            raise _unproven("the access key does not exist")
        if key.locked_until > now:
            raise _unproven("the access key is locked")
        self._check_clock(request.headers.get("X-Sdk-Date", ""), now)
        expected = _signature(request, key.secret, parts.get("SignedHeaders", "").split(";"))
        if not hmac.compare_digest(expected.encode(), parts.get("Signature", "").encode()):
            key.wrong += 1
            if key.wrong > WRONG_SIGNATURES_BEFORE_LOCK:
                key.locked_until = now + LOCK_SECONDS
                key.wrong = 0
            raise _unproven("the signature does not match")
        if (request.headers.get("X-Security-Token") or None) != key.security_token:
            raise _unproven("the security token does not belong to the access key")
        if _over(key.expires_at, now):
            # Which code the gateway has for an expired security token is not documented: it may also be APIGW.0307.
            raise _unproven("the security token has expired")
        key.wrong = 0
        return Caller(key.access, key.principal)

    @staticmethod
    def _check_clock(date: str, now: float) -> None:
        try:
            sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            raise _unproven("X-Sdk-Date is missing or malformed") from None
        if abs(now - sent) > LARGEST_SKEW:
            raise _unproven("the clock differs by more than 15 minutes")


def _over(expires_at: float | None, now: float) -> bool:
    return expires_at is not None and expires_at <= now


def _unproven(reason: str) -> Refusal:
    return Refusal(401, "APIGW.0301", f"Incorrect IAM authentication information: {reason}")


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
