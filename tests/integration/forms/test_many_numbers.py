"""Requests about more numbers than a statement takes single values."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.fields import MOST_SAID
from forms.requests import content
from tests.integration.forms.conftest import Office, card, said


def typed(office: Office, strangers: int) -> str:
    """The company's own numbers, the second of them by its SIM card, and many that nobody has."""
    own = [msisdn for (msisdn,) in office.sql("SELECT msisdn FROM lines ORDER BY id")]
    own[1] = card(1)
    office.sql("UPDATE lines SET iccid = :card WHERE id = :id", card=own[1], id=office.place.line_ids[1])
    return "\n".join([*own, *(f"7999{number:07d}" for number in range(strangers))])


def test_more_numbers_are_typed_than_a_statement_takes_values(office: Office) -> None:
    text = typed(office, 66_000)
    with pytest.raises(InvalidInput) as caught:
        office.as_customer(lambda session, actor: content.find_numbers(session, actor, text))
    assert caught.value.code == "unknown_numbers"
    assert len(caught.value.fields["numbers"]) == MOST_SAID
    assert "79990000000" in said(caught.value.fields["numbers"][0])


def test_numbers_and_cards_are_found_in_the_order_typed(office: Office) -> None:
    text = "\n".join(reversed(typed(office, 0).splitlines()))
    ids = office.as_customer(lambda session, actor: content.find_numbers(session, actor, text))
    assert ids == list(reversed(office.place.line_ids))
