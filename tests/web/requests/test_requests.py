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
from tests.web.requests.conftest import PDF, PNG, Desk
from tests.web.runs.desk import workbook

SIMS = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "+7 916 123-45-67"}


def test_from_the_form_to_the_outcome_of_each_line(desk: Desk) -> None:
    request_id = desk.draft()
    assert "scan.pdf" in desk.attach(request_id, "scan.pdf", PDF)
    assert desk.customer.get(f"/requests/{request_id}/document.pdf").data.startswith(b"%PDF-")
    page = desk.customer.post(f"/requests/{request_id}/submit", follow_redirects=True).text
    assert re.search(r"З-\d{4}-\d{6}", page)
    queue = desk.manager.get("/desk").text
    assert f"/desk/{request_id}" in queue
    assert desk.step(desk.manager, request_id, "take").status_code == 303
    assert (
        "manager"
        in desk.other.post(f"/desk/{request_id}/move", data={"step": "take"}, follow_redirects=True).text
    )
    desk.step(desk.manager, request_id, "ask", "Which tariff exactly?")
    assert "Which tariff exactly?" in desk.customer.get(f"/requests/{request_id}").text
    answer = desk.customer.post(
        f"/requests/{request_id}/move",
        data={"step": "answer", "text": "The middle one", "file": (BytesIO(PNG), "tariff.png")},
    )
    assert answer.status_code == 303
    assert "tariff.png" in desk.manager.get(f"/desk/{request_id}").text
    previewed = desk.manager.post(f"/desk/{request_id}/preview")
    assert previewed.status_code == 303, previewed.text
    assert "12" in desk.manager.get(previewed.location).text
    run_id = int(previewed.location.rsplit("=", 1)[1])
    empty = desk.manager.post(f"/desk/{request_id}/resolve", data={"run": run_id, "text": ""})
    assert empty.status_code == 422
    done = desk.manager.post(f"/desk/{request_id}/resolve", data={"run": run_id, "text": "Changed"})
    assert done.status_code == 303, done.text
    desk.office.work(run_id, wakes=3)
    shown = desk.customer.get(f"/requests/{request_id}").text
    assert "Changed" in shown
    assert shown.count("state-good") >= 12


def test_files_are_downloads_for_the_parties_only(desk: Desk) -> None:
    request_id = desk.draft()
    page = desk.attach(request_id, "scan.pdf", PDF)
    address = re.search(rf"/requests/{request_id}/files/\d+", page)
    assert address is not None
    answer = desk.customer.get(address[0])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    stranger = desk.browser(desk.office.world.person(desk.office.world.company("ООО «Чужие»")))
    assert stranger.get(address[0]).status_code == 404
    assert (
        desk.manager.get(address[0].replace("requests", "desk")).status_code == 404
    )  # a draft is its writer's own
    desk.customer.post(f"/requests/{request_id}/submit")
    assert desk.manager.get(address[0].replace("requests", "desk")).data == PDF


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
def test_kinds_are_checked_by_content(desk: Desk, name: str, content: bytes, is_taken: bool) -> None:
    page = desk.attach(desk.draft(), name, content)
    assert ("/remove" in page) is is_taken
    assert list((Path(desk.office.parts.settings.data_dir) / "files").rglob("*.tmp")) == []


def test_a_file_that_is_refused_takes_those_of_the_same_call_along(desk: Desk) -> None:
    request_id = desk.draft()
    desk.attach(request_id, "kept.pdf", PDF)
    folder = Path(desk.office.parts.settings.data_dir) / "files"
    before = sorted(folder.rglob("*"))
    files = [(BytesIO(PDF), "good.pdf"), (BytesIO(PNG), "lying.pdf")]
    answer = desk.customer.post(f"/api/v1/requests/{request_id}/files", data={"file": files})
    assert answer.status_code == 422
    page = desk.customer.get(f"/requests/{request_id}").text
    assert "kept.pdf" in page
    assert page.count("/remove") == 1
    assert sorted(folder.rglob("*")) == before


