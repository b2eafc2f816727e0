# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who a task says it is: in its options, in its environment, in a profile, or by the machine it runs on. Nothing is asked of the cloud here."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import InputError
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._profiles import Profile, profile_from

Texts = t.Mapping[str, str]

# The environment variables of each part of the credentials: Terraform's names, then the SDK's. Parts of different families never make one.
FAMILIES: tuple[Texts, ...] = (
    {
        "access_key": "HW_ACCESS_KEY",
        "secret_key": "HW_SECRET_KEY",
        "security_token": "HW_SECURITY_TOKEN",
        "auth_token": "HW_AUTH_TOKEN",
        "user_name": "HW_USER_NAME",
        "user_password": "HW_USER_PASSWORD",
        "domain_name": "HW_DOMAIN_NAME",
        "idp_id": "HW_ASSUME_ROLE_IDP_ID",
        "id_token": "HW_ASSUME_ROLE_ID_TOKEN",
        "id_token_file": "HW_ASSUME_ROLE_ID_TOKEN_FILE",
    },
    {
        "access_key": "HUAWEICLOUD_SDK_AK",
        "secret_key": "HUAWEICLOUD_SDK_SK",
        "security_token": "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "idp_id": "HUAWEICLOUD_SDK_IDP_ID",
        "id_token_file": "HUAWEICLOUD_SDK_ID_TOKEN_FILE",
    },
)
AGENCY_VARIABLES: Texts = {
    "agency_name": "HW_ASSUME_ROLE_AGENCY_NAME",
    "domain_name": "HW_ASSUME_ROLE_DOMAIN_NAME",
    "domain_id": "HW_ASSUME_ROLE_DOMAIN_ID",
    "duration": "HW_ASSUME_ROLE_DURATION",
}
SECRET_OPTIONS = ("secret_key", "security_token", "auth_token", "user_password", "id_token")
SOURCES = ("auto", "options", "environment", "profile", "metadata")
METADATA = "metadata"
# Seconds that the keys of an agency are good for: what IAM takes, and what it gives when nothing is said.
SHORTEST, LONGEST, USUAL = 900, 86400, 900


@dataclass(frozen=True)
class Kind:
    """A way to prove who one is: the parts that it needs, those that it begins with, and those that it may have."""

    name: str
    needed: tuple[str, ...]
    begun_by: tuple[str, ...]
    extra: tuple[str, ...] = ()


# In the order in which they are looked for within one source, which is Terraform's.
KINDS = (
    Kind("auth_token", ("auth_token",), ("auth_token",)),
    Kind("access_key", ("access_key", "secret_key"), ("access_key", "secret_key"), ("security_token",)),
    Kind("password", ("user_name", "user_password", "domain_name"), ("user_name", "user_password")),
    Kind("id_token", ("idp_id", "id_token"), ("idp_id", "id_token", "id_token_file")),
)


@dataclass(frozen=True)
class Agency:
    """The agency to assume, of the account with this name or id, and for how many seconds."""

    agency_name: str
    domain_name: str | None
    domain_id: str | None
    duration: int


