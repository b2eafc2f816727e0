# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retries with their limits, and what becomes of each kind of answer. No test sleeps: the clock and the sleep are arguments."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import ssl
import threading
import time
import typing as t
from dataclasses import dataclass, field
from http.client import RemoteDisconnected

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import LocationParseError, MaxRetryError, NewConnectionError, ProtocolError, ProxyError
from urllib3.exceptions import SSLError as Urllib3SSLError

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _http
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._crew import Crew
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, TransportError, UnknownOutcome
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory

NOW = 1_700_000_000.0


class Script(BaseAdapter):
    """A server that answers from a list; the last entry stays."""

    def __init__(self, *entries: t.Any) -> None:
        super().__init__()
        self.entries = list(entries)
        self.seen: list[t.Any] = []
        self.options: list[t.Any] = []

    def send(self, request: t.Any, **options: t.Any) -> requests.Response:
        self.seen.append(request)
        self.options.append(options)
        entry = self.entries.pop(0) if len(self.entries) > 1 else self.entries[0]
        if isinstance(entry, Exception):
            raise entry
        status, body, headers = (*entry, {}, {})[:3] if len(entry) < 3 else entry
        response = requests.Response()
        response.status_code = status
        response.headers = CaseInsensitiveDict(headers)
        response.raw = io.BytesIO(body.encode() if isinstance(body, str) else json.dumps(body).encode())
        response.request, response.url = request, request.url
        return response

    def close(self) -> None:
        pass


@dataclass
class Clock:
    time: float = 0.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


def prepared(
    script: Script, clock: Clock, *, method: str = "GET", dice: float = 1.0, turn: t.Any = None, **words: t.Any
) -> tuple[_http.Transport, _http.Request]:
    """A transport to a scripted server, and a request; words are of the policy or of the request."""
    session = _http.new_session(True)
    session.mount("http://", script)
    of_policy = {name: value for name, value in words.items() if name in ("max_retries", "deadline", "max_per_second")}
    policy = _http.Policy(sleep=clock.sleep, clock=lambda: clock.time, now=lambda: NOW, dice=lambda: dice, **of_policy)
    of_request = {name: value for name, value in words.items() if name not in of_policy}
    request = _http.Request(method, "http://cloud.test/v1", b"{}", lambda: {"X-Try": str(len(script.seen))}, **of_request)
    return _http.Transport(session, policy, *([turn] if turn else [])), request


def send(script: Script, method: str = "GET", dice: float = 1.0, **limits: t.Any) -> tuple[t.Any, Clock]:
    clock = Clock()
    transport, request = prepared(script, clock, method=method, dice=dice, **limits)
    try:
        return transport.send(request), clock
    except (ApiError, TransportError, UnknownOutcome) as error:
        return error, clock


def never_connected(reason: OSError) -> Exception:
    """What requests raises when there was no connection: the reason is the cause of urllib3's own error."""
    failure = NewConnectionError(HTTPConnection("cloud.test"), "Failed to establish a new connection")
    failure.__cause__ = reason
    return requests.exceptions.ConnectionError(MaxRetryError(HTTPConnectionPool("cloud.test"), "/", failure))


def tls_error(reason: ssl.SSLError) -> Exception:
    """What requests raises when TLS fails."""
    return requests.exceptions.SSLError(MaxRetryError(HTTPConnectionPool("cloud.test"), "/", Urllib3SSLError(reason)))


def proxy_error(inside: Exception) -> Exception:
    """What requests raises for everything that fails behind a proxy."""
    return requests.exceptions.ProxyError(MaxRetryError(HTTPConnectionPool("cloud.test"), "/", ProxyError("Unable to connect to proxy", inside)))


REFUSED = never_connected(ConnectionRefusedError(111, "Connection refused"))
UNKNOWN_HOST = never_connected(socket.gaierror(-2, "Name or service not known"))
CUT = requests.exceptions.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer")))
THROTTLED = (429, {"error_code": "APIGW.0308", "error_msg": "throttled"})
THROTTLED_AS_500 = (500, {"error_code": "APIG.9008", "error_msg": "too many requests"})
OK = (200, {"id": "1"})
METHODS = ("GET", "POST", "PUT", "DELETE")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("failure", [THROTTLED, (429, ""), THROTTLED_AS_500, REFUSED, requests.exceptions.ConnectTimeout()])
def test_what_was_certainly_not_carried_out_is_sent_again(method: str, failure: t.Any) -> None:
    answer, clock = send(Script(failure, failure, OK), method)
    assert answer.body == {"id": "1"}
    assert clock.waits == [1.0, 2.0]


