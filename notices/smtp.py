"""The way to the mail server: one address read from the settings, one mail over one connection."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core import clock, emails

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


class _Policy(EmailPolicy):
    """The usual policy, with texts folded by `Header`: the library's own folding loses blanks between words."""

    def fold(self, name: str, value: Any) -> str:
        """The header on as many lines as it needs."""
        folded = self._text(name, value)
        if folded is None:
            return str(super().fold(name, value))
        return f"{name}: {folded.encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same in bytes."""
        if self._text(name, value) is None:
            return bytes(super().fold_binary(name, value))
        return self.fold(name, value).encode("ascii")

    def _text(self, name: str, value: Any) -> Header | None:
        """The text of a header that needs more than ASCII; None where the library's folding will do."""
        if name not in ("Subject", "From") or str(value).isascii():
            return None
        if name == "Subject":
            return Header(str(value), "utf-8", header_name=name)
        (sender,) = value.addresses
        header = Header(sender.display_name, "utf-8", header_name=name)
        header.append(f"<{sender.addr_spec}>", "ascii")
        return header


POLICY = _Policy()


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
        message = self.message(letter)
        try:
            with self._connected() as link:
                link.send_message(message)
        except smtplib.SMTPRecipientsRefused as problem:
            code, words = next(iter(problem.recipients.values()))
            raise _kind(code)(_said(code, words)) from problem
        except smtplib.SMTPResponseException as problem:
            raise _kind(problem.smtp_code)(_said(problem.smtp_code, problem.smtp_error)) from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise MailServerAway(str(problem) or type(problem).__name__) from problem

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

    def message(self, letter: Letter) -> EmailMessage:
        """The mail as it goes out; raises MailRefused for what cannot be written."""
        try:
            return self._built(letter)
        except Exception as problem:
            # The library has no common error for what it cannot write, and each is of this mail alone.
            raise MailRefused(str(problem) or type(problem).__name__) from problem

    def _built(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=POLICY)
        message["From"] = self._sender
        message["To"] = Address(addr_spec=emails.for_server(letter.recipient))
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
        message.as_bytes()  # folded here, so that what cannot be folded is this mail's error
        return message


def _kind(code: int) -> type[Exception]:
    # 535 is a wrong password of ours and 530 a missing one: no fault of the mail.
    return MailRefused if code in REFUSED_FOR_GOOD and code not in (530, 534, 535) else MailServerAway


def _said(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
