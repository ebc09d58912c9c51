"""What the worker repeats about notices: sending mail that is due, forgetting what is old."""

from __future__ import annotations

from core.db import unit_of_work
from core.settings import Settings
from core.storage import Storage
from core.tenancy import all_companies
from notices import sender, service
from notices.smtp import SmtpServer

_parts: list[tuple[SmtpServer, Storage]] = []


def configure(settings: Settings, storage: Storage) -> None:
    """Give this process its mail server and its storage."""
    _parts[:] = [(SmtpServer(settings.smtp_url, settings.mail_from), storage)]


def send_due() -> None:
    """Send the mail that is due."""
    for server, storage in _parts:
        sender.send_due(server, storage)


def tidy() -> None:
    """Forget old notices and mail that has long been sent."""
    with all_companies(reason="old notices of every company"), unit_of_work() as db:
        service.forget_old(db)
