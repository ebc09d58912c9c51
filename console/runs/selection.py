"""The selection of lines as pages carry it: read from form fields or the address, written back as hidden fields."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from console.runs.targets import LISTS
from console.web.routing import actor, db, parts
from core.errors import InvalidInput, NotFound
from forms.requests.execution import OfRequest
from forms.requests.service import get_request
from hierarchy.queries import get_department
from lines import filters
from lines.models import Line
from lines.numbers import format_msisdn
from lines.uploads.service import get_upload
from rbac.permissions import Permission
from runs.listing import get_run
from runs.models import LINE, Run
from runs.selection import Below, FailedOf, Ids, Listed, Matching, OfRun, Selection, UnsentOf, parse

Pairs = list[tuple[str, str]]
SHOWN = 100
"""So many of the numbers that are meant are named on the pages of a run."""
IN_DEPARTMENT = "in_department"
"""The field for the department whose lines are chosen: an operation may ask for another one under the plain name."""
OF_RUN = (FailedOf.kind, UnsentOf.kind)
NAMES = {"department": IN_DEPARTMENT}
FIELD_NAMES = frozenset({"sel", "ids", "query", IN_DEPARTMENT, "upload", "request", "run"})
"""Every field that may stand in a form for the selection: no operation asks for one of this name."""


def read(values: MultiDict[str, str], *, is_ordered: bool = False) -> Selection:
    """The selection that form fields or an address name; raises InvalidInput where nothing is.

    Raises NotFound for what is not seen. `is_ordered` keeps ids in the order in which they were sent.
    """
    kind = values.get("sel", "")
    raw: dict[str, Any] = {"kind": kind}
    if kind == "ids":
        raw["ids"] = values.getlist("ids")
    elif kind == "filter":
        # The list sends this only where a person said "all that match".
        raw |= {"query": values.get("query", ""), "all": True}
    elif kind == "department":
        # Addresses that people saved say it as the stored form does.
        raw["department"] = values.get(IN_DEPARTMENT) or values.get("department")
    elif kind == "upload":
        raw["upload"] = values.get("upload")
    elif kind in OF_RUN:
        raw["run"] = values.get("run")
    selection = parse(raw, is_ordered=is_ordered)
    _source(selection)
    return selection


def stored(run: Run) -> Selection:
    """The selection of a stored run."""
    return parts().selections.load(run.selection)


def _source(selection: Selection) -> str:
    """The name of the list, department or run that is selected; raises NotFound where the actor may not see it."""
    match selection:
        case Listed(upload_id):
            return get_upload(db(), actor(), upload_id).filename
        case OfRequest(request_id):
            return get_request(db(), actor(), request_id).shown_number
        case OfRun(run_id):
            return str(get_run(db(), actor(), run_id).id)
        case Below(department_id):
            return get_department(db(), actor(), department_id, Permission.LINES_VIEW).name
        case _:
            return ""


def pairs(selection: Selection) -> Pairs:
    """Names and values of the fields that `read` understands."""
    values = selection.dump()
    pairs: Pairs = [("sel", values.pop("kind"))]
    values.pop("all", None)  # `read` says it by itself
    for name, value in values.items():
        name = NAMES.get(name, name)
        pairs += [(name, str(part)) for part in (value if isinstance(value, list) else [value])]
    return pairs


def origin(selection: Selection, kind: str = LINE) -> tuple[str, str]:
    """The origin of a run's targets in words, and the address of that place.

    What is gone, or is somebody else's, has no name here: a run outlives both.
    """
    try:
        name = _source(selection)
    except NotFound:
        return _nameless(selection), LISTS[kind]
    match selection:
        case Listed(upload_id):
            return _("List %(name)s", name=name), f"/uploads/{upload_id}"
        case OfRequest(request_id):
            return _("Request %(number)s", number=name), f"/requests/{request_id}"
        case Below(department_id):
            return _("%(name)s with all below it", name=name), f"/lines?department={department_id}"
        case FailedOf(run_id):
            return _("Failed in run %(id)s", id=name), f"/runs/{run_id}?state=failed"
        case UnsentOf(run_id):
            return _("Not sent in run %(id)s", id=name), f"/runs/{run_id}?state=cancelled"
        case Matching(query):
            return _filter_in_words(query, kind), f"{LISTS[kind]}?{query}" if query else LISTS[kind]
        case Ids((line_id,)) if kind == LINE and (number := _number_of(line_id)):
            return number, f"/lines/{line_id}"
        case _:
            return _("Ticked in the list"), LISTS[kind]


def is_ticked(chosen: Selection, kind: str) -> bool:
    """Whether the way back is that to the list with its ticks, which the browser knows."""
    return isinstance(chosen, Ids) and kind == LINE


def _filter_in_words(query: str, kind: str) -> str:
    if kind != LINE:
        return str(_("All billing accounts of the company"))
    try:
        narrowed = filters.parse(parse_qs(query)).without("sort")
    except InvalidInput:
        return str(_("All that match the filter"))
    if narrowed == filters.LineFilter():
        return str(_("All numbers of the company"))
    if narrowed.department is not None and narrowed.without("department") == filters.LineFilter():
        try:
            name = get_department(db(), actor(), narrowed.department, Permission.LINES_VIEW).name
        except NotFound:
            return str(_("Department"))
        return str(_("%(name)s with all below it", name=name))
    return str(_("All that match the filter"))


def _number_of(line_id: int) -> str:
    """The number of a line that the actor sees; empty for any other."""
    return next(iter(first_numbers(Ids((line_id,)))), "")


def first_numbers(chosen: Selection) -> list[str]:
    """The first numbers that are meant, as people read them: SHOWN at most, in their order."""
    seen = parts().targets[LINE].chosen(db(), actor(), Permission.LINES_VIEW, chosen)
    numbers = db().scalars(seen.with_only_columns(Line.msisdn).order_by(Line.msisdn).limit(SHOWN))
    return [format_msisdn(number) for number in numbers]


def _nameless(selection: Selection) -> str:
    match selection:
        case Listed():
            return str(_("Uploaded list"))
        case Below():
            return str(_("Department"))
        case OfRequest():
            return str(_("Request"))
        case UnsentOf():
            return str(_("Not sent in an earlier run"))
        case _:
            return str(_("Failed in an earlier run"))
