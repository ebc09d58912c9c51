"""Whose address is believed: that of the caller, or what a known number of our own proxies noted."""

from __future__ import annotations

import pytest
from flask import Flask, request

from console.web import intake
from core.settings import Settings

HEADERS = {
    "X-Forwarded-For": "6.6.6.6, 203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, "127.0.0.1 http localhost"), (1, "203.0.113.9 https localhost"), (2, "6.6.6.6 http localhost")],
)
def test_only_our_own_proxies_are_believed(proxies: int, seen: str) -> None:
    app = Flask(__name__)
    intake.install(app, proxies=proxies)
    app.add_url_rule("/", view_func=lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    assert app.test_client().get("/", headers=HEADERS).text == seen


def test_no_proxy_is_trusted_unless_said() -> None:
    needed = {"DATABASE_URL": "x", "REDIS_URL": "x", "OPERATOR_URL": "x", "SECRET_KEY": "x"}
    assert Settings.from_env(needed).trusted_proxies == 0
    assert Settings.from_env({**needed, "TRUSTED_PROXIES": "2"}).trusted_proxies == 2
