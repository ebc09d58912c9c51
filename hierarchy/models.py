"""Companies, their contracts and billing accounts as the operator has them, and their own departments."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import DEFAULT_ZONE
from core.db import PATH, Base
from core.tenancy import CompanyOwned

MONEY = Numeric(14, 2)


class Company(Base):
    """A customer of the operator: the tenant. `party_id` is the operator's id of the organisation."""

    __tablename__ = "companies"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    party_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    inn: Mapped[str] = mapped_column(default="")
    kpp: Mapped[str] = mapped_column(default="")
    ogrn: Mapped[str] = mapped_column(default="")
    timezone: Mapped[str] = mapped_column(default=DEFAULT_ZONE)
    locale: Mapped[str] = mapped_column(default="ru")
    idle_minutes: Mapped[int | None]
    created_at: Mapped[datetime]
    synced_at: Mapped[datetime | None]


class Contract(CompanyOwned, Base):
    """A contract of the company with the operator (TMF666 party account)."""

    __tablename__ = "contracts"
    __table_args__ = (UniqueConstraint("company_id", "operator_id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    operator_id: Mapped[str]
    number: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")


class BillingAccount(CompanyOwned, Base):
    """A billing account (TMF666): `balance` in roubles, negative when in debt; `settlement` is advance or credit.

    Invoices go to `delivery_address` by `delivery_channel`: email, paper or edo; both are null where none is known.
    """

    __tablename__ = "billing_accounts"
    __table_args__ = (
        UniqueConstraint("company_id", "operator_id"),
        ForeignKeyConstraint(["company_id", "contract_id"], ["contracts.company_id", "contracts.id"]),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    operator_id: Mapped[str]
    number: Mapped[str]
    contract_id: Mapped[int | None] = mapped_column(BigInteger)
    settlement: Mapped[str]
    is_in_debt: Mapped[bool] = mapped_column(default=False)
    balance: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0))
    credit_limit: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0))
    delivery_channel: Mapped[str | None]
    delivery_address: Mapped[str | None]


class Department(CompanyOwned, Base):
    """A node of the company's own tree. `path` holds the ids from the root down: "/1/4/".

    The root is the company itself; a line at the root is "not placed".
    """

    __tablename__ = "departments"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "parent_id"], ["departments.company_id", "departments.id"]),
        UniqueConstraint("company_id", "path"),
        Index("ix_departments_parent", "company_id", "parent_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    path: Mapped[str] = mapped_column(PATH)
    name: Mapped[str]

    @property
    def is_root(self) -> bool:
        """True for the node that stands for the whole company."""
        return self.parent_id is None

    @property
    def depth(self) -> int:
        """0 for the root."""
        return self.path.count("/") - 2


class DepartmentTotal(CompanyOwned, Base):
    """The number of lines of a state directly in a department: kept by the transaction that changes them."""

    __tablename__ = "department_totals"
    department_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(primary_key=True)
    lines: Mapped[int]
