"""Parts of a process that every package may use; bootstrap puts them together once and hands them down."""

from __future__ import annotations

from typing import Protocol

from core.queue import WakeUp
from core.settings import Settings
from core.storage import Storage


class Queue(Protocol):
    """The way to the workers; losing a wake-up loses nothing."""

    def wake(self, job: WakeUp, company_id: int, object_id: int, copies: int = 1) -> bool:
        """Enqueue `function(parts, company_id, object_id)`; False where nobody takes it."""
        ...

    def length(self, queue: str) -> int:
        """Jobs that wait in this queue; raises where nobody can tell."""
        ...


class Parts(Protocol):
    """Settings, the way to the workers, the files. Packages above ask for more in `Parts` of their own."""

    @property
    def settings(self) -> Settings: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def storage(self) -> Storage: ...
