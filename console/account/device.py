"""The cookie of a browser in which somebody has signed in: random, signed, read where a password is asked for."""

from __future__ import annotations

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from console.web.routing import parts
from users.signin.devices import KEPT_FOR


def known_token() -> str:
    """The token of this browser; empty where it has none, or one that we did not sign."""
    try:
        return str(_signer().loads(request.cookies.get(_name(), "")))
    except BadSignature:
        return ""


def remember(answer: Response, token: str) -> Response:
    """Give the browser its token, or keep the one that it has for longer."""
    answer.set_cookie(
        _name(),
        _signer().dumps(token),
        max_age=KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=parts().settings.secure_cookies,
    )
    return answer


def _name() -> str:
    return "__Host-device" if parts().settings.secure_cookies else "device"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="device")
