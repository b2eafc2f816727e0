# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refusals of each service: an HTTP status with the documented body."""

from __future__ import annotations

import typing as t


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self, request_id: str) -> dict[str, t.Any]:
        """The body in the shape of the service that refuses."""
        if self.code.startswith("APIGW."):
            return {"error_code": self.code, "error_msg": self.message, "request_id": request_id}
        if self.code.startswith("IAM."):
            return {"error": {"code": self.status, "message": self.message, "title": self.code.partition(".")[2]}}
        return {"error_code": self.code, "error_msg": self.message}


# What a service says to a body or a query that does not fit its contract.
_MALFORMED = {
    "waf": {"body": "WAF.00021003", "query": "WAF.00021002"},
    "apig": {"body": "APIG.2011", "query": "APIG.2011"},
    "workspace": {"body": "WKS.0001", "query": "WKS.0001"},
    "iam": {"body": "IAM.BadRequest", "query": "IAM.BadRequest"},
}


def malformed(service: str, part: str, reason: str) -> Refusal:
    """The refusal of a request that does not fit the contract; part is body or query."""
    if service == "apig":
        reason = f"Invalid parameter value,parameterName:{reason}. Please refer to the support documentation"
    return Refusal(400, _MALFORMED[service][part], reason)
