"""The way of a request as a table of values: from where, what, to where, by which side, with or without a text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.i18n import N_
from forms.requests.models import CLOSED, RequestState

S = RequestState
OPEN = (S.SUBMITTED, S.TAKEN, S.ASKED, S.ANSWERED, S.REOPENED)
HELD = (S.TAKEN, S.ASKED, S.ANSWERED)


class Party(StrEnum):
    """A side of a request."""

    CUSTOMER = "customer"
    MANAGER = "manager"
    SYSTEM = "system"


@dataclass(frozen=True)
class Transition:
    """One row of the table. `title` is what the button says, `done` what the timeline says."""

    source: RequestState
    name: str
    target: RequestState
    who: frozenset[Party]
    title: str
    done: str
    needs_text: bool = False


def _rows(
    sources: Iterable[RequestState],
    name: str,
    target: RequestState | None,
    who: Iterable[Party],
    words: tuple[str, str],
    *,
    needs_text: bool = False,
) -> tuple[Transition, ...]:
    """One row for each state; without a target the state stays."""
    return tuple(
        Transition(source, name, target or source, frozenset(who), *words, needs_text=needs_text)
        for source in sources
    )


CUSTOMER, MANAGER, SYSTEM = (Party.CUSTOMER,), (Party.MANAGER,), (Party.SYSTEM,)
BOTH = (Party.CUSTOMER, Party.MANAGER)

TRANSITIONS: tuple[Transition, ...] = (
    *_rows((S.DRAFT,), "submit", S.SUBMITTED, CUSTOMER, (N_("Submit"), N_("submitted the request"))),
    *_rows((S.SUBMITTED, S.REOPENED), "take", S.TAKEN, MANAGER, (N_("Take"), N_("took the request"))),
    *_rows(OPEN, "pass", None, MANAGER, (N_("Pass on"), N_("passed the request on")), needs_text=True),
    *_rows(
        (S.TAKEN, S.ANSWERED),
        "ask",
        S.ASKED,
        MANAGER,
        (N_("Ask the customer"), N_("asked back")),
        needs_text=True,
    ),
    *_rows((S.ASKED,), "answer", S.ANSWERED, CUSTOMER, (N_("Answer"), N_("answered")), needs_text=True),
    *_rows(OPEN, "comment", None, BOTH, (N_("Write"), N_("wrote")), needs_text=True),
    *_rows(
        HELD, "resolve", S.RESOLVED, MANAGER, (N_("Resolve"), N_("resolved the request")), needs_text=True
    ),
    *_rows(HELD, "refuse", S.REFUSED, MANAGER, (N_("Refuse"), N_("refused the request")), needs_text=True),
    *_rows(
        OPEN, "withdraw", S.WITHDRAWN, CUSTOMER, (N_("Withdraw"), N_("withdrew the request")), needs_text=True
    ),
    *_rows(
        CLOSED, "reopen", S.REOPENED, CUSTOMER, (N_("Reopen"), N_("reopened the request")), needs_text=True
    ),
    *_rows(
        (*OPEN, *CLOSED),
        "complain",
        None,
        CUSTOMER,
        (N_("Complain"), N_("complained about how the request is worked")),
        needs_text=True,
    ),
    *_rows((*OPEN, *CLOSED), "report", None, SYSTEM, ("", N_("reported the outcome")), needs_text=True),
)
"""Every step there is; whatever is not in the table cannot happen."""


def find(state: str, name: str) -> Transition | None:
    """The row for this step from this state; None where the table has none."""
    return next((row for row in TRANSITIONS if row.source == state and row.name == name), None)


def steps(state: str, party: Party) -> list[Transition]:
    """The steps that this side may take now, in the order of the table."""
    return [row for row in TRANSITIONS if row.source == state and party in row.who]


def words_of(name: str) -> str:
    """Message id of what the timeline says of a step."""
    return next((row.done for row in TRANSITIONS if row.name == name), name)
