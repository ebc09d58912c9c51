"""What the stand-in operator takes from its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class MissingSetting(RuntimeError):
    """A variable without which the operator cannot start."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of one running operator."""

    database_url: str
    port: int
    host: str
    token: str
    event_secret: str
    admin_token: str
    threads: int

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Config":
        """Read the environment; name every missing variable at once."""
        source = os.environ if env is None else env
        needed = ("SANDBOX_DATABASE_URL", "OPERATOR_TOKEN", "OPERATOR_EVENT_SECRET", "SANDBOX_ADMIN_TOKEN")
        missing = [name for name in needed if not source.get(name)]
        if missing:
            raise MissingSetting("Set these environment variables: " + ", ".join(missing))
        return cls(
            database_url=source["SANDBOX_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1),
            port=int(source.get("SANDBOX_PORT", "8090")),
            host=source.get("SANDBOX_HOST", "127.0.0.1"),
            token=source["OPERATOR_TOKEN"],
            event_secret=source["OPERATOR_EVENT_SECRET"],
            admin_token=source["SANDBOX_ADMIN_TOKEN"],
            threads=int(source.get("SANDBOX_THREADS", "200")),
        )