def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(desk: Desk) -> None:
    values = {
        "kind": "credit", "account": "fine", "inn": "7707083894", "ogrn": "1027700132195", "bank": "Сбербанк",
        "bic": "044525225", "bank_account": "40702810938000000002", "correspondent": "30101810400000000225",
        "contact": "Анна", "phone": "+7 916 123-45-67",
    }  # fmt: skip
    answer = desk.customer.post("/requests/new/credit_settlement", data=values)
    assert answer.status_code == 422
    assert 'href="#inn"' in answer.text
    assert "40702810938000000002" in answer.text
    answer = desk.customer.post("/requests/new/credit_settlement", data={**values, "inn": "7707083893"})
    assert 'href="#bank_account"' in answer.text
    assert 'href="#limit"' in answer.text
    assert 'href="#inn"' not in answer.text


def test_unknown_numbers_are_named(desk: Desk) -> None:
    sent = {**TARIFF, "numbers": "+7 999 000-00-01\nabc"}
    answer = desk.customer.post("/requests/new/tariff_and_services", data=sent)
    assert answer.status_code == 422
    assert "+7 999 000-00-01" in answer.text


def test_an_excel_list_brings_the_numbers(desk: Desk) -> None:
    rows = [row[0] for row in desk.office.sql("SELECT msisdn FROM lines")]
    sent = {**TARIFF, "list": (BytesIO(workbook([*rows, "not a number"])), "list.xlsx")}
    answer = desk.customer.post("/requests/new/tariff_and_services", data=sent)
    assert answer.status_code == 303, answer.text
    assert desk.office.request(int(answer.location.rsplit("/", 1)[1])).lines == 12


def test_a_second_column_of_the_list_fills_the_field(desk: Desk) -> None:
    numbers = [row[0] for row in desk.office.sql("SELECT msisdn FROM lines ORDER BY msisdn")]
    cards = [card(no) for no in range(len(numbers))]
    values = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "+7 916 123-45-67"}
    wrong = cards[2][:-1] + str((int(cards[2][-1]) + 1) % 10)
    sheet = table([*zip(numbers, [*cards[:2], wrong, *cards[3:]], strict=True)])
    answer = desk.customer.post(
        "/requests/new/numbers_and_sims", data={**values, "list": (BytesIO(sheet), "list.xlsx")}
    )
    assert answer.status_code == 422
    assert 'href="#cards"' in answer.text
    assert answer.text.count(wrong) >= 3, "in the summary, at the field and in the field"
    assert f"+{numbers[0]}\n+{numbers[1]}" in answer.text, "the numbers stay without a second upload"
    address = re.search(r"/requests/\d+/edit", answer.text)
    assert address is not None
    typed = {**values, "numbers": "\r\n".join(numbers), "cards": "\r\n".join(cards)}
    answer = desk.customer.post(address[0], data=typed)
    assert answer.status_code == 303, answer.text
    sheet = table([*zip(numbers, reversed(cards), strict=True)])
    again = {**typed, "list": (BytesIO(sheet), "list.xlsx")}
    answer = desk.customer.post(address[0], data=again)
    assert answer.status_code == 303, answer.text
    request = desk.office.request(int(answer.location.rsplit("/", 1)[1]))
    assert (request.lines, request.values["cards"].split()) == (12, cards[::-1])
    assert format_iccid(cards[-1]) in desk.customer.get(answer.location).text


def test_a_list_uploaded_before_keeps_its_second_column(desk: Desk) -> None:
    numbers = [row[0] for row in desk.office.sql("SELECT msisdn FROM lines ORDER BY msisdn")]
    cards = [card(no) for no in range(len(numbers))]
    sheet = table([*zip(numbers, cards, strict=True)])
    upload = desk.customer.post("/uploads", data={"file": (BytesIO(sheet), "list.xlsx")}).location
    chosen = {"sel": "upload", "upload": upload.rsplit("/", 1)[1]}
    page = desk.customer.get("/requests/new/numbers_and_sims", query_string=chosen).text
    assert 'name="upload"' in page
    values = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "+7 916 123-45-67"}
    answer = desk.customer.post("/requests/new/numbers_and_sims", data={**values, **chosen, "numbers": ""})
    assert answer.status_code == 303, answer.text
    request = desk.office.request(int(answer.location.rsplit("/", 1)[1]))
    assert request.values["cards"].split() == cards


