"""Settlement on credit or in advance for a billing account."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from core import fields
from core.i18n import N_
from forms.documents import checks
from forms.documents.form import FormType, Signer
from lines import fields as line_fields

KINDS = {"credit": N_("Pay afterwards, on credit"), "advance": N_("Pay in advance")}


class CreditSettlement(fields.FieldSchema):
    """The account, the way of paying, and the bank details that bills are paid from."""

    account = line_fields.account(N_("Billing account"))
    kind = fields.choice(N_("How to pay from now on"), KINDS)
    limit = fields.money(
        N_("Wanted credit limit per month"),
        required=False,
        hint=N_("Needed for payment afterwards. The operator decides on it by your payments so far."),
    )
    inn = fields.checked(N_("INN"), lambda inn: checks.inn_problem(inn), prefill="company.inn")
    kpp = fields.checked(N_("KPP"), checks.kpp_problem, required=False, prefill="company.kpp")
    ogrn = fields.checked(N_("OGRN"), checks.ogrn_problem, prefill="company.ogrn")
    bank = fields.text(N_("Bank"))
    bic = fields.checked(N_("BIC of the bank"), checks.bic_problem)
    bank_account = fields.checked(N_("Account at the bank"), lambda account: checks.account_problem(account))
    correspondent = fields.checked(
        N_("Correspondent account of the bank"), lambda account: checks.account_problem(account)
    )
    contact = fields.text(N_("Contact person"), prefill="user.name")
    phone = line_fields.phone(N_("Phone of the contact person"), prefill="user.phone")

    @validates_schema(skip_on_field_errors=False)
    def check_together(self, data: dict[str, Any], **_: Any) -> None:
        """Accounts fit the BIC; a limit is named where it is needed."""
        wrong: dict[str, list[str]] = {}
        for name in ("bank_account", "correspondent"):
            problem = checks.account_problem(data[name], data.get("bic")) if name in data else None
            if problem:
                wrong[name] = [problem]
        if data.get("kind") == "credit" and "limit" in data and data["limit"] is None:
            wrong["limit"] = [N_("Name the credit limit that you want.")]
        if wrong:
            raise ValidationError(wrong)


FORM = FormType(
    code="credit_settlement",
    title=N_("Settlement on credit"),
    summary=N_("Pay for a billing account afterwards instead of in advance, or the other way round."),
    icon="wallet2",
    schema=CreditSettlement,
    instruction=(
        N_("Choose the billing account and how you want to pay for it."),
        N_("The bank details are checked against their check digits: a mistyped digit is said at once."),
        N_("Print the application, have it signed and attach the scan."),
    ),
    body=(N_("Please change the way of settlement for the billing account of our contract named below."),),
    needs_scan=True,
    attach=(N_("Scan of the signed application"), N_("Balance sheet of the last year")),
    signer=N_("The head of the company; the chief accountant signs too"),
    approver=N_("The credit commission of the operator"),
    subject=N_("for another way of settlement"),
    signers=(Signer(), Signer(N_("Chief accountant, name"))),
    days=5,
    order=40,
)
