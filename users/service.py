"""Use cases on people: create, block, change one's own settings and passwords; each writes the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, not_, or_, select, true, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock, emails
from core.emails import NOT_AN_EMAIL
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.i18n import LOCALES, N_
from core.journal import entries as journal
from core.journal.actions import Action
from core.looks import INVISIBLE, has_invisible
from core.tenancy import OPERATOR, all_companies
from hierarchy.models import Company
from rbac.actor import Actor, company_of
from rbac.decision import is_allowed, is_everywhere, require, visible
from rbac.grants import load_grants
from rbac.models import Grant
from rbac.permissions import Permission
from users import last_admin
from users.journal import (
    PASSWORD_CHANGED,
    PASSWORD_RESET,
    SESSION_ENDED,
    SETTINGS_CHANGED,
    SIGNED_OUT_EVERYWHERE,
    USER_BLOCKED,
    USER_CREATED,
    USER_UNBLOCKED,
)
from users.models import User, UserSession
from users.signin import devices, lockout, passwords, sessions
from users.signin.identifiers import (
    login_in_company,
    login_problem,
    may_be_shared,
    normal_login,
    normal_phone,
)
from users.signin.own_words import own_words
from users.signin.service import Refusal, confirm
from users.signin.sessions import Limits

PAGE = 100
THEMES = ("auto", "light", "dark")


def create_user(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str,
    email: str = "",
    phone: str = "",
    locale: str = "ru",
) -> User:
    """A new person of the actor's company; raises InvalidInput with everything that is wrong.

    The login gets the ending of the company, save from the command line.
    """
    require(actor, Permission.USERS_EDIT)
    login, name, email = normal_login(login), name.strip(), email.strip()
    if actor.kind != "system":
        login = login_in_company(login, company_of(actor))
    own = own_words(login=login, name=name, email=email, phone=phone, company=_company_name(session, actor))
    wrong = _wrong_fields(login, name, email, phone) | _weak(password, own)
    if not wrong and _is_taken(session, login):
        wrong["login"] = [TAKEN]
    if wrong:
        raise InvalidInput(N_("The person was not created."), fields=wrong)
    user = User(
        company_id=actor.company_id,
        login=login,
        name=name,
        email=email,
        phone=normal_phone(phone) or "",
        password_hash=passwords.hash_password(password, own),
        locale=locale if locale in LOCALES else LOCALES[0],
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as problem:
        raise InvalidInput(N_("The person was not created."), fields={"login": [TAKEN]}) from problem
    after = {"login": login, "name": name, "email": email, "phone": user.phone}
    _write(session, actor, user, USER_CREATED, None, after)
    return user


TAKEN = N_("This login is taken.")


def _wrong_fields(login: str, name: str, email: str, phone: str) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if unfit := login_problem(login):
        wrong["login"] = [unfit]
    if not 1 <= len(name) <= 200:
        wrong["name"] = [N_("Say the person's name.")]
    elif has_invisible(name):
        wrong["name"] = [INVISIBLE]
    if email and emails.normal(email) is None:
        wrong["email"] = [NOT_AN_EMAIL]
    if phone.strip() and normal_phone(phone) is None:
        wrong["phone"] = [N_("This is not a phone number.")]
    return wrong


def _weak(password: str, own: Iterable[str]) -> dict[str, list[str]]:
    weak = passwords.problems(password, own)
    return {"password": weak} if weak else {}


def _company_name(session: Session, actor: Actor) -> str:
    """The company acted in; the system's actors bring no name of it."""
    if actor.company_name or actor.company_id is None:
        return actor.company_name
    return session.get_one(Company, actor.company_id).name


def _own_words(session: Session, actor: Actor, user: User) -> list[str]:
    company = _company_name(session, actor)
    return own_words(login=user.login, name=user.name, email=user.email, phone=user.phone, company=company)


def _is_taken(session: Session, login: str) -> bool:
    with all_companies(reason="logins are unique over all companies"):
        return (
            session.scalar(select(User.id).where(User.login.ilike(_literal(login), escape="\\"))) is not None
        )


