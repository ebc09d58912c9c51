"""What a snapshot of the operator may change on a stored line, and whose a number is."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lines.at_operator import owned
from lines.attribute import Owner
from lines.sync.merge import JOURNALED, ORDERED, Holder, assign_numbers, latest, marked, merge, values_of
from lines.sync.seen_ids import SeenIds
from operators.changes import UNCHANGED, Limit, LineAttributes
from operators.records import LineData

THEN = datetime(2026, 11, 1, tzinfo=UTC)
LATER = THEN + timedelta(minutes=1)
NOTHING: dict[str, Any] = dict.fromkeys(field.name for field in fields(LineAttributes))
SURE = {"msisdn": "79120000001", "iccid": "8970112345678901234", "state": "active", "tariff": "T-OPTIMA"}
LINE = LineData(
    **NOTHING | SURE,
    id="P1",
    party_id="C1",
    account_id="A1",
    employee="Анна",
    spent=Decimal("1.00"),
    last_activity=date(2026, 10, 31),
    activated_on=date(2024, 1, 1),
    updated_at=THEN,
)
BLOCKED = replace(LINE, state="blocked", block_reason="debt", spent=Decimal("2.00"))


def _values(line: LineData) -> dict[str, Any]:
    return values_of(line, 5, line.msisdn)


def _merge(line: LineData, *, has_order: bool = False, **stored: Any) -> tuple[dict[str, Any], bool]:
    return tuple(merge({**_values(LINE), **stored}, line, _values(line), has_order=has_order))  # type: ignore[return-value]


def test_the_same_again_changes_nothing() -> None:
    assert _merge(LINE) == ({}, False)


def test_a_newer_snapshot_is_taken_over() -> None:
    changes, deferred = _merge(replace(BLOCKED, updated_at=LATER))
    assert changes == {
        "state": "blocked",
        "block_reason": "debt",
        "spent": Decimal("2.00"),
        "operator_updated_at": LATER,
    }
    assert not deferred


def test_one_of_the_same_moment_brings_usage_only() -> None:
    assert _merge(BLOCKED) == ({"spent": Decimal("2.00")}, False)


def test_an_older_one_brings_nothing() -> None:
    assert _merge(replace(BLOCKED, updated_at=THEN - timedelta(seconds=1))) == ({}, False)


def test_what_has_no_moment_yet_takes_anything() -> None:
    changes, _ = _merge(BLOCKED, operator_updated_at=None)
    assert changes["state"] == "blocked"


def test_with_an_order_on_its_way_only_usage_comes_and_the_rest_is_deferred() -> None:
    newer = replace(BLOCKED, updated_at=LATER, employee="Пётр", msisdn="79120000009")
    assert _merge(newer, has_order=True, employee="") == ({"spent": Decimal("2.00")}, True)
    assert _merge(LINE, has_order=True) == ({}, False)


@pytest.mark.parametrize(("ours", "comes"), [("", True), ("Пётр", False)])
def test_the_operators_employee_fills_an_empty_place_only(ours: str, comes: bool) -> None:
    changes, _ = _merge(replace(LINE, updated_at=LATER), employee=ours)
    assert ("employee" in changes) is comes


def test_what_a_record_leaves_unsaid_stays() -> None:
    unsaid = replace(LINE, limit=UNCHANGED, block_reason=UNCHANGED, updated_at=LATER)
    assert {"limit_amount", "limit_period", "limit_warn", "block_reason"}.isdisjoint(_values(unsaid))
    changes, _ = _merge(unsaid, limit_amount=Decimal(5), block_reason="debt")
    assert changes == {"operator_updated_at": LATER}


def test_a_value_over_several_columns_comes_and_goes_as_a_whole() -> None:
    limit: dict[str, Any] = {"limit_amount": Decimal(5), "limit_period": "day", "limit_warn": None}
    changes, _ = _merge(replace(LINE, limit=Limit(Decimal(5), "day", None), updated_at=LATER), limit_warn=80)
    assert changes == {**limit, "operator_updated_at": LATER}
    changes, _ = _merge(replace(LINE, limit=None, updated_at=LATER), **limit)
    assert changes == {"limit_amount": None, "limit_period": None, "operator_updated_at": LATER}


def test_the_owner_of_each_column() -> None:
    assert set(owned(Owner.OPERATOR)) >= {
        "state",
        "block_reason",
        "tariff_id",
        "planned_tariff_id",
        "limit_amount",
        "limit_period",
        "limit_warn",
        "msisdn",
        "iccid",
        "activated_on",
    }
    assert set(owned(Owner.USAGE)) >= {"account_id", "spent", "last_activity"}
    assert "employee" in owned(Owner.OPERATOR_UNTIL_SET)
    assert {"spent", "last_activity"}.isdisjoint(JOURNALED)
    assert "department_id" not in owned(*Owner)
    assert set(owned(Owner.OPERATOR, Owner.OPERATOR_UNTIL_SET)) <= JOURNALED


LINES = st.builds(
    replace,
    st.just(LINE),
    id=st.sampled_from("abcd"),
    msisdn=st.sampled_from(["1", "2", "3"]),
    state=st.sampled_from(["active", "blocked", "terminated"]),
    updated_at=st.integers(0, 5).map(lambda minutes: THEN + timedelta(minutes=minutes)),
)


@given(LINES, LINES, st.booleans())
def test_merging_twice_is_merging_once(stored: LineData, line: LineData, has_order: bool) -> None:
    before = _values(stored)
    first = merge(before, line, _values(line), has_order=has_order)
    after = {**before, **first.changes}
    again = merge(after, line, _values(line), has_order=has_order)
    assert again.changes == {}
    if line.updated_at <= stored.updated_at or has_order:
        assert all(after[name] == before[name] for name in ORDERED)
    else:
        assert all(after[name] == _values(line)[name] for name in ORDERED)


@given(st.lists(LINES, max_size=8), st.dictionaries(st.sampled_from(["1", "2", "3"]), LINES, max_size=3))
def test_no_number_is_ever_held_twice(incoming: list[LineData], stored: dict[str, LineData]) -> None:
    lines = latest(incoming)
    # Two stored lines of one id cannot be: the later one in the table stands.
    table = {line.id: (no, number, line) for no, (number, line) in enumerate(stored.items())}
    holders = {
        number: Holder(line.id, no, line.state == "terminated", line.updated_at)
        for no, number, line in table.values()
    }
    numbers, parked = assign_numbers(lines, holders)
    assert numbers.keys() == lines.keys()
    held = {line.id: parked.get(no, number) for no, number, line in table.values()} | numbers
    assert len(set(held.values())) == len(held)
    for key, number in numbers.items():
        assert number in (lines[key].msisdn, marked(lines[key].msisdn, key))


@given(st.lists(LINES, max_size=8))
def test_who_has_a_number_does_not_depend_on_the_order(incoming: list[LineData]) -> None:
    lines = latest(incoming)
    turned = dict(reversed(lines.items()))
    assert assign_numbers(lines, {}) == assign_numbers(turned, {})


def test_a_terminated_line_never_takes_a_number() -> None:
    ended = replace(LINE, state="terminated", updated_at=LATER)
    numbers, parked = assign_numbers({"P1": ended}, {LINE.msisdn: Holder("P2", 2, False, THEN)})
    assert numbers == {"P1": marked(LINE.msisdn, "P1")}
    assert parked == {}


@given(st.sets(st.text(min_size=1)), st.sets(st.text(min_size=1)))
def test_seen_ids_are_remembered(seen: set[str], others: set[str]) -> None:
    ids = SeenIds()
    for key in seen:
        ids.add(key)
    assert all(key in ids for key in seen)
    assert not any(key in ids for key in others - seen)
    assert not ids.has_nameless
    ids.add("")
    assert ids.has_nameless
