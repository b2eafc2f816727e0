# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where credentials come from: the order of the sources, what completes what, and what is said of those that lack something."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sources import Agency, Source, forms_of, secrets_in, source_from

KEYS = {"access_key": "task-key", "secret_key": "task-secret"}
ENVIRONMENT = {"HW_ACCESS_KEY": "environment-key", "HW_SECRET_KEY": "environment-secret", "HW_SECURITY_TOKEN": "environment-security-token"}
SDK = {"HUAWEICLOUD_SDK_AK": "sdk-key", "HUAWEICLOUD_SDK_SK": "sdk-secret", "HUAWEICLOUD_SDK_SECURITY_TOKEN": "sdk-security-token"}


OF_ENVIRONMENT = {"access_key": "environment-key", "secret_key": "environment-secret", "security_token": "environment-security-token"}
OF_SDK = {"access_key": "sdk-key", "secret_key": "sdk-secret", "security_token": "sdk-security-token"}
ANY = {"auth_token": "any"}
USER = {"user_name": "deploy", "user_password": "task-password", "domain_name": "shop"}
USER_VARIABLES = {"HW_USER_NAME": "someone", "HW_USER_PASSWORD": "environment-password", "HW_DOMAIN_NAME": "shop"}


def isolated(environment: t.Mapping[str, str], home: Path) -> dict[str, str]:
    return {"HOME": str(home), **environment}


