# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Regions, endpoints, the project and paging: everything between a service's path and an answer."""

from __future__ import annotations

import json
import os
import re
import typing as t
from urllib.parse import quote, urlsplit

from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._auth import (
    Credentials,
    Query,
    authorized,
    canonical_query,
    chosen,
    credentials_from,
    fingerprint,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._errors import ApiError, GatehouseError, InputError, UnknownOutcome, doing
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._http import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    Policy,
    Request,
    Transport,
)
from ansible_collections.gatehouse.huaweicloud.plugins.module_utils._memory import Memory

SERVICES = ("waf", "apig", "workspace", "iam")
DEFAULT_CLOUD = "myhuaweicloud.com"
LONGEST_TIMEOUT = 3600
# Seconds to wait between reads that shall show a write.
LAG = (0.5, 1.0, 2.0, 4.0)

_Read = t.TypeVar("_Read")

_VERSIONS = {"waf": "/v1/", "apig": "/v2/", "workspace": "/v2/"}

# Hosts that do not follow {service}.{region}.{cloud}; from the region tables of the official SDK.
_IRREGULAR_HOSTS = {
    ("waf", "cn-north-9"): "waf.cn-north-9.myhuaweicloud.cn",
    ("apig", "eu-west-101"): "apig.eu-west-101.myhuaweicloud.eu",
    ("iam", "eu-west-101"): "iam.eu-west-101.myhuaweicloud.eu",
}
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{1,63}")
# Regions without an IAM of their own; the official SDK calls the global one.
_WITHOUT_IAM = frozenset({"af-north-1", "ap-southeast-5", "cn-north-11", "cn-south-4", "cn-southwest-3", "ru-northwest-2"})

CONNECTION_ARGUMENTS: t.Mapping[str, t.Mapping[str, t.Any]] = {
    "access_key": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "security_token": {"type": "str", "no_log": True},
    "auth_token": {"type": "str", "no_log": True},
    "region": {"type": "str"},
    "project_id": {"type": "str"},
    "enterprise_project_id": {"type": "str"},
    "cloud": {"type": "str"},
    "endpoints": {"type": "dict"},
    "validate_certs": {"type": "bool"},
    "ca_path": {"type": "path"},
    "timeout": {"type": "int"},
    "max_retries": {"type": "int"},
}

# Where the rest of the connection is looked for when the task does not say it.
VARIABLES: t.Mapping[str, tuple[str, ...]] = {
    "region": ("HW_REGION_NAME",),
    "project_id": ("HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID"),
    "enterprise_project_id": ("HW_ENTERPRISE_PROJECT_ID",),
    "cloud": ("HW_CLOUD",),
}


