"""The part of an operation's form where each line gets something for itself: its row value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.web.i18n import text
from console.web.routing import actor, db, parts
from core.bounds import whole
from core.errors import InvalidInput
from lines.bulk.items import AskedLine, asked_lines, changes_title
from lines.numbers import format_msisdn
from runs import previews, row_values
from runs.operation import Operation
from runs.row_value_kind import Offer, RowValue, Stock, StockSearch
from runs.row_values import VALUES, VALUES_OF
from runs.selection import Listed, Selection

FIELD = "value-"
MOST_FIELDS = 200
MOST_OFFERED = 500


@dataclass(frozen=True)
class RowValuesForm:
    """The form of row values: a field for each line, or the address of the uploaded list.

    `listed` counts the rows of the list that give something; None where no list was uploaded. `offered` is in stock.
    `shows_present`: beside a line stands what it has now, unless that is what people know it by anyway.
    """

    kind: RowValue
    shows_present: bool
    lines: Sequence[AskedLine]
    typed: Mapping[int, str]
    errors: Mapping[int, str]
    listed: int | None
    too_many: bool
    offered: Sequence[Offer]

    @property
    def summary(self) -> dict[str, list[str]]:
        """The problems by the id of the field, with the number that it is about."""
        return {
            f"{FIELD}{line.id}": [f"{format_msisdn(line.title)}: {self.errors[line.id]}"]
            for line in self.lines
            if line.id in self.errors
        }


def read(operation: Operation, values: Mapping[str, str]) -> dict[str, Any]:
    """The parameters that hold what each line gets, as typed."""
    if operation.row_value is None:
        return {}
    if values.get(VALUES_OF):
        return {VALUES_OF: values[VALUES_OF]}
    fields = {name.removeprefix(FIELD): value for name, value in values.items() if name.startswith(FIELD)}
    typed = {key: value for key, value in fields.items() if row_values.is_id(key)}
    return {VALUES: typed} if typed else {}


def make(
    operation: Operation, selection: Selection, given: Mapping[str, Any], problem: InvalidInput | None
) -> RowValuesForm | None:
    """The part of the form, with what was typed already and all that is wrong with it."""
    kind = operation.row_value
    if kind is None:
        return None
    listed = None
    if isinstance(selection, Listed):
        listed = row_values.count(db(), actor().company_id or 0, selection.upload, kind)
    lines: list[AskedLine] = []
    if not listed:
        lines = asked_lines(db(), actor(), parts(), selection, kind, MOST_FIELDS + 1)
    too_many = len(lines) > MOST_FIELDS
    return RowValuesForm(
        kind=kind,
        shows_present=not changes_title(kind),
        lines=[] if too_many else lines,
        typed={} if too_many else _typed(operation, given, [line.id for line in lines]),
        errors=_errors(problem),
        listed=listed,
        too_many=too_many,
        offered=offers(kind.stock, StockSearch()) if kind.stock else (),
    )


def offers(stock: Stock, criteria: StockSearch) -> Sequence[Offer]:
    """The stock to give out, the cheapest first."""
    return stock.offers(db(), actor(), criteria, MOST_OFFERED)


def _typed(operation: Operation, given: Mapping[str, Any], line_ids: Sequence[int]) -> dict[int, str]:
    if VALUES_OF in given:
        run = previews.same_kind(db(), actor(), operation.code, given[VALUES_OF])
        return row_values.typed(db(), run, line_ids)
    return {
        int(key): str(value) for key, value in given.get(VALUES, {}).items() if row_values.is_id(str(key))
    }


def _errors(problem: InvalidInput | None) -> dict[int, str]:
    errors: dict[int, str] = {}
    for name, messages in (problem.fields if problem else {}).items():
        _, _, line_id = name.partition(f"{VALUES}.")
        if line_id:
            errors[whole(line_id)] = text(messages[0])
    return errors
