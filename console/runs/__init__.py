"""Bulk runs: parameters, preview, progress, result, in pages and API."""
