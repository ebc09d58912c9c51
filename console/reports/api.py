"""The JSON API of reports and their files: the same services as the pages."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from console.fields.json_schema import json_schema
from console.web.api_blueprint import Calls
from console.web.api_schemas import NumberPageArgs
from console.web.downloads import send_download
from console.web.i18n import text
from console.web.routing import ResponseReturnValue, actor, db, parts, route
from rbac.permissions import Permission
from reports import service
from reports.files import TYPES
from reports.models import Format, ReportJob
from reports.report import Report

blueprint = Calls("api_reports", __name__, url_prefix="/api/v1", description="Reports and their files")
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
    """The report to make; without columns all of them."""

    params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    columns = fields.List(fields.String(), load_default=list, validate=validate.Length(max=100))
    format = fields.String(
        load_default=Format.XLSX, validate=validate.OneOf([value.value for value in Format])
    )


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

    items = fields.List(fields.Nested(FileOut))
    next = fields.Integer(allow_none=True)


@route(blueprint, "/reports", permission=ORDER)
@blueprint.gives(ReportOut(many=True))
def list_reports() -> list[dict[str, Any]]:
    """The reports that the person may order."""
    return [_report(report) for report in service.catalogue(actor(), parts())]


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


@route(blueprint, "/reports/<report_code>", methods=("POST",), permission=ORDER, is_costly=True)
@blueprint.takes(OrderIn, "json")
@blueprint.gives(FileOut)
def order_report(wanted: dict[str, Any], report_code: str) -> ReportJob:
    """Have a report made; ask for the file until its state is final."""
    return service.order(
        db(),
        actor(),
        parts(),
        report_code,
        wanted["params"],
        columns=wanted["columns"],
        format=wanted["format"],
    )


@route(blueprint, "/files", permission=ORDER)
@blueprint.takes(NumberPageArgs, "query")
@blueprint.gives(FilesOut)
def list_files(page: dict[str, Any]) -> dict[str, Any]:
    """The person's own files."""
    jobs = service.jobs(db(), actor(), before=page["after"], limit=page["size"])
    return {"items": jobs, "next": jobs[-1].id if len(jobs) == page["size"] else None}


@route(blueprint, "/files/<int:file_id>", permission=ORDER)
@blueprint.gives(FileOut)
def show_file(file_id: int) -> ReportJob:
    """One file with its progress."""
    return service.get_job(db(), actor(), file_id)


@route(blueprint, "/files/<int:file_id>/cancel", methods=("POST",), permission=ORDER)
@blueprint.gives(FileOut)
def cancel_file(file_id: int) -> ReportJob:
    """Stop making it."""
    return service.cancel(db(), actor(), file_id)


@route(blueprint, "/files/<int:file_id>/content", permission=ORDER)
@blueprint.gives_file(*TYPES.values())
def download_file(file_id: int) -> ResponseReturnValue:
    """The file itself."""
    file = service.open_file(db(), actor(), parts(), file_id)
    return send_download(file.stream, type=file.type, name=file.name, size=file.size)


@route(blueprint, "/files/<int:file_id>/repeat", methods=("POST",), permission=ORDER, is_costly=True)
@blueprint.gives(FileOut)
def repeat_file(file_id: int) -> ReportJob:
    """The same once more, with the figures of now."""
    return service.repeat(db(), actor(), parts(), file_id)


@route(blueprint, "/files/<int:file_id>", methods=("DELETE",), permission=ORDER)
@blueprint.gives_nothing()
def delete_file(file_id: int) -> None:
    """Away with it; what is being made is cancelled first."""
    service.forget(db(), actor(), parts(), file_id)
