"""HTTP to the operator: one keep-alive pool, time-outs, the bearer token, and retries for reading only."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import structlog
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
)

from operators.errors import NoAnswer, NotNow, NotSent, OddAnswer, OperatorAway
from operators.fence import FencedPools
from operators.limiter import NoLimit, Tokens

CONNECT_SECONDS = 3.0
REFUSED_SECONDS = 2.0
MAX_BODY = 64 * 2**20
CHUNK = 256 * 1024
TOKEN_WAIT = 30.0
PAUSE, LONGEST_PAUSE = 0.25, 10.0
AGAIN = frozenset({429, 500, 502, 503, 504})
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reply:
    """The operator's answer; `body` is its JSON with exact decimals, None where it was not JSON."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def is_ok(self) -> bool:
        """Any 2xx."""
        return 200 <= self.status < 300

    @property
    def date(self) -> datetime | None:
        """The moment of the operator's answer, by its own clock and to the second; None where it does not say."""
        try:
            moment = parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def retry_after(self) -> float | None:
        """The seconds that the operator asks us to wait; None where it does not say, or says a date."""
        try:
            seconds = float(self.headers.get("retry-after", ""))
        except ValueError:
            return None
        return min(seconds, 3600.0) if seconds >= 0 else None


class HttpClient:
    """A client that speaks JSON with one operator. Thread-safe.

    `get` takes a token per attempt and tries again; `send` makes one attempt and takes none: its callers do.
    Both raise OperatorAway's children where there is no reply, never urllib3's errors.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        timeout: float = 10.0,
        pool_size: int = 8,
        tokens: Tokens | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._timeout = timeout
        self._sleep = sleep
        self.tokens: Tokens = tokens or NoLimit()
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._dated: tuple[datetime, float] | None = None
        self._pool = FencedPools(num_pools=2, maxsize=pool_size, retries=False)

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        attempts: int = 5,
        token_wait: float = TOKEN_WAIT,
    ) -> Reply:
        """Read; tries again after 429, 5xx and a missing answer. Returns any other reply, 404 included."""
        for attempt in range(1, attempts + 1):
            if not self.tokens.take(token_wait):
                raise NotNow("no request was free under the operator's limit", after=1.0)
            pause = PAUSE * 2 ** (attempt - 1)
            try:
                reply = self.send("GET", path, params=params)
            except OperatorAway as problem:
                if attempt == attempts:
                    raise
                why = problem.why
            else:
                if reply.status not in AGAIN:
                    return reply
                why = f"http {reply.status}"
                pause = reply.retry_after if reply.retry_after is not None else pause
                if attempt == attempts:
                    raise (NotNow if reply.status == 429 else OperatorAway)(why, after=pause)
            log.info("operator.again", path=path, attempt=attempt, why=why)
            self._sleep(_jittered(min(pause, LONGEST_PAUSE)))
        raise AssertionError("unreachable")

    def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Reply:
        """As `get`, but anything other than a 2xx with JSON raises OddAnswer."""
        reply = self.get(path, params)
        if not reply.is_ok or reply.body is None:
            raise OddAnswer(f"http {reply.status} from {path}", after=30.0)
        return reply

    def send(
        self, method: str, path: str, body: object = None, *, params: Mapping[str, str] | None = None
    ) -> Reply:
        """One attempt, never repeated; raises NotSent or NoAnswer where there is no reply."""
        headers, data = dict(self._headers), None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = orjson.dumps(body)
        deadline = time.monotonic() + self._timeout
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, self._timeout), read=self._timeout)
        try:
            response = self._pool.request(
                method,
                self._base + path,
                body=data,
                fields=dict(params) if params else None,
                headers=headers,
                timeout=timeout,
                preload_content=False,
                redirect=False,
            )
            return self._read(response, deadline)
        except (NewConnectionError, ConnectTimeoutError, ProxyError) as problem:
            raise NotSent(type(problem).__name__, after=REFUSED_SECONDS) from problem
        except (HTTPError, OSError) as problem:
            raise NoAnswer(type(problem).__name__) from problem

    @property
    def last_date(self) -> datetime | None:
        """The operator's clock at its last answer; None before the first that says so."""
        dated = self._dated
        return None if dated is None else dated[0]

    def moment(self) -> datetime | None:
        """The operator's present moment by its last answer: a second and the answer's way behind its clock at most."""
        dated = self._dated
        return None if dated is None else dated[0] + timedelta(seconds=time.monotonic() - dated[1])

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.clear()

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float) -> Reply:
        """Read the body to its end, but no longer than the deadline and no more than memory bears."""
        parts: list[bytes] = []
        size = 0
        with closing(response):  # a connection read to its end has gone back to the pool by then
            for part in response.stream(CHUNK, decode_content=True):
                size += len(part)
                parts.append(part)
                if size > MAX_BODY or time.monotonic() > deadline:
                    raise NoAnswer("the answer does not end")
        reply = Reply(response.status, _json(b"".join(parts)), _lowered(response.headers))
        if reply.date is not None:
            self._dated = reply.date, time.monotonic()
        if reply.status == 429:
            # Whoever was held up tells the bucket, so that all workers keep quiet.
            self.tokens.penalise(reply.retry_after or PAUSE)
        return reply


def _json(data: bytes) -> Any:
    """Exact decimals instead of floats; None where it is not JSON."""
    try:
        return json.loads(data, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _jittered(pause: float) -> float:
    """Up to half as much again, so that workers do not come back all at once."""
    return pause * (1 + random.random() / 2)  # noqa: S311 - not a secret
