"""Schedules: creating, pausing, deleting, and ordering their reports when their hour has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core import clock, emails
from core.db import unit_of_work
from core.errors import AppError, Conflict, InvalidInput
from core.i18n import N_
from core.journal.entries import Entry, write
from core.messages import Message
from core.periods import OWN
from core.tenancy import all_companies, company_scope
from hierarchy.models import Company
from rbac.actor import Actor
from rbac.decision import require, require_everywhere
from rbac.permissions import Permission
from reports import notifications
from reports.administrators import NEEDED, is_administrator
from reports.calendar import next_moment
from reports.journal import (
    SCHEDULE_CREATED,
    SCHEDULE_DELETED,
    SCHEDULE_PAUSED,
    SCHEDULE_RESUMED,
    SCHEDULE_SENT,
    SCHEDULE_TAKEN_OVER,
)
from reports.models import OPEN, Format, Period, ReportJob, ReportSchedule
from reports.order_params import CHECK, Asked, check, require_chosen, require_report, stored
from reports.parts import Parts
from reports.report import Report
from reports.service import file_format, hold_quota, only, ordering_company, place, refuse_too_many
from users.actor import load_actor
from users.models import User

log = structlog.get_logger(__name__)
MOST_ADDRESSES = 10
MOST_SCHEDULES = 50
AT_ONCE = 20
NO_ADDRESS = N_("“%(typed)s” is not an e-mail address.")
STILL_MADE = N_("This report is still being made. Its mail goes out as soon as it is ready.")
NOT_LEFT_BEHIND = N_("This schedule is of a person who can look after it.")
MOVING = N_("A schedule needs a period that moves with the calendar, not own dates.")
LAST_DAY = {Period.WEEKLY: 7, Period.MONTHLY: 28}


def create(
    session: Session,
    actor: Actor,
    parts: Parts,
    code: str,
    params: Mapping[str, Any],
    timing: Mapping[str, Any],
    *,
    columns: Sequence[str] = (),
    format: str = Format.XLSX,
) -> ReportSchedule:
    """A schedule of the actor's own. `timing` holds period, hour, day, addresses (one text or several).

    Raises NotAllowed, or InvalidInput with every problem at its field.
    """
    require(actor, Permission.REPORTS_SCHEDULE)
    problems: dict[str, list[str]] = {}
    asked = _asked(session, actor, parts.reports.of(code), params, columns, problems)
    chosen_format = _format(format, problems)
    period, hour, day = _timing(timing, problems)
    addresses = read_addresses(timing.get("addresses", ""), problems)
    if problems or asked is None:
        raise InvalidInput(CHECK, fields=problems)
    hold_quota(session, actor)
    if len(own(session, actor)) >= MOST_SCHEDULES:
        raise Conflict(N_("You have too many schedules. Delete one first."), code="too_many_schedules")
    now = clock.now()
    schedule = ReportSchedule(
        company_id=ordering_company(actor),
        code=code,
        params=asked.stored(),
        columns=list(asked.columns),
        format=chosen_format,
        period=period,
        hour=hour,
        day=day,
        addresses=addresses,
        next_at=next_moment(period, hour, day, actor.timezone, now),
        created_by=actor.user_id or 0,
        created_name=actor.name,
        staff_reason=actor.reason,
        locale=actor.locale,
        created_at=now,
    )
    session.add(schedule)
    session.flush()
    described = {"report": code, "every": period.value, "addresses": ", ".join(addresses)}
    write(session, actor, [Entry(SCHEDULE_CREATED, "schedule", schedule.id, None, described)])
    return schedule


def _asked(
    session: Session,
    actor: Actor,
    report: Report,
    params: Mapping[str, Any],
    columns: Sequence[str],
    problems: dict[str, list[str]],
) -> Asked | None:
    try:
        asked = check(session, actor, report, params, columns)
    except InvalidInput as problem:
        problems |= problem.fields
        return None
    if asked.params.get("period") == OWN:
        problems["period"] = [MOVING]
    return asked


def _format(text: str, problems: dict[str, list[str]]) -> Format:
    try:
        return file_format(text)
    except InvalidInput as problem:
        problems |= problem.fields
        return Format.XLSX


def _timing(timing: Mapping[str, Any], problems: dict[str, list[str]]) -> tuple[Period, int, int]:
    period = Period.DAILY
    try:
        period = Period(str(timing.get("every", "")))
    except ValueError:
        problems["every"] = [N_("Choose one of the list.")]
    hour = _whole(timing.get("hour", 8), 0, 23, "hour", N_("An hour from 0 to 23."), problems)
    day = 1
    if period in LAST_DAY:
        message = N_("A day of the week.") if period == Period.WEEKLY else N_("A day from 1 to 28.")
        day = _whole(timing.get("day", 1), 1, LAST_DAY[period], "day", message, problems)
    return period, hour, day


def _whole(
    value: Any, lowest: int, highest: int, name: str, message: str, problems: dict[str, list[str]]
) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = lowest - 1
    if not lowest <= number <= highest:
        problems[name] = [message]
    return number


def read_addresses(value: Any, problems: dict[str, list[str]]) -> list[str]:
    """E-mail addresses of a text (as `emails.parts_of` parts it) or of a list of texts, each once."""
    texts = [value] if isinstance(value, str) else [str(text) for text in value]
    typed = dict.fromkeys(part for text in texts for part in emails.parts_of(text))
    addresses = {part: emails.normal(part) for part in typed}
    wrong = [part for part, address in addresses.items() if address is None]
    distinct = list(dict.fromkeys(address for address in addresses.values() if address))
    if not typed:
        problems["addresses"] = [N_("Give at least one e-mail address.")]
    elif wrong:
        problems["addresses"] = [Message(NO_ADDRESS, typed=part[:40]) for part in wrong[:MOST_ADDRESSES]]
    elif len(distinct) > MOST_ADDRESSES:
        problems["addresses"] = [N_("At most ten addresses.")]
    return distinct


def own(session: Session, actor: Actor) -> Sequence[ReportSchedule]:
    """The actor's schedules, newest first."""
    statement = select(ReportSchedule).where(
        ReportSchedule.company_id == ordering_company(actor), ReportSchedule.created_by == actor.user_id
    )
    return session.scalars(statement.order_by(ReportSchedule.id.desc())).all()


