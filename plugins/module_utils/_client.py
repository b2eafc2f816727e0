# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Regions, endpoints, the project and paging: everything between a service's path and an answer."""

from __future__ import annotations

import functools
import ipaddress
import json
import os
import re
import threading
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._answers import objects_in, segment
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import Credentials, Query, authorized, canonical_query
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._crew import Crew
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, InputError, doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import (
    DEFAULT_DEADLINE,
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    MOST_AT_ONCE,
    Answer,
    Policy,
    Request,
    Transport,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._identity import Exchange, Identity, refused
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._progress import Progress
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._sources import METADATA, SOURCES, Source, source_from

SERVICES = ("waf", "apig", "workspace", "iam", "sts")
DEFAULT_CLOUD = "myhuaweicloud.com"
METADATA_HOST = "http://169.254.169.254"
# Seconds.
LONGEST_TIMEOUT = 3600
LONGEST_DEADLINE = 86400
MOST_RETRIES = 1000
# Seconds to wait between reads that shall show a write.
LAG = (0.5, 1.0, 2.0, 4.0)
# Seconds between reads that wait for what the service does in its own time, at most.
LONGEST_WAIT = 10.0
# Requests in a second: fewer would not fit into the longest deadline.
SLOWEST = 0.01
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "gatehouse.huaweicloud"}

_Read = t.TypeVar("_Read")

_VERSIONS = {"waf": "/v1/", "apig": "/v2/", "workspace": "/v2/"}

# Hosts that do not follow {service}.{region}.{cloud}; from the region tables of the official SDK.
_IRREGULAR_HOSTS = {
    ("waf", "cn-north-9"): "waf.cn-north-9.myhuaweicloud.cn",
    ("apig", "eu-west-101"): "apig.eu-west-101.myhuaweicloud.eu",
    ("iam", "eu-west-101"): "iam.eu-west-101.myhuaweicloud.eu",
}
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{1,63}")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
# Regions without an IAM of their own; the official SDK calls the global one.
_WITHOUT_IAM = frozenset({"af-north-1", "ap-southeast-5", "cn-north-11", "cn-south-4", "cn-southwest-3", "ru-northwest-2"})

CONNECTION_ARGUMENTS: t.Mapping[str, t.Mapping[str, t.Any]] = {
    "credential_source": {"type": "str", "choices": list(SOURCES)},
    "access_key": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "security_token": {"type": "str", "no_log": True},
    "auth_token": {"type": "str", "no_log": True},
    "user_name": {"type": "str"},
    "user_password": {"type": "str", "no_log": True},
    "domain_name": {"type": "str"},
    "idp_id": {"type": "str"},
    "id_token": {"type": "str", "no_log": True},
    "id_token_file": {"type": "path", "no_log": False},
    "profile": {"type": "str"},
    "shared_config_file": {"type": "path"},
    "assume_agency": {
        "type": "dict",
        "options": {"agency_name": {"type": "str"}, "domain_name": {"type": "str"}, "domain_id": {"type": "str"}, "duration": {"type": "int"}},
    },
    "region": {"type": "str"},
    "project_id": {"type": "str"},
    "project_name": {"type": "str"},
    "enterprise_project_id": {"type": "str"},
    "cloud": {"type": "str"},
    "endpoints": {"type": "dict"},
    "validate_certs": {"type": "bool"},
    "ca_path": {"type": "path"},
    "timeout": {"type": "int"},
    "max_retries": {"type": "int"},
    "deadline": {"type": "int"},
    "max_requests_per_second": {"type": "float"},
}

# Where the rest of the connection is looked for when the task does not say it.
VARIABLES: t.Mapping[str, tuple[str, ...]] = {
    "profile": ("HW_PROFILE",),
    "shared_config_file": ("HW_SHARED_CONFIG_FILE",),
    "region": ("HW_REGION_NAME",),
    "project_id": ("HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID"),
    "project_name": ("HW_PROJECT_NAME",),
    "enterprise_project_id": ("HW_ENTERPRISE_PROJECT_ID",),
    "cloud": ("HW_CLOUD",),
    "validate_certs": ("HW_INSECURE",),
    "max_retries": ("HW_MAX_RETRIES",),
}
# Where Terraform and the SDK have the URL of IAM; what names every service comes before them, for it may name a rehearsal.
_IAM_VARIABLES = ("HW_AUTH_URL", "HUAWEICLOUD_SDK_IAM_ENDPOINT")
_TRUE, _FALSE = frozenset({"1", "t", "true", "yes", "on"}), frozenset({"0", "f", "false", "no", "off"})