def test_a_draft_is_kept_as_typed(desk: Desk) -> None:
    answer = desk.customer.post("/requests/new/claim", data={"description": "Половина", "draft": "1"})
    assert answer.status_code == 303
    assert "Половина" in desk.customer.get(answer.location).text
    assert "Половина" not in desk.browser(desk.office.world.person(desk.office.place)).get("/requests").text


def test_the_public_page_takes_applications_and_says_what_is_wrong(desk: Desk) -> None:
    visitor = desk.app.test_client()
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
    assert number[0] in desk.browser(desk.office.admin).get("/desk").text


def test_every_page_speaks_both_languages(desk: Desk) -> None:
    draft, sent = desk.draft(), desk.office.submitted()
    for locale in ("ru", "en"):
        desk.office.sql("UPDATE users SET locale = :locale", locale=locale)
        for client, address in (
            (desk.customer, "/requests"),
            (desk.customer, "/requests/new"),
            (desk.customer, "/requests/new/private_person"),
            (desk.customer, f"/requests/{draft}"),
            (desk.customer, f"/requests/{draft}/edit"),
            (desk.customer, f"/requests/{sent}"),
            (desk.manager, "/desk?view=all"),
            (desk.manager, f"/desk/{sent}"),
        ):
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.text)
            assert f'<html lang="{locale}"' in answer.text


def test_the_api_shares_the_services(desk: Desk) -> None:
    chosen = {"kind": "ids", "ids": desk.office.place.line_ids}
    body = {
        "form": "tariff_and_services",
        "values": {**TARIFF, "phone": "12"},
        "selection": chosen,
        "submit": True,
    }
    wrong = desk.customer.post("/api/v1/requests", json=body)
    assert wrong.status_code == 422
    assert "phone" in wrong.json["fields"]  # type: ignore[index]
    assert desk.customer.get("/api/v1/requests").json["items"] == []  # type: ignore[index]
    made = desk.customer.post("/api/v1/requests", json={**body, "values": TARIFF})
    assert made.status_code == 200, made.text
    found = made.json
    assert found is not None
    assert (found["state"], found["lines"], found["assignee_name"]) == ("submitted", 12, "manager")
    desk.step(desk.manager, found["id"], "take")
    desk.step(desk.manager, found["id"], "ask", "Which?")
    steps = f"/api/v1/requests/{found['id']}/steps"
    assert desk.customer.post(steps, json={"step": "take"}).status_code == 409
    assert desk.customer.post(steps, json={"step": "answer", "text": "This"}).json["state"] == "answered"  # type: ignore[index]
    whole = desk.customer.get(f"/api/v1/requests/{found['id']}").json
    assert whole is not None
    assert [event["name"] for event in whole["events"]] == ["submit", "take", "ask", "answer"]
    codes = [form["code"] for form in desk.customer.get("/api/v1/forms").json or ()]
    assert "claim" in codes
    assert "connect_console" not in codes


def test_cards_sent_to_the_api_follow_the_order_of_the_ids(desk: Desk) -> None:
    ids = [*desk.office.place.line_ids[::-1], desk.office.place.line_ids[3]]
    cards = [card(no) for no in range(12)]
    body = {
        "form": "numbers_and_sims",
        "values": {**SIMS, "cards": "\n".join(cards)},
        "selection": {"kind": "ids", "ids": ids},
    }
    made = desk.customer.post("/api/v1/requests", json=body)
    assert made.status_code == 200, made.text
    lines = desk.customer.get(f"/api/v1/requests/{made.json['id']}/lines").json["items"]  # type: ignore[index]
    assert [line["line_id"] for line in lines] == ids[:12]


