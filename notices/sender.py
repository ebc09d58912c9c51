"""Sending of the outbox: mails are claimed so that no two senders take one, and tried again with longer pauses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import NotFound
from core.i18n import N_
from core.storage import Storage
from core.tenancy import all_companies
from notices.models import MailState, OutboxMail
from notices.smtp import File, Letter, MailRefused, MailServerAway, SmtpServer

log = structlog.get_logger(__name__)
AT_ONCE = 20
HOLD = timedelta(minutes=5)
"""How long a claimed mail is nobody else's; after a crash it is tried again, so a mail may come twice, never not."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
MOST_TRIES = 40
"""With the pauses above: about a day and a half."""
NEVER_SENT = N_("The mail could not be sent in many tries.")
EXPIRED = N_("The attached file is not kept any more.")
REASON = "the outbox of every company is sent by one sender"


def send_due(server: SmtpServer, storage: Storage) -> int:
    """Send the mails that are due; returns how many the server took."""
    if not server.is_set:
        return 0
    sent = 0
    for mail in _claim():
        try:
            server.send(_letter(mail, storage))
        except MailRefused as problem:
            _record(mail, state=MailState.FAILED, trouble=str(problem)[:500])
        except NotFound:
            _record(mail, state=MailState.FAILED, trouble=EXPIRED)
        except MailServerAway as problem:
            _postpone(mail, str(problem)[:500])
        except Exception as problem:
            # Whatever it is, the mails after this one are other people's.
            log.error("mail.bug", mail=mail.id, exc_info=problem)
            _postpone(mail, type(problem).__name__)
        else:
            _record(mail, state=MailState.SENT, sent_at=clock.now(), trouble="")
            sent += 1
    return sent


def waiting() -> int:
    """The number of mails that wait to be sent, in every company."""
    with all_companies(reason=REASON), unit_of_work() as db:
        return int(db.scalar(select(func.count()).where(OutboxMail.state == MailState.PENDING)) or 0)


def _claim() -> list[OutboxMail]:
    now = clock.now()
    with all_companies(reason=REASON), unit_of_work() as db:
        due = db.scalars(
            select(OutboxMail)
            .where(OutboxMail.state == MailState.PENDING, OutboxMail.next_try_at <= now)
            .order_by(OutboxMail.next_try_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for mail in due:
            if mail.tries >= MOST_TRIES:  # nobody lived to record how the last try ended
                mail.state, mail.trouble = MailState.FAILED, mail.trouble or NEVER_SENT
            mail.tries += 1
            mail.next_try_at = now + HOLD
        return [mail for mail in due if mail.state == MailState.PENDING]


def _letter(mail: OutboxMail, storage: Storage) -> Letter:
    files = []
    for attachment in mail.attachments:
        with storage.open(attachment["key"]) as stream:
            files.append(File(attachment["name"], attachment["type"], stream.read()))
    number = f"{mail.company_id}.{mail.id}.{mail.created_at:%Y%m%d%H%M%S}"
    return Letter(number, mail.recipient, mail.subject, mail.body_text, mail.body_html, files)


def _postpone(mail: OutboxMail, trouble: str) -> None:
    log.warning("mail.postponed", mail=mail.id, tries=mail.tries, problem=trouble)
    if mail.tries >= MOST_TRIES:
        _record(mail, state=MailState.FAILED, trouble=trouble)
        return
    pause = min(FIRST_PAUSE * 2 ** min(mail.tries - 1, 10), LONGEST_PAUSE)
    _record(mail, next_try_at=clock.now() + pause, trouble=trouble)


def _record(mail: OutboxMail, **values: Any) -> None:
    with all_companies(reason=REASON), unit_of_work() as db:
        _update(db, mail, values)


def _update(db: Session, mail: OutboxMail, values: dict[str, Any]) -> None:
    db.execute(
        update(OutboxMail)
        .where(OutboxMail.company_id == mail.company_id, OutboxMail.id == mail.id)
        .values(**values),
        execution_options={"synchronize_session": False},
    )
