"""The choices of a field: its own choices, or tariffs and billing accounts of the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from console.web.i18n import money, text
from console.web.routing import actor, db
from core.fields import FieldInfo
from lines.accounts import list_accounts
from lines.fields import ACCOUNT, TARIFF
from operators.models import Tariff


@dataclass(frozen=True)
class Choice:
    """One of the values to choose from; `note` stands beside it, such as a price."""

    value: str
    text: str
    note: str = ""
    hint: str = ""


def choices_of(info: FieldInfo) -> Sequence[Choice]:
    """The choices of a field in the person's language; none where it is typed, or chosen in a way of its own."""
    stored = STORED.get(info.widget)
    if stored is not None:
        return stored()
    return [Choice(value, text(label)) for value, label in info.choices.items()]


def _tariffs() -> list[Choice]:
    """The tariffs that are offered, with their prices, the cheapest first."""
    offered = select(Tariff).where(Tariff.is_sellable).order_by(Tariff.monthly, Tariff.name)
    return [_tariff(tariff) for tariff in db().scalars(offered)]


def _tariff(tariff: Tariff) -> Choice:
    price = _("%(price)s per month", price=money(tariff.monthly))
    switch = _("change %(price)s", price=money(tariff.switch_price)) if tariff.switch_price else ""
    return Choice(tariff.id, tariff.name, ", ".join(filter(None, (price, switch))), tariff.description)


def _accounts() -> list[Choice]:
    """The billing accounts that the person may name, by their numbers."""
    return [Choice(number, number) for number in list_accounts(db(), actor())]


STORED: Mapping[str, Callable[[], list[Choice]]] = {TARIFF: _tariffs, ACCOUNT: _accounts}
