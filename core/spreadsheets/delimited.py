"""CSV and plain text files: their encoding, their delimiter, and the quotation marks that mean nothing."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core.spreadsheets.refusals import FileRefused, ReadLimits
from core.spreadsheets.sheet import Row

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CYRILLIC: Final = ("cp1251", "cp866", "koi8_r", "mac_cyrillic")
"""What programs without Unicode wrote, the likeliest first."""
_WORD: Final = re.compile("[^\x00-\x7f]+")
_PROPER_WORD: Final = re.compile("[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+|[№«»–—…]+")
_DELIMITERS: Final = (";", "\t", ",", "|")
_NO_DELIMITER: Final = "\x1f"
_SAMPLE_LINES: Final = 50
_SAMPLE: Final = 200_000
_LONGEST_CELL: Final = 100_000
_MOST_LINES: Final = 50
"""A cell in quotation marks may hold so many lines."""


def read_delimited(path: Path, limits: ReadLimits) -> Iterator[Row]:
    """The rows with content; numbers count all of them, blank ones too, as Excel does."""
    text = _decoded(path.read_bytes())
    first_line = text.partition("\n")[0].strip()
    is_named = first_line.lower().startswith("sep=") and len(first_line) == 5  # Excel's own way
    delimiter = first_line[4] if is_named else find_delimiter(text) or _NO_DELIMITER
    count = 0
    for number, cells in enumerate(_records(text, delimiter), 1):
        if not any(cells) or (is_named and number == 1) or not any(map(str.strip, cells)):
            continue
        count += 1
        if count > limits.rows + 1:
            raise FileRefused("too_many_rows", limit=limits.rows)
        if len(cells) > limits.columns:
            raise FileRefused("too_many_columns", limit=limits.columns)
        if max(map(len, cells)) > _LONGEST_CELL:
            raise FileRefused("damaged")
        yield Row(number, cells)


def find_delimiter(text: str) -> str | None:
    """The character that splits most of the first lines into the same number of cells; None if none does."""
    lines = [line for line in text[:_SAMPLE].splitlines()[:_SAMPLE_LINES] if line.strip()]
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


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    lines = (line.rstrip("\n") for line in io.StringIO(text, newline=None))
    if '"' not in text:
        return (line.split(delimiter) if line else [] for line in lines)
    return _quoted_records(lines, delimiter, _usual_count(text, delimiter))


def _usual_count(text: str, delimiter: str) -> int:
    """The number of delimiters that most lines have."""
    counts = Counter(line.count(delimiter) for line in text[:_SAMPLE].splitlines() if line.strip())
    return counts.most_common(1)[0][0] if counts else 0


def _quoted_records(lines: Iterator[str], delimiter: str, usual: int) -> Iterator[list[str]]:
    """Records of lines with quotation marks: one that opens a cell and is never closed swallows no other rows.

    A cell goes on over lines only until its mark is closed, and only over lines that are no rows by themselves: those
    have as many delimiters as rows usually have.
    """
    waiting: list[str] = []
    while (line := waiting.pop(0) if waiting else next(lines, None)) is not None:
        if line.count('"') % 2 == 0:
            yield _cells(line, delimiter)
            continue
        taken = [line]
        is_closed = False
        while not is_closed and len(taken) < _MOST_LINES:
            following = waiting.pop(0) if waiting else next(lines, None)
            if following is None:
                break
            taken.append(following)
            if following.count(delimiter) >= max(usual, 1) or (not usual and following.count('"') == 0):
                break
            is_closed = following.count('"') % 2 == 1
        if is_closed:
            yield _cells("\n".join(taken), delimiter)
        else:
            yield line.split(delimiter)
            waiting = [*taken[1:], *waiting]


def _cells(text: str, delimiter: str) -> list[str]:
    if '"' not in text:
        return text.split(delimiter) if text else []
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def _decoded(data: bytes) -> str:
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None) or _encoding_without_bom(
        data
    )
    try:
        text = data.decode(encoding, "strict" if encoding.startswith("utf") else "replace")
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
        return max(_CYRILLIC, key=lambda encoding: _likeness(data[:_SAMPLE].decode(encoding, "replace")))
    return "utf-8"


def _likeness(text: str) -> float:
    """The share of the words with letters beyond ASCII that are written as Russian words are."""
    words = _WORD.findall(text)
    proper = sum(len(word) for word in words if _PROPER_WORD.fullmatch(word))
    return proper / max(1, sum(map(len, words)))
