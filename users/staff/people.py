"""People of the operator: created by whoever runs the console, with a preset role and a portfolio."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core import clock
from core.errors import InvalidInput
from core.i18n import N_
from core.journal import entries as journal
from core.tenancy import OPERATOR
from rbac.actor import system_actor
from rbac.presets import PRESETS
from users.journal import COMMAND_LINE, USER_CREATED
from users.models import PortfolioEntry, User
from users.signin import passwords
from users.signin.identifiers import login_problem, normal_login
from users.signin.own_words import own_words

ROLES = tuple(preset.code for preset in PRESETS if preset.for_operator)


def create_staff_user(
    session: Session, *, login: str, name: str, password: str, role: str, portfolio: Iterable[int] = ()
) -> User:
    """A person of the operator who looks after these companies. Needs every company in scope."""
    if role not in ROLES:
        raise InvalidInput(N_("There is no such role of the operator."))
    login, own = normal_login(login), own_words(login=login, name=name)
    if unfit := login_problem(login):
        raise InvalidInput(N_("The person was not created."), fields={"login": [unfit]})
    user = User(
        company_id=None,
        login=login,
        name=name,
        staff_role=role,
        password_hash=passwords.hash_password(password, own),
        created_at=clock.now(),
    )
    session.add(user)
    session.flush()
    companies = sorted(set(portfolio))
    session.add_all(PortfolioEntry(user_id=user.id, company_id=company) for company in companies)
    session.flush()
    after = {"login": login, "role": role, "portfolio": companies}
    entry = journal.Entry(USER_CREATED, "user", user.id, None, after, label=name)
    journal.write(session, system_actor(None, COMMAND_LINE), [entry], company_id=OPERATOR)
    return user
