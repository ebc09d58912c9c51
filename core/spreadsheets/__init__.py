"""Foreign workbooks and text files, read: run in a child process (`core.confined`), so it imports little."""

from core.spreadsheets.refusals import REFUSALS, FileRefused, ReadLimits
from core.spreadsheets.sheet import Cell, Row, Sheet, Workbook
from core.spreadsheets.workbook import read_workbook

__all__ = [
    "REFUSALS",
    "Cell",
    "FileRefused",
    "ReadLimits",
    "Row",
    "Sheet",
    "Workbook",
    "read_workbook",
]
