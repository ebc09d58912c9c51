"""Reads CSV and plain text files: finds out their encoding and delimiter."""

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Final

from core.excel.refusals import FileRefused, ReadLimits

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS: Final = (";", "\t", ",", "|")
_SAMPLE_LINES: Final = 50
_COLUMNS: Final = 1_000


def read_delimited(path: Path, limits: ReadLimits) -> list[list[str]]:
    """All lines as lists of cells; blank ones are kept, so that an index + 1 is the number of the line."""
    text = _decoded(path.read_bytes())
    first_line = text.partition("\n")[0].strip()
    if first_line.lower().startswith("sep=") and len(first_line) == 5:
        delimiter: str | None = first_line[4]  # Excel's own way to name the delimiter
    else:
        delimiter = find_delimiter(text)
    if delimiter is None:
        return _limited([[line] for line in text.splitlines()], limits)
    rows: list[list[str]] = []
    filled = cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            cells += len(row)
            filled += any(row)
            if filled > limits.rows + 1:
                raise FileRefused("too_many_rows", limit=limits.rows)
            if cells > limits.cells or len(row) > _COLUMNS:
                raise FileRefused("too_many_cells")
    except csv.Error as error:
        raise FileRefused("damaged") from error
    if first_line.lower().startswith("sep="):
        rows[0] = []
    return rows


def find_delimiter(text: str) -> str | None:
    """The character that splits most of the first lines into the same number of cells; None if none does."""
    lines = [line for line in text[:200_000].splitlines()[:_SAMPLE_LINES] if line.strip()]
    best: tuple[float, str] | None = None
    for delimiter in _DELIMITERS:
        counts = Counter(_count_outside_quotes(line, delimiter) for line in lines)
        counts.pop(0, None)
        if not counts:
            continue
        _, hits = counts.most_common(1)[0]
        share = hits / len(lines)
        if best is None or share > best[0]:
            best = (share, delimiter)
    return best[1] if best is not None and best[0] >= 0.5 else None


def _count_outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])


def _limited(rows: list[list[str]], limits: ReadLimits) -> list[list[str]]:
    if sum(1 for row in rows if row[0].strip()) > limits.rows + 1:
        raise FileRefused("too_many_rows", limit=limits.rows)
    return rows


def _decoded(data: bytes) -> str:
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None) or _encoding_without_bom(
        data
    )
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused("unknown_encoding") from error
    if "\0" in text:
        raise FileRefused("unsupported_format")
    return text


def _encoding_without_bom(data: bytes) -> str:
    sample = data[:4_000]
    if b"\0" in sample:  # only UTF-16 has these in text: every other byte of digits and Latin letters
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) < len(sample) // 8:
            raise FileRefused("unsupported_format")
        return "utf-16-be" if even > odd else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8"
