# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contracts: which operations are served, and whether a request fits its operation."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from werkzeug.datastructures import Headers

from gatehouse_emulator.refusals import FLAT, Refusal, malformed

SERVICES = ("iam", "sts", "metadata", "waf", "apig", "workspace")
# What a mismatch may say of the value without repeating it: some bodies hold secrets.
_TELLING = ("required", "additionalProperties")
# A number in a query; none is longer than what the services count with.
NUMBER = re.compile(r"-?[0-9]{1,18}")
_FOLDER = Path(__file__).parent / "contracts"


@dataclass
class Operation:
    """One call of a service. caller says who may call: proven, signed (a token does not do) or anyone."""

    service: str
    name: str
    method: str
    path: str
    query: t.Mapping[str, t.Mapping[str, t.Any]]
    headers: t.Mapping[str, t.Mapping[str, t.Any]]
    schema: dict[str, t.Any] | None
    body_required: bool
    writes: bool
    caller: str

    @property
    def manner(self) -> str:
        """How a request that does not fit is refused."""
        return FLAT if self.path.startswith("/v3.0/") else self.service

    @property
    def login(self) -> t.Any:
        """The auth.identity.methods of a body that means this operation, where several share a path; else None."""
        schema: t.Any = self.schema
        for name in ("auth", "identity", "methods"):
            schema = (schema or {}).get("properties", {}).get(name)
        return schema["enum"][0] if schema else None

    @cached_property
    def _validator(self) -> t.Any:
        # Imported when the first body comes: it is most of the time that starting takes.
        from jsonschema import Draft202012Validator

        return Draft202012Validator(self.schema)

    def check_query(self, given: t.Mapping[str, t.Sequence[str]]) -> None:
        """Raises Refusal for a parameter that the operation does not list, one of another type, and one that is there twice and is no list."""
        for name, values in given.items():
            expected = self.query.get(name)
            if expected is None:
                raise malformed(self.manner, "query", f"unknown parameter {name}")
            if len(values) > 1 and expected.get("type") != "array":
                raise malformed(self.manner, "query", f"{name} is there more than once")
            each = expected.get("items", expected)
            for value in values:
                if each.get("type") == "integer" and not NUMBER.fullmatch(value):
                    raise malformed(self.manner, "query", f"{name} is not a number")
                if each.get("enum") and value not in [str(one) for one in each["enum"]]:
                    raise malformed(self.manner, "query", f"{name} is not one of {each['enum']}")

    def check_headers(self, given: Headers) -> None:
        """Raises Refusal for a header that is missing, or one that is no number within its limits."""
        for name, expected in self.headers.items():
            value = given.get(name)
            if not value and expected.get("required"):
                raise malformed(self.manner, "header", f"the header {name} is missing")
            if value and expected.get("type") == "integer" and not (value.isdecimal() and expected["minimum"] <= int(value) <= expected["maximum"]):
                raise malformed(self.manner, "header", f"the header {name} is no number from {expected['minimum']} to {expected['maximum']}")

    def check_body(self, body: t.Any) -> None:
        """Raises Refusal for a body that does not fit the model; None is no body."""
        if self.schema is None:
            if body is not None:
                raise malformed(self.manner, "body", "a body is not expected")
            return
        if body is None:
            if self.body_required:
                raise malformed(self.manner, "body", "the body is missing")
            return
        error = next(iter(sorted(self._validator.iter_errors(body), key=lambda one: list(map(str, one.path)))), None)
        if error is not None:
            place = ".".join(str(part) for part in error.path) or "body"
            raise self._mismatch(place, error)

    def _mismatch(self, place: str, error: t.Any) -> Refusal:
        reason = error.message if self.service != "iam" or error.validator in _TELLING else f"the value does not fit ({error.validator})"
        return malformed(self.manner, "body", f"{place}: {reason}")


def chosen(candidates: t.Sequence[Operation], body: t.Any) -> Operation:
    """The one of the operations of a path that a body asks for; the first where it asks for none of them."""
    for name in ("auth", "identity", "methods"):
        body = body.get(name) if isinstance(body, dict) else None
    return next((one for one in candidates if body is not None and one.login == body), candidates[0])


def operations() -> list[Operation]:
    """Every operation that is served."""
    return [operation for service in SERVICES for operation in _of(service)]


def _of(service: str) -> t.Iterator[Operation]:
    contract = json.loads((_FOLDER / f"{service}.json").read_text(encoding="utf-8"))
    for one in contract["operations"]:
        body = one["request_body"]
        parameters = {place: {each["name"]: each for each in one["parameters"] if each["in"] == place} for place in ("query", "header")}
        yield Operation(
            service=service,
            name=one["operation_id"],
            method=one["method"],
            path=one["path"],
            query=parameters["query"],
            headers=parameters["header"],
            schema=_schema(body, contract["models"]) if body else None,
            body_required=bool(body and body.get("required")),
            writes=one.get("writes", one["method"] != "GET"),
            caller=one.get("caller", "proven"),
        )


def _schema(model: t.Mapping[str, t.Any], models: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A model of the contract as a JSON schema that allows nothing else."""
    if "$ref" in model:
        return _schema(models[model["$ref"].rpartition("/")[2]], models)
    schema: dict[str, t.Any] = {"type": model["type"]} if "type" in model else {}
    schema.update({name: model[name] for name in ("enum", "minimum", "maximum") if name in model})
    if "items" in model:
        schema["items"] = _schema(model["items"], models)
    if "fields" in model:
        schema["properties"] = {name: _schema(field, models) for name, field in model["fields"].items()}
        schema["required"] = [name for name, field in model["fields"].items() if field.get("required")]
        schema["additionalProperties"] = False
    return schema