class Client:
    """Calls to the services of one region and project, with the credentials of one task."""

    def __init__(self, options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], memory: Memory, policy: Policy) -> None:
        self._options = options
        self._environment = environment
        self._memory = memory
        self._policy = policy
        self._endpoints = _checked_endpoints(options.get("endpoints") or {})
        self._credentials: Credentials = credentials_from(options, environment)
        self._region = chosen(options, environment, "region", VARIABLES["region"])
        self._cloud = chosen(options, environment, "cloud", VARIABLES["cloud"]) or DEFAULT_CLOUD
        self._project_id = chosen(options, environment, "project_id", VARIABLES["project_id"])
        self.enterprise_project_id = chosen(options, environment, "enterprise_project_id", VARIABLES["enterprise_project_id"])
        self._verification = _verification(options)
        # The library asks the environment for certificates where the task does not.
        bundle = environment.get("REQUESTS_CA_BUNDLE") or environment.get("CURL_CA_BUNDLE")
        self._transport = Transport(memory.session(self._verification, bundle), policy)

    def endpoint(self, service: str) -> str:
        """Where a service is reached: what the task says, what the environment says, else the regular host of the region."""
        sources = {
            "endpoints": self._endpoints.get(service),
            **{name: self._environment.get(name) for name in (f"HW_ENDPOINT_{service.upper()}", "HW_ENDPOINT")},
        }
        for source, url in sources.items():
            if url:
                return _checked_endpoint(source, service, url)
        if not self._region:
            raise InputError("There is no region: set region (or the environment variable HW_REGION_NAME).")
        regular = f"iam.{self._cloud}" if service == "iam" and self._region in _WITHOUT_IAM else f"{service}.{self._region}.{self._cloud}"
        if not _HOST.fullmatch(regular):
            raise InputError(f"{regular} is not the name of a host: check region ({self._region!r}) and cloud ({self._cloud!r}).")
        return "https://" + (_IRREGULAR_HOSTS.get((service, self._region), regular) if self._cloud == DEFAULT_CLOUD else regular)

    @property
    def project_id(self) -> str:
        """The id of the region's project: as given, else looked up through IAM (KeystoneListProjects) once and remembered."""
        if self._project_id is None:
            if not self._region:
                raise InputError("There is no project: set project_id (or HW_PROJECT_ID), or region (or HW_REGION_NAME) to look it up by.")
            name = fingerprint(self._credentials, f"{self.endpoint('iam')} {self._region} {self._verification}")
            self._project_id = self._memory.project(name)
            if self._project_id is None:
                with doing(f"look up the project of region {self._region!r}"):
                    self._project_id = self._looked_up_project(self._region)
                self._memory.keep_project(name, self._project_id)
        return self._project_id

    def _looked_up_project(self, region: str) -> str:
        answer = self.call("GET", "iam", "/v3/projects", query=[("name", region)])
        exact = [project for project in objects_in(answer, "projects") if project.get("name") == region and project.get("id")]
        if not exact:
            raise InputError("These credentials have none of that name. Check region, or set project_id.")
        if len(exact) > 1:
            raise InputError(
                f"There are {len(exact)} projects named {region!r}: {', '.join(str(one.get('id')) for one in exact)}. Set project_id to one of them."
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
                if not (error.missing and waits):
                    raise
            else:
                if not waits or arrived(value):
                    return value
            self._policy.sleep(waits.pop(0))

    def post(self, service: str, path: str, body: t.Any, query: Query = ()) -> t.Any:
        """The body of the answer to a POST, which is never repeated blindly."""
        return self._in_project("POST", service, path, query, body)

    def put(self, service: str, path: str, body: t.Any, query: Query = ()) -> t.Any:
        """The body of the answer to a PUT."""
        return self._in_project("PUT", service, path, query, body)

    def delete(self, service: str, path: str, body: t.Any = None, query: Query = ()) -> None:
        """Remove something; that it is gone already is success."""
        try:
            self._in_project("DELETE", service, path, query, body)
        except ApiError as error:
            if not error.missing:
                raise

    def _in_project(self, method: str, service: str, path: str, query: Query, body: t.Any = None) -> t.Any:
        return self.call(method, service, _VERSIONS[service] + segment(self.project_id) + path, query, body)

    def call(self, method: str, service: str, path: str, query: Query = (), body: t.Any = None) -> t.Any:
        """The body of the answer to a call with its whole path. Raises the errors of Transport.send."""
        base = self.endpoint(service)
        parts = urlsplit(base)
        given = [(name, value) for name, value in query if value is not None]
        try:
            content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            encoded = canonical_query(given)
        except UnicodeEncodeError:
            raise InputError("An option holds a character that is no valid Unicode.") from None
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "gatehouse.huaweicloud"}
        if service in ("apig", "workspace"):
            headers["X-Language"] = "en-us"
        url = base + path + (f"?{encoded}" if encoded else "")

        def authorize() -> dict[str, str]:
            return authorized(self._credentials, method, parts.netloc, parts.path + path, given, headers, content, self._policy.now())

        return self._transport.send(Request(method, url, content, authorize)).body


def client_for(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], memory: Memory) -> Client:
    """The client of a task, with its limits from the options. Raises InputError for limits that cannot be."""
    timeout, retries = options.get("timeout"), options.get("max_retries")
    if timeout is not None and not 0 < timeout <= LONGEST_TIMEOUT:
        raise InputError(f"timeout: {timeout} is not a number of seconds from 1 to {LONGEST_TIMEOUT}.")
    bundle = options.get("ca_path")
    if bundle and not os.path.exists(bundle):
        raise InputError(f"ca_path: there is no file or folder {bundle}.")
    if retries is not None and retries < 0:
        raise InputError(f"max_retries: {retries} is below 0.")
    policy = Policy(timeout=DEFAULT_TIMEOUT if timeout is None else timeout, max_retries=DEFAULT_RETRIES if retries is None else retries)
    return Client(options, environment, memory, policy)


