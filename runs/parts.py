"""The engine: everything a run needs, put together once per process by bootstrap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import NotFound
from core.queue import JobQueue
from core.settings import Settings
from core.storage import Storage
from operators.gateway import Gateway
from runs.operation import Operation, Target


@dataclass(frozen=True)
class Engine:
    """Settings, ways out of the process, and the operations by code in the order of the tuple."""

    settings: Settings
    queue: JobQueue
    gateway: Gateway
    target: Target
    operations: Mapping[str, Operation]
    storage: Storage

    def operation(self, code: str) -> Operation:
        """The operation of this code; raises NotFound."""
        found = self.operations.get(code)
        if found is None:
            raise NotFound
        return found
