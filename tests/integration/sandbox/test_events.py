"""Events: signed, tried again, kept over a stop, lost and repeated on demand."""

import signal

from jsonschema import Draft202012Validator

from tests.integration.sandbox import schemas
from tests.integration.sandbox.operator import (
    BLOCK,
    ORDERS,
    PRODUCTS,
    Listener,
    Operator,
    order,
    wait_until,
)


def listen(operator: Operator, listener: Listener, base: str = ORDERS, query: str = "") -> str:
    hub = operator.call("POST", f"{base}/hub", {"callback": listener.url, "query": query})
    Draft202012Validator(schemas.HUB).validate(hub)
    return str(hub["id"])


def place(operator: Operator, company: str, count: int, key: str) -> None:
    lines = operator.lines(company)[:count]
    for n, line in enumerate(lines):
        operator.call("POST", f"{ORDERS}/productOrder", order(company, [(line["id"], BLOCK)], f"{key}-{n}"))


def test_order_event(operator: Operator, listener: Listener) -> None:
    company = operator.company(30, "АО «События»")
    hub = listen(operator, listener)
    assert listen(operator, listener) == hub
    place(operator, company, 1, "run")
    wait_until(lambda: listener.events)
    event = listener.events[0]
    Draft202012Validator(schemas.EVENT).validate(event)
    assert event["eventType"] == "ProductOrderStateChangeEvent"
    body = event["event"]["productOrder"]
    assert body["externalId"] == "run-0"
    assert body["state"] in ("completed", "rejected")
    assert [item["id"] for item in body["productOrderItem"]] == ["run-0-0"]
    operator.call("DELETE", f"{ORDERS}/hub/{hub}")
    assert operator.request("DELETE", f"{ORDERS}/hub/{hub}").status == 404
    place(operator, company, 1, "again")
    wait_until(lambda: operator.stats()["ordersByState"].get("acknowledged", 0) == 0)
    assert len(listener.events) == 1


def test_an_event_not_taken_is_tried_again(operator: Operator, listener: Listener) -> None:
    company = operator.company(5, "АО «Повтор»")
    listen(operator, listener)
    listener.failures = 2
    place(operator, company, 1, "run")
    wait_until(lambda: listener.events)
    assert listener.attempts == 3
    wait_until(lambda: operator.stats()["eventsByState"] == {"taken": 1})


def test_lost_and_repeated_events(operator: Operator, listener: Listener) -> None:
    company = operator.company(30, "АО «Потери»")
    listen(operator, listener)
    operator.call("PUT", "/admin/faults", {"loseEventRate": 0.4, "repeatEventRate": 0.5, "seed": 5})
    place(operator, company, 20, "run")
    wait_until(
        lambda: (
            operator.stats()["ordersByState"].get("acknowledged", 0) == 0
            and "pending" not in operator.stats()["eventsByState"]
        )
    )
    ids = [event["eventId"] for event in listener.events]
    lost = operator.stats()["eventsByState"]["lost"]
    assert len(set(ids)) == 20 - lost
    assert 0 < lost < 20
    assert len(ids) > len(set(ids))


def test_changes_without_an_order(operator: Operator, listener: Listener) -> None:
    company = operator.company(5, "АО «Сам»")
    listen(operator, listener, PRODUCTS)
    line = operator.lines(company, "&status=active")[0]["id"]
    operator.call("POST", f"/admin/products/{line}", {"status": "suspended", "blockReason": "debt"})
    operator.call("POST", f"/admin/products/{line}", {"spentThisMonth": "10.00"})
    operator.call("POST", f"/admin/products/{line}", {"status": "active", "notify": False})
    wait_until(lambda: len(listener.events) == 2)
    assert [event["eventType"] for event in listener.events] == [
        "ProductStateChangeEvent",
        "ProductAttributeValueChangeEvent",
    ]
    Draft202012Validator(schemas.PRODUCT).validate(listener.events[0]["event"]["product"])
    assert listener.events[0]["event"]["product"]["status"] == "suspended"


def test_hubs_are_checked_and_may_filter(operator: Operator, listener: Listener) -> None:
    for callback in (None, "ftp://x/y", "not an address", "http://", "http://[x"):
        assert operator.request("POST", f"{ORDERS}/hub", {"callback": callback}).status == 400
    listen(operator, listener, PRODUCTS, "eventType=ProductStateChangeEvent")
    company = operator.company(5, "АО «Фильтр»")
    line = operator.lines(company, "&status=active")[0]["id"]
    operator.call("POST", f"/admin/products/{line}", {"spentThisMonth": "10.00"})
    operator.call("POST", f"/admin/products/{line}", {"status": "suspended"})
    wait_until(lambda: listener.events)
    assert [event["eventType"] for event in listener.events] == ["ProductStateChangeEvent"]


def test_work_goes_on_after_a_stop(own_operator: Operator, listener: Listener) -> None:
    company = own_operator.company(30, "АО «Стоп»")
    listen(own_operator, listener)
    listen(own_operator, listener, PRODUCTS)
    own_operator.call("PUT", "/admin/completion", {"delaySeconds": 3})
    listener.failures = 2
    place(own_operator, company, 10, "run")
    assert own_operator.stop(signal.SIGTERM) == 0
    assert listener.events == []
    own_operator.start()
    wait_until(lambda: len(listener.events) == 10)
    own_operator.call("PUT", "/admin/completion", {"delaySeconds": 0.5})
    place(own_operator, company, 5, "more")
    own_operator.kill()
    own_operator.start()
    wait_until(lambda: len(listener.events) >= 15)
    assert own_operator.stats()["ordersByState"].keys() <= {"completed", "rejected"}
    assert own_operator.stop(signal.SIGINT) == 0
