# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can go wrong, as types, and the way out where we know one."""

from __future__ import annotations

import typing as t
from contextlib import contextmanager
from difflib import get_close_matches

# What to try, by error code; from the error code tables of the WAF, APIG and Workspace references and of the API gateway.
_WAYS_OUT: t.Mapping[str, str] = {
    "APIG.1002": "The token is wrong or has expired: set a new auth_token, or access_key and secret_key.",
    "APIG.1005": "Ask for a role with this permission on API Gateway.",
    "APIG.2011": "Compare the options with what the message names.",
    "APIG.2015": "Correct the address that the message names.",
    "APIG.3006": "The access control policy is gone: look at what exists with apig_acl_info.",
    "APIG.3010": "The binding is gone: look at what is bound with apig_acl_binding_info.",
    "APIG.3015": "An API is not published in the environment any more: publish it there first.",
    "APIG.3030": "Check gateway and region.",
    "APIG.3112": "The gateway holds as many access control policies as its quota allows: remove one or ask for a larger quota.",
    "APIG.3206": "Choose another name, or manage the policy that has this one.",
    "APIG.3447": "Unbind the policy from its APIs first.",
    "APIG.9008": "The service is throttling: try again later, or with fewer tasks at once.",
    "APIG.9999": "The service failed inside; try again later and give the request id to the support if it stays.",
    "APIGW.0101": "Nothing answers to this path: check region, cloud and endpoints, and that the service exists in the region.",
    "APIGW.0301": (
        "The signature or the token is wrong: check access_key and secret_key (they must belong together), security_token (for a temporary key"
        " its own, for any other none), auth_token, and the clock of this machine. Mend it before the next try: more than five wrong signatures in"
        " a row lock the access key for five minutes, and a locked key is refused like this even when everything is right."
    ),
    "APIGW.0302": "The access key is blocked: more than five wrong signatures in a row lock it for five minutes.",
    "APIGW.0303": "Check the credentials.",
    "APIGW.0305": "Check the credentials.",
    "APIGW.0307": "The token is wrong or has expired: set a new auth_token.",
    "APIGW.0308": "The gateway is throttling: try again later, or with fewer tasks at once.",
    "APIGW.0310": "The project cannot be used with these credentials: check project_id and region.",
    "APIGW.0802": "Identity policies deny this call: ask for the permission.",
    "WAF.00011005": "Choose another name.",
    "WAF.00011016": "Choose another name.",
    "WAF.00012001": "The token is wrong or has expired: set a new auth_token, or access_key and secret_key.",
    "WAF.00012002": "The project cannot be used with these credentials: check project_id and region.",
    "WAF.00012003": "Ask for a role with this permission on WAF.",
    "WAF.00012004": "The account is frozen: see the billing center.",
    "WAF.00012005": "WAF has not been bought in this region or enterprise project: check region and enterprise_project_id.",
    "WAF.00012006": "Ask for a role with this permission on WAF.",
    "WAF.00012010": "all_granted_eps is for reading only: set enterprise_project_id to one project.",
    "WAF.00013001": "The quota is used up: remove something or buy an expansion package.",
    "WAF.00013002": "The WAF edition in use does not have this feature.",
    "WAF.00014001": "Check the names and ids, and enterprise_project_id: what belongs to another enterprise project looks absent.",
    "WAF.00014002": "Choose another name, or manage what exists.",
    "WAF.00014007": "Another domain is in the way, in this account or in another one: remove it there, or choose another host name.",
    "WAF.00021004": "Check the id.",
    "WAF.00021005": "Choose another name.",
    "WAF.00021014": "Check action.",
    "WAF.00021016": "Shorten or change description.",
    "WAF.00021017": "Check the locations or tags: the service takes the values of its own map in its own spelling only. A run in check mode names near ones.",
    "WAF.00022001": "Check the names and ids, and enterprise_project_id: what belongs to another enterprise project looks absent.",
    "WAF.00022002": "Choose another name, or manage what exists.",
    "WAF.00022003": "It is in use: release it first.",
    "WAF.00022004": "A location or a tag may be in one rule of a policy only: take it out of the other rule first.",
    "WAF.00022005": "The policy holds as many rules as its quota allows: remove one or buy an expansion package.",
    "WKS.0001": "Compare the options with what the message names.",
}

# The service says "there is no such thing" with these. A 404 alone is not enough: a wrong host answers 404 as well.
MISSING_CODES = frozenset({"WAF.00022001", "WAF.00014001", "APIG.3006", "APIG.3010"})

# Characters of a message; a value that somebody gave by mistake may be a whole file.
LONGEST_MESSAGE = 1500

THROTTLED_CODES = frozenset({"APIGW.0308", "APIG.9008"})

# What is live where a task has failed before it wrote anything.
NOTHING_WRITTEN = "what was there before; nothing was written."

