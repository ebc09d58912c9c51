"""My files: reports being made and ready ones, with progress, download, repeat and deletion."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from console.reports import words as report_words
from console.web.downloads import send_download
from console.web.routing import ResponseReturnValue, actor, db, go_to, is_fragment, parts, render, route
from core.bounds import whole
from core.errors import Conflict
from rbac.permissions import Permission
from reports import service

blueprint = Blueprint("files", __name__, url_prefix="/files")
ORDER = Permission.REPORTS_ORDER


@route(blueprint, "", permission=ORDER)
def index() -> ResponseReturnValue:
    """The person's files, newest first."""
    before = request.args.get("before", 0, type=whole)
    jobs = service.jobs(db(), actor(), before=before)
    more = url_for("files.index", before=jobs[-1].id) if len(jobs) == service.PAGE else None
    template = "files/rows.html" if is_fragment() else "files/index.html"
    days = parts().settings.file_days
    return render(template, files=[report_words.file(job) for job in jobs], more=more, days=days)


@route(blueprint, "/<int:file_id>", permission=ORDER, passive=True)
def row(file_id: int) -> ResponseReturnValue:
    """One line of the list, asked for each second while the report is being made."""
    job = service.get_job(db(), actor(), file_id)
    if not is_fragment():
        return redirect(url_for("files.index"))
    return render("files/rows.html", files=[report_words.file(job)], more=None)


@route(blueprint, "/<int:file_id>/download", permission=ORDER)
def download(file_id: int) -> ResponseReturnValue:
    """The file, always as something to keep and never to be shown by the browser."""
    file = service.open_file(db(), actor(), parts(), file_id)
    return send_download(file.stream, type=file.type, name=file.name, size=file.size)


@route(blueprint, "/<int:file_id>/cancel", permission=ORDER, methods=("POST",))
def cancel(file_id: int) -> ResponseReturnValue:
    """Stop making it."""
    try:
        service.cancel(db(), actor(), file_id)
    except Conflict:
        flash(_("The report had already ended."), "info")
    return go_to(url_for("files.index"))


@route(blueprint, "/<int:file_id>/repeat", permission=ORDER, methods=("POST",), is_costly=True)
def repeat(file_id: int) -> ResponseReturnValue:
    """The same once more, with the figures of now."""
    service.repeat(db(), actor(), parts(), file_id)
    return go_to(url_for("files.index"))


@route(blueprint, "/<int:file_id>/delete", permission=ORDER, methods=("POST",))
def delete(file_id: int) -> ResponseReturnValue:
    """Away with it."""
    service.forget(db(), actor(), parts(), file_id)
    flash(_("The file is deleted."), "success")
    return go_to(url_for("files.index"))