@pytest.mark.parametrize(
    ("options", "environment", "expected"),
    [
        (KEYS, ENVIRONMENT, KEYS),
        ({**KEYS, "security_token": "task-token"}, ENVIRONMENT, {"access_key": "task-key", "secret_key": "task-secret", "security_token": "task-token"}),
        ({}, {**SDK, **ENVIRONMENT}, OF_ENVIRONMENT),
        ({}, SDK, OF_SDK),
        (
            {"access_key": "", "secret_key": ""},
            ENVIRONMENT,
            OF_ENVIRONMENT,
        ),
        ({}, {**ENVIRONMENT, "HW_ACCESS_KEY": "", **SDK}, OF_SDK),
        ({}, {**SDK, "HW_SECRET_KEY": "other-secret"}, OF_SDK),
        ({"auth_token": "task-token"}, ENVIRONMENT, {"auth_token": "task-token"}),
        ({**KEYS, "auth_token": "task-token"}, {}, {"auth_token": "task-token"}),
        (KEYS, {"HW_AUTH_TOKEN": "environment-token"}, KEYS),
        ({}, {**ENVIRONMENT, "HW_AUTH_TOKEN": "environment-token"}, {"auth_token": "environment-token"}),
        ({"access_key": "task-key"}, ENVIRONMENT, {"access_key": "task-key", "secret_key": "environment-secret"}),
        ({"access_key": "task-key"}, {**SDK, "HW_SECRET_KEY": "environment-secret"}, {"access_key": "task-key", "secret_key": "environment-secret"}),
        (
            {"access_key": "environment-key"},
            ENVIRONMENT,
            OF_ENVIRONMENT,
        ),
        (
            KEYS,
            {"HUAWEICLOUD_SDK_SK": "broken\u2013key", "HW_SECRET_KEY": "a\nb", "HW_SECURITY_TOKEN": " "},
            {"access_key": "task-key", "secret_key": "task-secret"},
        ),
        (
            {},
            {**ENVIRONMENT, "HUAWEICLOUD_SDK_AK": "a\nb"},
            OF_ENVIRONMENT,
        ),
        ({"access_key": " task-key\n", "secret_key": "task-secret\n"}, {}, KEYS),
        ({}, {"HW_AUTH_TOKEN": "environment-token\n"}, {"auth_token": "environment-token"}),
        (
            {"secret_key": "task-secret"},
            ENVIRONMENT,
            {**OF_ENVIRONMENT, "secret_key": "task-secret"},
        ),
        (USER, {}, {**USER}),
        (
            {"user_name": "deploy", "user_password": " a b "},
            {"HW_DOMAIN_NAME": "shop"},
            {"user_name": "deploy", "user_password": " a b ", "domain_name": "shop"},
        ),
        ({"user_name": "deploy"}, USER_VARIABLES, {**USER, "user_name": "deploy", "user_password": "environment-password"}),
        ({}, USER_VARIABLES, {"user_name": "someone", "user_password": "environment-password", "domain_name": "shop"}),
        (USER, {**ENVIRONMENT, "HW_AUTH_TOKEN": "environment-token"}, {**USER}),
        ({**USER, **KEYS}, {}, KEYS),
        ({}, {**USER_VARIABLES, **ENVIRONMENT, "HW_SECURITY_TOKEN": ""}, {"access_key": "environment-key", "secret_key": "environment-secret"}),
        ({"idp_id": "idp", "id_token": "task-id-token"}, {}, {"idp_id": "idp", "id_token": "task-id-token"}),
        ({}, {"HW_ASSUME_ROLE_IDP_ID": "idp", "HW_ASSUME_ROLE_ID_TOKEN": "id-token"}, {"idp_id": "idp", "id_token": "id-token"}),
    ],
)
def test_the_first_source_that_has_a_value_gives_it(options: t.Any, environment: t.Any, expected: t.Any, tmp_path: Path) -> None:
    found = source_from(options, isolated(environment, tmp_path))
    assert found.parts == expected
    assert found.name == ("options" if any(options.values()) else "environment")


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        ({"access_key": "key"}, {}, "set secret_key (or the environment variable HW_SECRET_KEY or HUAWEICLOUD_SDK_SK) as well"),
        ({"secret_key": "hidden"}, {}, "set access_key (or the environment variable HW_ACCESS_KEY or HUAWEICLOUD_SDK_AK) as well"),
        ({"access_key": "key", "credential_source": "options"}, {"HW_SECRET_KEY": "hidden"}, "are incomplete: set secret_key as well."),
        (
            {"user_name": "deploy"},
            {},
            "set user_password (or the environment variable HW_USER_PASSWORD) and domain_name (or the environment variable HW_DOMAIN_NAME)",
        ),
        ({"idp_id": "idp"}, {}, "set id_token (or the environment variable HW_ASSUME_ROLE_ID_TOKEN) as well"),
        ({"idp_id": "idp", "id_token_file": "/nonexistent/token"}, {}, "id_token_file: /nonexistent/token cannot be read: No such file or directory."),
        ({"credential_source": "options"}, {"HW_AUTH_TOKEN": "hidden"}, "There are no credentials in the source that credential_source pins (options): set"),
        ({"credential_source": "environment", "auth_token": "hidden"}, {}, "pins (environment): set"),
        (
            {"credential_source": "environment"},
            {"HW_ACCESS_KEY": "key", "HUAWEICLOUD_SDK_SK": "hidden"},
            "(1) The environment has HW_ACCESS_KEY, but lacks HW_SECRET_KEY. (2) The environment has HUAWEICLOUD_SDK_SK, but lacks HUAWEICLOUD_SDK_AK.",
        ),
        ({"credential_source": "profile"}, {}, "pins (profile): set access_key"),
        ({**ANY, "assume_agency": {"domain_name": "shop"}}, {}, "assume_agency: agency_name is missing"),
        ({**ANY, "assume_agency": {"agency_name": "edge"}}, {}, "belongs to an account; set domain_name or domain_id (or HW_ASSUME_ROLE_DOMAIN_NAME)"),
        (
            {**ANY, "assume_agency": {"agency_name": "edge", "domain_id": "d", "duration": 899}},
            {},
            "duration is '899', which is not a number of seconds from 900 to 86400",
        ),
        (ANY, {"HW_ASSUME_ROLE_AGENCY_NAME": "edge", "HW_ASSUME_ROLE_DOMAIN_ID": "d", "HW_ASSUME_ROLE_DURATION": "1h"}, "duration is '1h'"),
        ({"profile": "shop"}, {}, "config.json cannot be used: No such file or directory."),
        ({"shared_config_file": "/nonexistent/config.json"}, ENVIRONMENT, "/nonexistent/config.json cannot be used: No such file"),
        ({}, {"HW_PROFILE": "shop"}, "config.json cannot be used: No such file or directory."),
    ],
)
def test_what_is_missing_is_named(options: t.Any, environment: t.Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        source_from(options, isolated(environment, tmp_path))
    assert words in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_source_that_lacks_a_part_is_passed_over_and_told(tmp_path: Path) -> None:
    found = source_from({}, isolated({"HW_ACCESS_KEY": "key", **USER_VARIABLES}, tmp_path))
    assert (found.kind, found.passed_over) == ("password", ("The environment has HW_ACCESS_KEY, but lacks HW_SECRET_KEY.",))
    found = source_from({}, isolated({}, tmp_path))
    assert (found.name, found.passed_over, len(found.tried)) == ("metadata", (), 3)


@pytest.mark.parametrize("pinned", ["auto", "options", "environment", "profile", "metadata"])
def test_a_source_that_is_pinned_is_the_one_that_is_asked(pinned: str, tmp_path: Path) -> None:
    koocli(tmp_path, PLAIN)
    found = source_from({**KEYS, "credential_source": pinned}, isolated(ENVIRONMENT, tmp_path))
    assert found.name == {"auto": "options"}.get(pinned, pinned)


PLAIN = {"name": "default", "mode": "AKSK", "accessKeyId": "profile-key", "secretAccessKey": "profile-secret", "securityToken": "", "region": "cn-south-1"}
OF_PROFILE = {"access_key": "profile-key", "secret_key": "profile-secret"}
OF_SSO = {"access_key": "sso-key", "secret_key": "sso-secret", "security_token": "sso-token"}
STS = {"accessKeyId": "sso-key", "secretAccessKey": "sso-secret", "securityToken": "sso-token"}


def koocli(home: Path, *profiles: t.Any, current: str = "default") -> Path:
    """A configuration file of KooCLI in a home folder."""
    file = home / ".hcloud" / "config.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"language": "en", "current": current, "profiles": profiles}), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("profile", "kind", "parts", "settings"),
    [
        (PLAIN, "access_key", OF_PROFILE, {"region": "cn-south-1"}),
        (
            {**PLAIN, "securityToken": "t", "projectId": "p"},
            "access_key",
            {**OF_PROFILE, "security_token": "t"},
            {"region": "cn-south-1", "project_id": "p"},
        ),
        (
            {"name": "default", "mode": "SSO", "ssoAuth": {"stsToken": STS}},
            "access_key",
            {"access_key": "sso-key", "secret_key": "sso-secret", "security_token": "sso-token"},
            {},
        ),
        ({"name": "default", "mode": "ecsAgency", "region": "cn-south-1", "agencyName": "of the machine"}, "metadata", {}, {"region": "cn-south-1"}),
    ],
)
def test_a_profile_of_koocli_is_read(profile: t.Any, kind: str, parts: t.Any, settings: t.Any, tmp_path: Path) -> None:
    file = koocli(tmp_path, {"name": "other"}, profile)
    found = source_from({}, isolated({}, tmp_path))
    assert (found.name, found.kind, found.parts, found.agency) == ("profile", kind, parts, None)
    assert found.profile and found.profile.settings == settings
    assert found.words == f"the profile 'default' of {file}"


