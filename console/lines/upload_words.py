"""The account of an uploaded list in words: what was read and what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from console.web.i18n import number

MOST_NAMED = 5
Account = Mapping[str, Any]


def was_read(account: Account) -> list[str]:
    """A sentence for each sheet: its name, the column and the rows."""
    return [_sheet_read(sheet) for sheet in account.get("sheets", ())]


def left_out(account: Account) -> list[str]:
    """A sentence for all else that was not read, save hidden rows, which the page offers to take."""
    several = len(account.get("sheets", ())) > 1
    sentences = [sentence for sheet in account.get("sheets", ()) for sentence in _left_out_of(sheet, several)]
    if names := account.get("skipped_sheets"):
        sentences.append(_("Without a column of numbers: %(sheets)s.", sheets=_named(names)))
    if names := account.get("hidden_sheets"):
        sentences.append(_("Hidden sheets are not read: %(sheets)s.", sheets=_named(names)))
    if not account.get("knows_hidden", True):
        sentences.append(
            _("In files of this kind hidden rows and columns are not told apart: they are in the list.")
        )
    return sentences


def _sheet_read(sheet: Account) -> str:
    letters, header = sheet["letters"], sheet["header"]
    if len(letters) > 1:
        column = _("columns %(first)s to %(last)s", first=letters[0], last=letters[-1])
    elif header:
        column = _("column %(letter)s “%(header)s”", letter=letters[0], header=header)
    else:
        column = _("column %(letter)s", letter=letters[0])
    rows = _("rows %(first)s to %(last)s", first=number(sheet["first_row"]), last=number(sheet["last_row"]))
    if sheet["sheet"]:
        return str(
            _("Sheet “%(sheet)s”, %(column)s, %(rows)s", sheet=sheet["sheet"], column=column, rows=rows)
        )
    return str(_("%(column)s, %(rows)s", column=column[:1].upper() + column[1:], rows=rows))


def _left_out_of(sheet: Account, several: bool) -> Iterator[str]:
    place = _("Sheet “%(sheet)s”", sheet=sheet["sheet"]) + ": " if several and sheet["sheet"] else ""
    if count := sheet["without_number"]:
        yield place + ngettext(
            "%(n)s row has no number in this column.",
            "%(n)s rows have no number in this column.",
            count,
            n=number(count),
        )
    for is_hidden in (False, True):
        columns = [column for column in sheet["others"] if column["is_hidden"] is is_hidden]
        if columns:
            names = ", ".join(_column(column) for column in columns)
            yield place + (
                _(
                    "Hidden columns are not read, though there are numbers in them: %(columns)s.",
                    columns=names,
                )
                if is_hidden
                else _(
                    "There are numbers in other columns too, which were not read: %(columns)s.", columns=names
                )
            )


def _column(column: Account) -> str:
    if column["header"]:
        return str(_("%(letter)s “%(header)s”", letter=column["letter"], header=column["header"]))
    return str(column["letter"])


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(_("“%(name)s”", name=name) for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return shown if more <= 0 else str(_("%(names)s and %(n)s more", names=shown, n=number(more)))
