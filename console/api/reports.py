"""The JSON API of reports and their files: the same services as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import send_file
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields, validate

from console.api.schemas import NumberPageArgs
from console.api.v1 import json_schema
from console.babel import text
from console.web import ResponseReturnValue, View, actor, route, workshop
from console.web import session as opened
from rbac.permissions import Permission
from reports import service
from reports.models import Format, ReportJob
from reports.report import Report

blueprint = Blueprint("api_reports", __name__, url_prefix="/api/v1", description="Reports and their files")
ORDER = Permission.REPORTS_ORDER


class ReportOut(Schema):
    """A report that may be ordered; `parameters` is a JSON schema."""

    code = fields.String()
    title = fields.String()
    lead = fields.String()
    permission = fields.String()
    columns = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    parameters = fields.Dict(keys=fields.String(), values=fields.Raw())


class OrderIn(Schema):
    """What to make; without columns all of them."""

    params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    columns = fields.List(fields.String(), load_default=list, validate=validate.Length(max=100))
    format = fields.String(load_default=Format.XLSX, validate=validate.OneOf([one.value for one in Format]))


class FileOut(Schema):
    """An ordered report. It can be downloaded while its state is `ready`."""

    id = fields.Integer()
    report = fields.String(attribute="code")
    params = fields.Dict(keys=fields.String(), values=fields.Raw())
    format = fields.String()
    state = fields.String()
    done = fields.Integer()
    total = fields.Integer(allow_none=True)
    size = fields.Integer(allow_none=True)
    trouble = fields.Function(lambda job: text(job.trouble) if job.trouble else "")
    created_at = fields.DateTime()
    finished_at = fields.DateTime(allow_none=True)
    expires_at = fields.DateTime(allow_none=True)


class FilesOut(Schema):
    """A part of the list, newest first."""

    class Meta:
        unknown = EXCLUDE

    items = fields.List(fields.Nested(FileOut))
    next = fields.Integer(allow_none=True)


def _takes(schema: type[Schema], where: str) -> Callable[[View], View]:
    found: Callable[[View], View] = blueprint.arguments(schema, location=where)
    return found


def _gives(schema: type[Schema] | Schema) -> Callable[[View], View]:
    found: Callable[[View], View] = blueprint.response(200, schema)
    return found


@route(blueprint, "/reports", permission=ORDER)
@_gives(ReportOut(many=True))
def list_reports() -> list[dict[str, Any]]:
    """The reports that the person may order."""
    return [_report(report) for report in service.catalogue(workshop(), actor())]


def _report(report: Report) -> dict[str, Any]:
    return {
        "code": report.code,
        "title": text(report.title),
        "lead": text(report.lead),
        "permission": report.permission.value,
        "columns": [
            {"key": column.key, "title": text(column.title), "kind": column.kind} for column in report.columns
        ],
        "parameters": json_schema(report.schema),
    }


@route(blueprint, "/reports/<report_code>", methods=("POST",), permission=ORDER)
@_takes(OrderIn, "json")
@_gives(FileOut)
def order_report(wanted: dict[str, Any], report_code: str) -> ReportJob:
    """Have a report made; ask for the file until its state is final."""
    return service.order(
        workshop(),
        opened(),
        actor(),
        report_code,
        wanted["params"],
        columns=wanted["columns"],
        format=wanted["format"],
    )


@route(blueprint, "/files", permission=ORDER)
@_takes(NumberPageArgs, "query")
@_gives(FilesOut)
def list_files(page: dict[str, Any]) -> dict[str, Any]:
    """The person's own files."""
    found = service.jobs(opened(), actor(), before=page["after"], limit=page["size"])
    return {"items": found, "next": found[-1].id if len(found) == page["size"] else None}


@route(blueprint, "/files/<int:file_id>", permission=ORDER)
@_gives(FileOut)
def show_file(file_id: int) -> ReportJob:
    """One file with its progress."""
    return service.get_job(opened(), actor(), file_id)


@route(blueprint, "/files/<int:file_id>/cancel", methods=("POST",), permission=ORDER)
@_gives(FileOut)
def cancel_file(file_id: int) -> ReportJob:
    """Stop making it."""
    return service.cancel(opened(), actor(), file_id)


@route(blueprint, "/files/<int:file_id>/content", permission=ORDER)
def download_file(file_id: int) -> ResponseReturnValue:
    """The file itself."""
    found = service.open_file(workshop(), opened(), actor(), file_id)
    answer = send_file(
        found.stream, mimetype=found.type, as_attachment=True, download_name=found.name, max_age=0
    )
    answer.content_length = found.size
    return answer
