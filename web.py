"""The web server: `python web.py --port 8080`. Several of them share the work behind a proxy, see deploy/nginx.conf."""

from __future__ import annotations

import argparse

from console.web.server import THREADS, serve
from wsgi import app


def main() -> None:
    """Answer at the address that the arguments name, until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--threads", type=int, default=THREADS, help="requests answered at the same time")
    arguments = parser.parse_args()
    serve(app, arguments.host, arguments.port, arguments.threads)


if __name__ == "__main__":
    main()
