"""The selection of lines as pages carry it: read from form fields or the address, written back as hidden fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from console.web.routing import actor, db
from core.errors import NotFound
from forms.requests.service import get_request
from hierarchy.queries import get_department
from lines.uploads.service import get_upload
from rbac.permissions import Permission
from runs.listing import get_run
from runs.selection import checked

Pairs = list[tuple[str, str]]


def read(values: MultiDict[str, str], *, is_ordered: bool = False) -> dict[str, Any]:
    """The selection in its stored form; raises InvalidInput where nothing is, NotFound for what is not seen.

    `is_ordered` keeps ids in the order in which they were sent.
    """
    kind = values.get("sel", "")
    raw: dict[str, Any] = {"kind": kind}
    if kind == "ids":
        raw["ids"] = values.getlist("ids")
    elif kind == "filter":
        # The list sends this only where a person said "all that match".
        raw |= {"query": values.get("query", ""), "all": True}
    elif kind in ("department", "upload"):
        raw[kind] = values.get(kind)
    elif kind == "failed_of":
        raw["run"] = values.get("run")
    selection = checked(raw, is_ordered=is_ordered)
    _source(selection)
    return selection


def _source(selection: Mapping[str, Any]) -> str:
    """The name of the list, department or run that is selected; raises NotFound where the actor may not see it."""
    if "upload" in selection:
        return get_upload(db(), actor(), selection["upload"]).filename
    if "request" in selection:
        return get_request(db(), actor(), selection["request"]).shown_number
    if "run" in selection:
        return str(get_run(db(), actor(), selection["run"]).id)
    if "department" in selection:
        return get_department(db(), actor(), selection["department"], Permission.LINES_VIEW).name
    return ""


def pairs(selection: Mapping[str, Any]) -> Pairs:
    """Names and values of the fields that `read` understands."""
    kind = str(selection["kind"])
    found: Pairs = [("sel", kind)]
    if kind == "ids":
        found += [("ids", str(one)) for one in selection["ids"]]
    elif kind == "filter":
        found.append(("query", str(selection["query"])))
    elif kind in ("department", "upload", "request"):
        found.append((kind, str(selection[kind])))
    else:
        found.append(("run", str(selection["run"])))
    return found


def origin(selection: Mapping[str, Any]) -> tuple[str, str]:
    """Where the lines of a run come from, in words, and the address of that place.

    What is gone, or is somebody else's, has no name here: a run outlives both.
    """
    kind = str(selection["kind"])
    try:
        name = _source(selection)
    except NotFound:
        names = {"upload": _("Uploaded list"), "department": _("Department"), "request": _("Request")}
        return names.get(kind) or _("Failed in an earlier run"), "/lines"
    if kind == "upload":
        return _("List %(name)s", name=name), f"/uploads/{selection['upload']}"
    if kind == "request":
        return _("Request %(number)s", number=name), f"/requests/{selection['request']}"
    if kind == "department":
        where = _("%(name)s with all below it", name=name)
        return where, f"/lines?department={selection['department']}"
    if kind == "failed_of":
        return _("Failed in run %(id)s", id=name), f"/runs/{selection['run']}?state=failed"
    if kind == "filter":
        query = str(selection["query"])
        return _("All that match the filter"), f"/lines?{query}" if query else "/lines"
    return _("Ticked in the list"), "/lines"
