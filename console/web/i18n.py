"""The language, the zone and the theme of a request, and the Jinja filters that write values for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask_babel import Babel
from markupsafe import Markup

from console.web import formats
from console.web.identity import find_person
from core import clock
from core.i18n import DEFAULT_LOCALE, LOCALES, TRANSLATIONS, ntranslate, translate
from core.messages import Message
from core.money import Money
from lines.numbers import format_iccid, format_msisdn
from runs import row_values

LOCALE_COOKIE = "locale"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
LANGUAGE_NAMES: Mapping[str, str] = {"ru": "Русский", "en": "English"}


def install(app: Flask) -> None:
    """Set languages up and register the filters."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, default_locale=DEFAULT_LOCALE, locale_selector=locale, timezone_selector=zone_name)
    app.jinja_env.filters.update(
        t=text,
        counted=counted,
        msisdn=format_msisdn,
        iccid=format_iccid,
        money=money,
        when=when,
        number=number,
        row_value=row_values.shown,
        line_title=format_msisdn,
    )
    app.jinja_env.globals.update(locale=locale, theme=theme, languages=LANGUAGE_NAMES, themes=THEMES)


def locale() -> str:
    """The person's language, else the cookie's, else the browser's."""
    person = find_person()
    if person is not None and person.actor is not None:
        return person.actor.locale
    cookie = request.cookies.get(LOCALE_COOKIE)
    if cookie in LOCALES:
        return cookie
    return request.accept_languages.best_match(LOCALES) or DEFAULT_LOCALE


def theme() -> str:
    """The person's theme, else the cookie's: auto, light or dark."""
    person = find_person()
    name = person.visit.theme if person is not None and person.visit else request.cookies.get(THEME_COOKIE)
    return name if name in THEMES else THEMES[0]


def zone_name() -> str:
    """The time zone of the company acted in."""
    person = find_person()
    return person.actor.timezone if person is not None and person.actor is not None else clock.DEFAULT_ZONE


def text(msgid: str, **params: Any) -> str:
    """A text of the domain in the language of the request; a message brings parameters of its own."""
    if isinstance(msgid, Message):
        counts = {name: number(value) for name, value in msgid.params.items() if isinstance(value, int)}
        params = {**msgid.params, **counts, **params}
    shown = {name: money(value) if isinstance(value, Money) else value for name, value in params.items()}
    return translate(locale(), msgid, **shown)


def counted(forms: tuple[str, str], count: int) -> str:
    """A text of the domain over so many: its forms are marked with NN_ and say %(n)s."""
    return ntranslate(locale(), *forms, count, n=number(count))


def number(value: int | float | Decimal | None) -> str:
    """A number in groups of three."""
    return formats.number(value, locale())


def money(value: Money | Decimal | None) -> str:
    """An amount with its currency."""
    return formats.money(value, locale())


def when(value: datetime | date | None) -> str | Markup:
    """A moment as people say it, exact on hover; a dash for never."""
    if value is None:
        return "–"
    zone = ZoneInfo(zone_name())
    now = clock.now().astimezone(zone)
    if not isinstance(value, datetime):
        label = formats.day_for_people(value, now.date(), locale())
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), label)
    local = value.astimezone(zone)
    label = formats.moment_for_people(local, now, locale())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        local.isoformat(), formats.exact(local, locale()), label
    )
