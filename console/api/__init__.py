"""Calls of programs: the operator's events, health and metrics, the JSON API."""
