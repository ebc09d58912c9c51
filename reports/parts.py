"""Parts of a process that reports need."""

from __future__ import annotations

from typing import Protocol

from core.parts import Parts as CoreParts
from reports.report import Reports


class Parts(CoreParts, Protocol):
    """Beside those of core: the reports."""

    @property
    def reports(self) -> Reports: ...
