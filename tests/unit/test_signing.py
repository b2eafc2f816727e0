# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures against the published vectors."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import (
    Credentials,
    authorized,
    canonical_query,
    signed,
)

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


def test_credentials_do_not_show_themselves() -> None:
    shown = repr(Credentials("key", "fake-secret-0001", "fake-security-0001", "fake-token-0001"))
    assert "fake" not in shown and "key'" not in shown
