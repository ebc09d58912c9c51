"""The application as any WSGI server takes it; `web.py` is the server that comes with it."""

from __future__ import annotations

import gc

import bootstrap
from console.app import create_app
from core import logs
from core.settings import Settings

logs.configure()
parts = bootstrap.build(Settings.from_env(), is_impatient=True)
app = create_app(parts)
# What start-up made stays for good: collections need not go through it again and again.
gc.freeze()
