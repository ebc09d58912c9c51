"""What a printed application says, in one language and without any layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.i18n import N_, translate
from forms.form import FormLine, FormType, Lines
from forms.models import Request
from hierarchy.models import Company, Contract
from lines.numbers import format_iccid, format_msisdn
from operators.models import Tariff

BLANK_ROWS = 8
ADDRESSEE = N_("To the operator's department for corporate customers")
NUMBERS = N_("Number")
CARD = N_("SIM card (ICCID)")
EMPLOYEE = N_("Employee")
DETAILS = (("inn", N_("INN")), ("kpp", N_("KPP")), ("ogrn", N_("OGRN")))


@dataclass(frozen=True)
class Document:
    """Texts of an application, ready to be drawn: who to, who from, title, body, facts, table, what is attached.

    An empty value of a fact is a line to write on. `numbers` may be long: it goes over as many pages as it needs.
    """

    locale: str
    addressee: str
    sender: tuple[str, ...]
    heading: str
    title: str
    number: str
    body: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    numbers: tuple[tuple[str, ...], ...]
    total: str
    attach: tuple[str, ...]
    attach_title: str
    date_label: str
    date: str
    signature: str
    name: str
    stamp: str
    page: str

    def as_json(self) -> dict[str, Any]:
        """The same as plain lists and texts."""
        return asdict(self)


def describe(
    session: Session, form: FormType, request: Request, lines: Sequence[FormLine], locale: str
) -> Document:
    """The application of a request with everything filled in."""
    company = session.get(Company, request.company_id)
    contracts = session.scalars(
        select(Contract.number)
        .where(Contract.company_id == request.company_id)
        .order_by(Contract.number)
        .limit(3)
    ).all()
    zone = ZoneInfo(company.timezone if company else "Europe/Moscow")
    made = (request.submitted_at or clock.now()).astimezone(zone).date()
    facts = _facts(session, form, request.values, locale)
    sender = _sender(company, request.values, contracts, locale)
    return _document(form, locale, sender, facts, lines, request.values, request.number or "", made)


def blank(form: FormType, locale: str) -> Document:
    """The empty form, to be filled in by hand."""
    labels = [translate(locale, str(one.metadata["label"])) for one in form.schema().fields.values()]
    facts = tuple((label, "") for label in labels)
    rows = [FormLine(0, "", "", "")] * BLANK_ROWS if form.lines != Lines.NONE else []
    line = "_" * 34
    names = (translate(locale, N_("Company")), *(translate(locale, title) for _, title in DETAILS))
    sender = tuple(f"{name} {line[: max(10, 34 - len(name))]}" for name in names)
    return _document(form, locale, sender, facts, rows, {}, "", None)


def _document(
    form: FormType,
    locale: str,
    sender: tuple[str, ...],
    facts: tuple[tuple[str, str], ...],
    lines: Sequence[FormLine],
    values: Mapping[str, Any],
    number: str,
    made: date | None,
) -> Document:
    def t(message: str, **params: object) -> str:
        return translate(locale, message, **params)

    title, column = form.columns(values, lines) if form.columns and values else ("", ())
    head = ("№", t(NUMBERS), t(CARD), t(EMPLOYEE), *((t(title),) if title else ())) if lines else ()
    rows = tuple(_row(no, line, column) for no, line in enumerate(lines, 1))
    count = sum(bool(line.msisdn) for line in lines)
    return Document(
        locale=locale,
        addressee=t(ADDRESSEE),
        sender=sender,
        heading=t(form.heading),
        title=t(form.title),
        number=f"№ {number}" if number else "",
        body=tuple(t(text) for text in form.body),
        facts=facts,
        head=head,
        numbers=rows,
        total=t(N_("Numbers in all: %(count)s"), count=count) if count else "",
        attach=tuple(t(text) for text in form.attach),
        attach_title=t(N_("Attached")),
        date_label=t(N_("Date")),
        date=format_date(made, "long", locale=locale) if made else "",
        signature=t(N_("Signature")),
        name=t(N_("Position and name")),
        stamp=t(N_("Place for the stamp")),
        page=t(N_("Page")),
    )


def _row(no: int, line: FormLine, column: Sequence[str]) -> tuple[str, ...]:
    number = format_msisdn(line.msisdn) if line.msisdn else ""
    card = format_iccid(line.iccid) if line.iccid else ""
    return (str(no), number, card, line.employee, *((column[no - 1],) if column else ()))


def _sender(
    company: Company | None, values: Mapping[str, Any], contracts: Sequence[str], locale: str
) -> tuple[str, ...]:
    """The company as the operator knows it; an applicant from outside as it describes itself."""
    name = company.name if company else str(values.get("company") or "")
    found = [name]
    for key, title in DETAILS:
        value = getattr(company, key) if company else values.get(key)
        if value:
            found.append(f"{translate(locale, title)} {value}")
    if contracts:
        found.append(translate(locale, N_("Contract %(numbers)s"), numbers=", ".join(contracts)))
    return tuple(found)


def _facts(
    session: Session, form: FormType, values: Mapping[str, Any], locale: str
) -> tuple[tuple[str, str], ...]:
    found = []
    for name, field in form.schema().fields.items():
        # What stands in the table of numbers is not said twice.
        if values.get(name) and name != "cards":
            found.append(
                (translate(locale, str(field.metadata["label"])), shown(session, field, values[name], locale))
            )
    return tuple(found)


def shown(session: Session, field: fields.Field[Any], value: Any, locale: str) -> str:
    """A stored value as people read it."""
    choices, widget = field.metadata.get("choices"), field.metadata.get("widget")
    if choices:
        return translate(locale, str(choices.get(value, value)))
    if widget == "tariff":
        tariff = session.get(Tariff, value)
        return tariff.name if tariff else str(value)
    if widget == "date":
        return format_date(date.fromisoformat(str(value)), "long", locale=locale)
    if widget == "money":
        return format_decimal(Decimal(str(value)), "#,##0.00", locale=locale) + "\u00a0₽"
    return format_msisdn(str(value)) if widget == "phone" else str(value)
