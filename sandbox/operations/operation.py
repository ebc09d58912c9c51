"""What an operation of the operator is: what it reads of an order's item, refuses and changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, LiteralString, TypeVar

from sandbox.targets.stock import Stock, StockRequest
from sandbox.targets.target import Refusal, Target, Thing

T = TypeVar("T", bound=Thing)

MAX_TEXT = 200

Args = dict[str, Any]
"""What an item asks for, as `read` made it; stored as JSON until the order is carried out."""

TECHNICAL = Refusal("technical", "The change failed for a technical reason; it may be ordered anew.")


class Unfit(ValueError):
    """One thing that does not fit in an item: the whole order is refused with this sentence."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an operation sees besides its thing: the day, and cards and numbers that the batch asks for."""

    today: date
    stock: Stock = field(default_factory=Stock)

    @property
    def next_period(self) -> date:
        """First day of the next charging period."""
        return date(self.today.year + self.today.month // 12, self.today.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class SandboxOperation(Generic[T]):
    """One kind of change that an order may ask for.

    `asked_by` names what an item sets to ask for it: a characteristic of the item's product or, with `is_attribute`,
    an attribute of the product itself. `read` gets its value and all characteristics; it returns the arguments, None
    where the value asks for another operation of that name (`expects` then says what this one takes), or raises Unfit.
    `refusal` is asked about a thing of the customer that has not ended and returns one of `refusals`; `apply` changes
    it. Many items are decided one after another, each seeing what the earlier ones did; all is written at the end.
    `wants` names what must be loaded from the stock, and then `apply` changes the card or number only, by Stock.
    `shown` makes of a table row what the thing shows of this operation: characteristics of a product, attributes of an
    account. What is kept in a line's `characteristics` is shown without it, and `default` under the name `asked_by` as
    long as nothing is kept there; None shows nothing. `each_day` is a statement carried out with
    the new day as its parameter; lines that it returns are told as changed. `in_office`: the characteristic may also be
    changed without an order (POST /admin/products), under the same rules.
    """

    kind: str
    target: Target[T]
    asked_by: str
    read: Callable[[Any, Mapping[str, Any]], Args | None]
    refusal: Callable[[T, Args, Context], Refusal | None]
    apply: Callable[[T, Args, Context], None]
    refusals: tuple[Refusal, ...] = ()
    is_attribute: bool = False
    expects: str = ""
    wants: Callable[[Args], StockRequest] | None = None
    shown: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    default: Any = None
    each_day: LiteralString = ""
    in_office: bool = False

    def find_refusal(self, record: T | None, args: Args, customer: str, context: Context) -> Refusal | None:
        """The business refusal, or None where the change may be made."""
        if record is None or record.organization != customer:
            return self.target.unknown
        if self.target.has_ended(record):
            return self.target.ended
        return self.refusal(record, args, context)


def is_text(value: Any) -> bool:
    """Whether it is a text of 1 to 200 characters that a database and JSON can carry."""
    # Printable leaves out NUL and halves of surrogate pairs.
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.replace("\n", " ").isprintable()
