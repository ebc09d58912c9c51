"""Reading of a workbook in a child with the bounds of an uploaded list, for tests of files that fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.spreadsheets import read_workbook

if TYPE_CHECKING:
    from core.confined import Ask


def count(given: Any, _ask: Ask) -> Iterator[int]:
    """How many rows each sheet has."""
    for sheet in read_workbook(Path(given["path"]), given["filename"]).sheets:
        yield len(sheet.rows)


CONFINED = (count,)
