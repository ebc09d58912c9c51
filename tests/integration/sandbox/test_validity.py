"""The end of an order's validity: after it, by the operator's own clock, the order is not taken any more."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import psycopg
import pytest

from tests.integration.sandbox.operator import BLOCK, ORDERS, Operator, order

COMPANY = "АО «Сроки»"


def body(operator: Operator, key: str, seconds: float) -> dict[str, Any]:
    company = operator.company(20, COMPANY)
    line = str(operator.lines(company, "&status=active")[0]["id"])
    until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    return {**order(company, [(line, BLOCK)]), "externalId": key, "requestedCompletionDate": until}


def known(operator: Operator, key: str) -> int:
    return len(operator.call("GET", f"{ORDERS}/productOrder?externalId={key}"))


def test_in_time_it_is_taken_and_shows_the_moment(operator: Operator) -> None:
    taken = operator.call("POST", f"{ORDERS}/productOrder", body(operator, "in-time", 30))
    assert operator.finished(taken["id"])["requestedCompletionDate"]


def test_after_it_the_order_is_refused_and_leaves_nothing(operator: Operator) -> None:
    answer = operator.request("POST", f"{ORDERS}/productOrder", body(operator, "too-late", -1))
    assert answer.status == 422
    assert "requestedCompletionDate" in answer.json()["message"]
    assert known(operator, "too-late") == 0


@pytest.mark.parametrize(("ahead", "status"), [(60, 422), (-60, 201)])
def test_the_operators_own_clock_decides_and_is_shown(operator: Operator, ahead: int, status: int) -> None:
    operator.call("PUT", "/admin/clock", {"aheadSeconds": ahead})
    try:
        seconds = 30 if ahead > 0 else -30
        key = f"clock-{ahead}"
        assert (
            operator.request("POST", f"{ORDERS}/productOrder", body(operator, key, seconds)).status == status
        )
        date = parsedate_to_datetime(
            operator.request("GET", f"{ORDERS}/productOrder?limit=1").headers["Date"]
        )
        assert abs((date - datetime.now(UTC)).total_seconds() - ahead) < 5
    finally:
        operator.call("PUT", "/admin/clock", {"aheadSeconds": 0})


def test_an_order_that_waited_too_long_for_the_tables_is_refused(operator: Operator) -> None:
    late, answers = body(operator, "locked", 1.0), list[int]()

    def send() -> None:
        answers.append(operator.request("POST", f"{ORDERS}/productOrder", late).status)

    sender = threading.Thread(target=send)
    with psycopg.connect(operator.database_url) as connection:
        connection.execute("LOCK TABLE order_item IN EXCLUSIVE MODE")
        sender.start()
        time.sleep(0.5)
        # While it is being taken nobody is told that there is none.
        assert operator.request("GET", f"{ORDERS}/productOrder?externalId=locked").status == 503
        time.sleep(0.5)
    sender.join()
    assert answers == [422]
    assert known(operator, "locked") == 0
