"""Synchronisation of SIM cards: all of them, or only the spare ones."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import and_, any_, cast, select
from sqlalchemy.orm import Session

from core import bulk, clock
from core.db import BIGINTS, TEXTS, unit_of_work
from core.tenancy import company_scope
from lines.models import Line, LineState, SimCard, SimState
from lines.sims import settle
from lines.sync.seen_ids import SeenIds
from operators.port import Source
from operators.records import Page, SimData
from operators.states import Report, find_state
from operators.sync import count, get_party_id, stream

SPARES_EVERY = timedelta(minutes=15)
"""How soon a card that was bought is known: one request a company, for a few hundred cards."""
CHUNK = 5000
MOST_MISSING = 0.5
"""Share of a company's cards that may vanish at once; above it the operator's list is not believed."""
log = structlog.get_logger(__name__)


def believed(reported: str, stored: str | None, *, is_held: bool) -> str:
    """The state of a card from the operator's word, what is stored, and whether a line in service uses it.

    A list may have been asked for before an order of ours ended: what the lines say goes before it, and a dead card
    does not come back unless a line uses it. Where the operator says nothing, nothing changes.
    """
    if reported != SimState.DEAD and is_held:
        return SimState.IN_USE
    if reported == SimState.IN_USE and stored == SimState.DEAD:
        return SimState.DEAD
    return stored or reported if reported == SimState.UNKNOWN else reported


def sync_sims(source: Source, company_id: int, party_id: str) -> Report:
    """Bring all SIM cards of a company up to date, a page in a transaction. Raises OperatorAway.

    What the operator no longer shows is unknown, unless a line uses it or it is dead anyway.
    """
    report = Report()
    with stream(f"sims:{company_id}", report):
        seen = _write_all(report, company_id, source.sims(party_id))
        missing, known = _missing(company_id, seen, (SimState.IN_USE, SimState.SPARE))
        if len(missing) > max(1, known * MOST_MISSING):
            report.problem = (
                f"{len(missing)} of {known} SIM cards are missing at the operator: nothing was done"
            )
            log.error("sims.missing", company=company_id, missing=len(missing), known=known)
        else:
            _lose(report, company_id, missing)
    return report


def sync_spares(source: Source, company_id: int) -> Report | None:
    """Ask for the spare cards, unless that was done a short while ago (None). Raises OperatorAway.

    Spare cards that are not among them any more are in use where a line has them, else unknown until the whole list
    is read.
    """
    state = find_state(name := f"spares:{company_id}")
    if state is not None and state.done_at is not None and clock.now() - state.done_at < SPARES_EVERY:
        return None
    report = Report()
    with stream(name, report):
        pages = source.sims(get_party_id(company_id), spare_only=True)
        seen = _write_all(report, company_id, pages)
        missing, _ = _missing(company_id, seen, (SimState.SPARE,))
        _lose(report, company_id, missing)
    return report


def _write_all(report: Report, company_id: int, pages: Iterator[Page[SimData]]) -> SeenIds:
    seen = SeenIds()
    for page in pages:
        count(report, page)
        for key in (*(card.id for card in page.records), *(odd.id for odd in page.odd)):
            seen.add(key)
        with company_scope(company_id), unit_of_work() as db:
            created, changed = _write(db, company_id, page.records)
        report.created += created
        report.changed += changed
    return seen


def _write(db: Session, company_id: int, cards: Sequence[SimData]) -> tuple[int, int]:
    stored = _stored(db, company_id, [card.iccid for card in cards])
    different = [card for card in cards if stored.get(card.iccid) != _values(card, card.state)]
    if not different:
        return 0, 0
    iccids = [card.iccid for card in different]
    # Locked in the order of their ids, as everyone locks cards.
    stored = _stored(db, company_id, iccids, lock=True)
    used = _used_iccids(db, company_id, iccids)
    rows = []
    for card in different:
        before = stored.get(card.iccid)
        state = believed(card.state, before and before[2], is_held=card.iccid in used)
        rows.append({"company_id": company_id, "iccid": card.iccid, **_columns(card, state)})
    return bulk.upsert(db, SimCard, ["company_id", "iccid"], rows)


def _columns(card: SimData, state: str) -> dict[str, Any]:
    return {"operator_id": card.id, "imsi": card.imsi, "state": str(state)}


def _values(card: SimData, state: str) -> tuple[str, str, str]:
    return card.id, card.imsi, state


def _stored(
    db: Session, company_id: int, iccids: Sequence[str], *, lock: bool = False
) -> Mapping[str, tuple[str, str, str]]:
    """Operator's id, IMSI and state by ICCID."""
    query = select(SimCard.iccid, SimCard.operator_id, SimCard.imsi, SimCard.state).where(
        SimCard.company_id == company_id, SimCard.iccid == any_(cast(list(iccids), TEXTS))
    )
    if lock:
        query = query.order_by(SimCard.id).with_for_update()
    return {row[0]: (row[1], row[2], row[3]) for row in db.execute(query)}


def _used_iccids(db: Session, company_id: int, iccids: Sequence[str]) -> set[str]:
    query = select(Line.iccid).where(
        Line.company_id == company_id,
        Line.iccid == any_(cast(list(iccids), TEXTS)),
        Line.state != LineState.TERMINATED,
    )
    return set(db.scalars(query))


def _missing(company_id: int, seen: SeenIds, states: Sequence[str]) -> tuple[array[int], int]:
    """Cards stored in these states that did not come by, and how many are stored in them."""
    missing, known, after = array("q"), 0, 0
    while not seen.has_nameless:
        with company_scope(company_id), unit_of_work() as db:
            rows = db.execute(
                select(SimCard.id, SimCard.operator_id)
                .where(SimCard.company_id == company_id, SimCard.id > after, SimCard.state.in_(states))
                .order_by(SimCard.id)
                .limit(CHUNK)
            ).all()
        known += len(rows)
        missing.extend(row[0] for row in rows if row[1] not in seen)
        if len(rows) < CHUNK:
            break
        after = rows[-1][0]
    return missing, known


def _lose(report: Report, company_id: int, missing: array[int]) -> None:
    for start in range(0, len(missing), CHUNK):
        ids = missing[start : start + CHUNK].tolist()
        chosen = and_(SimCard.company_id == company_id, SimCard.id == any_(cast(ids, BIGINTS)))
        with company_scope(company_id), unit_of_work() as db:
            report.changed += settle(db, chosen, otherwise=SimState.UNKNOWN)
