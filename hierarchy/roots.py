"""The root department that stands for a whole company."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.errors import NotFound
from hierarchy.models import Company, Department

NEXT_IDS = text(
    "SELECT nextval(pg_get_serial_sequence('departments', 'id')) FROM generate_series(1, CAST(:count AS int))"
)


def create_roots(session: Session, companies: Sequence[Company]) -> list[Department]:
    """Give each new company its root, whose path is its own id: "/<id>/"."""
    ids = session.scalars(NEXT_IDS, {"count": len(companies)}).all()
    roots = [
        Department(id=key, company_id=company.id, parent_id=None, path=f"/{key}/", name=company.name)
        for key, company in zip(ids, companies, strict=True)
    ]
    session.add_all(roots)
    session.flush()
    return roots


def get_root_id(session: Session, company_id: int) -> int:
    """The id of a company's root; raises NotFound."""
    root_id = session.scalar(
        select(Department.id).where(Department.company_id == company_id, Department.parent_id.is_(None))
    )
    if root_id is None:
        raise NotFound
    return root_id
