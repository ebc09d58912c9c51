"""The time without a break in the operator's answers: every worker adds to it, the database's clock counts."""

from __future__ import annotations

import math
import time
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.db import unit_of_work
from operators.models import OperatorContact
from operators.port import Answer, Away, FoundOrder, Unknown

GAP_SECONDS = 5.0
"""Where nobody was answered for so long, nobody knows whether the operator stood still meanwhile."""
SLOW_SECONDS = 1.0
"""An answer that took longer may have come from an operator that stood still and went on."""
NOTE_SECONDS = 0.5
"""At most this often one worker writes down that it was answered."""

ANSWERED = text("""
    INSERT INTO operator_contact AS contact (id, answered_at, answering_since)
    VALUES (1, clock_timestamp(), clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET answered_at = excluded.answered_at, answering_since =
        CASE WHEN contact.answered_at < excluded.answered_at - make_interval(secs => :gap) THEN excluded.answered_at
             ELSE coalesce(contact.answering_since, excluded.answered_at) END""")
# Where others were answered during the call it was an answer that got lost, not an operator that stood still.
SILENT = text("""
    UPDATE operator_contact SET answering_since = NULL
    WHERE id = 1 AND answered_at < clock_timestamp() - make_interval(secs => :seconds)""")


class Contact:
    """The contact of one worker with the operator, written down for all of them."""

    def __init__(self) -> None:
        self._noted = -math.inf

    def note(self, answer: Answer | FoundOrder, seconds: float) -> None:
        """Add one call that took so many seconds; in a transaction of its own, as short as can be."""
        is_silent = getattr(answer, "is_silence", False)
        is_slow = seconds > SLOW_SECONDS and not isinstance(answer, Unknown | Away)
        if getattr(answer, "is_turn", False):
            return
        if not (is_silent or is_slow) and time.monotonic() - self._noted < NOTE_SECONDS:
            return
        with unit_of_work() as session:
            if is_silent or is_slow:
                session.execute(SILENT, {"seconds": seconds})
            if not is_silent:
                session.execute(ANSWERED, {"gap": GAP_SECONDS})
        self._noted = -math.inf if is_silent else time.monotonic()


def answering_since(session: Session) -> datetime | None:
    """Since when, by the database's clock, the operator has answered without a break; None where it is silent."""
    return session.scalar(select(OperatorContact.answering_since).where(OperatorContact.id == 1))
