# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Profiles in files: that of the command line tool KooCLI, which Terraform reads as well, and that of the SDK."""

from __future__ import annotations

import configparser
import json
import os
import re
import typing as t
from dataclasses import dataclass, field

KOOCLI = "~/.hcloud/config.json"
SDK = "~/.huaweicloud/credentials"
SDK_VARIABLE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
_OPENS_IT = "hcloud configure set --cli-auth-encrypt=false"

# How KooCLI and the SDK call the parts of credentials.
_KOOCLI_PARTS = {"access_key": "accessKeyId", "secret_key": "secretAccessKey", "security_token": "securityToken"}
_KOOCLI_AGENCY = {"agency_name": "agencyName", "domain_name": "agencyDomainName", "domain_id": "agencyDomainId"}
_SDK_PARTS = {"access_key": "ak", "secret_key": "sk", "security_token": "security_token", "idp_id": "idp_id", "id_token_file": "id_token_file"}
# What an access key consists of when it is not encrypted.
_ACCESS_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Profile:
    """What a profile says. named tells that somebody asked for it, lacks why it cannot be used; settings are region, project_id and iam_endpoint."""

    place: str
    named: bool
    parts: dict[str, str] = field(default_factory=dict, repr=False)
    settings: dict[str, str] = field(default_factory=dict)
    agency: dict[str, str] | None = None
    metadata: bool = False
    lacks: str = ""
    exists: bool = True


def profile_from(name: str, file: str, environment: t.Mapping[str, str]) -> Profile:
    """The profile with a name ("" for the current one) in a file ("" for the usual ones, KooCLI's before the SDK's)."""
    named = bool(name or file)
    koocli = _expanded(file or KOOCLI, environment)
    sdk = _expanded(environment.get(SDK_VARIABLE) or SDK, environment)
    if named or os.path.exists(koocli):
        return _of_koocli(koocli, name, named)
    if os.path.exists(sdk):
        return _of_the_sdk(sdk)
    return Profile("profile", False, lacks=f"There is no profile: neither {koocli} nor {sdk} exists.", exists=False)


def _expanded(path: str, environment: t.Mapping[str, str]) -> str:
    """A path with the home folder that the environment names."""
    home = environment.get("HOME")
    return os.path.join(home, path[2:]) if home and path.startswith("~/") else os.path.expanduser(path)


def _of_koocli(path: str, name: str, named: bool) -> Profile:
    def unusable(reason: str) -> Profile:
        return Profile("profile", named, lacks=f"The profiles in {path} cannot be used: {reason}")

    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except OSError as error:
        return unusable(f"{error.strerror or 'the file cannot be read'}.")
    except (ValueError, RecursionError):
        return unusable("the file is not JSON.")
    listed = content.get("profiles") if isinstance(content, dict) else None
    profiles = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    wanted = name or str(content.get("current") or "default") if isinstance(content, dict) else name
    found = next((one for one in profiles if one.get("name") == wanted), None)
    if found is None:
        names = ", ".join(repr(str(one.get("name"))) for one in profiles) or "none"
        return unusable(f"there is no profile {wanted!r}; there are: {names}.")
    place = f"profile {wanted!r} of {path}"
    holder = found
    if found.get("mode") == "SSO":
        nested = found.get("ssoAuth")
        token = nested.get("stsToken") if isinstance(nested, dict) else None
        holder = token if isinstance(token, dict) else {}
    parts = _texts(holder, _KOOCLI_PARTS)
    settings = _texts(found, {"region": "region", "project_id": "projectId"})
    if found.get("mode") == "ecsAgency":
        return Profile(place, named, settings=settings, metadata=True)
    # KooCLI encrypts by default and does not say so in the file; what it writes then is no access key.
    if "access_key" in parts and not _ACCESS_KEY.fullmatch(parts["access_key"].strip()):
        return Profile(place, named, lacks=f"The {place} is encrypted. Open it with: {_OPENS_IT}")
    if not parts:
        return Profile(place, named, lacks=f"The {place} holds no access key.")
    agency = _texts(found, _KOOCLI_AGENCY)
    complete = "agency_name" in agency and len(agency) > 1
    return Profile(place, named, parts, settings, agency if complete else None)


def _of_the_sdk(path: str) -> Profile:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except OSError as error:
        return Profile("profile", False, lacks=f"The profile in {path} cannot be used: {error.strerror or 'it cannot be read'}.")
    except (configparser.Error, UnicodeDecodeError):
        # The text of the error would show a line of the file, and that may be a secret.
        return Profile("profile", False, lacks=f"The profile in {path} cannot be used: it is not written as the SDK writes it.")
    # [basic] is for services of a project; [global] is for those of an account, and none of ours is.
    section = dict(parser["basic"]) if parser.has_section("basic") else {}
    place = f"profile [basic] of {path}"
    parts = _texts(section, _SDK_PARTS)
    if not parts:
        return Profile(place, False, lacks=f"The {place} holds no credentials.")
    return Profile(place, False, parts, _texts(section, {"project_id": "project_id", "iam_endpoint": "iam_endpoint"}))


def _texts(holder: t.Mapping[str, t.Any], names: t.Mapping[str, str]) -> dict[str, str]:
    """What a mapping says, by our names; empty counts as not said."""
    return {ours: str(holder[theirs]) for ours, theirs in names.items() if holder.get(theirs) not in (None, "")}
