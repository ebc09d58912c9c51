"""Rate limits for a signed-in person: much for pages, less for what takes the server long to make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_limiter.util import get_remote_address

from console.web.identity import find_person
from console.web.security import limiter

USUAL = "1200 per minute"
COSTLY = "60 per minute"
"""Previews, reports, documents, uploads: what reads or makes thousands of rows."""


def limited(view: Callable[..., Any], *, is_costly: bool) -> Callable[..., Any]:
    """The view with the bounds of a signed-in person; all views share them, and nobody else is counted.

    Without Redis each process counts by itself, so that nobody is shut out.
    """
    view = limiter.shared_limit(USUAL, scope="person", key_func=_person, exempt_when=_is_nobody)(view)
    if is_costly:
        view = limiter.shared_limit(COSTLY, scope="costly", key_func=_person, exempt_when=_is_nobody)(view)
    return view


def _is_nobody() -> bool:
    return find_person() is None


def _person() -> str:
    person = find_person()
    if person is None or person.actor is None:
        return get_remote_address()
    return f"person {person.actor.user_id}"
