"""The database: declarative base, engine, and the unit of work that alone may commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Engine, MetaData, String, create_engine
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from core import tenancy

PATH = String(collation="C")
"""Type of texts that are compared by range: paths of the tree and reversed numbers."""


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
_AFTER = "after_commit_calls"


def connect(url: str, *, pool_size: int = 10) -> Engine:
    """Bind the process to a database; returns the engine. `url` is a SQLAlchemy URL for psycopg 3."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=15,
        hide_parameters=True,  # an error is logged with its statement, never with the values: they are personal
    )
    _factory.configure(bind=engine)
    return engine


def engine() -> Engine:
    """The engine the process is bound to."""
    bound = _factory.kw["bind"]
    if not isinstance(bound, Engine):
        raise RuntimeError("core.db.connect() was not called")
    return bound


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: committed at the end, rolled back on an error; then the after-commit calls are made.

    Within another unit it joins that one: the outermost decides.
    """
    outer = tenancy._open_session.get()
    if outer is not None:
        yield outer
        return
    calls: list[Callable[[], None]] = []
    with _factory() as opened:
        opened.info[_AFTER] = calls
        token = tenancy._open_session.set(opened)
        try:
            yield opened
            opened.commit()
        finally:
            tenancy._open_session.reset(token)
    for call in calls:
        call()


@contextmanager
def unit_apart() -> Iterator[Session]:
    """A transaction of its own beside the one in force: progress that others see while a long one goes on."""
    token = tenancy._open_session.set(None)
    try:
        with unit_of_work() as opened:
            yield opened
    finally:
        tenancy._open_session.reset(token)


def session() -> Session:
    """The session of the unit of work in force; raises RuntimeError outside one."""
    opened = tenancy._open_session.get()
    if opened is None:
        raise RuntimeError("no unit of work: enter unit_of_work() first")
    return opened


def after_commit(call: Callable[[], None]) -> None:
    """Make this call once the unit of work has been committed; never if it is rolled back."""
    session().info[_AFTER].append(call)
