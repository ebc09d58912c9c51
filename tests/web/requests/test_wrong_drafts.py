"""Drafts keep what was typed, also what cannot be read: every page and document of them shows it as it stands."""

import pytest

from forms.documents.form import FormType
from forms.documents.types import TYPES
from forms.documents.types.claim import FORM as CLAIM
from tests.web.requests.conftest import RequestPages, keep

FORMS = [form for form in TYPES if not form.is_public]
TYPED = (
    "около 1500",
    "вчера",
    "1e999999",
    "NaN",
    "-0",
    "9" * 30,
    "2026-13-45",
    "[]",
    "\u202e\t",
    "№ 5; =1+1",
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
def test_no_page_of_a_wrong_draft_fails(harness: RequestPages, form: FormType) -> None:
    for no, text in enumerate(TYPED):
        draft = keep(harness, form.code, **dict.fromkeys(form.schema().fields, text))
        documents = ("/document.pdf", "/document.docx") if no < 3 else ()
        for place in ("", "/edit", "/document.xlsx", *documents):
            answer = harness.customer.get(f"/requests/{draft}{place}")
            assert answer.status_code == 200, (place, text)
    assert harness.customer.post(f"/requests/{draft}/submit").status_code == 422
    assert harness.customer.get("/requests?view=drafts").status_code == 200


def test_what_cannot_be_read_is_shown_as_typed(harness: RequestPages) -> None:
    draft = keep(harness, "claim", amount="полторы тысячи", since="вчера")
    page = harness.customer.get(f"/requests/{draft}").text
    assert "вчера" in page and "полторы" in page


def test_a_claim_is_told_what_does_not_fit(harness: RequestPages) -> None:
    typed = {
        "topic": "charges",
        "since": "2090-01-01",
        "description": "d",
        "wanted": "w",
        "answer_by": "email",
        "contact": "c",
        "phone": "8 (495) 123-45-67 доб. 12",
    }
    answer = harness.customer.post(
        "/api/v1/requests", json={"form": CLAIM.code, "values": typed, "submit": True}
    )
    assert answer.status_code == 422
    assert {"since", "phone"} <= answer.get_json()["fields"].keys()
    typed |= {"since": "2026-01-01", "phone": "+7 (8912) 345-67-89"}
    answer = harness.customer.post(
        "/api/v1/requests", json={"form": CLAIM.code, "values": typed, "submit": True}
    )
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["email"])
