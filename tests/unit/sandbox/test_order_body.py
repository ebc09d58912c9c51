"""Bodies of orders: what is understood, and that everything wrong is named at once."""

from http import HTTPStatus
from typing import Any

import pytest

from sandbox.web.errors import ApiError
from sandbox.web.order_body import MAX_ITEMS, OrderBody, read_order


def item(key: str = "i1", **product: Any) -> dict[str, Any]:
    return {"id": key, "action": "modify", "quantity": 1, "product": {"id": "P1", **product}}


def characteristic(name: str, value: Any) -> dict[str, Any]:
    return {"productCharacteristic": [{"name": name, "value": value}]}


def order(*items: Any, **more: Any) -> dict[str, Any]:
    party = [{"id": "C1", "role": "customer", "@referredType": "Organization"}]
    return {"externalId": "e", "relatedParty": party, "productOrderItem": list(items), **more}


def read(**product: Any) -> tuple[str, dict[str, Any]]:
    body: OrderBody = read_order(order(item(**product)))
    return body.items[0].operation.kind, body.items[0].args


def test_five_kinds_of_change() -> None:
    assert read(status="suspended", **characteristic("blockReason", "lost")) == ("block", {"reason": "lost"})
    assert read(status="active") == ("unblock", {})
    assert read(**characteristic("spendingLimit", None)) == ("removeLimit", {})
    limit = {"amount": "500.00", "unit": "RUB", "period": "day", "warnAt": 80}
    assert read(**characteristic("spendingLimit", limit)) == ("setLimit", {"limit": limit})
    changed = read(productOffering={"id": "T"}, **characteristic("effective", "nextPeriod"))
    assert changed == ("changeTariff", {"tariff": "T", "effective": "nextPeriod"})


def test_two_kinds_of_swap() -> None:
    assert read(**characteristic("iccid", "8970101")) == ("replaceSim", {"iccid": "8970101"})
    assert read(**characteristic("msisdn", "+79160000000")) == ("changeNumber", {"msisdn": "79160000000"})
    both = [{"name": "iccid", "value": "1"}, {"name": "msisdn", "value": "2"}]
    for product in ({"productCharacteristic": both}, {"status": "active", **characteristic("iccid", "1")}):
        with pytest.raises(ApiError, match="exactly one"):
            read(**product)
    for value in (None, "", 79160000000, "\0"):
        with pytest.raises(ApiError, match="a text is expected"):
            read(**characteristic("msisdn", value))


def test_all_problems_at_once() -> None:
    body = {
        "externalId": 5,
        "requestedStartDate": "tomorrow",
        "productOrderItem": [
            item("a", status="gone"),
            item("b", status="active", productOffering={"id": "T"}),
            item("c"),
            item("d", **characteristic("spendingLimit", {"amount": "-1"})),
            item("e", status="active"),
            item("e", status="active"),
            {"id": "f", "action": "add", "product": {"id": "P"}},
            "not an object",
        ],
    }
    with pytest.raises(ApiError) as caught:
        read_order(body)
    assert caught.value.status == HTTPStatus.BAD_REQUEST
    for part in (
        "externalId",
        "requestedStartDate",
        "relatedParty",
        *(f"[{n}]" for n in (0, 1, 2, 3, 5, 6, 7)),
    ):
        assert part in caught.value.message
    assert "[4]" not in caught.value.message


@pytest.mark.parametrize(
    "value",
    [
        {"amount": "NaN"},
        {"amount": "1.001"},
        {"amount": 0},
        {"amount": True},
        {"amount": "10", "unit": "USD"},
        {"amount": "10", "period": "year"},
        {"amount": "10", "warnAt": 101},
        {"amount": "10", "warnAt": True},
        {},
        5,
    ],
)
def test_wrong_limits(value: Any) -> None:
    with pytest.raises(ApiError, match="spendingLimit"):
        read_order(order(item(**characteristic("spendingLimit", value))))


@pytest.mark.parametrize("text", ["", "\0", "a\ud800", "x" * 201, 5, None])
def test_ids_that_cannot_be_stored(text: Any) -> None:
    with pytest.raises(ApiError):
        read_order(order(item(text, status="active")))
    with pytest.raises(ApiError):
        read_order(order({**item(status="active"), "product": {"id": text, "status": "active"}}))


def test_how_many_items() -> None:
    with pytest.raises(ApiError, match="at least one"):
        read_order(order())
    many = [item(str(n), status="active") for n in range(MAX_ITEMS + 1)]
    assert len(read_order(order(*many[:-1])).items) == MAX_ITEMS
    with pytest.raises(ApiError) as caught:
        read_order(order(*many))
    assert caught.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