def last_jobs(session: Session, schedules: Sequence[ReportSchedule]) -> dict[int, ReportJob]:
    """The report that each of these schedules ordered last, by the schedule's id, unless it was deleted."""
    statement = select(ReportJob).where(
        ReportJob.id.in_([schedule.last_job_id for schedule in schedules if schedule.last_job_id])
    )
    return {job.schedule_id or 0: job for job in session.scalars(statement)}


def get_schedule(
    session: Session, actor: Actor, schedule_id: int, *, is_held: bool = False
) -> ReportSchedule:
    """A schedule of the actor's own; raises NotFound."""
    statement = select(ReportSchedule).where(
        ReportSchedule.company_id == ordering_company(actor),
        ReportSchedule.id == schedule_id,
        ReportSchedule.created_by == actor.user_id,
    )
    return only(session, statement, is_held=is_held)


_blocked = select(User.id).where(User.is_blocked.is_(True))


def left_behind(session: Session, actor: Actor) -> Sequence[ReportSchedule]:
    """Paused schedules of people who are blocked, for those who may take them over; nothing for others."""
    if not is_administrator(actor):
        return ()
    return session.scalars(_left_behind(actor).order_by(ReportSchedule.id)).all()


def _left_behind(actor: Actor) -> Select[ReportSchedule]:
    return select(ReportSchedule).where(
        ReportSchedule.company_id == ordering_company(actor),
        ReportSchedule.is_paused.is_(True),
        ReportSchedule.created_by.in_(_blocked),
    )


def take_over(session: Session, actor: Actor, parts: Parts, schedule_id: int) -> ReportSchedule:
    """Go on with a blocked person's schedule as one's own.

    Raises Conflict for that of somebody else, NotAllowed or InvalidInput where the actor may not order the report.
    """
    schedule = _get_left_behind(session, actor, schedule_id)
    _asked_again(session, actor, parts, schedule)
    before = {"person": schedule.created_name}
    schedule.created_by, schedule.created_name = actor.user_id or 0, actor.name
    schedule.staff_reason, schedule.is_paused = actor.reason, False
    schedule.next_at = next_moment(
        Period(schedule.period), schedule.hour, schedule.day, actor.timezone, clock.now()
    )
    entry = Entry(SCHEDULE_TAKEN_OVER, "schedule", schedule.id, before, {"report": schedule.code})
    write(session, actor, [entry])
    return schedule


def forget_left_behind(session: Session, actor: Actor, schedule_id: int) -> None:
    """Delete a blocked person's schedule; raises Conflict for one of somebody else."""
    _forget(session, actor, _get_left_behind(session, actor, schedule_id))


def _get_left_behind(session: Session, actor: Actor, schedule_id: int) -> ReportSchedule:
    for permission in NEEDED:
        require_everywhere(actor, permission)
    of_company = select(ReportSchedule).where(
        ReportSchedule.company_id == ordering_company(actor), ReportSchedule.id == schedule_id
    )
    schedule = only(session, of_company, is_held=True)
    is_blocked = session.scalar(_blocked.where(User.id == schedule.created_by)) is not None
    if not (schedule.is_paused and is_blocked):
        raise Conflict(NOT_LEFT_BEHIND, code="not_left_behind")
    return schedule


