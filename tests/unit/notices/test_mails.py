"""Mails as they are written: headers survive their folding, and what cannot be written is refused."""

import random
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32

import pytest

from notices.smtp import Letter, MailRefused, SmtpServer

SENTENCE = (
    "Задания и их итоги – АО «Северный завод» Пользователи права отчёт за ноябрь 2026 SIM-карты Report №12"
)
WORDS = SENTENCE.split()


def sent_header(subject: str, name: str) -> tuple[str, str]:
    server = SmtpServer("smtp://127.0.0.1:9", f'"{name}" <vm@example.org>')
    message = server.message(Letter("1.2", "ivan@пример.рф", subject, "text"))
    written = message_from_bytes(message.as_bytes(), policy=compat32)
    assert written["To"] == "ivan@xn--e1afmkfd.xn--p1ai"
    subject, sender = (str(make_header(decode_header(written[header]))) for header in ("Subject", "From"))
    return subject, sender.replace('"', "")


def test_blanks_in_headers_survive_their_folding() -> None:
    chance = random.Random(7)
    for _ in range(120):
        subject = " ".join(chance.choices(WORDS, k=chance.randint(1, 30)))
        name = " ".join(chance.choices(WORDS, k=chance.randint(1, 8)))
        assert sent_header(subject, name) == (subject, f"{name} <vm@example.org>")


@pytest.mark.parametrize(
    "recipient", [")@example.com", "(@b.cc", "a@.c", "a@b..c", "@b.c", "a@[1.2", "a\n@b.ru", ""]
)
def test_a_recipient_that_is_no_address_is_refused(recipient: str) -> None:
    with pytest.raises(MailRefused):
        SmtpServer("smtp://127.0.0.1:9", "vm@example.org").message(Letter("1", recipient, "Subject", "text"))


@pytest.mark.parametrize(
    "letter",
    [
        Letter("1", "a@b.ru", "two\nlines", "text"),
        Letter("1\r\n", "a@b.ru", "Subject", "text"),
        Letter("1", "a@b.ru", "half \ud800", "text"),
        Letter("1", "a@b.ru", "Subject", "half \ud800"),
    ],
)
def test_what_cannot_be_written_is_refused(letter: Letter) -> None:
    with pytest.raises(MailRefused):
        SmtpServer("smtp://127.0.0.1:9", "vm@example.org").message(letter)
