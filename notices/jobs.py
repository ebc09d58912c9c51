"""Repeated work about notices: sending mail that is due, forgetting what is old."""

from __future__ import annotations

from core.db import unit_of_work
from core.parts import Parts
from core.tenancy import all_companies
from notices import sender, service
from notices.smtp import SmtpServer


def send_due(parts: Parts) -> None:
    """Send the mail that is due."""
    server = SmtpServer(parts.settings.smtp_url, parts.settings.mail_from)
    sender.send_due(server, parts.storage)


def tidy(_parts: Parts) -> None:
    """Forget old notices and mail that has long been sent."""
    with all_companies(reason="old notices of every company"), unit_of_work() as db:
        service.forget_old(db)
