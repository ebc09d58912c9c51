"""What was confirmed is what runs: where more came together since the preview, it is shown again."""

from __future__ import annotations

from runs.models import RunState
from tests.web.runs.harness import RunPages


def test_more_numbers_than_were_shown_are_asked_about_again(harness: RunPages) -> None:
    shown = len(harness.place.line_ids)
    answer = harness.preview(sel="department", department=harness.place.root_id)
    run_id = int(answer.location.split("/")[2])
    harness.world.lines(harness.place, 2)
    confirmed = harness.client.post(f"/runs/{run_id}/confirm", data={"typed": str(shown)})
    assert (confirmed.status_code, confirmed.location) == (303, f"/runs/{run_id}/preview")
    run = harness.run(run_id)
    assert (run.state, run.preview["allowed"], run.total) == (RunState.PREVIEWED, shown + 2, 0)
    page = harness.client.get(confirmed.location).text
    assert f"{shown + 2}" in page
    assert 'role="status"' in page or "notice" in page
    assert harness.queue.woken == []
    again = harness.client.post(f"/runs/{run_id}/confirm", data={"typed": str(shown + 2)})
    assert again.location == f"/runs/{run_id}"
    assert harness.run(run_id).total == shown + 2


def test_fewer_numbers_than_were_shown_just_run(harness: RunPages) -> None:
    answer = harness.preview()
    run_id = int(answer.location.split("/")[2])
    first = harness.start(sel="ids", ids=[str(harness.place.line_ids[0])])
    harness.finish(first)
    confirmed = harness.client.post(
        f"/runs/{run_id}/confirm", data={"typed": str(harness.run(run_id).preview["allowed"])}
    )
    assert confirmed.location == f"/runs/{run_id}"
    assert harness.run(run_id).refused == 1
