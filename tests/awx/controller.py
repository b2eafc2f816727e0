# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of the API of an AWX controller: it keeps what the role awx_bootstrap makes, and refuses what AWX refuses of it. Nothing else is served."""

from __future__ import annotations

import itertools
import json
import typing as t
from dataclasses import dataclass, field

from flask import Flask, Response, jsonify, request

TOKEN = "fake-secret-0001-token-of-the-controller"
API = "/api/v2/"
# What each kind needs, and the kinds that its fields name.
NEEDED: t.Mapping[str, tuple[str, ...]] = {
    "organizations": ("name",),
    "credential_types": ("name", "kind"),
    "credentials": ("name", "credential_type", "organization"),
    "execution_environments": ("name", "image"),
    "projects": ("name", "organization"),
    "inventories": ("name", "organization"),
    "hosts": ("name", "inventory"),
    "inventory_sources": ("name", "inventory", "source"),
    "job_templates": ("name", "project", "inventory", "playbook"),
    "schedules": ("name", "rrule", "unified_job_template"),
    "workflow_job_templates": ("name",),
    "workflow_job_template_nodes": ("workflow_job_template",),
    "workflow_approval_templates": ("name",),
}
NAMES = {
    "organization": "organizations",
    "credential_type": "credential_types",
    "credential": "credentials",
    "execution_environment": "execution_environments",
    "default_environment": "execution_environments",
    "project": "projects",
    "source_project": "projects",
    "inventory": "inventories",
    "workflow_job_template": "workflow_job_templates",
}
TEMPLATES = ("job_templates", "projects", "inventory_sources", "workflow_job_templates", "workflow_approval_templates")
# What goes with what it belongs to.
OWNED = (
    ("inventories", "hosts", "inventory"),
    ("inventories", "inventory_sources", "inventory"),
    ("job_templates", "schedules", "unified_job_template"),
    ("workflow_job_templates", "workflow_job_template_nodes", "workflow_job_template"),
)
LINKS = ("credentials", "success_nodes", "failure_nodes", "always_nodes")
Item = dict[str, t.Any]


class Refusal(Exception):
    """What AWX does not take."""


@dataclass
class Controller:
    """What a controller holds, by kind and id."""

    playbooks: t.Collection[str]
    kinds: dict[str, dict[int, Item]] = field(default_factory=lambda: {kind: {} for kind in NEEDED})
    links: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)
    surveys: dict[int, Item] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    numbers: t.Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def shown(self, kind: str, item: Item) -> Item:
        """An item as the API shows it: secrets hidden, and with its links."""
        url = f"{API}{kind}/{item['id']}/"
        related = {name: f"{url}{name}/" for name in (*LINKS, "survey_spec")}
        template = item.get("unified_job_template")
        if kind == "workflow_job_template_nodes" and template:
            home = next(one for one in TEMPLATES if template in self.kinds[one])
            related["unified_job_template"] = f"{API}{home}/{template}/"
        shown = {**item, "type": kind.removesuffix("s") if kind != "inventories" else "inventory", "url": url, "related": related, "summary_fields": {}}
        if kind == "projects":
            # It has been synchronised before anybody asks.
            shown |= {"status": "successful", "scm_revision": "0" * 40, "finished": "2026-01-01T00:00:00Z"}
            shown["summary_fields"] = {"last_update": {"id": item["id"], "status": "successful"}, "last_job": {"id": item["id"], "status": "successful"}}
            related["last_update"] = related["last_job"] = url
        if kind == "credentials":
            secret = {one["id"] for one in self.kinds["credential_types"][item["credential_type"]]["inputs"]["fields"] if one.get("secret")}
            shown["inputs"] = {key: "$encrypted$" if key in secret else value for key, value in item.get("inputs", {}).items()}
        return shown

    def check(self, kind: str, item: Item) -> None:
        """Refuse what lacks something, names what is not there, or is there already."""
        lacking = [name for name in NEEDED[kind] if item.get(name) in (None, "")]
        if lacking:
            raise Refusal({name: ["This field is required."] for name in lacking})
        for name, other in NAMES.items():
            if item.get(name) is not None and item[name] not in self.kinds[other]:
                raise Refusal({name: [f'Invalid pk "{item[name]}" - object does not exist.']})
        if "name" in item and kind not in ("workflow_approval_templates", "schedules"):
            home = item.get("inventory") if kind in ("hosts", "inventory_sources") else None
            twins = [
                one for one in self.kinds[kind].values() if one["name"] == item["name"] and one.get("inventory" if home else "name") in (home, item["name"])
            ]
            if any(one["id"] != item.get("id") for one in twins):
                raise Refusal({"__all__": [f"{kind} with this name already exists."]})
        if kind == "job_templates" and item["playbook"] not in self.playbooks:
            raise Refusal({"playbook": ["Playbook not found for project."]})
        if kind == "credential_types":
            banned = [name for name in item.get("injectors", {}).get("env", {}) if name.startswith("ANSIBLE_")]
            if banned or item["kind"] not in ("cloud", "net"):
                raise Refusal({"injectors": [f"Environment variable {banned} may affect Ansible configuration so its use is not allowed in credentials."]})
        if kind == "credentials":
            inputs = self.kinds["credential_types"][item["credential_type"]]["inputs"]
            unknown = set(item.get("inputs", {})) - {one["id"] for one in inputs["fields"]}
            if unknown:
                raise Refusal({"inputs": [f"Additional properties are not allowed ({sorted(unknown)} was unexpected)"]})

    def put(self, kind: str, given: Item, number: int | None = None) -> Item:
        """An item that is made or changed."""
        # As AWX does, what an approval has no field for is passed over: the modules send it the fields of its node as well.
        known = {key: value for key, value in given.items() if kind != "workflow_approval_templates" or key in ("name", "description", "timeout")}
        item = {**(self.kinds[kind][number] if number else {"id": next(self.numbers)}), **known}
        self.check(kind, item)
        changed = item != self.kinds[kind].get(item["id"])
        self.kinds[kind][item["id"]] = item
        if changed:
            self.writes.append(f"{kind} {item.get('name') or item.get('identifier')}")
        return item

    def remove(self, kind: str, number: int) -> None:
        """An item that goes, with what belongs to it."""
        if kind == "credential_types" and any(one["credential_type"] == number for one in self.kinds["credentials"].values()):
            raise Refusal({"detail": "Credential types that are in use cannot be deleted"})
        for owner, owned, by in OWNED:
            if kind == owner:
                for one in [key for key, item in self.kinds[owned].items() if item.get(by) == number]:
                    self.remove(owned, one)
        self.writes.append(f"{kind} {self.kinds[kind].pop(number).get('name')}")

    def found(self, kind: str, words: t.Mapping[str, str]) -> list[Item]:
        """The items that a query asks for."""
        homes = TEMPLATES if kind == "unified_job_templates" else (kind,)
        items = [self.shown(home, item) for home in homes for item in self.kinds[home].values()]
        for key, value in words.items():
            if key.startswith("or__"):
                items = [one for one in items if any(str(one.get(name[4:])) == wanted for name, wanted in words.items() if name.startswith("or__"))]
            elif key not in ("page_size", "page", "order_by"):
                items = [one for one in items if str(one.get(key)) == value]
        return items


