"""Synchronisation of SIM cards with the operator's resource inventory."""

from __future__ import annotations

from core import bulk
from core.db import unit_of_work
from core.tenancy import company_scope
from lines.models import SimCard
from operators.records import Source
from operators.states import Report
from operators.sync import count, stream


def sync_sims(source: Source, company_id: int, party_id: str) -> Report:
    """Bring the SIM cards of a company up to date, a page in a transaction. Raises OperatorAway."""
    report = Report()
    with stream(f"sims:{company_id}", report):
        for page in source.sims(party_id):
            count(report, page)
            rows = [
                {
                    "company_id": company_id,
                    "operator_id": card.id,
                    "iccid": card.iccid,
                    "imsi": card.imsi,
                    "state": card.state,
                }
                for card in page.records
            ]
            with company_scope(company_id), unit_of_work() as db:
                created, changed = bulk.upsert(db, SimCard, ["company_id", "iccid"], rows)
            report.created += created
            report.changed += changed
    return report
