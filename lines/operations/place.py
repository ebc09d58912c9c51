"""Place lines in a department of the company's own tree: done here, the operator knows nothing of it."""

from __future__ import annotations

from core.fields import FieldSchema
from core.i18n import N_, NN_
from lines import fields
from lines.models import Line
from rbac.permissions import Permission
from runs.operation import Operation, Refusal, Words


class PlaceParams(FieldSchema):
    """The department to put the lines into."""

    department = fields.department(N_("Department"))


OPERATION = Operation(
    code="place",
    words=Words(
        title=N_("Placement in a department"),
        effect=N_("The numbers move to this department, and with them who may see and change them."),
        button=N_("Place in a department"),
        confirm=NN_("Place %(n)s line", "Place %(n)s lines"),
        done=NN_("%(n)s placed", "%(n)s placed"),
    ),
    permission=Permission.LINES_PLACE,
    icon="folder-symlink",
    schema=PlaceParams,
    refusals=lambda params: (
        Refusal(
            "already_there",
            N_("Already stands there"),
            Line.department_id == params["department"],
            after_success=True,
        ),
    ),
    effect=lambda params: {"department_id": params["department"]},
    into=lambda params: int(params["department"]),
    group="place",
    order=90,
)
