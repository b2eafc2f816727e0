# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator issues expires by its clock or on order, the metadata service has its forms, and no secret is told."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import requests

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials
from emulated import (
    AGENCY,
    BY_NAME,
    CALLER,
    DAY,
    ID_TOKEN,
    ID_TOKENS,
    KEYS,
    METADATA_TOKEN,
    PASSWORD,
    POLICIES,
    SECURITY_KEY,
    SECURITY_TOKENS,
    TOKEN,
    TOKENS,
    TTL,
    USER,
    Emulator,
    agency_body,
    assumed,
    id_token_body,
    keys_of,
    logged_in,
    machine_keys,
    password_body,
    refusal,
    token_body,
    works,
)
from https import https_emulator, new_certificates


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


def machine_token(emulator: Emulator, **headers: str) -> t.Any:
    """The answer of the metadata service to who asks for a token."""
    return emulator.ask("PUT", METADATA_TOKEN, None, None, headers={**TTL, **headers})


def with_token(emulator: Emulator, text: str) -> t.Any:
    return machine_keys(emulator, **{"X-Metadata-Token": text})


# The metadata service


@pytest.mark.parametrize(("form", "token", "without"), [("token", 200, 401), ("plain", 404, 200), ("both", 200, 200), ("none", 404, 404)])
def test_the_metadata_service_has_the_form_that_the_seed_says(form: str, token: int, without: int) -> None:
    emulator = Emulator({"metadata": {"form": form}})
    assert machine_token(emulator).status_code == token
    assert machine_keys(emulator).status_code == without
    # What is not there is not there for a bad request either.
    assert emulator.ask("PUT", METADATA_TOKEN, None, None).status_code == (404 if token == 404 else 400)


def test_a_token_of_the_machine_opens_its_keys_until_it_ends() -> None:
    emulator = Emulator({"metadata": {"form": "token"}})
    answer = machine_token(emulator)
    text = answer.get_data(as_text=True)
    assert text == "gatehouse-issued-metadata-token-0000000000000001"
    assert answer.content_type.startswith("text/plain")
    keys = keys_of(with_token(emulator, text).get_json()["credential"])
    assert works(emulator, keys)
    urn = emulator.call("GET", CALLER, credentials=keys)[1]["principal_urn"]
    assert urn.endswith(":assumed-agency:gatehouse-demo-agency/gatehouse-demo-machine")
    assert with_token(emulator, "fake-wrong-token-0001").status_code == 401
    emulator.now += 59
    assert with_token(emulator, text).status_code == 200
    emulator.now += 1
    assert with_token(emulator, text).status_code == 401


def test_a_wrong_token_is_refused_where_none_would_do(emulator: Emulator) -> None:
    assert with_token(emulator, "fake-wrong-token-0001").status_code == 401
    assert with_token(Emulator({"metadata": {"form": "plain"}}), "fake-wrong-token-0001").status_code == 200


@pytest.mark.parametrize("seconds", ["0", "21601", "-1", "soon", ""])
def test_a_token_of_the_machine_has_a_life_within_limits(emulator: Emulator, seconds: str) -> None:
    assert emulator.ask("PUT", METADATA_TOKEN, None, None, headers={"X-Metadata-Token-Ttl-Seconds": seconds}).status_code == 400


@pytest.mark.parametrize("path", [SECURITY_KEY, "/openstack/latest/meta_data.json", "/meta-data/latest/nowhere"])
def test_what_a_machine_lacks_is_a_plain_page(path: str) -> None:
    emulator = Emulator({"metadata": {"agency": None}})
    answer = emulator.ask("GET", path, None, None)
    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html") and "<h1>404 Not Found</h1>" in answer.get_data(as_text=True)


def test_a_machine_hands_out_one_key_until_half_of_its_life_is_over(emulator: Emulator) -> None:
    first = machine_keys(emulator).get_json()
    assert first["credential"]["expires_at"] == "2027-01-16T08:00:00.000000Z"
    emulator.now += DAY / 2 - 1
    assert machine_keys(emulator).get_json() == first
    emulator.now += 1
    second = machine_keys(emulator).get_json()
    assert second["credential"]["access"] != first["credential"]["access"]
    assert works(emulator, keys_of(first["credential"])) and works(emulator, keys_of(second["credential"]))
    emulator.control("POST", "expire")
    assert machine_keys(emulator).get_json()["credential"]["access"] not in (first["credential"]["access"], second["credential"]["access"])


# The end of what was issued


