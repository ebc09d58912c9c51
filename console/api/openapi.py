"""The API's own description: the OpenAPI document, and a page to read it on without foreign hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify
from flask_smorest import Api

from console.lines import api as lines
from console.reports import api as reports
from console.reports import api_schedules as schedules
from console.requests import api as requests
from console.requests import api_desk as desk
from console.requests import api_files as attachments
from console.runs import api as runs
from console.web import api_schemas
from console.web.routing import ResponseReturnValue, SignedIn, render, route

blueprint = Blueprint("api_document", __name__, url_prefix="/api/v1")
EXTENSION = "virtual_manager_api"
METHODS = ("get", "post", "delete")
ABOUT = (
    "What the pages do, for programs. Sign in as a person does, at /sign-in; the session's cookie goes along with each "
    'call. What changes something also needs the token that stands in <meta name="csrf-token"> of every page.'
)


class Described(Api):  # type: ignore[misc]
    """Flask-smorest without its own error handlers: ours answer pages and programs alike."""

    ERROR_SCHEMA = api_schemas.ErrorOut

    def _register_error_handlers(self) -> None:
        return


@dataclass(frozen=True)
class Call:
    """One call of the API as the page shows it."""

    method: str
    path: str
    summary: str
    parameters: list[dict[str, Any]]
    has_body: bool


def install(app: Flask) -> None:
    """Register the API's calls and collect their description."""
    app.config.update(
        API_TITLE="Virtual manager",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,  # its own pages load scripts from foreign hosts
        API_SPEC_OPTIONS={
            "info": {"description": ABOUT},
            "components": {"securitySchemes": _proofs(app.config["SESSION_COOKIE_NAME"])},
            "security": [{"session": []}],
        },
    )
    described = Described(app)
    for module in (lines, runs, reports, schedules, requests, attachments, desk):
        described.register_blueprint(module.blueprint)
    app.extensions[EXTENSION] = described


def _proofs(cookie: str) -> dict[str, Any]:
    """The proofs of a caller: who it is, and that a change was meant."""
    return {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie},
        "token": {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
    }


@route(blueprint, "/openapi.json", permission=SignedIn())
def openapi() -> ResponseReturnValue:
    """The OpenAPI 3.1 document."""
    return jsonify(_document())


@route(blueprint, "/", permission=SignedIn())
def index() -> ResponseReturnValue:
    """The calls, to read."""
    return render("api/index.html", calls=list(_calls(_document())))


def _document() -> dict[str, Any]:
    described = current_app.extensions[EXTENSION]
    document: dict[str, Any] = described.spec.to_dict()
    for methods in document["paths"].values():
        for method in methods.keys() & set(METHODS) - {"get"}:
            methods[method]["security"] = [{"session": [], "token": []}]
    return document


def _calls(document: dict[str, Any]) -> Iterator[Call]:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            if method in METHODS:
                parameters = [*methods.get("parameters", []), *call.get("parameters", [])]
                yield Call(method.upper(), path, call.get("summary", ""), parameters, "requestBody" in call)
