"""Reports: ordering, files, schedules, in pages and API."""
