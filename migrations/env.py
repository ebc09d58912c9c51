"""Alembic's entry: migrations run as the owner of the tables, never as the application's role."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import create_engine, pool

import core.journal.entries
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

url = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
with create_engine(url, poolclass=pool.NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
