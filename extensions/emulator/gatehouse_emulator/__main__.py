# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a server on loopback: python -m gatehouse_emulator."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
import typing as t
from pathlib import Path

from gatehouse_emulator.account import SeedError
from gatehouse_emulator.application import create_app
from gatehouse_emulator.faults import ConnectionCut

ADDRESS = "127.0.0.1"


def arguments(words: t.Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="gatehouse_emulator", description="A local Huawei Cloud on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=8642, help="port to listen on; 0 takes any free one (default: 8642)")
    parser.add_argument("--port-file", type=Path, help="file to write the port to once it listens")
    parser.add_argument("--dns-port", type=int, help="port to answer DNS on, over UDP and TCP; 0 takes any free one (default: no DNS)")
    parser.add_argument("--waf-port", type=int, help="port of WAF's data path; 0 takes any free one (default: no data path)")
    parser.add_argument("--origin-port", type=int, help="port of an origin that tells what it saw; 0 takes any free one (default: no origin)")
    parser.add_argument("--ports-file", type=Path, help="file to write all ports to, as JSON, once they listen")
    parser.add_argument("--seed", type=Path, help="YAML file with what the account holds (default: the demo account)")
    parser.add_argument("--site", type=Path, help="YAML file of the role onboarding: the account holds what the site names and does not make itself")
    parser.add_argument("--empty", action="store_true", help="start with credentials and a project only")
    parser.add_argument("--stop-after", type=float, metavar="SECONDS", help="end by itself after this time")
    return parser.parse_args(words)


def seed_from(path: Path) -> t.Any:
    """The content of a seed file. Raises SeedError."""
    # Imported here: most starts need no YAML.
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SeedError(f"{path}: {error}") from error


def _seed(asked: argparse.Namespace) -> t.Any:
    """What the account holds; None is the demo account. Raises SeedError."""
    if asked.site:
        from gatehouse_emulator.site import givens

        try:
            return givens(seed_from(asked.site))
        except (AttributeError, KeyError, TypeError) as error:
            raise SeedError(f"{asked.site}: this is no site: {error!r}") from error
    return seed_from(asked.seed) if asked.seed else {} if asked.empty else None


def _cutting(application: t.Any) -> t.Any:
    """A WSGI application whose ConnectionCut closes the socket without an answer."""

    def wrapped(environ: t.Any, start_response: t.Any) -> t.Any:
        try:
            return application(environ, start_response)
        except ConnectionCut:
            # waitress closes the connection when an answer promises more than it gives.
            start_response("200 OK", [("Content-Length", "1")])
            return []

    return wrapped


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or the time is over; 0 for an orderly end, 2 for a bad start."""
    asked = arguments()
    try:
        application = create_app(_seed(asked))
    except SeedError as error:
        print(f"The seed cannot be used: {error}", file=sys.stderr)
        return 2
    try:
        listener = _listening(asked.port)
        beside = _beside(application.extensions["cloud"], asked)
    except PortError as error:
        print(error, file=sys.stderr)
        return 2

    from waitress.server import create_server

    # One thread: the state is changed by one request at a time. That others wait meanwhile is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(_cutting(application), sockets=[listener], threads=1, ident="gatehouse_emulator")
    port = listener.getsockname()[1]
    signal.signal(signal.SIGTERM, lambda number, frame: _end())
    if asked.stop_after:
        timer = threading.Timer(asked.stop_after, os.kill, (os.getpid(), signal.SIGTERM))
        timer.daemon = True
        timer.start()
    if asked.port_file:
        asked.port_file.write_text(str(port), encoding="ascii")
    if asked.ports_file:
        # Whole or not at all: somebody waits for it.
        written = asked.ports_file.with_name(f"{asked.ports_file.name}.new")
        written.write_text(json.dumps({"api": port, **beside}), encoding="ascii")
        written.replace(asked.ports_file)
    print(f"listening on http://{ADDRESS}:{port}", flush=True)
    for name, number in beside.items():
        print(f"{name} on {ADDRESS}:{number}", flush=True)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        server.close()
    return 0


class PortError(Exception):
    """A port that cannot be used."""


def _listening(port: int) -> socket.socket:
    """A socket on loopback. Raises PortError."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ADDRESS, port))
    except (OSError, OverflowError) as error:
        raise PortError(f"Port {port} cannot be used: {error}") from error
    listener.listen(128)
    return listener


def _beside(cloud: t.Any, asked: argparse.Namespace) -> dict[str, int]:
    """Start what is asked for beside the API, in threads that end with the process; the ports by name. Raises PortError."""
    ports: dict[str, int] = {}
    if asked.dns_port is not None:
        from gatehouse_emulator.names import Service

        try:
            ports["dns"] = Service(lambda: cloud.account, asked.dns_port).port
        except (OSError, OverflowError) as error:
            raise PortError(f"Port {asked.dns_port} cannot be used for DNS: {error}") from error
    if asked.waf_port is not None or asked.origin_port is not None:
        from gatehouse_emulator.waf_traffic import data_path, stand_in_origin

        served = {"waf": (asked.waf_port, data_path(lambda: cloud.account, cloud.traffic, cloud.clock)), "origin": (asked.origin_port, stand_in_origin)}
        ports.update({name: _in_a_thread(application, port) for name, (port, application) in served.items() if port is not None})
    return ports


def _in_a_thread(application: t.Any, port: int) -> int:
    """Serve an application until the process ends; the port."""
    from waitress.server import create_server

    listener = _listening(port)
    server = create_server(application, sockets=[listener], threads=4, ident=None)
    threading.Thread(target=server.run, daemon=True).start()
    return int(listener.getsockname()[1])


def _end() -> t.NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
