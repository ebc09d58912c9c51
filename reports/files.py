"""The file of a report: rows streamed from the database into Excel or CSV, with a summary of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.excel import Column, Summary, write_delimited, write_rows
from core.i18n import N_, translate
from rbac.actor import Actor
from reports.models import Format
from reports.order_params import Asked, in_words
from reports.parts import Parts
from reports.report import Report, Speech

CHUNK = 2000
NOTHING = N_("Nothing was found for these parameters.")
TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
}
Tick = Callable[[int], None]


@dataclass
class Sums:
    """The number of rows that went by, and the sums of some of their columns by key."""

    places: dict[str, int]
    rows: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, part: Sequence[Sequence[Any]]) -> None:
        """Take some rows into account."""
        self.rows += len(part)
        for key, place in self.places.items():
            self.sums[key] = self.sums.get(key, Decimal(0)) + sum(row[place] or 0 for row in part)


def making_folder(parts: Parts) -> Path:
    """The folder where files are made, beside the one where they are kept."""
    folder = parts.settings.data_dir / "making"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def count(session: Session, actor: Actor, asked: Asked) -> int:
    """The number of rows that the report will have."""
    rows = asked.report.rows(actor, asked.params).order_by(None)
    return int(session.scalar(select(func.count()).select_from(rows.subquery())) or 0)


def preview(
    session: Session, actor: Actor, asked: Asked, locale: str, limit: int = 50
) -> tuple[list[Column], list[Sequence[object]]]:
    """The columns and the first rows."""
    cells = asked.report.cells(Speech(locale, session, actor))
    rows = session.execute(asked.report.rows(actor, asked.params).limit(limit)).all()
    pick = _picker(asked.report, asked.columns)
    return asked.report.chosen(asked.columns), [pick(cells(row)) for row in rows]


def write(
    session: Session,
    actor: Actor,
    path: Path,
    asked: Asked,
    *,
    format: Format,
    locale: str,
    total: int,
    tick: Tick,
) -> Sums:
    """Write the file; `tick` is told how many rows have gone by, and may raise to end it. Returns the sums."""
    report = asked.report
    columns = report.chosen(asked.columns)
    places = {column.key: number for number, column in enumerate(report.columns)}
    sums = Sums({key: places[key] for key in report.totals if key in {column.key for column in columns}})
    rows = _rows(session, actor, asked, locale, sums, tick)
    zone = ZoneInfo(actor.timezone)
    if format == Format.CSV:
        write_delimited(path, columns, rows, locale=locale, zone=zone)
    else:
        write_rows(
            path,
            columns,
            rows,
            total=max(total, 1),
            sheet=report.title,
            locale=locale,
            zone=zone,
            summary=_summary(session, actor, asked, locale, sums),
        )
    return sums


def _rows(
    session: Session, actor: Actor, asked: Asked, locale: str, sums: Sums, tick: Tick
) -> Iterator[Sequence[object]]:
    """Rows through a server-side cursor: memory stays as it is however many there are."""
    report = asked.report
    cells = report.cells(Speech(locale, session, actor))
    pick = _picker(report, asked.columns)
    result = session.execute(report.rows(actor, asked.params), execution_options={"yield_per": CHUNK})
    for part in result.partitions():
        made = [cells(row) for row in part]
        sums.add(made)
        yield from map(pick, made)
        tick(sums.rows)
    if not sums.rows:
        yield (translate(locale, NOTHING), *[None] * (len(report.chosen(asked.columns)) - 1))


def _picker(report: Report, keys: Sequence[str]) -> Callable[[Sequence[object]], Sequence[object]]:
    if not keys:
        return lambda row: row
    places = [number for number, column in enumerate(report.columns) if column.key in keys]
    if len(places) == 1:
        return lambda row: (row[places[0]],)
    return itemgetter(*places)


def _summary(session: Session, actor: Actor, asked: Asked, locale: str, sums: Sums) -> Summary:
    report = asked.report
    titles = {column.key: translate(locale, column.title) for column in report.columns}
    made = clock.now().astimezone(ZoneInfo(actor.timezone))
    words = in_words(session, actor, asked, locale)

    def lines() -> Iterator[tuple[str, object]]:
        yield translate(locale, N_("Report")), translate(locale, report.title)
        yield translate(locale, N_("Company")), actor.company_name
        yield from words
        yield (
            translate(locale, N_("Made")),
            f"{made:%d.%m.%Y %H:%M}" if locale == "ru" else f"{made:%Y-%m-%d %H:%M}",
        )
        yield translate(locale, N_("Made for")), actor.name
        yield translate(locale, N_("Rows")), sums.rows
        for key in sums.places:
            yield (
                translate(locale, N_("Total: %(column)s"), column=titles[key]),
                sums.sums.get(key, Decimal(0)),
            )

    about = (translate(locale, N_("About this report")), translate(locale, N_("Value")))
    return Summary(translate(locale, N_("Summary")), about, lines)
