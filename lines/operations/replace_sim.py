"""Replace SIM cards: each number goes on working with a spare card of the company, the old card dies."""

from __future__ import annotations

import re

from sqlalchemy import and_, exists
from sqlalchemy.orm import aliased

from core.i18n import N_, NN_
from lines.models import Line, SimCard, SimState
from lines.numbers import format_iccid, parse_iccid
from lines.operations.common import REASONS, TERMINATED, NoParams, row_value_refusals
from lines.sims import follow_replaced, spare_cards
from operators.changes import Change
from rbac.permissions import Permission
from runs.models import RunValue
from runs.operation import ROW_VALUE, Operation, Refusal, Words
from runs.row_value_kind import ListColumn, RowValue, Stock

NEW_CARD = RowValue(
    code="iccid",
    column="iccid",
    label=N_("New SIM card"),
    hint=N_("The ICCID printed on the card: 19 or 20 digits that begin with 89."),
    present_label=N_("Present SIM card"),
    wrong=N_(
        "This is not the number of a SIM card: 19 or 20 digits that begin with 89, the last a check digit."
    ),
    read=parse_iccid,
    show=format_iccid,
    input_mode="numeric",
    # A column of cards is taken without "new" over it too: nobody names lines by their number and a card at once.
    list_column=ListColumn(re.compile(r"\b(sim|сим|iccid|карт)", re.IGNORECASE), is_unmistakable=True),
    stock=Stock(spare_cards),
    after=follow_replaced,
)


def _refusals() -> tuple[Refusal, ...]:
    card = aliased(SimCard)
    spare = exists().where(
        card.company_id == Line.company_id,
        card.iccid == RunValue.value,
        card.state == SimState.SPARE,
    )
    user = aliased(Line)
    used = exists().where(
        and_(user.company_id == Line.company_id, user.iccid == RunValue.value, user.id != Line.id)
    )
    return (
        TERMINATED,
        *row_value_refusals(
            missing=N_("No new SIM card is given for it"),
            wrong=N_("The number of the new SIM card cannot be read"),
            twice=N_("The same new SIM card is given to several numbers"),
        ),
        Refusal(
            "same_sim", N_("Already uses this SIM card"), Line.iccid == RunValue.value, after_success=True
        ),
        Refusal(
            "sim_used",
            N_("The new SIM card serves another number"),
            used.correlate(Line, RunValue),
            N_("Take another card."),
        ),
        Refusal(
            "sim_not_available",
            N_("The new SIM card is not among the company's spare cards"),
            ~spare.correlate(Line, RunValue),
            N_(
                "Look for a mistyped digit. A card that you have just got is known here within a quarter of an hour; "
                "if it is not, ask your account manager."
            ),
            after_success=True,
        ),
    )


OPERATION = Operation(
    code="replace_sim",
    words=Words(
        title=N_("Replacement of SIM cards"),
        effect=N_("The numbers move to new SIM cards; the present cards stop working for good."),
        button=N_("Replace SIM"),
        confirm=NN_("Replace the SIM card of %(n)s line", "Replace the SIM cards of %(n)s lines"),
        done=NN_("SIM card of %(n)s line replaced", "SIM cards of %(n)s lines replaced"),
    ),
    permission=Permission.LINES_SIM,
    icon="sim",
    schema=NoParams,
    row_value=NEW_CARD,
    refusals=lambda params: _refusals(),
    change=lambda params: Change(iccid=params[ROW_VALUE]),
    effect=lambda params: {"iccid": RunValue.value},
    reasons=REASONS,
    group="sim",
    order=60,
)
