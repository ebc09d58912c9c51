"""The web server: requests are received whole before a thread gets them, so that slow senders keep nobody waiting."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any
from wsgiref.types import WSGIApplication

from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]
from waitress.task import ThreadedTaskDispatcher  # type: ignore[import-untyped]

THREADS = 16
LIFE = "/health/live"
CONNECTIONS = 1_000
"""So many at once; those that wait or send slowly hold a little memory each and no thread."""
SILENCE = 20
"""Seconds in which a connection must send or take something."""
RECEIVING = 60
"""Seconds in which a whole request must have come, however steadily it drips: 12 MB take 13 s at 8 Mbit/s."""
LARGEST_REQUEST = 16 * 1024 * 1024
"""Refused while it comes. The application's own limits are lower and say so in words."""
LARGEST_HEADERS = 64 * 1024
WAITING_ANSWER = 256 * 1024 * 1024
"""Bytes of an answer that wait for a slow reader, on the disk above a megabyte, before its thread waits too."""
LAST_WORDS = 30
"""Seconds that requests have to end when the server stops."""


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress is not annotated
    """A connection that remembers since when its present request comes in."""

    began = 0.0

    def received(self, data: bytes) -> bool:
        """Read what came; the clock starts with a request's first byte."""
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))


class Server(TcpWSGIServer):  # type: ignore[misc]
    """The library's server, with a bound on the time in which a request comes in and an end that loses no answer."""

    channel_class = Channel
    last_moment = 0.0
    """When it ends whatever is still being answered; 0 while nobody asked it to."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._life = ThreadedTaskDispatcher()
        self._life.set_thread_count(1)

    def add_task(self, task: Any) -> None:
        """Give a request to a thread; one of its own says whether the process lives, however busy the others are."""
        is_of_life = task.requests[0].path == LIFE
        (self._life if is_of_life else self.task_dispatcher).add_task(task)

    def maintenance(self, now: float) -> None:
        """Close connections that are silent, and those whose request takes too long to come."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.request is not None and now - channel.began > RECEIVING:
                channel.will_close = True

    def run(self) -> None:
        """Answer until `stop` is called; then until what has come is answered, for LAST_WORDS at most."""
        while not self.last_moment:
            self._turn()
        wasyncore.dispatcher.close(self)  # the door only: its connections go on
        while self._is_answering() and time.time() < self.last_moment:
            self._turn()
        self.task_dispatcher.shutdown(timeout=1)
        self._life.shutdown(timeout=1)

    def stop(self, *_signal: object) -> None:
        """Let no more in, and end soon."""
        self.last_moment = self.last_moment or time.time() + LAST_WORDS

    def _turn(self) -> None:
        wasyncore.loop(timeout=0.5, map=self._map, use_poll=True, count=1)

    def _is_answering(self) -> bool:
        channels = list(self.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def serve(app: WSGIApplication, host: str, port: int, threads: int = THREADS) -> None:
    """Answer until SIGTERM or SIGINT."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it says each time that all threads are busy
    settings: dict[str, Any] = {
        "channel_timeout": SILENCE,
        "cleanup_interval": 2,
        "connection_limit": CONNECTIONS,
        "ident": None,
        "max_request_body_size": LARGEST_REQUEST,
        "max_request_header_size": LARGEST_HEADERS,
        "outbuf_high_watermark": WAITING_ANSWER,
        # Which of the headers of proxies are believed is the application's to say (TRUSTED_PROXIES).
        "clear_untrusted_proxy_headers": False,
    }
    server = Server(app, host=host, port=port, threads=threads, **settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.stop)
    server.run()
