"""The table of transitions: what it holds, and that whatever it does not hold cannot happen."""

from forms.requests.models import CLOSED, RequestState
from forms.requests.transitions import OPEN, TRANSITIONS, Party, find, steps


def test_every_step_from_a_state_has_one_row() -> None:
    keys = [(row.source, row.name) for row in TRANSITIONS]
    assert len(keys) == len(set(keys))


def test_nothing_closes_without_a_text() -> None:
    closing = [row for row in TRANSITIONS if row.target in CLOSED and row.source not in CLOSED]
    assert closing
    assert all(row.needs_text for row in closing)


def test_every_state_can_be_reached_and_left() -> None:
    assert {row.target for row in TRANSITIONS} | {RequestState.DRAFT} == set(RequestState)
    for state in RequestState:
        assert any(row.source == state and row.target != state for row in TRANSITIONS), state


def test_only_the_customer_answers_withdraws_and_reopens() -> None:
    for name in ("submit", "answer", "withdraw", "reopen", "complain"):
        assert {row.who for row in TRANSITIONS if row.name == name} == {frozenset({Party.CUSTOMER})}


def test_only_the_manager_closes_by_a_decision() -> None:
    for name in ("take", "ask", "resolve", "refuse", "pass"):
        assert {row.who for row in TRANSITIONS if row.name == name} == {frozenset({Party.MANAGER})}


def test_what_was_not_taken_is_not_decided() -> None:
    assert find(RequestState.SUBMITTED, "resolve") is None
    assert find(RequestState.DRAFT, "take") is None
    assert find(RequestState.RESOLVED, "ask") is None
    assert find(RequestState.TAKEN, "take") is None


def test_a_customer_may_always_complain_after_submitting() -> None:
    for state in (*OPEN, *CLOSED):
        assert "complain" in {row.name for row in steps(state, Party.CUSTOMER)}
