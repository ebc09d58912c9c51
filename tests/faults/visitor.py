"""A person at the console over HTTP: cookies, the token of each form, and nothing of a browser."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from email.message import Message
from http.cookiejar import CookieJar

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """Signs in and sends forms; threads may share one."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def sign_in(self, login: str, password: str) -> None:
        self.send("/sign-in", self.token("/sign-in"), login=login, password=password)

    def read(self, path: str) -> tuple[int, str, Message]:
        """Status, body and headers of a page, whatever it answers."""
        try:
            with self._opener.open(self._base + path, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers

    def token(self, path: str) -> str:
        """The token of the first form on a page."""
        with self._opener.open(self._base + path, timeout=60) as answer:
            match = TOKEN.search(answer.read().decode())
        assert match is not None, path
        return match.group(1)

    def send(self, path: str, token: str, **fields: str) -> str:
        """Send a form; returns the address where that led."""
        data = urllib.parse.urlencode({"csrf_token": token, **fields}).encode()
        with self._opener.open(self._base + path, data, timeout=60) as answer:
            address: str = answer.geturl()
        return address.removeprefix(self._base)
