# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret gets out: not on the screen, not into a log or a file, not in another notation, not when it stands where it should not."""

from __future__ import annotations

import base64
import json
import typing as t
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gatehouse_emulator.account import PROJECT
from inputs import SET_CASES
from leaks import BETWEEN, KINDS, VARIABLES, Secret, Traces, found, secret, traced
from plays import ROOT
from recordings import DOORS
from test_laws import CASES

GROUP = "group/gatehouse.huaweicloud.huaweicloud"
OURS = "gatehouse.huaweicloud."
KEY, TEMPORARY, UNKNOWN = "GATEHOUSELEAKKEY0001", "GATEHOUSELEAKKEY0002", "GATEHOUSELEAKKEY0009"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
# Secrets that the cloud takes, and for each kind one that it does not, one that no header can carry, and one for each variable.
GOOD = {name: secret(f"right {name}") for name in ("key", "token", "temporary_key", "temporary_token", "password", "id_token")}
WRONG = {kind: secret(f"wrong {kind}") for kind in KINDS}
BREAKING = {kind: secret(f"breaking {kind}", "/\r\nX-Injected: ") for kind in KINDS}
QUOTED = {kind: secret(f"quoted {kind}", "'\"\\/") for kind in KINDS}
OF_VARIABLES = {name: secret(f"variable {name}") for kind in KINDS for name in VARIABLES[kind]}
EVERYTHING = [*GOOD.values(), *WRONG.values(), *BREAKING.values(), *QUOTED.values(), *OF_VARIABLES.values()]
CONNECTION = {
    "access_key": KEY,
    "secret_key": "{{ right_key }}",
    "region": "cn-north-4",
    "endpoints": dict.fromkeys(("waf", "iam", "apig", "workspace", "sts", "metadata"), "{{ cloud }}"),
    "max_retries": 0,
}
IDENTITY = {
    "keys": [
        {"access_key": KEY, "secret_key": GOOD["key"].text},
        {"access_key": TEMPORARY, "secret_key": GOOD["temporary_key"].text, "security_token": GOOD["temporary_token"].text},
    ],
    "tokens": [GOOD["token"].text],
    "users": [{"name": "deploy", "password": GOOD["password"].text}],
    "identity_providers": [{"id": "provider", "id_token": GOOD["id_token"].text}],
}
# Bindings show at once: nobody needs to wait for them here.
NEEDS = {**{name: value for case in CASES for name, value in case.needs.items()}, "limits": {}}
# What makes a source of credentials complete, beside the secret of each kind.
USER = {"access_key": "", "secret_key": "", "user_name": "deploy", "domain_name": "gatehouse-demo"}
PROVIDER = {"access_key": "", "secret_key": "", "idp_id": "provider"}
BESIDE = {"user_password": USER, "id_token": PROVIDER}
AGENCY = {"assume_agency": {"agency_name": "gatehouse-demo-agency", "domain_name": "gatehouse-demo"}}
RIGHT_ENVIRONMENT = {
    "HW_AUTH_TOKEN": GOOD["token"].text,
    "HW_ACCESS_KEY": KEY,
    "HW_SECRET_KEY": GOOD["key"].text,
    "HUAWEICLOUD_SDK_AK": TEMPORARY,
    "HUAWEICLOUD_SDK_SK": GOOD["temporary_key"].text,
    "HUAWEICLOUD_SDK_SECURITY_TOKEN": GOOD["temporary_token"].text,
}
WRONG_ENVIRONMENT = {**{name: one.text for name, one in OF_VARIABLES.items()}, "HW_ACCESS_KEY": UNKNOWN}
# So much of a page stands before a secret that the part of the page that is shown ends inside the secret.
BEFORE_THE_CUT = 80
Task = dict[str, t.Any]


def variables() -> dict[str, str]:
    """What the vault of a play holds."""
    sorts = {"right": GOOD, "wrong": WRONG, "breaking": BREAKING, "quoted": QUOTED}
    return {f"{sort}_{name}": one.text for sort, listed in sorts.items() for name, one in listed.items()}


def own(kind: str, value: t.Any) -> dict[str, t.Any]:
    """Options that take the place of the connection's, with one secret of this kind."""
    return {"project_id": PROJECT, **BESIDE.get(kind, {"access_key": UNKNOWN}), kind: value}


def info(**options: t.Any) -> Task:
    """A task that reads rules."""
    return {f"{OURS}waf_geoip_rule_info": {"policy": "storefront", **options}}


