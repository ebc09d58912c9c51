"""Fields that another choice hides: what was typed in them before counts for nothing."""

from __future__ import annotations

from typing import Any

from forms.documents.form import FormLine
from forms.documents.types import get_type
from forms.requests import content
from forms.requests.content import Checked
from tests.integration.forms.conftest import Office, card

VALUES = {"deed": "change_number", "reason": "lost", "contact": "Анна", "phone": "89161234567"}


def checked(office: Office, **typed: Any) -> Checked:
    lines = [FormLine(1, "79160000001", card(1), "")]
    form = get_type("numbers_and_sims")
    values = {**VALUES, **typed}
    return office.as_customer(lambda session, actor: content.check(session, actor, form, values, lines))


def test_what_is_wrong_in_a_hidden_field_keeps_nobody(office: Office) -> None:
    assert checked(office, cards="89 и так далее").errors == {}


def test_what_stands_in_a_hidden_field_is_not_kept(office: Office) -> None:
    request = checked(office, cards=card(2), new_numbers="79990000001")
    assert (request.values["cards"], request.values["new_numbers"]) == (None, "79990000001")
    request = checked(office, deed="replace_sim", cards=card(2), new_numbers="79990000001")
    assert (request.values["cards"], request.values["new_numbers"]) == (card(2), None)


def test_without_the_other_choice_it_is_asked_for(office: Office) -> None:
    for deed in (None, "", ["replace_sim"]):
        assert list(checked(office, deed=deed, cards="89").errors) == ["deed"]


def test_in_the_field_that_counts_it_is_said(office: Office) -> None:
    assert list(checked(office, new_numbers="89").errors) == ["new_numbers"]
    assert list(checked(office, deed="replace_sim", cards="89").errors) == ["cards"]
