"""Runs the mail catcher: SMTP in a thread, the pages in the main one, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from werkzeug.serving import WSGIRequestHandler, make_server

from devtools.mailcatcher.pages import create_app
from devtools.mailcatcher.store import Store
from devtools.services import HOST


class Catcher:
    """Takes every mail, whoever it is for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail before the sender is told that it was taken."""
        del server, session
        content = envelope.original_content or b""
        try:
            name = self._store.add(content, envelope.rcpt_tos)
        except OSError as problem:
            print(f"a mail could not be kept: {problem}", file=sys.stderr, flush=True)
            return "452 The mail could not be kept"
        print(f"{name}: {len(content)} bytes for {', '.join(envelope.rcpt_tos)}", flush=True)
        return "250 Kept"


class QuietHandler(WSGIRequestHandler):
    """Requests for pages are not worth a log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise SystemExit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--page-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--keep", type=int, default=100, help="so many of the newest mails stay")
    arguments = parser.parse_args()
    store = Store(arguments.folder, arguments.keep)
    mail = Controller(Catcher(store), hostname=HOST, port=arguments.smtp_port)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    mail.start()
    try:
        pages = make_server(
            HOST, arguments.page_port, create_app(store), threaded=True, request_handler=QuietHandler
        )
        pages.serve_forever()
    finally:
        mail.stop(no_assert=True)


if __name__ == "__main__":
    main()
