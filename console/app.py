"""The application factory: puts the web console together around an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Flask, current_app, g, request
from flask.typing import ResponseReturnValue

from console.account import help as help_page
from console.account import profile, sign_in, staying
from console.api import health, listener, openapi
from console.journal import pages as journal
from console.lines import pages as lines
from console.lines import tree, uploads
from console.people import companies, notices
from console.people import pages as people
from console.reports import files as file_pages
from console.reports import pages as reports
from console.reports import schedules
from console.requests import connect, desk
from console.requests import files as request_files
from console.requests import pages as requests
from console.runs import operations, previews, results
from console.runs import pages as runs
from console.structure import departments
from console.structure import pages as structure
from console.web import errors, i18n, identity, intake, kept_forms, observe, security, static_files
from console.web import parts as process_parts
from console.web.parts import Parts
from console.web.routing import Public, declared_permission, find_actor, may
from core.db import unit_of_work
from core.tenancy import all_companies, companies_scope, company_scope
from rbac.actor import Actor

BLUEPRINTS: tuple[Blueprint, ...] = (
    sign_in.blueprint,
    profile.blueprint,
    staying.blueprint,
    help_page.blueprint,
    lines.blueprint,
    tree.blueprint,
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
    openapi.blueprint,
)
"""Every blueprint of the console, pages first."""


class Console(Flask):
    """Flask that wraps every view in the company's scope and one unit of work; error handlers run outside."""

    def dispatch_request(self) -> ResponseReturnValue:
        view = self.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint == "static":
            return super().dispatch_request()
        if isinstance(declared_permission(view), Public):
            with all_companies(reason="a public page belongs to no company"), unit_of_work():
                return super().dispatch_request()
        with _scope_of(find_actor()), unit_of_work():
            return super().dispatch_request()


def _mark_passive() -> None:
    """Mark what pages ask for by themselves, which keeps no session alive, before anybody asks who it is."""
    g.passive = getattr(current_app.view_functions.get(request.endpoint or ""), "passive", False)


@contextmanager
def _scope_of(actor: Actor | None) -> Iterator[None]:
    """The company acted in; nobody, and staff outside of a company, see no company's rows."""
    if actor is None or actor.company_id is None:
        with companies_scope(()):
            yield
    else:
        with company_scope(actor.company_id):
            yield


def create_app(parts: Parts) -> Flask:
    """The console as a WSGI application. The process must be bound to its database (core.db.connect)."""
    app = Console(__name__)
    process_parts.install(app, parts)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_common)
    observe.install(app)
    app.before_request(_mark_passive)
    app.before_request(intake.bound_json)
    app.before_request(intake.check_names)
    security.install(app, parts.settings)
    intake.install(app, proxies=parts.settings.trusted_proxies)
    identity.install(app, parts.settings)
    i18n.install(app)
    static_files.install(app)
    errors.install(app)
    kept_forms.install(app)
    security.csrf.exempt(listener.blueprint)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    openapi.install(app)
    return app


def _common() -> dict[str, object]:
    """The values that every template may read."""
    return {"actor": find_actor(), "may": may}
