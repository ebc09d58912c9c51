"""Change the tariff of a line, now or from the next charging period."""

from collections.abc import Mapping
from typing import Any

from sandbox.operations.operation import Args, Context, SandboxOperation, Unfit, is_text
from sandbox.targets.lines import LINES, Line
from sandbox.targets.target import Refusal
from sandbox.tariffs import SELLABLE

LINE_SUSPENDED = Refusal("lineSuspended", "The line is suspended.")
SAME_TARIFF = Refusal("sameTariff", "The line already has this tariff.")
TARIFF_NOT_SELLABLE = Refusal("tariffNotSellable", "The tariff is not sold.")
DEBT = Refusal("debt", "The billing account of the line is in arrears.")
EFFECTIVE = ("now", "nextPeriod")

START_PLANNED = """
UPDATE product SET tariff_id = planned_tariff_id, planned_tariff_id = NULL, planned_on = NULL,
                   last_update = clock_timestamp()
 WHERE planned_on <= %s RETURNING *
"""


def _read(offering: Any, characteristics: Mapping[str, Any]) -> Args | None:
    if not isinstance(offering, dict) or not is_text(offering.get("id")):
        raise Unfit("product.productOffering.id: a text is expected.")
    effective = characteristics.get("effective", "now")
    if effective not in EFFECTIVE:
        raise Unfit("effective: now or nextPeriod is expected.")
    return {"tariff": offering["id"], "effective": effective}


def _refusal(line: Line, args: Args, _context: Context) -> Refusal | None:
    if line.status == "suspended":
        return LINE_SUSPENDED
    tariff = args["tariff"]
    is_planned = args["effective"] == "nextPeriod" and line.planned_tariff == tariff
    # A planned change away from the present tariff may be called back by ordering the present one.
    if is_planned or (line.tariff == tariff and line.planned_tariff is None):
        return SAME_TARIFF
    if tariff not in SELLABLE and tariff != line.tariff:
        return TARIFF_NOT_SELLABLE
    return DEBT if line.in_arrears else None


def _apply(line: Line, args: Args, context: Context) -> None:
    if args["effective"] == "now" or line.tariff == args["tariff"]:
        line.tariff, line.planned_tariff, line.planned_on = args["tariff"], None, None
    else:
        line.planned_tariff, line.planned_on = args["tariff"], context.next_period


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["planned_tariff_id"] is None:
        return {}
    return {"plannedTariff": {"id": row["planned_tariff_id"], "from": row["planned_on"].isoformat()}}


OPERATION = SandboxOperation(
    kind="changeTariff",
    target=LINES,
    asked_by="productOffering",
    is_attribute=True,
    read=_read,
    refusals=(LINE_SUSPENDED, SAME_TARIFF, TARIFF_NOT_SELLABLE, DEBT),
    refusal=_refusal,
    apply=_apply,
    shown=_shown,
    each_day=START_PLANNED,
)
