"""Remove the spending limit from a line."""

from collections.abc import Mapping
from typing import Any

from sandbox.operations.operation import Args, Context, SandboxOperation
from sandbox.targets.lines import LINES, Line
from sandbox.targets.target import Refusal

LIMIT_NOT_SET = Refusal("limitNotSet", "The line has no spending limit.")


def _read(value: Any, _characteristics: Mapping[str, Any]) -> Args | None:
    return {} if value is None else None


def _refusal(line: Line, _args: Args, _context: Context) -> Refusal | None:
    return LIMIT_NOT_SET if line.limit is None else None


def _apply(line: Line, _args: Args, _context: Context) -> None:
    line.limit = None


OPERATION = SandboxOperation(
    kind="removeLimit",
    target=LINES,
    asked_by="spendingLimit",
    read=_read,
    refusals=(LIMIT_NOT_SET,),
    refusal=_refusal,
    apply=_apply,
)
