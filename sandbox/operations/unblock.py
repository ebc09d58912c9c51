"""Unblock a line: it is active again."""

from collections.abc import Mapping
from typing import Any

from sandbox.operations.operation import Args, Context, SandboxOperation
from sandbox.targets.lines import LINES, Line
from sandbox.targets.target import Refusal

ALREADY_ACTIVE = Refusal("alreadyActive", "The line is already active.")


def _read(value: Any, _characteristics: Mapping[str, Any]) -> Args | None:
    return {} if value == "active" else None


def _refusal(line: Line, _args: Args, _context: Context) -> Refusal | None:
    return ALREADY_ACTIVE if line.status == "active" else None


def _apply(line: Line, _args: Args, _context: Context) -> None:
    line.status, line.block_reason = "active", None


OPERATION = SandboxOperation(
    kind="unblock",
    target=LINES,
    asked_by="status",
    is_attribute=True,
    expects='"active"',
    read=_read,
    refusals=(ALREADY_ACTIVE,),
    refusal=_refusal,
    apply=_apply,
)
