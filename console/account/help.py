"""The page of help: keys, how a bulk run goes, which spellings are understood, where to ask."""

from __future__ import annotations

from flask import Blueprint

from console.web.routing import ResponseReturnValue, SignedIn, render, route

blueprint = Blueprint("help", __name__)


@route(blueprint, "/help", permission=SignedIn())
def index() -> ResponseReturnValue:
    """One short page, the same for everybody but for what a person may not do."""
    return render("help/index.html")
