"""What reports are made with: settings, queue, storage and the catalogue, put together once by bootstrap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.errors import NotFound
from core.settings import Settings
from core.storage import Storage
from reports.report import Report


class Queue(Protocol):
    """Wakes a worker; losing a wake-up loses nothing."""

    def wake(self, function: str, company_id: int, object_id: int, copies: int = 1) -> bool:
        """Enqueue `function(company_id, object_id)`; False where nobody takes it."""


@dataclass(frozen=True)
class Workshop:
    """The way out of the process, the way to the files, and the reports by code in the order of the tuple."""

    settings: Settings
    queue: Queue
    storage: Storage
    catalogue: Mapping[str, Report]

    def report(self, code: str) -> Report:
        """The report of this code; raises NotFound."""
        found = self.catalogue.get(code)
        if found is None:
            raise NotFound
        return found

    @property
    def bench(self) -> Path:
        """Where files are made, beside where they are kept."""
        folder = self.settings.data_dir / "making"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder
