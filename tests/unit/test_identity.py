# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is issued for a caller: tokens and temporary keys of every kind, kept in memory, renewed in time, and never shown."""

from __future__ import annotations

import json
import threading
import time
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client as WsgiClient

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils import _http, _identity
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import client_for
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, InputError, TransportError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sources import Agency, Source
from cloud import CONNECTION, URL, Cloud
from doors import WsgiAdapter
from gatehouse_emulator import create_app
from wishes import GEOIP, done

KEYS = {"access_key": CONNECTION["access_key"], "secret_key": CONNECTION["secret_key"]}
PASSWORD = "gatehouse-demo-password-0000000000000001"
USER = {"user_name": "gatehouse-demo-user", "user_password": PASSWORD, "domain_name": "gatehouse-demo"}
ID_TOKEN = {"idp_id": "gatehouse-demo-idp", "id_token": "gatehouse-demo-id-token-0000000000000001"}
AGENCY = {"assume_agency": {"agency_name": "gatehouse-demo-agency", "domain_name": "gatehouse-demo"}}
PROJECT = CONNECTION["project_id"]
# Nothing of the demo connection that says who calls, or which project.
NOBODY: dict[str, t.Any] = {"access_key": None, "secret_key": None, "project_id": None}
READ = {"policy": "storefront"}


