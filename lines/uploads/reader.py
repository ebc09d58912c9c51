"""Lists read in a child process with bounds, which asks for the numbers that are lines of the company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, or_
from sqlalchemy.orm import Session

from core.confined import Bounds, Confined, Sentences
from core.i18n import N_
from lines.models import Line
from lines.uploads.matching import seen_lines
from rbac.actor import Actor
from runs.models import UNREADABLE
from runs.row_value_kind import RowValue

SENTENCES: Final = Sentences(
    too_large=N_(
        "The workbook takes more memory than a list of numbers may: too many cells or texts, or a cell far away from "
        "the list. Copy only the list into a new workbook and upload that."
    ),
    too_long=N_(
        "Reading the file took longer than a list of numbers may. "
        "Copy only the list into a new workbook as values and upload that."
    ),
    crashed=N_("The file cannot be read. Open it in Excel, save it anew as .xlsx and upload it again."),
    busy=N_("Many lists are being read at this moment. Wait a minute and upload yours again."),
)
READ: Final = Confined("lines.uploads.child", "read", SENTENCES, Bounds(memory_mb=512, seconds=9.5))
_MOST_COLUMNS: Final = 1_000
_MOST_NUMBERS: Final = 100


@dataclass(frozen=True)
class ListRead:
    """The result of a list: `columns` of its rows by name, each one text as `lines.uploads.child` joins it.

    `rows` counts those that are not hidden, `kinds` are "msisdn" and "iccid" where the list holds such; `account`
    says what of the file was read (`lines.uploads.number_list.Account` as JSON).
    """

    columns: Mapping[str, str]
    rows: int
    hidden: int
    kinds: frozenset[str]
    account: Mapping[str, Any]


def read_list(
    session: Session, actor: Actor, path: Path, filename: str, kinds: Iterable[RowValue]
) -> ListRead:
    """The rows of the file; raises InvalidInput with what is wrong with it, Unavailable where many are read already."""
    given = {"path": str(path.resolve()), "filename": filename, "kinds": described(kinds)}
    (record,) = READ.run(given, lambda columns: _known(session, actor, columns))
    counts = record["counts"]
    return ListRead(
        record["columns"], counts["rows"], counts["hidden"], frozenset(record["kinds"]), record["account"]
    )


def described(kinds: Iterable[RowValue]) -> list[dict[str, Any]]:
    """The kinds that a list may hold as JSON; what reads a value goes by its name, so it is a function of a module."""
    return [
        {
            "code": kind.code,
            "read": f"{kind.read.__module__}:{kind.read.__qualname__}",
            "words": kind.list_column.words.pattern,
            "flags": kind.list_column.words.flags,
            "is_unmistakable": kind.list_column.is_unmistakable,
            "unreadable": UNREADABLE,
        }
        for kind in kinds
        if kind.list_column is not None
    ]


def _known(session: Session, actor: Actor, columns: Sequence[Mapping[str, Sequence[str]]]) -> list[int]:
    """The count of numbers in each column that are lines which the actor may see."""
    return [
        session.scalar(seen_lines(actor).with_only_columns(func.count()).where(or_(*_named(column)))) or 0
        for column in columns[:_MOST_COLUMNS]
    ]


def _named(column: Mapping[str, Sequence[str]]) -> Iterable[Any]:
    yield Line.msisdn.in_(list(column.get("msisdn", ()))[:_MOST_NUMBERS])
    yield Line.iccid.in_(list(column.get("iccid", ()))[:_MOST_NUMBERS])