def replaced(desk: Desk, count: int = 12) -> tuple[int, list[str]]:
    """A submitted request for new SIM cards that a manager has taken, and the cards in the order of the lines."""
    cards = [card(no) for no in range(count)]
    request_id = desk.draft("numbers_and_sims", **SIMS, cards="\r\n".join(cards))
    desk.customer.post(f"/requests/{request_id}/submit")
    desk.step(desk.manager, request_id, "take")
    return request_id, cards


def test_every_page_says_which_number_gets_which_card(desk: Desk) -> None:
    request_id, cards = replaced(desk)
    previewed = desk.manager.post(f"/desk/{request_id}/preview").location
    numbers = desk.numbers().split()
    for client, address in (
        (desk.customer, f"/requests/{request_id}"),
        (desk.customer, f"/requests/{request_id}/lines"),
        (desk.manager, f"/desk/{request_id}"),
        (desk.manager, previewed),
    ):
        page = client.get(address)
        assert page.status_code == 200
        rows = re.findall(r"<tr>.*?</tr>", page.text, re.DOTALL)[-12:]
        for row, number, one in zip(rows, numbers, cards, strict=True):
            assert number[-2:] in row
            assert format_iccid(one) in row, address
    lines = desk.customer.get(f"/api/v1/requests/{request_id}/lines").json["items"]  # type: ignore[index]
    assert [line["own"] for line in lines] == cards


def test_a_number_that_changed_meanwhile_is_named(desk: Desk) -> None:
    request_id = desk.office.submitted()
    one, gone = desk.office.place.line_ids[:2]
    desk.office.sql("UPDATE lines SET msisdn = '79990000001' WHERE id = :id", id=one)
    desk.office.sql("UPDATE lines SET state = 'terminated' WHERE id = :id", id=gone)
    for client, side in ((desk.customer, "requests"), (desk.manager, "desk")):
        page = client.get(f"/{side}/{request_id}").text
        assert format_msisdn("79990000001") in page
        assert page.count(translate("ru", LEFT.title)) == 1
        lines = client.get(f"/api/v1/{side}/{request_id}/lines").json["items"]  # type: ignore[index]
        assert [(line["is_here"], line["number_now"]) for line in lines[:3]] == [
            (True, "79990000001"),
            (False, None),
            (True, None),
        ]


def test_a_price_that_rose_is_shown_again_with_the_text_kept(desk: Desk) -> None:
    request_id = desk.office.submitted()
    desk.step(desk.manager, request_id, "take")
    run_id = int(desk.manager.post(f"/desk/{request_id}/preview").location.rsplit("=", 1)[1])
    desk.office.sql("UPDATE users SET locale = 'en'")
    desk.office.sql("UPDATE tariffs SET switch_price = 70 WHERE id = 'T-M'")
    sent = {"run": run_id, "text": "All done, thank you"}
    again = desk.manager.post(f"/desk/{request_id}/resolve", data=sent)
    assert again.status_code == 409
    plain = again.text.replace("\u202f", " ").replace("&#8239;", " ")
    assert "It now costs 840.00 ₽ once instead of 600.00 ₽" in plain
    assert "All done, thank you" in plain
    assert desk.office.request(request_id).state == "taken"
    assert desk.manager.post(f"/desk/{request_id}/resolve", data=sent).status_code == 303
    assert desk.office.run(run_id).price_once == 840


def test_who_does_not_hold_a_request_cannot_look_at_what_it_would_do(desk: Desk) -> None:
    request_id = desk.office.submitted()
    desk.step(desk.manager, request_id, "take")
    run_id = desk.manager.post(f"/desk/{request_id}/preview").location.rsplit("=", 1)[1]
    answer = desk.other.post(f"/desk/{request_id}/preview", follow_redirects=True)
    assert "manager" in answer.text
    assert str(desk.office.request(request_id).preview_id) == run_id
    assert desk.other.post(f"/api/v1/desk/{request_id}/preview").status_code == 409


