"""The reports: one file each, put together in the tuple that bootstrap hands to the workshop."""

from reports.catalogue import idle, journal, limits, lines, people, runs

REPORTS = (lines.REPORT, limits.REPORT, idle.REPORT, runs.REPORT, people.REPORT, journal.REPORT)
