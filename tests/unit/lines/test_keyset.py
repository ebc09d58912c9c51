"""Places in the list: safe within an address, refused where they are not ours."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InvalidInput
from lines.keyset import KEYS, order_of
from lines.models import Line
from lines.queries import is_by_department_cheaper
from lines.sorting import used_of

LINE = Line(
    id=7,
    msisdn="79123456789",
    employee_sort="иванов",
    spent=Decimal("10.50"),
    last_activity=date(2026, 11, 1),
    limit_amount=Decimal("30.00"),
)


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_cursor_is_read_back(name: str, sign: str) -> None:
    order = order_of(sign + name)
    cursor = order.cursor(LINE)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert order._values(cursor) == list(order.key.values(LINE))
    assert len(order.beyond(cursor)) == 1
    assert order.beyond(None) == []


@pytest.mark.parametrize(
    "cursor", ["x", "bm9uc2Vuc2U", "W10", "WyJhIiwiYiIsImMiXQ", "ю", "eyJhIjoxfQ", "%00"]
)
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        order_of("spent").beyond(cursor)


def test_the_share_of_a_limit() -> None:
    assert used_of(LINE) == Decimal("0.3500")
    assert used_of(Line(spent=Decimal(5), limit_amount=None)) == -1
    assert used_of(Line(spent=Decimal(5), limit_amount=Decimal(0))) == 0


@pytest.mark.parametrize(
    ("departments", "lines", "company", "is_merged"),
    [
        (5, 50_000, 1_000_000, True),
        (100, 900_000, 1_000_000, True),
        (2_000, 2_000, 1_000_000, True),
        (10_000, 900_000, 1_000_000, False),
        (1, 0, 1_000_000, True),
    ],
)
def test_how_a_subtree_is_read(departments: int, lines: int, company: int, is_merged: bool) -> None:
    assert is_by_department_cheaper(departments, lines, company, 50) is is_merged
