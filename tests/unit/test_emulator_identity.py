# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator lets in whoever proves who he is: by password, agency, identity provider or machine, and until the proof expires."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials
from emulated import (
    ACCOUNT,
    AGENCY,
    BY_NAME,
    CALLER,
    DAY,
    ID_TOKEN,
    ID_TOKENS,
    KEYS,
    PROJECT,
    SECURITY_TOKENS,
    TOKEN,
    TOKENS,
    USER,
    Body,
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


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


# By password


@pytest.mark.parametrize("scope", [{"project": {"id": PROJECT}}, BY_NAME, {"project": {"id": PROJECT, "name": "cn-north-4"}}])
def test_a_password_gets_a_token_for_a_project_that_works_there(emulator: Emulator, scope: t.Any) -> None:
    answer = emulator.ask("POST", TOKENS, password_body(scope=scope), None, nocatalog="true")
    assert answer.status_code == 201
    assert answer.headers["X-Subject-Token"] == "gatehouse-issued-token-0000000000000001"
    token = answer.get_json()["token"]
    assert token == {
        "methods": ["password"],
        "issued_at": "2027-01-15T08:00:00.000000Z",
        "expires_at": "2027-01-16T08:00:00.000000Z",
        "user": {"id": token["user"]["id"], "name": "gatehouse-demo-user", "domain": ACCOUNT, "password_expires_at": ""},
        "project": {"id": PROJECT, "name": "cn-north-4", "domain": ACCOUNT},
        "roles": [{"id": "0", "name": "te_admin"}],
    }
    assert works(emulator, Credentials(token=answer.headers["X-Subject-Token"]))


def test_the_catalogue_is_left_out_only_where_nobody_wants_it(emulator: Emulator) -> None:
    assert emulator.ask("POST", TOKENS, password_body(), None).get_json()["token"]["catalog"] == []


@pytest.mark.parametrize("domain", [{"name": "gatehouse-demo"}, {"id": ACCOUNT["id"]}])
def test_a_token_for_the_account_works_in_its_projects(emulator: Emulator, domain: t.Any) -> None:
    answer = emulator.ask("POST", TOKENS, password_body(scope={"domain": domain}), None)
    assert answer.get_json()["token"]["domain"] == ACCOUNT
    assert "project" not in answer.get_json()["token"]
    assert works(emulator, Credentials(token=answer.headers["X-Subject-Token"]))


def test_a_token_for_one_project_does_not_open_another() -> None:
    other = "f" * 32
    emulator = Emulator({"projects": [{"id": PROJECT, "name": "cn-north-4"}, {"id": other, "name": "cn-east-3"}]})
    credentials = logged_in(emulator, {"project": {"name": "cn-east-3"}})
    assert refusal(emulator, credentials) == (403, "APIGW.0310")
    assert emulator.call("GET", f"/v1/{other}/waf/policy", credentials=credentials)[0] == 200
    # What is seeded is good for all of them.
    assert works(emulator, TOKEN)


@pytest.mark.parametrize(
    "user",
    [
        {**USER, "password": "fake-wrong-password-0001"},
        {**USER, "name": "nobody"},
        {**USER, "name": "nobody", "password": ""},
        {**USER, "domain": {"name": "elsewhere"}},
    ],
)
def test_a_wrong_password_is_refused_in_the_manner_of_iam_and_tells_nothing_more(emulator: Emulator, user: t.Any) -> None:
    wrong = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}
    answer = emulator.ask("POST", TOKENS, password_body(user), None)
    assert emulator.told(answer) == (401, wrong)
    assert "X-Subject-Token" not in answer.headers
    assert emulator.control("GET", "journal")[1][-1]["principal"] is None


