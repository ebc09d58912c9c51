"""Checks of Russian company and bank details, check digits included: each returns the problem, or None."""

from __future__ import annotations

import re
from typing import Final

from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

from core.i18n import N_

_KPP: Final = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}")
_WEIGHTS: Final = (7, 1, 3)

ONLY_DIGITS = N_("Only digits belong here.")
INN_LENGTH = N_("An INN has 10 digits for a company and 12 for a person.")
INN_COMPANY = N_("The INN of a company has 10 digits.")
INN_PERSON = N_("The INN of a person has 12 digits.")
INN_DIGIT = N_("The check digit of this INN is wrong: a digit is mistyped. Compare it with the certificate.")
KPP_FORM = N_("A KPP has 9 characters, such as 770701001.")
OGRN_LENGTH = N_("An OGRN has 13 digits, that of a sole trader 15.")
OGRN_DIGIT = N_(
    "The check digit of this OGRN is wrong: a digit is mistyped. Compare it with the extract from the register."
)
BIC_FORM = N_("A BIC has 9 digits and begins with 04, or 01 for the treasury.")
ACCOUNT_LENGTH = N_("An account number has 20 digits.")
ACCOUNT_DIGIT = N_(
    "The check digit of this account does not fit the BIC: a digit of one of them is mistyped. "
    "Compare both with the details of your bank."
)


def inn_problem(inn: str, *, length: int | None = None) -> str | None:
    """The problem of an INN; `length` 10 asks for a company's, 12 for a person's."""
    if not _is_digits(inn):
        return ONLY_DIGITS
    if length is not None and len(inn) != length:
        return INN_COMPANY if length == 10 else INN_PERSON
    if len(inn) not in (10, 12):
        return INN_LENGTH
    return None if stdnum_inn.is_valid(inn) else INN_DIGIT


def kpp_problem(kpp: str) -> str | None:
    """The problem of a KPP: it has no check digit, only a form."""
    return None if _KPP.fullmatch(kpp) and not kpp.startswith("0000") else KPP_FORM


def ogrn_problem(ogrn: str) -> str | None:
    """The problem of an OGRN of a company or of a sole trader."""
    if not _is_digits(ogrn):
        return ONLY_DIGITS
    if len(ogrn) not in (13, 15):
        return OGRN_LENGTH
    return None if stdnum_ogrn.is_valid(ogrn) else OGRN_DIGIT


def bic_problem(bic: str) -> str | None:
    """The problem of a BIC of the Bank of Russia: it has no check digit either."""
    is_fine = _is_digits(bic) and len(bic) == 9 and bic[:2] in ("04", "01")
    return None if is_fine else BIC_FORM


def account_problem(account: str, bic: str | None = None) -> str | None:
    """The problem of a bank account; with a BIC the check digit is checked too.

    The rule of the Bank of Russia: the last three digits of the BIC before the account, for an account at the
    Bank of Russia itself "0" with its fifth and sixth digit; weights 7, 1, 3; the sum of last digits ends with 0.
    A correspondent account of a bank ends with the last three digits of its BIC.
    """
    if not _is_digits(account):
        return ONLY_DIGITS
    if len(account) != 20:
        return ACCOUNT_LENGTH
    if bic is None or bic_problem(bic) is not None:
        return None
    if account.startswith("30101") and account[-3:] != bic[-3:]:
        return ACCOUNT_DIGIT
    key = f"0{bic[4:6]}" if _is_at_central_bank(account, bic) else bic[-3:]
    total = sum(int(digit) * _WEIGHTS[place % 3] % 10 for place, digit in enumerate(key + account))
    return None if total % 10 == 0 else ACCOUNT_DIGIT


def _is_at_central_bank(account: str, bic: str) -> bool:
    """Correspondent accounts of banks, and all accounts where the BIC names a branch of the Bank of Russia."""
    return account.startswith("30101") or bic[-3:] in ("000", "001", "002")


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
