"""Reading of a list in a child process (`core.confined`): its rows go back as whole columns, each one text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.spreadsheets import ReadLimits
from lines.uploads.kinds import restored
from lines.uploads.number_list import NumberList
from lines.uploads.reading import read_number_list

if TYPE_CHECKING:
    from core.confined import Ask

SEPARATOR: Final = "\x1f"
"""Stands between the values of a column: no text that people see contains it."""
_SHORT_FROM: Final = 20_000
_SHORT: Final = 60


def read(given: Mapping[str, Any], ask: Ask) -> Iterator[dict[str, Any]]:
    """Read a list by `path`, `filename`, `kinds` and perhaps `limits`; yields `columns`, `counts`, `account`."""
    numbers = read_number_list(
        Path(given["path"]),
        given["filename"],
        ReadLimits(**given.get("limits", {})),
        kinds=restored(given["kinds"]),
        known=ask,
    )
    hidden = len(numbers.hidden)
    yield {
        "columns": columns(numbers),
        "counts": {"rows": len(numbers) - hidden, "hidden": hidden},
        "kinds": sorted({kind for kind in numbers.kinds if kind is not None}),
        "account": numbers.account.as_json(),
    }


def columns(numbers: NumberList) -> dict[str, str]:
    """The columns of the list by name; one that holds nothing is not there. Row values go by "value:<code>"."""
    problems, details = _problems(numbers)
    raws = numbers.raws if len(numbers) < _SHORT_FROM else [raw[:_SHORT] for raw in numbers.raws]
    count = len(numbers)
    texts = {
        "value": _joined(numbers.values),
        "kind": _joined(["i" if kind == "iccid" else "" for kind in numbers.kinds]),
        "sheet": _joined(numbers.sheets),
        "row": ",".join(map(str, numbers.rows)),
        "raw": _joined(raws),
        "problem": _joined(problems),
        "detail": _joined(details),
    }
    if numbers.hidden:
        texts["hidden"] = _joined(["h" if no in numbers.hidden else "" for no in range(count)])
    if numbers.cards:
        texts["card"] = _joined([numbers.cards.get(no) for no in range(count)])
    nothing: dict[str, str] = {}
    for code in sorted({code for values in numbers.row_values.values() for code in values}):
        texts[f"value:{code}"] = _joined(
            [numbers.row_values.get(no, nothing).get(code) for no in range(count)]
        )
    return texts


def _problems(numbers: NumberList) -> tuple[list[str | None], list[str]]:
    """Problem codes, and the parameters of their texts as JSON."""
    problems, details = list(numbers.problems), [""] * len(numbers)
    for index in numbers.first_index:
        described = numbers.describe_problem(index)
        if described is not None:
            params = described[1]
            details[index] = json.dumps(params, ensure_ascii=False)
            problems[index] = "duplicate_on_sheet" if "sheet" in params else "duplicate"
    return problems, details


def _joined(values: Sequence[str | None]) -> str:
    texts = [value or "" for value in values]
    joined = SEPARATOR.join(texts)
    if "\x00" in joined or joined.count(SEPARATOR) != len(texts) - 1:
        joined = SEPARATOR.join(text.replace("\x00", "").replace(SEPARATOR, " ") for text in texts)
    return joined


CONFINED: Final = (read,)
