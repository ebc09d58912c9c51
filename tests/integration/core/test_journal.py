"""The chain of the journal: whole where nothing was touched, and telling where anything was."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from core import db
from core.journal import entries as journal
from core.journal.actions import Action
from core.journal.entries import Entry
from core.tenancy import company_scope
from tests.fixtures.databases import Database
from tests.fixtures.world import Place, World

DONE = Action("x.done", "Done")


@pytest.fixture
def place(world: World) -> Place:
    place = world.company()
    actor = place.actor(world.person(place))
    odd = {"имя": 'Ёлка "№ 5"', "nested": {"b": [1, None, True], "a": "\u2028"}, "nothing": None}
    with company_scope(place.company_id), db.unit_of_work() as session:
        for number in range(4):
            entries = [Entry(DONE, "line", line_id, odd, None, label="+7…") for line_id in range(number + 1)]
            journal.write(session, actor, entries)
    return place


def problems(place: Place) -> list[str]:
    with company_scope(place.company_id), db.unit_of_work() as session:
        return journal.verify(session, place.company_id)


def test_an_untouched_chain_is_whole(place: Place) -> None:
    assert problems(place) == []


TOUCHES = {
    "value": "UPDATE journal_entries SET after = '{}' WHERE seq = 2 AND no = 1",
    "moment": "UPDATE journal_entries SET at = at - interval '300 days' WHERE seq = 2",
    "moment of one": "UPDATE journal_entries SET at = at - interval '1 second' WHERE seq = 3 AND no = 2",
    "author of one": "UPDATE journal_entries SET actor_name = 'Somebody else', actor_id = 9 WHERE seq = 3 AND no = 2",
    "address": "UPDATE journal_entries SET ip = '6.6.6.6' WHERE seq = 3",
    "entry gone": "DELETE FROM journal_entries WHERE seq = 4 AND no = 3",
    "first link gone": "DELETE FROM journal_batches WHERE seq = 1",
    "link gone": "DELETE FROM journal_batches WHERE seq = 2",
    "head gone": "DELETE FROM journal_heads",
    "tail cut": "DELETE FROM journal_batches WHERE seq = 4; DELETE FROM journal_entries WHERE seq = 4",
    "tail and head cut": "DELETE FROM journal_batches WHERE seq > 2; DELETE FROM journal_entries WHERE seq > 2;"
    "DELETE FROM journal_heads",
    "forged entry": "INSERT INTO journal_entries (company_id, seq, no, at, actor_kind, actor_name, ip, action,"
    " object_kind, object_id, label) SELECT company_id, 99, 0, now(), 'user', 'x', '', 'x', 'line', 1, ''"
    " FROM journal_heads",
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_whatever_the_owner_touches_is_seen(place: Place, fresh_database: Database, touch: str) -> None:
    owner = create_engine(fresh_database.owner_url)
    with owner.begin() as connection:
        connection.execute(text("SELECT set_config('app.company', '*', true)"))
        for statement in TOUCHES[touch].split(";"):
            connection.execute(text(statement))
    owner.dispose()
    assert problems(place) != []
