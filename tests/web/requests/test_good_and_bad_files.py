"""Several files at once, one of them not taken: the others stay, and only that one is named."""

from __future__ import annotations

from io import BytesIO

import pytest

from core.errors import InvalidInput
from forms.requests import attachments
from tests.web.requests.conftest import PDF, RequestPages

BAD = b"MZ this is a program"


def send(harness: RequestPages, request_id: int, *files: tuple[str, bytes]) -> str:
    """Attach these files at once; returns the messages of the page that follows."""
    sent = {"file": [(BytesIO(content), name) for name, content in files]}
    answer = harness.customer.post(f"/requests/{request_id}/files", data=sent)
    assert answer.status_code == 303
    with harness.customer.session_transaction() as cookie:
        return "\n".join(said for _, said in cookie.pop("_flashes", []))


def names(harness: RequestPages) -> list[str]:
    return [name for (name,) in harness.office.sql("SELECT name FROM request_attachments ORDER BY id")]


def files(harness: RequestPages) -> int:
    folder = harness.office.parts.settings.data_dir / "files"
    return sum(path.is_file() for path in folder.rglob("*"))


def test_the_good_ones_stay_and_the_bad_one_is_named(harness: RequestPages) -> None:
    draft = harness.draft()
    said = send(harness, draft, ("first.pdf", PDF), ("bad.exe", BAD), ("last.pdf", PDF))
    assert names(harness) == ["first.pdf", "last.pdf"]
    assert files(harness) == 2
    assert said.startswith("bad.exe: ")
    assert ".pdf" not in said.split(": ")[0]


def test_many_bad_ones_do_not_burst_the_cookie(harness: RequestPages) -> None:
    draft = harness.draft()
    said = send(harness, draft, *((f"{'я' * 100}{number}.exe", BAD) for number in range(40)))
    assert (names(harness), said.count("\n"), said.count(".exe")) == ([], 0, 5)
    assert "…" in said


def test_those_over_the_most_are_named(harness: RequestPages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forms.requests.attachments.MOST_FILES", 2)
    draft = harness.draft()
    said = send(harness, draft, *((f"{number}.pdf", PDF) for number in range(4)))
    assert names(harness) == ["0.pdf", "1.pdf"]
    assert said.startswith("2.pdf, 3.pdf: ")


def test_the_file_of_a_row_that_failed_goes(harness: RequestPages, monkeypatch: pytest.MonkeyPatch) -> None:
    attach = attachments.attach

    def fail_after(*args: object) -> object:
        made = attach(*args)  # type: ignore[arg-type]
        if made.name == "second.pdf":
            raise InvalidInput("no")
        return made

    monkeypatch.setattr("forms.requests.attachments.attach", fail_after)
    draft = harness.draft()
    assert send(harness, draft, ("first.pdf", PDF), ("second.pdf", PDF)).startswith("second.pdf: ")
    assert (names(harness), files(harness)) == (["first.pdf"], 1)


def test_nothing_chosen_is_said(harness: RequestPages) -> None:
    assert send(harness, harness.draft()) == "Сначала выберите файл."
