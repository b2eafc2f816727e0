# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM and STS: projects, the account, tokens, temporary keys, and who the caller is."""

from __future__ import annotations

import typing as t

from gatehouse_emulator.account import Record
from gatehouse_emulator.calls import Call, Handler, Reply
from gatehouse_emulator.identity import Key, Principal, Token
from gatehouse_emulator.refusals import FLAT, KEYSTONE, refused_by_iam
from gatehouse_emulator.times import iam_time

TOKEN_SECONDS = 24 * 3600
KEY_SECONDS = 900
_ROLES = [{"id": "0", "name": "te_admin"}]


def list_projects(call: Call) -> Reply:
    wanted = call.query.get("name")
    kept = {"domain_id": call.identities.account["id"], "parent_id": call.identities.account["id"], "enabled": True, "is_domain": False, "description": ""}
    found = [{**project, **kept, "links": {}} for project in call.account.projects if wanted in (None, project["name"])]
    return Reply({"projects": found, "links": {}})


def list_domains(call: Call) -> Reply:
    return Reply({"domains": [{**call.identities.account, "enabled": True, "description": "", "links": {}}], "links": {}})


def create_token_by_password(call: Call) -> Reply:
    auth = call.body["auth"]
    asked = auth["identity"]["password"]["user"]
    user = call.identities.users.get(asked["name"])
    right = call.identities.passwords.get(asked["name"]) == asked["password"]
    if user is None or not right or asked["domain"]["name"] != user.domain["name"]:
        raise refused_by_iam(KEYSTONE, 401, "The username or password is wrong.")
    return _issued_token(call, user, ("password",), _scope(call, auth["scope"], KEYSTONE))


def create_token_by_agency(call: Call) -> Reply:
    auth = call.body["auth"]
    agency = _assumed(call, auth["identity"]["assume_role"], KEYSTONE)
    return _issued_token(call, agency, ("assume_role",), _scope(call, auth["scope"], KEYSTONE), assumed_by=call.proven().principal)


def create_token_by_id_token(call: Call) -> Reply:
    auth = call.body["auth"]
    provider = call.headers["X-Idp-Id"]
    expected = call.identities.providers.get(provider)
    if expected is None:
        raise refused_by_iam(FLAT, 404, f"Could not find identity provider: {provider}.")
    if auth["id_token"]["id"] != expected:
        raise refused_by_iam(FLAT, 401, "The ID token is invalid.")
    user = Principal("external-user", provider, provider, call.identities.account, "federated-user")
    # Without a scope the token is good for a temporary key and nothing else.
    scope = _scope(call, auth["scope"], FLAT) if "scope" in auth else {}
    return _issued_token(call, user, ("mapped",), scope)


def validate_token(call: Call) -> Reply:
    text = call.headers["X-Subject-Token"]
    token = call.identities.living_token(text, call.now)
    if token is None:
        raise refused_by_iam(KEYSTONE, 404, "Could not find token.")
    return Reply(_told(call, token), headers={"X-Subject-Token": text})


def create_key_by_agency(call: Call) -> Reply:
    asked = call.body["auth"]["identity"]["assume_role"]
    return _issued_key(call, _assumed(call, asked, FLAT), asked.get("duration_seconds", KEY_SECONDS))


def create_key_by_token(call: Call) -> Reply:
    asked = call.body["auth"]["identity"].get("token", {})
    text = asked.get("id") or call.headers.get("X-Auth-Token")
    if not text:
        raise refused_by_iam(FLAT, 400, "The token is missing: give its id in the body or the header X-Auth-Token.")
    return _issued_key(call, call.identities.token(text, call.now).principal, asked.get("duration_seconds", KEY_SECONDS))


def caller_identity(call: Call) -> Reply:
    return Reply(call.proven().principal.identity())


