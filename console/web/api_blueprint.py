"""The base of the API's blueprints: calls described by the schemas that they read and write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import EXCLUDE, RAISE, Schema

from console.web.routing import View

FILE = {"type": "string", "format": "binary"}


class Calls(Blueprint):  # type: ignore[misc]
    """A blueprint whose decorators keep the type of the view, and whose calls are named after their endpoints.

    `is_plain`: their names stand without that of the blueprint, since they say by themselves what they are about.
    """

    def __init__(self, name: str, *args: Any, is_plain: bool = False, **options: Any) -> None:
        super().__init__(name, *args, **options)
        self._prefix = "" if is_plain else f"{name}_".removeprefix("api_")

    def add_url_rule(
        self, rule: str, endpoint: str, view_func: Callable[..., Any], *args: Any, **options: Any
    ) -> None:
        """Register a view; programs made from the document name their functions by its operationId."""
        named = self.doc(operationId=self._prefix + endpoint)
        super().add_url_rule(rule, endpoint, named(view_func), *args, **options)

    def takes(
        self, schema: type[Schema], location: str = "json", *, others: str | None = None
    ) -> Callable[[View], View]:
        """Read what is asked by this schema from the query, the headers or the JSON body, and describe it.

        An argument of the query that is not of the schema is refused: a mistyped one that is passed over would
        change what the answer means. `others` = EXCLUDE is for views that read more arguments by themselves.
        """
        unknown = others or {"query": RAISE, "headers": EXCLUDE}.get(location)
        decorator: Callable[[View], View] = self.arguments(schema, location=location, unknown=unknown)
        return decorator

    def reads(self, schema: type[Schema]) -> Callable[[View], View]:
        """Describe arguments of the query that the view reads by itself."""

        def described(view: View) -> View:
            kept = view.__dict__.setdefault("_apidoc", {}).setdefault("arguments", {})
            kept.setdefault("parameters", []).append({"in": "query", "required": False, "schema": schema})
            return view

        return described

    def gives(self, schema: type[Schema] | Schema) -> Callable[[View], View]:
        """Write the answer by this schema, and describe it."""
        decorator: Callable[[View], View] = self.response(200, schema)
        return decorator

    def gives_file(self, *types: str) -> Callable[[View], View]:
        """Describe an answer that is a file of one of these types."""

        def described(view: View) -> View:
            content = {type: {"schema": FILE} for type in types}
            first: View = self.response(200, FILE, content_type=types[0])(view)
            made: View = self.doc(responses={"200": {"description": "OK", "content": content}})(first)
            return made

        return described

    def gives_nothing(self) -> Callable[[View], View]:
        """Answer 204, whatever the view returns."""
        decorator: Callable[[View], View] = self.response(204)
        return decorator

    def takes_form(self, properties: dict[str, Any], needed: list[str]) -> Callable[[View], View]:
        """Describe a body of the kind that forms with files send; the view reads it by itself."""
        schema = {"type": "object", "properties": properties, "required": needed}
        body = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
        decorator: Callable[[View], View] = self.doc(requestBody=body)
        return decorator
