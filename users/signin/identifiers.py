"""What people type to say who they are: a login, an e-mail address or a phone number."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat
from sqlalchemy import ColumnElement, func, or_

from users.models import User

HOME_REGION = "RU"


def normal_phone(typed: str) -> str | None:
    """E.164 without plus, as users store it; None where it is no phone number."""
    if "@" in typed or not any(character.isdigit() for character in typed):
        return None
    try:
        parsed = phonenumbers.parse(typed, HOME_REGION)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164).lstrip("+")


def reads_as_another(login: str, *, email: str, phone: str) -> bool:
    """True for a login that reads as an e-mail address or a phone number other than the person's own."""
    number = normal_phone(login)
    if number is not None:
        return number != normal_phone(phone)
    return "@" in login and login.strip().lower() != email.strip().lower()


def looked_up(typed: str) -> str:
    """What was typed as it is looked up: the same for every way to write one login, address or number."""
    return normal_phone(typed) or typed.strip().lower()


def is_named_by(typed: str) -> ColumnElement[bool]:
    """The condition on users that what was typed names them."""
    wanted = typed.strip().lower()
    conditions = [func.lower(User.login) == wanted]
    if "@" in wanted:
        conditions.append(func.lower(User.email) == wanted)
    phone = normal_phone(typed)
    if phone is not None:
        conditions.append(User.phone == phone)
    return or_(*conditions)
