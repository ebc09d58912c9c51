"""Checks of details: right ones pass in any writing; a mistyped digit of an account is always found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.fields import plain
from forms.documents import checks

INNS = ("7707083893", "7736050003", "500100732259")
OGRNS = ("1027700132195", "1027739850962", "304500116000157")
# The bank details that Sberbank publishes: BIC, correspondent account; the other accounts are made by the rule.
BIC = "044525225"
CORRESPONDENT = "30101810400000000225"


def account(bic: str, body: str = "40702810{}38000000001") -> str:
    """An account with the check digit that fits the BIC, as the Bank of Russia's rule makes it."""
    weights = (7, 1, 3) * 8
    zeroed = bic[-3:] + body.format("0")
    total = sum(int(digit) * weight % 10 for digit, weight in zip(zeroed, weights, strict=False))
    return body.format(total % 10 * 3 % 10)


ACCOUNT = account(BIC)


@pytest.mark.parametrize("inn", INNS)
def test_right_inns_pass(inn: str) -> None:
    assert checks.inn_problem(inn) is None


@pytest.mark.parametrize("ogrn", OGRNS)
def test_right_ogrns_pass(ogrn: str) -> None:
    assert checks.ogrn_problem(ogrn) is None


def test_right_accounts_pass() -> None:
    assert checks.account_problem(ACCOUNT, BIC) is None
    assert checks.account_problem(CORRESPONDENT, BIC) is None


RIGHT = [
    *((checks.inn_problem, inn) for inn in INNS),
    *((checks.ogrn_problem, ogrn) for ogrn in OGRNS),
    (lambda typed: checks.account_problem(typed, BIC), ACCOUNT),
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(RIGHT), st.data())
def test_one_mistyped_digit_is_found(right: tuple[object, str], data: st.DataObject) -> None:
    check, text = right
    place = data.draw(st.integers(0, len(text) - 1))
    digit = data.draw(st.sampled_from([character for character in "0123456789" if character != text[place]]))
    problem = check(text[:place] + digit + text[place + 1 :])  # type: ignore[operator]
    # Sums modulo 11 that give 10 and 0 share a check digit: a few slips of INN and OGRN cannot be seen by any rule.
    if len(text) == 20:
        assert problem == checks.ACCOUNT_DIGIT


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (checks.inn_problem("770708389"), checks.INN_LENGTH),
        (checks.inn_problem("7707083894"), checks.INN_DIGIT),
        (checks.inn_problem("77070838АБ"), checks.ONLY_DIGITS),
        (checks.inn_problem("٧٧٠٧٠٨٣٨٩٣"), checks.ONLY_DIGITS),
        (checks.inn_problem("7707083893", length=12), checks.INN_PERSON),
        (checks.kpp_problem("773601001"), None),
        (checks.kpp_problem("7736AB001"), None),
        (checks.kpp_problem("77360100"), checks.KPP_FORM),
        (checks.kpp_problem("000001001"), checks.KPP_FORM),
        (checks.ogrn_problem("1027700132196"), checks.OGRN_DIGIT),
        (checks.ogrn_problem("102770013219"), checks.OGRN_LENGTH),
        (checks.bic_problem("044525225"), None),
        (checks.bic_problem("144525225"), checks.BIC_FORM),
        (checks.account_problem("4070281003800000000"), checks.ACCOUNT_LENGTH),
        (checks.account_problem(CORRESPONDENT, "044525974"), checks.ACCOUNT_DIGIT),
    ],
)
def test_what_is_wrong_is_said(problem: str | None, expected: str | None) -> None:
    assert problem == expected


def test_blanks_and_hyphens_do_not_matter() -> None:
    assert plain(" 7707 083-893 ") == "7707083893"
    assert plain("7736ab001") == "7736AB001"
