"""Actors: an actor, the rights granted to it, the company acted in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from flask_principal import Identity

from core import clock
from core.errors import NotFound
from rbac.permissions import Permission

ANYWHERE = "*"
"""Path of a grant to the system itself, which acts in every department."""


class Granted(NamedTuple):
    """A need: this permission, on the department of this path."""

    permission: str
    path: str


@dataclass(frozen=True)
class Actor:
    """The person or program that acts, with its rights, in one company. `kind` is user, staff, token or system."""

    kind: str
    user_id: int | None
    company_id: int | None
    name: str
    grants: frozenset[Granted]
    ip: str = ""
    locale: str = "ru"
    timezone: str = clock.DEFAULT_ZONE
    company_name: str = ""
    reason: str = ""

    @property
    def identity(self) -> Identity:
        """The Flask-Principal identity that provides the actor's needs."""
        identity = Identity(self.user_id)
        identity.provides.update(self.grants)
        return identity

    @property
    def is_staff(self) -> bool:
        """True for people of the operator who have entered a company."""
        return self.kind == "staff"


def company_of(actor: Actor) -> int:
    """The id of the company acted in; raises NotFound outside of one."""
    if actor.company_id is None:
        raise NotFound
    return actor.company_id


def system_actor(
    company_id: int | None, name: str, permissions: Iterable[Permission] = tuple(Permission)
) -> Actor:
    """The product itself, when it acts without a person: synchronisation, the sweeper."""
    grants = frozenset(Granted(permission.value, ANYWHERE) for permission in permissions)
    return Actor("system", None, company_id, name, grants)
