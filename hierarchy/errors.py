"""Refusals of the tree of departments."""

from __future__ import annotations

from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import N_


class NoDepartment(NotFound):
    """A department that does not exist, or not for this actor."""

    def __init__(self) -> None:
        super().__init__(N_("This department does not exist or is out of your sight."))


class BadName(InvalidInput):
    """The name is missing, too long or taken by a sibling."""

    def __init__(self, message: str) -> None:
        super().__init__(N_("The department was not saved."), fields={"name": [message]}, code="bad_name")


class Circle(Conflict):
    """A branch cannot hang below itself."""

    def __init__(self) -> None:
        super().__init__(N_("A department cannot be moved into itself or below itself."), code="circle")


class RootStays(Conflict):
    """The root stands for the company."""

    def __init__(self) -> None:
        super().__init__(
            N_("The topmost department stands for the whole company: it is neither moved nor deleted."),
            code="root_stays",
        )
