# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS, proxies and redirects over real sockets: an emulator behind HTTPS with an authority of its own, and a proxy in between."""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import threading
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask, request

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _client
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, TransportError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from cloud import CONNECTION
from https import Certificates, https_emulator, new_certificates

READ = "/waf/policy"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return new_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def url(certificates: Certificates) -> t.Iterator[str]:
    """An emulator behind HTTPS."""
    with https_emulator(certificates) as url:
        yield url


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def client(url: str, environment: t.Mapping[str, str] | None = None, **options: t.Any) -> _client.Client:
    endpoints = dict.fromkeys(_client.SERVICES, url)
    return _client.client_for({**CONNECTION, "endpoints": endpoints, "timeout": 5, **options}, environment or {}, Memory())


def names(one: _client.Client) -> list[str]:
    """The policies of the demo account."""
    return [policy["name"] for policy in one.get("waf", READ)["items"]]


def test_a_certificate_of_an_authority_that_is_named_is_trusted(url: str, certificates: Certificates) -> None:
    assert names(client(url, ca_path=str(certificates.authority))) == ["storefront"]


def test_the_authority_may_be_named_in_the_environment(url: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.authority))
    assert names(client(url)) == ["storefront"]


def test_a_certificate_of_a_stranger_is_refused_and_nothing_is_sent(certificates: Certificates, tmp_path: Path) -> None:
    asked: list[str] = []
    application = watched(asked)
    other = new_certificates(tmp_path)
    with https_emulator(certificates, application) as url:
        for options in ({}, {"ca_path": str(other.authority)}, {"validate_certs": True}):
            with pytest.raises(TransportError, match=r"The identity of 127\.0\.0\.1:\d+ cannot be verified: .*[Ss]et ca_path") as caught:
                names(client(url, **options))
            assert CONNECTION["secret_key"] not in str(caught.value)
        # The certificate is for 127.0.0.1 and for no other name.
        with pytest.raises(TransportError, match="cannot be verified"):
            names(client(url.replace("127.0.0.1", "localhost"), ca_path=str(certificates.authority)))
    assert asked == []


def watched(asked: list[str], location: str = "") -> Flask:
    """A server that notes what it is asked, and answers nothing, or sends its callers elsewhere."""
    application = Flask("watched")

    @application.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "DELETE"])
    @application.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
    def answer(path: str) -> t.Any:
        asked.append(f"{request.method} /{path} {request.headers.get('X-Auth-Token', '')}")
        return ("", 307, {"Location": location}) if location else {}

    return application


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_verification_can_be_turned_off_by_the_task_and_with_a_warning_by_the_environment(url: str, certificates: Certificates) -> None:
    said = client(url, validate_certs=False)
    assert (names(said), said.notes.warnings) == (["storefront"], [])
    insecure = client(url, {"HW_INSECURE": "true"})
    assert names(insecure) == ["storefront"]
    assert [text.partition(":")[0] for text in insecure.notes.warnings] == ["HW_INSECURE is set"]
    # What the task says about certificates wins.
    for options in ({"validate_certs": True}, {"ca_path": str(new_ca(certificates))}):
        strict = client(url, {"HW_INSECURE": "true"}, **options)
        assert strict.notes.warnings == []
        with pytest.raises(TransportError, match="cannot be verified"):
            names(strict)


def new_ca(certificates: Certificates) -> Path:
    """The certificates of an authority that has not signed what the server shows."""
    folder = certificates.authority.parent / "stranger"
    folder.mkdir(exist_ok=True)
    return new_certificates(folder).authority


def test_a_file_that_holds_no_certificates_is_named(url: str, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing", encoding="ascii")
    with pytest.raises(TransportError, match=r"cannot be called: .*ca_path"):
        names(client(url, ca_path=str(file)))


@pytest.mark.parametrize("method", ["get", "put"])
def test_a_redirect_is_refused_and_no_token_follows_it(certificates: Certificates, method: str) -> None:
    here: list[str] = []
    there: list[str] = []
    token = {"auth_token": "fake-token-0001", "access_key": None, "secret_key": None, "ca_path": str(certificates.authority)}
    with https_emulator(certificates, watched(there)) as target, https_emulator(certificates, watched(here, f"{target}/elsewhere")) as url:
        one = client(url, **token)
        with pytest.raises(ApiError, match="The service redirects; redirects are refused"):
            one.get("waf", READ) if method == "get" else one.put("waf", READ, {})
    assert len(here) == 1 and here[0].endswith(" fake-token-0001")
    assert there == []


@dataclass
class Proxy:
    """A proxy that makes tunnels, and notes where to."""

    tunnels: list[str] = field(default_factory=list)
    url: str = ""


@contextlib.contextmanager
def proxy(reachable: bool = True) -> t.Iterator[Proxy]:
    noted = Proxy()

    class Tunnel(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            target = self.rfile.readline().decode("ascii").split()[1]
            noted.tunnels.append(target)
            while self.rfile.readline().strip():
                pass
            if not reachable:
                self.wfile.write(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
                return
            host, port = target.split(":")
            with socket.create_connection((host, int(port)), 5) as upstream:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                ends = {self.connection: upstream, upstream: self.connection}
                while True:
                    readable = select.select(list(ends), [], [], 10)[0]
                    chunks = [(ends[one], one.recv(65536)) for one in readable]
                    if not all(chunk for other, chunk in chunks) or not readable:
                        return
                    for other, chunk in chunks:
                        other.sendall(chunk)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        noted.url = f"http://user:fake-proxy-password-0001@127.0.0.1:{server.server_address[1]}"
        try:
            yield noted
        finally:
            server.shutdown()
            thread.join(10)


def test_requests_go_through_the_proxy_of_the_environment_and_tls_is_verified_behind_it(
    url: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy() as through:
        monkeypatch.setenv("HTTPS_PROXY", through.url)
        assert names(client(url, ca_path=str(certificates.authority))) == ["storefront"]
        assert through.tunnels == [url.removeprefix("https://")]
        with pytest.raises(TransportError, match="cannot be verified"):
            names(client(url))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        through.tunnels.clear()
        assert names(client(url, ca_path=str(certificates.authority))) == ["storefront"]
        assert through.tunnels == []


def test_a_proxy_that_reaches_nothing_is_named_without_its_password(url: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy(reachable=False) as through:
        monkeypatch.setenv("HTTPS_PROXY", through.url)
        with pytest.raises(TransportError, match="cannot be reached through the proxy that the environment names") as caught:
            names(client(url, ca_path=str(certificates.authority), max_retries=0))
    assert "fake-proxy-password" not in str(caught.value)
