"""Fields that need the domain: phone numbers, SIM cards, tariffs, billing accounts, departments.

What is chosen by name or id is read here; `lines/field_values.py` says whether it is there and offered to the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Unpack

from marshmallow import ValidationError, fields, validate

from core.bounds import LARGEST
from core.fields import AREA, CHOOSE, FieldInfo, Listed, More, WholeNumber, options
from core.i18n import N_
from core.phones import says_only
from lines.numbers import format_iccid, format_msisdn, parse_iccid, parse_msisdn

PHONE: Final = "phone"
TARIFF: Final = "tariff"
ACCOUNT: Final = "account"
DEPARTMENT: Final = "department"

EVERYTHING = N_("All that you may see")
NO_DEPARTMENT = N_("No department")
NOT_A_NUMBER = N_("This is not a phone number.")
ONE_NUMBER = N_("Give one phone number here, without an extension or a second number.")
NOT_AN_ICCID = N_(
    "“%(typed)s” is not the number of a SIM card: 19 or 20 digits that begin with 89, the last a check digit."
)
NOT_A_LISTED_NUMBER = N_("“%(typed)s” is not a phone number.")
MOST_LISTED: Final = 100_000
LONGEST_LISTED: Final = MOST_LISTED * 24
"""Of a field with one for each number: 20 digits with what people put between them and the end of the line."""


class Phone(fields.String):
    """A phone number in any writing; kept as E.164 without plus."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        typed = super()._deserialize(value, attr, data, **kwargs)
        number = parse_msisdn(typed)
        if number is None:
            raise ValidationError(NOT_A_NUMBER)
        if not says_only(typed, number):
            raise ValidationError(ONE_NUMBER)
        return number


def phone(label: str, *, required: bool = True, **more: Unpack[More]) -> Phone:
    """One phone number."""
    return Phone(**options(FieldInfo(label, PHONE, **more), required))


def numbers(label: str, *, required: bool = False, **more: Unpack[More]) -> Listed:
    """Phone numbers, one a line."""
    info = FieldInfo(label, AREA, longest=LONGEST_LISTED, **more)
    return Listed(parse_msisdn, format_msisdn, NOT_A_LISTED_NUMBER, **options(info, required))


def cards(label: str, *, required: bool = False, **more: Unpack[More]) -> Listed:
    """Numbers of SIM cards (ICCID), one a line."""
    info = FieldInfo(label, AREA, longest=LONGEST_LISTED, **more)
    return Listed(parse_iccid, format_iccid, NOT_AN_ICCID, **options(info, required))


def tariff(label: str, *, required: bool = True, **more: Unpack[More]) -> fields.String:
    """The id of a tariff that is offered."""
    return _chosen(FieldInfo(label, TARIFF, **more), required)


def account(label: str, *, required: bool = True, **more: Unpack[More]) -> fields.String:
    """The number of a billing account that the person may name."""
    return _chosen(FieldInfo(label, ACCOUNT, **more), required)


def department(label: str, *, required: bool = True, none: str = "", **more: Unpack[More]) -> fields.Integer:
    """The id of a department on which the person holds the right that the form is about.

    Where it is not required, `none` is the text of choosing none: NO_DEPARTMENT, or EVERYTHING.
    """
    info = FieldInfo(label, DEPARTMENT, none="" if required else none or NO_DEPARTMENT, **more)
    bounds = validate.Range(0, LARGEST, error=CHOOSE)
    return WholeNumber(validate=bounds, **options(info, required, CHOOSE, absent=CHOOSE))


def _chosen(info: FieldInfo, required: bool) -> fields.String:
    length = validate.Length(min=1, max=100, error=CHOOSE)
    return fields.String(validate=length, **options(info, required, CHOOSE, absent=CHOOSE))
