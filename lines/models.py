"""Mobile lines and the SIM cards they use."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Computed,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import PATH, Base
from core.tenancy import CompanyOwned
from hierarchy.models import MONEY, Department

C = String(collation="C")


class LineState(StrEnum):
    """As the console says it; TMF637 says active, suspended and terminated."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    TERMINATED = "terminated"


class BlockReason(StrEnum):
    """The reason why a line is blocked; the first three are for its company to choose."""

    VOLUNTARY = "voluntary"
    LOST = "lost"
    COMPANY = "company"
    DEBT = "debt"
    OPERATOR = "operator"


class LimitPeriod(StrEnum):
    """For how long a spending limit holds until it begins anew."""

    MONTH = "month"
    DAY = "day"


class Line(CompanyOwned, Base):
    """One mobile connection: it survives a change of number and of SIM card.

    `msisdn` is E.164 without plus; the limit is roubles per `limit_period` with a warning at `limit_warn` per cent.
    How people see, filter, sort and export a column is said in lines/attributes.py.
    """

    __tablename__ = "lines"
    __table_args__ = (
        UniqueConstraint("company_id", "operator_id"),
        UniqueConstraint("company_id", "msisdn"),
        ForeignKeyConstraint(["company_id", "department_id"], ["departments.company_id", "departments.id"]),
        ForeignKeyConstraint(
            ["company_id", "account_id"], ["billing_accounts.company_id", "billing_accounts.id"]
        ),
        Index("ix_lines_department", "company_id", "department_id", "msisdn"),
        Index("ix_lines_reversed", "company_id", "msisdn_reversed"),
        Index("ix_lines_iccid", "company_id", "iccid"),
        Index("ix_lines_employee", "company_id", "employee_sort", "id"),
        # A run changes every line of a page in one transaction: with room for that no index has to be touched.
        {"postgresql_with": {"fillfactor": "50"}},
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    operator_id: Mapped[str]
    msisdn: Mapped[str] = mapped_column(C)
    msisdn_reversed: Mapped[str] = mapped_column(C, Computed("reverse(msisdn)", persisted=True))
    iccid: Mapped[str] = mapped_column(C)
    state: Mapped[str]
    block_reason: Mapped[str | None]
    tariff_id: Mapped[str]
    planned_tariff_id: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    department_id: Mapped[int] = mapped_column(BigInteger)
    employee: Mapped[str] = mapped_column(default="")
    employee_sort: Mapped[str] = mapped_column(
        PATH, Computed("translate(lower(employee), 'ё', 'е')", persisted=True)
    )
    limit_amount: Mapped[Decimal | None] = mapped_column(MONEY)
    limit_period: Mapped[str | None]
    limit_warn: Mapped[int | None]
    spent: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0))
    last_activity: Mapped[date | None]
    activated_on: Mapped[date | None]
    operator_updated_at: Mapped[datetime | None]
    ordered_at: Mapped[datetime | None]  # when we recorded the newest outcome of an order, by our clock


class SimState(StrEnum):
    """The state of a SIM card, by what can be done with it."""

    IN_USE = "in_use"
    SPARE = "spare"
    DEAD = "dead"  # replaced for good
    UNKNOWN = "unknown"


class SimCard(CompanyOwned, Base):
    """A SIM card of the company (TMF639 physical resource); `state` is a SimState."""

    __tablename__ = "sim_cards"
    __table_args__ = (
        UniqueConstraint("company_id", "iccid"),
        # A few among a million: what is in stock is asked for often.
        Index("ix_sim_cards_spare", "company_id", "iccid", postgresql_where=text("state = 'spare'")),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    operator_id: Mapped[str]
    iccid: Mapped[str] = mapped_column(C)
    imsi: Mapped[str] = mapped_column(default="")
    state: Mapped[str]


IN_DEPARTMENT = and_(Department.company_id == Line.company_id, Department.id == Line.department_id)
"""Joins a line to the department where it stands."""
