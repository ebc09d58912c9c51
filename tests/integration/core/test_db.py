"""The engine that the process is bound to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import db
from core.tenancy import all_companies
from tests.fixtures.databases import Database


def test_an_error_of_the_database_holds_no_values(fresh_database: Database) -> None:
    engine = db.connect(fresh_database.url)
    try:
        with (
            pytest.raises(DBAPIError) as caught,
            all_companies(reason="a test asks for an error"),
            db.unit_of_work() as session,
        ):
            session.execute(
                text("SELECT 1 FROM no_such_table WHERE name = :name"), {"name": "Ivanov 79161234567"}
            )
    finally:
        engine.dispose()
    assert "no_such_table" in str(caught.value)
    assert "Ivanov" not in str(caught.value)
    assert "Ivanov" not in repr(caught.value)


class Calls(list[str]):
    """The names of the calls that were made, in their order."""

    def call(self, name: str) -> partial[None]:
        return partial(self.append, name)


@pytest.fixture
def calls(fresh_database: Database) -> Iterator[Calls]:
    engine = db.connect(fresh_database.url)
    with all_companies(reason="a test"):
        yield Calls()
    engine.dispose()


def test_calls_are_made_at_the_end_that_they_were_asked_for(calls: Calls) -> None:
    with db.unit_of_work():
        db.after_commit(calls.call("committed"))
        db.on_rollback(calls.call("undone"))
        assert calls == []
    assert calls == ["committed"]
    calls.clear()
    with pytest.raises(ZeroDivisionError), db.unit_of_work(), db.unit_of_work():
        db.after_commit(calls.call("committed"))
        db.on_rollback(calls.call("first"))
        db.on_rollback(calls.call("second"))
        raise ZeroDivisionError
    assert calls == ["second", "first"]


def test_a_savepoint_undoes_its_own_alone(calls: Calls) -> None:
    with db.unit_of_work() as session:
        db.on_rollback(calls.call("outside"))
        db.after_commit(calls.call("outside committed"))
        with pytest.raises(DBAPIError), session.begin_nested():
            db.on_rollback(calls.call("inside"))
            db.after_commit(calls.call("inside committed"))
            with session.begin_nested():
                db.on_rollback(calls.call("deeper"))
            session.execute(text("SELECT 1 / 0"))
        assert calls == ["deeper", "inside"]
        session.execute(text("SELECT 1"))
    assert calls == ["deeper", "inside", "outside committed"]


def test_a_released_savepoint_is_undone_with_its_unit(calls: Calls) -> None:
    with pytest.raises(ZeroDivisionError), db.unit_of_work() as session:
        with session.begin_nested():
            db.on_rollback(calls.call("inside"))
            db.after_commit(calls.call("inside committed"))
        raise ZeroDivisionError
    assert calls == ["inside"]


def test_a_commit_of_which_nobody_knows_undoes_nothing(calls: Calls) -> None:
    with pytest.raises(DBAPIError), db.unit_of_work() as session:
        db.on_rollback(calls.call("undone"))
        db.after_commit(calls.call("committed"))
        session.execute(text("CREATE TEMPORARY TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        session.execute(text("INSERT INTO late VALUES (1), (1)"))
    assert calls == []
