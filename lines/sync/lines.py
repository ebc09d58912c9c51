"""First load and continuous synchronisation of lines with the operator, which owns them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select, text, update

from core import clock
from core.db import unit_of_work
from core.i18n import N_
from core.tenancy import all_companies, company_scope
from hierarchy.models import Company
from lines.models import Line, LineState
from lines.sync.moved_away import end_elsewhere
from lines.sync.seen_ids import SeenIds
from lines.sync.sims import sync_sims
from lines.sync.writer import LineWriter
from notices import service as notices
from operators.port import Source
from operators.records import LineData, Page
from operators.states import Report, find_state
from operators.sync import count, get_party_id, stream
from users.last_admin import active_administrators

CHUNK = 5000
OVERLAP = timedelta(minutes=2)
"""How far polling looks back behind the moment it began: the operator's clock is not ours."""
MANY = 1000
"""New lines from which the statistics of the tables no longer hold."""
CORRECTED = N_(
    "Numbers that stood otherwise at the operator than here: %(n)s. Now they stand as the operator says; "
    "the journal has each."
)
MOMENT = timedelta(milliseconds=1)
MOST_MISSING = 0.5
"""Share of a company's lines that may vanish at once; above it the operator's list is not believed."""
log = structlog.get_logger(__name__)


def load_company(source: Source, company_id: int, *, with_sims: bool = True) -> Report:
    """Read all lines and SIM cards of a company: its first load, and later the full reconciliation.

    What the operator shows is the truth, whatever its moments of change say; where that corrects lines, the company's
    administrators are told how many. Lines that the operator no longer shows become terminated. Raises OperatorAway;
    what was written by then stays.
    """
    report, party_id = Report(), get_party_id(company_id)
    started = clock.now()
    writer = LineWriter(company_id, report, started, is_first=_is_first(company_id), is_whole=True)
    seen, cursor = SeenIds(), [""]
    with stream(f"lines:{company_id}", report, cursor):
        _write_all(writer, source.lines(party_id), seen)
        _terminate_missing(writer, seen, started)
        cursor[0] = _cursor(started, writer)
    if report.created >= MANY:
        _renew_statistics()
    if with_sims:
        sync_sims(source, company_id, party_id)
    with company_scope(company_id), unit_of_work() as db:
        db.execute(update(Company).where(Company.id == company_id).values(synced_at=clock.now()))
        if report.corrected:
            administrators = active_administrators(db, company_id)
            notices.tell(
                db,
                company_id,
                administrators,
                "lines.corrected",
                CORRECTED,
                {"n": report.corrected},
                "/journal",
            )
    log.info("lines.loaded", company=company_id, **_figures(report))
    return report


def _renew_statistics() -> None:
    """The database gets to know a company that has just come: until then it plans as if there were a few lines."""
    with all_companies(reason="statistics are of whole tables"), unit_of_work() as db:
        db.execute(text("SELECT refresh_statistics()"))


def sync_changes(source: Source, company_id: int) -> Report:
    """Read the lines that changed since the last time; the first time all of them. Raises OperatorAway."""
    name = f"lines:{company_id}"
    state = find_state(name)
    if state is None or not state.cursor:
        return load_company(source, company_id)
    report, started = Report(), clock.now()
    writer = LineWriter(company_id, report, started)
    cursor = [state.cursor]
    with stream(name, report, cursor):
        _write_all(writer, source.lines(get_party_id(company_id), since=state.cursor), None)
        cursor[0] = _cursor(started, writer)
    if not report.is_quiet or report.odd:
        log.info("lines.synced", company=company_id, **_figures(report))
    return report


def apply_line_event(line: LineData) -> bool:
    """Write what an event tells of a line, once however often it comes; False where its company is not known here."""
    with all_companies(reason="an event names the operator's customer"), unit_of_work() as db:
        company_id = db.scalar(select(Company.id).where(Company.party_id == line.party_id))
    if company_id is None:
        end_elsewhere(None, [line])
        return False
    writer = LineWriter(company_id, Report(), line.updated_at)
    writer.write([line])
    end_elsewhere(company_id, writer.arrived)
    return True


def _is_first(company_id: int) -> bool:
    with company_scope(company_id), unit_of_work() as db:
        return db.scalar(select(Company.synced_at).where(Company.id == company_id)) is None


def _write_all(writer: LineWriter, pages: Iterator[Page[LineData]], seen: SeenIds | None) -> None:
    chunk: list[LineData] = []
    for page in pages:
        count(writer.report, page)
        if seen is not None:
            for key in (*(line.id for line in page.records), *(odd.id for odd in page.odd)):
                seen.add(key)
        chunk += page.records
        if len(chunk) >= CHUNK:
            _write(writer, chunk)
            chunk = []
    if chunk:
        _write(writer, chunk)


def _write(writer: LineWriter, chunk: list[LineData]) -> None:
    writer.write(chunk)
    if not writer.is_first:
        # On a first load everything is new: there the nightly reconciliation of the others finds what moved.
        end_elsewhere(writer.company_id, writer.arrived)
    writer.arrived.clear()


def _cursor(started: datetime, writer: LineWriter) -> str:
    """The start of the next polling: never behind a line whose order is still on its way."""
    moment = started - OVERLAP
    if writer.deferred_since is not None:
        moment = min(moment, writer.deferred_since - MOMENT)
    return _iso(moment)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _terminate_missing(writer: LineWriter, seen: SeenIds, started: datetime) -> None:
    missing, known = array("q"), 0
    for line_id, operator_id in _in_service(writer.company_id, started):
        known += 1
        if operator_id not in seen:
            missing.append(line_id)
    if not missing:
        return
    if seen.has_nameless or len(missing) > max(1, known * MOST_MISSING):
        writer.report.problem = (
            f"{len(missing)} of {known} lines are missing at the operator: nothing was done"
        )
        log.error("lines.missing", company=writer.company_id, missing=len(missing), known=known)
        return
    for start in range(0, len(missing), CHUNK):
        writer.terminate(missing[start : start + CHUNK].tolist())


def _in_service(company_id: int, started: datetime) -> Iterator[tuple[int, str]]:
    """Lines that should be in the operator's list: in service, and not come by an event after it was begun."""
    after = 0
    while True:
        with company_scope(company_id), unit_of_work() as db:
            rows = db.execute(
                select(Line.id, Line.operator_id)
                .where(
                    Line.company_id == company_id,
                    Line.id > after,
                    Line.state != LineState.TERMINATED,
                    or_(Line.operator_updated_at.is_(None), Line.operator_updated_at < started),
                )
                .order_by(Line.id)
                .limit(CHUNK)
            ).all()
        yield from ((row[0], row[1]) for row in rows)
        if len(rows) < CHUNK:
            return
        after = rows[-1][0]


def _figures(report: Report) -> dict[str, int]:
    return {
        name: getattr(report, name)
        for name in ("read", "created", "changed", "terminated", "deferred", "odd", "corrected")
    }
