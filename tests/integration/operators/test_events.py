"""Events of the running operator arrive signed, again and late, and are understood."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core import clock
from operators.changes import Change
from operators.port import (
    Accepted,
    Event,
    EventRefused,
    LineEvent,
    Order,
    OrderEvent,
    OrderLine,
    Outcome,
    Product,
)
from operators.states import find_state
from operators.tmf.events import read_event
from operators.tmf.hub import register
from operators.tmf.reading import TmfSource
from tests.integration.operators.conftest import SECRET, Operator

pytestmark = pytest.mark.usefixtures("console")


@dataclass
class Listener:
    """A callback that keeps what came and whether it was genuine."""

    url: str = ""
    events: list[Event] = field(default_factory=list)
    forged: int = 0

    def wait_for(self, count: int) -> list[Event]:
        deadline = time.monotonic() + 15
        while len(self.events) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.events


@pytest.fixture
def listener() -> Iterator[Listener]:
    inbox = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            event = read_event(SECRET, headers, body, clock.now())
            if isinstance(event, EventRefused):
                inbox.forged += 1
            else:
                inbox.events.append(event)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    inbox.url = f"http://127.0.0.1:{server.server_port}/events"
    yield inbox
    server.shutdown()
    server.server_close()


def _order_one_line(operator: Operator, key: str) -> Order:
    source = TmfSource(operator.client())
    party = next(iter(source.parties())).records[0]
    line = next(line for page in source.lines(party.id) for line in page.records if line.state == "active")
    order = Order(key, party.id, "block", [OrderLine(f"{key}-1", Product(line.id), Change(state="blocked"))])
    assert isinstance(operator.gateway().place(order), Accepted)
    return order


def test_an_orders_outcome_comes_by_event(operator: Operator, listener: Listener) -> None:
    register(operator.client(), listener.url)
    _order_one_line(operator, "heard")
    event = listener.wait_for(1)[0]
    assert isinstance(event, OrderEvent)
    assert event.key == "heard"
    assert [(line.external_id, line.outcome) for line in event.lines] == [("heard-1", Outcome.DONE)]
    assert listener.forged == 0


def test_repeated_events_say_the_same(operator: Operator, listener: Listener) -> None:
    register(operator.client(), listener.url)
    operator.admin("PUT", "faults", {"repeatEventRate": 1.0})
    _order_one_line(operator, "twice")
    first, second = listener.wait_for(2)[:2]
    assert first == second


def test_a_lost_event_is_made_up_for_by_asking(operator: Operator, listener: Listener) -> None:
    register(operator.client(), listener.url)
    operator.admin("PUT", "faults", {"loseEventRate": 1.0})
    _order_one_line(operator, "silent")
    gateway = operator.gateway()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        answer = gateway.find("silent")
        if isinstance(answer, Accepted) and answer.lines[0].outcome == Outcome.DONE:
            break
        time.sleep(0.05)
    assert isinstance(answer, Accepted)
    assert answer.lines[0].outcome == Outcome.DONE
    assert listener.events == []


def test_a_change_outside_orders_comes_by_event(operator: Operator, listener: Listener) -> None:
    register(operator.client(), listener.url)
    source = TmfSource(operator.client())
    party = next(iter(source.parties())).records[0]
    line = next(line for page in source.lines(party.id) for line in page.records if line.state == "active")
    operator.admin("POST", f"products/{line.id}", {"status": "suspended", "blockReason": "debt"})
    event = listener.wait_for(1)[0]
    assert isinstance(event, LineEvent)
    assert (event.line.id, event.line.party_id) == (line.id, party.id)
    assert (event.line.state, event.line.block_reason) == ("blocked", "debt")


def test_registering_again_stays_one_registration_and_survives_a_reset(
    operator: Operator, listener: Listener
) -> None:
    client = operator.client()
    register(client, listener.url)
    stored = find_state("hub:orders")
    assert stored is not None
    register(client, listener.url, fresh=timedelta(0))
    again = find_state("hub:orders")
    assert again is not None
    assert again.cursor == stored.cursor
    operator.admin("POST", "reset", {})
    operator.admin("POST", "seed", {"companies": [{"name": "ООО «Новая»", "lines": 3}], "seed": 2})
    register(client, listener.url, fresh=timedelta(0))
    _order_one_line(operator, "after-reset")
    events = listener.wait_for(1)
    time.sleep(0.3)
    assert len(events) == 1