@pytest.mark.parametrize(
    ("scope", "status", "title"),
    [
        ({"project": {"name": "cn-nowhere-1"}}, 403, "Forbidden"),
        ({"project": {"id": PROJECT, "name": "cn-nowhere-1"}}, 403, "Forbidden"),
        ({"domain": {"name": "elsewhere"}}, 403, "Forbidden"),
        ({"project": {}}, 400, "Bad Request"),
        ({}, 400, "Bad Request"),
        ({**BY_NAME, "domain": {"name": "gatehouse-demo"}}, 400, "Bad Request"),
    ],
)
def test_a_scope_that_cannot_be_is_refused(emulator: Emulator, scope: t.Any, status: int, title: str) -> None:
    answered, body = emulator.told(emulator.ask("POST", TOKENS, password_body(scope=scope), None))
    assert (answered, body["error"]["code"], body["error"]["title"]) == (status, status, title)


# By agency


def test_an_agency_gets_a_token_that_tells_who_assumed_it(emulator: Emulator) -> None:
    answer = emulator.ask("POST", TOKENS, agency_body(scope=BY_NAME), logged_in(emulator))
    token = answer.get_json()["token"]
    assert (answer.status_code, token["methods"]) == (201, ["assume_role"])
    assert token["user"]["name"] == "gatehouse-demo/gatehouse-demo-agency"
    assert token["assumed_by"]["user"]["name"] == "gatehouse-demo-user"
    assert works(emulator, Credentials(token=answer.headers["X-Subject-Token"]))
    assert [one["operation"] for one in emulator.control("GET", "journal")[1]][:2] == ["KeystoneCreateUserTokenByPassword", "KeystoneCreateAgencyToken"]


@pytest.mark.parametrize("proof", [KEYS, TOKEN])
@pytest.mark.parametrize("account", [{"domain_name": "gatehouse-demo"}, {"domain_id": ACCOUNT["id"]}])
def test_an_agency_gets_temporary_keys_that_work_with_their_security_token(emulator: Emulator, proof: Credentials, account: t.Any) -> None:
    status, body = emulator.call("POST", SECURITY_TOKENS, agency_body({"agency_name": "gatehouse-demo-agency", **account}), proof)
    assert status == 201
    assert body["credential"] == {
        "access": "GATEHOUSEISSUED0001",
        "secret": "gatehouse-issued-secret-0000000000000001",
        "securitytoken": "gatehouse-issued-security-token-0000000000000001",
        "expires_at": "2027-01-15T08:15:00.000000Z",
    }
    keys = keys_of(body["credential"])
    assert works(emulator, keys)
    assert refusal(emulator, Credentials(keys.access_key, keys.secret_key)) == (401, "APIGW.0301")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({**AGENCY, "agency_name": "nowhere"}, 404),
        ({**AGENCY, "domain_name": "elsewhere"}, 404),
        ({**AGENCY, "domain_id": "f" * 32}, 404),
        ({"agency_name": "gatehouse-demo-agency"}, 400),
    ],
)
def test_an_agency_that_is_not_there_is_refused_in_the_manner_of_the_path(emulator: Emulator, asked: t.Any, status: int) -> None:
    answered, body = emulator.call("POST", SECURITY_TOKENS, agency_body(asked))
    assert (answered, body["error_code"]) == (status, {404: "IAM.0004", 400: "IAM.0007"}[status])
    assert body["error_msg"]
    answered, body = emulator.call("POST", TOKENS, agency_body(asked, BY_NAME))
    assert (answered, body["error"]["code"]) == (status, status)


@pytest.mark.parametrize(("path", "scope"), [(TOKENS, BY_NAME), (SECURITY_TOKENS, None)])
def test_an_agency_is_assumed_only_by_who_proves_who_he_is(emulator: Emulator, path: str, scope: t.Any) -> None:
    status, body = emulator.told(emulator.ask("POST", path, agency_body(scope=scope), None))
    assert (status, body["error_code"]) == (401, "APIGW.0301")