# The service says "there is one already" with these. A location or a tag that another rule has is a conflict: seldom the same rule made meanwhile.
CONFLICT_CODE = "WAF.00022004"
TAKEN_CODES = frozenset({"APIG.3206", "WAF.00011016", "WAF.00014002", "WAF.00014007", "WAF.00022002", CONFLICT_CODE, "WKS.00010109"})

# What an error says of what is live, where it came before the first write.
NOTHING_WRITTEN = "what was there before; nothing was written."


def cut(text: str, at_most: int) -> str:
    """A text without its middle where it is too long: both its beginning and its end help.

    What is kept are whole words: a part of a secret would not be known to be one.
    """
    if len(text) <= at_most:
        return text
    half = (at_most - 45) // 2
    beginning, end = text[:half].rpartition(" ")[0], text[-half:].partition(" ")[2]
    return f"{beginning} ... ({len(text) - len(beginning) - len(end)} characters left out) ... {end}".strip()


class GatehouseError(Exception):
    """The parent of all that this collection refuses or reports.

    doing says what was being done ("create geoip_rule 'fence'"), live what is true in the cloud now although the task failed,
    uncertain that the request that failed may have been carried out all the same.
    """

    uncertain = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.doing: str | None = None
        self.live: str | None = None
        # What a task returns as api_error: status, code, request_id; None when the cloud did not answer.
        self.facts: dict[str, t.Any] | None = None
        # What a task returns beside the message: of many objects, which were changed, which failed, which were not tried.
        self.report: dict[str, t.Any] = {}

    def __str__(self) -> str:
        text = f"Could not {self.doing}: {self.message}" if self.doing else self.message
        return cut(f"{text} What is live now: {self.live}" if self.live else text, LONGEST_MESSAGE)


class InputError(GatehouseError):
    """The task asks for something that cannot be; nothing was written."""


class MissingLibrary(GatehouseError):
    """A Python library that is needed is not there."""

    def __init__(self, library: str, details: str) -> None:
        super().__init__(f"The Python library {library} is needed.")
        self.library = library
        self.details = details


class TransportError(GatehouseError):
    """No answer came."""


class UnknownOutcome(GatehouseError):
    """A request that must not be repeated blindly may or may not have been carried out."""

    uncertain = True


class ApiError(GatehouseError):
    """The cloud answered, and the answer is a refusal.

    status is the HTTP status, code the service's error_code, request_id what the support asks for.
    """

    def __init__(self, status: int, code: str | None, reason: str, request_id: str | None = None, tries: int = 1) -> None:
        self.status = status
        self.code = code
        self.request_id = request_id
        self.tries = tries
        parts = [f"HTTP {status}"]
        if code:
            parts.append(f"error code {code}")
        if request_id:
            parts.append(f"request id {request_id}")
        if tries > 1:
            parts.append(f"{tries} tries")
        sentence = reason.strip() or "The service gave no reason."
        if sentence[-1] not in ".!?":
            sentence += "."
        way_out = _WAYS_OUT.get(code or "", "")
        super().__init__(" ".join(part for part in (f"{sentence} ({', '.join(parts)}.)", way_out) if part))
        self.facts = {"status": status, "code": code, "request_id": request_id}

    @property
    def taken(self) -> bool:
        """Whether the service says that there is such a thing already."""
        return self.code in TAKEN_CODES

    @property
    def missing(self) -> bool:
        """Whether the service says that the thing does not exist."""
        # The codes of Workspace for this are not documented; a 404 that carries one of its codes comes from the service and not from a wrong host.
        return self.code in MISSING_CODES or (self.status == 404 and str(self.code).startswith("WKS."))


@contextmanager
def doing(what: str) -> t.Iterator[None]:
    """Tell an error that passes what was being done; the innermost word stays."""
    try:
        yield
    except GatehouseError as error:
        error.doing = error.doing or what
        raise


@contextmanager
def unwritten(told: bool = True) -> t.Iterator[None]:
    """Tell an error that passes that nothing was written, unless it knows better. An InputError says so by its kind; told is false where nobody would ask."""
    try:
        yield
    except GatehouseError as error:
        if told and error.live is None and not error.uncertain and not isinstance(error, InputError):
            error.live = NOTHING_WRITTEN
        raise


@contextmanager
def live(done: str, step: str = "") -> t.Iterator[None]:
    """Tell an error that passes what the cloud holds at this moment.

    done is a sentence about what was written before ("" for nothing), step names what is being tried now, where that is a write.
    """
    try:
        yield
    except GatehouseError as error:
        if done and error.live is None:
            tried = f" Whether this was done is not known: {step}." if error.uncertain else f" Not done: {step}."
            error.live = done + (tried if step else "")
        raise


def with_near(name: str, known: t.Collection[str]) -> str:
    """A name that is not known, in quotes, with those of the known ones that are spelled like it."""
    folded = {one.casefold(): one for one in known}
    near = [folded[one] for one in get_close_matches(name.casefold(), folded, n=3, cutoff=0.75)]
    return f"{name!r} (near: {', '.join(near)})" if near else repr(name)