def chosen(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], option: str) -> str | None:
    """The value of an option: from the task, else from the first environment variable that has one. Empty counts as not set."""
    value = options.get(option)
    if value not in (None, ""):
        return str(value)
    return next((environment[name] for name in VARIABLES[option] if environment.get(name)), None)


@dataclass
class Notes:
    """What a task learns on its way, whatever comes of it: what the user should know although nothing failed, and what no result may show.

    progress is where it says how far it is, before there is a result.
    """

    warnings: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set, repr=False)
    progress: Progress = field(default_factory=Progress)


class Client:
    """Calls to the services of one region and project, with the credentials of one task."""

    def __init__(
        self,
        options: t.Mapping[str, t.Any],
        environment: t.Mapping[str, str],
        memory: Memory,
        policy: Policy,
        notes: Notes | None = None,
        crew: Crew | None = None,
    ) -> None:
        self._options = options
        self._environment = environment
        self._memory = memory
        self._policy = policy
        self.notes = notes or Notes()
        self._endpoints = _checked_endpoints(options.get("endpoints") or {})
        self.source: Source = source_from(options, environment)
        self.notes.secrets.update(text for part, text in self.source.parts.items() if part not in ("access_key", "user_name", "domain_name", "idp_id"))
        self.notes.warnings += [f"{one} The credentials are those of {self.source.words}." for one in self.source.passed_over]
        settings = self.source.profile.settings if self.source.profile else {}
        self.region = chosen(options, environment, "region") or settings.get("region")
        self._cloud = chosen(options, environment, "cloud") or DEFAULT_CLOUD
        self._project_id = chosen(options, environment, "project_id") or settings.get("project_id")
        self._project_name = chosen(options, environment, "project_name") or self.region
        self.enterprise_project_id = chosen(options, environment, "enterprise_project_id")
        self._verification = _verification(options, environment, self.notes.warnings)
        # The library asks the environment for certificates where the task does not.
        bundle = environment.get("REQUESTS_CA_BUNDLE") or environment.get("CURL_CA_BUNDLE")
        self.trusted: bool | str = (bundle or True) if self._verification is True else self._verification
        self.crew = crew or Crew()
        self._transport = Transport(memory.session(self._verification, bundle), policy, self._turn, self.crew.turn, self.notes.progress)
        # Jobs of the crew get their credentials, their turns, and what is asked once, one after the other.
        self._one_by_one = threading.RLock()
        self._asked: dict[str, t.Any] = {}
        self._asking = threading.RLock()
        self._identity = Identity(self.source, self._scope(), self._place(), memory, self._exchanged, policy.now)

    def _scope(self) -> dict[str, t.Any]:
        """What a token is asked for: the project, else the account of the user, else what IAM gives."""
        if self._project_id:
            return {"project": {"id": self._project_id}}
        if self._project_name:
            return {"project": {"name": self._project_name}}
        account = self.source.parts.get("domain_name")
        return {"domain": {"name": account}} if account else {}

    def _place(self) -> str:
        """What credentials and projects that were found belong to: the IAM that gave them, and how far it was trusted."""
        try:
            iam = self.endpoint("iam")
        except InputError:
            # Without a region; whoever needs IAM will be told.
            iam = ""
        return f"{iam} {self._metadata_endpoint()} {self._verification}"

    def credentials(self) -> Credentials:
        """The credentials that requests are sent with now."""
        with self._one_by_one:
            held = self._identity.credentials()
        self._keep_secret(held)
        return held

    def _turn(self, interval: float) -> float:
        with self._one_by_one:
            return self._memory.turn(interval)

    def once(self, what: str, read: t.Callable[[], _Read]) -> _Read:
        """What read gives, asked once in a task."""
        with self._asking:
            if what not in self._asked:
                self._asked[what] = read()
            answer: _Read = self._asked[what]
            return answer

    def _keep_secret(self, held: Credentials) -> None:
        self.notes.secrets.update(secret for secret in (held.secret_key, held.security_token, held.token) if secret)

    def _exchanged(self, asked: Exchange) -> Answer:
        """Carry out a call that gets credentials."""
        metadata = asked.service == METADATA
        base = self._metadata_endpoint() if metadata else self.endpoint(asked.service)
        parts = urlsplit(base)
        content = b"" if asked.body is None else json.dumps(asked.body, separators=(",", ":")).encode()
        query = [("nocatalog", "true")] if asked.path == "/v3/auth/tokens" else []
        headers = {**_HEADERS, **(asked.headers or {})}
        if asked.credentials:
            self._keep_secret(asked.credentials)

        def authorize() -> dict[str, str]:
            if asked.credentials is None:
                return headers
            return authorized(asked.credentials, asked.method, parts.netloc, parts.path + asked.path, query, headers, content, self._policy.now())

        # What is issued twice is no harm; what the metadata service does not answer at once, it will not answer.
        plain = metadata and asked.method == "PUT"
        url = base + asked.path + (f"?{canonical_query(query)}" if query else "")
        if not metadata:
            return self._transport.send(Request(asked.method, url, content, authorize, harmless=True))
        request = Request(asked.method, url, content, authorize, once=True, plain=plain, timeout=asked.timeout, hint="")
        # The machine is asked itself, past every proxy.
        return Transport(self._memory.session(self._verification, None, direct=True), self._policy).send(request)

    def _metadata_endpoint(self) -> str:
        """Where the metadata service is reached. HW_ENDPOINT does not name it: it is no service of a region."""
        for source, url in (("endpoints", self._endpoints.get(METADATA)), ("HW_ENDPOINT_METADATA", self._environment.get("HW_ENDPOINT_METADATA"))):
            if url:
                return _checked_endpoint(source, METADATA, url)
        return METADATA_HOST

    def endpoint(self, service: str) -> str:
        """Where a service is reached: what the task says, what the environment says, else the regular host of the region."""
        names = [f"HW_ENDPOINT_{service.upper()}", "HW_ENDPOINT", *(_IAM_VARIABLES if service == "iam" else ())]
        sources = {"endpoints": self._endpoints.get(service), **{name: self._environment.get(name) for name in names}}
        if service == "iam" and self.source.profile:
            sources[self.source.profile.place] = self.source.profile.settings.get("iam_endpoint")
        for source, url in sources.items():
            if url:
                # Terraform's URL of IAM ends in the version of its API.
                return _checked_endpoint(source, service, re.sub(r"/v3/?$", "", url) if source in _IAM_VARIABLES else url)
        if not self.region:
            raise InputError("There is no region: set region (or the environment variable HW_REGION_NAME).")
        regular = f"iam.{self._cloud}" if service == "iam" and self.region in _WITHOUT_IAM else f"{service}.{self.region}.{self._cloud}"
        if not _HOST.fullmatch(regular):
            raise InputError(f"{regular} is not the name of a host: check region ({self.region!r}) and cloud ({self._cloud!r}).")
        return "https://" + (_IRREGULAR_HOSTS.get((service, self.region), regular) if self._cloud == DEFAULT_CLOUD else regular)

    @property
    def seconds(self) -> float:
        """How long a single request may take now: the timeout of the task, or less where its deadline is near."""
        return min(self._policy.timeout, max(0.0, self._transport.remaining))

    @property
    def project_id(self) -> str:
        """The id of the project: as given, else that of the token, else looked up by name through IAM (KeystoneListProjects) once and remembered."""
        if self._project_id is None:
            if not self._project_name:
                raise InputError("There is no project: set project_id (or HW_PROJECT_ID), or region (or HW_REGION_NAME) to look it up by.")
            name = self._identity.fingerprint(f"{self._place()} {self._project_name}")
            self._project_id = self._memory.project(name)
            if self._project_id is None:
                self._project_id = self._identity.credentials().project_id
            if self._project_id is None:
                with doing(f"look up the project {self._project_name!r}"):
                    self._project_id = self._looked_up_project(self._project_name)
            self._memory.keep_project(name, self._project_id)
        return self._project_id

    def _looked_up_project(self, name: str) -> str:
        answer = self.call("GET", "iam", "/v3/projects", query=[("name", name)])
        exact = [project for project in objects_in(answer, "projects") if project.get("name") == name and project.get("id")]
        if not exact:
            raise InputError("These credentials have none of that name. Check region and project_name, or set project_id.")
        if len(exact) > 1:
            raise InputError(
                f"There are {len(exact)} projects named {name!r}: {', '.join(str(one.get('id')) for one in exact)}. Set project_id to one of them."
            )
        return str(exact[0]["id"])

    def get(self, service: str, path: str, query: Query = ()) -> t.Any:
        """The body of the answer to a GET; path begins after the project."""
        return self._in_project("GET", service, path, query)

    def read_after_write(self, read: t.Callable[[], _Read], arrived: t.Callable[[_Read], bool] = bool) -> _Read:
        """What read gives once a write has arrived there, for reads may lag behind writes; after a few seconds, what it gives then."""
        waits = list(LAG)
        while True:
            try:
                value = read()
            except ApiError as error:
                if not (error.missing and waits and self._transport.pause(waits.pop(0))):
                    raise
            else:
                if arrived(value) or not (waits and self._transport.pause(waits.pop(0))):
                    return value

    def wait_until(self, what: str, read: t.Callable[[], _Read], arrived: t.Callable[[_Read], bool], seconds: float) -> _Read:
        """What read gives once what the service does in its own time has arrived there; when so many seconds or the task are over, what it gives then.

        what is waited for, in words.
        """
        end, slept = self._policy.clock() + seconds, 0.0
        while True:
            value = read()
            # What was slept counts even where the clock stands still.
            left = min(end - self._policy.clock(), seconds - slept)
            step = min(LONGEST_WAIT, max(1.0, slept), left)
            self.notes.progress.tell(functools.partial("waiting for {}: {:.0f} of {:.0f} s".format, what, seconds - left, seconds), step)
            if arrived(value) or step <= 0 or not self._transport.pause(step):
                return value
            slept += step

    def now(self) -> float:
        """Seconds since 1970."""
        return self._policy.now()

    def post(self, service: str, path: str, body: t.Any, query: Query = ()) -> t.Any:
        """The body of the answer to a POST, which is never repeated blindly."""
        return self._in_project("POST", service, path, query, body)

    def put(self, service: str, path: str, body: t.Any, query: Query = ()) -> t.Any:
        """The body of the answer to a PUT."""
        return self._in_project("PUT", service, path, query, body)

    def patch(self, service: str, path: str, body: t.Any, query: Query = ()) -> t.Any:
        """The body of the answer to a PATCH, which says values and no differences, so that it may be sent twice."""
        return self._in_project("PATCH", service, path, query, body)

    def delete(self, service: str, path: str, body: t.Any = None, query: Query = ()) -> None:
        """Remove something; that it is gone already is success."""
        try:
            self._in_project("DELETE", service, path, query, body)
        except ApiError as error:
            if not error.missing:
                raise

    def _in_project(self, method: str, service: str, path: str, query: Query, body: t.Any = None) -> t.Any:
        return self.call(method, service, _VERSIONS[service] + segment(self.project_id) + path, query, body)

    def call(
        self, method: str, service: str, path: str, query: Query = (), body: t.Any = None, headers: t.Mapping[str, str] | None = None, once: bool = False
    ) -> t.Any:
        """The body of the answer to a call with its whole path; once means that it is not tried again. Raises the errors of Transport.send.

        A service that says that the token or the temporary key is not good any more gets the request once again, with new ones.
        """
        held = self.credentials()
        try:
            return self._sent(method, service, path, query, body, held, headers, once)
        except ApiError as error:
            with self._one_by_one:
                fresh = self._identity.renewed(held) if refused(error) else None
            if fresh is None:
                raise
            self._keep_secret(fresh)
        return self._sent(method, service, path, query, body, fresh, headers, once)

    def _sent(self, method: str, service: str, path: str, query: Query, body: t.Any, held: Credentials, more: t.Mapping[str, str] | None, once: bool) -> t.Any:
        base = self.endpoint(service)
        parts = urlsplit(base)
        given = [(name, value) for name, value in query if value is not None]
        try:
            content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            encoded = canonical_query(given)
        except UnicodeEncodeError:
            raise InputError("An option holds a character that is no valid Unicode.") from None
        headers = {**_HEADERS, **(more or {})}
        if service in ("apig", "workspace"):
            headers["X-Language"] = "en-us"
        url = base + path + (f"?{encoded}" if encoded else "")

        def authorize() -> dict[str, str]:
            return authorized(held, method, parts.netloc, parts.path + path, given, headers, content, self._policy.now())

        return self._transport.send(Request(method, url, content, authorize, once=once)).body


