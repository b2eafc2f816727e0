# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator has beside its API, on ports of 127.0.0.1: DNS, WAF's data path, and origins."""

from __future__ import annotations

import contextlib
import ssl
import threading
import typing as t
from dataclasses import dataclass

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from gatehouse_emulator.names import Service
from gatehouse_emulator.waf_traffic import data_path, stand_in_origin

ADDRESS = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    def log(self, kind: str, message: str, *values: t.Any) -> None:
        """Nothing: the traffic tells of the requests."""


@contextlib.contextmanager
def served(application: t.Any, context: ssl.SSLContext | None = None) -> t.Iterator[str]:
    """The address and port of an application that is served until the block ends."""
    server = make_server(ADDRESS, 0, application, threaded=True, request_handler=_Quiet, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{ADDRESS}:{server.port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@dataclass(frozen=True)
class Beside:
    """Where DNS, the data path and the origin listen."""

    dns: str
    waf: str
    origin: str


@contextlib.contextmanager
def beside(application: t.Any) -> t.Iterator[Beside]:
    """DNS, the data path and the stand-in origin of an emulated account, until the block ends."""
    cloud = application.extensions["cloud"]
    names = Service(lambda: cloud.account)
    try:
        with served(data_path(lambda: cloud.account, cloud.traffic, cloud.clock)) as waf, served(stand_in_origin) as origin:
            yield Beside(f"{ADDRESS}:{names.port}", waf, origin)
    finally:
        names.stop()


def answering(status: int = 200, body: str | t.Callable[[], str] = "", **headers: str) -> t.Any:
    """An origin that has one answer."""

    @Request.application
    def application(request: Request) -> Response:
        return Response(body() if callable(body) else body, status, {name.replace("_", "-"): value for name, value in headers.items()})

    return application
