"""What every TM Forum call passes: token, outage, limit, slowness, errors, and answers that get lost."""

import hmac
import select
import socket
import time
from http import HTTPStatus
from typing import Any

from flask import Response, g, request

from sandbox.services import services
from sandbox.web.errors import ApiError


def admit() -> None:
    """Refuse the request where token, outage, limit or a fault says so."""
    parts = services()
    header = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(header, f"Bearer {parts.config.token}".encode()):
        raise ApiError.unauthorized("The bearer token is missing or wrong.")
    if parts.faults.is_out():
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "Out of service", "The operator is down for now.")
    wait = parts.limiter.wait_for_token()
    if wait > 0:
        parts.request_counts.refused()
        raise ApiError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "Too many requests",
            f"At most {parts.limiter.rate:g} requests per second are taken.",
            headers={"Retry-After": f"{max(wait, 0.001):.3f}"},
        )
    parts.request_counts.admitted(
        is_order=request.method == "POST" and request.path.endswith("/productOrder")
    )
    if parts.faults.plan.slowSeconds > 0:
        time.sleep(parts.faults.plan.slowSeconds)
    if parts.faults.happens("errorRate"):
        raise ApiError(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error", "A fault that was asked for.")


def lose_answer(response: Response) -> Response:
    """After an order was taken: where the fault says so, hold the line and hang up without an answer."""
    faults = services().faults
    if g.get("order_was_taken") and faults.happens("timeoutAfterAcceptRate"):
        _hold(request.environ.get("gunicorn.socket"), faults.plan.timeoutSeconds)
        response.headers["Connection"] = "close"
    return response


def _hold(connection: Any, seconds: float) -> None:
    """Wait until the caller hangs up or the time is over, then cut the connection."""
    if not isinstance(connection, socket.socket):
        time.sleep(seconds)
        return
    watcher = select.poll()
    watcher.register(connection, select.POLLIN | select.POLLRDHUP)
    watcher.poll(seconds * 1_000)
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
