"""An operation that no page knows of appears on every page by itself, also one that asks for a date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core import clock, fields
from lines.operations import block
from operators.changes import Change
from rbac.permissions import Permission
from runs.operation import Operation
from tests.web.main_job.desk import Desk


class LostParams(fields.FieldSchema):
    """A field of which only its kind says how to draw it."""

    lost_on = fields.day("Lost on")


LOST = Operation(
    code="report_lost",
    words=block.OPERATION.words,
    permission=Permission.LINES_BLOCK,
    icon="flag",
    schema=LostParams,
    refusals=block.OPERATION.refusals,
    change=lambda params: Change(state="blocked", block_reason="lost"),
    effect=lambda params: {"state": "blocked", "block_reason": "lost"},
    group="block",
)


@pytest.fixture(autouse=True)
def known(desk: Desk) -> Iterator[None]:
    operations = desk.parts.operations
    operations["report_lost"] = LOST
    yield
    del operations["report_lost"]


def test_it_has_buttons_and_stands_in_the_api(desk: Desk) -> None:
    for address in ("/lines", f"/lines/{desk.place.line_ids[0]}"):
        assert "/operations/report_lost/new" in desk.client.get(address).text, address
    found = {one["code"]: one for one in desk.client.get("/api/v1/operations").get_json()}
    assert found["report_lost"]["parameters"]["properties"]["lost_on"]["format"] == "date"


def test_a_date_is_picked_and_said_as_people_say_it(desk: Desk) -> None:
    page = desk.client.get(f"/operations/report_lost/new?sel=ids&ids={desk.place.line_ids[0]}")
    assert 'name="lost_on" type="date"' in page.text
    wrong = desk.preview("report_lost", lost_on="вчера")
    assert wrong.status_code == 422
    assert "Укажите дату: день, месяц и год." in wrong.text
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
    run_id = desk.start("report_lost", lost_on=yesterday)
    page = desk.client.get(f"/runs/{run_id}")
    assert f'<time datetime="{yesterday}">' in page.text
    assert desk.finish(run_id).done == len(desk.place.line_ids)
