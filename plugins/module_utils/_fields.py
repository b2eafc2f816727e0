# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Kinds of field: how an option becomes an API value and back, what may be said, and when two values are the same."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError, cut

Words = t.Mapping[str, t.Any]
"""Values by option name, as a user says them."""

Convert = t.Callable[[t.Any], t.Any]

# Characters of a value that a message repeats.
_SHOWN = 100
# What Ansible makes of the words that YAML reads as true or false, among them the country code NO.
_BOOLEANS = ("True", "False")
# What no text has, one of many lines either: control characters, and halves of characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _same(value: t.Any) -> t.Any:
    return value


def shown(value: t.Any) -> str:
    """A value as a message repeats it: in quotes, on one line, and not longer than helps."""
    return cut(repr(value), _SHOWN)


def _as_wished(wished: t.Any, held: t.Any) -> t.Any:
    del held
    return wished


@dataclass(frozen=True)
class Field:
    """One property of a resource.

    name is the option, api the key in the record of the service. normal gives the one notation of a value (it raises ValueError with
    the reason when the value cannot be), outward and inward convert a normal value to the API's and back, and key makes of a normal
    value what is compared. spelled gives a wish the spelling of what is held, where both mean the same. initially is what a new
    object has when nobody says anything. What is only_told is no option: the service, or the store, says it.
    """

    name: str
    api: str
    argument: t.Mapping[str, t.Any]
    normal: Convert = _same
    outward: Convert = _same
    inward: Convert = _same
    key: Convert = _same
    spelled: t.Callable[[t.Any, t.Any], t.Any] = _as_wished
    initially: t.Any = None
    lasting: str | None = None
    only_told: bool = False

    def checked(self, value: t.Any) -> t.Any:
        """The normal form of what a user said. Raises InputError that names the option."""
        try:
            return self.normal(value)
        except ValueError as error:
            raise InputError(f"{self.name}: {error}") from None

    def told(self, record: t.Mapping[str, t.Any]) -> t.Any:
        """The value a record of the service holds, in the user's words; None when the record does not say."""
        value = record.get(self.api)
        if value is None:
            return None
        try:
            return self.inward(value)
        except (TypeError, ValueError, AttributeError, KeyError):
            # A form that nobody documents is shown as it came.
            return value

    def equal(self, one: t.Any, other: t.Any) -> bool:
        """Whether two values in the user's words mean the same. What is not known equals nothing."""
        if one is None or other is None:
            return False
        try:
            return bool(self.key(one) == self.key(other))
        except (TypeError, ValueError, AttributeError):
            return bool(one == other)


def text(
    name: str,
    api: str | None = None,
    at_most: int | None = None,
    pattern: str | None = None,
    hint: str = "",
    at_least: int = 0,
    many_lines: bool = False,
) -> Field:
    """Text with limits of length (characters) and, where the service has them, of characters; hint tells the pattern in words."""

    def normal(value: t.Any) -> str:
        if at_least and not value:
            raise ValueError("it cannot be empty.")
        if at_most is not None and not at_least <= len(value) <= at_most:
            raise ValueError(f"{shown(value)} has {len(value)} characters; {at_least} to {at_most} are allowed.")
        if _CONTROL.search(value) if many_lines else not value.isprintable():
            raise ValueError(f"{shown(value)} holds a character that cannot be shown.")
        if pattern is not None and not re.fullmatch(pattern, value):
            raise ValueError(f"{shown(value)} is not allowed; {hint}.")
        return str(value)

    return Field(name, api or name, {"type": "str"}, normal=normal, inward=str)


def flag(name: str, api: str | None = None) -> Field:
    """A boolean that the API spells 1 and 0; some answers spell it as text."""

    def inward(value: t.Any) -> t.Any:
        return {"1": True, "0": False}.get(str(value), value)

    return Field(name, api or name, {"type": "bool"}, outward=int, inward=inward)


def switch(name: str, api: str | None = None) -> Field:
    """A boolean that the API spells as a boolean; some answers may spell it as text."""
    return Field(name, api or name, {"type": "bool"}, inward=lambda value: {"true": True, "false": False}.get(str(value).lower(), value))


def choice(name: str, values: t.Mapping[str, t.Any], api: str | None = None) -> Field:
    """One of several words; a number may come back as text. A value of the API that has no word is shown as it is."""
    words = {str(value): word for word, value in values.items()}
    return Field(
        name,
        api or name,
        {"type": "str", "choices": list(values)},
        outward=lambda word: values.get(word, word),
        inward=lambda value: words.get(str(value), str(value)),
    )


