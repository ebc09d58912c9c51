"""What people type is printed as it was typed: never read as markup, a template, a formula, or a reason to fail."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest

from forms import printing
from forms.documents.form import SCANS, FormLine
from forms.documents.types import TYPES, get_type
from forms.printing import description
from forms.printing.texts import plain
from tests.fixtures.pdf import text_of

HOSTILE = (
    "=1+1",
    "+7*7",
    "@SUM(A1:A9)",
    '=HYPERLINK("http://evil.test";"нажмите")',
    "{{ 7*7 }} {% for x in y %} {# нет #} {%p if 1 %}",
    '#strong[x] $x^2$ *ж* _к_ `код` // нет /* нет */ <метка> @ссылка \\ "кавычки"',
    "<w:p>&lt;&amp;</w:p> ]]> <script>alert(1)</script>",
    "обычный «текст» №1 — ‑ … ₽ ёЁ",
)


def hostile(code: str) -> printing.Document:
    """A document where every text that people type is hostile."""
    form = get_type(code)
    lines = [FormLine(no, "79161234567", "8970101000000000005", text) for no, text in enumerate(HOSTILE)]
    head, rows = description._table(form, "ru", lines, {})
    facts = tuple(printing.Fact(f"поле {no}", text) for no, text in enumerate(HOSTILE))
    prose = printing.Fact("проза", "\n".join(HOSTILE), is_wide=True)
    return replace(
        printing.blank(form, "ru"),
        sender=(printing.Fact("", HOSTILE[4]), printing.Fact("ИНН", HOSTILE[5])),
        facts=(*facts, prose),
        head=head,
        numbers=rows,
        signers=(printing.Fact("подпись", HOSTILE[0]),),
        date="1 декабря 2026 г.",
    )


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("annex", [(), ("Приложение", HOSTILE[5], HOSTILE[4])])
def test_typed_texts_stay_as_they_are(tmp_path: Path, annex: tuple[str, ...]) -> None:
    document = replace(hostile("claim"), annex=annex)
    for ending in printing.DRAWERS:
        printing.write(document, ending, tmp_path / f"out.{ending}")
    pdf = squeezed(text_of(tmp_path / "out.pdf"))
    made = docx.Document(str(tmp_path / "out.docx"))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    word = squeezed("".join([paragraph.text for paragraph in made.paragraphs] + cells))
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    sheets = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    excel = squeezed("".join(str(cell.value) for cell in sheets))
    for text in HOSTILE:
        assert squeezed(text) in word, text
        assert squeezed(text) in excel, text
        # A line break of the PDF may stand for a hyphen.
        assert squeezed(text).replace("-", "") in pdf.replace("-", ""), text
    assert not [cell for cell in sheets if cell.data_type == "f"]
    assert not [cell for cell in sheets if cell.hyperlink]
    with zipfile.ZipFile(tmp_path / "out.docx") as archive:
        assert b"<script" not in archive.read("word/document.xml")


@pytest.mark.parametrize(
    "text", ["😀 中文 עברית ‮задом‬", "a\x07b\x0bc\tй", "\ud800", "за́мок и\u0306", "\uf8ff\ufdd0\U0010ffff"]
)
def test_no_character_stops_the_printing(tmp_path: Path, text: str) -> None:
    document = replace(hostile("claim"), facts=(printing.Fact("поле", plain(text)),))
    for ending in printing.DRAWERS:
        printing.write(document, ending, tmp_path / f"out.{ending}")
        assert (tmp_path / f"out.{ending}").stat().st_size > 1000


def test_plain_keeps_what_can_be_seen() -> None:
    assert plain("две\r\nстроки\tи ещё и\u0306") == "две\nстроки и ещё й"
    assert plain("a\u202eb\x00c\u200bd\ufeff") == "abcd"
    assert plain("«ООО» № 1\u00a0— ₽ 😀") == "«ООО» № 1\u00a0— ₽ 😀"


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_a_blank_form_takes_one_page(tmp_path: Path, locale: str) -> None:
    for form in TYPES:
        printing.write(printing.blank(form, locale), "pdf", tmp_path / "blank.pdf")
        assert text_of(tmp_path / "blank.pdf").count("\f") == 0, form.code


def test_a_blank_form_offers_choices_and_places_to_sign() -> None:
    document = printing.blank(get_type("private_person"), "en")
    assert [signer.label for signer in document.signers] == [
        "Position and name",
        "Who takes the numbers over, name",
    ]
    claim = printing.blank(get_type("claim"), "en")
    topics = claim.facts[0].value.split("\n")
    assert len(topics) == 4
    assert all(topic.startswith(description.BOX) for topic in topics)
    assert not SCANS & set(claim.attach)
