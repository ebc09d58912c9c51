"""The first page of an account manager's queue: with 2,000 and with 200,000 requests in the portfolio."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Iterator

import structlog
from flask import Flask
from sqlalchemy import create_engine, text

from benchmarks.harness import Result, percentile, seconds
from benchmarks.list_page import Place, console, signed_in
from core import clock, db
from core.tenancy import all_companies
from forms.requests.desk import PAGE
from users.models import PortfolioEntry, User

FEW, MANY = 2_000, 200_000
COMPANIES = 50
LIMIT = 1.5
WARM_UP, ROUNDS = 10, 60
ADDRESSES = {"mine": "/desk", "all": "/desk?view=all", "deep": "/desk?view=all&at={at}&id=0"}

COMPANY_ROWS = text("""
    INSERT INTO companies (party_id, name, inn, kpp, ogrn, timezone, locale, idle_minutes, created_at)
    SELECT :prefix || n, 'Company ' || n, '', '', '', 'Europe/Moscow', 'ru', 15, :now
    FROM generate_series(1, CAST(:companies AS bigint)) AS n RETURNING id""")
# A quarter is still to be worked, half of that by this manager; deadlines lie all over the year.
REQUESTS = text("""
    INSERT INTO requests (company_id, number, form, state, values, lines, created_name, created_at, changed_at,
                          submitted_at, deadline_at, assignee_id, assignee_name, left_minutes, paused_minutes,
                          complaints, outcome_told)
    SELECT (CAST(:companies AS bigint[]))[1 + n % :count], :prefix || n, 'claim',
           (ARRAY['submitted', 'taken', 'resolved', 'refused', 'withdrawn', 'resolved', 'refused', 'resolved'])
               [1 + n % 8],
           '{}', 0, 'Somebody', :now, :now, :now, CAST(:now AS timestamptz) + (n * 7919 % 525600) * interval '1 minute',
           CASE WHEN n / 8 % 2 = 0 THEN CAST(:manager AS bigint) ELSE 0 END, 'Manager', 0, 0, 0, false
    FROM generate_series(1, CAST(:requests AS bigint)) AS n""")


def make(requests: int) -> Place:
    """An account manager with a portfolio of fifty companies and so many requests."""
    now, prefix = clock.now(), f"Q{requests}-"
    with all_companies(reason="a benchmark makes its world"), db.unit_of_work() as session:
        login = f"manager-{requests}"
        user = User(company_id=None, login=login, name=login, staff_role="operator_manager", created_at=now)
        session.add(user)
        session.flush()
        rows = session.execute(COMPANY_ROWS, {"prefix": prefix, "now": now, "companies": COMPANIES})
        companies = [row[0] for row in rows]
        session.add_all(PortfolioEntry(user_id=user.id, company_id=company) for company in companies)
        values = {"companies": companies, "count": COMPANIES, "prefix": prefix, "now": now}
        session.execute(REQUESTS, {**values, "manager": user.id, "requests": requests})
        return Place(0, user.id, 0, "")


def measure(app: Flask, places: dict[int, Place], address: str) -> dict[int, list[float]]:
    """Seconds of every request by size, taking turns."""
    clients = {size: signed_in(app, place) for size, place in places.items()}
    times: dict[int, list[float]] = {size: [] for size in places}

    def ask(size: int) -> None:
        answer = clients[size].get(address)
        assert answer.status_code == 200, answer.status
        assert answer.data.count(b"data-request=") == PAGE

    for number in range(WARM_UP + ROUNDS):
        for size in places:
            took = seconds(lambda size=size: ask(size))  # type: ignore[misc]
            if number >= WARM_UP:
                times[size].append(took)
    return times


def main() -> Iterator[Result]:
    """Median of whole requests, the large portfolio against the small one."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with console() as app:
        places = {size: make(size) for size in (FEW, MANY)}
        owner = create_engine(app.extensions["virtual_manager"].settings.database_owner_url)
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        owner.dispose()
        middle = clock.now().isoformat().replace("+", "%2B")
        for name, address in ADDRESSES.items():
            times = measure(app, places, address.format(at=middle))
            few, many = (statistics.median(times[size]) for size in (FEW, MANY))
            tails = {f"p95_{size}": round(1000 * percentile(times[size], 95), 2) for size in (FEW, MANY)}
            yield Result(
                f"desk_queue_{name}", 1000 * many, "ms", 1000 * few, many / few, at_most=LIMIT, extra=tails
            )
