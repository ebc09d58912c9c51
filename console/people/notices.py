"""Notices: the bell in the top bar and the list of the last days."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for

from console.web.i18n import text
from console.web.routing import ResponseReturnValue, SignedIn, actor, db, is_fragment, render, route
from notices import service
from notices.models import Notice

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@route(blueprint, "", permission=SignedIn())
def index() -> ResponseReturnValue:
    """The list; having seen it, the bell is quiet."""
    notices = service.newest(db(), actor().user_id or 0)
    shown = [(notice, sentence(notice), notice.read_at is None) for notice in notices]
    service.mark_read(db(), actor().user_id or 0)
    return render("notices/index.html", notices=shown, days=service.KEPT_DAYS)


@route(blueprint, "/bell", permission=SignedIn(), passive=True)
def bell() -> ResponseReturnValue:
    """The number of new notices."""
    if not is_fragment():
        return redirect(url_for("notices.index"))
    return render("notices/bell.html", unread=service.unread(db(), actor().user_id or 0))


def sentence(notice: Notice) -> str:
    """The notice in the reader's language; parameters may be msgids themselves."""
    params: dict[str, Any] = {
        name: text(value) if isinstance(value, str) else value for name, value in notice.params.items()
    }
    return text(notice.title, **params)
