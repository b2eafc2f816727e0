# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who calls: the account, the user, the project, where the credentials come from, and where the services are reached."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import objects_in
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._client import SERVICES, Client
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, TransportError, doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._identity import time_in

Told = dict[str, t.Any]

_UNKNOWN: Told = dict.fromkeys(("account_id", "account_name", "user_id", "user_name", "principal_urn"))
# What IAM and STS say to a caller who may call, but not this.
_DENIED = 403


def caller(client: Client) -> Told:
    """All that is known of the caller, in one record without secrets; what the cloud does not tell is None. Raises GatehouseError."""
    with doing("find out who calls"):
        held = client.credentials()
        who = _of_the_token(client, held.token) if held.token else _of_the_keys(client)
        ends = who.pop("expires_at", None) if held.expires_at is None else held.expires_at
        source = client.source
        return {
            **_UNKNOWN,
            **who,
            **_project(client),
            "region": client.region,
            "credential_source": source.name,
            "credential_kind": source.kind,
            "credentials_from": source.words,
            "agency_name": source.agency.agency_name if source.agency else None,
            "temporary": bool(held.token or held.security_token),
            "expires_at": None if ends is None else datetime.fromtimestamp(ends, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "endpoints": {service: client.endpoint(service) for service in SERVICES},
        }


def _of_the_token(client: Client, token: str) -> Told:
    # KeystoneValidateToken: a token may ask about itself.
    told = _object(client.call("GET", "iam", "/v3/auth/tokens", [("nocatalog", "true")], headers={"X-Subject-Token": token}).get("token"))
    user = _object(told.get("user"))
    account = _object(user.get("domain"))
    names = {"account_id": account.get("id"), "account_name": account.get("name"), "user_id": user.get("id"), "user_name": user.get("name")}
    return {**names, "expires_at": time_in(told.get("expires_at"))}


def _of_the_keys(client: Client) -> Told:
    """Keys have no call of their own that tells everything: IAM tells the account, STS, which not every region has, the user."""
    account = next(iter(_listed(client, "/v3/auth/domains", "domains")), {})
    try:
        told = client.call("GET", "sts", "/v5/caller-identity", once=True)
    except (ApiError, TransportError):
        told = {}
    urn = str(told.get("principal_urn") or "")
    user = urn.partition(":user:")[2]
    return {
        "account_id": account.get("id") or told.get("account_id"),
        "account_name": account.get("name"),
        "user_id": told.get("principal_id") if user else None,
        "user_name": user or None,
        "principal_urn": urn or None,
    }


def _project(client: Client) -> Told:
    """The project that calls go to; its name is known where the caller may see it."""
    project_id = client.project_id
    named = next((one for one in _listed(client, "/v3/auth/projects", "projects") if one.get("id") == project_id), {})
    return {"project_id": project_id, "project_name": named.get("name")}


def _listed(client: Client, path: str, items: str) -> list[Told]:
    """What the caller may see in a list; nothing where the caller may not see the list."""
    try:
        return objects_in(client.call("GET", "iam", path), items)
    except ApiError as error:
        if error.status == _DENIED:
            return []
        raise


def _object(value: t.Any) -> Told:
    return value if isinstance(value, dict) else {}
