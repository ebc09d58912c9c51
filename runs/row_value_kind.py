"""A kind of row value: what each line of a run gets for itself, how it is read, what is in stock, what follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from rbac.actor import Actor


class Offer(NamedTuple):
    """A value in stock; `offer_class` is a key of `Stock.classes`, `price` is in roubles, once."""

    value: str
    offer_class: str = ""
    price: Decimal | None = None


class StockSearch(NamedTuple):
    """A search in the stock: a part of the value as typed, and a class; both may be empty."""

    containing: str = ""
    offer_class: str = ""


@dataclass(frozen=True)
class Stock:
    """The stock to give out, the cheapest first. `offers` gets the number wanted at most.

    `search_label` is the label of a search by a part of the value, `classes` are the names of the classes by code:
    where they are empty there is no such filter. All texts are message ids.
    """

    offers: Callable[[Session, Actor, StockSearch, int], Sequence[Offer]]
    search_label: str = ""
    classes: Mapping[str, str] = field(default_factory=dict)
    classes_label: str = ""
    any_class: str = ""


@dataclass(frozen=True)
class ListColumn:
    """The marks by which a column of an uploaded list is known to hold values of a kind.

    `words` finds the words that name the kind in a header which says that it holds something new, in each language of
    the console; what cannot be read in such a column is a mistake to be shown. `is_unmistakable`: without such a
    header too, where most cells can be read and the header does not say that they are the present ones.
    """

    words: re.Pattern[str]
    is_unmistakable: bool = False


class Replaced(NamedTuple):
    """The value of a line before and now, both in their plain form."""

    earlier: str | None
    now: str


Before = Callable[[Session, int, int, Sequence[int]], None]
"""Gets company id, run id and line ids, in the transaction that is about to write the values on the lines."""
After = Callable[[Session, int, Sequence[Replaced]], None]
"""Gets the company id and the values of the lines that were changed, in the same transaction."""


@dataclass(frozen=True)
class RowValue:
    """A value of each line for itself, where one value for all will not do.

    `code` is unique; under it an uploaded list keeps the values (`UploadRow.values`). `column` is the column of the
    line that they replace. `read` makes the plain form of what was typed or of a cell of a spreadsheet as it was
    stored (text, int, or a float, whose digits after the fifteenth are lost); None where it is wrong. `show` makes of
    the plain form what people read. `input_mode` is the keyboard of a phone, as HTML names it.
    """

    code: str
    column: str
    label: str
    hint: str
    present_label: str
    wrong: str
    read: Callable[[object], str | None]
    show: Callable[[str], str]
    input_mode: str = "text"
    list_column: ListColumn | None = None
    stock: Stock | None = None
    before: Before | None = None
    after: After | None = None
