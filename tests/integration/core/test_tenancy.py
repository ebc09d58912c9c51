"""Both walls between companies, each tried without the other."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased

from core import clock, db
from core.tenancy import NoScope, all_companies, companies_scope, company_scope
from hierarchy.models import Company
from lines.models import Line
from runs.models import RunItem
from tests.fixtures.world import World
from users.models import PortfolioEntry, User
from users.signin import devices, sessions


@pytest.fixture
def two(world: World) -> tuple[int, int]:
    return world.company("A", lines=3).company_id, world.company("B", lines=5).company_id


def test_without_a_scope_every_query_raises(two: tuple[int, int]) -> None:
    with pytest.raises(NoScope), db.unit_of_work() as session:
        session.scalars(select(Line)).all()


def test_the_orm_adds_the_company_to_every_statement(two: tuple[int, int]) -> None:
    alias = aliased(Line)
    inner = select(alias.id).where(alias.state == "active").exists()
    statements = {
        "select": select(Line.id),
        "alias": select(alias.id),
        "subquery": select(RunItem.no).where(select(alias.id).where(alias.id == RunItem.target_id).exists()),
        "exists": select(Line.id).where(inner),
        "update": update(Line).values(spent=1),
    }
    with company_scope(two[0]), db.unit_of_work() as session:
        for name, statement in statements.items():
            seen: list[str] = []
            engine = db.engine()

            def note(conn: object, cursor: object, sql: str, *rest: object, seen: list[str] = seen) -> None:
                seen.append(sql)

            from sqlalchemy import event

            event.listen(engine, "before_cursor_execute", note)
            try:
                session.execute(statement)
            finally:
                event.remove(engine, "before_cursor_execute", note)
            tables = 2 if name in ("subquery", "exists") else 1
            assert seen[-1].count("company_id = ") == tables, name


def test_row_level_security_hides_other_companies_from_raw_sql(two: tuple[int, int]) -> None:
    with company_scope(two[0]), db.unit_of_work() as session:
        assert session.execute(text("SELECT count(*) FROM lines")).scalar_one() == 3
        assert session.execute(text("SELECT count(*) FROM companies")).scalar_one() == 1
        assert session.execute(text("UPDATE lines SET spent = 1")).rowcount == 3  # type: ignore[attr-defined]
    with companies_scope(two), db.unit_of_work() as session:
        assert session.execute(text("SELECT count(*) FROM lines")).scalar_one() == 8
    with companies_scope(()), db.unit_of_work() as session:
        assert session.execute(text("SELECT count(*) FROM lines")).scalar_one() == 0
    with all_companies(reason="test"), db.unit_of_work() as session:
        assert session.execute(text("SELECT count(*) FROM lines")).scalar_one() == 8


def test_row_level_security_refuses_rows_of_other_companies(two: tuple[int, int]) -> None:
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        company_scope(two[0]),
        db.unit_of_work() as session,
    ):
        session.execute(
            text(
                "INSERT INTO department_totals (company_id, department_id, state, lines) VALUES (:c, 1, 'x', 1)"
            ),
            {"c": two[1]},
        )


def test_the_setting_ends_with_the_transaction(two: tuple[int, int]) -> None:
    with company_scope(two[0]), db.unit_of_work() as session:
        session.execute(select(func.count()).select_from(Line))
    with db.engine().connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM lines")).scalar_one() == 0


def test_a_scope_within_a_scope_is_told_to_the_database_and_taken_back(two: tuple[int, int]) -> None:
    count = text("SELECT count(*) FROM lines")
    with company_scope(two[0]), db.unit_of_work() as session:
        assert session.execute(count).scalar_one() == 3
        with company_scope(two[1]):
            assert session.execute(count).scalar_one() == 5
            assert session.scalar(select(func.count()).select_from(Line)) == 5
        assert session.execute(count).scalar_one() == 3
        assert session.scalar(select(func.count()).select_from(Line)) == 3


def test_the_application_may_not_rewrite_the_journal(two: tuple[int, int]) -> None:
    for statement in ("UPDATE journal_entries SET action = 'x'", "DELETE FROM journal_batches"):
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            company_scope(two[0]),
            db.unit_of_work() as session,
        ):
            session.execute(text(statement))


def test_a_company_sees_its_own_people_only(world: World, two: tuple[int, int]) -> None:
    with all_companies(reason="test"), db.unit_of_work() as session:
        company = session.get_one(Company, two[1])
        session.add(User(company_id=company.id, login="them", name="Them", created_at=company.created_at))
    with company_scope(two[0]), db.unit_of_work() as session:
        assert session.scalars(select(User)).all() == []


def test_sessions_browsers_and_portfolios_of_others_are_hidden(world: World) -> None:
    places = [world.company("A"), world.company("B")]
    two, people = [place.company_id for place in places], [world.person(place) for place in places]
    tables = ("user_sessions", "known_devices", "portfolio_entries")
    with all_companies(reason="a test makes sessions"), db.unit_of_work() as session:
        for company_id, user_id in zip(two, people, strict=True):
            sessions.start(session, user_id, moment=clock.now(), ip="", agent="")
            devices.remember(session, "", user_id, clock.now())
            session.add(PortfolioEntry(user_id=user_id, company_id=company_id))
    for company_id, user_id in zip(two, people, strict=True):
        with company_scope(company_id), db.unit_of_work() as session:
            for table in tables:
                rows = session.scalars(text(f"SELECT user_id FROM {table}")).all()
                assert rows == [user_id], table
            changed = session.execute(
                text("UPDATE user_sessions SET ended_at = now() RETURNING user_id")
            ).all()
            assert [row[0] for row in changed] == [user_id]
    with (
        company_scope(two[0]),
        pytest.raises(DBAPIError, match="row-level security"),
        db.unit_of_work() as session,
    ):
        session.execute(text("UPDATE user_sessions SET user_id = :other"), {"other": people[1]})