def test_an_agency_of_another_account_acts_in_that_account() -> None:
    emulator = Emulator({"agencies": [{"name": "partner-agency", "domain_name": "partner"}]})
    keys = assumed(emulator, agency_name="partner-agency", domain_name="partner")
    told = emulator.call("GET", CALLER, credentials=keys)[1]
    assert told["account_id"] not in ("", ACCOUNT["id"])
    assert told["principal_urn"] == f"sts::{told['account_id']}:assumed-agency:partner-agency/gatehouse-demo-user"
    # The machine has no agency now: the one it has by default is not there.
    assert machine_keys(emulator).status_code == 404


# By a token, and what a token stands for


def test_a_token_gets_temporary_keys_from_the_body_or_the_header(emulator: Emulator) -> None:
    token = str(logged_in(emulator).token)
    by_body = emulator.told(emulator.ask("POST", SECURITY_TOKENS, token_body({"id": token, "duration_seconds": 3600}), None))
    by_header = emulator.told(emulator.ask("POST", SECURITY_TOKENS, token_body(), None, headers={"X-Auth-Token": token}))
    assert (by_body[0], by_body[1]["credential"]["expires_at"]) == (201, "2027-01-15T09:00:00.000000Z")
    assert (by_header[0], by_header[1]["credential"]["expires_at"]) == (201, "2027-01-15T08:15:00.000000Z")
    for told in (by_body, by_header):
        assert emulator.call("GET", CALLER, credentials=keys_of(told[1]["credential"]))[1]["principal_urn"].endswith(":user:gatehouse-demo-user")


def test_without_a_good_token_there_are_no_keys_for_it(emulator: Emulator) -> None:
    assert emulator.told(emulator.ask("POST", SECURITY_TOKENS, token_body(), None))[1]["error_code"] == "IAM.0007"
    for headers, asked in (({}, {"id": "fake-wrong-token-0001"}), ({"X-Auth-Token": "fake-wrong-token-0001"}, None)):
        status, body = emulator.told(emulator.ask("POST", SECURITY_TOKENS, token_body(asked), None, headers=headers))
        assert (status, body["error_code"]) == (401, "APIGW.0307")


def test_a_token_can_be_asked_what_it_stands_for(emulator: Emulator) -> None:
    answer = emulator.ask("POST", TOKENS, password_body(), None)
    subject = {"X-Subject-Token": answer.headers["X-Subject-Token"]}
    shown = emulator.ask("GET", TOKENS, headers=subject)
    assert (shown.status_code, shown.get_json()) == (200, answer.get_json())
    assert shown.headers["X-Subject-Token"] == subject["X-Subject-Token"]
    seeded = emulator.ask("GET", TOKENS, headers={"X-Subject-Token": str(TOKEN.token)}).get_json()["token"]
    assert (seeded["project"]["id"], seeded["expires_at"]) == (PROJECT, "2099-12-31T23:59:59.000000Z")


def test_an_unknown_an_expired_and_a_missing_subject_are_refused(emulator: Emulator) -> None:
    token = str(logged_in(emulator).token)
    status, body = emulator.told(emulator.ask("GET", TOKENS, headers={"X-Subject-Token": "fake-wrong-token-0001"}))
    assert (status, body["error"]["code"], body["error"]["title"]) == (404, 404, "Not Found")
    assert emulator.ask("GET", TOKENS).status_code == 400
    assert emulator.ask("GET", TOKENS, credentials=None, headers={"X-Subject-Token": token}).status_code == 401
    emulator.now += DAY
    assert emulator.ask("GET", TOKENS, headers={"X-Subject-Token": token}).status_code == 404


# By an identity provider


def test_an_id_token_gets_a_token(emulator: Emulator) -> None:
    answer = emulator.ask("POST", ID_TOKENS, id_token_body(), None, headers={"X-Idp-Id": "gatehouse-demo-idp"})
    token = answer.get_json()["token"]
    assert (answer.status_code, token["project"]["id"]) == (201, PROJECT)
    assert token["user"]["OS-FEDERATION"]["identity_provider"] == {"id": "gatehouse-demo-idp"}
    assert works(emulator, Credentials(token=answer.headers["X-Subject-Token"]))


