"""Words for the states of a request."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import N_
from forms.requests.models import RequestState

REQUEST_STATES: Mapping[str, str] = {
    RequestState.DRAFT: N_("Draft"),
    RequestState.SUBMITTED: N_("Submitted"),
    RequestState.TAKEN: N_("In progress"),
    RequestState.ASKED: N_("Waiting for the customer"),
    RequestState.ANSWERED: N_("Answered by the customer"),
    RequestState.REOPENED: N_("Reopened"),
    RequestState.RESOLVED: N_("Resolved"),
    RequestState.REFUSED: N_("Refused"),
    RequestState.WITHDRAWN: N_("Withdrawn"),
}
