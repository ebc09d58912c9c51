"""Runs that a person may see: one, the list, counts by outcome."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from rbac.actor import Actor, company_of
from rbac.decision import is_everywhere
from rbac.permissions import Permission
from runs.models import Run, RunItem


def get_run(session: Session, actor: Actor, run_id: int) -> Run:
    """A run of the actor's company; raises NotFound.

    The runs of others concern any department: they are for people who hold `runs:view` on the whole company.
    """
    run = session.scalar(select(Run).where(Run.company_id == company_of(actor), Run.id == run_id))
    if run is None or (run.created_by != actor.user_id and not is_everywhere(actor, Permission.RUNS_VIEW)):
        raise NotFound
    return run


def run_list(actor: Actor, *, before_id: int | None, limit: int) -> Select[Run]:
    """Submitted runs, newest first, by keyset."""
    runs = select(Run).where(Run.company_id == actor.company_id, Run.submitted_at.is_not(None))
    if not is_everywhere(actor, Permission.RUNS_VIEW):
        runs = runs.where(Run.created_by == actor.user_id)
    if before_id is not None:
        runs = runs.where(Run.id < before_id)
    return runs.order_by(Run.id.desc()).limit(limit)


def outcome_counts(company_id: int, run_id: int) -> Select[str, str | None, int]:
    """The numbers of items by state and reason."""
    return (
        select(RunItem.state, RunItem.reason, func.count())
        .where(RunItem.company_id == company_id, RunItem.run_id == run_id)
        .group_by(RunItem.state, RunItem.reason)
    )
