"""Parts of the process that views need; the application keeps them."""

from __future__ import annotations

from typing import Protocol, cast

from flask import Flask, current_app

from reports.parts import Parts as ReportParts
from runs.parts import Parts as RunParts

EXTENSION = "virtual_manager"


class Parts(RunParts, ReportParts, Protocol):
    """Those of runs and those of reports."""


def install(app: Flask, parts: Parts) -> None:
    """Keep the parts of this process with the application."""
    app.extensions[EXTENSION] = parts


def parts() -> Parts:
    """The parts that this process was started with."""
    return cast(Parts, current_app.extensions[EXTENSION])
