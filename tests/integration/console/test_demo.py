"""What the demo prepares: people in every company, and an account manager who sees these companies and no others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from console.cli import demo
from core.db import unit_of_work
from core.errors import NotFound
from core.tenancy import all_companies
from tests.fixtures.parts import make_operator
from tests.fixtures.world import World
from users.actor import load_actor
from users.models import User
from users.staff import portfolio


def test_the_account_manager_looks_after_every_company_of_the_demo(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "synchronise", lambda *_, **__: 0)
    places = [
        world.company(name, lines=lines) for name, lines in (("Small", 3), ("Middle", 900), ("Large", 1500))
    ]
    assert demo.load(make_operator(), "http://console.test") == 0
    assert demo.load(make_operator(), "http://console.test") == 0  # it may be run again
    later = world.company("Later")
    with all_companies(reason="a test looks"), unit_of_work() as session:
        logins = set(session.scalars(select(User.login)))
        manager = load_actor(
            session, session.scalars(select(User.id).where(User.login == "operator-manager")).one(), None
        )
        seen = {company.id for company in portfolio.companies(session, manager)}
        assert seen == {place.company_id for place in places}
        with pytest.raises(NotFound):
            portfolio.enter(session, manager, "hash", later.company_id, "Curious about them")
    assert {"admin", "small-admin", "large-admin", "operator-manager", "operator-admin"} <= logins
    assert "Small, Middle, Large" in capsys.readouterr().out
