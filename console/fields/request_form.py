"""Forms of documents as pages draw them: fields with what was typed, what there is to choose from, and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from console.fields.operation_form import BLANKS, Choice, Field, sellable_tariffs
from console.web.i18n import locale, text
from console.web.routing import actor, db
from forms.documents.accounts import list_accounts
from forms.documents.fields import longest, said
from forms.documents.form import FormType

KINDS = {"digits": "text", "phone": "tel", "email": "email", "date": "date"}


def form_fields(
    form: FormType, typed: Mapping[str, Any], errors: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """The fields of a document; each has a kind of input, a hint and a longest text beside the usual.

    `only` names another field and its choices for which this one counts: for the others it is hidden.
    """
    found = []
    for name, field in form.schema().fields.items():
        widget = str(field.metadata["widget"])
        drawn = Field(
            name=name,
            label=text(str(field.metadata["label"])),
            widget=widget,
            value=str(typed.get(name) or ""),
            required=field.required,
            choices=_choices(widget, field.metadata.get("choices", {})),
            errors=[said(message, locale()) for message in errors.get(name, ())],
            suffix="₽" if widget == "money" else "",
        )
        hint = text(str(field.metadata["hint"])) if field.metadata.get("hint") else ""
        found.append(
            {
                "field": drawn,
                "hint": hint,
                "most": longest(field),
                "kind": KINDS.get(widget, "text"),
                "only": field.metadata.get("only"),
            }
        )
    return found


def read_values(form: FormType, sent: MultiDict[str, str]) -> dict[str, str]:
    """What was typed, amounts as machines write them."""
    typed: dict[str, str] = {}
    for name, field in form.schema().fields.items():
        value = sent.get(name, "").strip().replace("\r\n", "\n")
        if field.metadata["widget"] == "money":
            value = value.translate(BLANKS).replace(",", ".").removesuffix("₽")
        typed[name] = value
    return typed


def all_said(form: FormType, errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Every error in the reader's language and in the order of the fields, for the summary above the form."""
    order = ["numbers", *form.schema().fields]
    names = sorted(errors, key=lambda name: order.index(name) if name in order else len(order))
    return {name: [said(message, locale()) for message in errors[name]] for name in names}


def labels(form: FormType) -> dict[str, str]:
    """What each field is called, for the summary of errors: many of them may only say "Fill this in."."""
    return {name: text(str(one.metadata["label"])) for name, one in form.schema().fields.items()}


def _choices(widget: str, choices: Mapping[str, str]) -> list[Choice]:
    if widget == "tariff":
        return sellable_tariffs()
    if widget == "account":
        return accounts()
    return [Choice(value, text(label)) for value, label in choices.items()]


def accounts() -> list[Choice]:
    """The billing accounts that the person may name, by their numbers."""
    return [Choice(number, number) for number in list_accounts(db(), actor())]
