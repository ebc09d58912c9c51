"""Our own static files: addresses that change with the content, kept by browsers for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

STATIC = Path(__file__).parents[1] / "static"
YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Version the addresses that url_for gives, and let browsers keep versioned files."""
    app.url_defaults(_add_version)
    app.after_request(_keep)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint != "static" or "v" in values:
        return
    file = STATIC / str(values.get("filename", ""))
    if file.is_file():
        values["v"] = _version(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _version(file: Path, changed: int) -> str:  # noqa: ARG001 - part of the cache's key
    """The start of the content's hash; `changed` makes an edited file count anew."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]


def _keep(response: Response) -> Response:
    if request.endpoint == "static":
        policy = f"public, max-age={YEAR}, immutable" if "v" in request.args else "public, max-age=60"
        response.headers["Cache-Control"] = policy
    return response
