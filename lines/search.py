"""The meanings of the text in the search field: a number, its end, a SIM card, a name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, any_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.orm.util import AliasedClass

from hierarchy.models import Department
from hierarchy.queries import name_matches
from lines.models import Line
from lines.numbers import parse_iccid, parse_msisdn

AROUND_DIGITS = frozenset(" \t\u00a0\u2009\u202f+-()./\u2010\u2011\u2012\u2013\u2014")
AFTER_ALL = "\U0010ffff"
LineEntity = type[Line] | AliasedClass[Line]


@dataclass(frozen=True)
class Meaning:
    """Every reading of a text, each empty where it does not apply; a line matches if one of them does."""

    number: str = ""
    number_start: str = ""
    number_end: str = ""
    iccid_start: str = ""
    name: str = ""


def understand(text: str) -> Meaning:
    """Read a search text: "8 (912) 345-67-89", "67-89", "8970 1…", "Иванов"."""
    text = text.strip()
    digits = "".join(sign for sign in text if sign.isdecimal() and sign.isascii())
    if not digits or any(sign not in AROUND_DIGITS and not sign.isdigit() for sign in text):
        number = parse_msisdn(text) if len(digits) >= 10 else None
        return Meaning(number=number) if number else Meaning(name=normal(text))
    number = parse_msisdn(text)
    if number and len(digits) <= 11:
        return Meaning(number=number)
    if parse_iccid(digits) or len(digits) > 11:
        return Meaning(iccid_start=digits)
    start = _number_start(digits, text)
    return Meaning(
        number_start=start, number_end=digits, iccid_start=digits if digits.startswith("897") else ""
    )


def _number_start(digits: str, text: str) -> str:
    """The beginning of a number in E.164; a lone "8" stands for the country code."""
    if text.lstrip().startswith("+"):
        return digits
    if digits[0] in "78":
        return "7" + digits[1:]
    return "7" + digits


def normal(text: str) -> str:
    """As names are stored for sorting: small letters, "е" for "ё"."""
    return text.lower().replace("ё", "е")


def starts_with(column: ColumnElement[str] | InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """A prefix as a range: unlike LIKE it is leak-proof, so that an index serves it behind row-level security."""
    return and_(column >= text, column < text + AFTER_ALL)


def condition(text: str, company_id: int, line: LineEntity = Line) -> ColumnElement[bool]:
    """The condition on `line` that one of the readings holds."""
    meaning = understand(text)
    clauses: list[ColumnElement[bool]] = []
    if meaning.number:
        clauses.append(line.msisdn == meaning.number)
    if meaning.number_start:
        clauses.append(starts_with(line.msisdn, meaning.number_start))
    if meaning.number_end:
        clauses.append(starts_with(line.msisdn_reversed, meaning.number_end[::-1]))
    if meaning.iccid_start:
        clauses.append(starts_with(line.iccid, meaning.iccid_start))
    if meaning.name:
        clauses.append(starts_with(line.employee_sort, meaning.name))
        clauses.append(line.department_id == any_(departments_named(meaning.name, company_id)))
    return or_(*clauses) if clauses else false()


def departments_named(name: str, company_id: int) -> ColumnElement[list[int]]:
    """The ids of departments of which a word begins so, with all below, as an array that an index is probed with."""
    top, under = aliased(Department), aliased(Department)
    ids = (
        select(under.id)
        .join(top, and_(top.company_id == under.company_id, under.path >= top.path))
        .where(
            under.company_id == company_id,
            under.path < func.rtrim(top.path, "/").concat("0"),
            name_matches(name, top),
        )
        .distinct()
    )
    return func.array(ids.scalar_subquery())
