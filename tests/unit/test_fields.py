# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of field: both conversions, the one notation of a value, and sameness."""

from __future__ import annotations

import ipaddress
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _fields as fields
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError, cut

LOCATIONS = fields.tokens("locations", "|", api="geoip", what="location")
TAGS = fields.members("tags", what="tag", at_most=3)
ACTION = fields.choice("action", {"block": 0, "allow": 1, "log": 2}, api="white")
CATEGORY = fields.inside("category", fields.choice("action", {"block": "block", "allow": "pass"}))

words = st.text(st.characters(codec="ascii", exclude_characters="|", categories=("L", "N", "P")), min_size=1, max_size=6).filter(
    lambda word: word not in ("True", "False")
)


@given(st.lists(words, min_size=1))
def test_a_set_in_one_string_comes_back_as_it_went(members: list[str]) -> None:
    normal = LOCATIONS.checked(members)
    assert LOCATIONS.told({"geoip": LOCATIONS.outward(normal)}) == normal
    assert LOCATIONS.equal(normal, LOCATIONS.told({"geoip": "|".join(reversed(normal))}))


@given(st.lists(words, min_size=1), words)
def test_one_member_more_is_another_set(members: list[str], extra: str) -> None:
    folded = {member.casefold() for member in members}
    assert LOCATIONS.equal(LOCATIONS.checked(members), LOCATIONS.checked([*members, extra])) is (extra.casefold() in folded)


@given(st.permutations(["Canada", "BJ", "Peru", "South Africa"]))
def test_order_is_nothing(order: list[str]) -> None:
    assert LOCATIONS.checked(order) == ["BJ", "Canada", "Peru", "South Africa"]


def test_case_makes_no_change() -> None:
    assert LOCATIONS.equal(["canada"], ["Canada"])
    assert LOCATIONS.checked(["Canada", "canada", "CANADA"]) == ["Canada"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (LOCATIONS, [], "locations: it needs at least one location"),
        (LOCATIONS, ["CA|Peru"], "holds a '|'"),
        (LOCATIONS, ["CA", ""], "a location cannot be empty"),
        (LOCATIONS, [" CA"], "begins or ends with a blank"),
        (TAGS, ["a", "b", "c", "d"], "it has 4 members; the service takes 3 at most"),
        (fields.text("name", at_least=3, at_most=5), "ab", "has 2 characters; 3 to 5 are allowed"),
        (fields.text("name", at_least=3, at_most=5), "abcdef", "has 6 characters"),
        (fields.text("name", at_least=1, at_most=5), "", "name: it cannot be empty"),
        (fields.text("name", at_most=9, pattern="[a-z]+", hint="letters are"), "a b", "is not allowed; letters are"),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_the_option(field: fields.Field, value: t.Any, words: str) -> None:
    with pytest.raises(InputError, match=".") as caught:
        field.checked(value)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{field.name}: ")


@pytest.mark.parametrize("word", ["block", "allow", "log"])
def test_a_choice_is_said_in_words(word: str) -> None:
    assert ACTION.told({"white": ACTION.outward(word)}) == word
    assert ACTION.told({"white": str(ACTION.outward(word))}) == word


def test_unknown_values_of_the_service_are_shown() -> None:
    assert ACTION.told({"white": 7}) == "7"
    assert CATEGORY.told({"action": {"category": "captcha"}}) == "captcha"
    assert fields.flag("enabled", api="status").told({"status": "odd"}) == "odd"


def test_what_the_service_does_not_say_is_not_known_and_equals_nothing() -> None:
    assert ACTION.told({}) is None
    assert CATEGORY.told({"action": {}}) is None
    assert not ACTION.equal("block", None)
    assert not fields.text("description").equal("", None)


@pytest.mark.parametrize(("value", "told"), [(1, True), (0, False), ("1", True), ("0", False), (True, True)])
def test_a_flag_is_read_as_number_or_text(value: t.Any, told: bool) -> None:
    assert fields.flag("enabled", api="status").told({"status": value}) is told


def test_a_flag_is_written_as_a_number() -> None:
    assert [fields.flag("enabled").outward(value) for value in (True, False)] == [1, 0]


def test_an_object_of_one_key_is_wrapped_and_unwrapped() -> None:
    assert CATEGORY.outward("allow") == {"category": "pass"}
    assert CATEGORY.told({"action": {"category": "pass", "other": 1}}) == "allow"


@pytest.mark.parametrize(
    ("spelled", "normal"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7/32", "192.0.2.7"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0::/64", "2001:db8::/64"),
    ],
)
def test_addresses_have_one_notation(spelled: str, normal: str) -> None:
    assert fields.address_or_network(spelled) == normal
    assert fields.address_network_or_range(spelled) == normal


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_every_notation_of_a_network_is_the_same(address: ipaddress.IPv4Address, prefix: int) -> None:
    normal = fields.ipv4_address_or_network(f"{address}/{prefix}")
    network = ipaddress.ip_network(f"{address}/{prefix}", strict=False)
    assert ipaddress.ip_network(normal) == network
    assert fields.ipv4_address_or_network(f"{network.network_address}/{network.netmask}") == normal


@pytest.mark.parametrize(("spelled", "normal"), [("192.0.2.1-192.0.2.9", "192.0.2.1-192.0.2.9"), ("192.0.2.1 - 192.0.2.9", "192.0.2.1-192.0.2.9")])
def test_ranges_have_one_notation(spelled: str, normal: str) -> None:
    assert fields.address_network_or_range(spelled) == normal


@pytest.mark.parametrize("spelled", ["192.0.2.300", "example.com", "192.0.2.0/33", "192.0.2.9-192.0.2.1", "192.0.2.1-2001:db8::1", "192.0.2.1-", ""])
def test_what_is_no_address_is_refused(spelled: str) -> None:
    with pytest.raises(ValueError):
        fields.address_network_or_range(spelled)


@pytest.mark.parametrize(("spelled", "reason"), [("2001:db8::1", "IPv6"), ("192.0.2.1-192.0.2.9", "range"), ("office", "not an IP address")])
def test_where_the_service_takes_ipv4_only_the_rest_is_refused(spelled: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        fields.ipv4_address_or_network(spelled)


def test_a_long_value_is_shown_without_a_part_of_a_word() -> None:
    told = cut("name: " + " ".join(["fake-secret-0001"] * 40), 150)
    assert len(told) <= 150
    assert told.startswith("name: fake-secret-0001 ") and told.endswith(" fake-secret-0001")
    assert "fake" not in told.replace("fake-secret-0001", "")
    assert "secret" not in cut("name: " + "fake-secret-0001" * 100, 150)
    assert cut("name: " + "fake-secret-0001" * 100, 150) == "name: ... (1601 characters left out) ..."


def test_a_short_value_is_shown_whole() -> None:
    assert cut("a b", 3) == "a b"