def members(
    name: str,
    api: str | None = None,
    member: t.Callable[[str], str] = _same,
    what: str = "member",
    at_most: int | None = None,
    sameness: t.Callable[[str], str] = str.casefold,
) -> Field:
    """A list that is a set: order and repetition mean nothing. member gives the one notation of a member, sameness what is compared of it."""

    def normal(value: t.Any) -> list[str]:
        kept: dict[str, str] = {}
        for item in value:
            one = member(_named(item, what))
            kept.setdefault(sameness(one), one)
        if not kept:
            raise ValueError(f"it needs at least one {what}.")
        if at_most is not None and len(kept) > at_most:
            raise ValueError(f"it has {len(kept)} members; the service takes {at_most} at most.")
        return sorted(kept.values())

    def spelled(wished: t.Any, held: t.Any) -> t.Any:
        known = {sameness(one): one for one in held} if isinstance(held, list) else {}
        return sorted(known.get(sameness(one), one) for one in wished)

    return Field(
        name,
        api or name,
        {"type": "list", "elements": "str"},
        normal=normal,
        outward=list,
        inward=lambda value: sorted(_lenient(member, str(item)) for item in value),
        key=lambda value: frozenset(sameness(item) for item in value),
        spelled=spelled,
    )


def tokens(
    name: str,
    separator: str,
    api: str | None = None,
    member: t.Callable[[str], str] = _same,
    what: str = "member",
    at_most: int | None = None,
    sameness: t.Callable[[str], str] = str.casefold,
) -> Field:
    """A set that the API spells as one string with a separator."""
    field = members(name, api, member, what, at_most, sameness)

    def normal(value: t.Any) -> t.Any:
        for item in value:
            if separator in str(item):
                raise ValueError(f"{shown(str(item))} holds a {separator!r}; write each {what} as an entry of its own.")
        return field.normal(value)

    return replace(
        field,
        normal=normal,
        outward=separator.join,
        inward=lambda value: field.inward([part.strip() for part in str(value).split(separator) if part.strip()]),
    )


def inside(key: str, field: Field) -> Field:
    """A field that the API puts into an object of one key."""
    return replace(
        field,
        outward=lambda value: {key: field.outward(value)},
        inward=lambda value: None if not isinstance(value, dict) or value.get(key) is None else field.inward(value[key]),
    )


def lasting(field: Field, reason: str) -> Field:
    """A field that only creation sets; reason tells the user why, and what to do instead."""
    return replace(field, lasting=reason)


def initially(field: Field, value: t.Any) -> Field:
    """A field that a new object has a value of though nobody says one."""
    return replace(field, initially=value)


def only_told(name: str, api: str | None = None) -> Field:
    """A text of the result that no option says."""
    return Field(name, api or name, {}, inward=str, only_told=True)


def _named(item: t.Any, what: str) -> str:
    value = str(item)
    _refuse_boolean(value, what)
    if not value.strip():
        raise ValueError(f"a {what} cannot be empty.")
    if value != value.strip():
        raise ValueError(f"{shown(value)} begins or ends with a blank.")
    if not value.isprintable():
        raise ValueError(f"{shown(value)} holds a character that cannot be shown.")
    return value


def _refuse_boolean(value: str, what: str) -> None:
    """Raises ValueError for what Ansible makes of true and false where a text is expected."""
    if value in _BOOLEANS:
        raise ValueError(f'{value} is no {what}: YAML reads words such as NO, yes and off as true or false. Write it in quotes, for example "NO".')


def word(what: str, at_most: int) -> t.Callable[[str], str]:
    """A member that is a name: it begins with a letter or a digit and has no more than some characters. Raises ValueError."""

    def member(value: str) -> str:
        if not re.fullmatch(r"[^\W_][\w .,'()&-]*", value) or len(value) > at_most:
            raise ValueError(f"{shown(value)} is not a {what}: it has 1 to {at_most} letters, digits, blanks and . , ' ( ) & - _, no mark at the front.")
        return value

    return member


def _lenient(member: t.Callable[[str], str], value: str) -> str:
    """What the service holds is shown even if we would refuse it."""
    try:
        return member(value)
    except ValueError:
        return value


def address_or_network(value: str) -> str:
    """The one notation of an address or network: no host bits, no /32. Raises ValueError for anything else."""
    _refuse_boolean(value, "address")
    try:
        if "%" in value:
            raise ValueError(value)
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"{shown(value)} is not an IP address or CIDR block such as 192.0.2.7 or 192.0.2.0/24.") from None
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def address_network_or_range(value: str) -> str:
    """As address_or_network, and ranges: first-last. Raises ValueError."""
    first, dash, last = (part.strip() for part in value.partition("-"))
    if not dash:
        return address_or_network(value)
    try:
        if "%" in value:
            raise ValueError(value)
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last)
    except ValueError:
        raise ValueError(f"{shown(value)} is not a range such as 192.0.2.7-192.0.2.20.") from None
    if low.version != high.version or int(low) > int(high):
        raise ValueError(f"{shown(value)} is not a range: the first address comes after the last.")
    return f"{low}-{high}"


def ipv4_address_or_network(value: str) -> str:
    """As address_or_network for IPv4 only. Raises ValueError."""
    if "-" in value:
        raise ValueError(f"{shown(value)} is a range; the service takes addresses and CIDR blocks only.")
    normal = address_or_network(value)
    if ":" in normal:
        raise ValueError(f"{shown(value)} is an IPv6 address; the service takes IPv4 only.")
    return normal