@pytest.mark.parametrize("failure", [(500, {}), (502, "<html>"), (503, ""), (504, ""), CUT, requests.exceptions.ReadTimeout()])
@pytest.mark.parametrize("method", METHODS)
def test_what_may_have_been_carried_out_is_sent_again_unless_it_is_a_post(method: str, failure: t.Any) -> None:
    script = Script(failure, OK)
    answer, clock = send(script, method)
    if method == "POST":
        assert isinstance(answer, UnknownOutcome)
        assert "not sent again" in str(answer)
        assert (len(script.seen), clock.waits) == (1, [])
    else:
        assert answer.body == {"id": "1"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413])
@pytest.mark.parametrize("method", METHODS)
def test_a_refusal_is_never_sent_again(method: str, status: int) -> None:
    script = Script((status, {"error_code": "APIGW.0301", "error_msg": "no"}), OK)
    error, clock = send(script, method)
    assert isinstance(error, ApiError)
    assert (error.status, error.code, len(script.seen), clock.waits) == (status, "APIGW.0301", 1, [])


@given(st.floats(0, 1), st.integers(0, 8))
def test_waits_are_jittered_bounded_and_counted(dice: float, retries: int) -> None:
    script = Script(THROTTLED)
    error, clock = send(script, dice=dice, max_retries=retries)
    assert isinstance(error, ApiError)
    assert len(script.seen) == retries + 1 == error.tries
    assert clock.waits == [dice * min(60.0, 2.0**number) for number in range(retries)]


def test_all_tries_together_end_before_the_deadline() -> None:
    error, clock = send(Script(THROTTLED), max_retries=1000, deadline=100)
    assert isinstance(error, ApiError)
    assert "The deadline of the task, 100 s, leaves no time for another try." in str(error)
    # Waits of 1, 2, 4, 8, 16 and 32 seconds; the next would be one of 60.
    assert clock.time == 63


def test_the_deadline_is_that_of_the_task_and_not_of_a_request() -> None:
    clock = Clock()
    script = Script(OK)
    transport, request = prepared(script, clock, deadline=10)
    assert transport.send(request).body == {"id": "1"}
    clock.time = 9.5
    transport.send(request)
    assert script.options[-1]["timeout"] == 0.5
    clock.time = 10
    with pytest.raises(TransportError, match="The deadline of the task, 10 s, is over; the request was not sent") as caught:
        transport.send(request)
    assert len(script.seen) == 2
    assert not caught.value.uncertain
    assert transport.pause(0.1) is False


@given(st.lists(st.floats(0, 3), min_size=1, max_size=20), st.floats(0.1, 50))
def test_requests_keep_the_pace(pauses: list[float], rate: float) -> None:
    clock = Clock()
    times: list[float] = []
    script = Script(OK)
    memory = Memory(clock=lambda: clock.time)
    transport, request = prepared(script, clock, deadline=10_000, max_per_second=rate, turn=memory.turn)
    for pause in pauses:
        clock.time += pause
        transport.send(request)
        times.append(clock.time)
    assert all(later - earlier >= 1 / rate - 1e-6 for earlier, later in zip(times, times[1:], strict=False))
    assert times[-1] <= sum(pauses) + len(pauses) / rate + 1e-6, "nobody waits longer than needed"


def test_a_turn_that_comes_after_the_deadline_is_not_waited_for() -> None:
    clock = Clock()
    script = Script(OK)
    transport, request = prepared(script, clock, deadline=10, max_per_second=0.05, turn=Memory(clock=lambda: clock.time).turn)
    transport.send(request)
    with pytest.raises(TransportError, match="The deadline of the task"):
        transport.send(request)
    assert (clock.time, len(script.seen)) == (0, 1)


def test_what_is_harmless_is_sent_again_and_what_is_asked_once_is_not() -> None:
    lost = requests.exceptions.ReadTimeout("late")
    clock = Clock()
    transport, request = prepared(Script(lost, (503, {}), OK), clock, method="POST", harmless=True)
    assert transport.send(request).body == {"id": "1"}
    transport, request = prepared(Script((503, {}), OK), clock, method="GET", once=True, timeout=1)
    with pytest.raises(ApiError):
        transport.send(request)


