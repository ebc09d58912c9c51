"""The reports: one file each, put together in the tuple that bootstrap hands to the workshop."""

from reports.catalogue import account_runs, idle, limits, lines, people, runs

REPORTS = (lines.REPORT, limits.REPORT, idle.REPORT, runs.REPORT, account_runs.REPORT, people.REPORT)
"""Those that stand by themselves; that of the journal is made from the words of all domains (bootstrap)."""
