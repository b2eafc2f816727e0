# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refusals of each service: an HTTP status with the documented body."""

from __future__ import annotations

import typing as t
from http import HTTPStatus


class Refusal(Exception):
    """An answer that is no success."""

    headers: t.ClassVar[t.Mapping[str, str]] = {}

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self, request_id: str) -> t.Any:
        """The body in the shape of the service that refuses."""
        if self.code and self.code.startswith("APIGW."):
            return {"error_code": self.code, "error_msg": self.message, "request_id": request_id}
        return {"error_code": self.code, "error_msg": self.message}


class KeystoneRefusal(Refusal):
    """A refusal of IAM below /v3, which has no code but the status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, str(status), message)

    def body(self, request_id: str) -> t.Any:
        """The status again, its name and the reason."""
        return {"error": {"code": self.status, "message": self.message, "title": HTTPStatus(self.status).phrase}}


class Page(Refusal):
    """A refusal of a plain web server: HTML without a code."""

    headers: t.ClassVar[t.Mapping[str, str]] = {"Content-Type": "text/html"}

    def __init__(self, status: int) -> None:
        super().__init__(status, None, HTTPStatus(status).phrase)

    def body(self, request_id: str) -> t.Any:
        """The page."""
        title = f"{self.status} {self.message}"
        return f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n</body>\n</html>\n"


# The codes of IAM below /v3.0. KEYSTONE and FLAT are its two manners.
_FLAT_CODES = {400: "IAM.0007", 401: "IAM.0001", 403: "IAM.0003", 404: "IAM.0004"}
KEYSTONE, FLAT = "iam", "iam-v3.0"


def refused_by_iam(manner: str, status: int, message: str) -> Refusal:
    """A refusal of IAM in the manner of the path."""
    return Refusal(status, _FLAT_CODES[status], message) if manner == FLAT else KeystoneRefusal(status, message)


# What a service says to a body or a query that does not fit its contract.
_MALFORMED = {
    "waf": {"body": "WAF.00021003", "query": "WAF.00021002"},
    "apig": {"body": "APIG.2011", "query": "APIG.2011"},
    "workspace": {"body": "WKS.0001", "query": "WKS.0001"},
    # No source tells what STS says to this; it has neither a body nor a query.
    "sts": {"body": "STS5.0001", "query": "STS5.0001"},
}


def malformed(manner: str, part: str, reason: str) -> Refusal:
    """The refusal of a request that does not fit the contract; manner is the service or one of IAM's two, part is body, query or header."""
    if manner in (KEYSTONE, FLAT):
        return refused_by_iam(manner, 400, reason)
    if manner == "metadata":
        return Page(400)
    if manner == "apig":
        reason = f"Invalid parameter value,parameterName:{reason}. Please refer to the support documentation"
    return Refusal(400, _MALFORMED[manner][part], reason)
