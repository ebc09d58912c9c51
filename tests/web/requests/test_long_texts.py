"""What is far too long: a draft keeps what is needed to say so, and lists carry no documents along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from core import db
from lines.fields import LONGEST_LISTED
from tests.integration.forms.conftest import TARIFF, card
from tests.web.requests.conftest import RequestPages, keep

SIMS = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "12"}


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    said: list[str] = []

    def note(_one: object, _two: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield said
    event.remove(db.engine(), "before_cursor_execute", note)


def kept(harness: RequestPages, request_id: int) -> dict[str, str]:
    return harness.office.request(request_id).values


def test_a_text_that_is_too_long_stays_too_long_in_the_draft(harness: RequestPages) -> None:
    draft = keep(harness, "claim", contact="я" * 300_000, phone="9" * 300_000)
    assert {name: len(text) for name, text in kept(harness, draft).items() if len(text) > 100} == {
        "contact": 201,
        "phone": 201,
    }
    answer = harness.customer.post(f"/requests/{draft}/submit")
    assert answer.status_code == 422


def test_as_many_cards_as_a_request_takes_numbers_are_kept_whole(harness: RequestPages) -> None:
    cards = "\n".join(card(number) for number in range(100_000))
    assert len(cards) < LONGEST_LISTED
    draft = keep(harness, "numbers_and_sims", **SIMS, cards=cards)
    assert kept(harness, draft)["cards"] == cards


def test_an_address_has_a_longest_length(harness: RequestPages) -> None:
    answer = harness.app.test_client().post("/connect", data={"email": "a" * 300 + "@b.ru"})
    assert answer.status_code == 422
    assert "Слишком длинно" in answer.text


@pytest.mark.parametrize(
    "address", ["/requests", "/api/v1/requests", "/desk?view=all", "/api/v1/desk?view=all"]
)
def test_lists_do_not_read_the_documents(harness: RequestPages, address: str) -> None:
    harness.office.submitted()
    client = harness.manager if "desk" in address else harness.customer
    with statements() as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    assert "З-20" in answer.get_data(as_text=True) or "\\u0417-20" in answer.get_data(as_text=True)
    assert [statement for statement in asked if "requests.number" in statement]
    assert not [statement for statement in asked if "requests.values" in statement]
    if "/api/" in address:
        (item,) = answer.get_json()["items"]
        assert "values" not in item


def test_a_single_request_has_its_values(harness: RequestPages) -> None:
    request_id = harness.office.submitted()
    for client, side in ((harness.customer, "requests"), (harness.manager, "desk")):
        body = client.get(f"/api/v1/{side}/{request_id}").get_json()
        assert body["values"]["tariff"] == TARIFF["tariff"]
