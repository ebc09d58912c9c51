"""The operations, gathered from the modules of this package: one of them, or several that belong together, in each.

A module has `OPERATION`, or `OPERATIONS` with all of its own; one that has neither holds what others share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from operator import attrgetter
from pkgutil import iter_modules

from runs.operation import Operation


def gather(package: str, path: Iterable[str]) -> tuple[Operation, ...]:
    """The operations of all modules of a package, in the order of `order`.

    Raises ValueError where two share a code or an order.
    """
    gathered = sorted(_declared(package, path), key=attrgetter("order"))
    for name in ("code", "order"):
        values = [getattr(operation, name) for operation in gathered]
        doubled = {value for value in values if values.count(value) > 1}
        if doubled:
            raise ValueError(f"{package}: two operations have the {name} {doubled.pop()!r}")
    return tuple(gathered)


def _declared(package: str, path: Iterable[str]) -> Iterator[Operation]:
    for name in sorted(module.name for module in iter_modules(path)):
        module = import_module(f"{package}.{name}")
        if hasattr(module, "OPERATION"):
            yield module.OPERATION
        yield from getattr(module, "OPERATIONS", ())


OPERATIONS = gather(__name__, __path__)