def test_an_id_token_without_a_scope_is_good_for_keys_and_for_no_project(emulator: Emulator) -> None:
    answer = emulator.ask("POST", ID_TOKENS, id_token_body(scope=None), None, headers={"X-Idp-Id": "gatehouse-demo-idp"})
    token = answer.headers["X-Subject-Token"]
    assert not {"project", "domain"} & set(answer.get_json()["token"])
    assert refusal(emulator, Credentials(token=token)) == (403, "APIGW.0310")
    keys = keys_of(emulator.told(emulator.ask("POST", SECURITY_TOKENS, token_body({"id": token}), None))[1]["credential"])
    assert works(emulator, keys)
    urn = emulator.call("GET", CALLER, credentials=keys)[1]["principal_urn"]
    assert urn == f"sts::{ACCOUNT['id']}:external-user:gatehouse-demo-idp/federated-user"


@pytest.mark.parametrize(
    ("body", "provider", "status", "code"),
    [
        (id_token_body("fake-wrong-id-token-0001"), "gatehouse-demo-idp", 401, "IAM.0001"),
        (id_token_body(), "nowhere", 404, "IAM.0004"),
        (id_token_body(), "", 400, "IAM.0007"),
        (id_token_body(scope={"project": {"name": "cn-nowhere-1"}}), "gatehouse-demo-idp", 403, "IAM.0003"),
        ({"auth": {"id_token": {}}}, "gatehouse-demo-idp", 400, "IAM.0007"),
        ({"auth": {"id_token": {"id": ID_TOKEN}, "colour": "red"}}, "gatehouse-demo-idp", 400, "IAM.0007"),
    ],
)
def test_a_bad_id_token_is_refused(emulator: Emulator, body: Body, provider: str, status: int, code: str) -> None:
    answered, told = emulator.told(emulator.ask("POST", ID_TOKENS, body, None, headers={"X-Idp-Id": provider}))
    assert (answered, told["error_code"]) == (status, code)


# Who the caller is


def test_sts_tells_who_signed(emulator: Emulator) -> None:
    status, user = emulator.call("GET", CALLER, credentials=KEYS)
    assert (status, user) == (200, {**user, "account_id": ACCOUNT["id"], "principal_urn": f"iam::{ACCOUNT['id']}:user:gatehouse-demo-user"})
    assert len(user["principal_id"]) == 32
    agency = emulator.call("GET", CALLER, credentials=assumed(emulator, session_user={"name": "nightly"}))[1]
    assert agency["principal_urn"] == f"sts::{ACCOUNT['id']}:assumed-agency:gatehouse-demo-agency/nightly"
    assert agency["principal_id"].endswith(":nightly")
    assert emulator.control("GET", "journal")[1][0]["service"] == "sts"


def test_sts_takes_no_token(emulator: Emulator) -> None:
    status, body = emulator.call("GET", CALLER, credentials=TOKEN)
    assert (status, body["error_code"]) == (401, "APIGW.0301")
    assert emulator.told(emulator.ask("GET", CALLER, credentials=None))[0] == 401


def test_projects_and_account_are_those_of_the_seed() -> None:
    emulator = Emulator({"account": {"id": "a" * 32, "name": "acme"}, "projects": [{"id": "b" * 32, "name": "eu-west-0"}]})
    assert [(one["id"], one["name"]) for one in emulator.call("GET", "/v3/auth/domains")[1]["domains"]] == [("a" * 32, "acme")]
    for path in ("/v3/projects", "/v3/auth/projects"):
        (project,) = emulator.call("GET", path)[1]["projects"]
        assert (project["id"], project["name"], project["domain_id"]) == ("b" * 32, "eu-west-0", "a" * 32)
    assert emulator.call("GET", CALLER, credentials=KEYS)[1]["account_id"] == "a" * 32
