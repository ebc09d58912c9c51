"""Freezing a run of 100,000 lines, against one hand-written INSERT … SELECT into the same table."""

from collections.abc import Iterator

import psycopg
from sqlalchemy import select, text

from benchmarks.harness import Result, seconds
from core import db
from core.tenancy import company_scope
from devtools.factory import Factory, running
from devtools.servers.roles import DATABASE
from runs import operation_params, submission
from runs.models import Run

LINES = 100_000
ROUNDS = 5
AT_MOST = 1.5
MORE_LINES = """
    INSERT INTO lines (company_id, operator_id, msisdn, iccid, state, tariff_id, account_id, department_id, employee,
                       spent)
    SELECT company_id, 'X' || n, '7900' || lpad(n::text, 7, '0'), '8970199' || lpad(n::text, 12, '0'), 'active',
           tariff_id, account_id, department_id, 'Сотрудник ' || n, 0
    FROM (SELECT * FROM lines WHERE state = 'active' LIMIT 1) AS one, generate_series(1, %s) AS n"""
BY_HAND = text("""
    INSERT INTO run_items (company_id, run_id, no, target_id, state, updated_at)
    SELECT company_id, :run, row_number() OVER (), id, 'pending', now() FROM lines WHERE company_id = :company""")


def main() -> Iterator[Result]:
    """Yields the best of some rounds, in turn, each on an emptied and vacuumed table."""
    with running(25, processes=False) as factory:
        _superuser(factory, MORE_LINES, LINES - 25)
        _superuser(factory, "VACUUM ANALYZE")
        ours, by_hand = [], []
        for number in range(ROUNDS):
            ours.append(_freeze(factory, number))
            by_hand.append(_insert(factory, number))
        value, baseline = min(ours), min(by_hand)
        extra = {"lines": LINES, "rounds": [round(round_seconds, 3) for round_seconds in ours]}
        yield Result("bulk_freeze", value, "s", baseline, value / baseline, at_most=AT_MOST, extra=extra)


def _freeze(factory: Factory, number: int) -> float:
    """Selection to items with all refusals, prices and counters, committed."""
    run_id = _previewed(factory, number)
    actor, operation = factory.actor(), factory.parts.operations.of("set_limit")

    def freeze() -> None:
        with company_scope(factory.company_id), db.unit_of_work() as session:
            run = session.scalars(select(Run).where(Run.id == run_id)).one()
            submission.freeze(
                session, actor, factory.parts, operation, operation_params.stored_params(operation, run), run
            )

    took = seconds(freeze)
    run = factory.run(run_id)
    assert run.total == LINES
    _clear(factory, run_id)
    return took


def _insert(factory: Factory, number: int) -> float:
    run_id = _previewed(factory, number)

    def insert() -> None:
        with company_scope(factory.company_id), db.unit_of_work() as session:
            session.execute(BY_HAND, {"run": run_id, "company": factory.company_id})

    took = seconds(insert)
    _clear(factory, run_id)
    return took


def _previewed(factory: Factory, number: int) -> int:
    return factory.preview("set_limit", {"amount": f"{500 + number}.01", "period": "month", "warn_at": 80})


def _clear(factory: Factory, run_id: int) -> None:
    _superuser(factory, "DELETE FROM runs WHERE id = %s", run_id)
    _superuser(factory, "VACUUM run_items")
    _superuser(factory, "CHECKPOINT")


def _superuser(factory: Factory, statement: str, *values: int) -> None:
    with psycopg.connect(factory.postgres.url(DATABASE), autocommit=True) as connection:
        connection.execute(statement.encode(), values or None)