def test_a_token_and_a_temporary_key_end_by_the_clock(emulator: Emulator) -> None:
    token, keys = logged_in(emulator), assumed(emulator)
    emulator.now += 899
    assert works(emulator, keys)
    emulator.now += 1
    assert refusal(emulator, keys) == (401, "APIGW.0301")
    emulator.now += DAY - 901
    assert works(emulator, token)
    emulator.now += 1
    assert refusal(emulator, token) == (401, "APIGW.0307")
    assert works(emulator, KEYS) and works(emulator, TOKEN)


def test_everything_issued_ends_when_told_to_and_nothing_that_was_seeded() -> None:
    seeded = Credentials("FAKETEMPORARYKEY0001", "fake-secret-0001", "fake-security-token-0001")
    key = {"access_key": seeded.access_key, "secret_key": seeded.secret_key, "security_token": seeded.security_token}
    emulator = Emulator({"keys": [key]})
    token, keys, machine = logged_in(emulator), assumed(emulator, TOKEN), machine_token(emulator).get_data(as_text=True)
    assert works(emulator, token) and works(emulator, keys) and with_token(emulator, machine).status_code == 200
    assert emulator.control("POST", "expire")[0] == 200
    assert (refusal(emulator, token), refusal(emulator, keys)) == ((401, "APIGW.0307"), (401, "APIGW.0301"))
    assert with_token(emulator, machine).status_code == 401
    assert works(emulator, seeded) and works(emulator, TOKEN)
    assert works(emulator, logged_in(emulator)) and works(emulator, assumed(emulator, TOKEN))


def test_an_expired_key_is_not_locked_by_those_who_still_use_it(emulator: Emulator) -> None:
    keys = assumed(emulator)
    emulator.control("POST", "expire")
    for _number in range(7):
        assert "has expired" in emulator.call("GET", CALLER, credentials=keys)[1]["error_msg"]


def test_the_seed_can_shorten_a_life_and_not_lengthen_it() -> None:
    emulator = Emulator({"lifetimes": {"token": 10, "temporary_key": 1000, "metadata_key": 30}})
    token = emulator.ask("POST", TOKENS, password_body(), None).get_json()["token"]
    ends = [
        emulator.call("POST", SECURITY_TOKENS, agency_body({**AGENCY, **more}))[1]["credential"]["expires_at"] for more in ({}, {"duration_seconds": 86400})
    ]
    assert (token["expires_at"], ends) == ("2027-01-15T08:00:10.000000Z", ["2027-01-15T08:15:00.000000Z", "2027-01-15T08:16:40.000000Z"])
    assert machine_keys(emulator).get_json()["credential"]["expires_at"] == "2027-01-15T08:00:30.000000Z"


def test_what_is_issued_survives_a_stale_answer(emulator: Emulator) -> None:
    emulator.control("POST", "faults", [{"match": {"service": "iam"}, "stale": True}])
    assert emulator.call("POST", POLICIES, {"name": "second"})[0] == 200
    assert works(emulator, logged_in(emulator))


# The contract


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (TOKENS, {**password_body(), "colour": "red"}, "colour"),
        (TOKENS, password_body({**USER, "colour": "red"}), "colour"),
        (TOKENS, {"auth": {"identity": password_body()["auth"]["identity"]}}, "scope"),
        (TOKENS, {"auth": {"identity": {"methods": ["password", "totp"]}, "scope": BY_NAME}}, "password"),
        (TOKENS, agency_body({**AGENCY, "duration_seconds": 900}, BY_NAME), "duration_seconds"),
        (TOKENS, agency_body(), "scope"),
        (TOKENS, {}, "auth"),
        (TOKENS, None, "body"),
        (SECURITY_TOKENS, agency_body({**AGENCY, "colour": "red"}), "colour"),
        (SECURITY_TOKENS, agency_body({"domain_name": "gatehouse-demo"}), "agency_name"),
        (SECURITY_TOKENS, agency_body({**AGENCY, "duration_seconds": 899}), "duration_seconds"),
        (SECURITY_TOKENS, agency_body({**AGENCY, "duration_seconds": 86401}), "duration_seconds"),
        (SECURITY_TOKENS, agency_body({**AGENCY, "duration_seconds": "900"}), "duration_seconds"),
        (SECURITY_TOKENS, token_body({"id": "fake-token-0001", "duration_seconds": 1}), "duration_seconds"),
        (SECURITY_TOKENS, {"auth": {"identity": {"methods": [], "assume_role": AGENCY}}}, "methods"),
    ],
)
def test_a_body_that_does_not_fit_names_the_field(emulator: Emulator, path: str, body: t.Any, field: str) -> None:
    status, told = emulator.call("POST", path, body)
    assert status == 400
    assert field in (told["error"]["message"] if path == TOKENS else told["error_msg"])


