"""Use cases on people: create, block, change one's own settings and passwords; each writes the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from rbac.actor import Actor
from rbac.decision import is_allowed, is_everywhere, require, visible
from rbac.grants import load_grants
from rbac.models import Grant
from rbac.permissions import Permission
from users import last_admin
from users.journal import (
    PASSWORD_CHANGED,
    PASSWORD_RESET,
    SETTINGS_CHANGED,
    SIGNED_OUT_EVERYWHERE,
    USER_BLOCKED,
    USER_CREATED,
    USER_UNBLOCKED,
)
from users.models import User
from users.signin import passwords, sessions
from users.signin.identifiers import (
    login_problem,
    normal_login,
    normal_phone,
    reads_as_another,
)
from users.signin.own_words import own_words

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
    """A new person of the actor's company; raises InvalidInput with everything that is wrong."""
    require(actor, Permission.USERS_EDIT)
    login, name, email = normal_login(login), name.strip(), email.strip()
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
    elif reads_as_another(login, email=email, phone=phone):
        wrong["login"] = [N_("A login like an e-mail address or a phone number must be the person's own.")]
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
    sessions.end_all(session, user.id, moment=clock.now())
    _write(session, actor, user, USER_BLOCKED, {"is_blocked": False}, {"is_blocked": True})
    return user


def unblock_user(session: Session, actor: Actor, user_id: int) -> User:
    """Let a person in again, also after wrong tries."""
    user = _get_below(session, actor, user_id)
    before = {"is_blocked": user.is_blocked, "is_locked": user.locked_until is not None}
    user.is_blocked, user.failed_tries, user.locked_until = False, 0, None
    _write(session, actor, user, USER_UNBLOCKED, before, {"is_blocked": False, "is_locked": False})
    return user


def reset_password(session: Session, actor: Actor, user_id: int, password: str) -> User:
    """Set another person's password; their sessions end. Raises Conflict for one's own, which needs the old one."""
    if user_id == actor.user_id:
        raise Conflict(N_("Change your own password in your profile: the old one is asked for there."))
    user = _get_below(session, actor, user_id)
    user.password_hash = passwords.hash_password(password, _own_words(session, actor, user))
    user.failed_tries, user.locked_until = 0, None
    sessions.end_all(session, user.id, moment=clock.now())
    _write(session, actor, user, PASSWORD_RESET, None, None)
    return user


def change_own_password(session: Session, actor: Actor, old: str, new: str, *, keep_session: str) -> None:
    """Change one's own password; every other session of the person ends."""
    with all_companies(reason="a person's own row; the rows of staff belong to no company"):
        user = session.get_one(User, actor.user_id)
        if not passwords.matches(user.password_hash, old):
            raise InvalidInput(
                N_("The password was not changed."), fields={"old": [N_("This is not your password.")]}
            )
        own = _own_words(session, actor, user)
        user.password_hash = passwords.hash_password(new, own, field="new")
        sessions.end_all(session, user.id, moment=clock.now(), but=keep_session)
        _write(session, actor, user, PASSWORD_CHANGED, None, None)


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


def end_own_sessions(session: Session, actor: Actor, *, keep_session: str = "") -> int:
    """Sign out everywhere, save in the session to keep; returns how many ended."""
    with all_companies(reason="a person's own row; the rows of staff belong to no company"):
        user = session.get_one(User, actor.user_id)
        ended = sessions.end_all(session, user.id, moment=clock.now(), but=keep_session)
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