@pytest.mark.parametrize(
    ("value", "wait"),
    [("7", 7.0), ("0", 0.0), ("100000", 60.0), ("Tue, 14 Nov 2023 22:13:30 GMT", 10.0), ("Tue, 14 Nov 2023 22:00:00 GMT", 0.0), ("soon", 1.0), ("-5", 1.0)],
)
def test_retry_after_is_obeyed_within_bounds(value: str, wait: float) -> None:
    answer, clock = send(Script((429, {}, {"Retry-After": value}), OK))
    assert answer.body == {"id": "1"}
    assert clock.waits == [wait]


def test_each_try_is_authorized_anew() -> None:
    script = Script(THROTTLED, THROTTLED, OK)
    send(script)
    assert [request.headers["X-Try"] for request in script.seen] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"error_code": "WAF.00021017", "error_msg": "bad rule"}, "WAF.00021017", "bad rule."),
        ({"errorCode": "X.1", "errorMsg": "camel"}, "X.1", "camel."),
        ({"code": "X.2", "message": "plain"}, "X.2", "plain."),
        ({"error": {"code": 401, "message": "nested", "title": "Unauthorized"}}, "401", "nested."),
        ({"error_code": "WAF.00012003", "error_msg": "denied", "details": [{"error_code": "IAM.1", "error_msg": "no"}]}, "WAF.00012003", "(IAM.1: no)"),
        ({"error_code": "X.3", "error_msg": "denied", "encoded_authorization_message": "abc"}, "X.3", "decode-authorization-message: abc"),
        ({}, None, "The service gave no reason."),
        ([1], None, "The service gave no reason."),
    ],
)
def test_every_shape_of_an_error_is_understood(body: t.Any, code: str | None, words: str) -> None:
    error, clock = send(Script((400, body, {"X-Request-Id": "request-1"})))
    assert isinstance(error, ApiError)
    assert (error.status, error.code, error.request_id) == (400, code, "request-1")
    assert words in str(error)
    assert "HTTP 400" in str(error) and "request id request-1" in str(error)
    assert error.facts == {"status": 400, "code": code, "request_id": "request-1"}


def test_the_request_id_of_the_gateway_stands_in_the_body() -> None:
    error, clock = send(Script((401, {"error_code": "APIGW.0301", "error_msg": "bad", "request_id": "gateway-1"})))
    assert error.request_id == "gateway-1"
    assert "lock the access key" in str(error)


def test_a_success_with_an_error_code_is_a_failure() -> None:
    error, clock = send(Script((200, {"error_code": "WKS.00010109", "error_msg": "exists"})))
    assert isinstance(error, ApiError)
    assert (error.status, error.code) == (200, "WKS.00010109")


@pytest.mark.parametrize("body", [{"error_code": "", "id": "1"}, {"code": "active", "id": "1"}, {"error": "none", "id": "1"}])
def test_a_success_that_only_looks_odd_is_a_success(body: t.Any) -> None:
    answer, clock = send(Script((200, body)))
    assert answer.body == body


@pytest.mark.parametrize("status", [200, 400])
def test_html_is_named_and_shown_in_short(status: int) -> None:
    page = "<html>\n<body>Welcome to the proxy" + " !" * 1000
    error, clock = send(Script((status, page, {"Content-Type": "text/html"})))
    assert isinstance(error, ApiError)
    assert "The answer is not JSON (Content-Type: text/html): '<html> <body>Welcome to the proxy" in str(error)
    assert len(str(error)) < 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("body", ["", "null", "{}"])
def test_a_write_may_be_answered_with_nothing(method: str, body: str) -> None:
    answer, clock = send(Script((200, body)), method)
    assert answer.body == {}


