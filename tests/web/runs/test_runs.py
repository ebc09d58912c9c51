"""Parameters, preview, confirmation, progress, result and retry, as a browser asks for them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import time_machine
from sqlalchemy import text, update

from console.runs import words as run_words
from core import clock, db
from core.tenancy import company_scope
from lines.numbers import format_msisdn
from operators.port import LineOutcome, Outcome
from runs.engine import counters
from runs.models import Run
from tests.web.runs.harness import RunPages


def test_the_form_says_what_is_chosen_and_what_it_does(harness: RunPages) -> None:
    page = harness.client.get(f"/operations/block/new?sel=department&department={harness.place.root_id}")
    assert page.status_code == 200
    assert ">25" in page.text
    assert 'value="voluntary" checked' in page.text


def test_what_is_meant_is_said_in_words_and_number_by_number(harness: RunPages) -> None:
    harness.client.post("/profile/language", data={"locale": "en"})
    line_id, other_id = harness.place.line_ids[:2]
    first, second = (format_msisdn(number) for number in harness.numbers()[:2])
    page = harness.client.get(f"/operations/block/new?sel=ids&ids={line_id}").text
    assert f'href="/lines/{line_id}" data-back-to-list>{first}</a>' in page
    assert f'<a class="btn btn-quiet" href="/lines/{line_id}" data-back-to-list>' in page
    page = harness.client.get(f"/operations/block/new?sel=ids&ids={line_id}&ids={other_id}").text
    assert "Which numbers are meant" in page
    assert second in page
    preview = harness.client.get(harness.preview(ids=[str(line_id), str(other_id)]).location).text
    assert second in preview
    everything = harness.client.get("/operations/block/new?sel=filter&query=&all=1").text
    assert "All numbers of the company" in everything
    branch = harness.client.get(
        f"/operations/block/new?sel=filter&query=department%3D{harness.place.root_id}"
    ).text
    assert "with all below it" in branch
    narrow = harness.client.get("/operations/block/new?sel=filter&query=state%3Dactive").text
    assert "All that match the filter" in narrow


def test_nothing_chosen_is_an_error_and_never_everything(harness: RunPages) -> None:
    for query in (
        "",
        "?sel=ids",
        "?sel=filter2",
        "?sel=department",
        "?sel=upload&upload=x",
        "?sel=ids&ids=abc",
    ):
        assert harness.client.get(f"/operations/block/new{query}").status_code == 422
    assert harness.client.post("/operations/block/preview", data={"reason": "lost"}).status_code == 422
    assert harness.runs() == 0


def test_ticks_get_an_address_where_they_fit(harness: RunPages) -> None:
    few = harness.client.post("/operations/block/new", data={"sel": "ids", "ids": ["1", "2"]})
    assert (few.status_code, few.location) == (303, "/operations/block/new?sel=ids&ids=1&ids=2")
    many = harness.client.post(
        "/operations/block/new", data={"sel": "ids", "ids": [str(n) for n in range(1, 2000)]}
    )
    assert many.status_code == 200
    assert ">25" in many.text


def test_an_operation_without_parameters_goes_straight_to_its_preview(harness: RunPages) -> None:
    answer = harness.client.post("/operations/unblock/new", data={"sel": "ids", "ids": ["1"]})
    assert answer.location.endswith("/preview")


def test_all_errors_at_once_and_what_was_typed_stays(harness: RunPages) -> None:
    answer = harness.preview("set_limit", amount="много", period="year", warn_at="500")
    assert answer.status_code == 422
    assert answer.text.count("field-error") == 3
    assert 'value="много"' in answer.text
    assert 'value="500"' in answer.text
    assert harness.preview("change_tariff", tariff="T-OLD").status_code == 422


def test_amounts_as_people_write_them(harness: RunPages) -> None:
    answer = harness.preview("set_limit", amount="1 500,50", period="day", warn_at="90")
    assert answer.status_code == 303
    run = harness.run(int(answer.location.split("/")[2]))
    assert run.params == {"amount": "1500.50", "period": "day", "warn_at": 90}


def test_the_preview_names_reasons_and_opens_them_to_lines(harness: RunPages) -> None:
    blocked = harness.world.lines(harness.place, 60, state="blocked")
    answer = harness.preview(ids=[str(line_id) for line_id in [*harness.place.line_ids, 999_999]])
    page = harness.client.get(answer.location)
    assert page.status_code == 200
    assert "reason=already_blocked" in page.text
    assert "/confirm" in page.text
    first = harness.client.get(answer.location + "/lines?reason=already_blocked")
    assert first.text.count("<tr>") == 1 + 50
    more = harness.client.get(answer.location + f"/lines?reason=already_blocked&after={blocked[49]}")
    assert more.text.count("<tr>") == 10
    assert harness.client.get(answer.location + "/lines?reason=nonsense").status_code == 200


def test_no_button_where_nothing_is_eligible(harness: RunPages) -> None:
    answer = harness.preview("unblock")
    page = harness.client.get(answer.location)
    assert "/confirm" not in page.text
    run_id = int(answer.location.split("/")[2])
    assert harness.client.post(f"/runs/{run_id}/confirm").location == answer.location
    assert harness.runs() == 0


def test_the_price_is_said_once_and_per_month(harness: RunPages) -> None:
    page = harness.client.get(harness.preview("change_tariff", tariff="T-M", effective="now").location)
    assert "1\u202f250,00" in page.text  # 25 lines, 50 each
    assert "5\u202f000,00" in page.text  # 200 more per month each


def test_two_clicks_make_one_run(harness: RunPages) -> None:
    run_id = int(harness.preview().location.split("/")[2])
    answers = [harness.client.post(f"/runs/{run_id}/confirm") for _ in range(3)]
    assert {answer.location for answer in answers} == {f"/runs/{run_id}"}
    assert (harness.runs(), harness.run(run_id).total) == (1, 25)
    assert harness.queue.woken == [(harness.place.company_id, run_id)] * 2
    assert harness.client.get(f"/runs/{run_id}/preview").location == f"/runs/{run_id}"


def test_many_lines_are_confirmed_by_typing_their_number(harness: RunPages) -> None:
    harness.world.lines(harness.place, 1000)
    run_id = int(
        harness.preview(sel="department", department=str(harness.place.root_id)).location.split("/")[2]
    )
    assert 'data-typed="1025"' in harness.client.get(f"/runs/{run_id}/preview").text
    assert harness.client.post(f"/runs/{run_id}/confirm").status_code == 422
    assert harness.client.post(f"/runs/{run_id}/confirm", data={"typed": "25"}).status_code == 422
    assert harness.runs() == 0
    assert harness.client.post(f"/runs/{run_id}/confirm", data={"typed": "1 025"}).status_code == 303
    assert harness.run(run_id).total == 1025


def test_progress_is_polled_until_the_run_has_ended(harness: RunPages) -> None:
    run_id = harness.start()
    page = harness.client.get(f"/runs/{run_id}")
    assert f"/runs/{run_id}/progress" in page.text
    assert f"/runs/{run_id}/stop" in page.text
    assert harness.client.get(f"/runs/{run_id}/progress").status_code == 200
    assert "%" in harness.client.get("/runs/running").text
    harness.finish(run_id)
    answer = harness.client.get(f"/runs/{run_id}/progress")
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
    page = harness.client.get(f"/runs/{run_id}")
    assert f"/runs/{run_id}/progress" not in page.text
    assert page.text.count("/lines/") >= 25


def test_the_top_bar_stops_asking_where_nothing_goes_on(harness: RunPages) -> None:
    assert harness.client.get("/runs/running").status_code == 286


def test_polling_keeps_no_session_alive(harness: RunPages) -> None:
    app = harness.client.application
    passive = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "passive", False)
    }
    assert {"runs.progress", "runs.running"} <= passive


def test_a_silent_operator_is_said_and_nothing_is_lost(harness: RunPages) -> None:
    run_id = harness.start()
    harness.operator.is_away = True
    harness.work(run_id)
    with time_machine.travel(harness.run(run_id).trouble_since.timestamp() + 120, tick=False):  # type: ignore[union-attr]
        page = harness.client.get(f"/runs/{run_id}/progress")
    assert "notice-warning" in page.text


def test_stop_leaves_the_rest_unsent(harness: RunPages) -> None:
    run_id = harness.start()
    assert harness.client.post(f"/runs/{run_id}/stop").location == f"/runs/{run_id}"
    run = harness.run(run_id)
    assert (run.state, run.cancelled) == ("cancelled", 25)
    assert harness.client.post(f"/runs/{run_id}/stop").status_code == 303
    assert harness.client.get(f"/runs/{run_id}").status_code == 200


def test_what_a_stop_left_unsent_goes_on_through_a_preview(harness: RunPages) -> None:
    run_id = harness.start()
    harness.client.post(f"/runs/{run_id}/stop")
    assert f"/runs/{run_id}/continue" in harness.client.get(f"/runs/{run_id}").text
    answer = harness.client.post(f"/runs/{run_id}/continue")
    rest = harness.run(int(answer.location.split("/")[2]))
    assert (rest.retry_of, rest.selection, rest.preview["total"]) == (
        run_id,
        {"kind": "unsent_of", "run": run_id},
        25,
    )
    assert f'href="/runs/{run_id}?state=cancelled"' in harness.client.get(answer.location).text
    harness.client.post(f"/runs/{rest.id}/confirm")
    assert harness.finish(rest.id).done == 25
    assert "/continue" not in harness.client.get(f"/runs/{rest.id}").text
    assert harness.client.post(f"/runs/{rest.id}/continue").status_code == 409


def test_a_stop_that_came_too_late_is_a_finished_run(harness: RunPages) -> None:
    harness.client.post("/profile/language", data={"locale": "en"})
    harness.operator.plan = lambda _number, _order: "accept"
    run_id = harness.start()
    harness.work(run_id)
    assert harness.run(run_id).sent == 25
    harness.client.post(f"/runs/{run_id}/stop")
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        silent = {"trouble": "silent", "trouble_since": clock.now() - timedelta(minutes=5)}
        session.execute(update(Run).where(Run.id == run_id).values(**silent))
    page = harness.client.get(f"/runs/{run_id}").text
    assert "notice-warning" in page
    assert "goes on by itself" not in page
    assert "the run goes on, and" not in page
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        counters.move(session, harness.place.company_id, run_id, clock.now(), {"sent": -25, "done": 25})
    run = harness.run(run_id)
    assert (run.state, run.finished_at is not None) == ("finished", True)
    page = harness.client.get(f"/runs/{run_id}").text
    assert run_words.state_mark(run) == run_words.FINISHED
    assert "too late: everything had been sent" in page


def test_a_run_in_which_everything_was_refused_is_not_green(harness: RunPages) -> None:
    run_id = harness.start()
    harness.operator.outcome = lambda item: LineOutcome(item, Outcome.REFUSED, "rule", "No")
    run = harness.finish(run_id)
    assert (run.done, run.refused) == (0, 25)
    assert run_words.state_mark(run).tone == "wait"
    assert "state-good" not in harness.client.get("/runs/running").text


def test_the_result_by_outcome_and_reason(harness: RunPages) -> None:
    harness.world.lines(harness.place, 3, state="blocked")
    harness.failing(2, 4)
    run_id = harness.start()
    run = harness.finish(run_id)
    assert (run.done, run.failed, run.refused) == (23, 2, 3)
    failed = harness.client.get(f"/runs/{run_id}?state=failed")
    assert failed.text.count("Switch did not answer") == 2
    refused = harness.client.get(f"/runs/{run_id}?state=refused&reason=already_blocked")
    assert refused.text.count('href="/lines/') >= 3
    assert f"/runs/{run_id}/retry" in failed.text


def test_retry_is_a_new_preview_of_the_failed(harness: RunPages) -> None:
    harness.failing(2, 4)
    run_id = harness.start()
    harness.finish(run_id)
    answer = harness.client.post(f"/runs/{run_id}/retry")
    again = harness.run(int(answer.location.split("/")[2]))
    assert (again.retry_of, again.preview["total"]) == (run_id, 2)
    assert harness.client.get(answer.location).status_code == 200
    harness.failing()
    harness.client.post(f"/runs/{again.id}/confirm")
    assert harness.finish(again.id).done == 2
    assert harness.client.post(f"/runs/{again.id}/retry").status_code == 409


def test_many_items_come_page_by_page(harness: RunPages) -> None:
    harness.world.lines(harness.place, 60)
    run_id = harness.start()
    harness.finish(run_id)
    page = harness.client.get(f"/runs/{run_id}")
    assert f"/runs/{run_id}/items" in page.text
    rest = harness.client.get(f"/runs/{run_id}/items?state=&reason=&after=50", headers={"HX-Request": "true"})
    assert rest.text.count("<tr>") == 35


def test_the_result_as_excel_says_what_the_database_says(harness: RunPages) -> None:
    harness.world.lines(harness.place, 3, state="blocked")
    harness.failing(2)
    run_id = harness.start()
    harness.finish(run_id)
    answer = harness.client.get(f"/runs/{run_id}/result.xlsx")
    assert answer.status_code == 200
    assert f"run-{run_id}-block.xlsx" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert sorted(str(row[0]) for row in rows) == sorted(f"+{number}" for number in harness.numbers())
    assert {row[10] for row in rows} == {f"{run_id}-{no}" for no in range(1, 29)}
    changed = [row for row in rows if row[8]]
    assert len(changed) == 24
    assert all(row[7] and row[7] != row[8] for row in changed)
    assert sum(row[6] == "Switch did not answer" for row in rows) == 1


def test_limits_and_tariffs_are_words_in_the_result(harness: RunPages) -> None:
    run_id = harness.start("set_limit", amount="700", period="month", warn_at="80")
    harness.finish(run_id)
    book = openpyxl.load_workbook(BytesIO(harness.client.get(f"/runs/{run_id}/result.xlsx").data))
    after = {row[8] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
    assert len(after) == 1
    assert str(Decimal("700.00")) in str(after.pop())


def test_the_list_of_runs_newest_first_page_by_page(harness: RunPages) -> None:
    assert "/uploads/new" in harness.client.get("/runs").text
    ids = [harness.start(ids=[str(line_id)]) for line_id in harness.place.line_ids]
    for again in ids:
        harness.client.post(f"/runs/{again}/stop")
    ids += [harness.start(ids=[str(line_id)]) for line_id in harness.place.line_ids[:10]]
    page = harness.client.get("/runs")
    assert page.text.count('class="run-name"') == 30
    rest = harness.client.get(f"/runs?before={sorted(ids)[-30]}", headers={"HX-Request": "true"})
    assert rest.text.count('class="run-name"') == 5
    assert "<html" not in rest.text


@pytest.mark.parametrize("path", ["", "/preview", "/progress", "/items", "/result.xlsx"])
def test_other_people_and_companies_see_nothing(harness: RunPages, path: str) -> None:
    run_id = harness.start() if path != "/preview" else int(harness.preview().location.split("/")[2])
    stranger = harness.browser(harness.world.person(harness.world.company("Other", lines=1)))
    assert stranger.get(f"/runs/{run_id}{path}").status_code == 404
    nosy = harness.browser(harness.world.person(harness.place, "own_number"))
    assert nosy.get(f"/runs/{run_id}{path}").status_code == 404


def test_runs_of_others_are_for_people_of_the_whole_company(harness: RunPages) -> None:
    run_id = harness.start()
    south = harness.browser(harness.world.person(harness.place, "numbers_manager", at="south"))
    assert south.get(f"/runs/{run_id}").status_code == 404
    assert south.post(f"/runs/{run_id}/stop").status_code == 404
    assert f"/runs/{run_id}" not in south.get("/runs").text
    colleague = harness.browser(harness.world.person(harness.place, "viewer"))
    page = colleague.get(f"/runs/{run_id}")
    assert page.status_code == 200
    assert "/stop" not in page.text
    assert colleague.post(f"/runs/{run_id}/stop").status_code == 403


def test_numbers_that_went_elsewhere_are_no_longer_shown(harness: RunPages) -> None:
    ids = [str(line_id) for line_id in harness.world.lines(harness.place, 3, department="south")]
    harness.client = harness.browser(harness.world.person(harness.place, "numbers_manager", at="south"))
    run_id = harness.start(ids=ids)
    harness.finish(run_id)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        away = {"north": harness.place.departments["north"], "id": int(ids[0])}
        session.execute(text("UPDATE lines SET department_id = :north WHERE id = :id"), away)
    assert harness.client.get(f"/runs/{run_id}").text.count('href="/lines/') == 2
    book = openpyxl.load_workbook(BytesIO(harness.client.get(f"/runs/{run_id}/result.xlsx").data))
    assert book.worksheets[0].max_row == 3


def test_what_has_grown_since_the_preview_is_shown_again_before_it_starts(harness: RunPages) -> None:
    preview = harness.preview(sel="department", department=str(harness.place.root_id), ids=[])
    run_id = int(preview.location.split("/")[2])
    harness.world.lines(harness.place, 2)
    assert harness.client.post(f"/runs/{run_id}/confirm").location == f"/runs/{run_id}/preview"
    assert harness.runs() == 0
    assert "27" in harness.client.get(f"/runs/{run_id}/preview").text
    assert harness.client.post(f"/runs/{run_id}/confirm").location == f"/runs/{run_id}"
    assert harness.run(run_id).total == 27


def test_who_may_not_do_it_is_told_so(harness: RunPages) -> None:
    viewer = harness.browser(harness.world.person(harness.place, "viewer"))
    chosen = f"sel=department&department={harness.place.root_id}"
    assert viewer.get(f"/operations/block/new?{chosen}").status_code == 403
    assert viewer.post("/operations/block/preview", data={"sel": "ids", "ids": "1"}).status_code == 403
    assert viewer.get(f"/operations/nonsense/new?{chosen}").status_code == 404
