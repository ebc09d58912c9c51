"""The language in which a test reads its pages."""

from __future__ import annotations

from flask.testing import FlaskClient


def in_english(client: FlaskClient) -> FlaskClient:
    """The same browser, its person reading English from now on."""
    assert client.post("/profile/language", data={"locale": "en"}).status_code < 400
    return client
