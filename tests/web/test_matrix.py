"""Role × route × foreign company, over every route that there is."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from console.web.routing import Public, SignedIn
from core.db import unit_of_work
from core.tenancy import all_companies
from rbac.permissions import OPERATOR_ONLY, Permission
from rbac.presets import get_preset
from tests.fixtures.company_objects import COMPANY_ROLES, STAFF_ROLES, FullPlace
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.routes import BODIES, Target, targets

REFUSED = {403}


class _TakeBack(Exception):
    """Ends the transaction around a request."""


def ask(client: FlaskClient, target: Target, place: FullPlace, address: str, *, follow: bool = False) -> int:
    """The status of one request with an empty form or its JSON body; what it changed is rolled back."""
    sent: dict[str, Any] = {"data": {}} if target.method != "GET" else {}
    if target.rule.rule in BODIES:
        sent = {"json": BODIES[target.rule.rule](place)}
    with contextlib.suppress(_TakeBack), all_companies(reason="the matrix takes back"), unit_of_work():
        status = client.open(address, method=target.method, follow_redirects=follow, **sent).status_code
        raise _TakeBack
    return status


def test_every_argument_of_an_address_is_known(app: Flask) -> None:
    unknown = {
        target.name: target.unknown_arguments() for target in targets(app) if target.unknown_arguments()
    }
    assert not unknown, f"say in tests/web/routes.py what these arguments name: {unknown}"


def test_every_route_declares_a_permission(app: Flask) -> None:
    silent = [target.name for target in targets(app) if target.declared is None]
    assert not silent, f"register these with console.web.routing.route: {silent}"


def test_nobody_gets_past_the_public_pages(app: Flask, companies: TwoCompanies) -> None:
    wrong = []
    for target in targets(app):
        status = ask(app.test_client(), target, companies.home, target.address(app, companies.home))
        is_public = isinstance(target.declared, Public)
        expected = status < 500 if is_public else status in ({401} if "/api/" in target.rule.rule else {302})
        if not expected:
            wrong.append((target.name, status))
    assert not wrong


@pytest.mark.parametrize("role", COMPANY_ROLES)
def test_a_role_opens_what_it_declares(
    app: Flask, companies: TwoCompanies, sign_in: SignIn, role: str
) -> None:
    held = get_preset(role).permissions
    wrong = []
    for target in targets(app):
        status = ask(
            sign_in(companies.home.users[role]),
            target,
            companies.home,
            target.address(app, companies.home, role),
        )
        if not _fits(target, status, held):
            wrong.append((target.name, str(target.declared), status))
    assert not wrong


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_staff_inside_a_company_have_their_preset(
    app: Flask, companies: TwoCompanies, sign_in: SignIn, role: str
) -> None:
    held = get_preset(role).permissions
    wrong = []
    for target in targets(app):
        client = sign_in(companies.staff[role], entered=companies.home.company_id)
        status = ask(client, target, companies.home, target.address(app, companies.home, role))
        if not _fits(target, status, held):
            wrong.append((target.name, str(target.declared), status))
    assert not wrong


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_staff_outside_see_no_company_from_within(
    app: Flask, companies: TwoCompanies, sign_in: SignIn, role: str
) -> None:
    wrong = []
    for target in targets(app):
        if not isinstance(target.declared, Permission) or target.declared in OPERATOR_ONLY:
            continue
        status = ask(
            sign_in(companies.staff[role]), target, companies.home, target.address(app, companies.home)
        )
        if status not in {302, 403}:
            wrong.append((target.name, status))
    assert not wrong


@pytest.mark.parametrize("who", ["global_admin", "operator_manager"])
def test_objects_of_a_foreign_company_are_not_there(
    app: Flask, companies: TwoCompanies, sign_in: SignIn, who: str
) -> None:
    wrong = []
    for target in targets(app):
        if not target.has_object or (who == "global_admin" and target.declared in OPERATOR_ONLY):
            continue
        is_staff = who in STAFF_ROLES
        client = (
            sign_in(companies.staff[who], entered=companies.home.company_id)
            if is_staff
            else sign_in(companies.home.users[who])
        )
        # A fragment asked for as a page leads to its page, which is not there either.
        status = ask(client, target, companies.home, target.address(app, companies.foreign), follow=True)
        if status != 404:
            wrong.append((target.name, status))
    assert not wrong


def test_staff_cannot_enter_a_company_outside_of_the_portfolio(
    companies: TwoCompanies, sign_in: SignIn
) -> None:
    manager = sign_in(companies.staff["operator_manager"])
    reason = {"reason": "Curious about them"}
    assert manager.post(f"/companies/{companies.foreign.company_id}/enter", data=reason).status_code == 404
    assert manager.post(f"/companies/{companies.home.company_id}/enter", data=reason).status_code == 303
    administrator = sign_in(companies.staff["operator_admin"])
    assert (
        administrator.post(f"/companies/{companies.foreign.company_id}/enter", data=reason).status_code == 303
    )


def _fits(target: Target, status: int, held: frozenset[Permission]) -> bool:
    """Whether a status is right for who holds these permissions: refused exactly where the right is missing."""
    if status >= 500:
        return False
    if isinstance(target.declared, Public | SignedIn):
        return status not in REFUSED
    if not target.needs() <= held:
        return status == 403
    # A service may still refuse an empty form (422), a state (409) or a stronger right asked at the object.
    return status not in {401, 404, 405} and (status not in REFUSED or target.method != "GET")
