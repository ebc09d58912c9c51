"""Types of documents: everything that the page, the printable form and the way of each need to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.fields import FieldSchema
from core.i18n import N_
from rbac.permissions import Permission

Values = Mapping[str, Any]
"""Values as the form's schema dumps them: JSON."""
SCANS = frozenset(
    (
        N_("Scan of the signed application"),
        N_("Scan of the signed claim"),
        N_("Scan of the application signed by both sides"),
    )
)
"""What is attached in the console only: the printed document itself, which does not name itself as an annex."""


class Lines(StrEnum):
    """The count of numbers that a document is about."""

    NONE = "none"
    MAY = "may"
    MANY = "many"


@dataclass(frozen=True)
class FormLine:
    """A number as a document names it."""

    line_id: int
    msisdn: str
    iccid: str
    employee: str


@dataclass(frozen=True)
class Carries:
    """The operation that a resolved request carries out.

    `params` makes its parameters of the values and the numbers; None where this choice has no operation.
    """

    operation: Callable[[Values], str | None]
    params: Callable[[Values, Sequence[FormLine]], Mapping[str, Any]]


@dataclass(frozen=True)
class RowValueColumn:
    """The row values of a document: a title, a value for each number in their order or none, how people read one."""

    title: str
    values: Sequence[str]
    show: Callable[[str], str]


OFFERED_ON = Permission.LINES_VIEW
"""The right by which departments are offered in a document: it is about lines of these."""
MANAGER = N_("Your account manager")


@dataclass(frozen=True)
class Signer:
    """The person who signs on paper; `field` names the field of the form that holds the name, where there is one."""

    title: str = N_("Position and name")
    field: str = ""


@dataclass(frozen=True)
class FormType:
    """One document: one file in forms/types/ holds one of these. All texts are message ids.

    `days` are the working days until the deadline. `check` sees values and numbers together. `subject` follows the
    heading on paper ("Application" – "to connect the console"); without it the title does.
    """

    code: str
    title: str
    summary: str
    icon: str
    schema: type[FieldSchema]
    instruction: tuple[str, ...]
    body: tuple[str, ...]
    signer: str
    approver: str
    attach: tuple[str, ...] = ()
    needs_scan: bool = False
    """Whether it is not submitted without a file; otherwise the person may say that the paper comes in another way."""
    lines: Lines = Lines.NONE
    days: int = 3
    carries: Carries | None = None
    check: Callable[[Values, Sequence[FormLine]], Mapping[str, list[str]]] | None = None
    is_public: bool = False
    row_values: Callable[[Values], RowValueColumn] | None = None
    """What each number gets: the last column of the table of numbers."""
    from_list: Callable[[Values], Mapping[str, str]] | None = None
    """Fields that an uploaded list fills where they are left empty: by field, the code of the row value.

    It is also the column of `RequestLine` that holds what the number has now.
    """
    heading: str = N_("Application")
    subject: str = ""
    signers: tuple[Signer, ...] = (Signer(),)
    order: int = field(default=100)

    @property
    def scan(self) -> str:
        """The scan of the signed paper among what is attached; empty where none is asked for."""
        return next((paper for paper in self.attach if paper in SCANS), "")

    @property
    def is_decided_elsewhere(self) -> bool:
        """Whether somebody else than the account manager decides."""
        return self.approver != MANAGER
