"""Logs: one JSON object a line, without secrets, tokens or personal numbers."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = ("password", "token", "secret", "authorization", "cookie")
WHOLE = ("digest", "timestamp")
"""Never holds a number of a person, and is of no use with a part hidden: digits of a hash may look like a phone."""
NUMBER = re.compile(r"(?<!\d)(?:\+?7|8)9\d{9}(?!\d)")


def configure(level: int = logging.INFO) -> None:
    """Set this process's logs up; called once by each entry point."""
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # One write for a line and its end: several processes write to one file.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def without_secrets(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide values under telling names and mobile numbers wherever they stand."""
    for key, value in event.items():
        if any(word in key.lower() for word in HIDDEN):
            event[key] = "…"
        elif isinstance(value, str) and len(value) >= 11 and key not in WHOLE:
            event[key] = NUMBER.sub("7…", value)
    return event
