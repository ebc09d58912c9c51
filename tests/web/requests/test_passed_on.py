"""A request that is passed on after its preview: the colleague looks anew before the operation is carried out."""

from __future__ import annotations

import pytest

from forms.requests.models import RequestState
from tests.web.requests.conftest import RequestPages


@pytest.fixture
def passed(harness: RequestPages) -> tuple[int, int]:
    """A request that one manager took and looked at, then passed to the other; with the run of the preview."""
    request_id = harness.office.submitted()
    harness.manager.post(f"/api/v1/desk/{request_id}/take")
    run_id = harness.manager.post(f"/api/v1/desk/{request_id}/preview").get_json()["run"]["id"]
    sent = {"assignee": harness.office.other, "text": "Отпуск"}
    assert harness.manager.post(f"/api/v1/desk/{request_id}/pass", json=sent).status_code == 200
    return request_id, run_id


def test_the_colleague_is_asked_to_look_first(harness: RequestPages, passed: tuple[int, int]) -> None:
    request_id, run_id = passed
    sent = {"text": "Сделано", "run": run_id}
    answer = harness.other.post(f"/api/v1/desk/{request_id}/resolve", json=sent)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "look_first")
    assert harness.other.post(f"/desk/{request_id}/resolve", data=sent).status_code == 409
    page = harness.other.get(f"/desk/{request_id}/resolve?run={run_id}", follow_redirects=True)
    assert page.request.path == f"/desk/{request_id}"
    assert "Сначала проверьте, что сделает операция" in page.text
    assert harness.office.request(request_id).state == RequestState.TAKEN


def test_after_looking_anew_the_colleague_carries_it_out(
    harness: RequestPages, passed: tuple[int, int]
) -> None:
    request_id, _ = passed
    shown = harness.other.post(f"/desk/{request_id}/preview").location
    assert harness.other.get(shown).status_code == 200
    sent = {"text": "Сделано", "run": shown.rpartition("=")[2]}
    assert harness.other.post(f"/desk/{request_id}/resolve", data=sent).status_code == 303
    assert harness.office.request(request_id).state == RequestState.RESOLVED


def test_a_run_that_has_gone_off_is_no_preview(harness: RequestPages, passed: tuple[int, int]) -> None:
    request_id, _ = passed
    shown = harness.other.post(f"/desk/{request_id}/preview").location
    harness.office.sql("UPDATE runs SET state = 'cancelled'")
    page = harness.other.get(shown, follow_redirects=True)
    assert page.request.path == f"/desk/{request_id}"
