"""Killed while a request is being resolved: both or neither, every line once, and everybody told once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from devtools import factory
from devtools.audit import ordered_items, problems
from devtools.factory import Factory
from devtools.servers.postgres import FAST_AND_FORGETFUL
from forms.requests.models import RequestState
from runs.models import FINAL, RunState
from tests.faults.conftest import SETTINGS
from tests.faults.resolving import (
    CUSTOMER_MAIL,
    MANAGER_MAIL,
    Office,
    in_background,
    open_office,
    some_lines,
    steps_told,
    stuck,
    subject_of,
    wait_until,
)
from tests.fixtures.mail import Mailbox

pytestmark = pytest.mark.faults
LINES, FEW, KILLS = 3000, 40, 8
HALF_WAY = ("run_items", "notices")
"""Tables that a resolution writes after the run was set going, and last of all before its commit."""


@pytest.fixture(scope="module")
def running_plant(mailbox: Mailbox) -> Iterator[Factory]:
    """A company with so many lines, and a mail server that keeps what is sent."""
    settings = {**SETTINGS, "OPERATOR_ORDER_ITEMS": "50", "SMTP_URL": mailbox.url}
    with factory.running(LINES, settings, database=FAST_AND_FORGETFUL) as started:
        yield started


@pytest.fixture(scope="module")
def office(running_plant: Factory) -> Office:
    return open_office(running_plant)


def came(mailbox: Mailbox, subject: str) -> list[str]:
    """To whom mails of this subject came."""
    return [str(mail["To"]) for mail in mailbox.mails if mail["Subject"] == subject]


def finish(office: Office, request_id: int, run_id: int, lines: int) -> None:
    """The run ends, both sides are told of it once, and nothing is left to say against any of it."""
    plant = office.plant
    run = plant.wait(run_id, patience=60.0)
    office.wait_until_told(request_id)
    assert problems(plant, run_id) == []
    assert run.total == lines == len(ordered_items(plant, run_id)) + run.refused
    request = office.stored(request_id)
    assert (request.state, request.run_id) == (RequestState.RESOLVED, run_id)
    outcomes = office.outcomes(request_id)
    assert len(outcomes) == lines
    assert {outcome.state for outcome in outcomes} <= set(FINAL)
    counts = steps_told(plant, request_id, "resolve")
    assert counts["events"].total() == counts["journal"].total() == 1
    assert (counts["notices"], counts["mails"]) == ({plant.user_id: 1}, {CUSTOMER_MAIL: 1})
    counts = steps_told(plant, request_id, "report")
    assert counts["events"].total() == counts["journal"].total() == 1
    assert counts["notices"] == {plant.user_id: 1, office.manager_id: 1}
    assert counts["mails"] == {CUSTOMER_MAIL: 1, MANAGER_MAIL: 1}


def test_workers_killed_in_the_middle(
    plant: Factory, office: Office, dice: random.Random, mailbox: Mailbox
) -> None:
    request_id = office.request("T-MAXIMUM")
    run_id = office.preview(request_id)
    plant.admin("PUT", "limit", {"requestsPerSecond": 4})
    office.resolve(request_id, run_id)
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.0, 0.4))
        assert plant.run(run_id).finished_at is None, "the run was too short for this"
        plant.kill(dice.choice(plant.wait_for_runners() + plant.worker_pids("sweeper")))
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    finish(office, request_id, run_id, LINES)
    subject = subject_of("report", office.stored(request_id).number)
    wait_until(lambda: len(came(mailbox, subject)) == 2, "the mails of the outcome did not come")
    assert set(came(mailbox, subject)) == {CUSTOMER_MAIL, MANAGER_MAIL}


def test_the_web_server_killed_before_and_after_the_commit(
    plant: Factory, office: Office, dice: random.Random
) -> None:
    request_id = office.request("T-OFFICE", some_lines(plant, FEW, without="T-OFFICE"))
    run_id = office.preview(request_id)
    token = office.visitor.token(f"/desk/{request_id}/resolve?run={run_id}")
    resolution = office.send_resolution, request_id, run_id, token
    with stuck(plant, dice.choice(HALF_WAY)) as wait, in_background(*resolution) as sent:
        wait()
        plant.children["web"].kill()
        assert isinstance(sent.exception(), OSError)
    request, run = office.stored(request_id), plant.run(run_id)
    assert (request.state, request.run_id) == (RequestState.TAKEN, None), "neither"
    assert (run.state, run.total) == (RunState.PREVIEWED, 0)
    assert not any(steps_told(plant, request_id, "resolve").values())
    assert ordered_items(plant, run_id) == []
    plant.start_console()
    # What comes right after the commit is the wake-up of a worker: it takes as long as Redis stands still.
    with plant.redis_paused(), in_background(*resolution) as sent:
        wait_until(lambda: plant.run(run_id).state == RunState.RUNNING, "nothing was committed")
        plant.children["web"].kill()
        assert isinstance(sent.exception(), OSError)
    assert office.stored(request_id).state == RequestState.RESOLVED, "both"
    plant.start_console()
    finish(office, request_id, run_id, FEW)


def test_the_teller_of_the_outcome_killed_in_its_middle(plant: Factory, office: Office) -> None:
    plant.admin("PUT", "completion", {"delaySeconds": 1.0})
    request_id = office.request("T-CHIEF", some_lines(plant, FEW, without="T-CHIEF"))
    run_id = office.preview(request_id)
    office.resolve(request_id, run_id)
    for _ in range(2):
        with stuck(plant, "notices") as wait:
            wait()
            plant.kill(plant.worker_pids("sweeper")[0])
        assert not office.stored(request_id).outcome_told
        assert not any(steps_told(plant, request_id, "report").values())
    finish(office, request_id, run_id, FEW)
