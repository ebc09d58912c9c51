"""Repeated work about lines: continuous synchronisation with the operator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError, OperationalError

from core import clock
from core.db import unit_of_work
from core.parts import Parts as CoreParts
from core.tenancy import all_companies
from hierarchy.models import Company
from lines.sync import lines as sync
from lines.sync import sims
from operators import pool_sync
from operators import sync as company_sync
from operators.errors import OperatorAway
from operators.port import Operator

RECONCILE_AFTER = timedelta(hours=22)
log = structlog.get_logger(__name__)


class Parts(CoreParts, Protocol):
    """Beside those of core: the operator."""

    @property
    def operator(self) -> Operator: ...


def synchronise(parts: Parts) -> None:
    """Registration for events, catalogue, free numbers, companies, changes on their lines and spare SIM cards.

    Trouble is for the next time.
    """
    source = parts.operator.source
    _try("hub", partial(parts.operator.subscribe, parts.settings.console_url))
    _try("catalogue", partial(company_sync.sync_catalogue, source))
    _try("pool", partial(pool_sync.sync_pool, source))
    _try("companies", partial(company_sync.sync_companies, source))
    for company_id, _ in company_sync.companies():
        _try(f"lines:{company_id}", partial(sync.sync_changes, source, company_id))
        _try(f"spares:{company_id}", partial(sims.sync_spares, source, company_id))


def reconcile(parts: Parts) -> None:
    """Read everything once more from the start, for companies whose last time was a day ago: what no change brought."""
    for company_id in _due():
        _try(f"all:{company_id}", partial(sync.load_company, parts.operator.source, company_id))


def _try(part: str, call: Callable[[], object]) -> None:
    """One part that fails keeps none of the others from being brought up to date."""
    try:
        call()
    except (OperatorAway, OperationalError, IntegrityError) as problem:
        # Integrity: an order of ours gave a number to a line between reading and writing.
        log.warning("sync.postponed", part=part, problem=type(problem).__name__)


def _due() -> list[int]:
    limit = clock.now() - RECONCILE_AFTER
    with all_companies(reason="every company is reconciled once a day"), unit_of_work() as db:
        old = or_(Company.synced_at.is_(None), Company.synced_at < limit)
        return list(db.scalars(select(Company.id).where(old).order_by(Company.synced_at.nulls_first())))
