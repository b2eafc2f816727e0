# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the emulator starts and answers, and how much memory it takes, beside a bare server of the same libraries.

Started by "make bench". Prints one Markdown table; the limits are those that the emulator promises, and a missed one is exit code 1.
The peer is a Flask application of one route under waitress: what no emulator built on these libraries can beat.
"""

from __future__ import annotations

import http.client
import statistics
import sys
import time
import typing as t
from dataclasses import dataclass

from servers import EMULATOR, LIFETIME, Server, machine, served

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials, authorized, canonical_query

STARTS = 5
ROUNDS = 5
REQUESTS = 600
WARM_UP = 50

SECONDS_TO_START, MEGABYTES, REQUESTS_A_SECOND = 1.0, 80.0, 300.0

CREDENTIALS = Credentials("GATEHOUSEDEMOKEY0001", "gatehouse-demo-secret-0000000000000001")
PROJECT = "0123456789abcdef0123456789abcdef"
PATH, QUERY = f"/v1/{PROJECT}/waf/policy", [("name", "storefront"), ("page", 1), ("pagesize", 100)]

BARE = (
    sys.executable,
    "-c",
    f"""
import os, signal, threading, flask, waitress
threading.Timer({LIFETIME}, os.kill, (os.getpid(), signal.SIGTERM)).start()
application = flask.Flask("bare")
application.add_url_rule("/<path:anything>", view_func=lambda anything: dict(items=[], total=0))
server = waitress.create_server(application, host="127.0.0.1", port=0, threads=1)
print(f"listening on http://127.0.0.1:{{server.effective_port}}", flush=True)
server.run()
""",
)


@dataclass(frozen=True)
class Load:
    """What came of many requests, one after another over one connection."""

    a_second: float
    cpu_milliseconds: float


def load(server: Server, requests: int) -> Load:
    """Send signed requests, each with a signature of its own, and count."""
    host = f"127.0.0.1:{server.port}"
    target = f"{PATH}?{canonical_query(QUERY)}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    cpu, begun = server.cpu_seconds, time.perf_counter()
    for _number in range(requests):
        headers = authorized(CREDENTIALS, "GET", host, PATH, QUERY, {"Content-Type": "application/json"}, b"", time.time())
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"A request was refused with HTTP {answer.status}")
    taken = time.perf_counter() - begun
    connection.close()
    return Load(requests / taken, (server.cpu_seconds - cpu) / requests * 1000)


def start_times(command: t.Sequence[str]) -> list[float]:
    """The seconds that a server takes to listen, for several starts."""
    times = []
    for _number in range(STARTS):
        with served(command) as server:
            times.append(server.seconds_to_start)
    return times


def main() -> int:
    """0 when every limit is kept."""
    emulator_starts, bare_starts = start_times(EMULATOR), start_times(BARE)
    with served(EMULATOR) as emulator, served(BARE) as bare:
        for server in (emulator, bare):
            load(server, WARM_UP)
        rounds = [(load(emulator, REQUESTS), load(bare, REQUESTS)) for _number in range(ROUNDS)]
        memory = (emulator.megabytes, bare.megabytes)
    rows = [
        ("start, s", statistics.median(emulator_starts), statistics.median(bare_starts), f"under {SECONDS_TO_START:g}"),
        ("requests a second, signed", *(statistics.median(one.a_second for one in side) for side in zip(*rounds)), f"at least {REQUESTS_A_SECOND:g}"),
        ("processor time of a request, ms", *(statistics.median(one.cpu_milliseconds for one in side) for side in zip(*rounds)), ""),
        (f"memory at most, MB, after {WARM_UP + ROUNDS * REQUESTS} requests", *memory, f"under {MEGABYTES:g}"),
    ]
    print(f"\n{machine()}")
    print(f"medians of {STARTS} starts and of {ROUNDS} rounds of {REQUESTS} requests, in turns; the server on one processor, one request at a time\n")
    print("| | emulator | bare Flask and waitress | ratio | promised |\n| --- | ---: | ---: | ---: | --- |")
    for name, ours, peer, limit in rows:
        print(f"| {name} | {ours:.2f} | {peer:.2f} | {ours / peer:.2f} | {limit} |")
    kept = rows[0][1] < SECONDS_TO_START and rows[1][1] >= REQUESTS_A_SECOND and memory[0] < MEGABYTES
    print("\nEvery promise is kept." if kept else "\nA promise is not kept.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