def test_a_number_typed_twice_beside_cards_is_named(desk: Desk) -> None:
    numbers = desk.numbers().split()[:2]
    typed = "\r\n".join([*numbers, numbers[0]])
    cards = "\r\n".join(card(no) for no in range(3))
    wrong = desk.customer.post(
        "/requests/new/numbers_and_sims", data={**SIMS, "numbers": typed, "cards": cards}
    )
    assert wrong.status_code == 422
    assert f"«{numbers[0]}» стоит здесь дважды" in wrong.text
    plain = desk.customer.post("/requests/new/numbers_and_sims", data={**SIMS, "numbers": typed})
    assert plain.status_code == 303, "without cards nothing goes wrong"


def hidden(page: str) -> list[str]:
    """The selection that a page carries on."""
    return re.findall(r'name="(?:sel|ids|query)" value="([^"]*)"', page)


def test_numbers_chosen_in_the_list_come_along(desk: Desk) -> None:
    assert 'formaction="/requests/new"' in desk.customer.get("/lines").text
    one, other, *_ = desk.office.place.line_ids
    assert 'formaction="/requests/new"' in desk.customer.get(f"/lines/{one}").text
    answer = desk.customer.post("/requests/new", data={"sel": "ids", "ids": [one, other], "query": "q=x"})
    assert (answer.status_code, answer.location) == (303, f"/requests/new?sel=ids&ids={one}&ids={other}")
    page = desk.customer.get(answer.location).text
    assert hidden(page) == ["ids", str(one), str(other)]
    assert "/requests/new/tariff_and_services/numbers" in page
    assert "credit_settlement" not in page  # it is about no number
    answer = desk.customer.post(
        "/requests/new/tariff_and_services/numbers", data={"sel": "ids", "ids": [one, other]}
    )
    page = desk.customer.get(answer.location).text
    assert [f"+{row[0]}" in page for row in desk.office.sql("SELECT msisdn FROM lines ORDER BY id")] == [
        True,
        True,
        *[False] * 10,
    ]


def test_more_ticks_than_an_address_holds(desk: Desk) -> None:
    ticked = {"sel": "ids", "ids": [*desk.office.place.line_ids, *range(10**6, 10**6 + 500)]}
    page = desk.customer.post("/requests/new", data=ticked)
    assert page.status_code == 200
    assert len(hidden(page.text)) == 513
    form = desk.customer.post("/requests/new/claim/numbers", data=ticked)
    assert form.status_code == 200
    assert desk.numbers().replace("\n", "\r\n") in form.text or desk.numbers() in form.text


def test_all_that_match_are_never_cut_short(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.requests.pages.SHOWN_NUMBERS", 5)
    chosen = {"sel": "filter", "query": "state=active"}
    form = desk.customer.post("/requests/new/tariff_and_services/numbers", data=chosen, follow_redirects=True)
    assert hidden(form.text) == ["filter", "state=active"]
    answer = desk.customer.post("/requests/new/tariff_and_services", data={**chosen, **TARIFF, "numbers": ""})
    assert answer.status_code == 303, answer.text
    assert desk.office.request(int(answer.location.rsplit("/", 1)[1])).lines == 12
    monkeypatch.setattr("forms.requests.content.MOST_NUMBERS", 11)
    answer = desk.customer.post("/requests/new/tariff_and_services", data={**chosen, **TARIFF, "numbers": ""})
    assert answer.status_code == 422
    assert 'href="#numbers"' in answer.text


def test_nothing_chosen_is_said(desk: Desk) -> None:
    assert desk.customer.post("/requests/new", data={"sel": "ids"}).status_code == 422
    page = desk.customer.get("/requests/new?sel=ids&ids=999999").text
    assert 'role="alert"' in page
    assert "/numbers" not in page
    assert "/requests/new/credit_settlement" in desk.customer.get("/requests/new").text
