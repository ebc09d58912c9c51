"""What the matrix needs to know of routes: an object for each argument of an address, and forms that mean something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from console.web.routing import Declared, declared_permission
from rbac.permissions import Permission
from tests.fixtures.company_objects import FullPlace

ARGUMENTS: dict[str, Callable[[FullPlace, str], Any]] = {
    "line_id": lambda place, _: place.line,
    "run_id": lambda place, role: place.runs[role],
    "upload_id": lambda place, role: place.uploads[role],
    "department_id": lambda place, _: place.department,
    "user_id": lambda place, _: place.users["viewer"],
    "grant_id": lambda place, _: place.grant,
    "company_id": lambda place, _: place.company_id,
    "file_id": lambda place, role: place.files[role],
    "schedule_id": lambda place, role: place.schedules[role],
    "request_id": lambda place, role: place.requests[role],
    "attachment_id": lambda place, role: place.attachments[role],
}
"""For each argument that names an object: that of a company and, where it is a person's own, of this role's person."""

ALSO: dict[str, Permission] = {"code": Permission.LINES_BLOCK}
"""Rights that an argument asks for beyond the one declared: here the operation's own."""

ON_ACCOUNTS = {"/api/v1/accounts/operations/<code>": ("set_invoice_delivery", Permission.ACCOUNTS_DELIVERY)}
"""Routes of operations on billing accounts: one of these, and its right."""
WITH_ROW_VALUES = {
    **ON_ACCOUNTS,
    "/operations/<code>/list.xlsx": ("replace_sim", Permission.LINES_SIM),
    "/operations/<code>/offers": ("change_number", Permission.LINES_NUMBER),
    "/api/v1/operations/<code>/offers": ("change_number", Permission.LINES_NUMBER),
}
"""Routes that are there for some operations only: one of these, and its right."""

BODIES: dict[str, Callable[[FullPlace], dict[str, Any]]] = {
    "/api/v1/lines/operations/<code>": lambda place: {
        "selection": {"kind": "ids", "ids": [place.line]},
        "params": {"reason": "voluntary"},
    },
    "/api/v1/accounts/operations/<code>": lambda place: {
        "selection": {"kind": "filter", "query": "", "all": True},
        "params": {"channel": "email", "email": "accounts@example.org"},
    },
    "/api/v1/requests": lambda place: {"form": "claim"},
    "/api/v1/requests/<int:request_id>/steps": lambda place: {"step": "comment", "text": "Hello"},
    "/api/v1/schedules": lambda place: {"report": "lines", "every": "daily", "addresses": ["a@example.org"]},
    "/api/v1/desk/<int:request_id>/steps": lambda place: {"step": "comment", "text": "Hello"},
    "/api/v1/desk/<int:request_id>/pass": lambda place: {"assignee": 1, "text": "Holidays"},
    "/api/v1/desk/<int:request_id>/resolve": lambda place: {"text": "Done"},
    "/api/v1/reports/<report_code>": lambda place: {"params": {"state": "active"}},
}
"""JSON bodies without which a call is refused before its right is asked."""

PLAIN: dict[str, Any] = {
    "code": "block",
    "report_code": "lines",
    "form_code": "claim",
    "ending": "xlsx",
    "filename": "mark.svg",
    "anchor": "keys",
}
"""Arguments that name no object of a company."""


@dataclass(frozen=True)
class Target:
    """One method of one route."""

    rule: Rule
    method: str
    declared: Declared | None

    @property
    def name(self) -> str:
        """As it is shown in the names of tests."""
        return f"{self.method} {self.rule.rule}"

    @property
    def has_object(self) -> bool:
        """True where an argument names an object that belongs to a company."""
        return bool(self.rule.arguments & set(ARGUMENTS))

    def needs(self) -> set[Permission]:
        """Every right without which this is refused."""
        own = {self.declared} if isinstance(self.declared, Permission) else set()
        if self.rule.rule in WITH_ROW_VALUES:
            return own | {WITH_ROW_VALUES[self.rule.rule][1]}
        return own | {ALSO[name] for name in self.rule.arguments if name in ALSO}

    def unknown_arguments(self) -> set[str]:
        """Arguments for which nobody said what they name."""
        return set(self.rule.arguments) - set(ARGUMENTS) - set(PLAIN)

    def address(self, app: Flask, place: FullPlace, role: str = "global_admin") -> str:
        """The address of this route for the objects of a company, those of a person where they are one's own."""
        values = {name: ARGUMENTS[name](place, role) for name in self.rule.arguments if name in ARGUMENTS}
        values |= {name: PLAIN[name] for name in self.rule.arguments if name in PLAIN}
        if self.rule.rule in WITH_ROW_VALUES:
            values["code"] = WITH_ROW_VALUES[self.rule.rule][0]
        with app.test_request_context():
            built = app.url_map.bind("localhost").build(self.rule.endpoint, values, method=self.method)
        return str(built)


def targets(app: Flask) -> Iterator[Target]:
    """Every method of every route, save those that Flask itself adds."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Target(rule, method, declared_permission(app.view_functions[rule.endpoint]))
