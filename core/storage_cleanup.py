"""Files that no row names, left where a process died between keeping a file and its commit: found and forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.parts import Parts as CoreParts
from core.storage import Storage
from core.tenancy import company_scope

KEPT = timedelta(days=1)
"""Longer than any transaction: a younger file may still get its row."""
FEW = 10
Keys = Callable[[Session], Iterable[str]]
"""Every key that the rows of the company in scope name."""
log = structlog.get_logger(__name__)


class Parts(CoreParts, Protocol):
    """Beside those of core: everybody who keeps files."""

    @property
    def kept_files(self) -> Sequence[Keys]: ...


def tidy(parts: Parts) -> None:
    """The repeated job."""
    forget(parts.storage, parts.kept_files)


def forget(storage: Storage, sources: Sequence[Keys]) -> int:
    """Forget every orphan older than a day; returns how many. What a broken-off put left goes too."""
    before = clock.now() - KEPT
    orphans: list[str] = []
    known = 0
    for company_id in storage.companies():
        keys = set(storage.keys(company_id, before))
        with company_scope(company_id), unit_of_work() as session:
            owned = {key for source in sources for key in source(session) if key in keys}
        known += len(owned)
        orphans += keys - owned
    if not known and len(orphans) > FEW:
        # Not one file is known: this is the folder of another database, and nobody may empty it.
        log.error("storage.foreign", files=len(orphans))
        return 0
    for company_id in storage.companies():
        storage.tidy(company_id, before)
    for key in orphans:
        log.warning("storage.orphan", key=key)
        storage.delete(key)
    return len(orphans)
