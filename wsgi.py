"""The web server's entry point: `gunicorn wsgi:app`."""

from __future__ import annotations

import bootstrap
from console.app import create_app
from core import logs
from core.settings import Settings

logs.configure()
app = create_app(bootstrap.build(Settings.from_env()))
