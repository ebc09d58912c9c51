"""Translation without a request: placeholders, plural forms, missing catalogues."""

from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core import i18n

PO = Path(i18n.TRANSLATIONS, "ru", "LC_MESSAGES", "messages.po")


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = read_po(PO.open("rb"), locale="ru")
    catalog.add(("%(num)s row", "%(num)s rows"), ("%(num)s строка", "%(num)s строки", "%(num)s строк"))
    catalog.add("Hello, %(name)s", "Здравствуйте, %(name)s")
    target = tmp_path / "ru" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalog)
    monkeypatch.setattr(i18n, "TRANSLATIONS", tmp_path)


def test_the_marker_changes_nothing() -> None:
    assert i18n.N_("text") == "text"


@pytest.mark.usefixtures("catalogue")
def test_translates_with_parameters() -> None:
    assert i18n.translate("ru", "Hello, %(name)s", name="Анна") == "Здравствуйте, Анна"
    assert i18n.translate("en", "Hello, %(name)s", name="Anna") == "Hello, Anna"


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("n", "text"), [(1, "1 строка"), (3, "3 строки"), (5, "5 строк"), (12, "12 строк"), (22, "22 строки")]
)
def test_russian_plural_forms(n: int, text: str) -> None:
    assert i18n.ntranslate("ru", "%(num)s row", "%(num)s rows", n) == text


def test_without_a_catalogue_the_msgid_is_shown() -> None:
    assert i18n.translate("xx", "100 % of it") == "100 % of it"
    assert i18n.translate("ru", "") == ""
    assert i18n.ntranslate("en", "%(num)s row", "%(num)s rows", 2) == "2 rows"


@pytest.mark.parametrize(("given", "locale"), [("ru-RU", "ru"), ("en_GB", "en"), ("de", "ru"), (None, "ru")])
def test_known_locale(given: str | None, locale: str) -> None:
    assert i18n.known_locale(given) == locale
