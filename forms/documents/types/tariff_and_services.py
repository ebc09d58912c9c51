"""Change of tariff and services, roaming included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import fields
from core.i18n import N_
from forms.documents.form import Carries, FormLine, FormType, Lines, Values
from lines import fields as line_fields
from lines.operations.change_tariff import WHEN

ROAMING = {
    "keep": N_("Leave as it is"),
    "on": N_("Allow roaming abroad"),
    "off": N_("Forbid roaming abroad"),
}


class TariffAndServices(fields.FieldSchema):
    """The tariff, from when, and what else."""

    tariff = line_fields.tariff(N_("New tariff"))
    effective = fields.choice(N_("From when"), WHEN)
    roaming = fields.choice(N_("Roaming"), ROAMING)
    services = fields.area(
        N_("Services to add or remove"),
        required=False,
        longest=1000,
        hint=N_("Your account manager sets them by hand."),
    )
    contact = fields.text(N_("Contact person"), prefill="user.name")
    phone = line_fields.phone(N_("Phone of the contact person"), prefill="user.phone")


def _params(values: Values, _lines: Sequence[FormLine]) -> Mapping[str, Any]:
    return {"tariff": values["tariff"], "effective": values["effective"]}


FORM = FormType(
    code="tariff_and_services",
    title=N_("Change of tariff and services"),
    summary=N_("Another tariff for many numbers at once; services and roaming with it."),
    icon="arrow-left-right",
    schema=TariffAndServices,
    lines=Lines.MANY,
    instruction=(
        N_("Choose the numbers or upload an Excel list with them."),
        N_("The price of the change is shown to you by number once the request is resolved."),
        N_("Print the application, have it signed and attach the scan."),
    ),
    body=(
        N_("Please change the tariff and the services of the mobile numbers of our contract listed below."),
    ),
    attach=(N_("Scan of the signed application"),),
    signer=N_("The head of the company or a person with a power of attorney"),
    approver=N_("Your account manager"),
    subject=N_("for a change of tariff and services"),
    days=2,
    carries=Carries(lambda _values: "change_tariff", _params),
    order=20,
)
