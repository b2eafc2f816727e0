# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests and their answers: one session, retries with their limits, refusals as errors. The only import of requests."""

from __future__ import annotations

import functools
import json
import random
import re
import ssl
import time
import traceback
import typing as t
import warnings
from contextlib import nullcontext
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import (
    THROTTLED_CODES,
    ApiError,
    GatehouseError,
    MissingLibrary,
    TransportError,
    UnknownOutcome,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._progress import Progress
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sightings import BROKEN, CERTIFICATE, TIMEOUT, UNREACHABLE, Look, Page, Silence

try:
    with warnings.catch_warnings():
        # Of versions of its own parts that it does not know: nothing a user of ours could do about.
        warnings.simplefilter("ignore")
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.exceptions import HTTPError
except Exception:  # Not only ImportError: where libraries do not fit together they break in many ways.
    REQUESTS_MISSING: str | None = traceback.format_exc()
else:
    REQUESTS_MISSING = None

DEFAULT_TIMEOUT = 30
DEFAULT_RETRIES = 5
# Seconds that a task may spend in all.
DEFAULT_DEADLINE = 600
# Seconds: the first wait at most, and the longest.
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0

# Our PATCH bodies name values and no differences, so that a second one changes nothing.
_REPEATABLE = frozenset({"GET", "PUT", "PATCH", "DELETE"})
_PASSING = frozenset({500, 502, 503, 504})
_SHOWN_OF_A_PAGE = 120
# Connections to one host that are kept open: as many as requests can be on their way at once.
MOST_AT_ONCE = 64
# Bytes of a web page that are looked at.
LONGEST_PAGE = 64 * 1024

Headers = t.Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What the cloud said: the HTTP status, the headers, and the decoded JSON body (an empty dict for an empty body), or the text of a plain one."""

    status: int
    headers: Headers
    body: dict[str, t.Any] = field(repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Request:
    """One call. authorize makes the headers of each try anew, for a signature has the time in it.

    harmless tells that it may be sent twice although it is a POST, once that it is not tried again, plain that its answer is a text and no JSON;
    timeout replaces that of the policy, hint is the way out when nothing is reached.
    """

    method: str
    url: str
    body: bytes
    authorize: t.Callable[[], Headers] = field(repr=False)
    harmless: bool = False
    once: bool = False
    plain: bool = False
    timeout: float | None = None
    hint: str = "Check the network, region, cloud, endpoints and proxies."

    @property
    def repeatable(self) -> bool:
        """Whether nothing is lost when it is carried out twice."""
        return self.harmless or self.method in _REPEATABLE


def _pause(seconds: float) -> None:
    # Looked up when it is called, and not kept as a default when the class is made.
    time.sleep(seconds)


@dataclass(frozen=True)
class Policy:
    """How patient to be; the clock, the sleep and the dice are arguments so that tests need no time."""

    timeout: float = DEFAULT_TIMEOUT
    max_retries: int = DEFAULT_RETRIES
    deadline: float = DEFAULT_DEADLINE
    max_per_second: float | None = None
    sleep: t.Callable[[float], None] = _pause
    clock: t.Callable[[], float] = time.monotonic
    now: t.Callable[[], float] = time.time
    dice: t.Callable[[], float] = random.random


def new_session(verify: bool | str, direct: bool = False) -> t.Any:
    """A requests session that follows no habit we do not want: no cookies, no ~/.netrc, TLS as asked; direct means past every proxy.

    Raises MissingLibrary.
    """
    if REQUESTS_MISSING:
        raise MissingLibrary("requests", REQUESTS_MISSING)
    session = requests.Session()
    session.verify = verify
    session.trust_env = not direct
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # With an auth of its own, requests does not replace our Authorization header with an entry of ~/.netrc.
    session.auth = lambda prepared: prepared
    for scheme in ("https://", "http://"):
        session.mount(scheme, requests.sessions.HTTPAdapter(pool_maxsize=MOST_AT_ONCE))
    return session


class Transport:
    """Sends the requests of one task until there is an answer worth handing on, within the limits of the policy.

    The deadline counts from here on. turn says how many seconds to wait until so many requests in a second are not exceeded, gate is entered for
    the time of each request.
    """

    def __init__(
        self,
        session: t.Any,
        policy: Policy,
        turn: t.Callable[[float], float] = lambda interval: 0.0,
        gate: t.Callable[[], t.ContextManager[None]] = nullcontext,
        progress: Progress | None = None,
    ) -> None:
        self._session = session
        self._policy = policy
        self._turn = turn
        self._gate = gate
        self._progress = progress or Progress()
        self._start = policy.clock()

    @property
    def remaining(self) -> float:
        """Seconds until the deadline of the task."""
        return self._start + self._policy.deadline - self._policy.clock()

    def pause(self, seconds: float) -> bool:
        """Wait, if the deadline leaves the time for it; whether it did."""
        if seconds >= self.remaining:
            return False
        self._policy.sleep(seconds)
        return True

    def send(self, request: Request) -> Answer:
        """The answer to a request.

        Raises ApiError for a refusal, TransportError when nothing was reached or the deadline of the task is over, and UnknownOutcome when a
        request that must not be repeated blindly (POST) may have been carried out.
        """
        tries = 0
        uncertain = False
        while True:
            if not self._take_turn():
                late: GatehouseError = TransportError(
                    f"The deadline of the task, {self._policy.deadline:g} s, is over; the request was not sent. Set deadline."
                )
                break
            tries += 1
            result, asked = self._tried(request, tries)
            if isinstance(result, Answer):
                return result
            # One try that may have been carried out makes the whole uncertain, whatever became of the others.
            uncertain = uncertain or result.uncertain
            late = result
            wait = None if request.once else self._wait(tries, asked)
            if wait is None:
                break
            if wait < self.remaining:
                self._progress.tell(functools.partial(_another_try, tries, wait, late), wait)
            if not self.pause(wait):
                late.message += f" The deadline of the task, {self._policy.deadline:g} s, leaves no time for another try."
                break
        if uncertain and not isinstance(late, UnknownOutcome):
            late.uncertain = True
            late.message += " Whether the request was carried out is not known."
        raise late

    def _take_turn(self) -> bool:
        """Wait until the next request may be sent; False when the deadline is before that."""
        wait = self._turn(1 / self._policy.max_per_second) if self._policy.max_per_second else 0.0
        return self.pause(wait) if wait > 0 else self.remaining > 0

    def _timeout(self, request: Request) -> float:
        """Seconds to wait for a connection, and for an answer."""
        return max(0.001, min(request.timeout or self._policy.timeout, self.remaining))

    def _wait(self, tries: int, asked: float | None) -> float | None:
        """Seconds until the next try: what the service asked for, else exponential with full jitter; None when there is none."""
        if tries > self._policy.max_retries or asked == _NEVER:
            return None
        if asked is not None:
            return min(asked, LONGEST_WAIT)
        return self._policy.dice() * min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (tries - 1))

    def _tried(self, request: Request, tries: int) -> tuple[Answer | GatehouseError, float | None]:
        """One try: the answer, or the error and the seconds that the service asks to wait (_NEVER when another try is wrong)."""
        try:
            with self._gate():
                response = self._session.request(
                    request.method,
                    request.url,
                    data=request.body or None,
                    headers=request.authorize(),
                    timeout=self._timeout(request),
                    # Said with each request: REQUESTS_CA_BUNDLE would win over the setting of the session.
                    verify=self._session.verify,
                    allow_redirects=False,
                )
        except (requests.exceptions.RequestException, HTTPError, OSError) as error:
            # The last two escape from requests where a file or a host name cannot be used.
            return self._not_answered(request, error, tries)
        try:
            return _accepted(response, tries, request), None
        except ApiError as error:
            if error.code in THROTTLED_CODES or error.status == 429:
                return error, _seconds_asked(response.headers.get("Retry-After"), self._policy.now())
            # A write that failed inside the service, or whose answer cannot be understood, may have been carried out.
            error.uncertain = request.method != "GET" and (error.status >= 500 or (error.status < 300 and error.code is None))
            if error.uncertain and not request.repeatable:
                return _unknown(str(error), error.facts), _NEVER
            # A read that says nothing, or nothing that can be understood, is no proof that nothing is there; most often something on the way failed.
            passing = error.status in _PASSING or (request.method == "GET" and error.status < 300 and error.code is None)
            if not passing:
                return error, _NEVER
            return error, _seconds_asked(response.headers.get("Retry-After"), self._policy.now())

    def _not_answered(self, request: Request, error: Exception, tries: int) -> tuple[GatehouseError, float | None]:
        host = urlsplit(request.url).netloc
        if isinstance(error, requests.exceptions.InvalidHeader):
            # Its text would show the header, and that may be a token.
            return TransportError("The request cannot be sent: a header holds a character that is not allowed. Check the credentials."), _NEVER
        cause = _cause(error, self._timeout(request))
        count = f" ({tries} tries)" if tries > 1 else ""
        if _unusable(error):
            return TransportError(f"{host} cannot be called: {cause}. Check endpoints (https or http) and ca_path."), _NEVER
        if _unverified(error):
            failure = TransportError(f"The identity of {host} cannot be verified: {cause}. Set ca_path if it has a certificate authority of its own.")
            return failure, _NEVER
        if isinstance(error, ValueError) or not isinstance(error, (requests.exceptions.RequestException, HTTPError)):
            return TransportError(f"{host} cannot be called: {cause}. Check region, cloud, endpoints, ca_path and proxies."), _NEVER
        if _never_sent(error) or request.method == "GET":
            way = " through the proxy that the environment names" if isinstance(error, requests.exceptions.ProxyError) else ""
            return TransportError(f"{host} cannot be reached{way}: {cause}{count}. {request.hint}".rstrip()), None
        if not request.repeatable:
            return _unknown(f"{host} did not answer: {cause}."), _NEVER
        lost = TransportError(f"{host} did not answer: {cause}{count}.")
        lost.uncertain = True
        return lost, None


# What a try returns as the wait when another try would be wrong.
_NEVER = -1.0


def _another_try(tries: int, wait: float, late: GatehouseError) -> str:
    """That a request is sent again, and when: of the failure no more than its codes."""
    facts = late.facts or {}
    told = " ".join(str(facts[name]) for name in ("status", "code") if facts.get(name)) or "no answer"
    return f"try {tries} of a request has failed ({told}); the next follows in {wait:.0f} s"


def _unknown(what: str, facts: dict[str, t.Any] | None = None) -> UnknownOutcome:
    outcome = UnknownOutcome(f"{what} Whether the request was carried out is not known; it was not sent again.")
    outcome.facts = facts
    return outcome


def _never_sent(error: Exception) -> bool:
    """Whether the connection was not even made, so that nothing can have been carried out."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    # Behind a proxy every failure is an error of the proxy, a lost answer too; what happened is inside.
    reason = getattr(reason, "original_error", reason)
    if type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError"):
        return True
    return isinstance(reason, OSError) and str(reason).startswith("Tunnel connection failed")


def _unverified(error: Exception) -> bool:
    """Whether the certificate of the other side is the reason, and not a connection that broke off in the handshake."""
    inner = _innermost(error)
    return isinstance(inner, ssl.SSLCertVerificationError) or type(inner).__name__ == "CertificateError"


def _unusable(error: Exception) -> bool:
    """Whether TLS cannot begin at all: the file holds no certificate, or the other side speaks no TLS."""
    inner = _innermost(error)
    return isinstance(inner, ssl.SSLError) and (getattr(inner, "library", None) in ("X509", "PEM") or getattr(inner, "reason", None) == "WRONG_VERSION_NUMBER")


def _innermost(error: Exception) -> BaseException:
    """The reason inside all that requests and urllib3 put around it."""
    inner: BaseException = error
    while True:
        below = getattr(inner, "original_error", None) or getattr(inner, "reason", None)
        if not isinstance(below, BaseException):
            # urllib3 before 2.0 tells a connection that failed without its cause, and with the name of an object in the text.
            raised = inner.__context__ if type(inner).__name__ == "NewConnectionError" else None
            below = next((part for part in inner.args if isinstance(part, BaseException)), inner.__cause__ or raised)
        if below is None:
            return inner
        inner = below


def _cause(error: Exception, timeout: float) -> str:
    """The innermost reason of a failed connection, in one line: what urllib3 puts around it names objects, not reasons."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"no connection within {timeout:g} s"
    if isinstance(error, requests.exceptions.Timeout):
        return f"no answer within {timeout:g} s"
    inner = _innermost(error)
    told = inner.strerror if isinstance(inner, OSError) and isinstance(inner.strerror, str) else str(inner)
    # The address of a proxy may hold a password.
    text = "".join(character if character.isprintable() else " " for character in re.sub(r"//[^/@\s]*@", "//", told))
    return " ".join(text.split()).rstrip(".") or type(inner).__name__


def _seconds_asked(value: str | None, now: float) -> float | None:
    """What Retry-After says, in seconds from now; None when it says nothing that can be understood."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (TypeError, ValueError):
        return None


def _accepted(response: t.Any, tries: int, request: Request) -> Answer:
    """The answer in a response. Raises ApiError for everything that is no success."""
    status = int(response.status_code)
    request_id = response.headers.get("X-Request-Id")
    if 300 <= status < 400:
        raise ApiError(status, None, "The service redirects; redirects are refused, for credentials would follow them. Check endpoints", request_id)
    text = response.content.decode("utf-8", "replace")
    if request.plain and status < 300:
        return Answer(status, response.headers, {}, text)
    try:
        body = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError):
        raise ApiError(status, None, _page(text, response.headers.get("Content-Type", "")), request_id, tries) from None
    body = {} if body is None else body
    code, reason, request_id = _refusal(body, request_id)
    # The error table of Workspace lists business errors with HTTP status 200, so a code counts whatever the status is.
    if status >= 400 or code:
        raise ApiError(status, code, reason, request_id, tries)
    if not isinstance(body, dict):
        raise ApiError(status, None, f"The answer is not an object but {type(body).__name__}", request_id, tries)
    if request.method == "GET" and not body:
        raise ApiError(status, None, "The service answered a read with nothing", request_id, tries)
    return Answer(status, response.headers, body)


