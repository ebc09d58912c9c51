"""The card of a line, on a real database."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core import db
from core.errors import NotAllowed, NotFound
from core.journal.entries import Entry, write
from core.tenancy import company_scope
from lines.bulk.target import LineTarget
from lines.card import get_line, history
from lines.operations import place as place_operation
from runs.journal import operation_action
from tests.fixtures.world import World


def test_a_card_holds_what_belongs_to_the_line(world: World) -> None:
    place = world.company()
    (line_id,) = world.lines(place, 1, department="city")
    admin, viewer = (place.actor(world.person(place, role)) for role in ("global_admin", "viewer"))
    into = {"department_id": place.departments["south"]}
    with company_scope(place.company_id), db.unit_of_work() as session:
        ((_, label, before, after),) = LineTarget().apply(
            session, place.company_id, 0, [line_id], into, is_ordered=False
        )
        action = operation_action(place_operation.OPERATION)
        write(session, admin, [Entry(action, "line", line_id, before, after, label=label)])
    with company_scope(place.company_id), db.unit_of_work() as session:
        card = get_line(session, admin, line_id)
        assert [department.name for department in card.way] == ["ООО «Ромашка»", "south"]
        assert card.account is not None and card.contract is not None
        assert card.tariff is not None and card.used_percent is None
        assert [entry.action for entry in history(session, card)] == ["line.place"]
        assert get_line(session, viewer, line_id).account is None


def test_a_card_out_of_reach(world: World) -> None:
    place, other = world.company(), world.company("АО «Чужое»", lines=1)
    (line_id,) = world.lines(place, 1, department="south")
    actor = place.actor(world.person(place, "viewer", at="north"))
    with company_scope(place.company_id), db.unit_of_work() as session:
        with pytest.raises(NotAllowed):
            get_line(session, actor, line_id)
        for unknown in (other.line_ids[0], 10**12):
            with pytest.raises(NotFound):
                get_line(session, actor, unknown)
        assert session.execute(text("SELECT count(*) FROM lines")).scalar_one() == 1
