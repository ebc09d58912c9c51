"""The operations of the operator, gathered from the modules of this package: one, or several that belong together.

A module has `OPERATION`, or `OPERATIONS` with all of its own; one that has neither holds what others share.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sandbox.operations.operation import SandboxOperation


def gather(package: str, path: Iterable[str]) -> tuple[SandboxOperation[Any], ...]:
    """The operations of all modules of a package, by their names; raises ValueError where two are of one kind."""
    gathered = tuple(_declared(package, path))
    kinds = [operation.kind for operation in gathered]
    doubled = {kind for kind in kinds if kinds.count(kind) > 1}
    if doubled:
        raise ValueError(f"{package}: two operations are of the kind {doubled.pop()!r}")
    return gathered


def _declared(package: str, path: Iterable[str]) -> Iterator[SandboxOperation[Any]]:
    for name in sorted(module.name for module in iter_modules(path)):
        module = import_module(f"{package}.{name}")
        if hasattr(module, "OPERATION"):
            yield module.OPERATION
        yield from getattr(module, "OPERATIONS", ())


OPERATIONS = gather(__name__, __path__)
