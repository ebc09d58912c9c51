"""Lists with a second column: the fields of a request that are filled from what stands beside its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from forms.documents.types import get_type
from forms.requests import content, execution, service, submission
from forms.requests.models import Request
from lines.uploads import service as uploads
from rbac.actor import Actor
from runs.selection import parse
from tests.integration.forms.conftest import Office, card, said, table

REPLACE = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "89161234567"}
CHANGE = {**REPLACE, "deed": "change_number"}


def numbers(office: Office) -> list[str]:
    return [row[0] for row in office.sql("SELECT msisdn FROM lines ORDER BY msisdn")]


def upload(office: Office, folder: Path, rows: Sequence[Sequence[object]]) -> dict[str, Any]:
    """The selection of an uploaded list with these rows."""
    path = folder / "list.xlsx"
    path.write_bytes(table(rows))
    made = office.as_customer(
        lambda session, actor: uploads.save_upload(session, actor, office.parts, path, path.name).id
    )
    return {"kind": "upload", "upload": made}


def filled(
    office: Office, values: dict[str, str], selection: dict[str, Any], request_id: int | None = None
) -> tuple[Request, dict[str, list[str]]]:
    """A draft filled in for these numbers, and what is wrong with it."""

    def work(session: Session, actor: Actor) -> tuple[int, dict[str, list[str]]]:
        form = get_type("numbers_and_sims")
        draft = (
            service.get_request(session, actor, request_id)
            if request_id
            else submission.new_draft(session, actor, form)
        )
        return draft.id, submission.fill(session, actor, office.parts, draft, values, parse(selection)).errors

    request_id, errors = office.as_customer(work)
    return office.request(request_id), errors


def test_cards_of_the_list_go_along_in_the_order_of_its_rows(office: Office, tmp_path: Path) -> None:
    given = {number: card(no) for no, number in reversed([*enumerate(numbers(office))])}
    rows = [("Номер", "Новая SIM-карта"), *given.items()]
    request, errors = filled(office, REPLACE, upload(office, tmp_path, rows))
    assert errors == {}
    assert request.lines == 12
    assert request.values["cards"].split() == list(given.values())
    lines = office.as_customer(
        lambda session, actor: content.lines_of(session, service.get_request(session, actor, request.id))
    )
    assert [line.msisdn for line in lines] == list(given)
    operation = office.as_customer(
        lambda session, actor: execution.operation_of(
            office.parts, service.get_request(session, actor, request.id)
        )
    )
    assert operation is not None
    assert operation.code == "replace_sim"
    lines = office.sql("SELECT id, msisdn FROM lines")
    params = office.as_customer(lambda session, actor: _params(session, actor, request.id))
    assert params == {"values": {str(line_id): given[msisdn] for line_id, msisdn in lines}}


def test_typed_cards_follow_the_rows_of_the_list(office: Office, tmp_path: Path) -> None:
    order = numbers(office)[::-1]
    typed = [card(100 + no) for no in range(12)]
    values = {**REPLACE, "cards": "\n".join(typed)}
    rows = [[number] for number in order]
    request, errors = filled(office, values, upload(office, tmp_path, [rows[0], ["нет такого"], *rows[1:]]))
    assert errors == {}
    params = office.as_customer(lambda session, actor: _params(session, actor, request.id))
    ids = {row[0]: row[1] for row in office.sql("SELECT msisdn, id FROM lines")}
    assert params["values"] == {str(ids[number]): card for number, card in zip(order, typed, strict=True)}


def _params(session: Session, actor: Actor, request_id: int) -> Any:
    request = service.get_request(session, actor, request_id)
    form = get_type(request.form)
    assert form.carries is not None
    return form.carries.params(request.values, content.lines_of(session, request))


def test_new_numbers_need_a_header_that_says_so(office: Office, tmp_path: Path) -> None:
    new = [f"7999555{no:04d}" for no in range(12)]
    pairs = list(zip(numbers(office), new, strict=True))
    request, errors = filled(office, CHANGE, upload(office, tmp_path, [("Номер", "Новый номер"), *pairs]))
    assert errors == {}
    assert request.values["new_numbers"].split() == new
    request, _ = filled(office, CHANGE, upload(office, tmp_path, [("Номер", "Контакт"), *pairs]))
    assert not request.values["new_numbers"]


def test_a_mistyped_cell_is_named_and_the_corrected_list_replaces_it(office: Office, tmp_path: Path) -> None:
    rows = [[number, card(no)] for no, number in enumerate(numbers(office))]
    mistyped = card(3)[:-1] + str((int(card(3)[-1]) + 1) % 10)
    rows[3][1] = mistyped
    request, errors = filled(office, REPLACE, upload(office, tmp_path, rows))
    assert list(errors) == ["cards"]
    assert mistyped in said(errors["cards"][0])
    kept = request.values["cards"]
    assert kept.split()[3] == mistyped
    rows[3][1] = card(3)
    corrected = upload(office, tmp_path, rows)
    request, errors = filled(office, {**REPLACE, "cards": kept}, corrected, request.id)
    assert errors == {}
    assert request.values["cards"].split() == [row[1] for row in rows]


def test_a_column_with_gaps_is_said_at_its_field(office: Office, tmp_path: Path) -> None:
    rows = [[number, card(no)] for no, number in enumerate(numbers(office))]
    rows[5][1] = ""
    request, errors = filled(office, REPLACE, upload(office, tmp_path, rows))
    assert list(errors) == ["cards"]
    assert rows[5][0][-2:] in said(errors["cards"][0])
    assert not request.values["cards"]


@pytest.mark.parametrize("what", ["typed", "only_numbers", "present_cards", "other_deed"])
def test_the_list_is_left_alone(office: Office, tmp_path: Path, what: str) -> None:
    """What was typed counts before it; present cards are no new ones; a deed takes its own column only."""
    rows: list[tuple[str, ...]] = [(number, card(no)) for no, number in enumerate(numbers(office))]
    values, expected = dict(REPLACE), ""
    if what == "typed":
        expected = values["cards"] = "\n".join(card(100 + no) for no in range(12))
    elif what == "only_numbers":
        rows = [row[:1] for row in rows]
    elif what == "present_cards":
        present = {row[0]: card(500 + row[1]) for row in office.sql("SELECT msisdn, id FROM lines")}
        for msisdn, iccid in present.items():
            office.sql("UPDATE lines SET iccid = :iccid WHERE msisdn = :msisdn", iccid=iccid, msisdn=msisdn)
        rows = list(present.items())
    else:
        values["deed"] = "change_number"
    request, errors = filled(office, values, upload(office, tmp_path, rows))
    assert errors == {}
    assert (request.values["cards"] or "") == expected
    assert not request.values["new_numbers"]
