"""The gateway to an operator that speaks TM Forum: places orders and looks them up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from operators.errors import NoAnswer, NotNow, NotSent, OddAnswer, OperatorAway, TooLate
from operators.fence import send_by
from operators.fields import Unfit, get_object
from operators.http import HttpClient
from operators.port import Absent, Accepted, Answer, Away, FoundOrder, Order, Rejected, Retry, Unknown
from operators.tmf.orders import MISCONFIGURED_SECONDS, accepted, answer_to_order, body_of

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
LOOK_UP_TOKEN_SECONDS = 5.0
NO_ORDER = "vm-none"
"""The external id of no order: ours are longer."""
log = structlog.get_logger(__name__)


class TmfGateway:
    """operators.port.Gateway over TMF622. Thread-safe."""

    def __init__(self, client: HttpClient, *, order_items: int, settle: float) -> None:
        self._client = client
        self._order_items = order_items
        self._settle = settle

    @property
    def order_items(self) -> int:
        """The most lines in one order."""
        return self._order_items

    @property
    def settle(self) -> float:
        """The seconds for which the operator must have answered before a look-up that finds nothing is believed."""
        return self._settle

    @property
    def client(self) -> HttpClient:
        """The way to the operator, for reading and for hubs."""
        return self._client

    def moment(self) -> datetime | None:
        """The operator's clock by the `Date` of its last answer; where there was none yet, it is asked for nothing."""
        if self._client.last_date is None:
            self._client.get(
                ORDERS, {"externalId": NO_ORDER, "limit": "1"}, attempts=1, token_wait=LOOK_UP_TOKEN_SECONDS
            )
        return self._client.moment()

    def token_due(self) -> float:
        """The seconds until the bucket that all workers share could give a token."""
        return self._client.tokens.due()

    def take_token(self, wait: float) -> bool:
        """Take one request out of the bucket that all workers share."""
        return self._client.tokens.take(wait)

    def place(self, order: Order) -> Answer:
        """Send the order once; see docs/operator.md for what each answer of the operator becomes."""
        try:
            with send_by(order.send_by):
                reply = self._client.send("POST", ORDERS, body_of(order))
        except TooLate as problem:
            return Retry(0.0, problem.why, is_turn=True)
        except NotSent as problem:
            return Retry(problem.after, problem.why, is_silence=True)
        except NoAnswer as problem:
            return Unknown(problem.why, is_silence=True)
        answer = answer_to_order(reply)
        if isinstance(answer, Rejected) and _is_past(order.valid_until, reply.date):
            answer = Retry(0.0, "it came after the end of its validity")
        if not isinstance(answer, Accepted):
            log.info("operator.order", key=order.key, answer=type(answer).__name__, status=reply.status)
        return answer

    def find(self, key: str) -> FoundOrder:
        """Look an order up by its external id, with the outcomes of all its items."""
        return self._look_up(ORDERS, {"externalId": key, "limit": "10"}, lambda body: _with_key(body, key))

    def find_order(self, order_id: str) -> FoundOrder:
        """Look an order up by the operator's own id."""
        return self._look_up(f"{ORDERS}/{order_id}", {}, lambda body: get_object(body, "the order"))

    def _look_up(
        self, path: str, params: dict[str, str], choose: Callable[[Any], dict[str, Any] | None]
    ) -> FoundOrder:
        """One attempt: whoever looks up decides when to do it again."""
        absent = Absent(self._client.last_date)
        try:
            reply = self._client.get(path, params, attempts=1, token_wait=LOOK_UP_TOKEN_SECONDS)
            if reply.status == 404 and not params:
                return absent
            if not reply.is_ok:
                return Away(MISCONFIGURED_SECONDS, f"http {reply.status}")
            order = choose(reply.body)
            return absent if order is None else accepted(order)
        except NotNow as problem:
            return Away(problem.after, problem.why, is_turn=True)
        except (NotSent, NoAnswer) as problem:
            return Away(problem.after, problem.why, is_silence=True)
        except OperatorAway as problem:
            return Away(problem.after, problem.why)
        except Unfit as problem:
            return Away(MISCONFIGURED_SECONDS, str(problem))

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()


def _is_past(moment: datetime | None, date: datetime | None) -> bool:
    return moment is not None and date is not None and date >= moment


def _with_key(body: Any, key: str) -> dict[str, Any] | None:
    """The order of this external id, the earliest of several; None where the operator has none."""
    if not isinstance(body, list):
        raise OddAnswer("the list of orders is not a list", after=5.0)
    orders = [get_object(item, "an order") for item in body]
    matches = [order for order in orders if order.get("externalId") == key]
    if len(matches) < len(orders):
        # Where the filter is ignored, ours not being among the orders shown would prove nothing.
        raise OddAnswer("orders were not filtered by externalId", after=30.0)
    if len(matches) > 1:
        log.error("operator.order_doubled", key=key, orders=[order.get("id") for order in matches])
    return min(matches, key=lambda order: (str(order.get("orderDate")), str(order.get("id"))), default=None)
