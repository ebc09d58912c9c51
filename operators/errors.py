"""Errors between us and the operator, apart from what it says of single lines."""

from __future__ import annotations

from core.errors import Unavailable
from core.i18n import N_


class OperatorAway(Unavailable):
    """The operator gave no usable answer; `after` is when asking again makes sense, in seconds."""

    code = "operator_away"

    def __init__(self, why: str, *, after: float = 1.0) -> None:
        super().__init__(N_("The operator does not answer at the moment. Try again a little later."), why=why)
        self.why = why
        self.after = after

    def __str__(self) -> str:
        return self.why


class NotSent(OperatorAway):
    """The request surely did not arrive: no connection came about."""


class NotNow(OperatorAway):
    """A request that has to wait its turn: none is free under the operator's limit, or it says so itself."""


class TooLate(NotSent):
    """The request was not sent since its moment had passed: its sender was held up."""


class NoAnswer(OperatorAway):
    """The request may have arrived: the time ran out or the connection was cut."""


class OddAnswer(OperatorAway):
    """The operator answered with something that its API does not describe."""
