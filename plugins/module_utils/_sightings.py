# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a look at DNS or at a web server shows, as values. Nothing here does any input or output."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

# What a lookup says that got no answer, in place of the words of DNS (NOERROR, NXDOMAIN, SERVFAIL, REFUSED).
NO_ANSWER, NO_SERVER, NO_NAME = "no answer", "no server", "no name"

# Why a web server told nothing: no address to ask, nothing listens or no way there, a certificate that is not its own, no answer in time, anything else.
NO_ADDRESS, UNREACHABLE, CERTIFICATE, TIMEOUT, BROKEN = "no address", "unreachable", "certificate", "timeout", "broken"


@dataclass(frozen=True)
class Entry:
    """One record of DNS; names are in lower case and have no dot at the end."""

    name: str
    kind: str
    value: str
    ttl: int


@dataclass(frozen=True)
class Lookup:
    """What DNS said to one question; own tells that the server is an authority for the name. reason is what happened where there was no answer."""

    status: str
    entries: tuple[Entry, ...] = ()
    own: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Page:
    """What a web server answered: headers by their names in lower case, and the body, of which whole tells that nothing was cut off."""

    status: int
    headers: t.Mapping[str, str]
    body: bytes = field(default=b"", repr=False)
    whole: bool = True


@dataclass(frozen=True)
class Silence:
    """Why a web server told nothing."""

    kind: str
    reason: str


Look = t.Union[Page, Silence]
