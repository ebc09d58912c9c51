"""Documents described for printing: of a request, filled in, and of a type of form, to be filled in by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.fields import AREA, Listed, info_of
from core.i18n import N_, translate
from forms.documents.form import SCANS, FormLine, FormType, Lines
from forms.printing.document import Document, Fact, Labels
from forms.printing.texts import plain
from forms.requests.models import Request
from hierarchy.models import Company, Contract
from lines import field_values
from lines.numbers import NO_BREAK_SPACE, format_iccid, format_msisdn

ADDRESSEE = N_("To the operator's department for corporate customers")
DETAILS = (("inn", N_("INN")), ("kpp", N_("KPP")), ("ogrn", N_("OGRN")))
SENDER = N_("From:")
HEAD = (N_("Number"), N_("SIM card (ICCID)"), N_("Employee"))
APPLICANT: Final = frozenset(("company", "inn", "kpp", "ogrn"))
"""Fields of an applicant from outside that stand at the top as who writes; they are not said twice."""
ONE_PAGE: Final = 20
"""About so many facts and numbers stand on one page with all the rest; more numbers make an annex."""
BLANK_ROOM, BLANK_ROWS = 15, (3, 5)
"""How many lines to write on and rows of the table fit on one page; least and most rows."""
PROSE: Final = 200
"""A text longer than this is set over the whole width."""
LONG_AREA: Final = 1000
ONE_LINE: Final = 42
BOX: Final = "☐"


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
    zone = ZoneInfo(company.timezone if company else clock.DEFAULT_ZONE)
    made = (request.submitted_at or clock.now()).astimezone(zone).date()
    values = request.values
    facts = _facts(session, request, form, locale)
    sender = _sender(company, values, contracts, locale)
    return _document(form, locale, sender, facts, lines, values, request.number or "", made)


def blank(form: FormType, locale: str) -> Document:
    """The empty form, to be filled in by hand."""
    shown_fields = {
        name: field for name, field in form.schema().fields.items() if _is_fact(form, name, field)
    }
    facts = tuple(_empty(field, locale) for field in shown_fields.values())
    least, most = BLANK_ROWS
    room = BLANK_ROOM - sum(fact.lines for fact in facts)
    rows = [FormLine(0, "", "", "")] * min(most, max(least, room)) if form.lines != Lines.NONE else []
    names = [SENDER, *(title for _, title in DETAILS)]
    if not form.is_public:
        names.append(N_("Contract"))
    sender = tuple(Fact(translate(locale, name)) for name in names)
    return _document(form, locale, sender, facts, rows, {}, "", None)


def _is_fact(form: FormType, name: str, field: fields.Field[Any]) -> bool:
    """Whether a field stands among the facts: values by number stand in their table, an applicant at the top."""
    return not isinstance(field, Listed) and not (form.is_public and name in APPLICANT)


def _empty(field: fields.Field[Any], locale: str) -> Fact:
    """A field to be filled in by hand: choices to tick, or lines to write on."""
    info = info_of(field)
    label = translate(locale, info.label)
    if info.choices:
        boxes = [BOX + NO_BREAK_SPACE + translate(locale, text) for text in info.choices.values()]
        in_one_line = sum(map(len, boxes)) < ONE_LINE
        return Fact(label, ("   " if in_one_line else "\n").join(boxes), 1 if in_one_line else len(boxes))
    if info.widget != AREA:
        return Fact(label)
    return Fact(label, lines=3 if info.longest > LONG_AREA else 2)


def _document(
    form: FormType,
    locale: str,
    sender: tuple[Fact, ...],
    facts: tuple[Fact, ...],
    lines: Sequence[FormLine],
    values: Mapping[str, Any],
    number: str,
    made: date | None,
) -> Document:
    def t(message: str, **params: object) -> str:
        return translate(locale, message, **params)

    day = format_date(made, "long", locale=locale) if made else ""
    named = t(N_("No. %(number)s of %(date)s"), number=number, date=day) if number else ""
    count = sum(bool(line.msisdn) for line in lines)
    has_annex = count > 0 and len(lines) + len(facts) > ONE_PAGE
    head, rows = _table(form, locale, lines, values)
    body, annex, attach = [t(text) for text in form.body], [], [t(a) for a in form.attach if a not in SCANS]
    if has_annex:
        body.append(t(N_("Numbers in all: %(count)s, on the list in annex 1."), count=count))
        annex = [t(N_("Annex 1")), f"{t(form.title)} {named}".strip(), t(N_("List of numbers"))]
        attach.insert(0, annex[-1])
    return Document(
        locale=locale,
        addressee=t(ADDRESSEE),
        sender=sender,
        heading=t(form.heading),
        title=t(form.title),
        subject=t(form.subject or form.title) if form.title != form.heading else "",
        number=named,
        body=tuple(body),
        facts=facts,
        head=head,
        numbers=rows,
        annex=tuple(annex),
        total=t(N_("Numbers in all: %(count)s"), count=count) if count else "",
        note="" if count or not rows else t(N_("More numbers: on a signed list, attached.")),
        attach=tuple(attach),
        date=day,
        signers=tuple(
            Fact(t(signer.title), plain(str(values.get(signer.field) or ""))) for signer in form.signers
        ),
        labels=_labels(locale, is_blank=made is None),
    )


def _labels(locale: str, *, is_blank: bool) -> Labels:
    return Labels(
        sender="" if is_blank else translate(locale, SENDER),
        attached=translate(locale, N_("Attached")),
        closing=translate(locale, N_("We confirm that everything said here is true.")),
        date=translate(locale, N_("Date")),
        signature=translate(locale, N_("Signature")),
        stamp=translate(locale, N_("Place for the stamp")),
        page=translate(locale, N_("Page %(page)s of %(pages)s"), page="{page}", pages="{pages}"),
    )


def _table(
    form: FormType, locale: str, lines: Sequence[FormLine], values: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Titles and rows; the fifth column is the form's own."""
    if not lines:
        return (), ()
    row_values = form.row_values(values) if form.row_values else None
    titles, column = [*HEAD], [""] * len(lines)
    if row_values is not None:
        titles.append(row_values.title)
        if len(row_values.values) == len(lines):
            column = [row_values.show(value) for value in row_values.values]
    head = ("№", *(translate(locale, title) for title in titles))
    return head, tuple(_row(no, line, column if row_values else ()) for no, line in enumerate(lines, 1))


