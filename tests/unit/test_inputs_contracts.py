# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent to an operation of the emulator, fitting its contract or not, gets an answer of the service."""

from __future__ import annotations

import json
import os
import typing as t

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client as WsgiClient

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials, authorized, canonical_query
from cloud import CONNECTION
from gatehouse_emulator import create_app
from gatehouse_emulator.account import publication
from gatehouse_emulator.contracts import Operation, operations

FUZZ = int(os.environ.get("GATEHOUSE_FUZZ_INPUTS", "0"))
KEYS = Credentials(CONNECTION["access_key"], CONNECTION["secret_key"])
TOKEN = Credentials(token="gatehouse-demo-token-0000000000000001")
SEED: t.Mapping[str, t.Any] = {
    "policies": [
        {
            "name": "storefront",
            "id": "policy-1",
            "geoip_rules": [{"id": "rule-1", "name": "embargo", "geoip": "Peru|BJ", "white": 0}],
            "ip_reputation_rules": [{"id": "rule-2", "name": "bots", "type": "idc", "tags": ["Google"], "action": {"category": "block"}}],
        }
    ],
    "certificates": [{"id": "certificate-1", "name": "shop", "names": ["*.example.com"]}],
    "domains": [
        {"hostname": "shop.example.com", "id": "host-1", "mode": "cloud", "certificate": "shop", "connects_after": 2},
        {"hostname": "pay.example.com", "id": "host-2", "mode": "premium", "policy": "storefront"},
    ],
    "gateways": [
        {
            "name": "gateway",
            "id": "gateway-1",
            "apis": [{"id": "api-1", "name": "orders", "published": ["RELEASE"]}, {"id": "api-2", "name": "catalogue", "published": ["RELEASE"]}],
            "acls": [
                {
                    "id": "acl-1",
                    "acl_name": "offices",
                    "acl_type": "PERMIT",
                    "acl_value": "192.0.2.7",
                    "entity_type": "IP",
                    "bindings": [{"bind_id": "bind-1", "api_id": "api-1", "api_name": "orders", "env_name": "RELEASE"}],
                }
            ],
        }
    ],
    "workspace": {
        "users": [{"id": "user-1", "user_name": "anna"}],
        "groups": [{"id": "group-1", "name": "support"}],
        "policies": [{"policy_id": "access-1", "policy_name": "offices", "access_control_type": "IP_WHITE_LIST"}],
    },
}
# What the paths and the texts of bodies name, so that requests find something.
IDS = {
    "project_id": [CONNECTION["project_id"]],
    "policy_id": ["policy-1"],
    "rule_id": ["rule-1", "rule-2"],
    "rule_type": ["geoip", "ip-reputation", "cc"],
    "instance_id": ["gateway-1", "host-1", "host-2"],
    "host_id": ["host-1", "host-2"],
    "certificate_id": ["certificate-1"],
    "acl_id": ["acl-1"],
    "acl_bindings_id": ["bind-1"],
    "api_id": ["api-1"],
    "access_policy_id": ["access-1"],
}
FITTING = {
    "acl_bindings": ["bind-1"],
    "acl_id": ["acl-1"],
    "action": ["delete"],
    "api_id": ["api-1"],
    "env_id": ["DEFAULT_ENVIRONMENT_RELEASE_ID"],
    "publish_ids": [publication("api-2", "DEFAULT_ENVIRONMENT_RELEASE_ID")],
    "acl_name": ["branches"],
    "acl_value": ["192.0.2.7", "192.0.2.7,192.0.2.8-192.0.2.9", "192.0.2.0/24"],
    "address": ["192.0.2.7", "origin.example.com", "2001:db8::7"],
    "blacklist_type": ["INTERNET"],
    "certificateid": ["certificate-1"],
    "certificatename": ["shop"],
    "hostname": ["docs.example.com", "*.example.com:8080"],
    "keepPolicy": ["true", "false"],
    "policyid": ["policy-1"],
    "vpc_id": ["vpc-1"],
    "geoip": ["CA", "CA|Peru"],
    "hosts": ["host-1", "host-1,host-2"],
    "id": ["acl-1"],
    "ip_address": ["192.0.2.7", "192.0.2.0"],
    "lang": ["en", "cn"],
    "name": ["embargo", "storefront"],
    "object_id": ["user-1", "group-1"],
    "policy_id_list": ["access-1"],
    "policy_name": ["offices", "others"],
    "subnet_mask": ["255.255.255.255", "255.255.255.0"],
    "tags": ["Tencent", "Amazon"],
    "type": ["idc", "ipv4", "ipv6"],
}
KNOWN = (*sorted({value for values in FITTING.values() for value in values}), "BJ|", ",", "|", "")
NUMBERS = (0, 1, 2, -1, 10, 100, 101, 65536, 2**63, 1.0, 1.5)
DIGITS = (
    "1",
    "0",
    "-1",
    "--1",
    "-",
    "\u00b2",
    "\u0663",
    "1" * 20,
    "1" * 5000,
    "1.0",
    "",
    " 1",
    "+1",
    "1_0",
    "100",
    "101",
    "all_granted_eps",
    "true",
    "en",
    "idc",
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(KNOWN), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from((*KNOWN, "name", "id", "status")), inner, max_size=3)),
    max_leaves=5,
)
profile = settings(
    max_examples=FUZZ // 20 or 50,
    derandomize=not FUZZ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


def bodies(schema: t.Mapping[str, t.Any], name: str = "", odd: bool = False) -> st.SearchStrategy[t.Any]:
    """Values of a schema of a contract, with texts that the service knows; among odd ones are other texts, and values that do not fit."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        fields = {inner: bodies(one, inner, odd) for inner, one in schema["properties"].items()}
        fields = {inner: st.one_of(one, one, one, ANYTHING) if odd else one for inner, one in fields.items()}
        required = {inner: fields.pop(inner) for inner in schema.get("required", [])}
        return st.fixed_dictionaries(required, optional=fields)
    if kind == "array":
        return st.lists(bodies(schema.get("items", {}), name, odd), min_size=0 if odd else 1, max_size=3 if odd else 1)
    return {
        "string": st.sampled_from(FITTING[name]) if name in FITTING and not odd else st.one_of(st.sampled_from(KNOWN), st.text(max_size=6)),
        "integer": st.one_of(st.integers(schema.get("minimum", 0), schema.get("maximum", 2)), st.sampled_from(NUMBERS)),
        "boolean": st.booleans(),
    }.get(str(kind), ANYTHING)


@st.composite
def requests_to(draw: st.DrawFn, operation: Operation) -> tuple[dict[str, str], list[tuple[str, str]], t.Any]:
    """The parts of the path, the query and the body of a request."""
    parts = {name: draw(st.sampled_from((*known * 8, "nothing"))) for name, known in IDS.items()}
    values = {name: FITTING.get(name) or [str(one) for one in expected.get("enum", ())] or ["1", "2"] for name, expected in operation.query.items()}
    names = draw(
        st.sampled_from(([], [name for name in values if name in FITTING], draw(st.lists(st.sampled_from((*values, "typo")), max_size=3, unique=True))))
    )
    digits = draw(st.sampled_from((False, False, True)))
    query = [(name, draw(st.sampled_from(DIGITS if digits or name == "typo" else values[name]))) for name in names]
    kinds = [bodies(operation.schema), bodies(operation.schema, odd=True), ANYTHING] if operation.schema else [st.none(), st.none(), ANYTHING]
    body = draw(draw(st.sampled_from((kinds[0], *kinds))))
    return parts, query, body


def sent(client: WsgiClient, method: str, path: str, query: t.Sequence[tuple[str, str]], content: bytes, credentials: Credentials) -> t.Any:
    """The answer to a request."""
    headers = authorized(credentials, method, "cloud.test", path, query, {"Content-Type": "application/json"}, content, 1_800_000_000.0)
    return client.open(path, method=method, query_string=canonical_query(query), data=content, headers=headers, base_url="http://cloud.test")


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.name)
def test_every_request_gets_an_answer_of_the_service(operation: Operation) -> None:
    client = WsgiClient(create_app(SEED, lambda: 1_800_000_000.0))
    statuses: set[int] = set()

    @profile
    @given(requests_to(operation), st.sampled_from((TOKEN, KEYS)))
    def check(request: tuple[dict[str, str], list[tuple[str, str]], t.Any], credentials: Credentials) -> None:
        parts, query, body = request
        client.post("/_emulator/reset")
        content = b"" if body is None else json.dumps(body).encode()
        answer = sent(client, operation.method, operation.path.format(**parts), query, content, credentials)
        statuses.add(answer.status_code)
        assert answer.status_code < 500
        text = answer.get_data(as_text=True)
        # The metadata service speaks as a web server does.
        told = json.loads(text) if text and operation.service != "metadata" else {}
        assert isinstance(told, dict)
        assert operation.service == "metadata" or answer.status_code < 400 or told.get("error_code") or told.get("error")
        # What the account holds afterwards can be told, and is an account.
        state = client.get("/_emulator/state").get_json()
        assert client.post("/_emulator/reset", json=state).status_code == 200, state

    check()
    # A few dozen may all be refused, and nobody guesses a password or a token.
    assert not FUZZ or operation.service in ("iam", "sts", "metadata") or min(statuses) < 300, "some requests are carried out"


@pytest.mark.parametrize("content", [b"[" * 100_000, b"\xff", b"{", b"NaN", b'{"acl_name": 1', b"\x00", b'"\\ud800"', b"1" * 5000])
def test_a_body_that_is_no_json_object_is_refused(content: bytes) -> None:
    client = WsgiClient(create_app(SEED, lambda: 1_800_000_000.0))
    answer = sent(client, "POST", f"/v2/{CONNECTION['project_id']}/apigw/instances/gateway-1/acls", [], content, KEYS)
    assert (answer.status_code, answer.get_json()["error_code"]) == (400, "APIG.2011")
