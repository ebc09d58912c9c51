"""Common parts of operations: refusals that hold for every line, and parameters without content."""

from __future__ import annotations

from sqlalchemy import exists
from sqlalchemy.orm import aliased

from core.fields import FieldSchema
from core.i18n import N_
from lines.models import Line, LineState
from runs.models import UNREADABLE, RunValue
from runs.operation import Reasons, Refusal

TERMINATED = Refusal(
    "terminated",
    N_("The number no longer works"),
    Line.state == LineState.TERMINATED,
    N_("Take it off your list."),
)


DEBT = N_("The billing account is in debt"), N_("Pay the debt, then try again.")
BLOCKED = N_("The number is blocked"), N_("Unblock it first.")
REASONS: Reasons = {
    "terminated": (TERMINATED.text, TERMINATED.advice),
    "blocked": BLOCKED,
    "debt": DEBT,
}
"""How a line stands: for that the operator may refuse any operation."""


def row_value_refusals(*, missing: str, wrong: str, twice: str) -> tuple[Refusal, ...]:
    """The refusals of every row value: not given, not readable, given twice."""
    other = aliased(RunValue)
    again = exists().where(
        other.company_id == RunValue.company_id,
        other.run_id == RunValue.run_id,
        other.value == RunValue.value,
        other.target_id != RunValue.target_id,
    )
    return (
        Refusal("no_value", missing, RunValue.value.is_(None), N_("Add it and look at the preview again.")),
        Refusal(
            "value_wrong",
            wrong,
            RunValue.value.startswith(UNREADABLE),
            N_(
                "Look for a mistyped digit. In Excel set the column's format to “Text”, else it rounds long numbers."
            ),
        ),
        Refusal(
            "value_twice", twice, again.correlate(RunValue), N_("Correct it and look at the preview again.")
        ),
    )


class NoParams(FieldSchema):
    """An operation that needs to be told nothing."""
