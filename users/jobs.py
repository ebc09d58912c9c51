"""Repeated work about people: forgetting forms whose hour is over."""

from __future__ import annotations

from core import clock
from core.db import unit_of_work
from core.parts import Parts
from core.tenancy import all_companies
from users import kept_forms


def tidy(_parts: Parts) -> None:
    """The repeated job."""
    with all_companies(reason="kept forms belong to people, not to companies"), unit_of_work() as session:
        kept_forms.forget_old(session, moment=clock.now())
