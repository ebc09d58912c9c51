"""A request through the pages: filled in, attached, submitted, worked at the desk, followed by the customer."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from console.requests.words import LEFT
from core.i18n import translate
from lines.numbers import format_iccid, format_msisdn
from tests.integration.forms.conftest import TARIFF, card, table
from tests.web.requests.conftest import PDF, PNG, RequestPages
from tests.web.runs.harness import workbook

SIMS = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "+7 916 123-45-67"}


def test_from_the_form_to_the_outcome_of_each_line(harness: RequestPages) -> None:
    request_id = harness.draft()
    assert "scan.pdf" in harness.attach(request_id, "scan.pdf", PDF)
    assert harness.customer.get(f"/requests/{request_id}/document.pdf").data.startswith(b"%PDF-")
    page = harness.customer.post(f"/requests/{request_id}/submit", follow_redirects=True).text
    assert re.search(r"З-\d{4}-\d{6}", page)
    queue = harness.manager.get("/desk").text
    assert f"/desk/{request_id}" in queue
    assert harness.step(harness.manager, request_id, "take").status_code == 303
    assert (
        "manager"
        in harness.other.post(f"/desk/{request_id}/move", data={"step": "take"}, follow_redirects=True).text
    )
    harness.step(harness.manager, request_id, "ask", "Which tariff exactly?")
    assert "Which tariff exactly?" in harness.customer.get(f"/requests/{request_id}").text
    answer = harness.customer.post(
        f"/requests/{request_id}/move",
        data={"step": "answer", "text": "The middle one", "file": (BytesIO(PNG), "tariff.png")},
    )
    assert answer.status_code == 303
    assert "tariff.png" in harness.manager.get(f"/desk/{request_id}").text
    previewed = harness.manager.post(f"/desk/{request_id}/preview")
    assert previewed.status_code == 303, previewed.text
    assert "12" in harness.manager.get(previewed.location).text
    run_id = int(previewed.location.rsplit("=", 1)[1])
    empty = harness.manager.post(f"/desk/{request_id}/resolve", data={"run": run_id, "text": ""})
    assert empty.status_code == 422
    done = harness.manager.post(f"/desk/{request_id}/resolve", data={"run": run_id, "text": "Changed"})
    assert done.status_code == 303, done.text
    harness.office.work(run_id, wakes=3)
    shown = harness.customer.get(f"/requests/{request_id}").text
    assert "Changed" in shown
    assert shown.count("state-good") >= 12


def test_files_are_downloads_for_the_parties_only(harness: RequestPages) -> None:
    request_id = harness.draft()
    page = harness.attach(request_id, "scan.pdf", PDF)
    address = re.search(rf"/requests/{request_id}/files/\d+", page)
    assert address is not None
    answer = harness.customer.get(address[0])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    stranger = harness.browser(harness.office.world.person(harness.office.world.company("ООО «Чужие»")))
    assert stranger.get(address[0]).status_code == 404
    assert (
        harness.manager.get(address[0].replace("requests", "desk")).status_code == 404
    )  # a draft is its writer's own
    harness.customer.post(f"/requests/{request_id}/submit", data={"without_scan": "1"})
    assert harness.manager.get(address[0].replace("requests", "desk")).data == PDF


def office_file(name: str, *more: tuple[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, "<document/>")
        for path, content in more:
            archive.writestr(path, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "is_taken"),
    [
        ("scan.pdf", PDF, True),
        ("photo.JPG", b"\xff\xd8\xff\xe0" + b"0" * 20 + b"\xff\xd9", True),
        ("letter.docx", office_file("word/document.xml"), True),
        ("list.xlsx", office_file("xl/workbook.xml"), True),
        ("scan.pdf", PNG, False),  # the name lies
        ("page.html", b"<script>alert(1)</script>", False),
        ("scan.pdf", b"%PDF-1.7 cut off", False),
        ("empty.pdf", b"", False),
        ("big.pdf", PDF[:-6] + b"0" * 10_500_000 + b"%%EOF", False),
        ("bomb.docx", office_file("word/document.xml", ("word/media/x", b"0" * 30_000_000)), False),
        ("macro.docx", office_file("word/document.xml", ("word/vbaProject.bin", b"x")), False),
        ("plain.docx", office_file("readme.txt"), False),
    ],
)
def test_kinds_are_checked_by_content(
    harness: RequestPages, name: str, content: bytes, is_taken: bool
) -> None:
    page = harness.attach(harness.draft(), name, content)
    assert ("/remove" in page) is is_taken
    assert list((Path(harness.office.parts.settings.data_dir) / "files").rglob("*.tmp")) == []


def test_a_file_that_is_refused_takes_those_of_the_same_call_along(harness: RequestPages) -> None:
    request_id = harness.draft()
    harness.attach(request_id, "kept.pdf", PDF)
    folder = Path(harness.office.parts.settings.data_dir) / "files"
    before = sorted(folder.rglob("*"))
    files = [(BytesIO(PDF), "good.pdf"), (BytesIO(PNG), "lying.pdf")]
    answer = harness.customer.post(f"/api/v1/requests/{request_id}/files", data={"file": files})
    assert answer.status_code == 422
    page = harness.customer.get(f"/requests/{request_id}").text
    assert "kept.pdf" in page
    assert page.count("/remove") == 1
    assert sorted(folder.rglob("*")) == before


def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(harness: RequestPages) -> None:
    values = {
        "kind": "credit", "account": "fine", "inn": "7707083894", "ogrn": "1027700132195", "bank": "Сбербанк",
        "bic": "044525225", "bank_account": "40702810938000000002", "correspondent": "30101810400000000225",
        "contact": "Анна", "phone": "+7 916 123-45-67",
    }  # fmt: skip
    answer = harness.customer.post("/requests/new/credit_settlement", data=values)
    assert answer.status_code == 422
    assert 'href="#inn"' in answer.text
    assert "40702810938000000002" in answer.text
    answer = harness.customer.post("/requests/new/credit_settlement", data={**values, "inn": "7707083893"})
    assert 'href="#bank_account"' in answer.text
    assert 'href="#limit"' in answer.text
    assert 'href="#inn"' not in answer.text


def test_unknown_numbers_are_named(harness: RequestPages) -> None:
    sent = {**TARIFF, "numbers": "+7 999 000-00-01\nabc"}
    answer = harness.customer.post("/requests/new/tariff_and_services", data=sent)
    assert answer.status_code == 422
    assert "+7 999 000-00-01" in answer.text


def test_an_excel_list_brings_the_numbers(harness: RequestPages) -> None:
    rows = [row[0] for row in harness.office.sql("SELECT msisdn FROM lines")]
    sent = {**TARIFF, "list": (BytesIO(workbook([*rows, "not a number"])), "list.xlsx")}
    answer = harness.customer.post("/requests/new/tariff_and_services", data=sent)
    assert answer.status_code == 303, answer.text
    assert harness.office.request(int(answer.location.rsplit("/", 1)[1])).lines == 12


def test_a_second_column_of_the_list_fills_the_field(harness: RequestPages) -> None:
    numbers = [row[0] for row in harness.office.sql("SELECT msisdn FROM lines ORDER BY msisdn")]
    cards = [card(no) for no in range(len(numbers))]
    values = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "+7 916 123-45-67"}
    wrong = cards[2][:-1] + str((int(cards[2][-1]) + 1) % 10)
    sheet = table([*zip(numbers, [*cards[:2], wrong, *cards[3:]], strict=True)])
    answer = harness.customer.post(
        "/requests/new/numbers_and_sims", data={**values, "list": (BytesIO(sheet), "list.xlsx")}
    )
    assert answer.status_code == 422
    assert 'href="#cards"' in answer.text
    assert answer.text.count(wrong) >= 3, "in the summary, at the field and in the field"
    assert f"+{numbers[0]}\n+{numbers[1]}" in answer.text, "the numbers stay without a second upload"
    address = re.search(r"/requests/\d+/edit", answer.text)
    assert address is not None
    typed = {**values, "numbers": "\r\n".join(numbers), "cards": "\r\n".join(cards)}
    answer = harness.customer.post(address[0], data=typed)
    assert answer.status_code == 303, answer.text
    sheet = table([*zip(numbers, reversed(cards), strict=True)])
    again = {**typed, "list": (BytesIO(sheet), "list.xlsx")}
    answer = harness.customer.post(address[0], data=again)
    assert answer.status_code == 303, answer.text
    request = harness.office.request(int(answer.location.rsplit("/", 1)[1]))
    assert (request.lines, request.values["cards"].split()) == (12, cards[::-1])
    assert format_iccid(cards[-1]) in harness.customer.get(answer.location).text


def test_a_list_uploaded_before_keeps_its_second_column(harness: RequestPages) -> None:
    numbers = [row[0] for row in harness.office.sql("SELECT msisdn FROM lines ORDER BY msisdn")]
    cards = [card(no) for no in range(len(numbers))]
    sheet = table([*zip(numbers, cards, strict=True)])
    upload = harness.customer.post("/uploads", data={"file": (BytesIO(sheet), "list.xlsx")}).location
    chosen = {"sel": "upload", "upload": upload.rsplit("/", 1)[1]}
    page = harness.customer.get("/requests/new/numbers_and_sims", query_string=chosen).text
    assert 'name="upload"' in page
    values = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "+7 916 123-45-67"}
    answer = harness.customer.post("/requests/new/numbers_and_sims", data={**values, **chosen, "numbers": ""})
    assert answer.status_code == 303, answer.text
    request = harness.office.request(int(answer.location.rsplit("/", 1)[1]))
    assert request.values["cards"].split() == cards


def test_a_chosen_file_goes_along_with_the_submission(harness: RequestPages) -> None:
    request_id = harness.draft()
    page = harness.customer.get(f"/requests/{request_id}").text
    assert 'name="file" form="submit"' in page
    sent = {"file": (BytesIO(PDF), "scan.pdf")}
    assert harness.customer.post(f"/requests/{request_id}/submit", data=sent).status_code == 303
    assert harness.office.request(request_id).state == "submitted"
    assert "scan.pdf" in harness.customer.get(f"/requests/{request_id}").text


def test_a_file_that_is_not_taken_stops_the_submission_and_is_named(harness: RequestPages) -> None:
    request_id = harness.draft()
    files = [(BytesIO(PDF), "good.pdf"), (BytesIO(PNG), "lying.pdf")]
    answer = harness.customer.post(f"/requests/{request_id}/submit", data={"file": files})
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert "lying.pdf:" in answer.text
    assert "good.pdf" in answer.text
    assert harness.office.request(request_id).state == "draft"


def test_a_missing_scan_is_said_before_and_passed_over_on_purpose_only(harness: RequestPages) -> None:
    request_id = harness.draft()
    answer = harness.customer.post(f"/requests/{request_id}/submit")
    assert (answer.status_code, 'name="without_scan"' in answer.text) == (422, True)
    assert harness.office.request(request_id).state == "draft"
    sent = harness.customer.post(f"/requests/{request_id}/submit", data={"without_scan": "1"})
    assert sent.status_code == 303
    assert harness.office.request(request_id).state == "submitted"


def test_a_claim_is_not_submitted_without_its_scan(harness: RequestPages) -> None:
    values = {
        "topic": "service", "since": "2026-11-02", "description": "Text", "wanted": "Money",
        "answer_by": "console", "contact": "Анна", "phone": "+7 916 123-45-67", "numbers": "",
    }  # fmt: skip
    request_id = harness.draft("claim", **values)
    refused = harness.customer.post(f"/requests/{request_id}/submit", data={"without_scan": "1"})
    assert (refused.status_code, 'name="without_scan"' in refused.text) == (422, False)
    called = harness.customer.post(f"/api/v1/requests/{request_id}/submit")
    assert (called.status_code, called.get_json()["code"]) == (422, "scan_missing")
    sent = {"file": (BytesIO(PDF), "scan.pdf")}
    assert harness.customer.post(f"/requests/{request_id}/submit", data=sent).status_code == 303


@pytest.mark.parametrize("way", ["check", "draft"])
def test_a_failed_edit_keeps_the_numbers_and_everything_typed(harness: RequestPages, way: str) -> None:
    numbers = harness.numbers().splitlines()[:2]
    request_id = harness.draft(numbers="\n".join(numbers))
    typed = {**TARIFF, "contact": "Another", "numbers": "\n".join([*numbers, "111"])}
    if way == "draft":
        typed["draft"] = "1"
    answer = harness.customer.post(f"/requests/{request_id}/edit", data=typed)
    assert answer.status_code == (303 if way == "draft" else 422)
    draft = harness.office.request(request_id)
    assert (draft.lines, draft.values["contact"]) == (2, "Another")
    form = harness.customer.get(f"/requests/{request_id}/edit").text
    assert f"{numbers[1]}\n111</textarea>" in form
    refused = harness.customer.post(f"/requests/{request_id}/submit")
    assert refused.status_code == 422
    assert "“111”" in refused.text or "«111»" in refused.text
    assert f"{numbers[1]}\n111</textarea>" in refused.text
    again = {**typed, "numbers": "\n".join(numbers)}
    again.pop("draft", None)
    assert harness.customer.post(f"/requests/{request_id}/edit", data=again).status_code == 303
    assert "numbers" not in harness.office.request(request_id).values


def test_a_refused_submission_keeps_the_numbers_in_the_form(harness: RequestPages) -> None:
    numbers = harness.numbers().splitlines()[:2]
    sent = {**TARIFF, "phone": "1", "numbers": "\n".join(numbers), "draft": "1"}
    request_id = int(
        harness.customer.post("/requests/new/tariff_and_services", data=sent).location.split("/")[2]
    )
    refused = harness.customer.post(f"/requests/{request_id}/submit")
    assert refused.status_code == 422
    assert "\n".join(numbers) in refused.text


def test_a_draft_is_kept_as_typed(harness: RequestPages) -> None:
    answer = harness.customer.post("/requests/new/claim", data={"description": "Половина", "draft": "1"})
    assert answer.status_code == 303
    assert "Половина" in harness.customer.get(answer.location).text
    assert (
        "Половина"
        not in harness.browser(harness.office.world.person(harness.office.place)).get("/requests").text
    )


def test_the_public_page_takes_applications_and_says_what_is_wrong(harness: RequestPages) -> None:
    visitor = harness.app.test_client()
    values = {
        "company": "ООО «Новая»", "inn": "7707083893", "kpp": "773601001", "ogrn": "1027700132196",
        "address": "Москва", "head": "Петров", "administrator": "Сидоров", "email": "a@b.ru", "phone": "+79161234567",
    }  # fmt: skip
    wrong = visitor.post("/connect", data=values)
    assert wrong.status_code == 422
    assert 'href="#ogrn"' in wrong.text
    done = visitor.post("/connect", data={**values, "ogrn": "1027700132195"})
    number = re.search(r"З-\d{4}-\d{6}", done.text)
    assert number is not None
    assert number[0] in harness.browser(harness.office.admin).get("/desk").text


def test_every_page_speaks_both_languages(harness: RequestPages) -> None:
    draft, sent = harness.draft(), harness.office.submitted()
    for locale in ("ru", "en"):
        harness.office.sql("UPDATE users SET locale = :locale", locale=locale)
        for client, address in (
            (harness.customer, "/requests"),
            (harness.customer, "/requests/new"),
            (harness.customer, "/requests/new/private_person"),
            (harness.customer, f"/requests/{draft}"),
            (harness.customer, f"/requests/{draft}/edit"),
            (harness.customer, f"/requests/{sent}"),
            (harness.manager, "/desk?view=all"),
            (harness.manager, f"/desk/{sent}"),
        ):
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.text)
            assert f'<html lang="{locale}"' in answer.text


def test_the_api_shares_the_services(harness: RequestPages) -> None:
    chosen = {"kind": "ids", "ids": harness.office.place.line_ids}
    body = {
        "form": "tariff_and_services",
        "values": {**TARIFF, "phone": "12"},
        "selection": chosen,
        "submit": True,
    }
    wrong = harness.customer.post("/api/v1/requests", json=body)
    assert wrong.status_code == 422
    assert "phone" in wrong.json["fields"]  # type: ignore[index]
    assert harness.customer.get("/api/v1/requests").json["items"] == []  # type: ignore[index]
    made = harness.customer.post("/api/v1/requests", json={**body, "values": TARIFF})
    assert made.status_code == 200, made.text
    created = made.json
    assert created is not None
    assert (created["state"], created["lines"], created["assignee_name"]) == ("submitted", 12, "manager")
    harness.step(harness.manager, created["id"], "take")
    harness.step(harness.manager, created["id"], "ask", "Which?")
    steps = f"/api/v1/requests/{created['id']}/steps"
    assert harness.customer.post(steps, json={"step": "take"}).status_code == 409
    assert harness.customer.post(steps, json={"step": "answer", "text": "This"}).json["state"] == "answered"  # type: ignore[index]
    whole = harness.customer.get(f"/api/v1/requests/{created['id']}").json
    assert whole is not None
    assert [event["name"] for event in whole["events"]] == ["submit", "take", "ask", "answer"]
    codes = [form["code"] for form in harness.customer.get("/api/v1/forms").json or ()]
    assert "claim" in codes
    assert "connect_console" not in codes


def test_cards_sent_to_the_api_follow_the_order_of_the_ids(harness: RequestPages) -> None:
    ids = [*harness.office.place.line_ids[::-1], harness.office.place.line_ids[3]]
    cards = [card(no) for no in range(12)]
    body = {
        "form": "numbers_and_sims",
        "values": {**SIMS, "cards": "\n".join(cards)},
        "selection": {"kind": "ids", "ids": ids},
    }
    made = harness.customer.post("/api/v1/requests", json=body)
    assert made.status_code == 200, made.text
    lines = harness.customer.get(f"/api/v1/requests/{made.json['id']}/lines").json["items"]  # type: ignore[index]
    assert [line["line_id"] for line in lines] == ids[:12]


def replaced(harness: RequestPages, count: int = 12) -> tuple[int, list[str]]:
    """A submitted request for new SIM cards that a manager has taken, and the cards in the order of the lines."""
    cards = [card(no) for no in range(count)]
    request_id = harness.draft("numbers_and_sims", **SIMS, cards="\r\n".join(cards))
    harness.customer.post(f"/requests/{request_id}/submit", data={"without_scan": "1"})
    harness.step(harness.manager, request_id, "take")
    return request_id, cards


def test_every_page_says_which_number_gets_which_card(harness: RequestPages) -> None:
    request_id, cards = replaced(harness)
    previewed = harness.manager.post(f"/desk/{request_id}/preview").location
    numbers = harness.numbers().split()
    for client, address in (
        (harness.customer, f"/requests/{request_id}"),
        (harness.customer, f"/requests/{request_id}/lines"),
        (harness.manager, f"/desk/{request_id}"),
        (harness.manager, previewed),
    ):
        page = client.get(address)
        assert page.status_code == 200
        rows = re.findall(r"<tr>.*?</tr>", page.text, re.DOTALL)[-12:]
        for row, number, iccid in zip(rows, numbers, cards, strict=True):
            assert number[-2:] in row
            assert format_iccid(iccid) in row, address
    lines = harness.customer.get(f"/api/v1/requests/{request_id}/lines").json["items"]  # type: ignore[index]
    assert [line["own"] for line in lines] == cards


def test_a_number_that_changed_meanwhile_is_named(harness: RequestPages) -> None:
    request_id = harness.office.submitted()
    changed, gone = harness.office.place.line_ids[:2]
    harness.office.sql("UPDATE lines SET msisdn = '79990000001' WHERE id = :id", id=changed)
    harness.office.sql("UPDATE lines SET state = 'terminated' WHERE id = :id", id=gone)
    for client, side in ((harness.customer, "requests"), (harness.manager, "desk")):
        page = client.get(f"/{side}/{request_id}").text
        assert format_msisdn("79990000001") in page
        assert page.count(translate("ru", LEFT.title)) == 1
        lines = client.get(f"/api/v1/{side}/{request_id}/lines").json["items"]  # type: ignore[index]
        assert [(line["is_here"], line["number_now"]) for line in lines[:3]] == [
            (True, "79990000001"),
            (False, None),
            (True, None),
        ]


def test_a_price_that_rose_is_shown_again_with_the_text_kept(harness: RequestPages) -> None:
    request_id = harness.office.submitted()
    harness.step(harness.manager, request_id, "take")
    run_id = int(harness.manager.post(f"/desk/{request_id}/preview").location.rsplit("=", 1)[1])
    harness.office.sql("UPDATE users SET locale = 'en'")
    harness.office.sql("UPDATE tariffs SET switch_price = 70 WHERE id = 'T-M'")
    sent = {"run": run_id, "text": "All done, thank you"}
    again = harness.manager.post(f"/desk/{request_id}/resolve", data=sent)
    assert again.status_code == 409
    plain = again.text.replace("\u202f", " ").replace("&#8239;", " ")
    assert "It now costs 840.00 ₽ once instead of 600.00 ₽" in plain
    assert "All done, thank you" in plain
    assert harness.office.request(request_id).state == "taken"
    assert harness.manager.post(f"/desk/{request_id}/resolve", data=sent).status_code == 303
    assert harness.office.run(run_id).price_once == 840


def test_who_does_not_hold_a_request_cannot_look_at_what_it_would_do(harness: RequestPages) -> None:
    request_id = harness.office.submitted()
    harness.step(harness.manager, request_id, "take")
    run_id = harness.manager.post(f"/desk/{request_id}/preview").location.rsplit("=", 1)[1]
    answer = harness.other.post(f"/desk/{request_id}/preview", follow_redirects=True)
    assert "manager" in answer.text
    assert str(harness.office.request(request_id).preview_id) == run_id
    assert harness.other.post(f"/api/v1/desk/{request_id}/preview").status_code == 409


def test_a_number_typed_twice_beside_cards_is_named(harness: RequestPages) -> None:
    numbers = harness.numbers().split()[:2]
    typed = "\r\n".join([*numbers, numbers[0]])
    cards = "\r\n".join(card(no) for no in range(3))
    wrong = harness.customer.post(
        "/requests/new/numbers_and_sims", data={**SIMS, "numbers": typed, "cards": cards}
    )
    assert wrong.status_code == 422
    assert f"«{numbers[0]}» стоит здесь дважды" in wrong.text
    plain = harness.customer.post("/requests/new/numbers_and_sims", data={**SIMS, "numbers": typed})
    assert plain.status_code == 303, "without cards nothing goes wrong"


def hidden(page: str) -> list[str]:
    """The selection that a page carries on."""
    return re.findall(r'name="(?:sel|ids|query)" value="([^"]*)"', page)


def test_numbers_chosen_in_the_list_come_along(harness: RequestPages) -> None:
    assert 'formaction="/requests/new"' in harness.customer.get("/lines").text
    first, other, *_ = harness.office.place.line_ids
    assert 'formaction="/requests/new"' in harness.customer.get(f"/lines/{first}").text
    answer = harness.customer.post(
        "/requests/new", data={"sel": "ids", "ids": [first, other], "query": "q=x"}
    )
    assert (answer.status_code, answer.location) == (303, f"/requests/new?sel=ids&ids={first}&ids={other}")
    page = harness.customer.get(answer.location).text
    assert hidden(page) == ["ids", str(first), str(other)]
    assert "/requests/new/tariff_and_services/numbers" in page
    assert "credit_settlement" not in page  # it is about no number
    answer = harness.customer.post(
        "/requests/new/tariff_and_services/numbers", data={"sel": "ids", "ids": [first, other]}
    )
    page = harness.customer.get(answer.location).text
    assert [f"+{row[0]}" in page for row in harness.office.sql("SELECT msisdn FROM lines ORDER BY id")] == [
        True,
        True,
        *[False] * 10,
    ]


def test_more_ticks_than_an_address_holds(harness: RequestPages) -> None:
    ticked = {"sel": "ids", "ids": [*harness.office.place.line_ids, *range(10**6, 10**6 + 500)]}
    page = harness.customer.post("/requests/new", data=ticked)
    assert page.status_code == 200
    assert len(hidden(page.text)) == 513
    form = harness.customer.post("/requests/new/claim/numbers", data=ticked)
    assert form.status_code == 200
    assert harness.numbers().replace("\n", "\r\n") in form.text or harness.numbers() in form.text


def test_all_that_match_are_never_cut_short(harness: RequestPages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.requests.pages.SHOWN_NUMBERS", 5)
    chosen = {"sel": "filter", "query": "state=active"}
    form = harness.customer.post(
        "/requests/new/tariff_and_services/numbers", data=chosen, follow_redirects=True
    )
    assert hidden(form.text) == ["filter", "state=active"]
    answer = harness.customer.post(
        "/requests/new/tariff_and_services", data={**chosen, **TARIFF, "numbers": ""}
    )
    assert answer.status_code == 303, answer.text
    assert harness.office.request(int(answer.location.rsplit("/", 1)[1])).lines == 12
    monkeypatch.setattr("forms.requests.content.MOST_NUMBERS", 11)
    answer = harness.customer.post(
        "/requests/new/tariff_and_services", data={**chosen, **TARIFF, "numbers": ""}
    )
    assert answer.status_code == 422
    assert 'href="#numbers"' in answer.text


def test_nothing_chosen_is_said(harness: RequestPages) -> None:
    assert harness.customer.post("/requests/new", data={"sel": "ids"}).status_code == 422
    page = harness.customer.get("/requests/new?sel=ids&ids=999999").text
    assert 'role="alert"' in page
    assert "/numbers" not in page
    assert "/requests/new/credit_settlement" in harness.customer.get("/requests/new").text
