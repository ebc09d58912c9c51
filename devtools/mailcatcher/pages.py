"""The pages of the mail catcher: the list, one mail, its attachments. Nothing of a mail is run or loaded."""

from __future__ import annotations

import io
from datetime import datetime

from flask import Flask, Response, abort, render_template, send_file

from devtools.mailcatcher.store import Mail, Store

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_app(store: Store) -> Flask:
    """The pages over one folder of mails."""
    app = Flask(__name__)
    # Another name that leads here would be a foreign page's attempt to read the mails.
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
    app.jinja_env.filters |= {"moment": _moment, "size": _size}
    app.after_request(_guard)

    @app.get("/")
    def index() -> str:
        return render_template("index.html", mails=store.newest())

    @app.get("/mails/<name>")
    def show(name: str) -> str:
        return render_template("show.html", mail=_get(store, name))

    @app.get("/mails/<name>/parts/<int:number>")
    def part(name: str, number: int) -> Response:
        parts = _get(store, name).parts
        if number >= len(parts):
            abort(404)
        return _download(parts[number].content, parts[number].name)

    @app.get("/mails/<name>/mail.eml")
    def whole(name: str) -> Response:
        path = store.find_file(name) or abort(404)
        return _download(path.read_bytes(), path.name)

    return app


def _get(store: Store, name: str) -> Mail:
    return store.find(name) or abort(404)


def _download(content: bytes, name: str) -> Response:
    """Always as a file to be saved, whatever the mail says it is."""
    return send_file(
        io.BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=name
    )


def _guard(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _size(count: int) -> str:
    return f"{count} B" if count < 1_024 else f"{count / 1_024:,.0f} KB"
