"""The sample list of numbers, filled with numbers that a company really has."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from core.db import unit_of_work
from core.errors import NotFound
from core.i18n import N_
from core.tenancy import company_scope
from lines.models import Line
from lines.uploads.sample import write_sample

NUMBERS = 12


def make(company_id: int, file: Path) -> int:
    """Write the list; raises NotFound where the company has no numbers."""
    with company_scope(company_id), unit_of_work() as session:
        numbers = session.scalars(
            select(Line.msisdn).where(Line.company_id == company_id).order_by(Line.msisdn).limit(NUMBERS)
        ).all()
    if not numbers:
        raise NotFound(N_("This company has no numbers."))
    write_sample(file, numbers)
    print(f"{file}: {len(numbers)} numbers")
    return 0
