"""The columns of the list of numbers, and which of them a person has chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from core.i18n import N_

COOKIE = "columns"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Column:
    """A column: its title (message id), the sorting of its head, whether figures stand at the right."""

    code: str
    title: str
    sort: str = ""
    is_numeric: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("state", N_("State")),
    Column("employee", N_("Employee"), "employee"),
    Column("department", N_("Department")),
    Column("tariff", N_("Tariff")),
    Column("used", N_("Limit used"), "used"),
    Column("spent", N_("Spent"), "spent", is_numeric=True),
    Column("activity", N_("Last activity"), "activity"),
    Column("iccid", N_("SIM card")),
    Column("limit", N_("Limit"), is_numeric=True),
    Column("activated", N_("In use since")),
)
DEFAULT = ("state", "employee", "department", "tariff", "used", "spent")


def chosen_columns() -> Sequence[Column]:
    """The columns of the address, else those chosen last time in this browser, else the usual ones."""
    asked = request.args.getlist("cols") or request.cookies.get(COOKIE, "").split(",")
    wanted = {name for part in asked for name in part.split(",")}
    found = [column for column in COLUMNS if column.code in wanted]
    return found or [column for column in COLUMNS if column.code in DEFAULT]


def codes(columns: Sequence[Column]) -> str:
    """The columns as the address and the cookie keep them."""
    return ",".join(column.code for column in columns)
