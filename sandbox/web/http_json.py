"""Reading and writing JSON over HTTP the TM Forum way: pages, chosen fields, totals in headers."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request

from sandbox.web.errors import ApiError, bad_request

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is wanted; no fields means all of them."""

    offset: int
    limit: int
    fields: frozenset[str]


def read_page() -> Page:
    """`offset`, `limit` and `fields` of the request, or 400 with all that is wrong."""
    problems: list[str] = []
    numbers = {}
    for name, default, low, top in (("offset", 0, 0, 10**9), ("limit", DEFAULT_LIMIT, 1, MAX_LIMIT)):
        text = request.args.get(name, str(default))
        numbers[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else -1
        if not low <= numbers[name] <= top:
            problems.append(f"{name}: a whole number from {low} to {top} is expected.")
    if problems:
        raise bad_request(problems)
    names = frozenset(name.strip() for name in request.args.get("fields", "").split(",") if name.strip())
    return Page(numbers["offset"], numbers["limit"], names)


def read_body() -> Any:
    """The JSON of the request, or 400."""
    try:
        return json.loads(request.get_data(cache=False) or b"{}")
    except (ValueError, RecursionError) as error:
        raise bad_request(["The body is not valid JSON."]) from error


def read_object() -> dict[str, Any]:
    """The JSON object of the request, or 400."""
    body = read_body()
    if not isinstance(body, dict):
        raise bad_request(["The body is not a JSON object."])
    return body


def send(value: Any, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(
        orjson.dumps(value), status=status.value, headers=headers, content_type="application/json"
    )


def send_one(item: dict[str, Any]) -> Response:
    """One thing, reduced to the fields asked for."""
    names = frozenset(name.strip() for name in request.args.get("fields", "").split(",") if name.strip())
    return send(_reduced(item, names))


def send_list(items: list[dict[str, Any]], total: int, page: Page) -> Response:
    """One page of a list with its totals."""
    headers = {"X-Total-Count": str(total), "X-Result-Count": str(len(items))}
    return send([_reduced(item, page.fields) for item in items], headers=headers)


def send_error(error: ApiError) -> Response:
    """The TM Forum Error of a refusal."""
    return send(error.body(), error.status, error.headers)


def _reduced(item: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    if not names:
        return item
    fields = names | {"id", "href"}
    return {name: value for name, value in item.items() if name in fields}
