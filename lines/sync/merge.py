"""The changes on a stored line when the operator shows it again: pure rules, no session and no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lines.at_operator import KNOWN, columns_of, owned
from lines.attribute import Owner
from lines.models import LineState
from operators.records import LineData

ORDERED = owned(Owner.OPERATOR)
"""What an order may change: while one is on its way, its outcome decides and not a snapshot."""
USAGE = owned(Owner.USAGE)
"""What moves at the operator without a new moment of change."""
UNTIL_SET = owned(Owner.OPERATOR_UNTIL_SET)
JOURNALED = frozenset(attribute.column for attribute in KNOWN if attribute.is_journaled)
"""Of the rest nobody asks who changed it: money spent moves with each call."""
PARKED = "~"

Stored = Mapping[str, Any]
"""A row of the table of lines by column."""


class Merge(NamedTuple):
    """Columns that change with their new values; `is_deferred` where the snapshot has to be looked at again."""

    changes: dict[str, Any]
    is_deferred: bool


class Holder(NamedTuple):
    """The line that has a number now."""

    operator_id: str
    line_id: int
    is_terminated: bool
    updated_at: datetime | None


def values_of(line: LineData, account_id: int | None, msisdn: str) -> dict[str, Any]:
    """A record's values by column of the table, without what it leaves unsaid."""
    known = {"account_id": account_id, "msisdn": msisdn, "operator_updated_at": line.updated_at}
    return {**columns_of(line), **known}


def is_newer(stored: Stored, line: LineData) -> bool:
    """Whether the operator changed the line after what is stored of it."""
    last = stored["operator_updated_at"]
    return last is None or line.updated_at > last


def differs(stored: Stored, line: LineData, values: Mapping[str, Any]) -> bool:
    """Whether the operator shows anything that an order may change, or the moment of change, otherwise than stored."""
    moved = stored["operator_updated_at"] != line.updated_at
    return moved or any(name in values and stored[name] != values[name] for name in ORDERED)


def merge(
    stored: Stored, line: LineData, values: Mapping[str, Any], *, has_order: bool, is_whole: bool = False
) -> Merge:
    """The changes on a stored line.

    An older snapshot changes nothing, one of the same moment only what moves without one. With an order on its way, or
    one that ended after the snapshot was asked for, only usage is taken over and the rest is deferred. The columns of
    each owner are said in lines/attributes.py. With `is_whole`, when everything is read, the operator's state is the
    truth whatever its moments say: it may have gone back to a backup.
    """
    last = stored["operator_updated_at"]
    if last is not None and line.updated_at < last and not is_whole:
        return Merge({}, False)
    newer = is_newer(stored, line) or (is_whole and differs(stored, line, values))
    names: tuple[str, ...] = USAGE
    if newer and not has_order:
        unset = [name for name in UNTIL_SET if not stored[name]]
        names = (*USAGE, *ORDERED, *unset, "operator_updated_at")
    changes = {name: values[name] for name in names if name in values and stored[name] != values[name]}
    return Merge(changes, newer and has_order)


def latest(lines: Iterable[LineData]) -> dict[str, LineData]:
    """By the operator's id; of two snapshots of one line, as overlapping pages give, the newer one."""
    newest: dict[str, LineData] = {}
    for line in lines:
        other = newest.get(line.id)
        if other is None or line.updated_at >= other.updated_at:
            newest[line.id] = line
    return newest


def assign_numbers(
    lines: Mapping[str, LineData], holders: Mapping[str, Holder]
) -> tuple[dict[str, str], dict[int, str]]:
    """The number that each line gets, and the stored lines that lose theirs: (by operator's id, by line's id).

    A number belongs to one line of a company. Where the operator gave it to another one, a line in service goes before
    a terminated one, then the later change wins; the loser keeps its number with a mark behind it. That covers numbers
    that were given out again and lines that swapped theirs.
    """
    winners: dict[str, LineData] = {}
    for line in lines.values():
        other = winners.get(line.msisdn)
        if other is None or _rank(line) > _rank(other):
            winners[line.msisdn] = line
    numbers: dict[str, str] = {}
    parked: dict[int, str] = {}
    for line in lines.values():
        holder = holders.get(line.msisdn)
        is_other = holder is not None and holder.operator_id != line.id
        if winners[line.msisdn] is not line:
            numbers[line.id] = marked(line.msisdn, line.id)
        elif not is_other or holder is None:
            numbers[line.id] = line.msisdn
        elif holder.operator_id in lines or _takes_over(line, holder):
            numbers[line.id] = line.msisdn
            parked[holder.line_id] = marked(line.msisdn, holder.operator_id)
        else:
            numbers[line.id] = marked(line.msisdn, line.id)
    return numbers, parked


def marked(msisdn: str, operator_id: str) -> str:
    """The number of a line that another one has taken over."""
    return f"{msisdn}{PARKED}{operator_id}"


def unmarked(msisdn: str) -> str:
    """The number as it was before another line took it over."""
    return msisdn.partition(PARKED)[0]


def _rank(line: LineData) -> tuple[bool, datetime, str]:
    return line.state != LineState.TERMINATED.value, line.updated_at, line.id


def _takes_over(line: LineData, holder: Holder) -> bool:
    if line.state == LineState.TERMINATED.value:
        return False
    return holder.is_terminated or holder.updated_at is None or line.updated_at >= holder.updated_at