@pytest.mark.parametrize("body", ["", "null", "{}", "<html>Please log in</html>", "[]"])
def test_a_read_that_tells_nothing_is_no_answer_and_is_tried_again(body: str) -> None:
    answer, clock = send(Script((200, body), (200, body), OK))
    assert (answer.body, len(clock.waits)) == ({"id": "1"}, 2)
    error, clock = send(Script((200, body)))
    assert isinstance(error, ApiError)
    assert (error.tries, error.uncertain) == (6, False)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_refused(status: int) -> None:
    script = Script((status, "", {"Location": "http://elsewhere.test/"}), OK)
    error, clock = send(script)
    assert isinstance(error, ApiError)
    assert "redirects are refused" in str(error)
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (requests.exceptions.ConnectionError(ProtocolError("bad\x00\x1b[31m answer")), "cloud.test cannot be reached: bad [31m answer (2"),
        (REFUSED, "cloud.test cannot be reached: Connection refused"),
        (requests.exceptions.ConnectTimeout(), "no connection within 30 s"),
        (requests.exceptions.ReadTimeout(), "no answer within 30 s"),
        (UNKNOWN_HOST, "cloud.test cannot be reached: Name or service not known (2"),
        (CUT, "cloud.test cannot be reached: Connection reset by peer (2"),
    ],
)
def test_a_dead_network_ends_in_one_sentence(failure: Exception, words: str) -> None:
    error, clock = send(Script(failure), max_retries=1)
    assert isinstance(error, TransportError)
    assert words in str(error) and "(2 tries)" in str(error)
    assert error.facts is None


