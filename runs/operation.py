"""Operations, and the interface of the things that they are carried out on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import NotFound
from core.fields import FieldSchema
from operators.changes import Change
from operators.port import Account, Product
from rbac.actor import Actor
from rbac.permissions import Permission
from runs.models import LINE
from runs.row_value_kind import RowValue
from runs.selection import Selection

Params = Mapping[str, Any]
"""Parameters as the operation's schema loads them; their JSON form is what a run stores."""


@dataclass(frozen=True)
class Refusal:
    """The reason why a line is not eligible: a code, a sentence for people, and the condition in SQL.

    Being SQL, one condition serves the preview, the freezing of 100,000 items and the check right before sending.
    `after_success`: it also holds of a line on which the operation was just carried out, such as "already blocked". The
    engine believes it only where no earlier order of the same run brought it about.
    """

    code: str
    text: str
    condition: ColumnElement[bool]
    advice: str = ""
    after_success: bool = False


@dataclass(frozen=True)
class Price:
    """The price of a line: expressions in roubles, once and per month (the difference where something is replaced)."""

    once: ColumnElement[Decimal]
    month: ColumnElement[Decimal]


@dataclass(frozen=True)
class Words:
    """The words of an operation. `confirm` and `done` are pairs of forms (NN_) over %(n)s lines."""

    title: str
    effect: str
    button: str
    confirm: tuple[str, str]
    done: tuple[str, str]


ROW_VALUE = "row_value"
"""The parameter in which `Operation.change` finds what its line gets for itself."""
Reasons = Mapping[str, tuple[str, str]]
"""Message ids by reason code: a sentence, and what can be done about it (may be empty)."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be done to lines. Each function gets the loaded parameters.

    An effect is a value for all lines, or an SQL expression over `RunValue.value` where `row_value` gives each another:
    `runs.models.RunValue` then is joined to every line, its value null where a line was given nothing, and beginning
    with UNREADABLE where nobody can read it. `reasons` are those for which the operator alone refuses; what the
    operation refuses too has one sentence, whoever refused.
    Without `change` the operator is not asked: the effect is all there is, and the runner applies it by itself.
    `into` names the department that the lines get into: the right is asked there too.
    `target` is the kind of what it is carried out on: `Target.kind`.
    """

    code: str
    words: Words
    permission: Permission
    icon: str
    schema: type[FieldSchema]
    refusals: Callable[[Params], Sequence[Refusal]]
    effect: Callable[[Params], Mapping[str, Any]]
    change: Callable[[Params], Change] | None = None
    into: Callable[[Params], int] | None = None
    price: Callable[[Params], Price] | None = None
    check: Callable[[Session, Params], Mapping[str, list[str]]] | None = None
    row_value: RowValue | None = None
    reasons: Reasons = field(default_factory=dict)
    group: str = ""
    order: int = field(default=100)
    target: str = LINE

    def after_success(self, params: Params) -> frozenset[str]:
        """The codes of the refusals that also hold of a line on which it was just carried out."""
        return frozenset(refusal.code for refusal in self.refusals(params) if refusal.after_success)


