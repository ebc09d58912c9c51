"""Words for the states of a run and of each line in it."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import N_
from runs.models import ItemState, RunState

ITEM_STATES: Mapping[str, str] = {
    ItemState.DONE: N_("Done"),
    ItemState.FAILED: N_("Failed"),
    ItemState.REFUSED: N_("Refused"),
    ItemState.CANCELLED: N_("Not sent"),
    ItemState.UNKNOWN: N_("Being checked with the operator"),
    ItemState.SENT: N_("Sent"),
    ItemState.PENDING: N_("Waiting"),
}
"""In the order in which people want to hear of them."""
RUN_STATES: Mapping[str, str] = {
    RunState.RUNNING: N_("Running"),
    RunState.FINISHED: N_("Finished"),
    RunState.CANCELLED: N_("Stopped"),
    RunState.BROKEN: N_("Broken"),
}
WAITING = N_("Waits for the operator")
"""A running run whose orders the operator does not take."""
STOPPING = N_("Stopping")
"""A stopped run with orders on the way."""
NOTHING_DONE = N_("Finished, nothing carried out")
"""An ended run in which every item was refused."""
WITH_FAILURES = N_("Finished with failures")
