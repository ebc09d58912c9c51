"""Application of a new company to connect the console: filled in on the public page."""

from __future__ import annotations

from core import fields
from core.i18n import N_
from forms.documents import checks
from forms.documents.form import FormType, Signer
from lines import fields as line_fields


class ConnectConsole(fields.FieldSchema):
    """The company, its contract, and who will be its first administrator."""

    company = fields.text(N_("Full name of the company"), longest=300)
    inn = fields.checked(N_("INN"), lambda inn: checks.inn_problem(inn))
    kpp = fields.checked(N_("KPP"), checks.kpp_problem, required=False, hint=N_("A sole trader has none."))
    ogrn = fields.checked(N_("OGRN"), checks.ogrn_problem)
    address = fields.area(N_("Legal address"), longest=500)
    contract = fields.text(N_("Number of the contract with the operator"), required=False, longest=50)
    head = fields.text(N_("Head of the company"), longest=150)
    administrator = fields.text(N_("First global administrator"), longest=150)
    email = fields.email(N_("E-mail of the administrator"))
    phone = line_fields.phone(N_("Phone of the administrator"))
    wishes = fields.area(N_("Anything else"), required=False, longest=1000)


FORM = FormType(
    code="connect_console",
    title=N_("Application to connect the console"),
    summary=N_("For a company that has no access yet."),
    icon="building-add",
    schema=ConnectConsole,
    instruction=(
        N_("Fill in the details of the company and of its first global administrator."),
        N_("You get a number at once; the operator answers by e-mail within three working days."),
        N_("The administrator will need the printed application signed by the head of the company."),
    ),
    body=(N_("Please connect our company to the console and give its first administrator access."),),
    attach=(N_("Scan of the signed application"), N_("Order appointing the head of the company")),
    signer=N_("The head of the company"),
    approver=N_("The operator"),
    subject=N_("to connect the console"),
    signers=(Signer(field="head"),),
    days=3,
    is_public=True,
    order=70,
)