def _literal(login: str) -> str:
    return login.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def get_user(
    session: Session, actor: Actor, user_id: int, permission: Permission = Permission.USERS_VIEW
) -> User:
    """A person of the actor's company whom the actor sees by this permission; raises NotFound for anybody else."""
    user = session.scalar(
        select(User).where(
            User.id == user_id, User.company_id == actor.company_id, seen_people(actor, permission)
        )
    )
    if user is None:
        raise NotFound
    return user


def seen_people(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on people that the actor sees them: those with a role in the actor's departments, and oneself.

    A person without any role is seen by all who hold the permission: nobody could give a first role otherwise.
    """
    if is_everywhere(actor, permission):
        return true()
    roles = select(Grant.id).where(Grant.company_id == User.company_id, Grant.user_id == User.id)
    within = roles.where(visible(actor, permission, Grant.path))
    return or_(User.id == actor.user_id, within.exists(), not_(roles.exists()))


def block_user(session: Session, actor: Actor, user_id: int) -> User:
    """Shut a person out at once, in every session; raises Conflict for oneself and the last administrator."""
    user = _get_below(session, actor, user_id)
    if user.id == actor.user_id:
        raise Conflict(N_("You cannot block yourself."))
    if user.is_blocked:
        return user
    last_admin.require_another(session, user.company_id or 0, but=user.id)
    user.is_blocked = True
    _shut_out(session, user)
    _write(session, actor, user, USER_BLOCKED, {"is_blocked": False}, {"is_blocked": True})
    return user


def unblock_user(session: Session, actor: Actor, user_id: int) -> User:
    """Let a person in again, also after wrong tries."""
    user = _get_below(session, actor, user_id)
    before = {"is_blocked": user.is_blocked, "is_locked": user.id in locks_of(session, [user])}
    user.is_blocked = False
    _unlock(session, user)
    _write(session, actor, user, USER_UNBLOCKED, before, {"is_blocked": False, "is_locked": False})
    return user


def reset_password(session: Session, actor: Actor, user_id: int, password: str) -> User:
    """Set another person's password; their sessions end. Raises Conflict for one's own, which needs the old one."""
    if user_id == actor.user_id:
        raise Conflict(N_("Change your own password in your profile: the old one is asked for there."))
    user = _get_below(session, actor, user_id)
    user.password_hash = passwords.hash_password(password, _own_words(session, actor, user))
    _unlock(session, user)
    _shut_out(session, user)
    _write(session, actor, user, PASSWORD_RESET, None, None)
    return user


def _unlock(session: Session, user: User) -> None:
    """Take back tries of the person's login; those of an address or a number may be guesses at somebody else."""
    if not may_be_shared(user.login):
        lockout.forget(session, user.login)


def _shut_out(session: Session, user: User) -> None:
    sessions.end_all(session, user.id, moment=clock.now())
    devices.forget(session, user.id)


def locks_of(session: Session, users: Iterable[User]) -> dict[int, datetime]:
    """Until when the logins of these people are locked after wrong tries, by the ids of those who are."""
    by_login = {user.login: user.id for user in users}
    locks = lockout.locks(session, by_login, clock.now())
    return {by_login[login]: until for login, until in locks.items()}


def change_own_password(
    session: Session, actor: Actor, old: str, new: str, *, keep_session: str, device: str = ""
) -> Refusal | None:
    """Change one's own password; every other session ends, and no other browser is known any more.

    Returns the refusal of a wrong old one, whose counted try is to be committed; raises InvalidInput for the new one.
    """
    with all_companies(reason="a person's own row; the rows of staff belong to no company"):
        user = session.get_one(User, actor.user_id)
        refusal = confirm(session, user, old, moment=clock.now(), ip=actor.ip, device=device)
        if refusal is not None:
            return refusal
        own = _own_words(session, actor, user)
        user.password_hash = passwords.hash_password(new, own, field="new")
        sessions.end_all(session, user.id, moment=clock.now(), but=keep_session)
        devices.forget(session, user.id, but=device)
        _write(session, actor, user, PASSWORD_CHANGED, None, None)
    return None


def change_own_settings(
    session: Session, actor: Actor, *, locale: str | None = None, theme: str | None = None
) -> None:
    """Change one's own language or theme; raises InvalidInput for one that there is not."""
    if (locale is not None and locale not in LOCALES) or (theme is not None and theme not in THEMES):
        raise InvalidInput(N_("There is no such choice."))
    with all_companies(reason="a person's own row; the rows of staff belong to no company"):
        user = session.get_one(User, actor.user_id)
        before = {"locale": user.locale, "theme": user.theme}
        user.locale, user.theme = locale or user.locale, theme or user.theme
        after = {"locale": user.locale, "theme": user.theme}
        if before != after:
            _write(session, actor, user, SETTINGS_CHANGED, before, after)


def own_sessions(session: Session, actor: Actor, limits: Limits) -> Sequence[UserSession]:
    """The person's own sessions that still work, the last used first."""
    with all_companies(reason="a person's own rows; those of staff belong to no company"):
        return sessions.alive(session, actor.user_id or 0, moment=clock.now(), limits=limits)


def end_own_sessions(
    session: Session, actor: Actor, password: str, *, only: str = "", keep: str = "", device: str = ""
) -> int | Refusal:
    """End one's own session `only`, or all save `keep`, by their token hashes; returns how many ended.

    With all of them other browsers are forgotten too. Needs the password: who only found a session open cannot
    shut the person out of the others. The counted try of a refusal is to be committed. Raises NotFound.
    """
    with all_companies(reason="a person's own row; the rows of staff belong to no company"):
        user, moment = session.get_one(User, actor.user_id), clock.now()
        refusal = confirm(session, user, password, moment=moment, ip=actor.ip, device=device)
        if refusal is not None:
            return refusal
        if only:
            if not sessions.end(session, only, moment=moment, user_id=user.id):
                raise NotFound
            _write(session, actor, user, SESSION_ENDED, None, None)
            return 1
        ended = sessions.end_all(session, user.id, moment=moment, but=keep)
        devices.forget(session, user.id, but=device)
        _write(session, actor, user, SIGNED_OUT_EVERYWHERE, None, {"sessions": ended})
        return ended


def people(session: Session, actor: Actor, *, text: str = "", after: int | None = None) -> Sequence[User]:
    """A page of the company's people by name, from the person `after` on; narrowed to a part of name or login."""
    require(actor, Permission.USERS_VIEW)
    query = select(User).where(User.company_id == actor.company_id, seen_people(actor, Permission.USERS_VIEW))
    if text.strip():
        part = text.strip()
        query = query.where(
            or_(User.name.icontains(part, autoescape=True), User.login.icontains(part, autoescape=True))
        )
    if after is not None:
        last = get_user(session, actor, after)
        query = query.where(tuple_(User.name, User.id) > (last.name, last.id))
    return session.scalars(query.order_by(User.name, User.id).limit(PAGE)).all()


def _get_below(session: Session, actor: Actor, user_id: int) -> User:
    """A person whom the actor may change: one who holds nothing that the actor does not hold there too."""
    require(actor, Permission.USERS_EDIT)
    user = get_user(session, actor, user_id, Permission.USERS_EDIT)
    for need in load_grants(session, user.company_id or 0, user.id, clock.now()):
        if not is_allowed(actor, Permission(need.permission), need.path):
            raise NotAllowed(need.permission, N_("This person holds rights that you do not hold yourself."))
    return user


def _write(
    session: Session,
    actor: Actor,
    user: User,
    action: Action,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    entry = journal.Entry(
        action,
        "user",
        user.id,
        dict(before) if before else None,
        dict(after) if after else None,
        label=user.name,
    )
    company = user.company_id if user.company_id is not None else OPERATOR
    journal.write(session, actor, [entry], company_id=company)
