"""What was confirmed is what runs: where more came together since the preview, it is shown again."""

from __future__ import annotations

from runs.models import RunState
from tests.web.runs.desk import Desk


def test_more_numbers_than_were_shown_are_asked_about_again(desk: Desk) -> None:
    shown = len(desk.place.line_ids)
    answer = desk.preview(sel="department", department=desk.place.root_id)
    run_id = int(answer.location.split("/")[2])
    desk.world.lines(desk.place, 2)
    confirmed = desk.client.post(f"/runs/{run_id}/confirm", data={"typed": str(shown)})
    assert (confirmed.status_code, confirmed.location) == (303, f"/runs/{run_id}/preview")
    run = desk.run(run_id)
    assert (run.state, run.preview["allowed"], run.total) == (RunState.PREVIEWED, shown + 2, 0)
    page = desk.client.get(confirmed.location).text
    assert f"{shown + 2}" in page
    assert 'role="status"' in page or "notice" in page
    assert desk.queue.woken == []
    again = desk.client.post(f"/runs/{run_id}/confirm", data={"typed": str(shown + 2)})
    assert again.location == f"/runs/{run_id}"
    assert desk.run(run_id).total == shown + 2


def test_fewer_numbers_than_were_shown_just_run(desk: Desk) -> None:
    answer = desk.preview()
    run_id = int(answer.location.split("/")[2])
    first = desk.start(sel="ids", ids=[str(desk.place.line_ids[0])])
    desk.finish(first)
    confirmed = desk.client.post(
        f"/runs/{run_id}/confirm", data={"typed": str(desk.run(run_id).preview["allowed"])}
    )
    assert confirmed.location == f"/runs/{run_id}"
    assert desk.run(run_id).refused == 1
