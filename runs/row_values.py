"""The values of each line for itself in a run, where one value for all will not do: reading it and keeping it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    any_,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import bulk
from core.bounds import LARGEST
from core.db import BIGINTS
from core.errors import InvalidInput
from core.i18n import N_
from runs.models import UNREADABLE, Run, RunValue, UploadRow
from runs.operation import Operation
from runs.row_value_kind import RowValue
from runs.selection import Listed, Selection

VALUES = "values"
"""The parameter that holds them: what each line gets, by its id."""
VALUES_OF = "values_of"
"""The parameter that names an earlier run whose values are taken over."""
LONGEST = 60
LONGEST_ID = len(str(LARGEST))
MOST_VALUES = 100_000
TOO_MANY = N_("There are more values than chosen numbers.")
NOT_A_TABLE = N_("Give a value for each number, by its id.")
TAKEN_OVER = N_("Take the values of an earlier run of the same operation, by its id, where none are given.")
CHECK = N_("Check the parameters.")
COLUMNS = ["company_id", "run_id", "target_id", "value"]


def split(raw: Mapping[str, Any]) -> tuple[dict[str, Any], Any, Any]:
    """The parameters as given, parted into those for all lines, the values by line, and the run to take values from."""
    params = {name: value for name, value in raw.items() if name not in (VALUES, VALUES_OF)}
    return params, raw.get(VALUES), raw.get(VALUES_OF)


def is_id(digits: str) -> bool:
    """Whether this is written as the id of a line is."""
    return digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_ID and 0 < int(digits) <= LARGEST


def read(kind: RowValue, raw: Any, most: int = MOST_VALUES) -> dict[int, str]:
    """The values by line id in their plain form; raises InvalidInput with every error at once.

    `most` is how many lines are chosen, where that is known. A line without a value is left out: its preview says that
    one is missing.
    """
    if not isinstance(raw, Mapping):
        raise InvalidInput(CHECK, fields={VALUES: [NOT_A_TABLE]})
    if len(raw) > most:
        raise InvalidInput(CHECK, fields={VALUES: [TOO_MANY]})
    values: dict[int, str] = {}
    errors: dict[str, list[str]] = {}
    for key, typed in raw.items():
        text, digits = str("" if typed is None else typed).strip(), str(key)
        if not is_id(digits):
            errors[VALUES] = [NOT_A_TABLE]
            continue
        value = kind.read(text[:LONGEST]) if text else None
        if value is not None:
            values[int(digits)] = value
        elif text:
            errors[f"{VALUES}.{digits}"] = [kind.wrong]
    if errors:
        raise InvalidInput(CHECK, fields=errors)
    return values


def keep(
    db: Session,
    kind: RowValue,
    run: Run,
    selection: Selection,
    values: Mapping[int, str] | None,
    earlier: Run | None,
) -> None:
    """Write the values of a run: those given (perhaps none), else the earlier run's, else its uploaded list's."""
    if values is not None:
        rows = [
            {"company_id": run.company_id, "run_id": run.id, "target_id": key, "value": values[key]}
            for key in sorted(values)
        ]
        bulk.insert(db, RunValue, rows, ("target_id",))
    elif earlier is not None:
        rows_of_run = select(RunValue.company_id, literal(run.id), RunValue.target_id, RunValue.value)
        rows_of_run = rows_of_run.where(RunValue.company_id == run.company_id, RunValue.run_id == earlier.id)
        db.execute(insert(RunValue).from_select(COLUMNS, rows_of_run))
    elif isinstance(selection, Listed):
        written = UploadRow.values[kind.code].astext
        rows_of_list = select(UploadRow.company_id, literal(run.id), UploadRow.line_id, written).where(
            UploadRow.company_id == run.company_id,
            UploadRow.upload_id == selection.upload,
            UploadRow.problem.is_(None),
            written.is_not(None),
        )
        db.execute(insert(RunValue).from_select(COLUMNS, rows_of_list))


def joined(
    statement: Select[Any],
    operation: Operation,
    company_id: int,
    run_id: int,
    target_id: InstrumentedAttribute[int],
) -> Select[Any]:
    """A select over lines joined to `RunValue`, where the operation gives each line a value of its kind."""
    if operation.row_value is None:
        return statement
    return statement.outerjoin(RunValue, of_line(company_id, run_id, target_id))


def of_line(company_id: Any, run_id: Any, target_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """A join of the value of a line in a run.

    The run is compared by an expression over the line: a planner that knows nothing yet of values just written would
    else take them for one and go through all of them for each line.
    """
    return and_(
        RunValue.company_id == company_id,
        RunValue.target_id == target_id,
        RunValue.run_id == run_id + 0 * target_id,
    )


def column(operation: Operation) -> ColumnElement[str | None]:
    """The line's row value within such a select, null where the operation has none."""
    return type_coerce(null(), String) if operation.row_value is None else type_coerce(RunValue.value, String)


def typed(db: Session, run: Run, target_ids: Sequence[int] | None = None) -> dict[int, str]:
    """The values of a run by line id, as they were written where they cannot be read; of these lines, or all."""
    query = select(RunValue.target_id, RunValue.value).where(
        RunValue.company_id == run.company_id, RunValue.run_id == run.id
    )
    if target_ids is not None:
        query = query.where(RunValue.target_id == any_(cast(list(target_ids), BIGINTS)))
    return {target_id: value.removeprefix(UNREADABLE) for target_id, value in db.execute(query)}


def shown(value: str | None, kind: RowValue) -> str:
    """A value as people read it; what could not be read as it was written."""
    if value is None:
        return ""
    return value.removeprefix(UNREADABLE) if value.startswith(UNREADABLE) else kind.show(value)


def count(db: Session, company_id: int, upload_id: int, kind: RowValue) -> int:
    """The number of rows of an uploaded list that give their line a value."""
    written = UploadRow.values[kind.code].astext
    counted = select(func.count()).where(
        UploadRow.company_id == company_id,
        UploadRow.upload_id == upload_id,
        UploadRow.problem.is_(None),
        written.is_not(None),
    )
    return int(db.scalar(counted) or 0)
