"""Block a line: it is suspended, for a reason."""

from collections.abc import Mapping
from typing import Any

from sandbox.operations.operation import Args, Context, SandboxOperation, Unfit
from sandbox.targets.lines import LINES, Line
from sandbox.targets.target import Refusal

ALREADY_SUSPENDED = Refusal("alreadySuspended", "The line is already suspended.")
REASONS = ("voluntary", "lost", "company")


def _read(value: Any, characteristics: Mapping[str, Any]) -> Args | None:
    if value != "suspended":
        return None
    reason = characteristics.get("blockReason", "voluntary")
    if reason not in REASONS:
        raise Unfit("blockReason: one of " + ", ".join(REASONS) + " is expected.")
    return {"reason": reason}


def _refusal(line: Line, _args: Args, _context: Context) -> Refusal | None:
    return ALREADY_SUSPENDED if line.status == "suspended" else None


def _apply(line: Line, args: Args, _context: Context) -> None:
    line.status, line.block_reason = "suspended", args["reason"]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {} if row["block_reason"] is None else {"blockReason": row["block_reason"]}


OPERATION = SandboxOperation(
    kind="block",
    target=LINES,
    asked_by="status",
    is_attribute=True,
    expects='"suspended"',
    read=_read,
    refusals=(ALREADY_SUSPENDED,),
    refusal=_refusal,
    apply=_apply,
    shown=_shown,
)
