"""The adapter for operators that speak TM Forum Open APIs, version 4."""

from __future__ import annotations

from functools import partial

from core.settings import Settings
from operators.http import HttpClient
from operators.limiter import TokenBucket
from operators.port import EVENTS_PATH, Operator
from operators.tmf import hub
from operators.tmf.events import read_event
from operators.tmf.gateway import TmfGateway
from operators.tmf.reading import TmfSource


def connect(settings: Settings) -> Operator:
    """The operator as the settings describe it, with the bucket that all processes share. Opens no connection."""
    client = HttpClient(
        settings.operator_url,
        settings.operator_token,
        timeout=settings.operator_timeout,
        tokens=TokenBucket(settings.redis_url, settings.operator_rps),
    )
    return Operator(
        gateway=TmfGateway(
            client, order_items=settings.operator_order_items, settle=settings.operator_settle
        ),
        source=TmfSource(client),
        subscribe=lambda console_url: hub.register(client, f"{console_url}{EVENTS_PATH}"),
        read_event=partial(read_event, settings.operator_event_secret),
    )
