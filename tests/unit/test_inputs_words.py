# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What YAML and templates make of plain words is refused with a message that helps, before anything is written."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import LONGEST_MESSAGE, InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._fields import text
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._module import no_text
from cloud import Cloud
from wishes import ACCESS_TYPE, ACL, GEOIP, REPUTATION, WHITE_LIST

QUOTES = 'Write it in quotes, for example "NO".'


def listed(words: str) -> t.Any:
    """A list as a playbook spells it."""
    return yaml.safe_load(words)


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("waf_geoip_rule", {**GEOIP, "locations": listed("[Peru, NO]")}, "locations: False is no location: "),
        ("waf_geoip_rule", {**GEOIP, "locations": listed("[yes]")}, "locations: True is no location: "),
        ("waf_geoip_rule", {**GEOIP, "locations": listed("no")}, "locations: False is no location: "),
        ("waf_geoip_rule", {**GEOIP, "locations": listed('["False"]')}, "locations: False is no location: "),
        ("waf_ip_reputation_rule", {**REPUTATION, "tags": listed("[Google, off]")}, "tags: False is no tag: "),
        ("apig_acl", {**ACL, "entries": listed("[on]")}, "entries: True is no entry: "),
        ("apig_acl", {**ACL, "entity_type": "domain", "entries": listed("[partner, no]")}, "entries: False is no entry: "),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": listed("[192.0.2.7, NO]")}, "ip_addresses: False is no address: "),
        ("workspace_access_policy", {**WHITE_LIST, "removed_ip_addresses": listed("[NO]")}, "removed_ip_addresses: False is no address: "),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_word_that_yaml_reads_as_true_or_false_asks_for_quotes(cloud: Cloud, module: str, options: t.Any, words: str, check: bool) -> None:
    result = cloud.run(module, options, check=check)
    assert result["failed"] is True
    assert words in result["msg"] and QUOTES in result["msg"], result["msg"]
    assert cloud.writes() == []


def test_a_word_in_quotes_is_a_word(cloud: Cloud) -> None:
    refused = cloud.run("waf_geoip_rule", {**GEOIP, "locations": listed('["NO"]')}, check=True)
    assert "WAF does not know the location 'NO'" in refused["msg"]
    assert cloud.run("apig_acl", {**ACL, "entity_type": "domain", "entries": listed('["NO", "Off", "null"]')})["acl"]["entries"] == ["NO", "Off", "null"]


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("waf_geoip_rule", {**GEOIP, "description": "a\x1b[31m"}, "description: 'a\\x1b[31m' holds a character that cannot be shown"),
        ("waf_ip_reputation_rule", {**REPUTATION, "description": "a\x85b"}, "description: 'a\\x85b' holds a character that cannot be shown"),
        ("apig_acl", {**ACL, "entries": ["fe80::1%eth0-fe80::5"]}, "entries: 'fe80::1%eth0-fe80::5' is not a range"),
        ("apig_acl", {**ACL, "entries": [["192.0.2.7"]]}, "entries: \"['192.0.2.7']\" is not an IP address"),
        ("apig_acl", {**ACL, "entries": [{"a": 1}]}, "is not an IP address"),
        ("apig_acl", {**ACL, "entries": ["010.0.0.1"]}, "'010.0.0.1' is not an IP address"),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": [1.1]}, "'1.1' is not an IP address"),
    ],
)
def test_what_is_no_text_or_address_is_refused(cloud: Cloud, module: str, options: t.Any, words: str) -> None:
    result = cloud.run(module, options)
    assert result["failed"] is True
    assert words in result["msg"], result["msg"]
    assert cloud.writes() == []


@pytest.mark.parametrize("described", ["a\nb", "a\r\n\tb", "\u00e9 \u05e9 \U0001f6a7 \u202e", "", "False", "null"])
def test_a_description_has_lines_and_letters_of_every_alphabet(cloud: Cloud, described: str) -> None:
    assert cloud.run("waf_geoip_rule", {**GEOIP, "description": described})["geoip_rule"]["description"] == described
    assert cloud.run("waf_geoip_rule", {**GEOIP, "description": described})["changed"] is False


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\x9f", "\ud800"])
def test_a_text_of_many_lines_holds_no_control_characters_and_no_halves_of_characters(character: str) -> None:
    with pytest.raises(InputError, match="^description: .* holds a character that cannot be shown"):
        text("description", many_lines=True).checked(f"a{character}b")


LONG = "x" * 50_000


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("waf_geoip_rule", {**GEOIP, "name": LONG}),
        ("waf_geoip_rule", {**GEOIP, "locations": [LONG]}),
        ("waf_geoip_rule", {**GEOIP, "locations": [f"Nowhere {number}" for number in range(500)]}),
        ("waf_geoip_rule", {**GEOIP, "policy": LONG}),
        ("waf_geoip_rule", {**GEOIP, "id": LONG}),
        ("waf_geoip_rule", {**GEOIP, "region": LONG, "endpoints": None}),
        ("waf_geoip_rule", {**GEOIP, "ca_path": LONG}),
        ("waf_geoip_rule", {**GEOIP, "endpoints": {LONG: "a"}}),
        ("waf_geoip_rule", {**GEOIP, "timeout": 10**4000}),
        ("waf_ip_reputation_rule", {**REPUTATION, "tags": [LONG]}),
        ("apig_acl", {**ACL, "gateway": LONG}),
        ("apig_acl", {**ACL, "entries": [LONG]}),
        ("apig_acl", {**ACL, "entity_type": "domain_id", "entries": [LONG + "-"]}),
        ("workspace_access_policy", {**WHITE_LIST, "ip_addresses": [LONG]}),
        ("workspace_access_policy", {**WHITE_LIST, "removed_ip_addresses": [LONG]}),
        ("workspace_access_policy", {**ACCESS_TYPE, "objects": [{"type": "user", "name": LONG}]}),
    ],
)
def test_a_message_is_short_however_long_the_value_is(cloud: Cloud, module: str, options: t.Any) -> None:
    result = cloud.run(module, options, check=True)
    assert result["failed"] is True
    assert 20 < len(result["msg"]) <= LONGEST_MESSAGE
    assert cloud.writes() == []


@pytest.mark.parametrize("value", ["a\udfff", {"\ud800": 1}, [["a", "\ud800"]]])
def test_half_of_a_pair_of_surrogates_is_no_text(value: t.Any) -> None:
    assert no_text({"name": "\U0001f6a7", "locations": ["\u4e2d", 1], "description": value}) == "description"
    assert no_text({"name": "\U0001f6a7", "locations": ["\u4e2d", 1], "description": None}) is None
