"""Reports as values: code, title, right, parameters, columns, and the source of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.excel import Column
from core.fields import FieldSchema
from core.i18n import translate
from rbac.actor import Actor
from rbac.permissions import Permission

Params = Mapping[str, Any]
Rows: TypeAlias = "Select[*tuple[Any, ...]]"
Cells = Callable[[Any], Sequence[object]]


@dataclass(frozen=True)
class Speech:
    """The needs of a report that puts its rows into words: the reader's language, the session, the reader."""

    locale: str
    session: Session
    actor: Actor

    def text(self, msgid: str) -> str:
        """A text in the reader's language."""
        return translate(self.locale, msgid)

    def words(self, msgids: Mapping[str, str]) -> dict[str | None, str]:
        """Codes with their words in the reader's language."""
        return {code: translate(self.locale, msgid) for code, msgid in msgids.items()}


def as_they_are(_: Speech) -> Cells:
    """The columns of the select are the cells."""
    return tuple


@dataclass(frozen=True)
class Report:
    """One report. Everything else (form, preview, file, schedule, API) is made from it.

    `rows` selects what the actor may see by `permission`, ordered, streamed by the engine; whoever holds `also`
    nowhere, where the report has one, cannot have it at all; `cells` makes of a row
    the values in the order of `columns`; `totals` are keys of columns that are summed for the summary.
    """

    code: str
    title: str
    lead: str
    group: str
    permission: Permission
    schema: type[FieldSchema]
    columns: Sequence[Column]
    rows: Callable[[Actor, Params], Rows]
    cells: Callable[[Speech], Cells] = as_they_are
    totals: Sequence[str] = field(default=())
    icon: str = "file-earmark-spreadsheet"
    also: Permission | None = None

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """All that having the report on anything needs."""
        return (self.permission,) if self.also is None else (self.permission, self.also)

    def chosen(self, keys: Sequence[str]) -> list[Column]:
        """The columns with these keys in the report's order; every one where none is named."""
        return [column for column in self.columns if not keys or column.key in keys]


class Reports(dict[str, Report]):
    """The reports by code, in the order of the catalogue."""

    def __init__(self, reports: Iterable[Report]) -> None:
        super().__init__((report.code, report) for report in reports)

    def of(self, code: str) -> Report:
        """The report of this code; raises NotFound."""
        report = self.get(code)
        if report is None:
            raise NotFound
        return report