def client_for(
    options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], memory: Memory, notes: Notes | None = None, crew: Crew | None = None
) -> Client:
    """The client of a task, with its limits from the options; crew is one that it shares with others. Raises InputError for limits that cannot be."""
    timeout, deadline, rate = options.get("timeout"), options.get("deadline"), options.get("max_requests_per_second")
    size = options.get("max_concurrency")
    if size is not None and not 1 <= size <= MOST_AT_ONCE:
        raise InputError(f"max_concurrency: {size} is not a number from 1 to {MOST_AT_ONCE}.")
    if timeout is not None and not 0 < timeout <= LONGEST_TIMEOUT:
        raise InputError(f"timeout: {timeout} is not a number of seconds from 1 to {LONGEST_TIMEOUT}.")
    if deadline is not None and not 0 < deadline <= LONGEST_DEADLINE:
        raise InputError(f"deadline: {deadline} is not a number of seconds from 1 to {LONGEST_DEADLINE}.")
    if rate is not None and not SLOWEST <= rate < float("inf"):
        raise InputError(f"max_requests_per_second: {rate} is not a number from {SLOWEST} on.")
    bundle = options.get("ca_path")
    if bundle and not os.path.exists(bundle):
        raise InputError(f"ca_path: there is no file or folder {bundle}.")
    policy = Policy(
        timeout=DEFAULT_TIMEOUT if timeout is None else timeout,
        max_retries=_retries(options, environment),
        deadline=DEFAULT_DEADLINE if deadline is None else deadline,
        max_per_second=rate,
    )
    return Client(options, environment, memory, policy, notes, crew or Crew(size or 1))


