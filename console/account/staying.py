"""The time that is left of a session, staying signed in, and the forms that were kept when it had ended."""

from __future__ import annotations

from flask import Blueprint, jsonify, request

from console.web import kept_forms
from console.web.identity import seconds_left
from console.web.routing import ResponseReturnValue, SignedIn, go_to, local_path, render, route

blueprint = Blueprint("staying", __name__)


@route(blueprint, "/session", permission=SignedIn(), passive=True)
def left() -> ResponseReturnValue:
    """The seconds that the session lasts without work: pages ask before they warn, which is no work itself."""
    return jsonify(seconds=seconds_left())


@route(blueprint, "/session/stay", permission=SignedIn(), methods=("POST",))
def stay() -> ResponseReturnValue:
    """Stay signed in: to ask for it is work."""
    return jsonify(seconds=seconds_left())


@route(blueprint, kept_forms.PLACE, permission=SignedIn())
def kept() -> ResponseReturnValue:
    """Every form that is kept for the person in this browser."""
    return render("profile/kept.html", forms=kept_forms.kept_forms_here(everywhere=True))


@route(blueprint, "/kept/discard", permission=SignedIn(), methods=("POST",))
def discard() -> ResponseReturnValue:
    """Keep a form no longer."""
    kept_forms.forget(request.form.get("key", ""))
    return go_to(local_path(request.form.get("page"), "/"))
