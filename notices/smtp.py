"""The way to the mail server: one address read from the settings, one mail over one connection."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from core import clock

TIMEOUT = 20.0
REFUSED_FOR_GOOD = range(500, 600)


class MailRefused(Exception):
    """The server will never take this mail: a wrong address, a mail that is too big."""


class MailServerAway(Exception):
    """The server does not answer or asks to come again later."""


@dataclass(frozen=True)
class File:
    """An attachment with its content."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A mail ready to be sent. `number` tells mails apart, so that a doubled one is recognised."""

    number: str
    recipient: str
    subject: str
    text: str
    html: str = ""
    files: Sequence[File] = ()


class SmtpServer:
    """A server by its address: smtp://user:password@host:port?tls=starttls (or tls=ssl, or without tls)."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        tls = parse_qs(parts.query).get("tls", [""])[0]
        self._tls = "ssl" if parts.scheme == "smtps" else tls
        self._sender = sender

    @property
    def is_set(self) -> bool:
        """False where no server was named: mail waits."""
        return bool(self._host)

    def send(self, letter: Letter) -> None:
        """Hand one mail over. Raises MailRefused or MailServerAway."""
        try:
            with self._connected() as link:
                link.send_message(self._message(letter))
        except smtplib.SMTPRecipientsRefused as problem:
            code, words = next(iter(problem.recipients.values()))
            raise _kind(code)(_said(code, words)) from problem
        except smtplib.SMTPResponseException as problem:
            raise _kind(problem.smtp_code)(_said(problem.smtp_code, problem.smtp_error)) from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise MailServerAway(str(problem) or type(problem).__name__) from problem
        except ValueError as problem:
            raise MailRefused(str(problem)) from problem

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls == "ssl":
            link: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port or 465, timeout=TIMEOUT, context=context
            )
        else:
            link = smtplib.SMTP(self._host, self._port or 25, timeout=TIMEOUT)
        if self._tls == "starttls":
            link.starttls(context=context)
        if self._user:
            link.login(self._user, self._password)
        return link

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = Address(addr_spec=letter.recipient)
        message["Subject"] = letter.subject
        message["Date"] = clock.now()
        message["Message-ID"] = f"<{letter.number}@{self._sender.rpartition('@')[2].strip('<> ')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        if letter.html:
            message.add_alternative(letter.html, subtype="html")
        for file in letter.files:
            kind, _, subtype = file.type.partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
        return message


def _kind(code: int) -> type[Exception]:
    # 535 is a wrong password of ours and 530 a missing one: no fault of the mail.
    return MailRefused if code in REFUSED_FOR_GOOD and code not in (530, 534, 535) else MailServerAway


def _said(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
