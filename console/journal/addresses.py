"""Where the objects of the journal are looked at; how people speak of them is in core.journal_words."""

from __future__ import annotations

from core.journal.words import AREAS, action_text, field_text

PAGES = {
    "line": "/lines/{}",
    "account": "/structure/operator",
    "run": "/runs/{}",
    "request": "/requests/{}",
    "user": "/people/{}",
    "department": "/structure?department={}",
}


def object_address(kind: str, object_id: int | None) -> str | None:
    """Where an object is looked at; None for what has no page."""
    return PAGES[kind].format(object_id) if kind in PAGES and object_id is not None else None


__all__ = ["AREAS", "action_text", "field_text", "object_address"]
