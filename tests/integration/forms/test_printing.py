"""Every document in three formats, filled in and blank: the values are found in the files that come out."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from core import db
from core.tenancy import company_scope
from forms import printing
from forms.documents.form import FormLine, FormType, Lines
from forms.documents.types import TYPES, get_type
from forms.requests import content, submission
from forms.requests.models import Request
from lines.numbers import format_msisdn
from runs.selection import parse
from tests.fixtures.pdf import text_of
from tests.integration.forms.conftest import TARIFF, Office

PERSON = {"contact": "Иванова Анна", "phone": "+7 916 123-45-67"}
VALUES: dict[str, dict[str, Any]] = {
    "numbers_and_sims": {"deed": "change_number", "reason": "other", "wishes": "Красивый <номер> & #хвост", **PERSON},
    "tariff_and_services": {**TARIFF, "services": "Безлимит «Ночь»"},
    "claim": {
        "topic": "charges", "since": "2026-10-01", "amount": "1234.50", "description": "Списано дважды $x$ *звёзды*",
        "wanted": "Вернуть деньги", "answer_by": "email", "email": "ivanova@example.org", **PERSON,
    },
    "credit_settlement": {
        "account": "fine", "kind": "credit", "limit": "50000", "inn": "7707083893", "kpp": "773601001",
        "ogrn": "1027700132195", "bank": "ПАО Сбербанк", "bic": "044525225", "bank_account": "40702810938000000001",
        "correspondent": "30101810400000000225", **PERSON,
    },
    "merge_split_accounts": {"deed": "merge", "source": "debt", "target": "fine", "start": "2026-12-01", **PERSON},
    "private_person": {
        "person": "Петров Пётр Петрович", "born": "1990-05-17", "passport": "4510 123456", "issued_by": "ОВД Арбат",
        "issued_on": "2010-06-01", "address": "Москва, Арбат, 1", "person_phone": "9161112233", "start": "2026-12-01",
        "contact": "Иванова",
    },
    "connect_console": {
        "company": "ООО «Новая»", "inn": "7707083893", "ogrn": "1027700132195", "address": "Москва",
        "head": "Петров", "administrator": "Сидоров", "email": "a@b.ru", "phone": "+79161234567",
    },
}  # fmt: skip


def made(office: Office, form: FormType) -> tuple[printing.Document, Request]:
    """A request with these values, and its document."""
    actor = office.customer()
    with company_scope(office.place.company_id), db.unit_of_work() as session:
        request = submission._add(session, office.place.company_id, form, office.user, "Анна")
        ids = parse({"kind": "ids", "ids": office.place.line_ids}) if form.lines != Lines.NONE else None
        checked = submission.fill(session, actor, office.parts, request, VALUES[form.code], ids)
        assert checked.errors == {}, form.code
        lines = content.lines_of(session, request)
        return printing.describe(session, form, request, lines, "ru"), request


def squeezed(text: str) -> str:
    """Without blanks and line breaks, which layouts put where they like."""
    return re.sub(r"[\s\u00a0\u00ad\u202f-]+", "", text)


def read(path: Path) -> str:
    if path.suffix == ".pdf":
        return text_of(path)
    if path.suffix == ".docx":
        made = docx.Document(str(path))
        cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
        return "\n".join([paragraph.text for paragraph in made.paragraphs] + cells)
    rows = (row for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(value) for row in rows for value in row if value is not None)


@pytest.mark.parametrize("ending", sorted(printing.DRAWERS))
def test_every_document_holds_its_values(office: Office, tmp_path: Path, ending: str) -> None:
    for form in TYPES:
        document, request = made(office, form)
        path = tmp_path / f"{form.code}.{ending}"
        printing.write(document, ending, path)
        text = squeezed(read(path)).lower()
        wanted = [
            document.subject,
            document.number,
            *document.body,
            *document.attach,
            *(part for fact in (*document.sender, *document.facts) for part in (fact.label, fact.value)),
            *(part for signer in document.signers for part in (signer.label, signer.value)),
        ]
        wanted += [cell for row in document.numbers for cell in row[1:]]
        missing = [value for value in wanted if squeezed(value).lower() not in text]
        assert not missing, (form.code, ending, missing)
        if form.lines != Lines.NONE:
            assert len(document.numbers) == 12
            assert squeezed(format_msisdn("79160000001")) in text
        assert request.values.keys() >= {name for name, value in VALUES[form.code].items() if value}


@pytest.mark.parametrize("ending", sorted(printing.DRAWERS))
def test_every_form_can_be_printed_blank(tmp_path: Path, ending: str) -> None:
    for form in TYPES:
        path = tmp_path / f"{form.code}.{ending}"
        document = printing.blank(form, "en")
        printing.write(document, ending, path)
        text = squeezed(read(path)).lower()
        assert all(squeezed(label).lower() in text for label in [fact.label for fact in document.facts]), (
            form.code
        )


def test_a_long_table_is_an_annex_that_repeats_its_head(office: Office, tmp_path: Path) -> None:
    form = get_type("tariff_and_services")
    _, request = made(office, form)
    lines = [FormLine(no, f"7916{no:07d}", f"8970101{no:012d}", "Имя") for no in range(200)]
    with company_scope(office.place.company_id), db.unit_of_work() as session:
        long = printing.describe(session, form, request, lines, "ru")
    assert long.annex
    assert long.attach[0] == long.annex[-1]
    printing.write(long, "pdf", tmp_path / "long.pdf")
    letter, *annex = text_of(tmp_path / "long.pdf").split("\f")
    assert "ICCID" not in letter
    assert long.labels.signature in letter
    assert len([page for page in annex if "ICCID" in page]) >= 4
    printing.write(long, "docx", tmp_path / "long.docx")
    with zipfile.ZipFile(tmp_path / "long.docx") as archive:
        assert b"w:tblHeader" in archive.read("word/document.xml")
    printing.write(long, "xlsx", tmp_path / "long.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx").worksheets[1]
    assert sheet.print_title_rows
    assert sheet.max_row > len(lines)
