"""Rows of an uploaded list that mean no line."""

from __future__ import annotations

from sqlalchemy import (
    Select,
    select,
)

from runs.models import UploadRow


def upload_problems(company_id: int, upload_id: int, *, after: int, limit: int) -> Select[UploadRow]:
    """Rows of an uploaded list that mean no line, by keyset."""
    return (
        select(UploadRow)
        .where(
            UploadRow.company_id == company_id,
            UploadRow.upload_id == upload_id,
            UploadRow.problem.is_not(None),
            UploadRow.no > after,
        )
        .order_by(UploadRow.no)
        .limit(limit)
    )
