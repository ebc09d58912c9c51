"""Plausible departments for the demo's companies, and lines placed in them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.journal.entries import Entry, write
from hierarchy.models import Department
from hierarchy.roots import get_root_id
from hierarchy.service import create_department
from lines.bulk.target import LineTarget
from lines.models import Line
from lines.operations.place import OPERATION as PLACE
from rbac.actor import Actor, system_actor
from runs.journal import operation_action
from users.journal import COMMAND_LINE

SMALL: Mapping[str, tuple[str, ...]] = {"Офис": (), "Склад": (), "Доставка": ()}
MEDIUM: Mapping[str, tuple[str, ...]] = {
    "Москва": ("Продажи", "Бухгалтерия", "Логистика", "Сервисный центр"),
    "Санкт-Петербург": ("Продажи", "Логистика", "Сервисный центр"),
    "Казань": ("Продажи", "Склад"),
    "Устройства": ("Терминалы оплаты", "Телеметрия"),
}
CITIES: Mapping[str, tuple[str, ...]] = {
    "Филиал «Центр»": ("Москва", "Тула", "Воронеж", "Ярославль"),
    "Филиал «Северо-Запад»": ("Санкт-Петербург", "Псков", "Мурманск"),
    "Филиал «Волга»": ("Казань", "Самара", "Нижний Новгород", "Пермь"),
    "Филиал «Урал»": ("Екатеринбург", "Челябинск", "Тюмень"),
    "Филиал «Сибирь»": ("Новосибирск", "Омск", "Красноярск", "Иркутск"),
    "Филиал «Юг»": ("Краснодар", "Ростов-на-Дону", "Волгоград"),
}
TEAMS = ("Продажи", "Эксплуатация", "Выездные бригады")
NOT_PLACED = 20
"""One line in so many stays at the root: not placed, as in life."""


def grow(session: Session, company_id: int, lines: int) -> bool:
    """Give the company a tree and place its lines; False where it has departments already."""
    count = session.scalar(select(func.count()).where(Department.company_id == company_id)) or 0
    if count > 1:
        return False
    actor = system_actor(company_id, COMMAND_LINE)
    leaves = _tree(session, actor, get_root_id(session, company_id), lines)
    _place(session, actor, company_id, leaves)
    return True


def _tree(session: Session, actor: Actor, root: int, lines: int) -> list[int]:
    """The departments; returns those that lines are placed in."""
    plan = SMALL if lines < 100 else MEDIUM if lines < 5_000 else CITIES
    leaves: list[int] = []
    for branch_name, below in plan.items():
        branch = create_department(session, actor, root, branch_name).id
        parts = [create_department(session, actor, branch, name).id for name in below]
        if plan is CITIES:
            parts = [create_department(session, actor, city, team).id for city in parts for team in TEAMS]
        leaves += parts or [branch]
    return leaves


def _place(session: Session, actor: Actor, company_id: int, leaves: list[int]) -> None:
    """Deal the lines out in shares of unequal size, a few statements per department."""
    ids = session.scalars(select(Line.id).where(Line.company_id == company_id).order_by(Line.id)).all()
    placed = [line_id for number, line_id in enumerate(ids) if number % NOT_PLACED]
    weights = [1 + (number * 7) % 5 for number in range(len(leaves))]
    start = 0
    for number, leaf in enumerate(leaves):
        end = len(placed) * sum(weights[: number + 1]) // sum(weights)
        if end > start:
            into = {"department_id": leaf}
            changes = LineTarget().apply(session, company_id, 0, placed[start:end], into, is_ordered=False)
            entries = [
                Entry(operation_action(PLACE), "line", line_id, before, after, label=label)
                for line_id, label, before, after in changes
            ]
            write(session, actor, entries)
        start = end
