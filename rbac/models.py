"""Roles and grants as they are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import PATH, Base
from core.tenancy import CompanyOwned
from rbac.presets import get_preset


class Role(CompanyOwned, Base):
    """A set of permission words of one company. `preset` names the preset it is, None for an own role."""

    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    title: Mapped[str]
    preset: Mapped[str | None]
    permissions: Mapped[list[str]]

    @property
    def words(self) -> list[str]:
        """The permissions of the role: a preset's words stand in the code, so that a new word reaches every company."""
        return words_of(self.preset, self.permissions)


def words_of(preset: str | None, stored: list[str]) -> list[str]:
    """The permission words of a role by its preset's code, or those stored with an own role."""
    if preset is None:
        return stored
    return sorted(word.value for word in get_preset(preset).permissions)


class Grant(CompanyOwned, Base):
    """A role given to a user on a department with all below: by the department's path, "/1/4/"."""

    __tablename__ = "grants"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "role_id"], ["roles.company_id", "roles.id"]),
        Index("ix_grants_user", "company_id", "user_id"),
        Index("ix_grants_path", "company_id", "path"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger)
    role_id: Mapped[int] = mapped_column(BigInteger)
    path: Mapped[str] = mapped_column(PATH)
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    granted_by: Mapped[int | None] = mapped_column(BigInteger)
    granted_at: Mapped[datetime]