def test_a_profile_is_found_by_name_in_the_file_that_is_named(tmp_path: Path) -> None:
    koocli(tmp_path, PLAIN, {**PLAIN, "name": "shop", "accessKeyId": "shop-key"}, current="shop")
    home = isolated({}, tmp_path)
    assert source_from({}, home).parts["access_key"] == "shop-key"
    assert source_from({}, {**home, "HW_PROFILE": "default"}).parts["access_key"] == "profile-key"
    assert source_from({"profile": "shop"}, {**home, "HW_PROFILE": "default"}).parts["access_key"] == "shop-key"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = koocli(elsewhere, {**PLAIN, "accessKeyId": "elsewhere-key"})
    assert source_from({}, {**home, "HW_SHARED_CONFIG_FILE": str(file)}).parts["access_key"] == "elsewhere-key"
    assert source_from({"shared_config_file": str(file)}, home).parts["access_key"] == "elsewhere-key"
    # What the task names comes before keys of the environment, what the environment names after them.
    assert source_from({"profile": "shop"}, {**home, **ENVIRONMENT}).name == "profile"
    assert source_from({}, {**home, **ENVIRONMENT, "HW_PROFILE": "shop"}).name == "environment"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"profiles": [{**PLAIN, "accessKeyId": "b3Jk+/x=="}]}, "is encrypted. Open it with: hcloud configure set --cli-auth-encrypt=false"),
        ({"profiles": [{"name": "default", "mode": "AKSK"}]}, "holds no access key"),
        ({"profiles": [{**PLAIN, "secretAccessKey": ""}]}, "lacks secret_key"),
        ({"profiles": [{"name": "one"}, {"name": "two"}]}, "there is no profile 'default'; there are: 'one', 'two'."),
        ({"profiles": "odd"}, "there is no profile 'default'; there are: none."),
        ([], "there is no profile"),
        ("{", "the file is not JSON"),
        (b"\xff\xfe", "the file is not JSON"),
    ],
)
def test_a_profile_that_cannot_be_used_is_told(content: t.Any, words: str, tmp_path: Path) -> None:
    file = koocli(tmp_path)
    file.write_bytes(content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode())
    found = source_from({}, isolated({}, tmp_path))
    assert found.name == "metadata"
    assert words in found.passed_over[0] and str(file) in found.passed_over[0]
    with pytest.raises(InputError) as caught:
        source_from({"shared_config_file": str(file)}, isolated({}, tmp_path))
    assert words in str(caught.value)
    assert "profile-secret" not in str(caught.value) + str(found)


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("[basic]\nak = sdk-key\nsk = sdk%secret\n[global]\nak = other\n", {"access_key": "sdk-key", "secret_key": "sdk%secret"}),
        ("[basic]\nAK=sdk-key\nsk=s\nsecurity_token=t\nproject_id=p\n", {"access_key": "sdk-key", "secret_key": "s", "security_token": "t"}),
    ],
)
def test_the_profile_of_the_sdk_is_read_where_koocli_has_none(content: str, parts: t.Any, tmp_path: Path) -> None:
    file = tmp_path / ".huaweicloud" / "credentials"
    file.parent.mkdir()
    file.write_text(content, encoding="ascii")
    found = source_from({}, isolated({}, tmp_path))
    assert (found.name, found.parts, found.words) == ("profile", parts, f"the profile [basic] of {file}")
    moved = file.rename(tmp_path / "credentials")
    assert source_from({}, isolated({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(moved)}, tmp_path)).parts == parts
    koocli(tmp_path, PLAIN)
    assert source_from({}, isolated({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(moved)}, tmp_path)).parts["access_key"] == "profile-key"


