"""20,000 lines through the whole engine, against a bare script that posts the same orders and does nothing else.

The clock stops for both when the operator has carried out the last order (for the engine: when that stands in the
database for each line, to be read by others). It starts with the first order posted or, for the engine, with the
confirmation of the preview. When the script had its last order taken is told beside: orders are carried out after that,
so the script itself needs about twice as long until they are.
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import urllib3

from benchmarks.harness import Result, significant
from core import clock
from devtools.factory import SECRET, Factory, running
from devtools.servers.roles import DATABASE, SANDBOX_DATABASE
from operators.changes import Change
from operators.port import Order, OrderLine, Product
from operators.tmf.gateway import ORDERS
from operators.tmf.orders import body_of

LINES = 20_000
ITEMS = 1_000  # the most that the stand-in operator takes in one order
WORKERS = 2
ROUNDS = 3
OPEN = "SELECT 1 FROM product_order WHERE state = 'acknowledged' LIMIT 1"
GOING = "SELECT 1 FROM runs WHERE id = %s AND finished_at IS NULL"
LAST = "SELECT max(completion_date) FROM product_order WHERE external_id LIKE %s"
LIMIT = 20
ITEMS_OF_LIMITED = 25
AT_LEAST, LIMIT_AT_LEAST = 0.5, 0.95


class Bare:
    """The script: as many threads as the engine has workers, as many lines in an order, one kept connection each."""

    def __init__(self, factory: Factory) -> None:
        self._factory = factory
        self._http = urllib3.PoolManager(maxsize=WORKERS)
        ids = [line.id for page in factory.source.lines(factory.party_id) for line in page.records]
        self._chunks = [ids[start : start + ITEMS] for start in range(0, len(ids), ITEMS)]

    def post_all(self, name: str, amount: int) -> tuple[float, float]:
        """Post every order; returns seconds until the last answer, and until the operator had completed all."""
        operation = self._factory.parts.operations.of("set_limit")
        assert operation.change is not None
        change = operation.change(operation.schema().load(limit(amount)))
        start = clock.now()
        with ThreadPoolExecutor(WORKERS) as pool:
            list(
                pool.map(
                    lambda no: self._post(f"{name}-{no}", self._chunks[no], change), range(len(self._chunks))
                )
            )
        posted = clock.now()
        with psycopg.connect(self._factory.postgres.url(SANDBOX_DATABASE), autocommit=True) as connection:
            while connection.execute(OPEN).fetchone():
                time.sleep(0.02)
            row = connection.execute(LAST, (f"{name}-%",)).fetchone()
        assert row is not None
        return (posted - start).total_seconds(), (row[0] - start).total_seconds()

    def _post(self, key: str, ids: list[str], change: Change) -> None:
        lines = [OrderLine(f"{key}-{no}", Product(product), change) for no, product in enumerate(ids)]
        body = json.dumps(body_of(Order(key, self._factory.party_id, "set_limit", lines))).encode()
        headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
        url = self._factory.variables["OPERATOR_URL"] + ORDERS
        answer = self._http.request("POST", url, body=body, headers=headers)
        assert answer.status == 201, answer.data


def limit(amount: int) -> dict[str, object]:
    return {"amount": f"{amount}.01", "period": "month", "warn_at": 80}


def main() -> Iterator[Result]:
    """Yields throughput against the bare script, and the share of the operator's limit that is used."""
    settings = {"WORKERS": str(WORKERS), "OPERATOR_ORDER_ITEMS": str(ITEMS)}
    with running(LINES, settings, processes=False) as factory:
        bare = Bare(factory)
        posted, completed = zip(*(bare.post_all(f"bare{no}", 100 + no) for no in range(ROUNDS)), strict=True)
        factory.start_console()
        factory.start_worker()
        factory.wait_until_quiet()
        ours = []
        for number in range(ROUNDS):
            ours.append(_seconds_of(factory, number))
        rate, other = LINES / min(ours), LINES / min(completed)
        extra = {
            "seconds": [round(duration, 2) for duration in ours],
            "baseline_seconds": [round(duration, 2) for duration in completed],
            "baseline_seconds_until_posted": [round(duration, 2) for duration in posted],
            "ratio_to_posting_alone": significant(min(posted) / min(ours)),
            "ratio_of_the_script_to_its_posting_alone": significant(min(posted) / min(completed)),
            "lines": LINES,
            "lines_per_order": ITEMS,
            "workers": WORKERS,
        }
        yield Result("bulk_operator", rate, "lines/s", other, rate / other, at_least=AT_LEAST, extra=extra)
        yield _limited(factory)


def _seconds_of(factory: Factory, number: int) -> float:
    """From the confirmation, the freezing of all lines included, to the last outcome written down."""
    run_id = factory.preview("set_limit", limit(200 + number))
    start = clock.now()
    factory.submit(run_id)
    with psycopg.connect(factory.postgres.url(DATABASE), autocommit=True) as connection:
        while connection.execute(GOING, (run_id,)).fetchone():
            time.sleep(0.005)
    took = (clock.now() - start).total_seconds()
    assert factory.run(run_id).done == LINES
    return took


def _limited(factory: Factory) -> Result:
    """The operator takes 20 requests a second and few lines per order."""
    factory.start_worker({"OPERATOR_RPS": str(LIMIT), "OPERATOR_ORDER_ITEMS": str(ITEMS_OF_LIMITED)})
    factory.wait_until_quiet()
    factory.admin("POST", "reset", {"scope": "orders"})
    factory.admin("PUT", "limit", {"requestsPerSecond": LIMIT})
    run_id = factory.preview("set_limit", limit(300))
    factory.submit(run_id)
    took = factory.seconds_of(run_id)
    stats = factory.stats()
    used = float(stats["requestsPerSecondUsed"])
    extra = {
        "seconds": round(took, 1),
        "orders": stats["ordersReceived"],
        "refused429": stats["requestsRefused429"],
    }
    return Result(
        "bulk_operator_limited", used, "requests/s", LIMIT, used / LIMIT, at_least=LIMIT_AT_LEAST, extra=extra
    )