def _assumed(call: Call, asked: Record, manner: str) -> Principal:
    """The agency that is asked for, in a session of the caller."""
    names = {key: asked[f"domain_{key}"] for key in ("id", "name") if asked.get(f"domain_{key}")}
    if not names:
        raise refused_by_iam(manner, 400, "domain_id or domain_name is missing.")
    agency = call.identities.agencies.get(asked["agency_name"])
    if agency is None or any(agency.domain[key] != value for key, value in names.items()):
        raise refused_by_iam(manner, 404, f"Could not find agency: {asked['agency_name']}.")
    caller = call.proven().principal
    return agency.in_session(asked.get("session_user", {}).get("name") or caller.session or caller.name)


def _scope(call: Call, asked: Record, manner: str) -> dict[str, Record]:
    """What a token is asked for: one project or the account, by id, by name, or by both."""
    if len(asked) != 1:
        raise refused_by_iam(manner, 400, "The scope must be a project or a domain.")
    ((kind, wanted),) = asked.items()
    if not wanted:
        raise refused_by_iam(manner, 400, f"The scope lacks the id or the name of the {kind}.")
    held = call.account.projects if kind == "project" else [call.identities.account]
    found = [one for one in held if all(one[key] == value for key, value in wanted.items())]
    if len(found) != 1:
        # The status for a project that is not there is not documented; to the caller it is one that he may not use.
        raise refused_by_iam(manner, 403, f"The {kind} of the scope does not exist or may not be used.")
    return {kind: {"id": found[0]["id"], "name": found[0]["name"]}}


def _issued_token(call: Call, who: Principal, methods: t.Sequence[str], scope: Record, assumed_by: Principal | None = None) -> Reply:
    ends = call.now + call.identities.lifetime("token", TOKEN_SECONDS)
    token = Token(who, methods, scope, call.now, ends, assumed_by)
    return Reply(_told(call, token), 201, {"X-Subject-Token": call.identities.issue_token(token)}, _proven_by_body(call, who))


def _told(call: Call, token: Token) -> Record:
    """The body that tells of a token. The catalogue is empty here, and left out where the caller wants none."""
    scope = dict(token.scope)
    if "project" in scope:
        scope["project"] = {**scope["project"], "domain": dict(call.identities.account)}
    return {
        "token": {
            "methods": list(token.methods),
            "issued_at": iam_time(token.issued_at),
            "expires_at": iam_time(token.expires_at),
            "user": _user(token.principal),
            **({"assumed_by": {"user": _user(token.assumed_by)}} if token.assumed_by else {}),
            **scope,
            "roles": _ROLES if token.scope else [],
            **({} if call.query.get("nocatalog") else {"catalog": []}),
        }
    }


def _user(who: Principal) -> Record:
    user = {"id": who.id, "name": who.name, "domain": dict(who.domain)}
    if who.kind == "user":
        return {**user, "password_expires_at": ""}
    if who.kind == "external-user":
        return {**user, "name": who.session, "OS-FEDERATION": {"identity_provider": {"id": who.id}, "protocol": {"id": "oidc"}, "groups": []}}
    return {**user, "name": f"{who.domain['name']}/{who.name}"}


def _issued_key(call: Call, who: Principal, seconds: int) -> Reply:
    key = call.identities.issue_key(who, call.now + call.identities.lifetime("temporary_key", seconds))
    return Reply(credential(key), 201, principal=_proven_by_body(call, who))


def _proven_by_body(call: Call, who: Principal) -> str | None:
    return None if call.caller else who.name


def credential(key: Key) -> Record:
    """A temporary key as IAM and the metadata service hand it out."""
    told = {"access": key.access, "secret": key.secret, "securitytoken": key.security_token, "expires_at": iam_time(key.expires_at)}
    return {"credential": told}


HANDLERS: dict[str, Handler] = {
    "KeystoneListProjects": list_projects,
    "KeystoneListAuthProjects": list_projects,
    "KeystoneListAuthDomains": list_domains,
    "KeystoneCreateUserTokenByPassword": create_token_by_password,
    "KeystoneCreateAgencyToken": create_token_by_agency,
    "KeystoneValidateToken": validate_token,
    "CreateTemporaryAccessKeyByAgency": create_key_by_agency,
    "CreateTemporaryAccessKeyByToken": create_key_by_token,
    "CreateTokenWithIdToken": create_token_by_id_token,
    "GetCallerIdentity": caller_identity,
}
