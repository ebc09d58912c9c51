"""Merging billing accounts into one, or splitting numbers off to an account of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core import fields
from core.i18n import N_
from forms.documents.form import FormLine, FormType, Lines, Values
from lines import fields as line_fields

DEEDS = {
    "merge": N_("Merge: all numbers of the first account go to the second"),
    "split": N_("Split: the numbers listed go to the second account"),
    "new": N_("Split: the numbers listed go to a new account"),
}


class MergeSplit(fields.FieldSchema):
    """From which account to which, from when."""

    deed = fields.choice(N_("What is to be done"), DEEDS)
    source = line_fields.account(N_("First account"))
    target = line_fields.account(N_("Second account"), required=False)
    start = fields.day(N_("From when"), hint=N_("Best the first day of a month: bills stay whole."))
    purpose = fields.area(N_("What the accounts are for"), required=False, longest=1000)
    contact = fields.text(N_("Contact person"), prefill="user.name")
    phone = line_fields.phone(N_("Phone of the contact person"), prefill="user.phone")


def _check(values: Values, lines: Sequence[FormLine]) -> Mapping[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if values["deed"] != "new" and not values.get("target"):
        wrong["target"] = [N_("Choose the account that the numbers go to.")]
    if values.get("target") and values["target"] == values["source"]:
        wrong["target"] = [N_("Both accounts are the same.")]
    if values["deed"] != "merge" and not lines:
        wrong["numbers"] = [N_("Name the numbers that go to another account.")]
    return wrong


FORM = FormType(
    code="merge_split_accounts",
    title=N_("Merging or splitting of billing accounts"),
    summary=N_("One bill instead of several, or a bill of its own for a branch."),
    icon="diagram-2",
    schema=MergeSplit,
    lines=Lines.MAY,
    instruction=(
        N_("Choose the accounts. For a split also choose the numbers, or upload an Excel list with them."),
        N_("Debts of an account must be paid before it is merged."),
        N_("Print the application, have it signed and attach the scan."),
    ),
    body=(N_("Please change the billing accounts of our contract as follows."),),
    needs_scan=True,
    attach=(N_("Scan of the signed application"),),
    signer=N_("The head of the company or a person with a power of attorney"),
    approver=N_("Your account manager"),
    subject=N_("for merging or splitting of billing accounts"),
    days=3,
    check=_check,
    order=50,
)
