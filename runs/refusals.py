"""Refusals in SQL: the reasons why a line is not eligible, and the sentences for them."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    literal,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.i18n import N_
from operators.port import ANY_REASON
from runs.models import OPEN, Run, RunItem, RunState
from runs.operation import Operation, Params, Refusal

NO_RIGHT = "no_right"
NO_RIGHT_THERE = "no_right_there"
BUSY = "busy"
# Written out, not bound: only then PostgreSQL can prove that the index of unfinished items serves.
OPEN_IN_SQL: list[ColumnElement[str]] = [literal_column(f"'{state.value}'") for state in OPEN]
ON_THE_WAY_IN_SQL: list[ColumnElement[str]] = [literal_column("'sent'"), literal_column("'unknown'")]
UNFINISHED_IN_SQL: list[ColumnElement[str]] = [
    literal_column(f"'{state.value}'") for state in (RunState.RUNNING, RunState.CANCELLED, RunState.BROKEN)
]
COMMON_TEXTS: dict[str, tuple[str, str]] = {
    NO_RIGHT: (
        N_("You have no right to do this with these numbers"),
        N_("Ask a global administrator of your company for a role on their department."),
    ),
    NO_RIGHT_THERE: (
        N_("The department is gone, or you have no right to do this there"),
        N_("Choose another department."),
    ),
    BUSY: (
        N_("Already in another unfinished run of the same kind"),
        N_("Wait until that run has finished or stop it, then try again."),
    ),
}


def busy(
    company_id: int, target_id: InstrumentedAttribute[int], codes: list[str], *, before: int | None = None
) -> ColumnElement[bool]:
    """True where an unfinished item of another run of these operations holds the line; `before`: of an older run."""
    item, run = aliased(RunItem), aliased(Run)
    items = (
        select(literal(1))
        .select_from(item)
        .join(run, (run.company_id == item.company_id) & (run.id == item.run_id))
        .where(
            item.company_id == company_id,
            item.target_id == target_id,
            item.state.in_(OPEN_IN_SQL),
            run.operation.in_(codes),
        )
    )
    if before is None:
        return items.correlate_except(item, run).exists()
    # For the few lines of one order: as a scalar it is looked up per line by the index, never hashed as a whole.
    # One that waits gives way to an older run, and any gives way to what is already on its way in another.
    first = or_(item.run_id < before, item.state.in_(ON_THE_WAY_IN_SQL))
    older = items.where(item.run_id != before, first).limit(1).correlate_except(item, run)
    # Asked once per statement, and mostly answered with no: then no line is looked up at all.
    other = aliased(Run)
    others = select(literal(1)).where(
        other.company_id == company_id,
        other.id != before,
        other.state.in_(UNFINISHED_IN_SQL),
        other.finished_at.is_(None),
        other.operation.in_(codes),
    )
    return and_(others.correlate(None).exists(), older.scalar_subquery().is_not(None))


def refusal_case(refusals: list[Refusal]) -> ColumnElement[str | None]:
    """The code of the first refusal that holds, null where the line is eligible."""
    if not refusals:
        return cast(null(), String)
    return case(*((refusal.condition, literal(refusal.code)) for refusal in refusals), else_=null())


class Texts(dict[str, tuple[str, str]]):
    """The sentence of each reason, and what can be done about it; of one that nobody knows any more, the plainest."""

    def __missing__(self, code: str) -> tuple[str, str]:
        return self.get(ANY_REASON) or ITEM_TEXTS[ANY_REASON]


def texts(operation: Operation | None, params: Params) -> Texts:
    """Message ids by refusal code; without an operation, which is no longer known then, what belongs to none."""
    if operation is None:
        return Texts({**ITEM_TEXTS, **COMMON_TEXTS})
    refused = {refusal.code: (refusal.text, refusal.advice) for refusal in operation.refusals(params)}
    return Texts({**ITEM_TEXTS, **COMMON_TEXTS, **operation.reasons, **refused})


def reason_from_operator(reason: str, known: Texts) -> str:
    """The operator's reason if these texts know it as one that is the operator's to give, else the plainest."""
    return reason if reason in known and reason not in NOT_FROM_OPERATOR else ANY_REASON


ITEM_TEXTS: dict[str, tuple[str, str]] = {
    "broken": (
        N_("The console no longer knows this operation"),
        N_("Start it anew from the list of numbers."),
    ),
    "technical": (N_("The operator could not carry it out"), N_("Retry the failed ones in a new run.")),
    "order_lost": (N_("The operator no longer knows the order"), N_("Retry the failed ones in a new run.")),
    ANY_REASON: (N_("Refused by the operator"), ""),
    "unknown_line": (N_("The operator does not know this number"), N_("Ask your account manager.")),
    "stopped": (N_("The run was stopped before its turn"), N_("Start a new run for these numbers.")),
}
"""Why an item of any operation was not done: what belongs to no operation."""
NOT_FROM_OPERATOR = frozenset({NO_RIGHT, NO_RIGHT_THERE, BUSY, "broken", "stopped"})
"""What only we can say of an item."""