@pytest.mark.parametrize("password", [{"fake-secret-0001": 1}, ["fake-secret-0001"], 1234567])
def test_a_refusal_does_not_repeat_a_secret(emulator: Emulator, password: t.Any) -> None:
    answer = emulator.ask("POST", TOKENS, password_body({**USER, "password": password}), None)
    assert answer.status_code == 400
    assert "fake-secret" not in answer.get_data(as_text=True) and "1234567" not in answer.get_data(as_text=True)


# Looking inside


def test_the_journal_names_who_called_and_no_login_is_a_write(emulator: Emulator) -> None:
    token = logged_in(emulator)
    keys = assumed(emulator)
    emulator.ask("POST", SECURITY_TOKENS, token_body({"id": token.token}), None)
    emulator.ask("POST", ID_TOKENS, id_token_body(), None, headers={"X-Idp-Id": "gatehouse-demo-idp"})
    for credentials in (token, keys):
        works(emulator, credentials)
    machine_keys(emulator)
    works(emulator, Credentials(token="fake-wrong-token-0001"))
    journal = emulator.control("GET", "journal")[1]
    assert [(entry["service"], entry["principal"], entry["write"]) for entry in journal] == [
        ("iam", "gatehouse-demo-user", False),
        ("iam", "GATEHOUSEDEMOKEY0001", False),
        ("iam", "gatehouse-demo-user", False),
        ("iam", "gatehouse-demo-idp", False),
        ("waf", "gatehouse-demo-user", False),
        ("waf", keys.access_key, False),
        ("metadata", None, False),
        ("waf", None, False),
    ]


def test_neither_state_nor_journal_holds_a_secret(emulator: Emulator) -> None:
    issued = [logged_in(emulator).token, *vars(assumed(emulator)).values()]
    issued += [machine_token(emulator).get_data(as_text=True), *machine_keys(emulator).get_json()["credential"].values()]
    emulator.ask("POST", ID_TOKENS, id_token_body(), None, headers={"X-Idp-Id": "gatehouse-demo-idp"})
    secrets = [PASSWORD, ID_TOKEN, KEYS.secret_key, TOKEN.token, *(one for one in issued if one and "-issued-" in one)]
    assert len(secrets) == 10
    told = json.dumps([emulator.control("GET", what) for what in ("state", "journal")])
    assert [one for one in secrets if one in told] == []


def test_a_state_with_another_account_is_a_seed_of_itself() -> None:
    emulator = Emulator(
        {
            "account": {"id": "a" * 32, "name": "acme"},
            "users": [{"name": "u", "password": "fake-password-0001", "id": "b" * 32}],
            "agencies": [{"name": "x"}, {"name": "y", "domain_name": "partner"}],
            "metadata": {"form": "token", "agency": "y"},
            "lifetimes": {"token": 5},
        }
    )
    assert emulator.call("GET", CALLER, credentials=KEYS)[1]["principal_id"] == "b" * 32
    state = emulator.control("GET", "state")[1]
    assert "fake-password-0001" not in json.dumps(state)
    assert emulator.control("POST", "reset", state) == (200, state)
    assert (state["metadata"], state["lifetimes"], state["account"]["name"]) == ({"form": "token", "agency": "y"}, {"token": 5}, "acme")


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ({"account": {"name": "a"}}, "account: 'id' is a required property"),
        ({"users": [{"name": "a"}]}, "users[0]: 'password' is a required property"),
        ({"users": [{"name": "a", "password": "x"}] * 2}, "the user a is there twice"),
        ({"agencies": [{"name": "a"}] * 2}, "the agency a is there twice"),
        ({"identity_providers": [{"id": "a", "id_token": "x"}] * 2}, "the identity provider a is there twice"),
        ({"metadata": {"form": "old"}}, "metadata.form: 'old' is not one of"),
        ({"metadata": {"agency": "nowhere"}}, "metadata.agency: there is no agency nowhere"),
        ({"lifetimes": {"token": 0}}, "lifetimes.token: 0 is less than the minimum of 1"),
        ({"lifetimes": {"tokens": 9}}, "'tokens' was unexpected"),
    ],
)
def test_a_seed_of_identities_that_cannot_be_names_the_place(emulator: Emulator, seed: t.Any, words: str) -> None:
    status, body = emulator.control("POST", "reset", seed)
    assert status == 400
    assert words in body["error"]


# Behind TLS


def test_behind_tls_it_is_reached_by_who_trusts_its_authority(tmp_path: Path) -> None:
    certificates = new_certificates(tmp_path)
    with https_emulator(certificates) as url:
        assert requests.get(f"{url}/_emulator/journal", verify=str(certificates.authority), timeout=10).json() == []
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{url}/_emulator/journal", timeout=10)
        assert requests.get(f"{url}/_emulator/journal", verify=str(certificates.authority), timeout=10).status_code == 200