def koocli(home: Path, **profile: t.Any) -> None:
    file = home / ".hcloud" / "config.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"current": "default", "profiles": [{"name": "default", **profile}]}), encoding="utf-8")


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Path]:
    """A home folder without profiles, which both doors of a test see under one name."""
    link = tmp_path_factory.getbasetemp() / "home"
    link.symlink_to(tmp_path)
    monkeypatch.setenv("HOME", str(link))
    yield link
    link.unlink()


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment says nothing, and nothing is at home."""
    monkeypatch.setenv("HOME", "/nonexistent")
    for name in ("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_AUTH_TOKEN", "HW_PROFILE", "HW_SHARED_CONFIG_FILE", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"):
        monkeypatch.delenv(name, raising=False)


EVERY_KIND: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "keys": (KEYS, {"credential_source": "options", "credential_kind": "access_key", "temporary": False, "user_name": "gatehouse-demo-user"}),
    "token": (
        {"auth_token": "gatehouse-demo-token-0000000000000001"},
        {"credential_source": "options", "credential_kind": "auth_token", "temporary": True, "account_name": "gatehouse-demo"},
    ),
    "password": (USER, {"credential_source": "options", "credential_kind": "password", "temporary": True, "user_name": "gatehouse-demo-user"}),
    "id token": (ID_TOKEN, {"credential_source": "options", "credential_kind": "id_token", "temporary": True, "account_name": "gatehouse-demo"}),
    "metadata": ({}, {"credential_source": "metadata", "credential_kind": "metadata", "temporary": True, "user_name": None}),
    "agency on keys": ({**KEYS, **AGENCY}, {"credential_source": "options", "temporary": True, "agency_name": "gatehouse-demo-agency", "user_name": None}),
    "agency on password": ({**USER, **AGENCY}, {"credential_kind": "password", "temporary": True, "agency_name": "gatehouse-demo-agency"}),
    "agency on metadata": (AGENCY, {"credential_kind": "metadata", "temporary": True, "agency_name": "gatehouse-demo-agency"}),
}


def caller(cloud: Cloud, options: t.Mapping[str, t.Any]) -> tuple[dict[str, t.Any], str | None]:
    """Who calls, and until when; the time is taken out of the result, for a second may pass between the doors."""
    told = done(cloud.run("caller_info", {**NOBODY, **options}))["caller"]
    return told, told.pop("expires_at")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_of_credentials_opens_the_cloud_and_is_told(cloud: Cloud, kind: str) -> None:
    options, expected = EVERY_KIND[kind]
    told, ends = caller(cloud, options)
    assert {name: told[name] for name in expected} == expected
    assert (told["account_id"], told["account_name"]) == ("d0" * 16, "gatehouse-demo")
    assert (told["project_id"], told["project_name"], told["region"]) == (PROJECT, "cn-north-4", "cn-north-4")
    assert (ends is None) == (kind == "keys")
    assert told["endpoints"] == {name: URL for name in CONNECTION["endpoints"] if name != "metadata"}
    assert done(cloud.run("waf_geoip_rule", {**NOBODY, **options, **GEOIP}))["changed"] is True
    for secret in ("gatehouse-issued", "-secret-", "-token-", PASSWORD):
        assert secret not in json.dumps(cloud.told[-2:]).replace("gatehouse-demo-idp", "")


def test_a_token_brings_its_project_and_saves_the_look_up(cloud: Cloud) -> None:
    done(cloud.run("waf_geoip_rule_info", {**NOBODY, **USER, **READ}))
    assert [entry["operation"] for entry in cloud.journal()][:2] == ["KeystoneCreateUserTokenByPassword", "ListPolicy"]


def test_a_project_of_another_name_is_found(cloud: Cloud) -> None:
    assert "look up the project 'cn-north-4_shops'" in cloud.run("waf_geoip_rule_info", {**READ, "project_id": None, "project_name": "cn-north-4_shops"})["msg"]
    assert cloud.run("waf_geoip_rule_info", {**READ, "project_id": None, "region": None, "project_name": "cn-north-4"})["geoip_rules"] == []


def renewals(cloud: Cloud) -> int:
    return sum(entry["operation"] == "KeystoneCreateUserTokenByPassword" for entry in cloud.journal())


def test_a_token_is_asked_for_once_in_a_loop_and_renewed_once_when_it_has_expired() -> None:
    cloud = Cloud()
    items = [{**NOBODY, **USER, **GEOIP, "name": f"rule{number}", "locations": [place]} for number, place in enumerate(("Peru", "Chile", "Angola"))]
    for item in items[:2]:
        done(cloud.run("waf_geoip_rule", item))
    once = 1 if Cloud.door == "in_process" else 2
    assert renewals(cloud) == once
    expire(cloud)
    done(cloud.run("waf_geoip_rule", items[2]))
    assert renewals(cloud) == once + 1
    assert len(cloud.state()["policies"][0]["geoip_rules"]) == 3


def expire(cloud: Cloud) -> None:
    assert cloud._control.post("/_emulator/expire").status_code == 200


@pytest.mark.parametrize("options", [USER, ID_TOKEN, {}, {**KEYS, **AGENCY}, {**USER, **AGENCY}, AGENCY])
def test_what_expires_within_a_task_is_renewed_and_nothing_is_written_twice(options: t.Any) -> None:
    cloud = Cloud()

    class Slow(list[t.Any]):
        """Requests, the first creation among which takes so long to arrive that all that was issued has expired."""

        def append(self, request: t.Any) -> None:
            creations = [one for one in (*self, request) if one.method == "POST" and one.url.endswith("/geoip")]
            if creations == [request]:
                expire(cloud)
            super().append(request)

    cloud.requests = Slow()
    assert done(cloud.run("waf_geoip_rule", {**NOBODY, **options, **GEOIP}))["changed"] is True
    assert [(entry["operation"], entry["status"]) for entry in cloud.writes() if entry["service"] == "waf"] == [
        ("CreateGeoipRule", 401),
        ("CreateGeoipRule", 200),
    ]


@pytest.mark.parametrize("options", [USER, ID_TOKEN, {**KEYS, **AGENCY}])
def test_requests_that_are_refused_side_by_side_bring_one_renewal(options: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    application = create_app()
    control = WsgiClient(application)
    refused = threading.Barrier(8, timeout=30)

    class Together(WsgiAdapter):
        """Refusals wait for each other, so that nothing is renewed before all are there."""

        def send(self, request: t.Any, **more: t.Any) -> requests.Response:
            response = super().send(request, **more)
            if response.status_code == 401:
                refused.wait()
            return response

    monkeypatch.setattr("requests.sessions.HTTPAdapter", lambda **sizes: Together(application, lambda request: None))
    said = {**CONNECTION, **NOBODY, "project_id": PROJECT, **options, "max_concurrency": 8}
    client = client_for({name: value for name, value in said.items() if value is not None}, {}, Memory())
    first = client.credentials()
    assert control.post("/_emulator/expire").status_code == 200
    control.delete("/_emulator/journal")
    found = client.crew.map(lambda number: client.get("waf", "/waf/policy", [("page", 1), ("pagesize", 10)])["items"][0]["name"], range(8))
    assert found == ["storefront"] * 8
    journal = control.get("/_emulator/journal").get_json()
    assert [entry["status"] for entry in journal if entry["service"] == "waf"] == [401] * 8 + [200] * 8
    exchanges = [entry["operation"] for entry in journal if entry["service"] != "waf"]
    assert len(exchanges) == 1, exchanges
    assert client.credentials() != first
    # No result shows what was issued, before and after.
    assert {first.token or first.secret_key, client.credentials().token or client.credentials().secret_key} <= client.notes.secrets


EXPIRED = {"status": 401, "body": {"error_code": "APIGW.0307", "error_msg": "The token must be updated."}}


def test_a_token_that_is_refused_again_is_not_renewed_for_ever(cloud: Cloud) -> None:
    cloud.fault({"match": {"service": "waf"}, **EXPIRED})
    result = cloud.run("waf_geoip_rule_info", {**NOBODY, **USER, **READ, "max_retries": 5})
    assert result["api_error"]["code"] == "APIGW.0307"
    assert renewals(cloud) == 2
    assert sum(entry["service"] == "waf" for entry in cloud.journal()) == 2


@pytest.mark.parametrize("options", [KEYS, {"auth_token": "gatehouse-demo-token-0000000000000001"}])
def test_what_cannot_be_renewed_is_tried_once(cloud: Cloud, options: t.Any) -> None:
    cloud.fault({"match": {"service": "waf"}, "status": 401, "body": {"error_code": "APIGW.0301", "error_msg": "wrong"}})
    cloud.run("waf_geoip_rule_info", {**NOBODY, "project_id": PROJECT, **options, **READ, "max_retries": 5})
    assert len(cloud.journal()) == 1


@pytest.mark.parametrize(
    ("options", "words", "hint"),
    [
        (
            {**USER, "user_password": "fake-wrong-password-0001"},
            "get a token for the user 'gatehouse-demo-user' of the account",
            "Check user_name",
        ),
        ({**ID_TOKEN, "id_token": "fake-wrong-id-token-0001"}, "get a token from the identity provider 'gatehouse-demo-idp'", "Check idp_id"),
        (
            {**KEYS, "assume_agency": {"agency_name": "nobody", "domain_name": "shop"}},
            "assume the agency 'nobody' of the account 'shop'",
            "Check assume_agency",
        ),
        (
            {**KEYS, "secret_key": "fake-wrong-secret-0001", **AGENCY},
            "assume the agency 'gatehouse-demo-agency'",
            "check access_key",
        ),
    ],
)
def test_credentials_that_iam_refuses_are_named_tried_once_and_not_shown(cloud: Cloud, options: t.Any, words: str, hint: str) -> None:
    result = cloud.run("caller_info", {**NOBODY, **options, "max_retries": 5})
    assert words in result["msg"]
    assert result["msg"].count(hint) == 1
    assert "fake-wrong" not in json.dumps(result)
    assert len(cloud.journal()) == 1


@pytest.mark.parametrize("form", ["token", "plain", "both"])
def test_every_form_of_the_metadata_service_gives_keys(form: str) -> None:
    cloud = Cloud({"metadata": {"form": form, "agency": "gatehouse-demo-agency"}, "policies": [{"name": "storefront"}]})
    assert caller(cloud, {})[0]["credential_source"] == "metadata"
    asked = [(entry["method"], entry["status"]) for entry in cloud.journal() if entry["service"] == "metadata"]
    assert asked == [("PUT", 404 if form == "plain" else 200), ("GET", 200)]


def test_a_machine_without_metadata_says_what_was_tried() -> None:
    cloud = Cloud({"metadata": {"form": "none"}})
    message = cloud.run("caller_info", NOBODY)["msg"]
    assert "Tried: (1) The options have no credentials. (2) The environment has no credentials. (3) There is no profile" in message
    assert "(4) The metadata service of the machine gives no keys; is it an ECS with an agency? PUT /meta-data/latest/api/token: " in message
    assert "GET /openstack/latest/securitykey: " in message
    assert "proxies" not in message
    pinned = cloud.run("caller_info", {**NOBODY, "credential_source": "metadata"})["msg"]
    assert "credential_source pins (metadata)" in pinned


def test_a_profile_and_the_environment_give_credentials_and_what_was_passed_over_is_warned_of(
    cloud: Cloud, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    koocli(home, mode="AKSK", accessKeyId=KEYS["access_key"], secretAccessKey=KEYS["secret_key"], region="cn-north-4")
    result = done(cloud.run("caller_info", {**NOBODY, "region": None}))
    assert "warnings" not in result
    assert (result["caller"]["credential_source"], result["caller"]["region"]) == ("profile", "cn-north-4")
    assert result["caller"]["credentials_from"] == f"the profile 'default' of {home}/.hcloud/config.json"
    monkeypatch.setenv("HW_ACCESS_KEY", "half")
    result = done(cloud.run("caller_info", {**NOBODY, "region": None}))
    warning = f"The environment has HW_ACCESS_KEY, but lacks HW_SECRET_KEY. The credentials are those of {result['caller']['credentials_from']}."
    assert result["warnings"] == [warning]
    failed = cloud.run("waf_geoip_rule_info", {**NOBODY, "policy": "nowhere"})
    assert failed["failed"] is True and failed["warnings"] == [warning]


def test_the_secret_of_a_profile_and_what_was_issued_are_masked_wherever_they_turn_up(cloud: Cloud, home: Path) -> None:
    koocli(home, mode="AKSK", accessKeyId=KEYS["access_key"], secretAccessKey=KEYS["secret_key"])
    echo = {"error_code": "WAF.00012003", "error_msg": f"no permission for {KEYS['secret_key']} and gatehouse-issued-secret-0000000000000001"}
    cloud.fault({"match": {"service": "waf"}, "status": 403, "body": echo})
    for options in ({}, AGENCY):
        message = cloud.run("waf_geoip_rule_info", {**NOBODY, **options, **READ})["msg"]
        assert "no permission for ***" in message
        assert KEYS["secret_key"] not in message
    assert "gatehouse-issued" not in message


@pytest.mark.parametrize(("value", "warned"), [("true", True), ("1", True), ("TRUE", True), ("false", False), ("0", False), ("", False)])
def test_an_insecure_environment_is_warned_of(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, value: str, warned: bool) -> None:
    monkeypatch.setenv("HW_INSECURE", value)
    result = done(cloud.run("waf_geoip_rule_info", READ))
    assert [text.partition(":")[0] for text in result.get("warnings", [])] == (["HW_INSECURE is set"] if warned else [])
    assert "warnings" not in cloud.run("waf_geoip_rule_info", {**READ, "validate_certs": True})
    assert "warnings" not in cloud.run("waf_geoip_rule_info", {**READ, "validate_certs": False})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("HW_INSECURE", "maybe", "HW_INSECURE: 'maybe' is neither true nor false"), ("HW_MAX_RETRIES", "many", "HW_MAX_RETRIES: 'many' is not a number")],
)
def test_a_variable_that_cannot_be_understood_is_named(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)
    assert words in cloud.run("waf_geoip_rule_info", {**READ, "max_retries": None})["msg"]
    assert cloud.journal() == []


def test_the_retries_and_the_iam_of_terraform_users_are_in_force(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, slept: list[float]) -> None:
    monkeypatch.setenv("HW_MAX_RETRIES", "2")
    monkeypatch.setenv("HW_AUTH_URL", f"{URL}/v3")
    monkeypatch.setenv("HW_ENDPOINT_WAF", URL)
    cloud.fault({"match": {"operation": "ListPolicy"}, "times": 2, "status": 503})
    done(cloud.run("waf_geoip_rule_info", {**READ, "max_retries": None, "endpoints": None, "project_id": None}))
    assert len(slept) == 2


SOURCE = Source("options", "password", {"user_name": "u", "user_password": "p", "domain_name": "d"})


@dataclass
class Iam:
    """IAM with a clock of its own: what it issues is good for so many seconds, and it may be down."""

    life: float = 3600.0
    time: float = 1_700_000_000.0
    down: bool = False
    issued: int = 0
    asked: list[_identity.Exchange] = field(default_factory=list)

    def send(self, exchange: _identity.Exchange) -> _http.Answer:
        self.asked.append(exchange)
        if self.down:
            raise TransportError("down")
        self.issued += 1
        ends = datetime.fromtimestamp(self.time + self.life, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        if exchange.path == "/v3/auth/tokens":
            return _http.Answer(201, {"X-Subject-Token": f"token {self.issued}"}, {"token": {"expires_at": ends}})
        return _http.Answer(201, {}, {"credential": {"access": f"key {self.issued}", "secret": "s", "securitytoken": "t", "expires_at": ends}})

    def identity(self, source: Source = SOURCE, memory: Memory | None = None) -> _identity.Identity:
        return _identity.Identity(source, {"project": {"name": "cn-north-4"}}, "here", memory or Memory(), self.send, lambda: self.time)


@given(st.floats(60, 86400), st.lists(st.floats(0.1, 5000), max_size=30))
def test_credentials_are_good_whenever_they_are_given(life: float, pauses: list[float]) -> None:
    iam = Iam(life=life)
    identity = iam.identity()
    for pause in pauses:
        held = identity.credentials()
        assert held.expires_at and held.expires_at - iam.time > min(_identity.EARLY, life / 3) - 2
        iam.time += pause
    assert iam.issued <= 1 + sum(pauses) / min(life - _identity.EARLY if life > 1800 else life, life * 2 / 3 - 2), "nor is anything renewed all the time"


def test_a_renewal_that_fails_is_no_failure_while_the_old_ones_are_good() -> None:
    iam = Iam()
    identity = iam.identity()
    first = identity.credentials()
    iam.time += 3100
    iam.down = True
    assert identity.credentials() == first
    assert identity.credentials() == first
    assert len(iam.asked) == 2, "it is tried again after a minute"
    iam.time += 60
    assert identity.credentials() == first
    assert len(iam.asked) == 3
    iam.time += 500
    with pytest.raises(TransportError):
        identity.credentials()
    iam.down = False
    assert identity.credentials() != first


def test_what_was_issued_is_told_apart_by_cloud_scope_and_caller() -> None:
    memory = Memory()
    iam = Iam()
    others = [
        _identity.Identity(SOURCE, {"project": {"name": "cn-north-4"}}, "elsewhere", memory, iam.send, lambda: iam.time),
        _identity.Identity(SOURCE, {"project": {"name": "cn-south-1"}}, "here", memory, iam.send, lambda: iam.time),
        iam.identity(Source("options", "password", {**SOURCE.parts, "user_password": "other"}), memory),
        iam.identity(Source("options", "password", SOURCE.parts, Agency("a", "d", None, 900)), memory),
    ]
    first = iam.identity(memory=memory)
    given = [one.credentials() for one in (first, *others)]
    assert len(set(given)) == 5
    assert iam.identity(memory=memory).credentials() == given[0]
    assert "token 1" not in repr(memory)


def test_the_machine_is_given_up_within_three_seconds() -> None:
    class Silent(Iam):
        def send(self, exchange: _identity.Exchange) -> _http.Answer:
            # A connection that takes all its time, and an answer that does.
            assert exchange.timeout
            self.asked.append(exchange)
            self.time += 2 * exchange.timeout
            raise TransportError("no answer")

    iam = Silent()
    start = iam.time
    with pytest.raises(InputError, match="is it an ECS with an agency"):
        iam.identity(Source("metadata", "metadata", {})).credentials()
    assert iam.time - start < 3
    assert iam.asked[0].timeout == 1


def test_no_proxy_is_asked_for_the_keys_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    session = _http.new_session(True, direct=True)
    assert session.merge_environment_settings("http://169.254.169.254/", {}, False, True, None)["proxies"] == {}
    assert _http.new_session(True).merge_environment_settings("http://169.254.169.254/", {}, False, True, None)["proxies"] != {}


@pytest.mark.parametrize("error", [ApiError(401, "401", "old token"), ApiError(401, "APIGW.0307", "old"), ApiError(400, "WAF.00012001", "old")])
def test_what_services_say_of_an_old_token_is_known(error: ApiError) -> None:
    assert _identity.refused(error)


def test_other_refusals_are_no_reason_to_renew() -> None:
    assert not any(_identity.refused(error) for error in (ApiError(403, "APIGW.0802", ""), ApiError(401, "WAF.00012003", ""), ApiError(401, None, "")))


def test_issued_credentials_do_not_show_themselves() -> None:
    held = Credentials("key", "fake-secret-0001", "fake-token-0001", expires_at=time.time())
    assert "fake" not in repr(_identity._Issued(held)) + repr(_identity.Exchange("GET", "iam", "/", credentials=held))