@pytest.mark.parametrize("content", ["ak = fake-secret-0001", "[basic]\nfake-secret-0001", "[global]\nak=fake-secret-0001", "[basic]\nsk=fake-secret-0001"])
def test_a_file_of_the_sdk_that_cannot_be_used_is_told_without_a_line_of_it(content: str, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text(content, encoding="ascii")
    found = source_from({}, isolated({"HUAWEICLOUD_SDK_CREDENTIALS_FILE": str(file)}, tmp_path))
    assert found.name == "metadata"
    assert str(file) in found.passed_over[0]
    assert "fake" not in str(found)


def test_an_id_token_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("fake-id-token-0001\n", encoding="ascii")
    for options, environment in (
        ({"idp_id": "idp", "id_token_file": str(file)}, {}),
        ({}, {"HUAWEICLOUD_SDK_IDP_ID": "idp", "HUAWEICLOUD_SDK_ID_TOKEN_FILE": str(file)}),
        ({}, {"HW_ASSUME_ROLE_IDP_ID": "idp", "HW_ASSUME_ROLE_ID_TOKEN_FILE": str(file)}),
    ):
        assert source_from(options, isolated(environment, tmp_path)).parts == {"idp_id": "idp", "id_token": "fake-id-token-0001"}


AGENCY_VARIABLES = {"HW_ASSUME_ROLE_AGENCY_NAME": "edge", "HW_ASSUME_ROLE_DOMAIN_NAME": "shop", "HW_ASSUME_ROLE_DURATION": "3600"}
WITH_AGENCY = {**PLAIN, "agencyName": "of the profile", "agencyDomainId": "d"}


@pytest.mark.parametrize(
    ("options", "environment", "agency"),
    [
        ({"assume_agency": {"agency_name": "edge", "domain_name": "shop", "domain_id": None, "duration": None}}, {}, Agency("edge", "shop", None, 900)),
        ({"assume_agency": {"agency_name": "edge", "domain_id": "d", "duration": 86400}}, AGENCY_VARIABLES, Agency("edge", None, "d", 86400)),
        ({}, AGENCY_VARIABLES, Agency("edge", "shop", None, 3600)),
        ({"assume_agency": {"agency_name": "", "domain_name": ""}}, {}, Agency("of the profile", None, "d", 900)),
        ({}, {"HW_ASSUME_ROLE_DOMAIN_NAME": "shop"}, Agency("of the profile", None, "d", 900)),
        (KEYS, {}, None),
    ],
)
def test_an_agency_is_assumed_on_top_of_any_source(options: t.Any, environment: t.Any, agency: Agency | None, tmp_path: Path) -> None:
    koocli(tmp_path, WITH_AGENCY)
    assert source_from(options, isolated(environment, tmp_path)).agency == agency


@pytest.mark.parametrize("value", ["fake-to\nken-0001", "fake\u2013token-0001", "fake\ttoken-0001", " \n"])
def test_a_credential_that_no_header_can_carry_is_refused_and_not_shown(value: str) -> None:
    for options, environment in (({"auth_token": value}, {}), ({}, {"HW_AUTH_TOKEN": value}), ({**KEYS, "security_token": value}, {})):
        with pytest.raises(InputError, match="it is blank or holds a character that no credential has") as caught:
            source_from(options, environment)
        assert "fake" not in str(caught.value)
        assert str(caught.value).startswith(("auth_token: ", "HW_AUTH_TOKEN: ", "security_token: "))


@pytest.mark.parametrize("value", ["fake\npassword", " \n"])
def test_a_password_may_hold_any_character_that_can_be_typed(value: str) -> None:
    assert source_from({**USER, "user_password": "p\u00e4ss \u2013 w\u00f6rd\n"}, {}).parts["user_password"] == "p\u00e4ss \u2013 w\u00f6rd"
    with pytest.raises(InputError, match="user_password: it is blank or holds a character that cannot be shown") as caught:
        source_from({**USER, "user_password": value}, {})
    assert "fake" not in str(caught.value)


def test_secrets_of_task_and_environment_are_all_known_as_written_and_as_used() -> None:
    environment = {
        **ENVIRONMENT,
        **SDK,
        "HW_AUTH_TOKEN": "t\n",
        "HW_REGION_NAME": "r",
        "HW_PROJECT_ID": "",
        "HW_USER_PASSWORD": "p",
        "HW_ASSUME_ROLE_ID_TOKEN": "i",
    }
    options = {"secret_key": "task-secret", "access_key": "task-key", "region": "r", "security_token": None, "secret_kye": "typo", "regoin": "r"}
    known = ("secret_key", "access_key", "region", "security_token")
    expected = {"environment-secret", "environment-security-token", "sdk-secret", "sdk-security-token", "t", "t\n", "t\\n", "task-secret", "p", "i", "typo"}
    assert secrets_in(options, environment, known) == expected


@pytest.mark.parametrize("secret", ["plain", "a\\b", "it's", 'say "so"', "both ' and \"", "back\\slash'\"", "tab\there", "\u00e4\u2013"])
def test_a_secret_is_known_as_messages_spell_it(secret: str) -> None:
    forms = forms_of([secret])
    assert secret in forms
    assert any(form in f"There is no policy {secret!r}." for form in forms)
    assert any(form in f"There is no policy {'x' + secret!r}." for form in forms)
    assert any(form in json.dumps(secret, ensure_ascii=False) for form in forms) or '"' in secret


def test_sources_do_not_show_their_parts() -> None:
    assert "fake" not in repr(Source("options", "access_key", {"secret_key": "fake-secret-0001"}))
