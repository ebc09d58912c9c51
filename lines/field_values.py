"""Values of fields: what a form begins with, whether what was chosen is there and offered, how people read a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from marshmallow import Schema, ValidationError, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.fields import DAY, MONEY, Listed, info_of
from core.i18n import N_, translate
from hierarchy.models import BillingAccount, Company, Department
from lines.accounts import is_offered
from lines.fields import ACCOUNT, DEPARTMENT, PHONE, TARIFF
from lines.numbers import NO_BREAK_SPACE, format_msisdn
from operators.models import Tariff
from rbac.actor import Actor
from rbac.decision import is_allowed, roots
from rbac.permissions import Permission
from users.models import User

NOT_OURS = N_("There is no such billing account in your company.")
NOT_OFFERED = N_("This tariff is not offered. Choose another one.")
LOST_DEPARTMENT = N_("This department is not there any more, or you may not see it.")


def beginning(session: Session, actor: Actor | None, schema: Schema) -> dict[str, str]:
    """The first values of a form by field: defaults, and what is known of the company and the person, if anybody is."""
    infos = {name: info_of(declared) for name, declared in schema.fields.items()}
    values = {name: "" if info.default is None else str(info.default) for name, info in infos.items()}
    prefilled = {name: info.prefill.partition(".") for name, info in infos.items() if info.prefill}
    if actor is None or not prefilled:
        return values
    sources = {
        "company": session.get(Company, actor.company_id) if actor.company_id else None,
        "user": session.get(User, actor.user_id) if actor.user_id else None,
    }
    for name, (source, _, column) in prefilled.items():
        values[name] = str(getattr(sources[source], column, "") or "")
    return values


def problems(
    session: Session,
    actor: Actor,
    permission: Permission,
    schema: Schema,
    values: Mapping[str, Any],
    *,
    is_narrowed: bool = False,
) -> dict[str, list[str]]:
    """The problems of the tariffs, accounts and departments among these values, by field.

    Departments are those on which the actor holds the permission; where what is done is narrowed to these anyway
    (`is_narrowed`), one above them counts too.
    """
    checks: dict[str, Callable[[Any], str | None]] = {
        TARIFF: lambda value: _tariff_problem(session, value),
        ACCOUNT: lambda value: _account_problem(session, actor, value),
        DEPARTMENT: lambda value: _department_problem(session, actor, permission, value, is_narrowed),
    }
    wrong: dict[str, list[str]] = {}
    for name, declared in schema.fields.items():
        check, value = checks.get(info_of(declared).widget), values.get(name)
        problem = check(value) if check and value is not None else None
        if problem:
            wrong[name] = [problem]
    return wrong


def _tariff_problem(session: Session, value: str) -> str | None:
    tariff = session.get(Tariff, value)
    return None if tariff is not None and tariff.is_sellable else NOT_OFFERED


def _account_problem(session: Session, actor: Actor, value: str) -> str | None:
    query = select(BillingAccount.id).where(BillingAccount.number == value, is_offered(actor))
    return None if session.scalar(query.limit(1)) is not None else NOT_OURS


def _department_problem(
    session: Session, actor: Actor, permission: Permission, value: int, is_narrowed: bool
) -> str | None:
    path = session.scalar(
        select(Department.path).where(Department.company_id == actor.company_id, Department.id == value)
    )
    if path is None:
        return LOST_DEPARTMENT
    is_above = is_narrowed and any(root.startswith(path) for root in roots(actor, permission))
    return None if is_above or is_allowed(actor, permission, path) else LOST_DEPARTMENT


def in_words(session: Session, company_id: int, declared: fields.Field[Any], value: Any, locale: str) -> str:
    """A stored value as people read it; None is the field's word for none."""
    info = info_of(declared)
    if value is None:
        return translate(locale, info.none)
    if info.choices:
        return translate(locale, info.choices.get(str(value), str(value)))
    if isinstance(declared, Listed):
        return "\n".join(declared.show(part) for part in str(value).splitlines())
    write = _BY_WIDGET.get(info.widget)
    if write is not None:
        is_readable = info.widget not in _READ or read(declared, value) is not None
        return write(session, company_id, value, locale) if is_readable else str(value)
    written = _grouped(str(value), info.groups)
    return f"{written} {info.unit}" if info.unit else written


def read(declared: fields.Field[Any], value: Any) -> Any:
    """The meaning of a stored value to its field; None for one that it cannot read, as drafts keep it."""
    try:
        return declared.deserialize(str(value))
    except ValidationError:
        return None


def _tariff(session: Session, _company_id: int, value: Any, _locale: str) -> str:
    tariff = session.get(Tariff, str(value))
    return tariff.name if tariff else str(value)


def _department(session: Session, company_id: int, value: Any, _locale: str) -> str:
    query = select(Department.name).where(Department.company_id == company_id, Department.id == int(value))
    return session.scalar(query) or f"№ {value}"


def _day(_session: Session, _company_id: int, value: Any, locale: str) -> str:
    return format_date(date.fromisoformat(str(value)), "long", locale=locale)


def _money(_session: Session, _company_id: int, value: Any, locale: str) -> str:
    return format_decimal(Decimal(str(value)), "#,##0.00", locale=locale) + NO_BREAK_SPACE + "₽"


def _phone(_session: Session, _company_id: int, value: Any, _locale: str) -> str:
    return format_msisdn(str(value))


_READ = frozenset((DAY, MONEY, DEPARTMENT))
"""What is written from a date or a number: a draft may hold a text that is none ("about 1500")."""
_BY_WIDGET: Mapping[str, Callable[[Session, int, Any, str], str]] = {
    TARIFF: _tariff,
    DEPARTMENT: _department,
    DAY: _day,
    MONEY: _money,
    PHONE: _phone,
}


def _grouped(text: str, lengths: Sequence[int]) -> str:
    """Digits in groups of these lengths, as they stand in papers; a text of another length stays."""
    if not lengths or sum(lengths) != len(text):
        return text
    ends = (0, *accumulate(lengths))
    return NO_BREAK_SPACE.join(text[start:end] for start, end in pairwise(ends))
