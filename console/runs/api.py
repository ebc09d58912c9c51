"""The API of operations and runs. The session's cookie signs in; POST needs the CSRF header."""

from __future__ import annotations

from typing import Any

from console.fields.json_schema import json_schema
from console.runs import api_submission, row_values, schemas
from console.web import api_schemas
from console.web.api_blueprint import Calls
from console.web.i18n import text
from console.web.routing import actor, db, parts, route
from core.errors import InvalidInput, NotFound
from core.i18n import N_
from lines.bulk.account_target import ACCOUNT
from lines.bulk.items import PAGE, ItemLine, item_lines
from rbac.decision import require
from rbac.permissions import Permission
from runs import control, listing, submission
from runs.models import LINE, Run
from runs.operation import Operation
from runs.row_value_kind import StockSearch
from runs.row_values import CHECK, NOT_A_TABLE, TAKEN_OVER, VALUES, VALUES_OF

blueprint = Calls(
    "api_runs", __name__, url_prefix="/api/v1", description="Operations and runs", is_plain=True
)
UNKNOWN_CLASS = N_("The stock has no such class.")


@route(blueprint, "/operations", permission=Permission.LINES_VIEW)
@blueprint.gives(schemas.OperationOut(many=True))
def list_operations() -> list[dict[str, Any]]:
    """The operations on lines and billing accounts (`target`), with the parameters of each."""
    return [_operation(operation) for operation in parts().operations.values()]


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "code": operation.code,
        "target": operation.target,
        "title": text(operation.words.title),
        "effect": text(operation.words.effect),
        "permission": operation.permission.value,
        "parameters": _parameters(operation),
    }


def _parameters(operation: Operation) -> dict[str, Any]:
    schema = json_schema(operation.schema)
    if operation.row_value:
        label = text(operation.row_value.label)
        schema.setdefault("properties", {}).update(
            {
                VALUES: {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "title": label,
                    "description": f"{text(NOT_A_TABLE)} {text(operation.row_value.hint)}",
                },
                VALUES_OF: {"type": "integer", "title": label, "description": text(TAKEN_OVER)},
            }
        )
    return schema


@route(blueprint, "/operations/<code>/offers", permission=Permission.LINES_VIEW)
@blueprint.takes(schemas.OffersArgs, "query")
@blueprint.gives(schemas.OfferOut(many=True))
def list_offers(query: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """The stock that an operation may give to lines, the cheapest first, 500 at most: narrow it to see others."""
    operation = parts().operations.of(code)
    require(actor(), operation.permission)
    if operation.row_value is None or operation.row_value.stock is None:
        raise NotFound
    stock = operation.row_value.stock
    if query["offer_class"] and stock.classes and query["offer_class"] not in stock.classes:
        raise InvalidInput(CHECK, fields={"class": [UNKNOWN_CLASS]})
    offers = row_values.offers(stock, StockSearch(**query))
    return [{**offer._asdict(), "offer_class": offer.offer_class or None} for offer in offers]


@route(
    blueprint, "/lines/operations/<code>", methods=("POST",), permission=Permission.LINES_VIEW, is_costly=True
)
@blueprint.takes(schemas.OperationIn, "json")
@blueprint.takes(schemas.KeyHeader, "headers")
@blueprint.gives(schemas.RunOut)
def operate(body: dict[str, Any], headers: dict[str, Any], code: str) -> Run:
    """Say what an operation would do to the selected lines; with `submit` do it. Repeated with one key: one run."""
    return _operate(body, headers, code, LINE)


@route(
    blueprint,
    "/accounts/operations/<code>",
    methods=("POST",),
    permission=Permission.ACCOUNTS_VIEW,
    is_costly=True,
)
@blueprint.takes(schemas.OperationIn, "json")
@blueprint.takes(schemas.KeyHeader, "headers")
@blueprint.gives(schemas.RunOut)
def operate_on_accounts(body: dict[str, Any], headers: dict[str, Any], code: str) -> Run:
    """Say what an operation would do to the selected billing accounts; with `submit` do it."""
    return _operate(body, headers, code, ACCOUNT)


def _operate(body: dict[str, Any], headers: dict[str, Any], code: str, kind: str) -> Run:
    if parts().operations.of(code).target != kind:
        raise NotFound
    run = api_submission.preview(db(), actor(), parts(), code, body, headers.get("key", ""))
    return submission.submit(db(), actor(), parts(), run.id) if body["submit"] else run


@route(blueprint, "/runs", permission=Permission.RUNS_VIEW)
@blueprint.takes(api_schemas.NumberPageArgs, "query")
@blueprint.gives(schemas.RunsOut)
def list_runs(page: dict[str, Any]) -> dict[str, Any]:
    """Submitted runs, newest first."""
    runs = db().scalars(listing.run_list(actor(), before_id=page["after"] or None, limit=page["size"])).all()
    return {"items": runs, "next": runs[-1].id if len(runs) == page["size"] else None}


@route(blueprint, "/runs/<int:run_id>", permission=Permission.LINES_VIEW)
@blueprint.gives(schemas.RunOut)
def show_run(run_id: int) -> Run:
    """One run with its counters; people without the right to see runs see their own."""
    return listing.get_run(db(), actor(), run_id)


@route(blueprint, "/runs/<int:run_id>/items", permission=Permission.LINES_VIEW)
@blueprint.takes(schemas.ItemArgs, "query")
@blueprint.gives(schemas.ItemsOut)
def list_items(page: dict[str, Any], run_id: int) -> dict[str, Any]:
    """The outcome of each line, or billing account, that the actor may see."""
    run = listing.get_run(db(), actor(), run_id)
    operation = parts().operations.get(run.operation)
    row_value = operation.row_value if operation else None
    items = item_lines(
        db(),
        actor(),
        parts().targets[run.target],
        run,
        row_value,
        state=page["state"],
        reason=page["reason"],
        after=page["after"],
    )
    return {
        "items": [{**item._asdict(), **_as_line(run, item)} for item in items],
        "next": items[-1].no if len(items) == PAGE else None,
    }


def _as_line(run: Run, item: ItemLine) -> dict[str, Any]:
    """The words of an item of a run on lines, null for others."""
    is_line = run.target == LINE
    return {"line_id": item.target_id if is_line else None, "msisdn": item.title if is_line else None}


@route(blueprint, "/runs/<int:run_id>/stop", methods=("POST",), permission=Permission.LINES_VIEW)
@blueprint.gives(schemas.RunOut)
def stop_run(run_id: int) -> Run:
    """Send nothing more; what is on its way is followed to its end."""
    return control.stop(db(), actor(), parts(), run_id)
