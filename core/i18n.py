"""Texts marked for translation, and their translation without a web request: for workers and Excel files."""

import gettext
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

LOCALES: Final = ("ru", "en")
DEFAULT_LOCALE: Final = "ru"
TRANSLATIONS: Final = Path(__file__).resolve().parents[1] / "translations"


def N_(msgid: str) -> str:  # noqa: N802 - the customary gettext name, which pybabel extracts
    """Mark ``msgid`` for extraction and return it as it is."""
    return msgid


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - as N_, for texts that count
    """Mark both forms for extraction and return them, for ``ntranslate(locale, *forms, n)``."""
    return singular, plural


def translate(locale: str, msgid: str, **params: object) -> str:
    """Text of ``msgid`` in ``locale`` with ``%(name)s`` filled in; without a translation the msgid itself."""
    return _filled(_catalogue(locale).gettext(msgid) if msgid else "", params)


def ntranslate(locale: str, singular: str, plural: str, n: int, /, **params: object) -> str:
    """Text in the plural form that ``n`` takes in ``locale``; ``%(num)s`` is ``n`` unless given."""
    return _filled(_catalogue(locale).ngettext(singular, plural, n), {"num": n, **params})


def known_locale(locale: str | None) -> str:
    """``locale`` if the product speaks it (``ru-RU`` counts as ``ru``), else the default."""
    language = (locale or "").replace("-", "_").partition("_")[0].lower()
    return language if language in LOCALES else DEFAULT_LOCALE


def _filled(text: str, params: Mapping[str, object]) -> str:
    return text % params if params else text


def _catalogue(locale: str) -> gettext.NullTranslations:
    return _load(TRANSLATIONS, known_locale(locale))


@lru_cache(maxsize=8)
def _load(directory: Path, locale: str) -> gettext.NullTranslations:
    return gettext.translation("messages", directory, [locale], fallback=True)
