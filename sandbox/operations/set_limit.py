"""Set a spending limit on a line: roubles per day or month, with a warning before."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from sandbox.operations.operation import Args, Context, SandboxOperation, Unfit
from sandbox.targets.lines import LINES, Line

PERIODS = ("day", "month")


def _read(value: Any, _characteristics: Mapping[str, Any]) -> Args | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Unfit("spendingLimit: an object or null is expected.")
    amount = _amount(value.get("amount"))
    if value.get("unit", "RUB") != "RUB":
        raise Unfit("spendingLimit.unit: RUB is expected.")
    period = value.get("period", "month")
    if period not in PERIODS:
        raise Unfit("spendingLimit.period: day or month is expected.")
    warn = value.get("warnAt", 80)
    if warn is not None and (isinstance(warn, bool) or not isinstance(warn, int) or not 1 <= warn <= 100):
        raise Unfit("spendingLimit.warnAt: percents from 1 to 100 are expected.")
    return {"limit": {"amount": f"{amount:.2f}", "unit": "RUB", "period": period, "warnAt": warn}}


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise Unfit("spendingLimit.amount: a decimal number is expected.") from error
    # Compared only when finite: NaN cannot be ordered.
    if not amount.is_finite() or not 0 < amount < 10**9 or amount != round(amount, 2):
        raise Unfit("spendingLimit.amount: above zero and with at most two decimals is expected.")
    return amount


def _apply(line: Line, args: Args, _context: Context) -> None:
    line.limit = orjson.dumps(args["limit"]).decode()


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {} if row["spending_limit"] is None else {"spendingLimit": row["spending_limit"]}


OPERATION = SandboxOperation(
    kind="setLimit",
    target=LINES,
    asked_by="spendingLimit",
    read=_read,
    refusal=lambda line, args, context: None,
    apply=_apply,
    shown=_shown,
)
