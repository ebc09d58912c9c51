"""Excel and CSV in and out: the only place that knows the libraries which read and write them."""

from core.excel.columns import Column, picked
from core.excel.paper import Paper, Signature, write_paper
from core.excel.paper_sheet import Line
from core.excel.read_workbook import Cell, Row, Sheet, read_rows, read_sheets
from core.excel.refusals import REFUSALS, FileRefused, ReadLimits
from core.excel.templates import write_template
from core.excel.write_csv import write_delimited
from core.excel.write_workbook import Summary, write_rows
from core.excel.xlsx_scan import Formulas

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
