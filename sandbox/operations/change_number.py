"""Change the number of a line to a free one, or to an earlier one of its customer."""

from collections.abc import Mapping
from typing import Any

from sandbox.operations.operation import Args, Context, SandboxOperation, Unfit, is_text
from sandbox.targets.lines import LINES, Line, Number
from sandbox.targets.stock import StockRequest
from sandbox.targets.target import Refusal

SAME_NUMBER = Refusal("sameNumber", "The line already has this number.")
NUMBER_NOT_AVAILABLE = Refusal("numberNotAvailable", "The number cannot be had.")

RELEASE = """
UPDATE phone_number SET state = 'free', organization_id = NULL, standby_until = NULL
 WHERE state = 'standby' AND standby_until <= %s
"""


def _read(value: Any, _characteristics: Mapping[str, Any]) -> Args | None:
    # Whether there is such a number is asked of the single item, not of the whole order.
    if not is_text(value):
        raise Unfit("msisdn: a text is expected.")
    return {"msisdn": value.removeprefix("+")}


def _refusal(line: Line, args: Args, context: Context) -> Refusal | None:
    number = context.stock.numbers.get(args["msisdn"])
    if number is not None and number is line.number:
        return SAME_NUMBER
    return None if number is not None and _is_to_be_had(number, line) else NUMBER_NOT_AVAILABLE


def _is_to_be_had(number: Number, line: Line) -> bool:
    return number.state == "free" or (number.state == "standby" and number.owner == line.organization)


def _apply(line: Line, args: Args, context: Context) -> None:
    context.stock.replace_number(line, args["msisdn"])


OPERATION = SandboxOperation(
    kind="changeNumber",
    target=LINES,
    asked_by="msisdn",
    read=_read,
    refusals=(SAME_NUMBER, NUMBER_NOT_AVAILABLE),
    refusal=_refusal,
    apply=_apply,
    wants=lambda args: StockRequest(msisdn=args["msisdn"]),
    each_day=RELEASE,
    in_office=True,
)
