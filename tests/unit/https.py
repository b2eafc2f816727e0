# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator behind TLS on 127.0.0.1, with certificates that are made for the test."""

from __future__ import annotations

import contextlib
import ssl
import threading
import typing as t
from dataclasses import dataclass
from pathlib import Path

import trustme
from werkzeug.serving import WSGIRequestHandler, make_server

from gatehouse_emulator import create_app

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: who is to be trusted, what the server shows, and the key to it."""

    authority: Path
    certificate: Path
    key: Path


class _Quiet(WSGIRequestHandler):
    def log(self, kind: str, message: str, *values: t.Any) -> None:
        """Nothing: the journal tells of the requests."""


def new_certificates(folder: Path, name: str = ADDRESS) -> Certificates:
    """An authority that nobody trusts yet, and a certificate of it for 127.0.0.1 or a host."""
    authority = trustme.CA()
    issued = authority.issue_cert(name)
    made = Certificates(folder / "authority.pem", folder / "certificate.pem", folder / "key.pem")
    authority.cert_pem.write_to_path(str(made.authority))
    issued.cert_chain_pems[0].write_to_path(str(made.certificate))
    issued.private_key_pem.write_to_path(str(made.key))
    return made


def server_side(certificates: Certificates) -> ssl.SSLContext:
    """TLS as the server shows it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    return context


@contextlib.contextmanager
def https_emulator(certificates: Certificates, application: t.Any = None) -> t.Iterator[str]:
    """The URL of an emulator that serves TLS until the block ends; the demo account unless an application is given."""
    context = server_side(certificates)
    server = make_server(ADDRESS, 0, create_app() if application is None else application, request_handler=_Quiet, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"https://{ADDRESS}:{server.port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