def segment(value: str) -> str:
    """A value as one segment of a path, whatever is in it.

    Raises InputError for what would lead to another path: the HTTP library resolves "." and "..", encoded or not.
    """
    if value in ("", ".", ".."):
        raise InputError(f"{value!r} is neither a name nor an id.")
    return quote(value, safe="-_.~")


def pages(fetch: t.Callable[[int, int], t.Mapping[str, t.Any]], items: str, size: int, total: str = "total", key: str = "id") -> list[t.Mapping[str, t.Any]]:
    """Every item of a list that comes in pages.

    fetch gets the number of the page (from 1) and the number of items before it. The list ends when the total is reached, when a
    page holds nothing new, or, where the service tells no total, when a page comes back short.
    """
    collected: dict[str, t.Mapping[str, t.Any]] = {}
    number = received = 0
    while True:
        number += 1
        body = fetch(number, received)
        page = objects_in(body, items)
        received += len(page)
        before = len(collected)
        # What shifts from one page to the next while we read comes twice; it is one item.
        collected.update({str(item.get(key) or (number, place)): item for place, item in enumerate(page)})
        known = counted(body, total)
        ended = len(page) < size if known is None else received >= known
        if ended or len(collected) == before:
            return list(collected.values())


def objects_in(body: t.Mapping[str, t.Any], items: str) -> list[dict[str, t.Any]]:
    """The objects in a list of an answer; what is no list, or no object, holds none."""
    value = body.get(items)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def counted(body: t.Mapping[str, t.Any], total: str = "total") -> int | None:
    """How many items a list has, where its answer tells."""
    value = str(body.get(total))
    return int(value) if value.isascii() and value.isdecimal() else None


def id_in(answer: t.Mapping[str, t.Any], key: str = "id") -> str:
    """The id of what was created. Raises UnknownOutcome for an answer without one: the object has to be looked for."""
    if not answer.get(key):
        raise UnknownOutcome("The answer to the creation names no id.")
    return str(answer[key])


def may_be_id(value: str) -> bool:
    """Whether a text has the form of an id, so that it can be asked for as a segment of a path."""
    return re.fullmatch(r"[A-Za-z0-9_-]+", value) is not None


def _verification(options: t.Mapping[str, t.Any]) -> bool | str:
    if options.get("validate_certs") is False:
        return False
    return options.get("ca_path") or True


def _checked_endpoints(endpoints: t.Mapping[str, t.Any]) -> dict[str, str]:
    unknown = sorted(str(name) for name in endpoints if name not in SERVICES)
    if unknown:
        raise InputError(f"endpoints: there is no service {', '.join(unknown)}; the services are {', '.join(SERVICES)}.")
    return {service: str(url) for service, url in endpoints.items() if url}


def _checked_endpoint(source: str, service: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete or parts.query or parts.fragment or parts.username or parts.password:
        raise InputError(f"{source}: what it says of {service} is not a URL such as https://{service}.example.com.")
    return url.rstrip("/")


def the_one(kind: str, name: str, found: t.Sequence[t.Mapping[str, t.Any]], hint: str, key: str = "id") -> t.Mapping[str, t.Any]:
    """The single object of a name. Raises GatehouseError when there is none, or more than one."""
    if not found:
        raise InputError(f"There is no {kind} {name!r}. {hint}")
    if len(found) > 1:
        ids = ", ".join(sorted(str(one.get(key)) for one in found))
        raise GatehouseError(f"More than one {kind} is called {name!r}: those with the ids {ids}. Use the id of the one that is meant.")
    if not found[0].get(key):
        raise GatehouseError(f"The service tells no id of the {kind} {name!r}, so nothing can be done with it.")
    return found[0]
