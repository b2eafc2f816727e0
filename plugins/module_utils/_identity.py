# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From who a task says it is to credentials that are good now: tokens and temporary keys are asked for, kept in this process, and renewed in time."""

from __future__ import annotations

import hashlib
import hmac
import json
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError, TransportError, doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import Answer
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sources import METADATA, Agency, Source, nothing_complete

if t.TYPE_CHECKING:
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory

# Seconds before the end at which what was issued is renewed: at the latest a third of its life before, so that short lives are used.
EARLY = 600.0
# Seconds after which a renewal that failed, while the old is still good, is tried again.
NEXT_TRY = 60.0
# What services say to a token or a key that is not good any more.
REFUSED_CODES = frozenset({"APIGW.0301", "APIGW.0307", "APIG.1000", "APIG.1001", "APIG.1002", "WAF.00012001"})
# Seconds that the metadata service has for one answer, and for all of them together.
METADATA_TIMEOUT, METADATA_PATIENCE = 1.0, 2.8
_METADATA_TOKEN = "/meta-data/latest/api/token"
_METADATA_KEYS = "/openstack/latest/securitykey"
_METADATA_LIFE = "21600"


@dataclass(frozen=True)
class Exchange:
    """One call that gets credentials: to IAM, with those that it is made with (None for none), or to the metadata service."""

    method: str
    service: str
    path: str
    body: t.Any = None
    headers: t.Mapping[str, str] | None = None
    credentials: Credentials | None = None
    timeout: float | None = None


Send = t.Callable[[Exchange], Answer]


@dataclass(frozen=True)
class _Issued:
    """Credentials, and when to ask for the next ones, in seconds since 1970; None for never."""

    credentials: Credentials
    renew_at: float | None = None


