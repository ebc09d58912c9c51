"""A report of a million numbers made by the report job, against openpyxl's write-only workbook with the same cells.

The job reads from PostgreSQL, puts rows into words, sums and writes; openpyxl only writes, from memory. It is
measured with 100,000 rows and its time taken tenfold.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import psycopg
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlalchemy import select

import bootstrap
from benchmarks.harness import Result, apart, peak_mb, seconds
from core import db
from core.excel.columns import converters
from core.settings import Settings
from core.tenancy import all_companies, company_scope
from devtools.factory import Factory, running
from devtools.servers.roles import DATABASE
from hierarchy.models import Department
from rbac.actor import Actor
from reports import files, service, worker
from reports.models import JobState, ReportJob
from reports.order_params import check
from users.actor import load_actor
from users.models import User

ROWS, FEW = 1_000_000, 100_000
AT_MOST, MOST_MB, GROWTH = 0.25, 200, 1.15
BRANCH = "Hundred thousand"
MAKE_BRANCH = """
    WITH top AS (SELECT company_id, id, path FROM departments WHERE parent_id IS NULL),
         made AS (INSERT INTO departments (company_id, parent_id, path, name)
                  SELECT company_id, id, path || 'new/', %s FROM top RETURNING company_id, id, parent_id)
    SELECT id FROM made"""
PLACE_BRANCH = "UPDATE departments SET path = replace(path, 'new/', id || '/') WHERE path LIKE '%new/'"
FILL = """
    INSERT INTO lines (company_id, operator_id, msisdn, iccid, state, tariff_id, account_id, department_id, employee,
                       limit_amount, limit_period, limit_warn, spent, last_activity)
    SELECT company_id, 'X' || n, '7900' || lpad(n::text, 7, '0'), '8970199' || lpad(n::text, 12, '0'), 'active',
           tariff_id, account_id, CASE WHEN n <= %s THEN %s ELSE department_id END, 'Сотрудник Сотрудникович ' || n,
           n %% 900, 'month', 80, (n %% 50000) / 100.0, date '2026-11-01' + (n %% 20)::int
    FROM (SELECT * FROM lines LIMIT 1) AS one, generate_series(%s, %s) AS n"""


def main() -> Iterator[Result]:
    """Yields the figure; each writing has a process of its own, whose peak memory is measured."""
    with running(25, processes=False) as factory:
        _fill(factory)
        few_s, few_mb = _measure(factory, "ours", BRANCH)
        whole_s, whole_mb = _measure(factory, "ours", "")
        theirs_s, _ = _measure(factory, "openpyxl", BRANCH)
        baseline = theirs_s * ROWS / FEW
        extra = {
            "rows": ROWS,
            "columns": 12,
            "baseline_from": f"{theirs_s:.1f} s for {FEW} rows, scaled",
            "seconds_100000": round(few_s, 2),
            "peak_rss_mb_100000": round(few_mb),
            "peak_rss_mb_1000000": round(whole_mb),
        }
        assert whole_mb < MOST_MB and whole_mb < few_mb * GROWTH, extra
        ratio = whole_s / baseline
        yield Result("report_million", whole_s, "s", baseline, ratio, at_most=AT_MOST, extra=extra)


def _fill(factory: Factory) -> None:
    with psycopg.connect(factory.postgres.url(DATABASE), autocommit=True) as connection:
        row = connection.execute(MAKE_BRANCH, [BRANCH]).fetchone()
        connection.execute(PLACE_BRANCH)
        for start in range(1, ROWS - 25 + 1, FEW):
            last = min(start + FEW - 1, ROWS - 25)
            connection.execute(FILL, [FEW, row[0] if row else 0, start, last])
        connection.execute("VACUUM ANALYZE")


def _measure(factory: Factory, what: str, branch: str) -> tuple[float, float]:
    """Seconds, and the peak memory (MB) of the process that did nothing else."""
    took, peak = apart("report_million", what, branch, variables=factory.variables)
    return took, peak


def run_one(what: str, branch: str) -> None:
    """What the process of its own does: one writing; prints seconds and peak memory."""
    parts = bootstrap.build(Settings.from_env())
    with all_companies(reason="a benchmark"), db.unit_of_work() as session:
        # Whatever the demo calls the administrator of a company of this size.
        theirs = User.login.endswith("admin"), User.company_id.is_not(None)
        user = session.scalars(select(User).where(*theirs)).one()
        actor = load_actor(session, user.id, user.company_id)
        statement = select(Department.id).where(Department.name == branch) if branch else None
        params = {} if statement is None else {"department": session.scalars(statement).one()}
    assert actor.company_id is not None
    if what == "ours":
        with company_scope(actor.company_id), db.unit_of_work() as session:
            job_id = service.order(session, actor, parts, "lines", params).id
        took = seconds(lambda: worker.make(parts, actor.company_id or 0, job_id, "benchmark"))
        with company_scope(actor.company_id), db.unit_of_work() as session:
            job = session.get_one(ReportJob, (actor.company_id, job_id))
            assert job.state == JobState.READY, job.trouble
            assert job.done == (FEW if branch else ROWS), job.done
    else:
        titles, cells = _cells(actor, params)
        took = seconds(lambda: _write_openpyxl(titles, cells))
    print(json.dumps([took, peak_mb()]))


def _cells(actor: Actor, params: dict[str, int]) -> tuple[list[str], list[list[Any]]]:
    """The cells of the report, in memory."""
    assert actor.company_id is not None
    report = bootstrap.ALL_REPORTS[0]
    with company_scope(actor.company_id), db.unit_of_work() as session:
        asked = check(session, actor, report, params)
        _, rows = files.preview(session, actor, asked, "ru", FEW)
    make = converters(report.columns, ZoneInfo(actor.timezone))
    cells = [[convert(value) for convert, value in zip(make, row, strict=True)] for row in rows]
    return [column.title for column in report.columns], cells


def _write_openpyxl(titles: Sequence[str], cells: Sequence[Sequence[Any]]) -> None:
    workbook = openpyxl.Workbook(write_only=True)
    sheet: Any = workbook.create_sheet("Report")
    sheet.freeze_panes = "A2"
    header = [WriteOnlyCell(sheet, title) for title in titles]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for row in cells:
        sheet.append([value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row])
    with tempfile.TemporaryDirectory() as folder:
        workbook.save(Path(folder, "report.xlsx"))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        run_one(sys.argv[1], sys.argv[2])
    else:
        for figure in main():
            print(json.dumps(figure.shown()))
