"""Limit, faults, figures, signature, retries, hub filters: all without a network."""

import hashlib
import hmac

import pytest

from sandbox.config import Config, MissingSetting
from sandbox.events.outbox import wants
from sandbox.events.sender import FIRST_RETRY, MAX_ATTEMPTS, outcome
from sandbox.events.signing import sign
from sandbox.faults import FaultPlan, Faults, read_plan
from sandbox.ids import PRODUCT, find_number, public_id
from sandbox.limiter import Limiter
from sandbox.moments import find_moment, iso
from sandbox.request_counts import RequestCounts


class Clock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_limiter_admits_its_rate_and_no_more() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    assert limiter.wait_for_token() == 0
    limiter.set_rate(20)
    admitted = 0
    for _ in range(10_000):
        admitted += limiter.wait_for_token() == 0
        clock.now += 0.001
    assert 200 <= admitted <= 202


def test_limiter_says_how_long_to_wait() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    limiter.set_rate(4)
    assert limiter.wait_for_token() == 0
    assert limiter.wait_for_token() == pytest.approx(0.25)
    clock.now += 0.25
    assert limiter.wait_for_token() == 0


def test_faults_repeat_by_seed_and_kinds_do_not_disturb_each_other() -> None:
    def draws(also: bool) -> list[bool]:
        faults = Faults(Clock())
        faults.set_plan(FaultPlan(errorRate=0.3, loseEventRate=0.5, seed=4))
        outcomes = []
        for _ in range(200):
            outcomes.append(faults.happens("errorRate"))
            if also:
                faults.happens("loseEventRate")
        return outcomes

    assert draws(also=False) == draws(also=True)
    assert 40 < sum(draws(also=False)) < 80


def test_outage_ends_by_itself() -> None:
    clock = Clock()
    faults = Faults(clock)
    faults.set_plan(FaultPlan(outageSeconds=2))
    assert faults.is_out()
    clock.now += 2.001
    assert not faults.is_out()


def test_fault_plans_are_checked() -> None:
    plan, problems = read_plan({"errorRate": 0.05, "seed": 3})
    assert plan == FaultPlan(errorRate=0.05, seed=3)
    assert problems == []
    assert len(read_plan({"errorRate": 2, "slowSeconds": "x", "other": 1, "seed": "x"})[1]) == 4
    assert read_plan([])[1]


def test_meter_counts_the_rate_between_first_and_last_order() -> None:
    clock = Clock()
    request_counts = RequestCounts(clock)
    request_counts.admitted(is_order=False)
    for _ in range(11):
        request_counts.admitted(is_order=True)
        clock.now += 0.1
    request_counts.refused()
    figures = request_counts.as_dict()
    assert figures["requests"] == 13
    assert figures["requestsRefused429"] == 1
    assert figures["requestsPerSecondUsed"] == pytest.approx(10)
    assert sum(figures["requestsBySecond"].values()) == 12


def test_signature_covers_time_and_body() -> None:
    digest = hmac.new(b"secret", b'1700000000.{"a":1}', hashlib.sha256).hexdigest()
    assert sign("secret", "1700000000", b'{"a":1}') == f"sha256={digest}"


def test_events_are_tried_again_five_times() -> None:
    assert outcome(0, is_taken=True)[0] == "taken"
    pauses = [outcome(n, is_taken=False) for n in range(MAX_ATTEMPTS)]
    assert [state for state, _ in pauses] == ["pending"] * 5 + ["givenUp"]
    assert [pause for _, pause in pauses[:3]] == [FIRST_RETRY, FIRST_RETRY * 2, FIRST_RETRY * 4]


def test_hub_queries() -> None:
    assert wants("", "A")
    assert wants("eventType=A,B", "B")
    assert not wants("eventType=A", "B")


def test_ids() -> None:
    assert public_id(PRODUCT, 42) == "P0000000042"
    assert find_number(PRODUCT, "P0000000042") == 42
    for wrong in ("", "P", "P42", "S0000000042", "P00000000x2", "P٠٠٠٠٠٠٠٠٤٢"):
        assert find_number(PRODUCT, wrong) is None


def test_moments() -> None:
    moment = find_moment("2026-11-22T10:00:00.123456Z")
    assert iso(moment) == "2026-11-22T10:00:00.123456Z"
    assert iso(find_moment("2026-11-22T13:00:00 03:00")) == "2026-11-22T10:00:00.000000Z"
    assert find_moment("soon") is None


def test_missing_settings_are_named_together() -> None:
    with pytest.raises(MissingSetting, match="SANDBOX_DATABASE_URL, OPERATOR_TOKEN"):
        Config.from_env({})
