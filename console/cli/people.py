"""Creating a person from the command line: the first administrator of a company, or the operator's people."""

from __future__ import annotations

import argparse
import getpass
import sys

from sqlalchemy import select

from core.db import unit_of_work
from core.errors import InvalidInput
from core.tenancy import all_companies, company_scope
from hierarchy.roots import get_root_id
from rbac.actor import system_actor
from rbac.models import Role
from rbac.presets import PRESETS
from users.journal import COMMAND_LINE
from users.roles import grant_role
from users.service import create_user
from users.staff.people import ROLES, create_staff_user


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments that describe the person."""
    command.add_argument("login")
    command.add_argument("--name", required=True)
    command.add_argument("--company", type=int, help="id of the company; without it a person of the operator")
    command.add_argument("--role", default="global_admin", choices=[preset.code for preset in PRESETS])
    command.add_argument("--email", default="")
    command.add_argument(
        "--portfolio", type=int, nargs="*", default=[], help="companies of an account manager"
    )


def create(arguments: argparse.Namespace) -> int:
    """Create the person with the role on the whole company; raises InvalidInput."""
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if arguments.company is None:
        _create_staff(arguments, password)
    else:
        _create_customer(arguments, password)
    print(f"{arguments.login} may sign in now.")
    return 0


def _create_staff(arguments: argparse.Namespace, password: str) -> None:
    if arguments.role not in ROLES:
        raise InvalidInput("A person of the operator has one of: %(roles)s", roles=", ".join(ROLES))
    with all_companies(reason="the operator's people belong to no company"), unit_of_work() as session:
        create_staff_user(
            session,
            login=arguments.login,
            name=arguments.name,
            password=password,
            role=arguments.role,
            portfolio=arguments.portfolio,
        )


def _create_customer(arguments: argparse.Namespace, password: str) -> None:
    actor = system_actor(arguments.company, COMMAND_LINE)
    with company_scope(arguments.company), unit_of_work() as session:
        role_id = session.scalar(
            select(Role.id).where(Role.company_id == arguments.company, Role.preset == arguments.role)
        )
        if role_id is None:
            raise InvalidInput("There is no such company, or it has no such role.")
        user = create_user(
            session,
            actor,
            login=arguments.login,
            name=arguments.name,
            password=password,
            email=arguments.email,
        )
        grant_role(session, actor, user.id, role_id, get_root_id(session, arguments.company))
