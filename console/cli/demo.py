"""The demo: everything from the operator, plausible departments, and people of every role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.cli.demo_people import Demo, Row, create_people, create_staff
from console.cli.demo_tree import grow
from core.db import unit_of_work
from core.tenancy import all_companies, company_scope
from hierarchy.models import Company, DepartmentTotal
from lines.sync.lines import load_company, sync_changes
from operators.pool_sync import sync_pool
from operators.port import Operator
from operators.sync import companies, sync_catalogue, sync_companies

TYPICAL = 1_000
"""The company whose size comes nearest is the one that the demo's short logins belong to."""
MOST = 5


@dataclass(frozen=True)
class Sized:
    """A company with how many lines it has."""

    id: int
    name: str
    lines: int


def synchronise(operator: Operator, console_url: str, *, full: bool) -> int:
    """Catalogue, companies, lines; registers for the operator's events. Raises OperatorAway."""
    operator.subscribe(console_url)
    source = operator.source
    sync_catalogue(source)
    sync_pool(source, at_once=True)
    sync_companies(source)
    for company_id, _ in companies():
        report = load_company(source, company_id) if full else sync_changes(source, company_id)
        print(
            f"company {company_id}: read {report.read}, new {report.created}, changed {report.changed}"
            + (f", trouble: {report.problem}" if report.problem else "")
        )
    return 0


def load(operator: Operator, console_url: str) -> int:
    """Load, and prepare what is missing; what is there stays as it is, so it may be run again."""
    synchronise(operator, console_url, full=False)
    rows: list[Row] = []
    sized = _sized()
    for demo in _named(sized):
        with company_scope(demo.company_id), unit_of_work() as session:
            grow(session, demo.company_id, demo.lines)
            rows += create_people(session, demo)
    with all_companies(reason="the demo creates the operator's people"), unit_of_work() as session:
        rows += create_staff(session, {company.id: company.name for company in sized})
    print(table(rows))
    return 0


def _sized() -> list[Sized]:
    """The first companies with their sizes, the smallest first."""
    with all_companies(reason="the demo prepares every company"), unit_of_work() as session:
        return _by_size(session)[:MOST]


def _by_size(session: Session) -> list[Sized]:
    lines = func.coalesce(func.sum(DepartmentTotal.lines), 0)
    rows = session.execute(
        select(Company.id, Company.name, lines)
        .outerjoin(DepartmentTotal, DepartmentTotal.company_id == Company.id)
        .group_by(Company.id, Company.name)
        .order_by(lines, Company.id)
    )
    return [Sized(company_id, name, int(count)) for company_id, name, count in rows]


def _named(sized: Sequence[Sized]) -> list[Demo]:
    """The beginning of the logins of each company: nothing for the typical one, else small- or large-."""
    if not sized:
        return []
    main = min(sized, key=lambda company: abs(company.lines - TYPICAL))
    named, seen = [], set[str]()
    for company in sized:
        prefix = "" if company is main else ("small-" if company.lines < main.lines else "large-")
        if prefix in seen:
            prefix = f"{prefix}{company.id}-"
        seen.add(prefix)
        named.append(Demo(company.id, company.name, company.lines, prefix))
    return sorted(named, key=lambda demo: (demo.prefix, demo.company_id))


def table(rows: Sequence[Row]) -> str:
    """The people as columns of text."""
    head = Row("Company", "Login", "Password", "Role", "Where")
    lines = [head, *rows]
    widths = [max(len(row[column]) for row in lines) for column in range(len(head))]
    written = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in lines
    ]
    written.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(written)
