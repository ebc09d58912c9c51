"""Checks from the command line: whether the journal is whole, whether everything answers."""

from __future__ import annotations

import urllib.error
import urllib.request

from redis.exceptions import RedisError
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from core import db
from core.db import unit_of_work
from core.journal import entries as journal
from core.queue import connection
from core.settings import Settings
from core.tenancy import all_companies


def verify_journal(company_id: int | None) -> int:
    """Recompute the chains; returns 1 where one was altered."""
    status = 0
    with all_companies(reason="the journal of every company is checked"), unit_of_work() as session:
        heads = select(journal.JournalHead.company_id).order_by(journal.JournalHead.company_id)
        if company_id is not None:
            heads = heads.where(journal.JournalHead.company_id == company_id)
        for head in session.scalars(heads).all():
            problems = journal.verify(session, head)
            print(f"company {head}: {'whole' if not problems else 'ALTERED'}")
            for problem in problems:
                print(f"  {problem}")
            status = status or int(bool(problems))
    return status


def check_health(settings: Settings) -> int:
    """Ask each part once; returns 1 where one does not answer."""
    answers = {
        "database": _database(),
        "redis": _redis(settings),
        "operator": _answers(f"{settings.operator_url}/health"),
        "console": _answers(f"{settings.console_url}/health/live"),
    }
    for name, is_there in answers.items():
        print(f"{name}: {'there' if is_there else 'AWAY'}")
    return int(not all(answers.values()))


def _database() -> bool:
    try:
        with db.engine().connect() as link:
            link.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _redis(settings: Settings) -> bool:
    try:
        return bool(connection(settings.redis_url, timeout=2).ping())
    except RedisError:
        return False


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - an address of the settings
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
