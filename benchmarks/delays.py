# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to a server of this machine on which every answer takes longer, for all that are on their way at once: delays.py PORT SECONDS

The emulator works off one request at a time, and one that waits holds up the others. Here nothing waits for anything else.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

from servers import LIFETIME


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """What comes goes on so many seconds later, in the order in which it came."""
    loop = asyncio.get_running_loop()
    try:
        while data := await reader.read(1 << 20):
            if seconds:
                loop.call_later(seconds, writer.write, data)
            else:
                writer.write(data)
        if seconds:
            await asyncio.sleep(seconds)
    except ConnectionError:
        pass
    finally:
        writer.close()


async def _serve(port: int, seconds: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_hand_on(reader, far_writer, 0), _hand_on(far_reader, writer, seconds))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    timer = threading.Timer(LIFETIME, os.kill, (os.getpid(), signal.SIGTERM))
    timer.daemon = True
    timer.start()
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
