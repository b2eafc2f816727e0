# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Credentials and the signing of requests (SDK-HMAC-SHA256), as functions; the clock is an argument."""

from __future__ import annotations

import hashlib
import hmac
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import quote, unquote

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError

ALGORITHM = "SDK-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
_SIGNED_TYPES = ("application/json", "application/bson")

# The environment variables of each credential: Terraform's names, then the SDK's. Halves of different families never make a pair.
FAMILIES: tuple[t.Mapping[str, str], ...] = (
    {"access_key": "HW_ACCESS_KEY", "secret_key": "HW_SECRET_KEY", "security_token": "HW_SECURITY_TOKEN", "auth_token": "HW_AUTH_TOKEN"},
    {"access_key": "HUAWEICLOUD_SDK_AK", "secret_key": "HUAWEICLOUD_SDK_SK", "security_token": "HUAWEICLOUD_SDK_SECURITY_TOKEN"},
)
SECRET_OPTIONS = ("secret_key", "security_token", "auth_token")

Query = t.Sequence[tuple[str, t.Any]]


@dataclass(frozen=True)
class Credentials:
    """A key pair (with a security token when it is a temporary one) or a ready token. Never printed."""

    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


def chosen(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], option: str, names: t.Sequence[str]) -> str | None:
    """The value of an option: from the task, else from the first environment variable that has one. Empty counts as not set."""
    value = options.get(option)
    if value not in (None, ""):
        return str(value)
    return next((environment[name] for name in names if environment.get(name)), None)


def credentials_from(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> Credentials:
    """The credentials a task runs with: what the task says before what the environment says, a token before keys.

    Raises InputError that names what is missing.
    """
    said = {option: _clean(option, str(options[option])) for option in FAMILIES[0] if options.get(option) not in (None, "")}
    if "auth_token" in said:
        return Credentials(token=said["auth_token"])
    keys_said = "access_key" in said or "secret_key" in said
    variable = FAMILIES[0]["auth_token"]
    if not keys_said and environment.get(variable):
        return Credentials(token=_clean(variable, environment[variable]))
    family = _family(environment, {"access_key", "secret_key"}.difference(said))
    if said.get("access_key", environment.get(family["access_key"])) != environment.get(family["access_key"]):
        # A security token belongs to one key pair: beside another key of the task, the one from the environment is a stranger.
        family = {option: name for option, name in family.items() if option != "security_token"}
    found = {option: _clean(name, environment[name]) for option, name in family.items() if option not in said and environment.get(name)}
    return _pair({**found, **said})


def _clean(name: str, value: str) -> str:
    """A credential without the line end that a file or a form put behind it. Raises InputError, which never shows the value."""
    cleaned = value.strip()
    if not cleaned or not cleaned.isascii() or not cleaned.isprintable():
        raise InputError(f"{name}: it is blank or holds a character that no credential has, such as a line break or a typographic dash. Copy it anew.")
    return cleaned


def _family(environment: t.Mapping[str, str], needed: set[str]) -> t.Mapping[str, str]:
    """The first family of variables that has what is needed, else the first that has any of it."""

    def held(family: t.Mapping[str, str]) -> set[str]:
        return {option for option in needed if environment.get(family[option])}

    return max(FAMILIES, key=lambda family: (held(family) == needed, bool(held(family))))


def _pair(keys: t.Mapping[str, str]) -> Credentials:
    lacking = [
        f"{option} (or the environment variable {' or '.join(family[option] for family in FAMILIES)})"
        for option in ("access_key", "secret_key")
        if option not in keys
    ]
    if len(lacking) == 2:
        raise InputError(
            "There are no credentials: set access_key and secret_key, or auth_token"
            " (or the environment variables HW_ACCESS_KEY and HW_SECRET_KEY, or HW_AUTH_TOKEN)."
        )
    if lacking:
        raise InputError(f"The credentials are incomplete: set {lacking[0]} as well.")
    return Credentials(access_key=keys["access_key"], secret_key=keys["secret_key"], security_token=keys.get("security_token"))


def secrets_in(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> set[str]:
    """Every secret that a task and its environment hold for us, as it stands and as it is used, so that no result repeats one."""
    names = [family[option] for family in FAMILIES for option in SECRET_OPTIONS if option in family]
    held = [*(environment.get(name) for name in names), *(options.get(option) for option in SECRET_OPTIONS)]
    return {form for value in held if value for form in (str(value), str(value).strip()) if form}


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


def fingerprint(credentials: Credentials, text: str) -> str:
    """A name for what these credentials were told about text; neither can be read back from it."""
    key = credentials.token or f"{credentials.access_key}\n{credentials.secret_key}\n{credentials.security_token}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