def test_an_unknown_certificate_is_never_tried_again() -> None:
    script = Script(tls_error(ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")))
    error, clock = send(script)
    assert isinstance(error, TransportError)
    assert "ca_path" in str(error)
    assert len(script.seen) == 1


def test_a_connection_that_breaks_off_in_the_handshake_is_tried_again() -> None:
    answer, clock = send(Script(tls_error(ssl.SSLEOFError(8, "EOF occurred in violation of protocol")), OK))
    assert answer.body == {"id": "1"}


@pytest.mark.parametrize("inside", [ConnectionRefusedError(111, "Connection refused"), OSError("Tunnel connection failed: 502 Bad Gateway")])
def test_a_post_that_never_reached_the_proxy_or_left_it_is_sent_again(inside: OSError) -> None:
    reason = NewConnectionError(HTTPConnection("proxy.test"), "Failed to establish a new connection") if inside.errno else inside
    answer, clock = send(Script(proxy_error(reason), OK), "POST")
    assert answer.body == {"id": "1"}


@pytest.mark.parametrize("inside", [ConnectionResetError(104, "Connection reset by peer"), RemoteDisconnected("Remote end closed connection")])
def test_a_post_whose_answer_was_lost_behind_a_proxy_is_not_sent_again(inside: Exception) -> None:
    script = Script(proxy_error(inside), OK)
    error, clock = send(script, "POST")
    assert isinstance(error, UnknownOutcome)
    assert len(script.seen) == 1


@pytest.mark.parametrize("failure", [CUT, requests.exceptions.ReadTimeout(), (503, ""), (200, "<html>")])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_that_may_have_been_carried_out_says_so(method: str, failure: t.Any) -> None:
    # That a later try did not even connect does not make it certain.
    for script in (Script(failure), Script(failure, REFUSED)):
        error, clock = send(script, method, max_retries=1)
        assert error.uncertain is True
        assert str(error).endswith("Whether the request was carried out is not known.")


@pytest.mark.parametrize("failure", [REFUSED, THROTTLED, THROTTLED_AS_500, (400, {"error_code": "WAF.00021003"})])
def test_a_write_that_was_certainly_not_carried_out_does_not_say_so(failure: t.Any) -> None:
    error, clock = send(Script(failure), "PUT", max_retries=1)
    assert error.uncertain is False
    assert "is not known" not in str(error)


@pytest.mark.parametrize("body", ["<html>", [1], '"text"', "7"])
def test_an_answer_that_is_no_object_is_a_failure_and_to_a_post_an_unknown_outcome(body: t.Any) -> None:
    error, clock = send(Script((200, body)))
    assert isinstance(error, ApiError)
    assert "The answer is not" in str(error)
    error, clock = send(Script((200, body)), "POST")
    assert isinstance(error, UnknownOutcome)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_tls_that_cannot_begin_is_never_tried_again(method: str, tmp_path: t.Any) -> None:
    # A file that holds no certificate, as OpenSSL itself refuses it.
    bundle = tmp_path / "ca.pem"
    bundle.write_text("no certificate\n", encoding="ascii")
    with pytest.raises(ssl.SSLError) as caught:
        ssl.create_default_context().load_verify_locations(bundle)
    script = Script(tls_error(caught.value))
    error, clock = send(script, method)
    assert isinstance(error, TransportError)
    assert "cloud.test cannot be called" in str(error) and "ca_path" in str(error)
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (requests.exceptions.InvalidHeader("Invalid header value: 'fake-token-0001\\n'"), "a header holds a character that is not allowed"),
        (OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /ca.pem"), "invalid path: /ca.pem"),
        (LocationParseError("'a..b', label empty or too long"), "cloud.test cannot be called"),
        (requests.exceptions.InvalidURL("Failed to parse: http://user:fake-password-0001@proxy:99999"), "Failed to parse: http://proxy:99999"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_cannot_be_called_at_all_is_said_once_and_without_secrets(method: str, failure: Exception, words: str) -> None:
    script = Script(failure)
    error, clock = send(script, method)
    assert isinstance(error, TransportError)
    assert words in str(error)
    assert "fake" not in str(error)
    assert len(script.seen) == 1


@pytest.mark.parametrize(("asked", "used"), [(True, "/etc/bundle.pem"), (False, False), ("/etc/own.pem", "/etc/own.pem")])
def test_what_the_task_says_of_certificates_wins_over_the_environment(asked: t.Any, used: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/bundle.pem")
    script = Script(OK)
    session = _http.new_session(asked)
    session.mount("https://", script)
    _http.Transport(session, _http.Policy()).send(_http.Request("GET", "https://cloud.test/v1", b"", dict))
    assert script.options[0]["verify"] == used


def test_the_session_keeps_no_cookies_and_reads_no_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: t.Any) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine cloud.test login somebody password fake-password-0001\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    script = Script((200, {"id": "0"}, {"Set-Cookie": "session=1"}), OK)
    session = _http.new_session(True)
    session.mount("http://", script)
    transport = _http.Transport(session, _http.Policy())
    for path in ("first", "second"):
        transport.send(_http.Request("GET", f"http://cloud.test/{path}", b"", lambda: {"Authorization": "ours"}))
    assert [request.headers["Authorization"] for request in script.seen] == ["ours", "ours"]
    assert all("Cookie" not in request.headers for request in script.seen)


@pytest.mark.parametrize("failure", [THROTTLED, (503, ""), REFUSED, CUT])
def test_a_turn_is_taken_for_the_time_of_each_try_and_not_while_waiting(failure: t.Any) -> None:
    told: list[str] = []

    class Watched(Script):
        def send(self, request: t.Any, **options: t.Any) -> requests.Response:
            told.append("sent")
            return super().send(request, **options)

    @contextlib.contextmanager
    def gate() -> t.Iterator[None]:
        told.append("in")
        try:
            yield
        finally:
            told.append("out")

    session = _http.new_session(True)
    session.mount("http://", Watched(failure, OK))
    policy = _http.Policy(sleep=lambda seconds: told.append("waits"), clock=lambda: 0.0, dice=lambda: 1.0, max_per_second=10)
    transport = _http.Transport(session, policy, lambda interval: interval, gate)
    assert transport.send(_http.Request("GET", "http://cloud.test/v1", b"", dict)).body == {"id": "1"}
    assert told == ["waits", "in", "sent", "out", "waits", "waits", "in", "sent", "out"]


def test_no_more_requests_are_on_their_way_than_a_crew_has_turns() -> None:
    crew = Crew(3)
    lock = threading.Lock()
    now: list[int] = []
    most: list[int] = []

    class Slow(Script):
        def send(self, request: t.Any, **options: t.Any) -> requests.Response:
            with lock:
                now.append(1)
                most.append(len(now))
            time.sleep(0.002)
            with lock:
                now.pop()
            return super().send(request, **options)

    session = _http.new_session(True)
    session.mount("http://", Slow(OK))
    transport = _http.Transport(session, _http.Policy(), gate=crew.turn)
    request = _http.Request("GET", "http://cloud.test/v1", b"", dict)
    answers = crew.map(lambda number: crew.map(lambda inner: transport.send(request).body, range(4)), range(6))
    assert answers == [[{"id": "1"}] * 4] * 6
    assert max(most) == 3
