"""The identifiers that people sign in with: a login, an e-mail address or a phone number."""

from __future__ import annotations

import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat
from sqlalchemy import ColumnElement, func, or_

from core.i18n import N_
from core.looks import INVISIBLE, has_invisible, mixes_alphabets
from core.phones import says_only
from users.models import User

HOME_REGION = "RU"


def normal_login(typed: str) -> str:
    """A login as it is kept: one form of what keyboards write differently."""
    return unicodedata.normalize("NFKC", typed).strip()


def login_in_company(login: str, company_id: int) -> str:
    """The login with the ending of its company, so that nobody learns which logins others have.

    What may be no login stays as it was typed.
    """
    ending = f".{company_id}"
    return login if login.endswith(ending) or login_problem(login) else login + ending


def login_problem(login: str) -> str | None:
    """The reason why this may be nobody's login, as a message id; None where it may be one."""
    if has_invisible(login):
        return INVISIBLE
    if not 3 <= len(login) <= 100 or any(character.isspace() for character in login):
        return N_("Use 3 to 100 characters without spaces.")
    if mixes_alphabets(login):
        return N_("Use letters of one alphabet: some Latin and Cyrillic letters look the same.")
    if may_be_shared(login):
        return N_("Choose a short name: by an e-mail address and a phone number people can sign in anyway.")
    return None


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
    number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164).lstrip("+")
    return number if says_only(typed, number) else None


def may_be_shared(typed: str) -> bool:
    """True for a name that several people may have: logins are unique, addresses and numbers are not."""
    return "@" in typed or normal_phone(typed) is not None


def looked_up(typed: str) -> str:
    """The form in which an identifier is looked up: the same for every way to write one login, address or number."""
    return normal_phone(typed) or normal_login(typed).lower()


def is_named_by(typed: str) -> ColumnElement[bool]:
    """The condition on users that what was typed names them."""
    name = normal_login(typed).lower()
    # Before logins were brought into one form they were kept as typed.
    conditions: list[ColumnElement[bool]] = [func.lower(User.login).in_({name, typed.strip().lower()})]
    if "@" in name:
        conditions.append(func.lower(User.email) == name)
    phone = normal_phone(typed)
    if phone is not None:
        conditions.append(User.phone == phone)
    return or_(*conditions)
