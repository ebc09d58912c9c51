"""Fields of forms: marshmallow fields with labels, widgets, what they are filled with beforehand, and clear errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from core.i18n import N_, translate
from forms.documents import checks
from lines.numbers import parse_iccid, parse_msisdn

FILL_IN = N_("Fill this in.")
CHOOSE = N_("Choose one.")
NOT_A_DATE = N_("This is not a date.")
TOO_LONG = N_("This is too long.")
NOT_AN_AMOUNT = N_("Type an amount in roubles, such as 1500.50.")
NOT_AN_EMAIL = N_("This is not an e-mail address.")
NOT_A_NUMBER = N_("This is not a phone number.")
NOT_AN_ICCID = N_(
    "“%(typed)s” is not the number of a SIM card: 19 or 20 digits that begin with 89, the last a check digit."
)
NOT_A_LISTED_NUMBER = N_("“%(typed)s” is not a phone number.")
NEEDED = {"required": FILL_IN, "null": FILL_IN, "validator_failed": FILL_IN, "invalid": FILL_IN}
MOST_NUMBERS = 100_000
LONGEST_LISTED = MOST_NUMBERS * 24
"""Of a field with one for each number: 20 digits with what people put between them and the end of the line."""
LONGEST = 200
"""Of a field that says nothing else."""
TYPED = "\x1f"
"""Stands between the message id of an error and what was typed."""


class FormSchema(Schema):
    """Base of the schemas of forms; unknown fields are an error of ours, not of people."""


class Checked(fields.String):
    """A text that is written in one plain form and checked: `check` says what is wrong with it."""

    def __init__(self, check: Callable[[str], str | None], **options: Any) -> None:
        super().__init__(**options)
        self._check = check

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        text = checks.plain(super()._deserialize(value, attr, data, **rest))
        problem = self._check(text)
        if problem is not None:
            raise ValidationError(problem)
        return text


class Number(fields.String):
    """A phone number in any writing; kept as E.164 without plus."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        found = parse_msisdn(super()._deserialize(value, attr, data, **rest))
        if found is None:
            raise ValidationError(NOT_A_NUMBER)
        return found


class Listed(fields.String):
    """Several of a kind, one a line; commas part them too. Kept one a line, each in its plain form."""

    def __init__(self, read: Callable[[str], str | None], wrong: str, **options: Any) -> None:
        super().__init__(**options)
        self._read, self._wrong = read, wrong

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        lines = super()._deserialize(value, attr, data, **rest).replace(",", "\n").splitlines()
        typed = [part.strip() for part in lines if part.strip()]
        found = [self._read(part) for part in typed]
        wrong = [part for part, plain in zip(typed, found, strict=True) if plain is None]
        if wrong:
            raise ValidationError([self._wrong + TYPED + part[:40] for part in wrong[:10]])
        return "\n".join(plain for plain in found if plain)


def longest(field: fields.Field[Any]) -> int:
    """How many characters may be typed."""
    return int(field.metadata.get("most", LONGEST))


def said(message: str, locale: str) -> str:
    """An error in the reader's language; what was typed may stand behind the message id."""
    msgid, _, typed = message.partition(TYPED)
    return translate(locale, msgid, typed=typed) if typed else translate(locale, msgid)


def _options(label: str, required: bool, widget: str, more: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"label": label, "widget": widget, **more}
    found: dict[str, Any] = {"required": required, "error_messages": NEEDED, "metadata": metadata}
    if not required:
        found["load_default"] = None
        found["allow_none"] = True
    return found


def text(
    label: str, *, required: bool = True, most: int = LONGEST, widget: str = "text", **more: Any
) -> fields.String:
    """One line of text; `more` is hint, prefill or default."""
    length = validate.Length(min=1, max=most, error=TOO_LONG)
    return fields.String(validate=length, **_options(label, required, widget, {**more, "most": most}))


def area(label: str, *, required: bool = True, most: int = 4000, **more: Any) -> fields.String:
    """Several lines of text."""
    return text(label, required=required, most=most, widget="area", **more)


def choice(label: str, choices: Mapping[str, str], **more: Any) -> fields.String:
    """One of a few; the first is chosen unless another default is named."""
    options = _options(label, True, "radio", {"choices": choices, "default": next(iter(choices)), **more})
    return fields.String(validate=validate.OneOf(choices, error=CHOOSE), **options)


def day(label: str, *, required: bool = True, **more: Any) -> fields.Date:
    """A date."""
    options = _options(label, required, "date", more)
    options["error_messages"] = {**NEEDED, "invalid": NOT_A_DATE, "format": NOT_A_DATE}
    lowest = validate.Range(min=date(1900, 1, 1), max=date(2100, 1, 1), error=NOT_A_DATE)
    return fields.Date(validate=lowest, **options)


def money(label: str, *, required: bool = True, **more: Any) -> fields.Decimal:
    """An amount in roubles."""
    options = _options(label, required, "money", more)
    options["error_messages"] = {**NEEDED, "invalid": NOT_AN_AMOUNT, "special": NOT_AN_AMOUNT}
    bounds = validate.Range(min=Decimal("0.01"), max=Decimal(10**9), error=NOT_AN_AMOUNT)
    return fields.Decimal(places=2, as_string=True, validate=bounds, **options)


def email(label: str, *, required: bool = True, **more: Any) -> fields.Email:
    """An e-mail address."""
    options = _options(label, required, "email", more)
    options["error_messages"] = {**NEEDED, "invalid": NOT_AN_EMAIL}
    return fields.Email(validate=validate.Length(max=LONGEST, error=TOO_LONG), **options)


def phone(label: str, *, required: bool = True, **more: Any) -> Number:
    """A phone number."""
    return Number(**_options(label, required, "phone", more))


def checked(label: str, check: Callable[[str], str | None], *, required: bool = True, **more: Any) -> Checked:
    """Details with a check of forms.checks, such as an INN."""
    return Checked(check, **_options(label, required, "digits", more))


def chosen(label: str, widget: str, *, required: bool = True, **more: Any) -> fields.String:
    """The id of something of the company's, chosen from what there is: widget is tariff or account."""
    options = _options(label, required, widget, more)
    options["error_messages"] = dict.fromkeys(NEEDED, CHOOSE)
    return fields.String(validate=validate.Length(min=1, max=100, error=CHOOSE), **options)


def cards(label: str, *, required: bool = False, **more: Any) -> Listed:
    """SIM card numbers."""
    return Listed(
        parse_iccid, NOT_AN_ICCID, **_options(label, required, "area", {"most": LONGEST_LISTED, **more})
    )


def numbers(label: str, *, required: bool = False, **more: Any) -> Listed:
    """Phone numbers."""
    return Listed(
        parse_msisdn,
        NOT_A_LISTED_NUMBER,
        **_options(label, required, "area", {"most": LONGEST_LISTED, **more}),
    )
