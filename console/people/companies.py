"""Operator staff: the companies of the portfolio, entering one with a reason, leaving it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from console.web.i18n import text
from console.web.routing import ResponseReturnValue, SignedIn, actor, db, person, render, route
from core.errors import InvalidInput
from rbac.permissions import Permission
from users.staff import portfolio

blueprint = Blueprint("companies", __name__, url_prefix="/companies")


@route(blueprint, "", permission=Permission.COMPANIES_ENTER)
def index() -> ResponseReturnValue:
    """The list."""
    return _page()


def _page(*, chosen: int | None = None, reason: str = "", errors: list[str] | None = None) -> str:
    search = request.args.get("q", "")
    rows = portfolio.companies(db(), actor(), search)
    return render(
        "companies/index.html", rows=rows, search=search, chosen=chosen, reason=reason, errors=errors or []
    )


@route(blueprint, "/<int:company_id>/enter", methods=("POST",), permission=Permission.COMPANIES_ENTER)
def enter(company_id: int) -> ResponseReturnValue:
    """Act in a company from now on; without a good reason the list comes back with what was typed."""
    visit = person().visit
    reason = request.form.get("reason", "")
    try:
        company = portfolio.enter(db(), actor(), visit.token_hash if visit else "", company_id, reason)
    except InvalidInput as problem:
        messages = [text(message) for message in problem.fields.get("reason", [])]
        return _page(chosen=company_id, reason=reason, errors=messages), 422
    flash(_("You are inside %(company)s. The company sees that and why.", company=company.name), "info")
    return redirect("/lines", code=303)


@route(blueprint, "/leave", methods=("POST",), permission=SignedIn())
def leave() -> ResponseReturnValue:
    """Stand outside of any company again."""
    visit = person().visit
    portfolio.leave(db(), actor(), visit.token_hash if visit else "")
    return redirect(url_for("companies.index"), code=303)