def application(controller: Controller) -> Flask:
    """The API over a controller."""
    app = Flask(__name__)

    @app.before_request
    def known() -> t.Any:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return jsonify(detail="Authentication credentials were not provided. To establish a login session, visit /api/login/."), 401
        return None

    @app.after_request
    def version(answer: Response) -> Response:
        answer.headers.update({"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"})
        return answer

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> t.Any:
        return jsonify(refusal.args[0]), 409 if "detail" in refusal.args[0] else 400

    def page(items: list[Item]) -> Response:
        return jsonify(count=len(items), next=None, previous=None, results=items)

    @app.get("/api/")
    def versions() -> Response:
        return jsonify(description="AWX REST API", current_version=API, available_versions={"v2": API})

    @app.get(f"{API}me/")
    def me() -> Response:
        return page([{"id": 1, "type": "user", "username": "admin", "url": f"{API}users/1/"}])

    @app.route(f"{API}<kind>/", methods=["GET", "POST"])
    def items(kind: str) -> t.Any:
        if request.method == "GET" and (kind in NEEDED or kind == "unified_job_templates"):
            return page(controller.found(kind, request.args))
        if request.method == "GET" or kind not in NEEDED:
            return jsonify(detail=f"The stand-in does not serve {kind}."), 404
        return jsonify(controller.shown(kind, controller.put(kind, request.get_json()))), 201

    @app.route(f"{API}<kind>/<int:number>/", methods=["GET", "PATCH", "DELETE"])
    def item(kind: str, number: int) -> t.Any:
        if number not in controller.kinds.get(kind, {}):
            return jsonify(detail="Not found."), 404
        if request.method == "DELETE":
            controller.remove(kind, number)
            return "", 202 if kind == "inventories" else 204
        given = request.get_json() if request.method == "PATCH" else None
        return jsonify(controller.shown(kind, controller.put(kind, given, number) if given is not None else controller.kinds[kind][number]))

    @app.route(f"{API}job_templates/<int:number>/survey_spec/", methods=["GET", "POST", "DELETE"])
    def survey(number: int) -> t.Any:
        if request.method == "POST":
            given = request.get_json()
            if not {"name", "description", "spec"} <= set(given) or not given["spec"]:
                return jsonify(error="'name', 'description' and 'spec' are required, and spec has to hold a question."), 400
            controller.surveys[number] = given
            controller.writes.append(f"survey {number}")
        return jsonify(controller.surveys.get(number, {}))

    @app.post(f"{API}workflow_job_template_nodes/<int:number>/create_approval_template/")
    def approval(number: int) -> t.Any:
        made = controller.put("workflow_approval_templates", request.get_json())
        controller.kinds["workflow_job_template_nodes"][number]["unified_job_template"] = made["id"]
        return jsonify(controller.shown("workflow_approval_templates", made)), 201

    @app.route(f"{API}<kind>/<int:number>/<link>/", methods=["GET", "POST"])
    def linked(kind: str, number: int, link: str) -> t.Any:
        other = "credentials" if link == "credentials" else kind
        there = controller.links.setdefault((kind, number, link), [])
        if link not in LINKS:
            return jsonify(detail=f"The stand-in does not serve {link}."), 404
        if request.method == "GET":
            return page([controller.shown(other, controller.kinds[other][one]) for one in there])
        given = json.loads(request.get_data())
        controller.writes.append(f"{kind} {number} {link}")
        there.remove(given["id"]) if given.get("disassociate") else there.append(given["id"])
        return "", 204

    return app
