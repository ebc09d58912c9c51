"""Parts of a process that runs need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from core.parts import Parts as CoreParts
from operators.port import Operator
from runs.operation import Operation, Operations, Target
from runs.selection import Selections


class Parts(CoreParts, Protocol):
    """Beside those of core: the operator, what operations are carried out on by its kind, and the operations."""

    @property
    def operator(self) -> Operator: ...
    @property
    def targets(self) -> Mapping[str, Target]: ...
    @property
    def selections(self) -> Selections: ...
    @property
    def operations(self) -> Operations: ...


def target_of(parts: Parts, operation: Operation) -> Target:
    """The target of this operation."""
    return parts.targets[operation.target]
