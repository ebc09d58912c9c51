"""Whether the console lives, whether it is ready to serve, and figures for monitoring; nothing personal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

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
from operators.states import kind_of, late_kinds
from runs.models import Run, RunState
from runs.submission import WAKE

blueprint = Blueprint("health", __name__)
ANYBODY = Public("monitoring asks without signing in; nothing personal is told")

open_items = Gauge("console_run_items_open", "Items of runs without a final outcome", registry=registry)
open_runs = Gauge("console_runs_open", "Runs with open items", registry=registry)
queue_length = Gauge(
    "console_queue_length", "Jobs that wait for a worker; -1 without Redis", registry=registry
)
sync_age = Gauge(
    "console_sync_age_seconds",
    "Since the changes of lines were last read, of the company where that is longest ago",
    registry=registry,
)


@route(blueprint, "/health/live", permission=ANYBODY, passive=True)
def live() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="alive")


@route(blueprint, "/health/ready", permission=ANYBODY, passive=True)
def ready() -> ResponseReturnValue:
    """503 without the database; without Redis or fresh data the console still serves, and says so."""
    try:
        moments = _moments(db())
    except SQLAlchemyError:
        return jsonify(status="not ready", database="away"), 503
    waiting = _queue_length()
    late = late_kinds(moments, clock.now())
    fresh = bool(moments) and not late
    return jsonify(
        status="ready" if waiting >= 0 and fresh else "degraded",
        database="there",
        redis="there" if waiting >= 0 else "away",
        operator={"age_seconds": _sync_age(moments), "fresh": fresh, "late": late},
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
    age = _sync_age(_moments(db()))
    sync_age.set(age if age is not None else float("nan"))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _moments(session: Session) -> Mapping[str, datetime | None]:
    """The moment when each stream from the operator last ended well."""
    rows = session.execute(select(SyncState.stream, SyncState.done_at))
    return {row.stream: row.done_at for row in rows}


def _sync_age(moments: Mapping[str, datetime | None]) -> float | None:
    """The seconds since lines were last read, of the company where that is longest ago; None where never."""
    read = [moment for stream, moment in moments.items() if moment and kind_of(stream) == "lines"]
    return round((clock.now() - min(read)).total_seconds(), 1) if read else None


def _queue_length() -> int:
    try:
        return parts().queue.length(WAKE.queue)
    except RedisError:
        return -1
