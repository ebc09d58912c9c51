"""The servers the product stands on: embedded by default, real ones where the environment names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devtools.account import find_unprivileged, reachable_folder
from devtools.servers.passwords import Passwords
from devtools.servers.postgres import Postgres, PostgresError
from devtools.servers.roles import (
    APPLICATION,
    DATABASE,
    OWNER,
    SANDBOX,
    SANDBOX_DATABASE,
    RolePasswords,
    prepare,
)
from devtools.servers.valkey import Valkey

__all__ = ["Servers", "start_servers"]


@dataclass
class Servers:
    """Where the servers are, and those of them that we run ourselves, in the order they were started."""

    database_url: str
    database_owner_url: str
    sandbox_database_url: str | None
    redis_url: str
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """The addresses as the environment variables that every process of the product reads."""
        variables = {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
            **self.extra,
        }
        if self.sandbox_database_url is not None:
            variables["SANDBOX_DATABASE_URL"] = self.sandbox_database_url
        return variables

    def stop(self) -> None:
        """Stop our own servers, the last started first."""
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()


def start_servers(
    folder: Path, logs: Path, environment: Mapping[str, str], settings: Mapping[str, str] | None = None
) -> Servers:
    """Start in `folder` what `environment` does not name, and return where everything is.

    `settings` are PostgreSQL's, for the embedded one. The sandbox needs a database unless OPERATOR_URL
    names a real operator.
    """
    servers = Servers(
        database_url=environment.get("DATABASE_URL", ""),
        database_owner_url=environment.get("DATABASE_OWNER_URL", ""),
        sandbox_database_url=environment.get("SANDBOX_DATABASE_URL"),
        redis_url=environment.get("REDIS_URL", ""),
    )
    if bool(servers.database_url) != bool(servers.database_owner_url):
        raise PostgresError("Set DATABASE_URL and DATABASE_OWNER_URL together, or neither.")
    has_operator = servers.sandbox_database_url or environment.get("OPERATOR_URL")
    try:
        if not (servers.database_url and has_operator):
            _embed_postgres(servers, folder, logs, settings or {})
        if not servers.redis_url:
            password = Passwords(folder / "passwords.json").get("valkey")
            servers.valkey = Valkey(folder / "valkey", folder / "run", logs / "valkey.log", password=password)
            servers.valkey.start()
            servers.redis_url = servers.valkey.url()
    except BaseException:
        servers.stop()
        raise
    return servers


def _embed_postgres(servers: Servers, folder: Path, logs: Path, settings: Mapping[str, str]) -> None:
    passwords = Passwords(folder / "passwords.json")
    postgres = Postgres(data_folder(folder), folder / "pg", logs / "postgresql.log", passwords, settings)
    servers.postgres = postgres
    postgres.start()
    roles = RolePasswords(passwords.get(OWNER), passwords.get(APPLICATION), passwords.get(SANDBOX))
    prepare(postgres.url(), roles)
    if not servers.database_url:
        servers.database_url = console_url(postgres.url(DATABASE, APPLICATION))
        servers.database_owner_url = console_url(postgres.url(DATABASE, OWNER))
    if not servers.sandbox_database_url:
        servers.sandbox_database_url = postgres.url(SANDBOX_DATABASE, SANDBOX)


def data_folder(folder: Path) -> Path:
    """Where the embedded PostgreSQL keeps its data for a demo or test living in `folder`."""
    name = str(folder.resolve()).strip("/").replace("/", "-")
    return reachable_folder(folder.resolve() / "postgresql", find_unprivileged(), name)


def console_url(url: str) -> str:
    """A libpq URL in SQLAlchemy's writing, with psycopg 3 as the driver."""
    return "postgresql+psycopg://" + url.removeprefix("postgresql://")
