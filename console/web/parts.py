"""Parts of the process that views need; the application keeps them."""

from __future__ import annotations

from typing import Protocol, cast

from flask import Flask, current_app

from core.journal.actions import JournalRegistry
from reports.parts import Parts as ReportParts
from runs.parts import Parts as RunParts

EXTENSION = "virtual_manager"


class Parts(RunParts, ReportParts, Protocol):
    """The parts of runs and of reports, and the words of the journal."""

    @property
    def journal(self) -> JournalRegistry: ...


def install(app: Flask, parts: Parts) -> None:
    """Keep the parts of this process with the application."""
    app.extensions[EXTENSION] = parts


def parts() -> Parts:
    """The parts that this process was started with."""
    return cast(Parts, current_app.extensions[EXTENSION])
