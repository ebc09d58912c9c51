"""An attribute without a rule of its own is a characteristic: written by its value, read by its declared type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pytest

from operators.changes import Unchanged
from operators.fields import Unfit
from operators.tmf.attributes import rule_of
from operators.tmf.characteristics import camel_case, reader, snake_case, written


@dataclass(frozen=True)
class Parcel:
    """One field of each kind."""

    sent_on: date
    kind: Literal["small", "large"]
    price: Decimal
    is_fragile: bool = False
    room_number: int | None = None
    note: str | None = None


PARCEL = Parcel(date(2026, 11, 30), "small", Decimal("10.50"), True, 7)
BODY = {"sentOn": "2026-11-30", "kind": "small", "price": "10.50", "isFragile": True, "roomNumber": 7}


@pytest.mark.parametrize(
    ("ours", "theirs"), [("block_reason", "blockReason"), ("iccid", "iccid"), ("a_b_c", "aBC")]
)
def test_names(ours: str, theirs: str) -> None:
    assert camel_case(ours) == theirs
    assert snake_case(theirs) == ours


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), ("now", "now"), (5, 5), (True, True), (Decimal("1.00"), "1.00"), (PARCEL, BODY)],
)
def test_what_is_written(value: Any, expected: Any) -> None:
    assert written(value) == expected


def test_what_is_written_is_read_again() -> None:
    rule = rule_of("last_parcel", Parcel | Unchanged | None)
    assert rule.name == "lastParcel"
    assert rule.read is not None
    assert rule.read({}, {"lastParcel": BODY}) == PARCEL
    assert rule.read({}, {"lastParcel": None}) is None
    assert rule.read({}, {}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"sentOn": "yesterday"},
        {"sentOn": None},
        {"kind": "medium"},
        {"kind": None},
        {"price": "dear"},
        {"isFragile": "no"},
        {"roomNumber": "7"},
        {"roomNumber": True},
        {"roomNumber": 2**63},
        {"note": ["x"]},
    ],
)
def test_an_object_that_does_not_fit_is_unfit(change: dict[str, Any]) -> None:
    with pytest.raises(Unfit, match=f"parcel.{next(iter(change))} "):
        reader(Parcel)({**BODY, **change}, "parcel")


@pytest.mark.parametrize("value", ["", " ", None])
def test_an_empty_text_is_none(value: Any) -> None:
    assert (None if value is None else reader(str | None)(value, "note")) is None


@pytest.mark.parametrize("declared", [list[str], str | int, object])
def test_a_type_that_is_not_read_by_itself_is_refused_at_the_start(declared: Any) -> None:
    with pytest.raises(TypeError):
        reader(declared)
