"""Signing in: names people type, passwords, sessions, lock-out."""
