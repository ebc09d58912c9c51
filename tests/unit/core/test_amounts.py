"""Amounts as people write them."""

from decimal import Decimal
from typing import Any

import pytest
from marshmallow import ValidationError

from core.fields import FieldSchema, money
from core.money import AmountAmbiguous, AmountTooFine, AmountUnreadable, read_amount


class Limit(FieldSchema):
    amount = money("Limit", highest=Decimal(1_000_000))


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1500", "1500"),
        ("1 500,50", "1500.50"),
        ("1\u00a0500.5 ₽", "1500.5"),
        ("1 500 руб.", "1500"),
        ("1,500.50", "1500.50"),
        ("1.500,50", "1500.50"),
        ("1,500,000", "1500000"),
        ("0,50", "0.50"),
        ("007", "7"),
    ],
)
def test_amounts_in_every_writing(typed: str, amount: str) -> None:
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("1,500", AmountAmbiguous),
        ("1.500", AmountAmbiguous),
        ("1500.505", AmountTooFine),
        ("0.505", AmountTooFine),
        ("1_000", AmountUnreadable),
        ("1e5", AmountUnreadable),
        ("NaN", AmountUnreadable),
        ("Infinity", AmountUnreadable),
        ("1,50,000.5", AmountUnreadable),
        ("1.5.0", AmountUnreadable),
        ("", AmountUnreadable),
        ("١٥٠٠", AmountUnreadable),
    ],
)
def test_nothing_is_guessed_or_rounded(typed: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_amount(typed)


@pytest.mark.parametrize(
    "value", ["1_000", "1e5", "NaN", float("nan"), float("inf"), 1500.505, "1500.505", "1,500", True, [1]]
)
def test_a_program_gets_no_other_amount_than_it_sent(value: Any) -> None:
    with pytest.raises(ValidationError):
        Limit().load({"amount": value})


@pytest.mark.parametrize("value", ["1500.50", 1500.5, Decimal("1500.50")])
def test_numbers_of_programs(value: Any) -> None:
    assert Limit().load({"amount": value}) == {"amount": Decimal("1500.50")}
