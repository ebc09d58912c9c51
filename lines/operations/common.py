"""What several operations share: refusals that hold for every line, and parameters without content."""

from __future__ import annotations

from marshmallow import Schema

from core.i18n import N_
from lines.models import Line, LineState
from runs.operation import Refusal

TERMINATED = Refusal(
    "terminated",
    N_("The number no longer works"),
    Line.state == LineState.TERMINATED,
    N_("Take it off your list."),
)


class NoParams(Schema):
    """An operation that needs to be told nothing."""
