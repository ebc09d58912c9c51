"""Alembic's entry: migrations run as the owner of the tables, never as the application's role."""

from __future__ import annotations

import os
from collections.abc import Iterable

from alembic import context
from alembic.migration import MigrationContext
from alembic.operations import MigrationScript
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

import core.journal.entries
import core.journal.reading
import forms.requests.models
import hierarchy.models
import lines.models
import notices.models
import operators.models
import rbac.models
import reports.models
import runs.models
import users.models
from core.db import Base

MODELS = (
    core.journal.entries,
    core.journal.reading,
    rbac.models,
    hierarchy.models,
    users.models,
    operators.models,
    notices.models,
    runs.models,
    lines.models,
    forms.requests.models,
    reports.models,
)


def number(_: MigrationContext, __: Iterable[str | None] | str, scripts: list[MigrationScript]) -> None:
    """A new migration gets the number after the last one as its id, which begins its file's name too."""
    last = ScriptDirectory.from_config(context.config).get_current_head()
    for place, script in enumerate(scripts, start=1):
        script.rev_id = f"{int(last or 0) + place:04d}"


url = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
with create_engine(url, poolclass=pool.NullPool).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        process_revision_directives=number,
    )
    with context.begin_transaction():
        context.run_migrations()
