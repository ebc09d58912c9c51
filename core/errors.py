"""The five kinds of error that reach people; console/web/errors.py maps them to HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.i18n import N_


class AppError(Exception):
    """Base of the five: a stable code, a message id for people and its parameters."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params: Mapping[str, Any] = params
        if code is not None:
            self.code = code


class InvalidInput(AppError):
    """Input that does not fit; `fields` maps each field to all its messages. HTTP 422."""

    code = "invalid_input"

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, list[str]] | None = None,
        code: str | None = None,
        **params: Any,
    ) -> None:
        super().__init__(message, code=code, **params)
        self.fields: Mapping[str, list[str]] = fields or {}


class NotAllowed(AppError):
    """The actor lacks the right. HTTP 403."""

    code = "not_allowed"

    def __init__(self, permission: str, message: str = N_("You do not have the right to do this.")) -> None:
        super().__init__(message)
        self.permission = permission


class NotFound(AppError):
    """An object that does not exist, or not for this company. HTTP 404."""

    code = "not_found"

    def __init__(self, message: str = N_("There is nothing at this address."), **params: Any) -> None:
        super().__init__(message, **params)


class Conflict(AppError):
    """The state of the thing forbids it now. HTTP 409."""

    code = "conflict"


class Unavailable(AppError):
    """Something we depend on does not answer; trying again later may help. HTTP 503."""

    code = "unavailable"
