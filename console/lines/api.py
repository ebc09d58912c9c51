"""The API of lines: the list and the card."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import EXCLUDE

from console.lines import schemas
from console.web import api_schemas
from console.web.api_blueprint import Calls
from console.web.routing import actor, db, route
from lines import queries as line_queries
from lines.card import get_line
from lines.filters import FilterSchema, parse
from lines.queries import Row
from rbac.permissions import Permission

blueprint = Calls("api_lines", __name__, url_prefix="/api/v1", description="Lines", is_plain=True)


@route(blueprint, "/lines", permission=Permission.LINES_VIEW)
@blueprint.reads(FilterSchema)
@blueprint.takes(api_schemas.PageArgs, "query", others=EXCLUDE)
@blueprint.gives(schemas.LinesOut)
def list_lines(page: dict[str, Any]) -> dict[str, Any]:
    """Lines, narrowed and sorted by the same arguments as in the list of the console."""
    line_filter = parse(dict(request.args.lists()), besides=("after", "size"))
    lines = line_queries.page_of_lines(
        db(), actor(), line_filter, after=page.get("after"), limit=page["size"]
    )
    items = [_line(row) for row in lines.rows]
    return {"items": items, "next": lines.after}


@route(blueprint, "/lines/<int:line_id>", permission=Permission.LINES_VIEW)
@blueprint.gives(schemas.LineOut)
def show_line(line_id: int) -> dict[str, Any]:
    """One line."""
    card = get_line(db(), actor(), line_id)
    return _line(Row(card.line, card.department.name, card.tariff.name if card.tariff else None))


GETTERS = tuple((part.name, part.value) for part in schemas.FIELDS)


def _line(row: Row) -> dict[str, Any]:
    return {"id": row.line.id, **{name: value(row) for name, value in GETTERS}}
