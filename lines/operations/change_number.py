"""Change the numbers of lines: each gets a free number of the operator's pool, or the one it had before."""

from __future__ import annotations

import re
from decimal import Decimal

from sqlalchemy import and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from core.i18n import N_, NN_
from hierarchy.models import Company
from lines.models import Line, LineState
from lines.number_pool import CLASSES, free_numbers, give_up_numbers, keep_given_up
from lines.numbers import format_msisdn, parse_msisdn
from lines.operations.common import REASONS, TERMINATED, NoParams, row_value_refusals
from operators import pool_sync
from operators.changes import Change
from operators.models import PoolNumber, SyncState
from rbac.permissions import Permission
from runs.models import RunValue
from runs.operation import ROW_VALUE, Operation, Price, Refusal, Words
from runs.row_value_kind import ListColumn, RowValue, Stock

NEW_NUMBER = RowValue(
    code="msisdn",
    column="msisdn",
    label=N_("New number"),
    hint=N_("A free number of the operator, or one that the company gave up a short while ago."),
    present_label=N_("Present number"),
    wrong=N_("This is not a phone number."),
    read=parse_msisdn,
    show=format_msisdn,
    input_mode="numeric",
    list_column=ListColumn(re.compile(r"\b(номер|number|phone|телефон|msisdn)", re.IGNORECASE)),
    stock=Stock(
        free_numbers,
        search_label=N_("Digits it should have"),
        classes=CLASSES,
        classes_label=N_("Class of number"),
        any_class=N_("Any class"),
    ),
    before=give_up_numbers,
    after=keep_given_up,
)


def _refusals() -> tuple[Refusal, ...]:
    free, customer, user = aliased(PoolNumber), aliased(Company), aliased(Line)
    party = select(customer.party_id).where(customer.id == Line.company_id).correlate(Line).scalar_subquery()
    is_free = exists().where(
        free.msisdn == RunValue.value, or_(free.party_id.is_(None), free.party_id == party)
    )
    is_reserved = exists().where(
        free.msisdn == RunValue.value, free.party_id.is_not(None), free.party_id != party
    )
    is_whole = exists().where(SyncState.stream == pool_sync.STREAM, SyncState.cursor == pool_sync.WHOLE)
    # A terminated line keeps the number that it had: the operator may have it in the pool again.
    used = exists().where(
        user.company_id == Line.company_id,
        user.msisdn == RunValue.value,
        user.id != Line.id,
        user.state != LineState.TERMINATED,
    )
    return (
        TERMINATED,
        *row_value_refusals(
            missing=N_("No new number is given for it"),
            wrong=N_("The new number cannot be read"),
            twice=N_("The same new number is given to several lines"),
        ),
        Refusal(
            "same_number", N_("Already has this number"), Line.msisdn == RunValue.value, after_success=True
        ),
        Refusal(
            "number_used",
            N_("Another line of the company has the new number"),
            used.correlate(Line, RunValue),
            N_("Choose another number."),
        ),
        Refusal(
            "number_not_available",
            N_("The new number is not free"),
            or_(
                is_reserved.correlate(Line, RunValue),
                and_(is_whole.correlate_except(SyncState), ~is_free.correlate(Line, RunValue)),
            ),
            N_(
                "Choose another number. One that has just come free is known here within a quarter of an hour."
            ),
            after_success=True,
        ),
    )


def _price() -> Price:
    number = aliased(PoolNumber)
    once = select(number.price).where(number.msisdn == RunValue.value).correlate(RunValue).scalar_subquery()
    return Price(once=func.coalesce(once, 0), month=literal(Decimal(0)))


OPERATION = Operation(
    code="change_number",
    words=Words(
        title=N_("Change of numbers"),
        effect=N_(
            "The SIM cards go on working with other numbers; calls to the present numbers no longer arrive."
        ),
        button=N_("Change number"),
        confirm=NN_("Change the number of %(n)s line", "Change the numbers of %(n)s lines"),
        done=NN_("number of %(n)s line changed", "numbers of %(n)s lines changed"),
    ),
    permission=Permission.LINES_NUMBER,
    icon="123",
    schema=NoParams,
    row_value=NEW_NUMBER,
    refusals=lambda params: _refusals(),
    change=lambda params: Change(msisdn=params[ROW_VALUE]),
    effect=lambda params: {"msisdn": RunValue.value},
    price=lambda params: _price(),
    reasons=REASONS,
    group="number",
    order=70,
)
