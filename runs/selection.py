"""Selections: the lines of a run, as one of a few frozen values with one parser and one stored form."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.bounds import LARGEST
from core.errors import InvalidInput, NotFound
from core.i18n import N_
from core.messages import field_messages
from rbac.actor import Actor
from runs.listing import get_run
from runs.models import ItemState, RunItem

MOST_IDS = 10_000
STORABLE = validate.Range(1, LARGEST)
NOTHING = N_("Choose at least one number, or say that you mean all that match.")


@dataclass(frozen=True)
class Selection(ABC):
    """The things of a run. `kind` is its word in stored and sent JSON, `schema` checks what people send.

    The fields of a class are the keys of both.
    """

    kind: ClassVar[str]
    schema: ClassVar[type[Schema]]

    @classmethod
    def load(cls, values: Mapping[str, Any]) -> Self:
        """The selection of these values, which `schema` has checked or `dump` has made."""
        return cls(**{field.name: values[field.name] for field in dataclasses.fields(cls)})

    def dump(self) -> dict[str, Any]:
        """The stored form: JSON with the kind."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {"kind": self.kind, **values}


class Named(Selection):
    """A selection that names what it means one by one: a condition on its id says which."""

    def check(self, session: Session, actor: Actor, kind: str) -> None:
        """Raise NotFound where the actor may not know what this names, or where that is of another kind."""

    @abstractmethod
    def condition(self, company_id: int, target_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition that something of the company with this id is meant."""


class IdsSchema(Schema):
    """Ids ticked one by one."""

    ids = fields.List(
        fields.Integer(strict=False, validate=STORABLE),
        required=True,
        validate=validate.Length(min=1, max=MOST_IDS),
    )


@dataclass(frozen=True)
class Ids(Selection):
    """Lines ticked one by one, in the order in which they were named."""

    ids: tuple[int, ...]
    kind = "ids"
    schema = IdsSchema

    @classmethod
    def load(cls, values: Mapping[str, Any]) -> Self:
        """The ids, each once."""
        return cls(tuple(dict.fromkeys(values["ids"])))

    def dump(self) -> dict[str, Any]:
        """The ids as a list."""
        return {"kind": self.kind, "ids": list(self.ids)}

    def sorted(self) -> Ids:
        """The same lines by id: two ways of ticking them are one selection."""
        return Ids(tuple(sorted(self.ids)))


class MatchingSchema(Schema):
    """All that match a filter: `query` is the query string of the list. `all` must be said explicitly."""

    query = fields.String(required=True, validate=validate.Length(max=2000))
    all = fields.Boolean(required=True, validate=validate.Equal(True))


@dataclass(frozen=True)
class Matching(Selection):
    """All lines that match a filter of the list."""

    query: str
    kind = "filter"
    schema = MatchingSchema

    def dump(self) -> dict[str, Any]:
        """The query string; that all are meant is said again."""
        return {**super().dump(), "all": True}


class BelowSchema(Schema):
    """A department by its id."""

    department = fields.Integer(required=True, validate=STORABLE)


@dataclass(frozen=True)
class Below(Selection):
    """The lines of a department and of all below it."""

    department: int
    kind = "department"
    schema = BelowSchema


class ListedSchema(Schema):
    """An uploaded list by its id."""

    upload = fields.Integer(required=True, validate=STORABLE)


@dataclass(frozen=True)
class Listed(Selection):
    """The lines of an uploaded list."""

    upload: int
    kind = "upload"
    schema = ListedSchema


class OfRunSchema(Schema):
    """An earlier run by its id."""

    run = fields.Integer(required=True, validate=STORABLE)


@dataclass(frozen=True)
class OfRun(Named):
    """The items of an earlier run that ended in `state`."""

    run: int
    state: ClassVar[ItemState]
    schema = OfRunSchema

    def check(self, session: Session, actor: Actor, kind: str) -> None:
        """Raise NotFound for a run that the actor may not see: what became of its lines is told to nobody else."""
        if get_run(session, actor, self.run).target != kind:
            raise NotFound

    def condition(self, company_id: int, target_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Among the items of the run in this state."""
        ended = select(RunItem.target_id).where(
            RunItem.company_id == company_id, RunItem.run_id == self.run, RunItem.state == self.state
        )
        return target_id.in_(ended)


class FailedOf(OfRun):
    """The things that failed in an earlier run."""

    kind = "failed_of"
    state = ItemState.FAILED


class UnsentOf(OfRun):
    """The things that a stop left unsent in an earlier run."""

    kind = "unsent_of"
    state = ItemState.CANCELLED


SENT: tuple[type[Selection], ...] = (Ids, Matching, Below, Listed, FailedOf, UnsentOf)
"""What people may send."""


class Selections(dict[str, type[Selection]]):
    """Every kind of selection that a stored run may have: what people send, and what packages above make."""

    def __init__(self, more: Iterable[type[Selection]] = ()) -> None:
        super().__init__((selection.kind, selection) for selection in (*SENT, *more))

    def load(self, stored: Mapping[str, Any]) -> Selection:
        """The selection of a stored form."""
        return self[str(stored["kind"])].load(stored)


BY_KIND = {selection.kind: selection for selection in SENT}


def parse(raw: Mapping[str, Any], *, is_ordered: bool = False) -> Selection:
    """The selection that somebody sent; raises InvalidInput where it names nothing or something odd.

    `is_ordered` keeps ids in the order in which they came, for what is given to each in that order.
    """
    selection = BY_KIND.get(str(raw.get("kind", "")))
    if selection is None:
        raise InvalidInput(NOTHING, code="nothing_selected")
    try:
        values = selection.schema().load({name: value for name, value in raw.items() if name != "kind"})
    except ValidationError as problem:
        raise InvalidInput(NOTHING, fields=field_messages(problem), code="nothing_selected") from problem
    parsed = selection.load(values)
    return parsed.sorted() if isinstance(parsed, Ids) and not is_ordered else parsed