class Identity:
    """The caller. scope is what a token is asked for: the project, by id or name, or the account.

    send carries an exchange out; place tells apart what was issued by different clouds.
    """

    def __init__(self, source: Source, scope: t.Mapping[str, t.Any], place: str, memory: Memory, send: Send, now: t.Callable[[], float]) -> None:
        self.source = source
        self._scope = scope
        self._memory = memory
        self._send = send
        self._now = now
        self._name = self.fingerprint(f"{place} {json.dumps(scope, sort_keys=True)}")

    def fingerprint(self, text: str) -> str:
        """A name for what this caller was told about text; neither can be read back from it."""
        said = json.dumps([self.source.name, self.source.kind, sorted(self.source.parts.items()), str(self.source.agency)])
        return hmac.new(said.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def credentials(self) -> Credentials:
        """Credentials that are good now. Raises GatehouseError when there are none to be had."""
        held: _Issued | None = self._memory.issued.get(self._name)
        if held is None:
            return self._renewed()
        if held.renew_at is None or self._now() < held.renew_at:
            return held.credentials
        try:
            return self._renewed()
        except GatehouseError:
            # While the old ones are good, a cloud that issues nothing for the moment is no reason to fail.
            if held.credentials.expires_at is None or self._now() >= held.credentials.expires_at:
                raise
            self._memory.issued[self._name] = replace(held, renew_at=self._now() + NEXT_TRY)
            return held.credentials

    def renewed(self, refused: Credentials) -> Credentials | None:
        """Other credentials in place of those that a service refused; None where there can be no others."""
        if self.source.agency is None and self.source.kind in ("auth_token", "access_key"):
            return None
        held: _Issued | None = self._memory.issued.get(self._name)
        # Requests side by side are refused together; the first of them has renewed for all.
        fresh = held.credentials if held and held.credentials != refused else self._renewed()
        return None if fresh == refused else fresh

    def _renewed(self) -> Credentials:
        credentials = self._base()
        if self.source.agency:
            credentials = self._of_the_agency(self.source.agency, credentials)
        self._memory.issued[self._name] = _Issued(credentials, _renew_at(credentials, self._now()))
        return credentials

    def _base(self) -> Credentials:
        """The credentials of the source, before an agency is assumed."""
        parts = self.source.parts
        if self.source.kind == "access_key":
            return Credentials(parts["access_key"], parts["secret_key"], parts.get("security_token"))
        if self.source.kind == "auth_token":
            return Credentials(token=parts["auth_token"])
        if self.source.kind == "password":
            return self._of_the_user()
        if self.source.kind == "id_token":
            return self._of_the_id_token()
        return self._of_the_machine()

    def _of_the_user(self) -> Credentials:
        # KeystoneCreateUserTokenByPassword; the token is in a header.
        parts = self.source.parts
        user = {"name": parts["user_name"], "password": parts["user_password"], "domain": {"name": parts["domain_name"]}}
        body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": self._scope}}
        with doing(f"get a token for the user {parts['user_name']!r} of the account {parts['domain_name']!r}"), _hint(_WRONG_USER):
            return _token_in(self._send(Exchange("POST", "iam", "/v3/auth/tokens", body)))

    def _of_the_id_token(self) -> Credentials:
        # CreateTokenWithIdToken: the provider is named in a header.
        provider = self.source.parts["idp_id"]
        body = {"auth": {"id_token": {"id": self.source.parts["id_token"]}, **({"scope": self._scope} if self._scope else {})}}
        with doing(f"get a token from the identity provider {provider!r}"), _hint("Check idp_id, and whether the ID token has expired."):
            return _token_in(self._send(Exchange("POST", "iam", "/v3.0/OS-AUTH/id-token/tokens", body, {"X-Idp-Id": provider})))

    def _of_the_agency(self, agency: Agency, credentials: Credentials) -> Credentials:
        # CreateTemporaryAccessKeyByAgency
        account = {"domain_id": agency.domain_id} if agency.domain_id else {"domain_name": agency.domain_name}
        asked = {"agency_name": agency.agency_name, **account, "duration_seconds": agency.duration}
        body = {"auth": {"identity": {"methods": ["assume_role"], "assume_role": asked}}}
        with doing(f"assume the agency {agency.agency_name!r} of the account {agency.domain_id or agency.domain_name!r}"), _hint(_WRONG_AGENCY):
            return _keys_in(self._send(Exchange("POST", "iam", "/v3.0/OS-CREDENTIAL/securitytokens", body, credentials=credentials)))

    def _of_the_machine(self) -> Credentials:
        """The keys of the agency that this machine runs with. Raises InputError that says what was tried."""
        start = self._now()

        def left() -> float:
            # A connection and an answer have this time each.
            return max(0.05, min(METADATA_TIMEOUT, (METADATA_PATIENCE - (self._now() - start)) / 2))

        failures = []
        headers: dict[str, str] = {}
        try:
            sent = Exchange("PUT", METADATA, _METADATA_TOKEN, None, {"X-Metadata-Token-Ttl-Seconds": _METADATA_LIFE}, timeout=left())
            headers = {"X-Metadata-Token": self._send(sent).text.strip()}
        except (ApiError, TransportError) as error:
            # Older machines know no token (404, 405, 503), and from within containers the answer to a PUT may never arrive.
            failures.append(f"PUT {_METADATA_TOKEN}: {error.message}")
        try:
            return _keys_in(self._send(Exchange("GET", METADATA, _METADATA_KEYS, None, headers, timeout=left())))
        except (ApiError, TransportError) as error:
            failures.append(f"GET {_METADATA_KEYS}: {error.message}")
        told = f"The metadata service of the machine gives no keys; is it an ECS with an agency? {' '.join(failures)}"
        raise InputError(nothing_complete((*self.source.tried, told), "auto" if self.source.tried else self.source.name))


_WRONG_USER = "Check user_name, user_password and domain_name. IAM locks a user for a time after several wrong passwords."
_WRONG_AGENCY = "Check assume_agency, and that the agency trusts the account of these credentials."


@contextmanager
def _hint(way_out: str) -> t.Iterator[None]:
    """Tell a refusal that passes what to check, unless its code says already."""
    try:
        yield
    except ApiError as error:
        if error.status < 500 and error.code not in REFUSED_CODES:
            error.message += f" {way_out}"
        raise


def refused(error: ApiError) -> bool:
    """Whether a service says that the token or the key is not good, so that the request was not carried out."""
    # IAM v3 has the HTTP status in place of a code.
    return error.code in REFUSED_CODES or (error.status == 401 and error.code == "401")


def _token_in(answer: Answer) -> Credentials:
    token = answer.headers.get("X-Subject-Token")
    if not token:
        raise GatehouseError("The answer of IAM holds no token. Check that endpoints name IAM.")
    told = answer.body.get("token")
    told = told if isinstance(told, dict) else {}
    project = told.get("project")
    project_id = project.get("id") if isinstance(project, dict) else None
    return Credentials(token=token, expires_at=time_in(told.get("expires_at")), project_id=str(project_id) if project_id else None)


def _keys_in(answer: Answer) -> Credentials:
    told = answer.body.get("credential")
    if not isinstance(told, dict) or not all(told.get(key) for key in ("access", "secret", "securitytoken")):
        raise TransportError("The answer holds no keys.")
    return Credentials(str(told["access"]), str(told["secret"]), str(told["securitytoken"]), expires_at=time_in(told.get("expires_at")))


def time_in(text: t.Any) -> float | None:
    """Seconds since 1970 of a time as IAM writes it, 2026-01-08T02:56:19.587000Z; None for anything else."""
    try:
        return datetime.strptime(str(text)[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def _renew_at(credentials: Credentials, now: float) -> float | None:
    if credentials.expires_at is None:
        return None
    return max(now + (credentials.expires_at - now) * 2 / 3, credentials.expires_at - EARLY)
