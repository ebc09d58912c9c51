"""Whether the console lives, whether it is ready to serve, and figures for monitoring; nothing personal."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from console.web.observe import registry
from console.web.routing import Public, ResponseReturnValue, db, parts, route
from core import clock
from operators.models import SyncState
from runs.models import Run, RunState
from runs.submission import WAKE

blueprint = Blueprint("health", __name__)
ANYBODY = Public("monitoring asks without signing in; nothing personal is told")
STALE = 15 * 60
"""Seconds after which data that was not taken over from the operator again is called stale."""

open_items = Gauge("console_run_items_open", "Items of runs without a final outcome", registry=registry)
open_runs = Gauge("console_runs_open", "Runs with open items", registry=registry)
queue_length = Gauge(
    "console_queue_length", "Jobs that wait for a worker; -1 without Redis", registry=registry
)
sync_age = Gauge("console_sync_age_seconds", "Age of the oldest stream from the operator", registry=registry)


@route(blueprint, "/health/live", permission=ANYBODY, passive=True)
def live() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="alive")


@route(blueprint, "/health/ready", permission=ANYBODY, passive=True)
def ready() -> ResponseReturnValue:
    """503 without the database; without Redis or fresh data the console still serves, and says so."""
    try:
        age = _sync_age(db())
    except SQLAlchemyError:
        return jsonify(status="not ready", database="away"), 503
    waiting = _queue_length()
    fresh = age is not None and age < STALE
    return jsonify(
        status="ready" if waiting >= 0 and fresh else "degraded",
        database="there",
        redis="there" if waiting >= 0 else "away",
        operator={"age_seconds": age, "fresh": fresh},
    )


@route(blueprint, "/metrics", permission=ANYBODY, passive=True)
def metrics() -> ResponseReturnValue:
    """Figures in Prometheus' text format."""
    items, runs = (
        db()
        .execute(
            select(func.coalesce(func.sum(Run.pending + Run.sent + Run.unknown), 0), func.count()).where(
                Run.state.in_((RunState.RUNNING, RunState.CANCELLED)), Run.finished_at.is_(None)
            )
        )
        .one()
    )
    open_items.set(int(items))
    open_runs.set(int(runs))
    queue_length.set(_queue_length())
    age = _sync_age(db())
    sync_age.set(age if age is not None else float("nan"))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _sync_age(session: Session) -> float | None:
    """Seconds since the stream that was longest not taken over; None where nothing ever was."""
    oldest = session.scalar(select(func.min(SyncState.done_at)))
    return round((clock.now() - oldest).total_seconds(), 1) if oldest else None


def _queue_length() -> int:
    try:
        return parts().queue.length(WAKE.queue)
    except RedisError:
        return -1
