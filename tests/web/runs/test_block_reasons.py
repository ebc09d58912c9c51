"""Why a number was blocked is said in the same words everywhere, also where the operator blocked it."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import text

from core import db
from core.i18n import translate
from core.tenancy import company_scope
from tests.web.languages import in_english
from tests.web.runs.harness import RunPages

WORDS = {
    "voluntary": ("Voluntary", "Добровольно"),
    "lost": ("Lost or stolen", "Утеря или кража"),
    "company": ("Company decision", "По решению компании"),
    "debt": ("Debt", "Задолженность"),
    "operator": ("Operator decision", "По решению оператора"),
}


def blocked(harness: RunPages, reason: str) -> int:
    """A number that is blocked for this reason."""
    (line_id,) = harness.world.lines(harness.place, 1, state="blocked")
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        changes = {"reason": reason, "id": line_id}
        session.execute(text("UPDATE lines SET block_reason = :reason WHERE id = :id"), changes)
    return line_id


def in_small_letters(word: str) -> str:
    return word[0].lower() + word[1:]


@pytest.mark.parametrize("reason", WORDS)
def test_unblocking_says_in_both_languages_why_it_was_blocked(harness: RunPages, reason: str) -> None:
    line_id = blocked(harness, reason)
    run_id = harness.start("unblock", ids=[str(line_id)])
    harness.finish(run_id)
    for number, locale in enumerate(("en", "ru")):
        if locale == "en":
            in_english(harness.client)
        else:
            harness.client.post("/profile/language", data={"locale": "ru"})
        word = WORDS[reason][number]
        book = openpyxl.load_workbook(BytesIO(harness.client.get(f"/runs/{run_id}/result.xlsx").data))
        row = next(book.worksheets[0].iter_rows(min_row=2, values_only=True))
        assert row[7:9] == (
            f"{translate(locale, 'Blocked')}, {in_small_letters(word)}",
            translate(locale, "Active"),
        )
        for address in ("/journal?object=line", f"/lines/{line_id}"):
            assert f"<del>{word}</del>" in harness.client.get(address).text, address


@pytest.mark.parametrize("reason", WORDS)
def test_the_list_and_its_filter_say_it_in_the_same_words(harness: RunPages, reason: str) -> None:
    blocked(harness, reason)
    page = harness.client.get(f"/lines?reason={reason}").text
    word = WORDS[reason][1]
    assert f'<span class="state-why">{in_small_letters(word)}</span>' in page
    assert f"Заблокирован: {in_small_letters(word)}" in page
    assert f">{word}</label>" in page


def test_a_tariff_to_come_stands_in_the_result(harness: RunPages) -> None:
    run_id = harness.start("change_tariff", tariff="T-M", effective="nextPeriod")
    harness.finish(run_id)
    book = openpyxl.load_workbook(BytesIO(harness.client.get(f"/runs/{run_id}/result.xlsx").data))
    after = {row[8] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
    assert len(after) == 1
    assert "со следующего периода" in str(after.pop())


def test_the_journal_names_the_operation_and_its_parameters(harness: RunPages) -> None:
    """Codes of operations, fields and choices are for programs."""
    harness.start()
    page = in_english(harness.client).get("/journal").text
    assert "Blocking" in page
    assert "Reason: Voluntary" in page
    assert "reason: voluntary" not in page
