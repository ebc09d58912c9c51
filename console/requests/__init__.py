"""Requests: documents filled in, their life, the account manager's desk, in pages and API."""
