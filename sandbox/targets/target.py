"""A sort of things that orders change: how an item names one, and how many are read and written at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from psycopg import Connection


@dataclass(frozen=True, slots=True)
class Refusal:
    """A business refusal: the code that callers go by, and a sentence for people."""

    code: str
    text: str


NO_CHARACTERISTICS: Mapping[str, Any] = {}
"""One for all things without any: ten thousand of them would keep the garbage collector busy."""


def with_characteristic(characteristics: Mapping[str, Any], name: str, value: Any) -> Mapping[str, Any]:
    """These characteristics with that value under the name, or without the name where the value is None."""
    others = {key: other for key, other in characteristics.items() if key != name}
    return others if value is None else {**others, name: value}


class Thing(Protocol):
    """One thing that an order may change; `organization` is the public id of its customer."""

    id: int
    organization: str


T = TypeVar("T", bound=Thing)


@dataclass(frozen=True, slots=True, eq=False)
class Target(Generic[T]):
    """A sort of things.

    `field` is the part of an order item that names one, `letter` begins its public ids. `load` reads all of these
    numbers in one statement, `write` stores those that changed in another. `unknown` is said of a thing that is not
    the customer's, `ended` of one that nothing can be ordered for any more (where `has_ended`).
    """

    field: str
    letter: str
    unknown: Refusal
    ended: Refusal
    has_ended: Callable[[T], bool]
    load: Callable[[Connection, Collection[int]], dict[int, T]]
    write: Callable[[Connection, Sequence[T]], None]
