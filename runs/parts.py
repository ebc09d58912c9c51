"""Parts of a process that runs need."""

from __future__ import annotations

from typing import Protocol

from core.parts import Parts as CoreParts
from operators.gateway import Gateway
from runs.operation import Operations, Target
from runs.selection import Selections


class Parts(CoreParts, Protocol):
    """Beside those of core: the way to the operator, what operations are carried out on, and the operations."""

    @property
    def gateway(self) -> Gateway: ...
    @property
    def target(self) -> Target: ...
    @property
    def selections(self) -> Selections: ...
    @property
    def operations(self) -> Operations: ...
