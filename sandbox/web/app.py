"""The Flask application of the stand-in operator."""

import logging
from http import HTTPStatus

from flask import Flask, Response, request
from psycopg import DataError
from werkzeug.exceptions import HTTPException

from sandbox.services import Services
from sandbox.web import admin, catalogue, hubs, orders, parties, products, request_checks, resources
from sandbox.web.errors import ApiError, bad_request
from sandbox.web.http_json import send, send_error

log = logging.getLogger("sandbox")

MAX_BODY = 16 * 1024 * 1024


def create_app(parts: Services) -> Flask:
    """Put the pages of all APIs together around one set of services."""
    app = Flask("sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions["sandbox"] = parts
    app.before_request(_enter)
    app.after_request(request_checks.lose_answer)
    app.register_error_handler(ApiError, send_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _data_error)
    app.register_error_handler(Exception, _crash)
    app.add_url_rule("/health", view_func=health)
    for blueprint in (
        admin.blueprint,
        catalogue.blueprint,
        hubs.blueprint,
        orders.blueprint,
        parties.party_blueprint,
        parties.account_blueprint,
        products.blueprint,
        resources.blueprint,
    ):
        app.register_blueprint(blueprint)
    return app


def health() -> Response:
    """Says that the operator answers."""
    return send({"status": "ok"})


def _enter() -> None:
    if request.path.startswith("/admin/"):
        admin.check_admin_token()
    elif request.path != "/health":
        request_checks.admit()


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    return send_error(ApiError(status, status.phrase, error.description or status.phrase))


def _data_error(_error: DataError) -> Response:
    # Such as a NUL in a filter: what the database cannot hold is the caller's mistake.
    return send_error(bad_request(["The request holds a value that cannot be stored or searched."]))


def _crash(error: Exception) -> Response:
    log.error("%s %s", request.method, request.path, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return send_error(ApiError(status, "Internal error", "The operator could not handle this request."))
