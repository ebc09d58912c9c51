"""The one place that wires everything: models for migrations; later operations, gateway, application, worker."""

from __future__ import annotations

from sqlalchemy import MetaData

import core.journal
import hierarchy.models
import lines.models
import operators.models
import rbac.models
import runs.models
import users.models
from core.db import Base

MODELS = (core.journal, rbac.models, hierarchy.models, users.models, operators.models, runs.models, lines.models)


def metadata() -> MetaData:
    """The tables of every domain; naming the modules here is what loads them."""
    return Base.metadata
