"""Registration of the console's address with the operator's hubs, so that events come."""

from __future__ import annotations

from datetime import timedelta

import structlog

from core import clock
from operators.errors import NotSent, OddAnswer
from operators.fields import find_id
from operators.http import HttpClient
from operators.states import find_state, note_done, note_failed

HUBS = {
    "orders": "/tmf-api/productOrderingManagement/v4/hub",
    "products": "/tmf-api/productInventory/v4/hub",
}
FRESH = timedelta(minutes=10)
TOKEN_WAIT = 10.0
log = structlog.get_logger(__name__)


def register(client: HttpClient, callback: str, *, fresh: timedelta = FRESH) -> None:
    """See to it that events of orders and lines come to `callback`; call it at the start and every few minutes.

    TM Forum hubs cannot be read, so registering is simply repeated once it is older than `fresh`: an operator that was
    reset has us again. Where that gives a second registration, the first one is taken back. Raises OperatorAway.
    """
    for name, path in HUBS.items():
        stream = f"hub:{name}"
        state = find_state(stream)
        old, _, address = (state.cursor if state else "").partition(" ")
        is_fresh = state is not None and state.done_at is not None and clock.now() - state.done_at < fresh
        if is_fresh and address == callback:
            continue
        new = _post(client, path, callback, stream) or old
        note_done(stream, f"{new} {callback}")
        if old and new != old:
            _withdraw(client, path, old)


def _post(client: HttpClient, path: str, callback: str, stream: str) -> str:
    """The id of the registration; empty where the operator says that it has us already."""
    if not client.tokens.take(TOKEN_WAIT):
        raise NotSent("no request was free under the operator's limit")
    reply = client.send("POST", path, {"callback": callback, "query": ""})
    if reply.status == 409:
        return ""
    key = find_id(reply.body)
    if not reply.is_ok or not key:
        note_failed(stream, f"http {reply.status}")
        raise OddAnswer(f"http {reply.status} from {path}", after=30.0)
    return key


def _withdraw(client: HttpClient, path: str, key: str) -> None:
    """Take an older registration back; it may be gone already."""
    if client.tokens.take(TOKEN_WAIT):
        reply = client.send("DELETE", f"{path}/{key}")
        log.info("operator.hub_withdrawn", hub=key, status=reply.status)
