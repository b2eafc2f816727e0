# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A site as YAML that a person can read and edit, without a library: managed hosts need none."""

from __future__ import annotations

import json
import re
import typing as t

# Texts that are the same without quotes, whatever reads them.
_PLAIN = re.compile(r"[A-Za-z_](?:[\w ./(),;&'-]*[\w./()&'-])?|\d+\.\d+\.\d+\.\d+(?:/\d+|-\d+\.\d+\.\d+\.\d+)?", re.ASCII)
_RESERVED = frozenset(("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none"))
# What Ansible would take for a template: somebody else may have written it into the account.
_TEMPLATE = re.compile(r"\{[{%#]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def text_of(site: t.Mapping[str, t.Any]) -> str:
    """The variables of a site, with an empty line between them. A text that looks like a template is marked, so that it stays a text."""
    return "\n".join("".join(f"{line}\n" for line in _entries({name: value})) for name, value in site.items())


def _entries(values: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    for name, value in values.items():
        if not isinstance(value, (dict, list)) or not value:
            yield f"{name}: {_scalar(value)}"
            continue
        yield f"{name}:"
        yield from (f"  {line}" for line in (_entries(value) if isinstance(value, dict) else _members(value)))


def _members(values: t.Sequence[t.Any]) -> t.Iterator[str]:
    for value in values:
        lines = list(_entries(value)) if isinstance(value, dict) and value else [_scalar(value)]
        yield from (f"{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines))


def _scalar(value: t.Any) -> str:
    if isinstance(value, (bool, dict, list)) or value is None:
        # Dictionaries and lists that come here are empty.
        return json.dumps(value)
    if not isinstance(value, str):
        return str(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _RESERVED:
        return value
    quoted = '"' + "".join(_ESCAPES.get(letter) or (letter if letter.isprintable() else _escape(letter)) for letter in value) + '"'
    return f"!unsafe {quoted}" if _TEMPLATE.search(value) else quoted


def _escape(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
