"""Excel and CSV in and out: the only place that knows the libraries which read and write them."""

from core.excel.columns import Column, picked
from core.excel.delimited_out import write_delimited
from core.excel.letter import Line
from core.excel.papers import Paper, Signature, write_paper
from core.excel.reading import Cell, Row, Sheet, read_rows, read_sheets
from core.excel.refusals import REFUSALS, FileRefused, ReadLimits
from core.excel.scanning import Formulas
from core.excel.templates import write_template
from core.excel.writing import Summary, write_rows

__all__ = [
    "REFUSALS",
    "Cell",
    "Column",
    "FileRefused",
    "Formulas",
    "Line",
    "Paper",
    "ReadLimits",
    "Row",
    "Sheet",
    "Signature",
    "Summary",
    "picked",
    "read_rows",
    "read_sheets",
    "write_delimited",
    "write_paper",
    "write_rows",
    "write_template",
]
