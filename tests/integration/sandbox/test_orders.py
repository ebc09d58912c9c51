"""Orders: taken at once, carried out later, refused item by item, never deduplicated."""

import json
import time
from typing import Any

import psycopg
from jsonschema import Draft202012Validator

from tests.integration.sandbox import schemas
from tests.integration.sandbox.operator import (
    BLOCK,
    ORDERS,
    UNBLOCK,
    Operator,
    order,
    read_characteristic,
    set_characteristic,
    wait_until,
)

LIMIT = {"amount": "500.00", "unit": "RUB", "period": "month", "warnAt": 80}


def place(operator: Operator, body: dict[str, Any]) -> dict[str, Any]:
    taken = operator.call("POST", f"{ORDERS}/productOrder", body)
    Draft202012Validator(schemas.ORDER).validate(taken)
    body = operator.finished(taken["id"])
    Draft202012Validator(schemas.ORDER).validate(body)
    return body


def codes(body: dict[str, Any]) -> list[str]:
    return [item.get("statusReason", {}).get("code", item["state"]) for item in body["productOrderItem"]]


def line_of(
    operator: Operator, company: str, status: str, *, in_arrears: bool, place_in_list: int = 0
) -> str:
    path = f"/tmf-api/accountManagement/v4/billingAccount?relatedParty.id={company}"
    wanted = "inArrears" if in_arrears else "paid"
    accounts = {item["id"] for item in operator.call("GET", path) if item["paymentStatus"] == wanted}
    lines = operator.lines(company, f"&status={status}")
    ids = [line["id"] for line in lines if line["billingAccount"]["id"] in accounts]
    return str(ids[place_in_list])


def test_block_and_unblock_in_one_order_see_each_other(operator: Operator) -> None:
    company = operator.company(60, "АО «Заказы»")
    line = line_of(operator, company, "active", in_arrears=False)
    before = operator.line(line)["lastUpdate"]
    body = place(operator, order(company, [(line, BLOCK), (line, BLOCK), (line, UNBLOCK), (line, BLOCK)]))
    assert codes(body) == ["completed", "alreadySuspended", "completed", "completed"]
    assert body["state"] == "partial"
    after = operator.line(line)
    assert after["status"] == "suspended"
    assert read_characteristic(after, "blockReason") == "lost"
    assert after["lastUpdate"] > before


def test_limits(operator: Operator) -> None:
    company = operator.company(60, "АО «Лимиты»")
    line = line_of(operator, company, "active", in_arrears=False)
    setting, removing = (set_characteristic("spendingLimit", value) for value in (LIMIT, None))
    assert place(operator, order(company, [(line, setting)]))["state"] == "completed"
    assert read_characteristic(operator.line(line), "spendingLimit") == LIMIT
    assert codes(place(operator, order(company, [(line, removing), (line, removing)]))) == [
        "completed",
        "limitNotSet",
    ]
    assert read_characteristic(operator.line(line), "spendingLimit") is None


def test_tariffs(operator: Operator) -> None:
    company = operator.company(200, "АО «Тарифы»")
    line = line_of(operator, company, "active", in_arrears=False)
    debtor = line_of(operator, company, "active", in_arrears=True)
    suspended = line_of(operator, company, "suspended", in_arrears=False)
    now = operator.line(line)["productOffering"]["id"]
    wanted = "T-UNLIM" if now != "T-UNLIM" else "T-MAXIMUM"
    debtor_wants = "T-CHIEF" if operator.line(debtor)["productOffering"]["id"] != "T-CHIEF" else "T-UNLIM"
    changes = [
        (line, {"productOffering": {"id": now}}),
        (line, {"productOffering": {"id": "T-CORP2018" if now != "T-CORP2018" else "T-NONE"}}),
        (line, {"productOffering": {"id": wanted}, **set_characteristic("effective", "now")}),
        (debtor, {"productOffering": {"id": debtor_wants}}),
        (suspended, {"productOffering": {"id": wanted}}),
        (line, {"productOffering": {"id": "T-CHIEF"}, **set_characteristic("effective", "nextPeriod")}),
    ]
    body = place(operator, order(company, changes))
    assert codes(body) == [
        "sameTariff",
        "tariffNotSellable",
        "completed",
        "debt",
        "lineSuspended",
        "completed",
    ]
    after = operator.line(line)
    assert after["productOffering"]["id"] == wanted
    assert read_characteristic(after, "plannedTariff")["id"] == "T-CHIEF"


