"""Security of every answer: headers with a strict content security policy, cookies, CSRF, limits on tries."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest

from core.i18n import N_
from core.settings import Settings

MAX_UPLOAD = 12 * 1024 * 1024
WRONG_SIGN_IN_LIMIT = "30 per minute; 300 per hour"
"""Wrong tries of one address."""
SIGN_IN_LIMIT = "300 per minute"
"""All tries of one address: each costs the time of a hash."""
PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_PLAIN_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, headers_enabled=True, strategy="fixed-window")


def install(app: Flask, settings: Settings) -> None:
    """Configure the app before its blueprints are registered."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,  # ten thousand ticked rows come as form fields
        MAX_FORM_PARTS=100_000,
        SESSION_COOKIE_NAME="__Host-console" if settings.secure_cookies else "console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # lives as long as the signed cookie it stands in
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        RATELIMIT_STORAGE_URI=settings.redis_url.replace("unix://", "redis+unix://", 1),
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 1, "socket_timeout": 1},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_SWALLOW_ERRORS=True,
    )
    app.before_request(lambda: _check_host(settings.console_url))
    csrf.init_app(app)
    limiter.init_app(app)
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    def harden(response: Response) -> Response:
        return _hardened(response, secure=settings.secure_cookies)

    app.after_request(harden)


def _check_host(console_url: str) -> None:
    """Raise UnknownHost unless the console was asked by a name of its own; monitoring may ask by any."""
    names = {urlsplit(console_url).hostname or "", *LOOPBACK}
    host = urlsplit(f"//{request.host}").hostname if _PLAIN_HOST.fullmatch(request.host) else None
    if host not in names and request.blueprint != "health":
        raise UnknownHost


class UnknownHost(BadRequest):
    """The request names a host that is not the console's."""

    advice = N_(
        "This console has another address. It is the setting CONSOLE_URL; a proxy passes it on as Host."
    )


def csp_nonce() -> str:
    """The nonce of this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def policy() -> str:
    """The content security policy: our own files only, no inline style, scripts only with this nonce."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def _hardened(response: Response, *, secure: bool) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy())
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        # Not no-store: going back must bring a form with everything typed. Signing out clears the cache.
        headers.setdefault("Cache-Control", "private, no-cache")
    return response
