"""Re-registration of numbers from the company to a private person."""

from __future__ import annotations

from core import fields
from core.i18n import N_
from forms.documents import checks
from forms.documents.form import FormType, Lines, Signer
from lines import fields as line_fields


class PrivatePerson(fields.FieldSchema):
    """The person who takes the numbers over."""

    person = fields.text(N_("Family name, first name, patronymic"), longest=150)
    born = fields.day(N_("Date of birth"), is_past=True)
    passport = fields.checked(
        N_("Series and number of the passport"),
        lambda text: None if text.isdigit() and len(text) == 10 else N_("Ten digits: series and number."),
        groups=(2, 2, 6),
    )
    issued_by = fields.text(N_("Passport issued by"), longest=300)
    issued_on = fields.day(N_("Date of issue"), is_past=True)
    inn = fields.checked(
        N_("INN of the person"), lambda inn: checks.inn_problem(inn, length=12), required=False
    )
    address = fields.area(N_("Registered address"), longest=500)
    person_phone = line_fields.phone(N_("Phone of the person"))
    email = fields.email(N_("E-mail of the person"), required=False)
    start = fields.day(N_("From when"))
    contact = fields.text(N_("Contact person"), prefill="user.name")


FORM = FormType(
    code="private_person",
    title=N_("Re-registration of a number to a private person"),
    summary=N_("The number goes to an employee, who pays for it from then on."),
    icon="person-check",
    schema=PrivatePerson,
    lines=Lines.MANY,
    instruction=(
        N_("Fill in the details of the person from the passport."),
        N_("What the numbers owe must be paid before."),
        N_("Both sides sign: the company as the owner, the person as the new one. Attach the scan."),
    ),
    body=(
        N_(
            "Please re-register the mobile numbers listed below to the private person named here, who agrees."
        ),
        N_("All rights and duties for these numbers go over to this person from the date named."),
    ),
    needs_scan=True,
    attach=(
        N_("Scan of the application signed by both sides"),
        N_("Copy of the person's passport: pages with the photograph and the address"),
    ),
    signer=N_("The head of the company, and the person who takes the numbers over"),
    approver=N_("Your account manager"),
    subject=N_("for re-registration of numbers to a private person"),
    signers=(Signer(), Signer(N_("Who takes the numbers over, name"), "person")),
    days=5,
    order=60,
)
