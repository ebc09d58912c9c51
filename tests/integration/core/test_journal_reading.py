"""Readers that follow the journal by number: in order, from where they were, nothing skipped, nothing lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import clock, db
from core.journal.actions import Action
from core.journal.entries import Entry, JournalEntry, write
from core.journal.reading import JournalReader, Position, advance, position_of, read
from core.tenancy import all_companies, company_scope
from rbac.actor import system_actor
from tests.fixtures.world import Place, World

DONE = Action("x.done", "Done")
HOOK = "webhooks"


@pytest.fixture
def place(world: World) -> Place:
    return world.company()


@contextmanager
def unit(place: Place) -> Iterator[Session]:
    with company_scope(place.company_id), db.unit_of_work() as session:
        yield session


def put(session: Session, place: Place, *objects: int) -> None:
    """One batch with an entry for each of these objects."""
    write(
        session,
        system_actor(place.company_id, "test"),
        [Entry(DONE, "x", number, None, None) for number in objects],
    )


def objects_of(entries: object) -> list[int]:
    return [entry.object_id for entry in entries]  # type: ignore[attr-defined]


def follow(place: Place, limit: int = 100, reader: str = HOOK) -> list[int]:
    """Read the next entries and say that they are dealt with; returns their objects."""
    with unit(place) as session:
        entries = read(session, place.company_id, reader, limit)
        if entries:
            advance(session, place.company_id, reader, position_of(entries[-1]))
        return objects_of(entries)


def wait_for_a_lock() -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    deadline = clock.now() + timedelta(seconds=20)
    with all_companies(reason="a test looks"), db.unit_apart() as session:
        while not session.scalar(waiting):
            assert clock.now() < deadline, "nobody waits"
            session.execute(text("SELECT pg_stat_clear_snapshot(), pg_sleep(0.05)"))


def test_entries_come_in_their_order_and_go_on_where_one_was(place: Place) -> None:
    with unit(place) as session:
        put(session, place, 1, 2, 3)
        put(session, place, 4)
    assert [follow(place, 2), follow(place, 2), follow(place, 2)] == [[1, 2], [3, 4], []]
    with unit(place) as session:
        put(session, place, 5)
    assert [follow(place), follow(place)] == [[5], []]


def test_readers_do_not_disturb_each_other(place: Place) -> None:
    with unit(place) as session:
        put(session, place, 1, 2)
    assert follow(place, reader="rules") == [1, 2]
    with unit(place) as session:
        put(session, place, 3)
    assert follow(place, reader="rules") == [3]
    assert follow(place) == [1, 2, 3]


def test_readers_of_one_name_follow_each_company_for_itself(world: World, place: Place) -> None:
    other = world.company("АО «Чужое»")
    for where, number in ((place, 1), (other, 2)):
        with unit(where) as session:
            put(session, where, number)
    assert [follow(place), follow(other), follow(place)] == [[1], [2], []]


def test_what_was_read_comes_again_until_it_is_dealt_with(place: Place) -> None:
    with unit(place) as session:
        put(session, place, 1, 2)
    with unit(place) as session:
        assert objects_of(read(session, place.company_id, HOOK, 1)) == [1]
    with pytest.raises(RuntimeError), unit(place) as session:
        (entry,) = read(session, place.company_id, HOOK, 1)
        advance(session, place.company_id, HOOK, position_of(entry))
        raise RuntimeError("the worker dies before the commit")
    assert [follow(place, 1), follow(place, 1)] == [[1], [2]]


def test_a_position_never_goes_back(place: Place) -> None:
    with unit(place) as session:
        put(session, place, 1, 2)
        put(session, place, 3)
    with unit(place) as session:
        advance(session, place.company_id, HOOK, Position(2, 0))
        advance(session, place.company_id, HOOK, Position(1, 1))
        assert read(session, place.company_id, HOOK, 9) == []


def test_of_two_workers_of_one_reader_the_second_reads_on(place: Place) -> None:
    with unit(place) as session:
        put(session, place, 1, 2, 3)
        read(session, place.company_id, HOOK, 1)
    with ThreadPoolExecutor(1) as pool:
        with unit(place) as session:
            entries = read(session, place.company_id, HOOK, 2)
            second = pool.submit(follow, place)
            wait_for_a_lock()
            advance(session, place.company_id, HOOK, position_of(entries[-1]))
        assert objects_of(entries) == [1, 2]
        assert second.result(30) == [3]


@pytest.mark.parametrize("is_kept", [True, False], ids=["committed", "rolled back"])
def test_a_later_batch_is_never_seen_before_an_earlier_one(place: Place, is_kept: bool) -> None:
    def put_later() -> None:
        with unit(place) as session:
            put(session, place, 2)

    with ThreadPoolExecutor(1) as pool:
        try:
            with unit(place) as session:
                put(session, place, 1)
                later = pool.submit(put_later)
                wait_for_a_lock()
                with db.unit_apart() as apart:
                    assert read(apart, place.company_id, HOOK, 9) == []
                if not is_kept:
                    raise RuntimeError
        except RuntimeError:
            pass
        later.result(30)
    assert follow(place) == ([1, 2] if is_kept else [2])
    with unit(place) as session:
        numbers = session.scalars(select(JournalEntry.seq).order_by(JournalEntry.seq)).all()
    assert numbers == ([1, 2] if is_kept else [1])


def test_nothing_is_skipped_or_doubled_while_many_write(place: Place) -> None:
    is_over = threading.Event()
    shared: list[int] = []
    alone: list[int] = []

    def write_batches(first: int) -> None:
        dice = random.Random(first)
        for number in range(first, first + 30, 3):
            try:
                with unit(place) as session:
                    put(session, place, number, number + 1, number + 2)
                    session.execute(text("SELECT pg_sleep(:s)"), {"s": dice.random() / 200})
                    if dice.random() < 0.2:
                        raise RuntimeError
            except RuntimeError:
                continue

    def follow_on(reader: str, seen: list[int]) -> None:
        while not is_over.is_set() or follow_once(reader, seen):
            follow_once(reader, seen)

    def follow_once(reader: str, seen: list[int]) -> int:
        objects = follow(place, 4, reader)
        seen.extend(objects)
        return len(objects)

    with ThreadPoolExecutor(7) as pool:
        readers = [pool.submit(follow_on, HOOK, shared) for _ in range(2)]
        readers.append(pool.submit(follow_on, "rules", alone))
        writers = [pool.submit(write_batches, first) for first in (100, 200, 300, 400)]
        for writer in writers:
            writer.result(60)
        is_over.set()
        for reader in readers:
            reader.result(60)
    with unit(place) as session:
        order = (JournalEntry.seq, JournalEntry.no)
        written = session.scalars(select(JournalEntry.object_id).order_by(*order)).all()
    assert len(written) > 60
    assert alone == list(written)
    assert sorted(shared) == sorted(written)


def test_positions_stand_behind_both_walls(world: World, place: Place) -> None:
    other = world.company("АО «Чужое»")
    for where in (place, other):
        with unit(where) as session:
            put(session, where, 1)
        follow(where)
    count = text("SELECT count(*) FROM journal_readers")
    with unit(place) as session:
        assert session.scalars(select(JournalReader.company_id)).all() == [place.company_id]
        assert session.execute(count).scalar_one() == 1
    with all_companies(reason="test"), db.unit_of_work() as session:
        assert session.execute(count).scalar_one() == 2
    with pytest.raises(DBAPIError, match="row-level security"), unit(place) as session:
        advance(session, other.company_id, HOOK, Position(9, 0))
