"""Refusals of uploaded files, in words that tell the sender what to do, and the size that a file may have."""

from dataclasses import dataclass
from typing import Any, Final

from core.errors import InvalidInput
from core.i18n import N_

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """The limits within which an uploaded file is read; the defaults suit a list of 100,000 numbers.

    ``rows`` counts rows with content, without the header. Memory and time are bounded by the process that reads
    (`core.confined`); these limits are there to say what is wrong before that.
    """

    file_bytes: int = 25 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    entries: int = 2_000
    sheets: int = 50
    rows: int = 100_000
    columns: int = 1_000
    unfinished: int = 200_000


REFUSALS: Final[dict[str, str]] = {
    "empty_file": N_("The file is empty. Choose a file with numbers in it."),
    "file_too_large": N_(
        "The file is larger than %(limit)s MB. Split the list into several files "
        "or leave only the columns you need."
    ),
    "wrong_extension": N_(
        "The name of the file ends in “%(extension)s”, but its content is of another kind. "
        "Open it in Excel, save it as an Excel workbook (.xlsx) and upload that."
    ),
    "unsupported_format": N_(
        "Files of this kind are not read. Upload a workbook (.xlsx, .xls, .xlsb, .ods) or a CSV file."
    ),
    "encrypted": N_(
        "The file is protected with a password. Remove the password in Excel and upload it again."
    ),
    "macros": N_(
        "The workbook contains macros. Save it as an Excel workbook without macros (.xlsx) and upload that."
    ),
    "external_links": N_(
        "The workbook takes data from other files. Copy the list into a new workbook as values "
        "and upload that."
    ),
    "embedded_files": N_(
        "The workbook has other files embedded in it. Copy the list into a new workbook and upload that."
    ),
    "damaged": N_(
        "The file is damaged and cannot be read. Open it in Excel, save it anew and upload it again."
    ),
    "unsafe": N_(
        "The file is built in a way that no spreadsheet program would build it, so it was not opened. "
        "Copy the list into a new workbook and upload that."
    ),
    "too_large_unpacked": N_(
        "Unpacked, the workbook is far larger than a list of numbers can be. "
        "Copy only the list into a new workbook and upload that."
    ),
    "too_many_sheets": N_("The workbook has more than %(limit)s sheets. Leave only those with numbers."),
    "too_many_rows": N_("The file has more than %(limit)s rows. Split the list into several files."),
    "too_many_columns": N_(
        "The file has more than %(limit)s columns. Leave only the columns you need and upload it again."
    ),
    "formulas_without_values": N_(
        "The cells of the file hold formulas without results. Open it in Excel, save it and upload it again."
    ),
    "unknown_encoding": N_(
        "The text of the file cannot be read. Save it as CSV in UTF-8 or as an Excel workbook (.xlsx)."
    ),
    "no_rows": N_("The file has no rows with content. Choose a file with numbers in it."),
}


class FileRefused(InvalidInput):
    """The file as a whole is not read; ``code`` is a key of ``REFUSALS`` or one of the caller's own."""

    def __init__(self, code: str, message: str | None = None, **params: Any) -> None:
        super().__init__(message or REFUSALS[code], code=code, **params)