def _retries(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> int:
    text = chosen(options, environment, "max_retries")
    if text is None:
        return DEFAULT_RETRIES
    if text.startswith("-") and text[1:].isdecimal():
        raise InputError(f"max_retries: {text} is below 0.")
    if not text.isascii() or not text.isdecimal():
        raise InputError(f"HW_MAX_RETRIES: {text!r} is not a number.")
    if len(text) > 4 or int(text) > MOST_RETRIES:
        raise InputError(f"max_retries: it is above {MOST_RETRIES}.")
    return int(text)


def _verification(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], warnings: list[str]) -> bool | str:
    """Whether, or with which certificates, the other side is verified. What the task says wins over the environment."""
    bundle = options.get("ca_path")
    said = options.get("validate_certs")
    if said is None and not bundle:
        word = environment.get("HW_INSECURE", "").strip().lower()
        if word and word not in _TRUE | _FALSE:
            raise InputError(f"HW_INSECURE: {word!r} is neither true nor false.")
        if word in _TRUE:
            warnings.append("HW_INSECURE is set: the certificates of the services are not verified, so whoever is on the way can read and change everything.")
            return False
    return False if said is False else bundle or True


def _checked_endpoints(endpoints: t.Mapping[str, t.Any]) -> dict[str, str]:
    known = (*SERVICES, METADATA)
    unknown = sorted(str(name) for name in endpoints if name not in known)
    if unknown:
        raise InputError(f"endpoints: there is no service {', '.join(unknown)}; the services are {', '.join(known)}.")
    return {service: str(url) for service, url in endpoints.items() if url}


def _checked_endpoint(source: str, service: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        complete = parts.scheme in ("http", "https") and _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        complete = False
    if not complete or not (url.isascii() and url.isprintable()) or parts.query or parts.fragment or parts.username or parts.password:
        raise InputError(f"{source}: what it says of {service} is not a URL such as https://{service}.example.com.")
    return url.rstrip("/")


def _is_host(text: str) -> bool:
    """Whether a text is an address or can be the name of a host, of one label or more."""
    if ":" in text:
        # Raises ValueError, as the parts of a URL do.
        ipaddress.IPv6Address(text)
        return True
    return len(text) <= 253 and all(_LABEL.fullmatch(label) for label in text.removesuffix(".").split("."))
