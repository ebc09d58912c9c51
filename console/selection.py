"""The selection of lines as pages carry it: read from form fields or the address, written back as hidden fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from console.web import actor, session
from hierarchy.models import Department
from runs.models import Upload
from runs.selection import checked

Pairs = list[tuple[str, str]]


def read(values: MultiDict[str, str]) -> dict[str, Any]:
    """The selection in its stored form; raises InvalidInput where nothing is selected."""
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
    return checked(raw)


def pairs(selection: Mapping[str, Any]) -> Pairs:
    """Names and values of the fields that `read` understands."""
    kind = str(selection["kind"])
    found: Pairs = [("sel", kind)]
    if kind == "ids":
        found += [("ids", str(one)) for one in selection["ids"]]
    elif kind == "filter":
        found.append(("query", str(selection["query"])))
    elif kind in ("department", "upload"):
        found.append((kind, str(selection[kind])))
    else:
        found.append(("run", str(selection["run"])))
    return found


def origin(selection: Mapping[str, Any]) -> tuple[str, str]:
    """Where the lines come from, in words, and the address of that place."""
    kind = str(selection["kind"])
    if kind == "upload":
        upload = session().scalar(
            select(Upload).where(
                Upload.company_id == actor().company_id, Upload.id == int(selection["upload"])
            )
        )
        name = upload.filename if upload else ""
        return _("List %(name)s", name=name), f"/uploads/{selection['upload']}"
    if kind == "department":
        name = _department(int(selection["department"]))
        where = _("%(name)s with all below it", name=name)
        return where, f"/lines?department={selection['department']}"
    if kind == "failed_of":
        return _("Failed in run %(id)s", id=selection["run"]), f"/runs/{selection['run']}?state=failed"
    if kind == "filter":
        query = str(selection["query"])
        return _("All that match the filter"), f"/lines?{query}" if query else "/lines"
    return _("Ticked in the list"), "/lines"


def _department(department_id: int) -> str:
    name = session().scalar(
        select(Department.name).where(
            Department.company_id == actor().company_id, Department.id == department_id
        )
    )
    return name or "–"
