"""The demo's people: one of each role, all with the same published password, created by this command only."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hierarchy.models import Department
from rbac.actor import system_actor
from rbac.models import Role
from rbac.presets import get_preset
from users.journal import COMMAND_LINE
from users.models import User
from users.roles import grant_role
from users.service import create_user
from users.signin.passwords import rehash
from users.staff.people import create_staff_user

PASSWORD = "Demo-2026-vm"  # noqa: S105 - published on purpose: it opens demo data only
"""Set past the policy, which lets nobody choose it."""
PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("admin", "Анна Смирнова", "global_admin"),
    ("manager", "Игорь Ковалёв", "numbers_manager"),
    ("auditor", "Ольга Белова", "auditor"),
    ("viewer", "Павел Новиков", "viewer"),
)
STAFF: tuple[tuple[str, str, str], ...] = (
    ("operator-manager", "Мария Лебедева", "operator_manager"),
    ("operator-admin", "Сергей Волков", "operator_admin"),
)


@dataclass(frozen=True)
class Demo:
    """A company of the demo, and what the logins of its people begin with."""

    company_id: int
    name: str
    lines: int
    prefix: str


class Row(NamedTuple):
    """A person as the table shows one."""

    company: str
    login: str
    password: str
    role: str
    where: str


def create_people(session: Session, demo: Demo) -> list[Row]:
    """The company's people who are not there yet; returns all of them."""
    root, branch = _places(session, demo.company_id)
    rows = []
    for login, name, role in PEOPLE:
        place = branch if role == "numbers_manager" else root
        _create(session, demo, demo.prefix + login, name, role, place)
        where = place.name if place is not root else "the whole company"
        rows.append(Row(demo.name, demo.prefix + login, PASSWORD, get_preset(role).title, where))
    return rows


def _create(session: Session, demo: Demo, login: str, name: str, role: str, place: Department) -> None:
    if _exists(session, login):
        return
    actor = system_actor(demo.company_id, COMMAND_LINE)
    user = create_user(
        session, actor, login=login, name=name, password=token_urlsafe(), email=f"{login}@demo.example"
    )
    user.password_hash = rehash(PASSWORD)
    role_id = session.scalar(select(Role.id).where(Role.company_id == demo.company_id, Role.preset == role))
    assert role_id is not None
    grant_role(session, actor, user.id, role_id, place.id)


def create_staff(session: Session, portfolio: dict[int, str]) -> list[Row]:
    """The operator's people who are not there yet: a manager of these companies, an administrator of all."""
    rows = []
    for login, name, role in STAFF:
        mine = portfolio if role == "operator_manager" else {}
        if not _exists(session, login):
            user = create_staff_user(
                session, login=login, name=name, password=token_urlsafe(), role=role, portfolio=mine
            )
            user.password_hash = rehash(PASSWORD)
        where = ", ".join(mine.values()) if mine else "every company"
        rows.append(Row("the operator", login, PASSWORD, get_preset(role).title, where))
    return rows


def _exists(session: Session, login: str) -> bool:
    return session.scalar(select(User.id).where(func.lower(User.login) == login)) is not None


def _places(session: Session, company_id: int) -> tuple[Department, Department]:
    """The root and its first branch."""
    departments = session.scalars(
        select(Department).where(Department.company_id == company_id).order_by(Department.id).limit(2)
    ).all()
    return departments[0], departments[-1]
