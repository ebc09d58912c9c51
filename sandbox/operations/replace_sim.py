"""Replace the SIM card of a line by a spare one of its customer; the old card is dead."""

from collections.abc import Mapping
from typing import Any

from sandbox.operations.operation import Args, Context, SandboxOperation, Unfit, is_text
from sandbox.targets.lines import LINES, Line
from sandbox.targets.stock import StockRequest
from sandbox.targets.target import Refusal

SAME_SIM = Refusal("sameSim", "The line already uses this SIM card.")
SIM_NOT_AVAILABLE = Refusal("simNotAvailable", "The customer has no such spare SIM card.")


def _read(value: Any, _characteristics: Mapping[str, Any]) -> Args | None:
    # Whether there is such a card is asked of the single item, not of the whole order.
    if not is_text(value):
        raise Unfit("iccid: a text is expected.")
    return {"iccid": value.removeprefix("+")}


def _refusal(line: Line, args: Args, context: Context) -> Refusal | None:
    card = context.stock.cards.get(args["iccid"])
    if card is not None and card is line.card:
        return SAME_SIM
    is_spare = card is not None and card.state == "spare" and card.owner == line.organization
    return None if is_spare else SIM_NOT_AVAILABLE


def _apply(line: Line, args: Args, context: Context) -> None:
    context.stock.replace_card(line, args["iccid"])


OPERATION = SandboxOperation(
    kind="replaceSim",
    target=LINES,
    asked_by="iccid",
    read=_read,
    refusals=(SAME_SIM, SIM_NOT_AVAILABLE),
    refusal=_refusal,
    apply=_apply,
    wants=lambda args: StockRequest(iccid=args["iccid"]),
    in_office=True,
)
