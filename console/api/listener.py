"""The operator's events: checked for their signature, then given to the engine and to the lines."""

from __future__ import annotations

import structlog
from flask import Blueprint, jsonify, request

from console.web.routing import Public, ResponseReturnValue, parts, route
from core import clock
from lines.sync.lines import apply_line_event
from operators.port import EVENTS_PATH, EventRefused, LineEvent, OrderEvent
from runs.engine.outcomes import record_event

blueprint = Blueprint("listener", __name__)
log = structlog.get_logger(__name__)


@route(
    blueprint, EVENTS_PATH, methods=("POST",), permission=Public("the operator proves itself by a signature")
)
def events() -> ResponseReturnValue:
    """Take one event. Told again it does no harm; with 401 or 5xx the operator tells it again by itself."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    event = parts().operator.read_event(headers, request.get_data(), clock.now())
    if isinstance(event, EventRefused):
        log.warning("events.not_genuine", ip=request.remote_addr, why=event.why.value)
        return jsonify(code="not_genuine", message="The signature does not fit."), 401
    known = True
    if isinstance(event, OrderEvent):
        known = record_event(parts(), event.key, event.order_id, event.lines)
    elif isinstance(event, LineEvent):
        known = apply_line_event(event.line)
    if not known:
        log.info("events.foreign", event_id=event.event_id)
    return "", 204
