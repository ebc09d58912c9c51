"""The database: declarative base, engine, and the unit of work that alone may commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.errors import _WaitTimeout
from sqlalchemy import BigInteger, DateTime, Engine, MetaData, String, create_engine
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.event import listen, listens_for
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, sessionmaker

from core import tenancy

PATH = String(collation="C")
"""Type of texts that are compared by range: paths of the tree and reversed numbers."""

BIGINTS, TEXTS = ARRAY(BigInteger), ARRAY(String)
"""Types of many values that travel as one: a statement takes 65,535 single ones at most."""


class Base(DeclarativeBase):
    """Base of all models; names of constraints are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
        int: BigInteger,
    }


class ScopedSession(Session):
    """A session behind both walls of core.tenancy."""


tenancy.install(ScopedSession)
_factory: sessionmaker[ScopedSession] = sessionmaker(class_=ScopedSession, expire_on_commit=False)
_CALLS = "calls_at_the_end"
Call = Callable[[], None]


@dataclass
class _Calls:
    """The calls to make outside of the database at the end, each with the savepoint in which it was asked for."""

    after_commit: list[tuple[SessionTransaction | None, Call]] = field(default_factory=list)
    on_rollback: list[tuple[SessionTransaction | None, Call]] = field(default_factory=list)

    def undo(self, ended: SessionTransaction | None = None) -> None:
        """Make the calls of a savepoint that was rolled back, the last first; without one those of the whole unit."""
        undone = [item for item in self.on_rollback if _is_within(item[0], ended)]
        self.on_rollback = [item for item in self.on_rollback if not _is_within(item[0], ended)]
        self.after_commit = [item for item in self.after_commit if not _is_within(item[0], ended)]
        for _, call in reversed(undone):
            call()


def _is_within(point: SessionTransaction | None, ended: SessionTransaction | None) -> bool:
    """True for the savepoint itself and those within it; everything is within the whole unit, None."""
    while point is not None and point is not ended:
        point = point.parent
    return point is ended


@listens_for(ScopedSession, "after_soft_rollback")
def _undo_savepoint(session: Session, ended: SessionTransaction) -> None:
    if ended.nested and _CALLS in session.info:
        session.info[_CALLS].undo(ended)


CONNECT_SECONDS = 3
"""For how long a connection is waited for, and for its sign of life; on the same network they come in milliseconds."""
ANSWER_SECONDS = 15.0
"""For how long people wait for the answer to a statement."""


class ImpatientConnection(psycopg.Connection[Any]):
    """A connection that is given up where the server does not answer for so long: it hangs, or the network is cut.

    A limit of the server's own (statement_timeout) would not help: it is the server that stands still.
    """

    answer_seconds = ANSWER_SECONDS

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg waits, but not for ever; what was asked is lost with the connection."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except _WaitTimeout as problem:
            self.pgconn.finish()
            raise psycopg.OperationalError("the database did not answer in time") from problem


def connect(url: str, *, pool_size: int = 10, is_impatient: bool = False) -> Engine:
    """Bind the process to a database; returns the engine. `url` is a SQLAlchemy URL for psycopg 3.

    `is_impatient`: for processes in which people wait; no statement may take longer than ImpatientConnection allows.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=15,
        connect_args={"connect_timeout": CONNECT_SECONDS},
        hide_parameters=True,  # an error is logged with its statement, never with the values: they are personal
    )
    if is_impatient:
        listen(engine, "do_connect", _connect_impatiently)
        _ping_impatiently(engine)
    _factory.configure(bind=engine)
    return engine


def _ping_impatiently(engine: Engine) -> None:
    """Ask a connection for its sign of life before it is used, and wait for that less long than for an answer."""
    ping = engine.dialect.do_ping

    def ask(connection: Any) -> bool:
        connection.answer_seconds = CONNECT_SECONDS
        try:
            return ping(connection)
        finally:
            connection.answer_seconds = ANSWER_SECONDS

    engine.dialect.do_ping = ask  # type: ignore[assignment, method-assign]


def _connect_impatiently(_dialect: object, _record: object, args: list[Any], options: dict[str, Any]) -> Any:
    return ImpatientConnection.connect(*args, **options)


def engine() -> Engine:
    """The engine the process is bound to."""
    bound = _factory.kw["bind"]
    if not isinstance(bound, Engine):
        raise RuntimeError("core.db.connect() was not called")
    return bound


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: committed at the end, rolled back on an error; then the calls asked for are made.

    Within another unit it joins that one: the outermost decides. Where the commit itself fails nobody knows whether
    it arrived, so neither kind of call is made.
    """
    outer = tenancy._open_session.get()
    if outer is not None:
        yield outer
        return
    calls, is_whole = _Calls(), False
    try:
        with _factory() as new_session:
            new_session.info[_CALLS] = calls
            token = tenancy._open_session.set(new_session)
            try:
                yield new_session
                is_whole = True
                new_session.commit()
            finally:
                tenancy._open_session.reset(token)
    finally:
        if not is_whole:
            calls.undo()
    for _, call in calls.after_commit:
        call()


@contextmanager
def unit_apart() -> Iterator[Session]:
    """A transaction of its own beside the one in force: progress that others see while a long one goes on."""
    token = tenancy._open_session.set(None)
    try:
        with unit_of_work() as new_session:
            yield new_session
    finally:
        tenancy._open_session.reset(token)


def session() -> Session:
    """The session of the unit of work in force; raises RuntimeError outside one."""
    current = tenancy._open_session.get()
    if current is None:
        raise RuntimeError("no unit of work: enter unit_of_work() first")
    return current


def after_commit(call: Call) -> None:
    """Make this call once the unit of work is committed; never if it or the savepoint in force is rolled back."""
    current = session()
    current.info[_CALLS].after_commit.append((current.get_nested_transaction(), call))


def on_rollback(call: Call) -> None:
    """Make this call if the unit of work, or the savepoint in force, is rolled back: what no transaction undoes."""
    current = session()
    current.info[_CALLS].on_rollback.append((current.get_nested_transaction(), call))
