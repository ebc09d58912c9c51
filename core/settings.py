"""Settings of the process, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsMissing(RuntimeError):
    """A setting without which the process cannot run is absent; the message names every one of them."""


class SettingUnknown(RuntimeError):
    """A setting names something that there is not; the message says what there is."""

    def __init__(self, name: str, value: str, known: Iterable[str]) -> None:
        super().__init__(f"{name} is {value!r}; known: {', '.join(sorted(known))}")


@dataclass(frozen=True)
class Settings:
    """All settings; times in seconds. See docs/running.md for the meaning of each variable."""

    database_url: str
    database_owner_url: str
    redis_url: str
    operator_url: str
    operator_token: str
    operator_event_secret: str
    secret_key: str
    console_url: str
    data_dir: Path
    operator_adapter: str = "tmf"
    operator_rps: float = 0.0
    operator_order_items: int = 500
    operator_timeout: float = 10.0
    operator_settle: float = 3.0
    workers: int = 2
    secure_cookies: bool = False
    idle_minutes: int = 15
    session_hours: int = 12
    smtp_url: str = ""
    mail_from: str = "virtual-manager@localhost"
    mail_attach_mb: int = 8
    file_days: int = 7
    trusted_proxies: int = 0

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; raises SettingsMissing with every missing name at once."""
        env = os.environ if env is None else env
        needed = ("DATABASE_URL", "REDIS_URL", "OPERATOR_URL", "SECRET_KEY")
        missing = [name for name in needed if not env.get(name)]
        if missing:
            raise SettingsMissing(f"not set: {', '.join(missing)}")
        return cls(
            database_url=env["DATABASE_URL"],
            database_owner_url=env.get("DATABASE_OWNER_URL", ""),
            redis_url=env["REDIS_URL"],
            operator_url=env["OPERATOR_URL"].rstrip("/"),
            operator_token=env.get("OPERATOR_TOKEN", ""),
            operator_event_secret=env.get("OPERATOR_EVENT_SECRET", ""),
            secret_key=env["SECRET_KEY"],
            console_url=env.get("CONSOLE_URL", "http://127.0.0.1:8080").rstrip("/"),
            data_dir=Path(env.get("DATA_DIR", "var/data")),
            operator_adapter=env.get("OPERATOR_ADAPTER", "tmf"),
            operator_rps=float(env.get("OPERATOR_RPS", "0")),
            operator_order_items=int(env.get("OPERATOR_ORDER_ITEMS", "500")),
            operator_timeout=float(env.get("OPERATOR_TIMEOUT", "10")),
            operator_settle=float(env.get("OPERATOR_SETTLE", "3")),
            workers=int(env.get("WORKERS", "2")),
            secure_cookies=env.get("SECURE_COOKIES", "") == "1",
            idle_minutes=int(env.get("IDLE_MINUTES", "15")),
            session_hours=int(env.get("SESSION_HOURS", "12")),
            smtp_url=env.get("SMTP_URL", ""),
            mail_from=env.get("MAIL_FROM", "virtual-manager@localhost"),
            mail_attach_mb=int(env.get("MAIL_ATTACH_MB", "8")),
            file_days=int(env.get("FILE_DAYS", "7")),
            trusted_proxies=int(env.get("TRUSTED_PROXIES", "0")),
        )
