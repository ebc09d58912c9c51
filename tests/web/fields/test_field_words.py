"""A field's error is in the person's language throughout, also where the library says it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english

ENGLISH = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")
GOOD: dict[str, Any] = {"report": "lines", "every": "daily", "addresses": ["a@example.org"]}


@pytest.mark.parametrize(
    ("address", "body", "fields"),
    [
        ("schedules", {**GOOD, "hour": "x", "zzz": 1}, {"hour", "zzz"}),
        ("schedules", {"addresses": None, "format": "doc"}, {"addresses", "every", "format", "report"}),
        ("schedules", {**GOOD, "addresses": ["a" * 400, 5, 6]}, {"addresses"}),
        ("schedules", {**GOOD, "columns": ["number"] * 101, "params": []}, {"columns", "params"}),
        ("schedules", [], {"_schema"}),
        ("reports/lines", {"params": {"department": -1, "zzz": 1}}, {"department", "zzz"}),
        ("requests", {"form": "claim", "selection": {}, "submit": "perhaps"}, {"selection.kind", "submit"}),
        ("requests", {"form": "claim", "selection": []}, {"selection"}),
        ("requests", {"form": "claim", "selection": {"kind": "ids", "ids": ["a"]}}, {"ids"}),
        ("lines/operations/block", {"params": {}, "selection": {"kind": "ids", "ids": [1]}}, {"reason"}),
        ("lines/operations/block", {"params": {"reason": "x"}, "selection": {"kind": "ids"}}, {"reason"}),
    ],
)
def test_every_field_is_answered_in_russian(
    companies: TwoCompanies, sign_in: SignIn, address: str, body: Any, fields: set[str]
) -> None:
    answer = sign_in(companies.home.users["global_admin"]).post(f"/api/v1/{address}", json=body)
    assert answer.status_code == 422, answer.text
    messages_of = answer.get_json()["fields"]
    assert set(messages_of) == fields
    said = [message for messages in messages_of.values() for message in messages]
    assert all(re.search("[а-я]", sentence) and not ENGLISH.search(sentence) for sentence in said), said


@pytest.mark.parametrize("query", ["size=501", "size=x", "after=-1"])
def test_the_query_is_answered_in_russian(companies: TwoCompanies, sign_in: SignIn, query: str) -> None:
    answer = sign_in(companies.home.users["global_admin"]).get(f"/api/v1/files?{query}")
    assert answer.status_code == 422
    ((message,),) = answer.get_json()["fields"].values()
    assert re.search("[а-я]", message)


def test_the_library_s_words_stay_in_english(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["auditor"]))
    answer = client.get("/api/v1/files?size=501")
    bounds = "Must be greater than or equal to 1 and less than or equal to 500."
    assert answer.get_json()["fields"] == {"size": [bounds]}


@pytest.mark.parametrize("department", ["-1", "9" * 30, "abc"])
def test_a_department_that_is_none_is_said_in_russian(
    companies: TwoCompanies, sign_in: SignIn, department: str
) -> None:
    client = sign_in(companies.home.users["global_admin"])
    shown = client.get(f"/reports/lines?department={department}").text
    assert "Выберите из списка." in shown
    assert "Must be" not in shown
