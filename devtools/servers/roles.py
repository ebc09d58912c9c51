"""Creates the databases and roles the product needs on any PostgreSQL, embedded or real."""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

OWNER, APPLICATION, SANDBOX = "vm_owner", "vm_app", "vm_sandbox"
DATABASE, SANDBOX_DATABASE = "vm", "vm_sandbox"
_ONE_AT_A_TIME = 7_001_001  # advisory lock: roles belong to the whole server, test workers share it
_PLAIN = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


@dataclass(frozen=True)
class RolePasswords:
    """The password of each role."""

    owner: str
    application: str
    sandbox: str


def prepare(admin_url: str, passwords: RolePasswords) -> None:
    """Make the roles and both databases if they are missing. `admin_url` signs in as a superuser (libpq)."""
    create_roles(admin_url, passwords)
    create_database(admin_url, DATABASE, owner=OWNER)
    allow_application(admin_url, DATABASE)
    create_database(admin_url, SANDBOX_DATABASE, owner=SANDBOX)


def create_roles(admin_url: str, passwords: RolePasswords) -> None:
    """The owner (migrations only), the application (neither owner nor above row security), the sandbox."""
    wanted = {OWNER: passwords.owner, APPLICATION: passwords.application, SANDBOX: passwords.sandbox}
    with psycopg.connect(admin_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
        for name, password in wanted.items():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            statement = sql.SQL("{verb} ROLE {name} {rights} PASSWORD {password}").format(
                verb=sql.SQL("ALTER" if known else "CREATE"),
                name=sql.Identifier(name),
                rights=sql.SQL(_PLAIN),
                password=sql.Literal(password),
            )
            connection.execute(statement)


def create_database(admin_url: str, name: str, *, owner: str, template: str | None = None) -> None:
    """A UTF-8 database, empty or copied from `template`; nothing happens if it exists."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        statement = sql.SQL(
            "CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} ENCODING 'UTF8'"
        ).format(
            name=sql.Identifier(name),
            owner=sql.Identifier(owner),
            template=sql.Identifier(template or "template0"),
        )
        connection.execute(statement)
        revoke = sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(name=sql.Identifier(name))
        connection.execute(revoke)


def drop_database(admin_url: str, name: str) -> None:
    """Drop the database with everyone connected to it."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def allow_application(admin_url: str, database: str) -> None:
    """Let the application role connect and use, never own, whatever the owner's migrations create."""
    allow_connecting(admin_url, database)
    names = {"app": sql.Identifier(APPLICATION), "owner": sql.Identifier(OWNER)}
    with psycopg.connect(with_database(admin_url, database)) as connection:
        for statement in (
            "ALTER SCHEMA public OWNER TO {owner}",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {app}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
            "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
            "GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        ):
            connection.execute(sql.SQL(statement).format(**names))


def allow_connecting(admin_url: str, database: str) -> None:
    """The part of `allow_application` that a database made from a template does not bring with it."""
    statement = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(database), sql.Identifier(APPLICATION)))


def with_database(url: str, database: str) -> str:
    """The same server and user, another database, as a libpq connection string."""
    return make_conninfo(url, dbname=database)