def test_lines_of_others_unknown_and_terminated(operator: Operator) -> None:
    company, other = operator.company(30, "АО «Свои»"), operator.company(5, "АО «Чужие»")
    foreign = operator.lines(other)[0]["id"]
    gone = operator.lines(company)[3]["id"]
    operator.call("POST", f"/admin/products/{gone}", {"status": "terminated"})
    body = place(
        operator, order(company, [(foreign, BLOCK), ("P9999999999", BLOCK), ("x", BLOCK), (gone, BLOCK)])
    )
    assert codes(body) == ["unknownProduct"] * 3 + ["terminated"]
    assert body["state"] == "rejected"
    assert (
        operator.line(foreign)["status"] != "suspended" or operator.lines(other)[0]["status"] == "suspended"
    )


def test_the_same_order_twice_is_two_orders(operator: Operator) -> None:
    company = operator.company(30, "АО «Дважды»")
    line = line_of(operator, company, "active", in_arrears=False)
    body = order(company, [(line, set_characteristic("spendingLimit", LIMIT))], "run-7")
    for _ in range(2):
        place(operator, body)
    place(operator, order(company, [(line, set_characteristic("spendingLimit", LIMIT))], "run-8"))
    orders = operator.call("GET", f"{ORDERS}/productOrder?externalId=run-7")
    assert len(orders) == 2
    assert operator.call("GET", f"{ORDERS}/productOrder?externalId=none") == []
    stats = operator.stats()
    assert stats["ordersReceived"] == stats["itemsReceived"] == 3
    assert stats["linesOrderedMoreThanOnce"] == 1
    assert stats["linesAcceptedMoreThanOnce"] == 1 + 0
    assert stats["itemsByState"] == {"completed": 3}
    assert [item["externalId"] for item in operator.call("GET", "/admin/items?externalIdPrefix=run-7")] == [
        "run-7-0"
    ] * 2


def test_an_order_waits_as_long_as_told(operator: Operator) -> None:
    operator.call("PUT", "/admin/completion", {"delaySeconds": 1.0})
    company = operator.company(10, "АО «Ждём»")
    started = time.monotonic()
    body = order(company, [(operator.lines(company)[0]["id"], BLOCK)])
    taken = operator.call("POST", f"{ORDERS}/productOrder", body)
    assert taken["state"] == "acknowledged"
    seen = []

    def final() -> bool:
        seen.append(operator.call("GET", f"{ORDERS}/productOrder/{taken['id']}")["state"])
        return seen[-1] not in ("acknowledged", "inProgress")

    wait_until(final)
    assert 0.9 < time.monotonic() - started < 4
    assert sorted(set(seen[:-1])) == ["acknowledged", "inProgress"]


def test_wrong_bodies(operator: Operator) -> None:
    for body in (b"{", b"[]", b"\xff", b"{}", b"[" * 100_000, {"productOrderItem": "x"}):
        answer = operator.request("POST", f"{ORDERS}/productOrder", body)
        assert answer.status == 400
        Draft202012Validator(schemas.ERROR).validate(json.loads(answer.data))
    many = order("C1", [("P", UNBLOCK)] * 1_001)
    assert operator.request("POST", f"{ORDERS}/productOrder", many).status == 413
    assert operator.stats()["ordersReceived"] == 0


def test_a_thousand_items(operator: Operator) -> None:
    company = operator.company(1_000, "АО «Тысяча»")
    lines = operator.lines(company)
    body = place(operator, order(company, [(line["id"], BLOCK) for line in lines]))
    states = {line["id"]: line["status"] for line in lines}
    assert codes(body) == ["alreadySuspended" if s == "suspended" else "completed" for s in states.values()]
    assert len(operator.lines(company, "&status=suspended")) == 1_000


def test_items_that_an_earlier_version_wrote_end_with_their_order(operator: Operator) -> None:
    company = operator.company(5, "АО «Прежнее»")
    line = operator.lines(company, "&status=active")[0]["id"]
    operator.call("PUT", "/admin/completion", {"delaySeconds": 1})
    taken = operator.call("POST", f"{ORDERS}/productOrder", order(company, [(line, BLOCK)]))
    with psycopg.connect(operator.database_url, autocommit=True) as connection:
        connection.execute("UPDATE order_item SET state = 'acknowledged'")
    assert codes(operator.finished(taken["id"])) == ["completed"]
    assert operator.stats()["itemsByState"] == {"completed": 1}
