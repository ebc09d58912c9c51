"""The application factory: puts the web console together around an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Flask, g, request
from flask.typing import ResponseReturnValue

from console import babel, errors, files, identity, intake, observe, security
from console.api import document, health, listener
from console.pages import (
    auth,
    companies,
    connect,
    departments,
    desk,
    journal,
    lines,
    notices,
    operations,
    people,
    placing,
    previews,
    profile,
    reports,
    request_files,
    requests,
    results,
    runs,
    schedules,
    structure,
    tree,
    uploads,
)
from console.pages import files as file_pages
from console.web import ENGINE, WORKSHOP, Public, declared_permission, find_actor, may
from core.db import unit_of_work
from core.tenancy import all_companies, companies_scope, company_scope
from rbac.decision import Actor
from reports.workshop import Workshop
from runs.engine import Engine

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.blueprint,
    profile.blueprint,
    lines.blueprint,
    tree.blueprint,
    placing.blueprint,
    structure.blueprint,
    departments.blueprint,
    people.blueprint,
    companies.blueprint,
    journal.blueprint,
    operations.blueprint,
    previews.blueprint,
    results.blueprint,
    runs.blueprint,
    uploads.blueprint,
    reports.blueprint,
    schedules.blueprint,
    file_pages.blueprint,
    notices.blueprint,
    requests.blueprint,
    request_files.blueprint,
    desk.blueprint,
    connect.blueprint,
    listener.blueprint,
    health.blueprint,
    document.blueprint,
)
"""Every blueprint of the console, pages first."""


class Console(Flask):
    """Flask that wraps every view in the company's scope and one unit of work; error handlers run outside."""

    def dispatch_request(self) -> ResponseReturnValue:
        view = self.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static":
            return super().dispatch_request()
        g.passive = getattr(view, "passive", False)
        if isinstance(declared_permission(view), Public):
            with all_companies(reason="a public page belongs to no company"), unit_of_work():
                return super().dispatch_request()
        with _scope_of(find_actor()), unit_of_work():
            return super().dispatch_request()


@contextmanager
def _scope_of(actor: Actor | None) -> Iterator[None]:
    """The company acted in; nobody, and staff outside of a company, see no company's rows."""
    if actor is None or actor.company_id is None:
        with companies_scope(()):
            yield
    else:
        with company_scope(actor.company_id):
            yield


def create_app(engine: Engine, workshop: Workshop) -> Flask:
    """The console as a WSGI application. The process must be bound to its database (core.db.connect)."""
    app = Console(__name__)
    app.extensions[ENGINE] = engine
    app.extensions[WORKSHOP] = workshop
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_common)
    observe.install(app)
    security.install(app, engine.settings)
    intake.install(app, proxies=engine.settings.trusted_proxies)
    identity.install(app, engine.settings)
    babel.install(app)
    files.install(app)
    errors.install(app)
    security.csrf.exempt(listener.blueprint)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    document.install(app)
    return app


def _common() -> dict[str, object]:
    """What every template may read."""
    return {"actor": find_actor(), "may": may}
