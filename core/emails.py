"""E-mail addresses: one rule for what people type, for what is kept and for what goes to the mail server.

An address is kept as people read it, with the letters of its domain ("ivan@пример.рф"); the mail server gets the domain
in ASCII (IDNA).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email

from core.i18n import N_

NOT_AN_EMAIL = N_("This is not an e-mail address.")
LONGEST: Final = 254
"""Characters of an address that a mail server takes (RFC 5321)."""
_NAMED: Final = re.compile(r"(?P<before>[^<>]*)<(?P<address>[^<>]*)>")
_BETWEEN_LINES: Final = re.compile(r"[;\r\n]+")
_BETWEEN_WORDS: Final = re.compile(r"[,\s]+")
_SCHEME: Final = "mailto:"

# A company's own network has mail too. This list of the library is meant to be changed.
SPECIAL_USE_DOMAIN_NAMES.remove("local")


def normal(typed: str) -> str | None:
    """The address as it is kept; None for what is no address.

    It is taken out of what mail programs copy: "Ivan Petrov <ivan@example.com>", "mailto:ivan@example.com".
    """
    read = _read(_bare(typed))
    return read.normalized if read is not None else None


def for_server(address: str) -> str:
    """The address as a mail server takes it, in ASCII; raises ValueError for what is no address."""
    read = _read(address)
    if read is None or read.ascii_email is None:
        raise ValueError(NOT_AN_EMAIL)
    return read.ascii_email


def parts_of(typed: str) -> list[str]:
    """The addresses that a text names, each as it was typed, for `normal` to read.

    Commas, semicolons, blanks and new lines part them. Words before an address in angle brackets are its name,
    which may hold commas, as mail programs write it.
    """
    return [part for line in _BETWEEN_LINES.split(typed) for part in _parts_of_line(line)]


def _parts_of_line(line: str) -> Iterator[str]:
    rest = 0
    for named in _NAMED.finditer(line):
        yield from (word for word in _words(named["before"]) if "@" in word.strip("'\""))
        yield f"<{named['address']}>"
        rest = named.end()
    yield from _words(line[rest:])


def _words(text: str) -> list[str]:
    return [word for word in _BETWEEN_WORDS.split(text) if word]


def _bare(typed: str) -> str:
    text = typed.strip()
    named = _NAMED.fullmatch(text)
    address = (named["address"] if named else text).strip().strip("'\"")
    return address[len(_SCHEME) :] if address.lower().startswith(_SCHEME) else address


def _read(address: str) -> ValidatedEmail | None:
    try:
        read = validate_email(address, allow_smtputf8=False, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    return read if len(read.normalized) <= LONGEST else None
