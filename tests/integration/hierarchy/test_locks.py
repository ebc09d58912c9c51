"""Lines are locked in the order of their ids, by everyone: else two who want the same lines wait for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import text

from core import clock, db
from core.tenancy import all_companies, company_scope
from lines import departments
from tests.fixtures.world import World


def test_a_branch_that_is_deleted_locks_its_lines_by_id(world: World) -> None:
    place = world.company()
    first, second = world.lines(place, 2, department="south")
    admin = place.actor(world.person(place))
    with company_scope(place.company_id), db.unit_of_work() as session:
        # By number the second comes first, and by number is how the index of departments gives them.
        session.execute(text("UPDATE lines SET msisdn = '70000000000' WHERE id = :i"), {"i": second})

    def delete() -> int:
        with company_scope(place.company_id), db.unit_of_work() as other:
            other.execute(text("SET LOCAL enable_seqscan = off"))
            other.execute(text("SET LOCAL enable_bitmapscan = off"))
            return departments.delete_department(other, admin, place.departments["south"])

    lock = text("SELECT id FROM lines WHERE company_id = :c AND id = :i FOR UPDATE")
    with ThreadPoolExecutor(1) as pool:
        with company_scope(place.company_id), db.unit_of_work() as session:
            session.execute(lock, {"c": place.company_id, "i": first})
            deleting = pool.submit(delete)
            _wait_for_a_lock()
            session.execute(lock, {"c": place.company_id, "i": second})
        assert deleting.result(30) == 2


def _wait_for_a_lock() -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    deadline = clock.now() + timedelta(seconds=20)
    with all_companies(reason="a test looks"), db.unit_apart() as session:
        while not session.scalar(waiting):
            assert clock.now() < deadline, "nobody waits"
            session.execute(text("SELECT pg_stat_clear_snapshot(), pg_sleep(0.05)"))