def _row(no: int, line: FormLine, column: Sequence[str]) -> tuple[str, ...]:
    number = format_msisdn(line.msisdn) if line.msisdn else ""
    card = format_iccid(line.iccid) if line.iccid else ""
    last = (plain(column[no - 1]),) if column else ()
    return (str(no), number, card, plain(line.employee), *last)


def _sender(
    company: Company | None, values: Mapping[str, Any], contracts: Sequence[str], locale: str
) -> tuple[Fact, ...]:
    """The company as the operator knows it; an applicant from outside as it describes itself."""
    name = company.name if company else str(values.get("company") or "")
    facts = [Fact("", plain(name))]
    for key, title in DETAILS:
        value = getattr(company, key) if company else values.get(key)
        if value:
            facts.append(Fact(translate(locale, title), str(value)))
    if contracts:
        facts.append(Fact(translate(locale, N_("Contract")), plain("№ " + ", ".join(contracts))))
    return tuple(facts)


def _facts(session: Session, request: Request, form: FormType, locale: str) -> tuple[Fact, ...]:
    facts = []
    for name, field in form.schema().fields.items():
        value = request.values.get(name)
        if value and _is_fact(form, name, field):
            text = plain(field_values.in_words(session, request.company_id, field, value, locale))
            label = translate(locale, info_of(field).label)
            facts.append(Fact(label, text, is_wide=len(text) > PROSE))
    return tuple(facts)
