"""Requests: their life, the desk, carrying them out."""
