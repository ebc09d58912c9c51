"""Addresses of the pages of the journal's objects."""

from __future__ import annotations

PAGES = {
    "line": "/lines/{}",
    "account": "/structure/operator",
    "run": "/runs/{}",
    "request": "/requests/{}",
    "user": "/people/{}",
    "department": "/structure?department={}",
}


def object_address(kind: str, object_id: int | None) -> str | None:
    """The address of an object's page; None for what has no page."""
    return PAGES[kind].format(object_id) if kind in PAGES and object_id is not None else None