def _page(text: str, kind: str) -> str:
    shown = " ".join(text.split())
    if len(shown) > _SHOWN_OF_A_PAGE:
        # Whole words only: of a secret that the page repeats, a part would not be known to be one.
        shown = shown[: _SHOWN_OF_A_PAGE + 1].rpartition(" ")[0] + "..."
    return f"The answer is not JSON (Content-Type: {kind or 'none'}): {shown!r}. A proxy or a load balancer may have given it"


def _refusal(body: t.Any, request_id: str | None) -> tuple[str | None, str, str | None]:
    """The error code, the reason and the request id in a body, in any of the shapes the services use."""
    if not isinstance(body, dict):
        return None, "", request_id
    nested = body.get("error")
    inner = nested if isinstance(nested, dict) else body
    code = next((inner[key] for key in ("error_code", "errorCode", "code") if _is_code(inner, key, body)), None)
    reason = next((str(inner[key]) for key in ("error_msg", "errorMsg", "message") if inner.get(key)), "")
    listed = body.get("details")
    details = [f"{item.get('error_code')}: {item.get('error_msg')}" for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    if code and details:
        reason = f"{reason.rstrip('.')} ({'; '.join(details)})"
    if code and body.get("encoded_authorization_message"):
        reason = f"{reason.rstrip('.')}. The reason is encoded; decode it with STS decode-authorization-message: {body['encoded_authorization_message']}"
    named = body.get("request_id") or request_id
    return (str(code) if code else None), reason, str(named) if named else None


def _is_code(inner: t.Mapping[str, t.Any], key: str, body: t.Mapping[str, t.Any]) -> bool:
    # A plain "code" is an error only inside "error" or beside a message: other objects may have a field of that name.
    return bool(inner.get(key)) and (key != "code" or inner is not body or "message" in inner)


def look(url: str, host: str, path: str, verify: bool | str, seconds: float) -> Look:
    """What a web server says to a request for a path that is sent to the place in a URL, while the request and TLS name the host, which may have a port.

    No credentials, cookies or proxies; redirects are not followed, of the body no more than LONGEST_PAGE bytes are read. Raises MissingLibrary.
    """
    session = new_session(verify, direct=True)
    ends = time.monotonic() + seconds
    headers = {"Host": host, "User-Agent": "gatehouse.huaweicloud", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    try:
        session.mount(url, _named_adapter(urlsplit(f"//{host}").hostname or host if url.startswith("https:") else None))
        with session, session.get(url + path, headers=headers, timeout=seconds, verify=verify, allow_redirects=False, stream=True) as response:
            body = bytearray()
            whole = True
            for part in response.iter_content(8192):
                body += part
                if len(body) > LONGEST_PAGE or time.monotonic() > ends:
                    whole = False
                    break
            told = {str(name).lower(): str(value) for name, value in response.headers.items()}
            return Page(int(response.status_code), told, bytes(body[:LONGEST_PAGE]), whole)
    except (requests.exceptions.RequestException, HTTPError, OSError, ValueError) as error:
        return Silence(_kind_of(error), _cause(error, seconds))


def _named_adapter(name: str | None) -> t.Any:
    """An adapter whose connections name a host in TLS, and expect its certificate, wherever they go."""
    adapter = HTTPAdapter()
    if name is not None:
        adapter.init_poolmanager(1, 1, server_hostname=name)
    return adapter


def _kind_of(error: Exception) -> str:
    """Why there was no answer, as a kind of silence."""
    if _unverified(error):
        return CERTIFICATE
    if isinstance(error, requests.exceptions.ReadTimeout) or type(_innermost(error)).__name__ in ("ReadTimeoutError", "TimeoutError"):
        return UNREACHABLE if _never_sent(error) else TIMEOUT
    return UNREACHABLE if _never_sent(error) else BROKEN