@dataclass(frozen=True)
class Source:
    """The first source that is complete. name is one of SOURCES, kind one of KINDS or metadata; parts are never shown.

    tried tells of the sources before it and what they lack, passed_over of those among them that were begun.
    """

    name: str
    kind: str
    parts: Texts = field(repr=False)
    agency: Agency | None = None
    profile: Profile | None = None
    tried: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The source as a message names it."""
        if self.profile:
            return f"the {self.profile.place}"
        return {"options": "the options", "environment": "the environment"}.get(self.name, "the machine, from its metadata service")


@dataclass
class _Search:
    """What a task and its environment say, and what was found wanting so far."""

    options: t.Mapping[str, t.Any]
    environment: Texts
    pinned: str
    tried: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    def lacking(self, reason: str) -> None:
        """A source that was begun, and is passed over."""
        self.tried.append(reason)
        self.passed_over.append(reason)


def source_from(options: t.Mapping[str, t.Any], environment: Texts) -> Source:
    """Where the credentials of a task come from, and the agency to assume with them.

    In the order of SOURCES the first that is complete, or the one that credential_source pins; what a task itself begins to say is never
    passed over. Raises InputError that names every source and what it lacks.
    """
    search = _Search(options, environment, _text(options.get("credential_source")) or "auto")
    profile = None
    found = _of_the_task(search) if search.pinned in ("auto", "options") else None
    if found is None and search.pinned in ("auto", "environment"):
        found = _of_the_environment(search)
    if (found is None and search.pinned in ("auto", "profile")) or (found and found.name == "profile"):
        found, profile = _of_a_profile(search)
    if found is None and search.pinned in ("auto", METADATA):
        found = Source(METADATA, METADATA, {})
    if found is None:
        raise InputError(nothing_complete(search.tried, search.pinned))
    said = _agency(options, environment) or (profile.agency if profile else None)
    agency = _checked_agency(said) if said else None
    return replace(found, agency=agency, profile=profile, tried=tuple(search.tried), passed_over=tuple(search.passed_over))


def nothing_complete(tried: t.Sequence[str], pinned: str = "auto") -> str:
    """The message when no source gives credentials: how to mend it, and what was tried."""
    where = "" if pinned == "auto" else f" in the source that credential_source pins ({pinned})"
    ways = "set access_key and secret_key, or auth_token, or user_name, user_password and domain_name, or profile"
    told = " ".join(f"({number}) {one}" for number, one in enumerate(tried, 1))
    return (
        f"There are no credentials{where}: {ways}, or the environment variables for them (HW_ACCESS_KEY and HW_SECRET_KEY, HW_AUTH_TOKEN, ...). Tried: {told}"
    )


def _of_the_task(search: _Search) -> Source | None:
    """What the options say; what they lack is taken from the environment. A part that is missing then is an error."""
    options, environment = search.options, search.environment
    said = {part: text for part in FAMILIES[0] for text in [_text(options.get(part))] if text}
    kind = next((kind for kind in KINDS if any(part in said for part in kind.begun_by)), None)
    if kind is None:
        # A profile that the task names is the task's own word.
        named = search.pinned == "auto" and any(_text(options.get(option)) for option in ("profile", "shared_config_file"))
        search.tried.append("The options have no credentials.")
        return Source("profile", "profile", {}) if named else None
    family = _family(environment, set(kind.needed) - set(said)) if search.pinned == "auto" else {}
    if said.get("access_key", environment.get(family.get("access_key", ""))) != environment.get(family.get("access_key", "")):
        # A security token belongs to one key pair: beside another key of the task, the one from the environment is a stranger.
        family = {part: name for part, name in family.items() if part != "security_token"}
    given = {part: name for part, name in family.items() if part not in said and environment.get(name)}
    parts = {**_cleaned(kind, {part: environment[name] for part, name in given.items()}, given), **_cleaned(kind, said, {})}
    lacking = [part for part in kind.needed if part not in parts]
    if lacking:
        names = {part: " or ".join(one[part] for one in FAMILIES if part in one) for part in lacking}
        missing = " and ".join(f"{part} (or the environment variable {names[part]})" if search.pinned == "auto" else part for part in lacking)
        raise InputError(f"The credentials in the options are incomplete: set {missing} as well.")
    return Source("options", kind.name, parts)


def _of_the_environment(search: _Search) -> Source | None:
    for family in FAMILIES:
        held = {part: search.environment[name] for part, name in family.items() if search.environment.get(name)}
        for kind in KINDS:
            begun = [family[part] for part in kind.begun_by if part in held]
            if begun:
                parts = _cleaned(kind, held, family)
                lacking = [family[part] for part in kind.needed if part not in parts]
                if not lacking:
                    return Source("environment", kind.name, parts)
                search.lacking(f"The environment has {' and '.join(begun)}, but lacks {' and '.join(lacking)}.")
    if not search.passed_over:
        search.tried.append("The environment has no credentials.")
    return None


def _of_a_profile(search: _Search) -> tuple[Source | None, Profile | None]:
    options, environment = search.options, search.environment
    name = _text(options.get("profile")) or environment.get("HW_PROFILE") or ""
    file = _text(options.get("shared_config_file")) or environment.get("HW_SHARED_CONFIG_FILE") or ""
    profile = profile_from(name, file, environment)
    lacks = profile.lacks
    if profile.metadata:
        return Source("profile", METADATA, {}), profile
    for kind in KINDS if not lacks else ():
        if any(part in profile.parts for part in kind.begun_by):
            parts = _cleaned(kind, profile.parts, {part: f"{part} of the {profile.place}" for part in profile.parts})
            missing = [part for part in kind.needed if part not in parts]
            if not missing:
                return Source("profile", kind.name, parts), profile
            lacks = f"The {profile.place} lacks {' and '.join(missing)}."
    if profile.named:
        # A profile that somebody names is meant: another identity must not take its place.
        raise InputError(lacks)
    if profile.exists:
        search.lacking(lacks)
    else:
        search.tried.append(lacks)
    return None, None


def _cleaned(kind: Kind, held: Texts, words: Texts) -> dict[str, str]:
    """The parts of a kind, each checked; the token in a file is read."""
    allowed = {*kind.needed, *kind.extra, *kind.begun_by}
    parts = {part: _clean(words.get(part, part), value, kind.name) for part, value in held.items() if part in allowed}
    name = parts.pop("id_token_file", None)
    if name and "id_token" not in parts:
        try:
            with open(name, encoding="utf-8") as file:
                parts["id_token"] = _clean(name, file.read(), kind.name)
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"{words.get('id_token_file', 'id_token_file')}: {name} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}."
            ) from None
    return parts


def _clean(name: str, value: str, kind: str) -> str:
    """A credential without the line end that a file or a form put behind it. Raises InputError, which never shows the value."""
    if kind == "password":
        # A name or a password may hold any character; only the line end of a form or a file is none of it.
        cleaned = value.strip("\r\n")
        if not cleaned.strip() or not cleaned.isprintable():
            raise InputError(f"{name}: it is blank or holds a character that cannot be shown, such as a line break. Copy it anew.")
        return cleaned
    cleaned = value.strip()
    if not cleaned or not cleaned.isascii() or not cleaned.isprintable():
        raise InputError(f"{name}: it is blank or holds a character that no credential has, such as a line break or a typographic dash. Copy it anew.")
    return cleaned


def _family(environment: Texts, needed: set[str]) -> Texts:
    """The first family of variables that has what is needed, else the first that has any of it."""

    def held(family: Texts) -> set[str]:
        return {part for part in needed if environment.get(family.get(part, ""))}

    return max(FAMILIES, key=lambda family: (held(family) == needed, bool(held(family))))


def _agency(options: t.Mapping[str, t.Any], environment: Texts) -> Texts | None:
    """The agency that the task names, else the environment."""
    asked = options.get("assume_agency") or {}
    said = {part: _text(asked.get(part)) for part in AGENCY_VARIABLES if _text(asked.get(part))}
    if said:
        if "agency_name" not in said:
            raise InputError("assume_agency: agency_name is missing.")
        return said
    held = {part: environment[name] for part, name in AGENCY_VARIABLES.items() if environment.get(name)}
    return held if "agency_name" in held else None


def _checked_agency(said: Texts) -> Agency:
    """Raises InputError for an agency of no account, and for a time that IAM refuses."""
    name = AGENCY_VARIABLES["domain_name"]
    if not said.get("domain_name") and not said.get("domain_id"):
        raise InputError(f"assume_agency: the agency {said['agency_name']!r} belongs to an account; set domain_name or domain_id (or {name}).")
    text = said.get("duration") or str(USUAL)
    if not (text.isascii() and text.isdecimal() and SHORTEST <= int(text) <= LONGEST):
        raise InputError(f"assume_agency: duration is {text!r}, which is not a number of seconds from {SHORTEST} to {LONGEST}.")
    return Agency(said["agency_name"], said.get("domain_name"), said.get("domain_id"), int(text))


def _text(value: t.Any) -> str:
    return "" if value is None else str(value)


def secrets_in(options: t.Mapping[str, t.Any], environment: Texts, known: t.Container[str]) -> set[str]:
    """Every secret that a task and its environment hold for us, in each form that a result could repeat.

    known are the options that there are: the value of another one, whose name is close to that of a secret, is taken for the secret.
    """
    names = [family[option] for family in FAMILIES for option in SECRET_OPTIONS if option in family]
    held = [*(environment.get(name) for name in names), *(options.get(option) for option in SECRET_OPTIONS)]
    held += [value for name, value in options.items() if name not in known and get_close_matches(str(name), SECRET_OPTIONS, 1, 0.8)]
    return forms_of(str(value) for value in held if value)


def forms_of(secrets: t.Iterable[str]) -> set[str]:
    """Secrets as they stand, as they are used, and as Python spells them inside quotes, which is how messages name what they are about."""
    plain = {text for secret in secrets for text in (secret, secret.strip()) if text}
    return {form for text in plain for form in (text, text.replace("\\", "\\\\"), repr(text + '"')[1:-2])}