def rule(**options: t.Any) -> Task:
    """A task that writes a rule."""
    return {f"{OURS}waf_geoip_rule": {"policy": "storefront", "name": "embargo", "locations": ["Peru"], "action": "block", **options}}


def rules(*items: dict[str, t.Any], **options: t.Any) -> Task:
    """A task that writes a set of rules."""
    return {f"{OURS}waf_geoip_rules": {"policy": "storefront", "rules": [{"name": "embargo", "locations": ["Peru"], "action": "block"}, *items], **options}}


def succeeding() -> list[Task]:
    """Every module writing, changing, telling and removing, and every way to say who calls."""
    tasks: list[Task] = []
    for case in CASES:
        for wish in (case.wish, {**case.identity, **case.second}, {**case.identity, **case.second, "state": "absent"}):
            tasks.append({f"{OURS}{case.module}": dict(wish)})
        tasks.append({f"{OURS}{case.module}_info": dict(case.place)})
    from_environment = dict.fromkeys(("access_key", "secret_key"), "")
    tasks += [
        rule(description="It is {{ right_key }}"),
        {**rule(description="not {{ right_key }}"), "check_mode": True},
        {**info(name="embargo"), "register": "told"},
        {"ansible.builtin.set_fact": {"kept": "{{ told }}", "cacheable": True}},
        # What a rule tells is known to be a secret only by those who hold the secret.
        rule(state="absent"),
        rules({"name": "second", "locations": ["Cuba"], "action": "log", "description": "It is {{ right_key }}"}),
        {**rules({"name": "second", "description": "not {{ right_key }}"}, purge=True), "check_mode": True},
        rules({"name": "second", "state": "absent"}),
        *({f"{OURS}{name}": dict(listed[0].wish)} for name, listed in SET_CASES.items()),
        info(auth_token="{{ right_token }}", name="{{ right_token }}"),
        info(access_key=TEMPORARY, secret_key="{{ right_temporary_key }}", security_token="{{ right_temporary_token }}"),
        info(**from_environment),
        *({f"{OURS}{name}": {}} for name in ("caller_info", "waf_ip_reputation_tag_info", "waf_location_info", "waf_source_ip_info")),
        {f"{OURS}site_info": {}, "register": "whole"},
        {f"{OURS}site_drift_info": {"site": "{{ whole.site }}"}},
        # Nothing listens there, and no other server is asked.
        {f"{OURS}waf_domain_check": {"domain": "shop.example.com", "checks": ["origin_reached"], "waf_address": "127.0.0.1:1"}},
        info(**USER, user_password="{{ right_password }}"),
        info(**PROVIDER, id_token="{{ right_id_token }}"),
        *({f"{OURS}caller_info": {**one, **AGENCY}} for one in ({}, {**USER, "user_password": "{{ right_password }}"}, {"auth_token": "{{ right_token }}"})),
        # In a process, the token or key of a loop stays for its items.
        {f"{OURS}caller_info": {**from_environment, "credential_source": "metadata"}, "loop": [1, 2]},
        {
            "ansible.builtin.copy": {
                "content": "[basic]\nak = " + KEY + "\nsk = {{ right_key }}\n",
                "dest": "{{ playbook_dir }}/profile",
                "mode": "0600",
            },
            "no_log": True,
        },
        {**info(**from_environment, credential_source="profile"), "environment": {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": "{{ playbook_dir }}/profile"}},
        {"ansible.builtin.file": {"path": "{{ playbook_dir }}/profile", "state": "absent"}},
        {**info(**from_environment), "environment": {"HW_AUTH_TOKEN": ""}},
        {**info(**from_environment), "environment": dict.fromkeys(("HW_AUTH_TOKEN", "HW_ACCESS_KEY", "HW_SECRET_KEY"), "")},
        {
            "ansible.builtin.import_role": {"name": f"{OURS}onboarding"},
            "vars": {"onboarding_acls": [{"gateway": "storefront-gateway", "name": "partners", "type": "deny", "entity_type": "ip", "entries": ["192.0.2.1"]}]},
        },
        # What a run keeps while it runs is gone when it has ended.
        {"ansible.builtin.command": "cp -r {{ lookup('env', 'ANSIBLE_LOCAL_TEMP') }} {{ playbook_dir }}/kept"},
    ]
    return tasks


def failing() -> list[Task]:
    """Secrets that are wrong, broken, of another type, or where something else belongs."""
    tasks: list[Task] = []
    for kind in KINDS:
        text = f"{{{{ wrong_{kind} }}}}"
        quoted = f"{{{{ quoted_{kind} }}}}"
        said = own(kind, text)
        tasks += [
            info(**said, name=text),
            info(**own(kind, f"{{{{ breaking_{kind} }}}}")),
            info(**own(kind, [text])),
            info(**own(kind, {"value": text})),
            info(**{**own(kind, quoted), "policy": quoted}),
        ]
    # What is known to be a secret is the same for every kind; one tells what becomes of it where something else belongs.
    text = f"{{{{ wrong_{KINDS[0]} }}}}"
    said = own(KINDS[0], text)
    tasks += [
        info(**{**said, "region": text, "endpoints": {}}),
        info(**{**said, "endpoints": {"waf": f"https://somebody:{text}@127.0.0.1:1"}}),
        info(**{**said, "project_id": text}),
        info(**{**said, "ca_path": f"/nowhere/{text}"}),
        info(**{**said, "timeout": text, "secret_kye": "{{ quoted_" + KINDS[0] + " }}"}),
        rule(**{**said, "name": f"embargo {text}", "description": f"by {text}"}),
        rule(**{**said, "action": text}),
        rules({"name": f"not {text}", "action": text, "description": text}, **said),
        {"gatehouse.probe.probe": {**said, "breaks": True, "text": text, "password": text}},
    ]
    # With credentials that are right, a mistake reaches further.
    tasks += [
        info(policy="{{ right_key }}"),
        rule(name="{{ right_key }}"),
        rule(description="{{ right_key }}", locations=["{{ right_key }}"]),
        rules({"name": "{{ right_key }}", "locations": ["{{ right_key }}"], "action": "block"}),
        rules({"name": "second", "description": "{{ right_key }}", "enabled": "{{ right_key }}"}),
        rules({"name": "{{ right_key }}", "{{ right_key }}": 1}),
        rules({"name": "not {{ right_key }}", "locations": ["Cuba"], "action": "block"}, on_error="continue"),
        info(auth_token="{{ right_token }}", policy="{{ right_token }}"),
        # Answers that repeat what they were asked with; of one of them only the beginning is shown.
        {f"{OURS}apig_acl_info": {"gateway": "storefront-gateway", "auth_token": "{{ right_token }}"}},
        {f"{OURS}workspace_access_policy_info": {"auth_token": "{{ right_token }}"}},
        {f"{OURS}waf_access_progress_info": {"auth_token": "{{ right_token }}"}},
        {
            "block": [{"ansible.builtin.import_role": {"name": f"{OURS}onboarding"}, "vars": {"onboarding_domains": [{"domain": "shop.example.com"}]}}],
            "module_defaults": {GROUP: {**CONNECTION, "access_key": UNKNOWN, "secret_key": "{{ wrong_secret_key }}"}},
        },
    ]
    from_environment = {"access_key": "", "secret_key": ""}
    tasks += [rule(**from_environment, description="{{ lookup('env', '" + name + "') }}") for name in OF_VARIABLES]
    for name in MODULES:
        # From the environment, where all is wrong.
        wish = next((case.wish if case.module == name else case.place for case in CASES if name in (case.module, f"{case.module}_info")), {})
        wish = {"domain": "shop.example.com"} if name == "waf_domain_check" else SET_CASES[name][0].wish if name in SET_CASES else wish
        wish = {"site": {"onboarding_acls": []}} if name == "site_drift_info" else wish
        tasks.append({f"{OURS}{name}": {**wish, **from_environment}})
    return [*tasks, {"ansible.builtin.fail": {"msg": "The end."}, "ignore_errors": False}]


def echoes() -> list[dict[str, t.Any]]:
    """A cloud that repeats secrets in its answers: in a reason, in its page of an error so that the cut is inside, and in an id."""
    token = GOOD["token"].text
    return [
        {"match": {"service": "apig"}, "status": 403, "body": {"error_code": "APIG.1005", "error_msg": f"The token {token} has no permission"}},
        {"match": {"service": "workspace"}, "status": 502, "body": f"<html>{'x' * BEFORE_THE_CUT} X-Auth-Token: {token}</html>"},
        {
            "match": {"operation": "ListCompositeHosts"},
            "status": 400,
            "headers": {"X-Request-Id": f"of-{token}"},
            "body": {"error_code": "WAF.00011001", "error_msg": "bad"},
        },
    ]


OUTCOMES = {"succeeding": (succeeding, (), RIGHT_ENVIRONMENT), "failing": (failing, echoes(), WRONG_ENVIRONMENT)}
each = pytest.mark.parametrize(("door", "outcome"), [(door, outcome) for outcome in OUTCOMES for door in DOORS])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Traces]:
    """A run for each door and each outcome, two at a time."""

    def made(outcome: str, door: str, folder: Path) -> Traces:
        tasks, faults, environment = OUTCOMES[outcome]
        defaults = {GROUP: CONNECTION, "gatehouse.probe.probe": CONNECTION}
        play = {"hosts": "near1", "gather_facts": False, "module_defaults": defaults, "ignore_errors": outcome == "failing", "tasks": tasks()}
        return traced(folder, door, play, variables(), {**IDENTITY, **NEEDS}, faults, environment)

    with ThreadPoolExecutor(max_workers=2) as pool:
        begun = {(door, outcome): pool.submit(made, outcome, door, tmp_path_factory.mktemp(outcome)) for door in DOORS for outcome in OUTCOMES}
        return {name: future.result() for name, future in begun.items()}


@each
def test_no_secret_is_shown_or_left_behind(runs: dict[tuple[str, str], Traces], door: str, outcome: str) -> None:
    assert runs[door, outcome].leaks(EVERYTHING) == []


@each
def test_the_runs_are_what_they_are_called(runs: dict[tuple[str, str], Traces], door: str, outcome: str) -> None:
    """Where nothing was said, nothing would be found."""
    traces = runs[door, outcome]
    assert traces.ended.returncode == (0 if outcome == "succeeding" else 2), traces.ended.stdout + traces.ended.stderr
    said = [json.loads(line) for line in traces.files["recording"].decode().splitlines()]
    events = {(line["action"].removeprefix(OURS), line["event"]) for line in said}
    event = "ok" if outcome == "succeeding" else "failed"
    assert [name for name in MODULES if (name, event) not in events and (name, f"item {event}") not in events] == []
    asked = {entry["status"] for entry in traces.journal}
    assert max(asked) < 300 if outcome == "succeeding" else {200, 401, 403} <= asked
    shown = traces.ended.stdout
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in shown
    assert "********" in shown
    assert ("runs in a process of its own" in shown) == (door == "module")
    for channel in ("log", "junit", "tree", *(("facts", "kept") if outcome == "succeeding" else ()), *(("syslog/said",) if door == "module" else ())):
        assert any(name.startswith(channel) and len(text) > 10 for name, text in traces.files.items()), channel
    if (door, outcome) == ("in_process", "succeeding"):
        projects = [text for name, text in traces.files.items() if name.startswith("kept/") and "gatehouse.huaweicloud" in name]
        assert set(projects) == {b"0123456789abcdef0123456789abcdef"}
    assert [name for name in traces.files if name.startswith(("local/", "remote/", "temporary/"))] == []


@pytest.mark.parametrize(
    "notation",
    [
        str.encode,
        lambda text: json.dumps({"message": text}).encode(),
        lambda text: repr(text).encode(),
        lambda text: urllib.parse.quote(text, safe="").encode(),
        lambda text: text.encode().hex().encode(),
        lambda text: text.encode().hex().upper().encode(),
        *(lambda text, before=before: base64.b64encode(before + text.encode() + b" after") for before in (b"", b"1", b"12")),
        *(lambda text, before=before: base64.urlsafe_b64encode(before + text.encode()) for before in (b"", b"1", b"12")),
        lambda text: text[:20].encode(),
        lambda text: text[20:].encode(),
    ],
)
@pytest.mark.parametrize("one", [*EVERYTHING[:1], BREAKING[KINDS[0]], QUOTED[KINDS[0]]], ids=lambda one: one.label)
def test_the_search_finds_a_secret_in_every_notation_and_in_part(one: Secret, notation: t.Callable[[str], bytes]) -> None:
    assert found(b"before " + notation(one.text) + b" after", [one])
    assert found(b"before " + notation(one.text) + b" after", [secret("another")]) == []


def test_the_search_finds_what_the_emulator_issues() -> None:
    assert found(b'{"token": "gatehouse-issued-token-0001"}', [])


def test_the_secrets_hold_what_notations_spell_in_their_own_way() -> None:
    assert all(BETWEEN in one.text for one in GOOD.values())
    assert len({piece for one in EVERYTHING for piece in one.pieces}) == 2 * len(EVERYTHING)
    assert all(VARIABLES[kind] for kind in KINDS)
