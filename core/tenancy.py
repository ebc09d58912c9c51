"""Both walls between companies: the ORM criteria and the setting that row-level security reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, text
from sqlalchemy.event import listens_for
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.orm.session import SessionTransaction

OPERATOR = 0
"""The company of what belongs to none: the journal of the operator's own people, applications from outside."""


class NoScope(RuntimeError):
    """A query was made before anybody said for which company."""


@dataclass(frozen=True)
class Scope:
    """For which companies queries may be made now; `everything` is for operator staff and the system."""

    companies: tuple[int, ...]
    everything: bool = False
    reason: str = ""

    @property
    def setting(self) -> str:
        """The value of `app.company` that the policies of PostgreSQL read."""
        return "*" if self.everything else ",".join(str(company) for company in self.companies)


_scope: ContextVar[Scope | None] = ContextVar("company_scope", default=None)
_TOLD = "company_scope_told"
_open_session: ContextVar[Session | None] = ContextVar("open_session", default=None)


class CompanyOwned:
    """Mixin of every table that belongs to companies: `company_id` is the first part of its key."""

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-10)


def current_scope() -> Scope:
    """The scope in force; raises NoScope where nobody entered one."""
    scope = _scope.get()
    if scope is None:
        raise NoScope("no company scope: enter company_scope() or all_companies() first")
    return scope


def current_company() -> int:
    """The one company in scope; raises NoScope where there is none or several."""
    scope = current_scope()
    if scope.everything or len(scope.companies) != 1:
        raise NoScope("one company is needed here, the scope holds several")
    return scope.companies[0]


@contextmanager
def _entered(scope: Scope) -> Iterator[Scope]:
    token = _scope.set(scope)
    session = _open_session.get()
    _announce(session, scope)
    try:
        yield scope
    finally:
        _scope.reset(token)
        earlier = _scope.get()
        if earlier is not None:
            _announce(session, earlier)


def _announce(session: Session | None, scope: Scope) -> None:
    """Tell PostgreSQL of a scope that changes in the middle of a transaction."""
    if session is not None and session.in_transaction() and session.is_active:
        if session.info.get(_TOLD) == scope.setting:
            return
        session.info[_TOLD] = scope.setting
        session.connection().execute(text("SELECT set_config('app.company', :v, true)"), {"v": scope.setting})


@contextmanager
def company_scope(company_id: int) -> Iterator[Scope]:
    """The scope within which one company only is seen."""
    with _entered(Scope((company_id,))) as scope:
        yield scope


@contextmanager
def companies_scope(company_ids: tuple[int, ...]) -> Iterator[Scope]:
    """The scope within which these companies only are seen: an account manager's portfolio."""
    with _entered(Scope(company_ids)) as scope:
        yield scope


@contextmanager
def all_companies(*, reason: str) -> Iterator[Scope]:
    """The greppable way out, for the system and for operator staff; the reason is for the reader of the code."""
    with _entered(Scope((), everything=True, reason=reason)) as scope:
        yield scope


def _criteria(companies: tuple[int, ...]) -> LoaderCriteriaOption:
    """The company as a condition on every table in a statement. SQLAlchemy caches each lambda with its values."""
    if len(companies) == 1:
        company = companies[0]
        return with_loader_criteria(CompanyOwned, lambda cls: cls.company_id == company, include_aliases=True)
    return with_loader_criteria(CompanyOwned, lambda cls: cls.company_id.in_(companies), include_aliases=True)


def install(session_class: type[Session]) -> None:
    """Put both walls into every session of this class."""

    @listens_for(session_class, "do_orm_execute")
    def add_company(state: ORMExecuteState) -> None:
        if not (state.is_select or state.is_update or state.is_delete) or not state.is_orm_statement:
            return
        scope = current_scope()
        if scope.everything:
            return
        state.statement = state.statement.options(_criteria(scope.companies))

    @listens_for(session_class, "after_begin")
    def tell_database(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
        setting = current_scope().setting
        session.info[_TOLD] = setting
        connection.execute(text("SELECT set_config('app.company', :v, true)"), {"v": setting})


__all__ = [
    "OPERATOR",
    "CompanyOwned",
    "NoScope",
    "Scope",
    "all_companies",
    "companies_scope",
    "company_scope",
    "current_company",
    "current_scope",
    "install",
]
