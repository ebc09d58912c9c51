"""Limit on requests and faults on demand, over the wire."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from tests.integration.sandbox.operator import BLOCK, ORDERS, PRODUCTS, Operator, order


def test_the_limit_is_kept_and_may_be_used_in_full(operator: Operator) -> None:
    operator.call("PUT", "/admin/limit", {"requestsPerSecond": 40})
    company_order = order("C1", [("P1", BLOCK)])
    end = time.monotonic() + 2.0
    refused = 0
    while time.monotonic() < end:
        answer = operator.request("POST", f"{ORDERS}/productOrder", company_order)
        if answer.status == 429:
            refused += 1
            time.sleep(float(answer.headers["Retry-After"]))
    stats = operator.stats()
    assert refused > 0
    assert stats["requestsRefused429"] == refused
    assert 38 * 0.9 < stats["requestsPerSecondUsed"] < 44
    assert sum(stats["requestsBySecond"].values()) == stats["requestsAdmitted"] == stats["ordersReceived"]


def test_errors_come_before_anything_is_accepted(operator: Operator) -> None:
    operator.call("PUT", "/admin/faults", {"errorRate": 0.5, "seed": 2})
    body = order("C1", [("P1", BLOCK)])
    statuses = [operator.request("POST", f"{ORDERS}/productOrder", body).status for _ in range(40)]
    assert set(statuses) == {201, 500}
    assert operator.stats()["ordersReceived"] == statuses.count(201)
    operator.call("PUT", "/admin/faults", {"errorRate": 0.5, "seed": 2})
    again = [operator.request("POST", f"{ORDERS}/productOrder", body).status for _ in range(40)]
    assert again == statuses


def test_an_order_whose_answer_never_comes_is_accepted(operator: Operator) -> None:
    operator.call("PUT", "/admin/faults", {"timeoutAfterAcceptRate": 1.0})
    body = order("C1", [("P1", BLOCK)])
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        operator.request("POST", f"{ORDERS}/productOrder", body, timeout=0.5)
    operator.call("PUT", "/admin/faults", {"timeoutAfterAcceptRate": 1.0, "timeoutSeconds": 0.2})
    with pytest.raises(urllib3.exceptions.ProtocolError):
        operator.request("POST", f"{ORDERS}/productOrder", body)
    assert len(operator.call("GET", f"{ORDERS}/productOrder?externalId=run-1")) == 2


def test_held_connections_leave_room_for_others(operator: Operator) -> None:
    operator.call("PUT", "/admin/faults", {"timeoutAfterAcceptRate": 1.0})
    body = order("C1", [("P1", BLOCK)])

    def give_up(_n: int) -> None:
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            operator.request("POST", f"{ORDERS}/productOrder", body, timeout=1.0)

    with ThreadPoolExecutor(30) as team:
        waiting = [team.submit(give_up, n) for n in range(30)]
        time.sleep(0.5)
        started = time.monotonic()
        assert operator.request("GET", f"{PRODUCTS}/product").status == 200
        assert time.monotonic() - started < 0.4
        for future in waiting:
            future.result()
    assert operator.stats()["ordersReceived"] == 30


def test_outage_and_slowness(operator: Operator) -> None:
    operator.call("PUT", "/admin/faults", {"outageSeconds": 0.7, "slowSeconds": 0.3})
    assert operator.request("GET", f"{PRODUCTS}/product").status == 503
    assert operator.request("GET", "/health").status == 200
    time.sleep(0.8)
    started = time.monotonic()
    assert operator.request("GET", f"{PRODUCTS}/product").status == 200
    assert time.monotonic() - started >= 0.3
    operator.call("PUT", "/admin/faults", {"outageSeconds": 60})
    operator.call("DELETE", "/admin/faults")
    assert operator.request("GET", f"{PRODUCTS}/product").status == 200


def test_items_that_fail_may_be_ordered_anew(operator: Operator) -> None:
    company = operator.company(20, "АО «Сбой»")
    line = operator.lines(company, "&status=active")[0]["id"]
    operator.call("PUT", "/admin/faults", {"itemFailRate": 1.0})
    taken = operator.call("POST", f"{ORDERS}/productOrder", order(company, [(line, BLOCK)]))
    body = operator.finished(taken["id"])
    assert body["state"] == "failed"
    assert body["productOrderItem"][0]["statusReason"]["code"] == "technical"
    operator.call("DELETE", "/admin/faults")
    taken = operator.call("POST", f"{ORDERS}/productOrder", order(company, [(line, BLOCK)], "run-2"))
    assert operator.finished(taken["id"])["state"] == "completed"
    assert operator.stats()["linesAcceptedMoreThanOnce"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "faults", {"errorRate": 2}),
        ("PUT", "limit", {}),
        ("PUT", "completion", {"delaySeconds": -1}),
        ("POST", "seed", {}),
        ("POST", "seed", {"companies": [{"name": "", "lines": "x"}]}),
        ("POST", "reset", {"scope": "some"}),
        ("POST", "products/P0000000001", {"status": "gone"}),
    ],
)
def test_wrong_admin_calls(operator: Operator, method: str, path: str, body: dict[str, object]) -> None:
    operator.company(1, "АО «Админ»")
    assert operator.request(method, f"/admin/{path}", body).status == 400


def test_scope_of_a_reset(operator: Operator) -> None:
    company = operator.company(20, "АО «Сброс»")
    line = operator.lines(company)[0]["id"]
    operator.call("POST", f"{ORDERS}/productOrder", order(company, [(line, BLOCK)]))
    operator.call("POST", "/admin/reset", {"scope": "orders"})
    stats = operator.stats()
    assert stats["ordersReceived"] == stats["requests"] == 0
    assert len(operator.lines(company)) == 20
    assert (
        operator.request("POST", "/admin/accounts/A0000000001", {"paymentStatus": "inArrears"}).status == 200
    )
