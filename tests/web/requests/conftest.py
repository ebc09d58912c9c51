"""Requests through the console in the test's process: browsers of the customer and of managers."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import db
from tests.fixtures.databases import Database
from tests.fixtures.world import World
from tests.integration.forms.conftest import TARIFF, Office, open_office
from tests.web.clients import make_app, make_client

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40 + b"IEND\xaeB`\x82"


class RequestPages:
    """Browsers of the customer and of managers, over an Office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.app = make_app(office.parts)
        self.customer, self.manager = self.browser(office.user), self.browser(office.manager)
        self.other = self.browser(office.other)

    def browser(self, user_id: int) -> FlaskClient:
        return make_client(self.app, user_id)

    def numbers(self) -> str:
        return "\n".join(f"+{row[0]}" for row in self.office.sql("SELECT msisdn FROM lines ORDER BY id"))

    def draft(self, code: str = "tariff_and_services", **values: str) -> int:
        """A draft made through the form; returns its id."""
        sent = {"numbers": self.numbers(), **TARIFF, **values}
        answer = self.customer.post(f"/requests/new/{code}", data=sent)
        assert answer.status_code == 303, answer.text
        return int(answer.location.rsplit("/", 1)[1])

    def attach(self, request_id: int, name: str, content: bytes) -> str:
        """Attach a file to a draft; returns the page that follows."""
        address = f"/requests/{request_id}/files"
        answer = self.customer.post(address, data={"file": (BytesIO(content), name)}, follow_redirects=True)
        assert answer.status_code == 200
        return answer.text

    def step(self, client: FlaskClient, request_id: int, step: str, text: str = "") -> TestResponse:
        side = "requests" if client is self.customer else "desk"
        return client.post(f"/{side}/{request_id}/move", data={"step": step, "text": text})


def keep(harness: RequestPages, code: str, **values: str) -> int:
    """A draft that is kept as it is, wrong or not."""
    answer = harness.customer.post(f"/requests/new/{code}", data={"draft": "1", **values})
    assert answer.status_code == 303
    return int(answer.location.split("/")[2])


@pytest.fixture
def harness(fresh_database: Database, tmp_path: Path) -> Iterator[RequestPages]:
    bound = db.connect(fresh_database.url)
    yield RequestPages(open_office(World(), tmp_path))
    bound.dispose()
