"""What the worker repeats about lines: continuous synchronisation with the operator."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy.exc import OperationalError

from lines import sync
from operators import sync as company_sync
from operators.errors import OperatorAway
from operators.records import Source

log = structlog.get_logger(__name__)
_parts: list[tuple[Source, Callable[[], None]]] = []


def configure(source: Source, listen: Callable[[], None]) -> None:
    """Give this process its way of reading the operator and of registering for its events."""
    _parts[:] = [(source, listen)]


def synchronise() -> None:
    """Registration for events, catalogue, companies, and what changed on their lines. Trouble is for the next time."""
    for source, listen in _parts:
        try:
            listen()
            company_sync.sync_catalogue(source)
            company_sync.sync_companies(source)
            for company_id, _ in company_sync.companies():
                sync.sync_changes(source, company_id)
        except (OperatorAway, OperationalError) as problem:
            log.warning("sync.postponed", problem=type(problem).__name__)


def reconcile() -> None:
    """Everything once more from the start: what no event and no change told."""
    for source, _ in _parts:
        try:
            for company_id, _ in company_sync.companies():
                sync.load_company(source, company_id)
        except (OperatorAway, OperationalError) as problem:
            log.warning("sync.postponed", problem=type(problem).__name__)
