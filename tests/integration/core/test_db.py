"""The engine that the process is bound to."""

from __future__ import annotations

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