class Operations(dict[str, Operation]):
    """The operations by code, in the order in which people see them."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        super().__init__(
            (operation.code, operation) for operation in sorted(operations, key=attrgetter("order"))
        )

    def of(self, code: str) -> Operation:
        """The operation of this code; raises NotFound."""
        operation = self.get(code)
        if operation is None:
            raise NotFound
        return operation

    def on(self, kind: str) -> list[Operation]:
        """The operations on things of this kind, in their order."""
        return [operation for operation in self.values() if operation.target == kind]

    def row_values(self) -> tuple[RowValue, ...]:
        """The kinds of row values that the operations give, each once."""
        kinds = [operation.row_value for operation in self.values() if operation.row_value is not None]
        return tuple({kind.code: kind for kind in kinds}.values())


@dataclass(frozen=True)
class TargetLine:
    """A line as the runner needs it right before it sends: no more is read."""

    no: int
    target_id: int
    target: Product | Account
    refusal: str | None
    row_value: str | None = None


@dataclass(frozen=True)
class TargetWords:
    """The words of a kind of things: message ids; pairs are forms (NN_) over %(n)s of them.

    `title`, `second_title`, `state`, `user` and `place` head the columns of lists; what is empty has no column.
    """

    many: str
    title: str
    place: str
    counted: tuple[str, str]
    check: tuple[str, str]
    all_go: tuple[str, str]
    wait: tuple[str, str]
    sent_already: tuple[str, str]
    rate: tuple[str, str]
    none_go: str
    nothing_to_start: str
    nothing_chosen: str
    nothing_seen: str
    by_title: str
    none_here: str
    none_ended_so: str
    choose_others: str
    more_now: str
    type_count: str
    typed_wrong: str
    second_title: str = ""
    state: str = ""
    user: str = ""


TextColumn = ColumnElement[str] | InstrumentedAttribute[str]


@dataclass(frozen=True)
class TargetColumns:
    """The columns of a thing in lists: each a text in SQL, empty or null where there is nothing to say."""

    title: TextColumn
    second_title: TextColumn
    state: TextColumn
    user: TextColumn
    place: TextColumn


class Target(Protocol):
    """A kind of things that operations are carried out on, such as mobile lines.

    `kind` is its word in runs and operations, and in the journal: actions are "<kind>.<code of the operation>".
    `see` is the right without which a thing of the kind is not shown.
    """

    kind: str
    see: Permission
    words: TargetWords
    columns: TargetColumns

    def of_items(self, statement: Select[Any]) -> Select[Any]:
        """A select from `RunItem` joined to the things of its items, with all that `columns` and `seen` need."""
        ...

    def seen(self, actor: Actor) -> ColumnElement[bool]:
        """The condition within such a select that the actor sees the thing."""
        ...

    def chosen(
        self, session: Session, actor: Actor, permission: Permission, selection: Selection
    ) -> Select[Any]:
        """A select over lines (entity columns free to add) narrowed to the selection and to what the actor may see."""
        ...

    def id_column(self) -> InstrumentedAttribute[int]:
        """The line's id within `chosen`."""
        ...

    def sort_column(self) -> InstrumentedAttribute[Any]:
        """The expression that the items of a run are sorted by."""
        ...

    def requested(self, session: Session, selection: Selection) -> int | None:
        """The number of things that the selection names one by one; None for filters and departments."""
        ...

    def lacks_right(self, actor: Actor, permission: Permission) -> ColumnElement[bool]:
        """The condition that the actor does not hold the permission where the line stands."""
        ...

    def problems(
        self,
        session: Session,
        actor: Actor,
        permission: Permission,
        schema: FieldSchema,
        values: Mapping[str, Any],
    ) -> Mapping[str, list[str]]:
        """The problems by field of parameters that name things of the company's: tariffs, accounts, departments."""
        ...

    def before_sending(
        self,
        session: Session,
        company_id: int,
        run_id: int,
        numbers: Mapping[int, int],
        refusals: Sequence[Refusal],
        *,
        has_row_value: bool = False,
    ) -> Sequence[TargetLine]:
        """The lines of these ids in the order of their items' numbers (the values), with the refusal that holds now.

        `has_row_value`: with the value that each gets for itself in this run.
        """
        ...

    def lacks_right_in(self, actor: Actor, permission: Permission, department_id: int) -> ColumnElement[bool]:
        """The condition that this department is gone, or that the actor does not hold the permission there."""
        ...

    def prepare(self, session: Session, company_id: int, effect: Mapping[str, Any]) -> None:
        """Lock what must stand still, beside the lines themselves, while this effect is checked and written."""
        ...

    def apply(
        self,
        session: Session,
        company_id: int,
        run_id: int,
        target_ids: Sequence[int],
        effect: Mapping[str, Any],
        row_value: RowValue | None = None,
        *,
        is_ordered: bool = True,
    ) -> Sequence[tuple[int, str, dict[str, Any], dict[str, Any]]]:
        """Write an operation's effect on lines, with what follows from the row values of its kind.

        Returns (line id, label, before, after) for the journal.
        """
        ...
