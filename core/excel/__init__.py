"""Excel and CSV in and out: the only place that knows the libraries which read and write them."""

from core.excel.reading import Cell, Row, Sheet, read_rows, read_sheets
from core.excel.refusals import REFUSALS, FileRefused, ReadLimits
from core.excel.scanning import Formulas

__all__ = [
    "REFUSALS",
    "Cell",
    "FileRefused",
    "Formulas",
    "ReadLimits",
    "Row",
    "Sheet",
    "read_rows",
    "read_sheets",
]
