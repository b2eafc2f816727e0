# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retries without the waits between them."""

from __future__ import annotations

import contextlib
import time
import types
import typing as t
from unittest import mock


@contextlib.contextmanager
def no_waiting() -> t.Iterator[None]:
    """The modules do not sleep, in this process and in those that it forks; the emulator still may."""
    # Imported here, for whoever calls may want to say first how collections are found.
    from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _http

    clock = types.SimpleNamespace(sleep=lambda seconds: None, monotonic=time.monotonic, time=time.time)
    with mock.patch.object(_http, "time", clock):
        yield