def pause(session: Session, actor: Actor, schedule_id: int, *, paused: bool) -> ReportSchedule:
    """Stop ordering for a while, or go on with the next hour to come."""
    schedule = get_schedule(session, actor, schedule_id, is_held=True)
    schedule.is_paused = paused
    if not paused:
        schedule.next_at = next_moment(
            Period(schedule.period), schedule.hour, schedule.day, actor.timezone, clock.now()
        )
    action = SCHEDULE_PAUSED if paused else SCHEDULE_RESUMED
    write(session, actor, [Entry(action, "schedule", schedule.id, None, {"report": schedule.code})])
    return schedule


def forget(session: Session, actor: Actor, schedule_id: int) -> None:
    """Delete a schedule; files that it made stay until their day."""
    _forget(session, actor, get_schedule(session, actor, schedule_id, is_held=True))


def _forget(session: Session, actor: Actor, schedule: ReportSchedule) -> None:
    session.delete(schedule)
    session.flush()
    write(session, actor, [Entry(SCHEDULE_DELETED, "schedule", schedule.id, {"report": schedule.code}, None)])


def send_now(session: Session, actor: Actor, parts: Parts, schedule_id: int) -> ReportJob:
    """Order the report of a schedule at once, paused or not; its next hour stays where it is.

    Raises NotFound, NotAllowed, InvalidInput where it cannot be ordered any more, Conflict while it is being made.
    """
    schedule = get_schedule(session, actor, schedule_id, is_held=True)  # of two clicks the second waits here
    asked = _asked_again(session, actor, parts, schedule)
    made = select(ReportJob.id).where(
        ReportJob.company_id == schedule.company_id,
        ReportJob.schedule_id == schedule.id,
        ReportJob.state.in_(OPEN),
    )
    if session.scalar(made.limit(1)) is not None:
        raise Conflict(STILL_MADE, code="still_made")
    refuse_too_many(session, actor)
    write(session, actor, [Entry(SCHEDULE_SENT, "schedule", schedule.id, None, {"report": schedule.code})])
    return _place(session, actor, parts, asked, schedule)


def order_due(parts: Parts) -> int:
    """Order the reports whose hour has come; returns how many schedules were due."""
    with all_companies(reason="schedules of every company are looked after by one job"), unit_of_work() as db:
        due = db.execute(
            select(ReportSchedule.company_id, ReportSchedule.id)
            .where(ReportSchedule.is_paused.is_(False), ReportSchedule.next_at <= clock.now())
            .limit(AT_ONCE)
        ).all()
    for company_id, schedule_id in due:
        with company_scope(company_id), unit_of_work() as db:
            schedule = db.scalar(
                select(ReportSchedule)
                .where(ReportSchedule.id == schedule_id, ReportSchedule.next_at <= clock.now())
                .with_for_update(skip_locked=True)
            )
            if schedule is not None:
                _order(db, parts, schedule)
    return len(due)


def _order(db: Session, parts: Parts, schedule: ReportSchedule) -> None:
    """Order once, also where several hours went by while nobody worked; a lost right is told and pauses it."""
    now = clock.now()
    zone = db.get_one(Company, schedule.company_id).timezone
    period = Period(schedule.period)
    schedule.next_at = next_moment(period, schedule.hour, schedule.day, zone, now)
    try:
        actor = load_actor(db, schedule.created_by, schedule.company_id, reason=schedule.staff_reason)
        asked = _asked_again(db, actor, parts, schedule)
    except AppError as problem:
        log.warning(SCHEDULE_PAUSED, schedule=schedule.id, problem=problem.code)
        schedule.is_paused, schedule.last_at = True, now
        notifications.paused(db, parts, schedule)
        if db.scalar(_blocked.where(User.id == schedule.created_by)) is not None:
            notifications.left_behind(db, parts, schedule)
        return
    _place(db, actor, parts, asked, schedule)


def _asked_again(db: Session, actor: Actor, parts: Parts, schedule: ReportSchedule) -> Asked:
    """The order of a schedule, with the rights asked anew; raises NotAllowed, NotFound or InvalidInput."""
    require(actor, Permission.REPORTS_SCHEDULE)
    asked = stored(parts.reports.of(schedule.code), schedule.params, schedule.columns)
    require_report(actor, asked.report)
    require_chosen(db, actor, asked)
    return asked


def _place(db: Session, actor: Actor, parts: Parts, asked: Asked, schedule: ReportSchedule) -> ReportJob:
    job = place(db, actor, parts, asked, Format(schedule.format), schedule.locale, schedule_id=schedule.id)
    schedule.last_at, schedule.last_job_id = job.created_at, job.id
    return job
