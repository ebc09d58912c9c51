"""The check of all input: looked at once, before any view, so that nothing unstorable gets further."""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any

from flask import Flask, request
from flask.json import loads
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from core.bounds import LARGEST, is_storable
from core.i18n import N_
from core.messages import Message

USUAL_JSON = 1024**2
LISTS_JSON = 6 * 1024**2
"""Where every number of a list of 100,000 may have a value of its own."""
OF_LISTS = frozenset(("api_runs", "api_requests", "listener"))
JSON_BOUND = N_("This call takes JSON of up to %(most)s MB.")


class Unreadable(Exception):
    """The request holds characters that no text has."""


class JsonTooLarge(RequestEntityTooLarge):
    """More JSON than any call needs."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.advice = Message(JSON_BOUND, most=most // 1024**2)


class KeyConverter(IntegerConverter):
    """Whole numbers in addresses: one that no column holds names nothing, so it is 404."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **kwargs})


def install(app: Flask, *, proxies: int) -> None:
    """Look at every request; call it before the blueprints are registered.

    `proxies` is how many of our own stand before the console: that many of the addresses they note are believed, and
    none of what a client notes itself. A proxy passes the host on as it is, so its header for that is not read.
    """
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    app.url_map.converters["int"] = KeyConverter
    app.before_request(check)


def check_names() -> None:
    """Raise BadRequest for a part of a form without a name, which no browser sends and nobody can read.

    It stands before whatever else looks at forms.
    """
    if request.mimetype == "multipart/form-data" and None in (*request.form, *request.files):
        raise BadRequest


def bound_json() -> None:
    """Raise JsonTooLarge for a body that is larger than a call needs, before it is read."""
    if not request.is_json:
        return
    most = LISTS_JSON if request.blueprint in OF_LISTS else USUAL_JSON
    if request.content_length is not None and request.content_length > most:
        raise JsonTooLarge(most)
    request.max_content_length = most


def check() -> None:
    """Raise Unreadable where a part of the request could not be kept as it is."""
    if not all(is_storable(text) for text in _texts()):
        raise Unreadable


def _texts() -> Iterator[str]:
    yield request.path
    for values in (request.args, request.form):
        for name, items in values.lists():
            yield name
            yield from items
    for file in request.files.values():
        yield file.filename or ""
    # The operator's events prove themselves by a signature over their bytes before anybody reads them.
    if request.is_json and request.blueprint != "listener":
        yield from _texts_in(_json())


def _json() -> Any:
    """The body; None where it is not JSON, which is for the view to say.

    Raises BadRequest, as views do then, for JSON that Python does not read: nested too deep, or with a number of
    thousands of digits. Views would fail on it, since they expect JSON or none.
    """
    try:
        return loads(request.get_data())
    except (JSONDecodeError, UnicodeDecodeError):
        return None
    except (RecursionError, ValueError) as problem:
        raise BadRequest from problem


def _texts_in(value: Any) -> Iterator[str]:
    """Every text within a JSON value, the names included."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            waiting += item
