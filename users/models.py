"""People, their sessions and what is known of failed sign-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class User(Base):
    """A person. `company_id` is None for the operator's own people, whose rights come from `staff_role`.

    Not CompanyOwned: sign-in looks people up before any company is known. Its row-level policy shows a
    company its own people only.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_login", text("lower(login)"), unique=True),
        Index("ix_users_company", "company_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    company_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("companies.id"))
    login: Mapped[str]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    staff_role: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="ru")
    theme: Mapped[str] = mapped_column(default="auto")
    is_blocked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class NameTries(Base):
    """Tries to sign in by a name, whether it is anybody's or not: they count for the name alone.

    `name_hash` is the SHA-256 of the name as it is looked up: what people mistype is kept nowhere. `locks` is how often
    the name was locked lately.
    """

    __tablename__ = "name_tries"
    __table_args__ = (Index("ix_name_tries_at", "at"),)
    name_hash: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    locks: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    at: Mapped[datetime]


class KnownDevice(Base):
    """A browser in which a person has signed in; its cookie holds a random token, this row the SHA-256.

    `tries` are the person's wrong ones in it since the last right one.
    """

    __tablename__ = "known_devices"
    __table_args__ = (Index("ix_known_devices_user", "user_id"),)
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime]


class PortfolioEntry(Base):
    """An account manager looks after this company."""

    __tablename__ = "portfolio_entries"
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("companies.id"), primary_key=True)


class UserSession(Base):
    """One sign-in of one person; the cookie holds a random token, this row its SHA-256.

    `company_id` is the company that operator staff have entered, with their `reason`.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (Index("ix_user_sessions_user", "user_id"),)
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    company_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class KeptForm(Base):
    """A form that a person sent and that was not carried out: the session had ended, or something was wrong.

    The browser's signed cookie holds a random key, this row its SHA-256. `acted_in` is the company in which the form
    was opened; `address` is where it was sent, `page` where it stands; `content` holds its fields in their order and
    the names of its files.
    """

    __tablename__ = "kept_forms"
    __table_args__ = (Index("ix_kept_forms_kept_at", "kept_at"),)
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))
    acted_in: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str]
    page: Mapped[str]
    content: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]
