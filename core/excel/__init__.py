"""Excel and CSV out: the only place that knows the libraries which write them; `core.spreadsheets` reads."""

from core.excel.columns import Column, picked
from core.excel.paper import Paper, Signature, write_paper
from core.excel.paper_sheet import Line
from core.excel.templates import write_template
from core.excel.write_csv import write_delimited
from core.excel.write_workbook import Summary, write_rows

__all__ = [
    "Column",
    "Line",
    "Paper",
    "Signature",
    "Summary",
    "picked",
    "write_delimited",
    "write_paper",
    "write_rows",
    "write_template",
]
