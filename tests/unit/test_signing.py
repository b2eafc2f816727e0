# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures against the published vectors, and where credentials come from."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import (
    Credentials,
    authorized,
    canonical_query,
    credentials_from,
    fingerprint,
    secrets_in,
    signed,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError

PUBLISHED = json.loads((Path(__file__).parent / "signing-vectors.json").read_text(encoding="utf-8"))
VECTORS = PUBLISHED["vectors"]
CLASSES = PUBLISHED["credential_class_vectors"]
NOW = 1768465800.0  # 2026-01-15 08:30:00 UTC, the date of the vectors

Vector = t.Mapping[str, t.Any]


def query_of(vector: Vector) -> list[tuple[str, t.Any]]:
    return [tuple(pair) for pair in vector["query"]]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_signatures_are_those_of_the_vectors(vector: Vector) -> None:
    credentials = Credentials(vector["ak"], vector["sk"])
    body = (vector["body"] or "").encode()
    headers = signed(credentials, vector["method"], vector["host"], vector["path"], query_of(vector), vector["headers"], body, NOW)
    assert headers["Authorization"] == vector["authorization"]
    assert {name: value for name, value in headers.items() if name not in vector["headers"] and name != "Authorization"} == vector["headers_added_by_signer"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_query_is_sent_as_it_is_signed(vector: Vector) -> None:
    query = canonical_query(query_of(vector))
    assert vector["path"] + (f"?{query}" if query else "") == vector["request_target_sent"]


@pytest.mark.parametrize("vector", CLASSES, ids=lambda vector: vector["id"])
def test_temporary_keys_are_signed_with_their_security_token(vector: Vector) -> None:
    after = vector["headers_after"]
    credentials = Credentials(vector["ak"], vector["sk"], after.get("X-Security-Token"))
    headers = {**vector["headers"], **{name: after[name] for name in ("X-Sdk-Date", "X-Project-Id", "X-Domain-Id") if name in after}}
    made = authorized(credentials, vector["method"], vector["host"], vector["path"], query_of(vector), headers, (vector["body"] or "").encode(), NOW)
    assert made == after


def test_a_token_is_sent_as_it_is() -> None:
    headers = authorized(Credentials(token="fake-token-0001"), "GET", "waf.example.com", "/v1", [], {"Accept": "text/plain"}, b"", NOW)
    assert headers == {"Accept": "text/plain", "X-Auth-Token": "fake-token-0001"}


KEYS = {"access_key": "task-key", "secret_key": "task-secret"}
ENVIRONMENT = {"HW_ACCESS_KEY": "environment-key", "HW_SECRET_KEY": "environment-secret", "HW_SECURITY_TOKEN": "environment-security-token"}
SDK = {"HUAWEICLOUD_SDK_AK": "sdk-key", "HUAWEICLOUD_SDK_SK": "sdk-secret", "HUAWEICLOUD_SDK_SECURITY_TOKEN": "sdk-security-token"}


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        (KEYS, ENVIRONMENT, Credentials("task-key", "task-secret")),
        ({**KEYS, "security_token": "task-token"}, ENVIRONMENT, Credentials("task-key", "task-secret", "task-token")),
        ({}, {**SDK, **ENVIRONMENT}, Credentials("environment-key", "environment-secret", "environment-security-token")),
        ({}, SDK, Credentials("sdk-key", "sdk-secret", "sdk-security-token")),
        ({"access_key": "", "secret_key": ""}, ENVIRONMENT, Credentials("environment-key", "environment-secret", "environment-security-token")),
        ({}, {**ENVIRONMENT, "HW_ACCESS_KEY": "", **SDK}, Credentials("sdk-key", "sdk-secret", "sdk-security-token")),
        ({}, {**SDK, "HW_SECRET_KEY": "other-secret"}, Credentials("sdk-key", "sdk-secret", "sdk-security-token")),
        ({"auth_token": "task-token"}, ENVIRONMENT, Credentials(token="task-token")),
        ({**KEYS, "auth_token": "task-token"}, {}, Credentials(token="task-token")),
        (KEYS, {"HW_AUTH_TOKEN": "environment-token"}, Credentials("task-key", "task-secret")),
        ({}, {**ENVIRONMENT, "HW_AUTH_TOKEN": "environment-token"}, Credentials(token="environment-token")),
        ({"access_key": "task-key"}, ENVIRONMENT, Credentials("task-key", "environment-secret")),
        ({"access_key": "task-key"}, {**SDK, "HW_SECRET_KEY": "environment-secret"}, Credentials("task-key", "environment-secret")),
        ({"access_key": "environment-key"}, ENVIRONMENT, Credentials("environment-key", "environment-secret", "environment-security-token")),
        (KEYS, {"HUAWEICLOUD_SDK_SK": "broken\u2013key", "HW_SECRET_KEY": "a\nb", "HW_SECURITY_TOKEN": " "}, Credentials("task-key", "task-secret")),
        ({}, {**ENVIRONMENT, "HUAWEICLOUD_SDK_AK": "a\nb"}, Credentials("environment-key", "environment-secret", "environment-security-token")),
        ({"access_key": " task-key\n", "secret_key": "task-secret\n"}, {}, Credentials("task-key", "task-secret")),
        ({}, {"HW_AUTH_TOKEN": "environment-token\n"}, Credentials(token="environment-token")),
        ({"secret_key": "task-secret"}, ENVIRONMENT, Credentials("environment-key", "task-secret", "environment-security-token")),
    ],
)
def test_the_first_source_that_has_a_value_gives_it(options: t.Any, environment: t.Any, expected: Credentials) -> None:
    assert credentials_from(options, environment) == expected


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        ({}, {}, "set access_key and secret_key, or auth_token"),
        ({"access_key": "key"}, {}, "set secret_key (or the environment variable HW_SECRET_KEY or HUAWEICLOUD_SDK_SK) as well"),
        ({"secret_key": "hidden"}, {}, "set access_key (or the environment variable HW_ACCESS_KEY or HUAWEICLOUD_SDK_AK) as well"),
        ({}, {"HW_ACCESS_KEY": "key", "HUAWEICLOUD_SDK_SK": "hidden"}, "set secret_key"),
        ({}, {"HUAWEICLOUD_SDK_SK": "hidden"}, "set access_key"),
    ],
)
def test_what_is_missing_is_named(options: t.Any, environment: t.Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        credentials_from(options, environment)
    assert words in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_credentials_do_not_show_themselves() -> None:
    shown = repr(Credentials("key", "fake-secret-0001", "fake-security-0001", "fake-token-0001"))
    assert "fake" not in shown and "key'" not in shown


@pytest.mark.parametrize("value", ["fake-to\nken-0001", "fake\u2013token-0001", "fake\ttoken-0001", " \n"])
def test_a_credential_that_no_header_can_carry_is_refused_and_not_shown(value: str) -> None:
    for options, environment in (({"auth_token": value}, {}), ({}, {"HW_AUTH_TOKEN": value}), ({**KEYS, "security_token": value}, {})):
        with pytest.raises(InputError, match="it is blank or holds a character that no credential has") as caught:
            credentials_from(options, environment)
        assert "fake" not in str(caught.value)
        assert str(caught.value).startswith(("auth_token: ", "HW_AUTH_TOKEN: ", "security_token: "))


def test_secrets_of_task_and_environment_are_all_known_as_written_and_as_used() -> None:
    environment = {**ENVIRONMENT, **SDK, "HW_AUTH_TOKEN": "t\n", "HW_REGION_NAME": "r", "HW_PROJECT_ID": ""}
    options = {"secret_key": "task-secret", "access_key": "task-key", "region": "r", "security_token": None}
    expected = {"environment-secret", "environment-security-token", "sdk-secret", "sdk-security-token", "t", "t\n", "task-secret"}
    assert secrets_in(options, environment) == expected


def test_a_fingerprint_tells_credentials_and_texts_apart() -> None:
    prints = {fingerprint(Credentials(key, secret), text) for key in "ab" for secret in "cd" for text in "ef"}
    assert len(prints) == 8
    assert not any(one == "c" or len(one) != 64 for one in prints)
