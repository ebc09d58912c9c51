"""The base of every view: registration with a declared permission, the actor, the session, templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from console.web.identity import Person, find_person
from console.web.parts import parts
from console.web.rates import limited
from core.db import session
from core.errors import NotAllowed
from rbac.actor import Actor
from rbac.decision import holds
from rbac.permissions import OPERATOR_ONLY, Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Public:
    """Declared for views that anybody may ask for; `why` is for the reader of the code."""

    why: str


@dataclass(frozen=True)
class SignedIn:
    """Declared for views that every signed-in person may ask for, with or without a company."""


Declared = Permission | Public | SignedIn


class SignInNeeded(Exception):
    """A request of nobody who is signed in: a page sends people to sign in, the API answers 401."""


class CompanyNeeded(Exception):
    """Operator staff asked for a company's page without having entered a company."""


def route(
    blueprint: Blueprint,
    rule: str,
    *,
    permission: Declared,
    methods: Sequence[str] = ("GET",),
    endpoint: str | None = None,
    passive: bool = False,
    is_costly: bool = False,
) -> Callable[[View], View]:
    """Register a view with the permission it needs: the only way in which views are registered.

    `is_costly` views have a tighter bound on how often a person may ask (console/web/rates.py).
    `passive` views are asked for by pages themselves (progress), and do not keep a session alive.
    """

    def register(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            admit(permission)
            return view(*args, **kwargs)

        registered: Any = guarded
        if not isinstance(permission, Public):
            registered = limited(guarded, is_costly=is_costly)
        registered.declared = permission
        registered.passive = passive
        blueprint.add_url_rule(rule, endpoint or view.__name__, registered, methods=list(methods))
        return view

    return register


def declared_permission(view: object) -> Declared | None:
    """The permission that a view of the url map was registered with; None where it went past `route`."""
    permission = getattr(view, "declared", None)
    return permission if isinstance(permission, Permission | Public | SignedIn) else None


def admit(permission: Declared) -> None:
    """Let the request pass or raise: SignInNeeded, CompanyNeeded or NotAllowed."""
    if isinstance(permission, Public):
        return
    subject = actor()
    if isinstance(permission, SignedIn):
        return
    if subject.company_id is None and permission not in OPERATOR_ONLY:
        raise CompanyNeeded
    if not holds(subject, permission):
        raise NotAllowed(permission.value)


def person() -> Person:
    """The signed-in person with the session's details; raises SignInNeeded."""
    person = find_person()
    if person is None:
        raise SignInNeeded
    return person


def actor() -> Actor:
    """The actor; raises SignInNeeded where nobody is signed in."""
    actor = find_actor()
    if actor is None:
        raise SignInNeeded
    return actor


def find_actor() -> Actor | None:
    """The actor; None where nobody is signed in."""
    person = find_person()
    return person.actor if person else None


def may(word: str | Permission) -> bool:
    """Whether the actor holds the permission anywhere: for menus and buttons."""
    subject = find_actor()
    return subject is not None and holds(subject, Permission(word))


def db() -> Session:
    """The database session of the request's unit of work."""
    return session()


def render(template: str, **context: Any) -> str:
    """A page or fragment, in the locale of the request."""
    return render_template(template, **context)


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page, not for a page (a boosted link asks for a page)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def is_api() -> bool:
    """Whether the address answers programs, in JSON."""
    return request.path.startswith(("/api/", "/operator/", "/health/", "/metrics"))


def local_path(address: str | None, fallback: str) -> str:
    """The path of an address of our own to go on to; `fallback` for an address elsewhere."""
    if not address:
        return fallback
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != request.host:
        return fallback
    path = parts.path
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return fallback
    return f"{path}?{parts.query}" if parts.query else path


def go_to(address: str) -> Response:
    """A redirect after a POST; htmx is told to load the page as a whole."""
    if is_fragment():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, code=303)


__all__ = [
    "CompanyNeeded",
    "Declared",
    "Public",
    "ResponseReturnValue",
    "SignInNeeded",
    "SignedIn",
    "actor",
    "admit",
    "db",
    "declared_permission",
    "find_actor",
    "go_to",
    "is_api",
    "is_fragment",
    "local_path",
    "may",
    "parts",
    "person",
    "render",
    "route",
]
