"""E-mail addresses: what people type, what is kept, what the mail server gets."""

import pytest

from core import emails


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("boss@example.org", "boss@example.org"),
        (" boss@Example.ORG ", "boss@example.org"),
        ("Имя Фамилия <a@b.ru>", "a@b.ru"),
        ('"Иванов, Пётр" <a@b.ru>', "a@b.ru"),
        ("<a@b.ru>", "a@b.ru"),
        ("'a@b.ru'", "a@b.ru"),
        ("mailto:a@b.ru", "a@b.ru"),
        ("Имя <MAILTO:a@b.ru>", "a@b.ru"),
        ("ivan@пример.рф", "ivan@пример.рф"),
        ("ivan@xn--e1afmkfd.xn--p1ai", "ivan@пример.рф"),
        ("a@corp.local", "a@corp.local"),
        ("first.last+tag@sub-domain.example.org", "first.last+tag@sub-domain.example.org"),
    ],
)
def test_addresses_are_taken_out_of_what_stands_around_them(typed: str, kept: str) -> None:
    assert emails.normal(typed) == kept
    assert emails.for_server(kept).isascii()


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "a",
            "a@b",
            "@b.c",
            "a@.c",
            "a@b..c",
            "a@[1.2",
            "a@[127.0.0.1]",
            "a@1.2.3.4",
            ")@example.com",
            "(@b.cc",
        ),
        *(
            "a b@c.ru",
            "a.@b.ru",
            ".a@b.ru",
            "a@-b.ru",
            "a@b.ru>",
            "a@b.ru\x00",
            "a@b.ru\nBcc: c@d.ru",
            "иван@пример.рф",
        ),
        *("x" * 65 + "@b.ru", "a@" + "b" * 64 + ".ru", "a@" + "b." * 130 + "ru", '"a b"@c.ru', "a@b@c.ru"),
    ],
)
def test_what_no_server_takes_is_no_address(typed: str) -> None:
    assert emails.normal(typed) is None
    with pytest.raises(ValueError, match="not an e-mail"):
        emails.for_server(typed)


def test_several_addresses_as_mail_programs_copy_them() -> None:
    typed = "Иванов, Пётр <a@b.ru>; c@d.ru, Анна <mailto:e@f.ru>, 'x@y.ru' <x@y.ru>\nплохо g@h.ru"
    parts = emails.parts_of(typed)
    assert [emails.normal(part) for part in parts] == [
        *("a@b.ru", "c@d.ru", "e@f.ru", "x@y.ru", "x@y.ru", None, "g@h.ru")
    ]
    assert "плохо" in parts
