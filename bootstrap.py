"""The one place that wires everything: models for migrations, the engine for the web server and the worker."""

from __future__ import annotations

from sqlalchemy import MetaData

import core.journal
import hierarchy.models
import lines.models
import operators.models
import rbac.models
import runs.models
import users.models
from core import db
from core.db import Base
from core.queue import JobQueue
from core.settings import Settings
from lines.operations import OPERATIONS
from lines.target import LineTarget
from operators.tmf import adapter
from runs.engine import Engine

MODELS = (
    core.journal,
    rbac.models,
    hierarchy.models,
    users.models,
    operators.models,
    runs.models,
    lines.models,
)


def metadata() -> MetaData:
    """The tables of every domain; naming the modules here is what loads them."""
    return Base.metadata


def build(settings: Settings) -> Engine:
    """Bind the process to its database and wire the engine. Opens no connection by itself."""
    db.connect(settings.database_url)
    return Engine(
        settings=settings,
        queue=JobQueue(settings.redis_url),
        gateway=adapter.connect(settings),
        target=LineTarget(),
        operations={operation.code: operation for operation in sorted(OPERATIONS, key=lambda one: one.order)},
    )
