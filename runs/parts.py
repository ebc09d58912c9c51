"""Parts of a process that runs need."""

from __future__ import annotations

from typing import Protocol

from core.parts import Parts as CoreParts
from operators.port import Operator
from runs.operation import Operations, Target
from runs.selection import Selections


class Parts(CoreParts, Protocol):
    """Beside those of core: the operator, what operations are carried out on, and the operations."""

    @property
    def operator(self) -> Operator: ...
    @property
    def target(self) -> Target: ...
    @property
    def selections(self) -> Selections: ...
    @property
    def operations(self) -> Operations: ...
