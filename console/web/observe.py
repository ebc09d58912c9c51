"""The record of requests from outside: a number for each, one line in the log, and latencies."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Histogram

GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")

registry = CollectorRegistry()
latency = Histogram(
    "console_request_seconds",
    "Time to answer, by endpoint, method and class of status",
    ("endpoint", "method", "status"),
    registry=registry,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
log = structlog.get_logger("console.access")


def install(app: Flask) -> None:
    """Number and time every request."""
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    header = request.headers.get("X-Request-ID", "")
    g.request_id = header if GIVEN.fullmatch(header) else secrets.token_hex(6)
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    if "started" not in g:
        return response
    seconds = time.perf_counter() - g.started
    endpoint = request.endpoint or "none"
    response.headers["X-Request-ID"] = g.request_id
    latency.labels(endpoint, request.method, f"{response.status_code // 100}xx").observe(seconds)
    if endpoint != "static":
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
        )
    return response
