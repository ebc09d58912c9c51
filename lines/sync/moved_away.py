"""Lines that the operator gave to another company: where they were before, they have ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import any_, cast, select

from core import clock
from core.db import BIGINTS, TEXTS, unit_of_work
from core.tenancy import all_companies
from hierarchy.models import Company
from lines.models import Line, LineState
from lines.sync.writer import LineWriter
from operators.records import LineData
from operators.states import Report

log = structlog.get_logger(__name__)


def end_elsewhere(company_id: int | None, lines: Sequence[LineData]) -> int:
    """Terminate these lines in every other company than the one they came to; returns how many ended.

    `company_id` is None where they came to a customer that is not known here. What another company knows of a later
    moment stays.
    """
    moments = {line.id: line.updated_at for line in lines if line.state != LineState.TERMINATED.value}
    if not moments:
        return 0
    moments_by_company: dict[int, dict[int, datetime]] = {}
    with all_companies(reason="a line may have come from any company"), unit_of_work() as db:
        # Their ids are named so that the index serves, which begins with the company.
        others = [key for key in db.scalars(select(Company.id)) if key != company_id]
        query = select(Line.company_id, Line.id, Line.operator_id, Line.operator_updated_at).where(
            Line.company_id == any_(cast(others, BIGINTS)),
            Line.operator_id == any_(cast(list(moments), TEXTS)),
            Line.state != LineState.TERMINATED,
        )
        for other, line_id, operator_id, known in db.execute(query):
            if known is None or known <= moments[operator_id]:
                moments_by_company.setdefault(other, {})[line_id] = moments[operator_id]
    for other, gone in sorted(moments_by_company.items()):
        LineWriter(other, Report(), clock.now()).terminate(sorted(gone), gone)
        log.info("lines.moved_away", company=other, to=company_id, lines=len(gone))
    return sum(len(gone) for gone in moments_by_company.values())
