"""Writing of the operator's lines into the table: set-based, with totals and journal in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, any_, cast, select, text
from sqlalchemy.orm import Session

from core import bulk
from core.db import BIGINTS, TEXTS, unit_of_work
from core.journal.entries import Entry, write
from core.tenancy import company_scope
from hierarchy import totals
from hierarchy.models import BillingAccount
from hierarchy.roots import get_root_id
from lines.journal import LINE_APPEARED, LINE_CHANGED
from lines.models import Line, LineState
from lines.sims import follow_lines
from lines.sync.merge import (
    JOURNALED,
    Holder,
    Merge,
    assign_numbers,
    is_newer,
    latest,
    merge,
    unmarked,
    values_of,
)
from operators.journal import OPERATOR
from operators.records import LineData
from operators.states import Report
from rbac.actor import system_actor
from runs.models import LINE, ItemState, Run, RunItem

ON_THE_WAY = (ItemState.SENT, ItemState.UNKNOWN)
COLUMNS = tuple(column for column in Line.__table__.c if column.computed is None)
# One writer per company, so that polling, events and a full load never insert the same line twice.
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('lines.sync'), CAST(:company % 2147483647 AS int))")
Row = Mapping[str, Any]


class LineWriter:
    """A writer that brings the lines of one company up to date, chunk by chunk, each in its own transaction.

    `is_first` is the first load, which the journal does not keep. `is_whole`: everything is read, and what the operator
    shows is the truth even where its moment of change is not later. `report` counts; `deferred_since` is the earliest
    moment of a snapshot that has to be looked at again; `arrived` holds what was new here or came back. `since` is
    when reading them began: what an order of ours did to a line after that, they may not know yet.
    """

    def __init__(
        self,
        company_id: int,
        report: Report,
        since: datetime,
        *,
        is_first: bool = False,
        is_whole: bool = False,
    ) -> None:
        self.since = since
        self.company_id = company_id
        self.report = report
        self.is_first = is_first
        self.is_whole = is_whole
        self.deferred_since: datetime | None = None
        self.arrived: list[LineData] = []
        with company_scope(company_id), unit_of_work() as db:
            self._root = get_root_id(db, company_id)
            pairs = select(BillingAccount.operator_id, BillingAccount.id)
            rows = db.execute(pairs.where(BillingAccount.company_id == company_id))
            self._accounts: dict[str | None, int] = {row[0]: row[1] for row in rows}

    def write(self, records: Iterable[LineData]) -> None:
        """Insert what is new and change what is newer."""
        with company_scope(self.company_id), unit_of_work() as db:
            db.execute(LOCK, {"company": self.company_id})
            lines = latest(records)
            stored = self._stored(db, Line.operator_id == any_(cast(list(lines), TEXTS)))
            numbers = self._give_numbers(db, lines, stored)
            merges = self._merged(db, lines, numbers, stored)
            ids = [stored[key]["id"] for key, merged in merges.items() if merged.changes]
            if ids:
                # Read again under lock: the engine may have written on these lines since.
                locked = self._stored(db, Line.id == any_(cast(ids, BIGINTS)), lock=True)
                merges = {key: merged for key, merged in merges.items() if key not in locked}
                again = self._merged(db, lines, numbers, locked)
                self._change(db, locked, again)
                self._count_corrected(lines, locked, again)
                self.arrived += [lines[key] for key, merged in again.items() if _is_back(locked[key], merged)]
                merges |= again
            self._defer([lines[key] for key, merged in merges.items() if merged.is_deferred])
            self._insert(db, [lines[key] for key in lines if key not in stored], numbers)

    def _count_corrected(
        self, lines: Mapping[str, LineData], stored: Mapping[str, Row], merges: Mapping[str, Merge]
    ) -> None:
        """Count lines whose state was taken over although the operator does not show a later change of them."""
        self.report.corrected += sum(
            1
            for key, merged in merges.items()
            if not is_newer(stored[key], lines[key]) and not JOURNALED.isdisjoint(merged.changes)
        )

    def terminate(self, line_ids: Sequence[int], moments: Mapping[int, datetime] | None = None) -> None:
        """The operator no longer shows these lines: they are terminated.

        `moments` says since when, by line, where that is known: older news cannot bring them back then.
        """
        with company_scope(self.company_id), unit_of_work() as db:
            db.execute(LOCK, {"company": self.company_id})
            stored = self._stored(db, Line.id == any_(cast(list(line_ids), BIGINTS)), lock=True)
            # Without a moment the line comes back should the operator show it again.
            gone = {"state": LineState.TERMINATED.value, "block_reason": None}
            ends = {
                key: {**gone, "operator_updated_at": (moments or {}).get(row["id"])}
                for key, row in stored.items()
            }
            changes = {
                key: Merge({name: value for name, value in ends[key].items() if row[name] != value}, False)
                for key, row in stored.items()
                if row["state"] != LineState.TERMINATED
            }
            self._change(db, stored, changes)
            self.report.terminated += len(changes)
            self.report.changed -= len(changes)

    def _stored(self, db: Session, condition: Any, *, lock: bool = False) -> dict[str, Row]:
        """Rows by the operator's id; locked in the order of their ids, as everyone locks lines."""
        statement = select(*COLUMNS).where(Line.company_id == self.company_id, condition)
        if lock:
            statement = statement.order_by(Line.id).with_for_update()
        return {row["operator_id"]: dict(row) for row in db.execute(statement).mappings()}

    def _give_numbers(
        self, db: Session, lines: Mapping[str, LineData], stored: Mapping[str, Row]
    ) -> dict[str, str]:
        """Numbers for what is new or gets another one; takes them from the lines that lost them.

        A line that waits for the outcome of an order takes no number from another one yet.
        """
        numbers = {key: row["msisdn"] for key, row in stored.items()}
        newer = {key: row["id"] for key, row in stored.items() if self._is_news(row, lines[key])}
        ordered = self._with_order(db, list(newer.values()))
        waiting = {key for key, row in stored.items() if row["id"] in ordered or self._was_ordered(row)}
        asking = {
            key: line
            for key, line in lines.items()
            if key not in stored or (key in newer and key not in waiting)
        }
        if not asking:
            return numbers
        msisdns = [line.msisdn for line in asking.values()]
        query = select(Line.msisdn, Line.operator_id, Line.id, Line.state, Line.operator_updated_at).where(
            Line.company_id == self.company_id, Line.msisdn == any_(cast(msisdns, TEXTS))
        )
        holders = {
            row[0]: Holder(row[1], row[2], row[3] == LineState.TERMINATED, row[4])
            for row in db.execute(query)
        }
        assigned, parked = assign_numbers(asking, holders)
        if parked:
            # With those that are changed afterwards, so that all are locked at once in the order of their ids.
            touched = [*parked, *(row["id"] for row in stored.values())]
            now = self._stored(db, Line.id == any_(cast(touched, BIGINTS)), lock=True)
            # The engine may have given them another number since they were read: that one stays.
            present = {row["id"]: row["msisdn"] for row in now.values()}
            parked = {key: mark for key, mark in parked.items() if present[key] == unmarked(mark)}
        rows = [{"company_id": self.company_id, "id": key, "msisdn": parked[key]} for key in sorted(parked)]
        bulk.update(db, Line, ["company_id", "id"], rows)
        lost = {key: parked[row["id"]] for key, row in stored.items() if row["id"] in parked}
        return numbers | lost | assigned

    def _merged(
        self,
        db: Session,
        lines: Mapping[str, LineData],
        numbers: Mapping[str, str],
        stored: Mapping[str, Row],
    ) -> dict[str, Merge]:
        """The work to do by the operator's id; only lines on which something is."""
        newer = [row["id"] for key, row in stored.items() if self._is_news(row, lines[key])]
        ordered = self._with_order(db, newer)
        merges: dict[str, Merge] = {}
        for key, row in stored.items():
            line = lines[key]
            values = values_of(line, self._accounts.get(line.account_id), numbers[key])
            has_order = row["id"] in ordered or self._was_ordered(row)
            is_whole = self.is_whole and not self._came_meanwhile(row)
            merged = merge(row, line, values, has_order=has_order, is_whole=is_whole)
            if merged.changes or merged.is_deferred:
                merges[key] = merged
        return merges

    def _is_news(self, row: Row, line: LineData) -> bool:
        return is_newer(row, line) or (self.is_whole and not self._came_meanwhile(row))

    def _came_meanwhile(self, row: Row) -> bool:
        """Whether an event brought a change after reading began: then the page that is read may be older."""
        moment = row["operator_updated_at"]
        return moment is not None and moment >= self.since

    def _was_ordered(self, row: Row) -> bool:
        return row["ordered_at"] is not None and row["ordered_at"] >= self.since

    def _with_order(self, db: Session, line_ids: Sequence[int]) -> set[int]:
        if not line_ids:
            return set()
        of_run = and_(Run.company_id == RunItem.company_id, Run.id == RunItem.run_id)
        statement = (
            select(RunItem.target_id)
            .join(Run, of_run)
            .where(
                Run.target == LINE,
                RunItem.company_id == self.company_id,
                RunItem.target_id == any_(cast(list(line_ids), BIGINTS)),
                RunItem.state.in_(ON_THE_WAY),
            )
        )
        return set(db.scalars(statement))

    def _defer(self, lines: Sequence[LineData]) -> None:
        self.report.deferred += len(lines)
        moments = [line.updated_at for line in lines]
        self.deferred_since = (
            min(moments, default=None)
            if self.deferred_since is None
            else min([*moments, self.deferred_since])
        )

    def _change(self, db: Session, stored: Mapping[str, Row], changes: Mapping[str, Merge]) -> None:
        keyed = [(stored[key], merged.changes) for key, merged in changes.items() if merged.changes]
        names = sorted({name for _, new in keyed for name in new})
        rows = [
            {
                "company_id": self.company_id,
                "id": row["id"],
                **{name: new.get(name, row[name]) for name in names},
            }
            for row, new in keyed
        ]
        bulk.update(db, Line, ["company_id", "id"], rows)
        self._follow_cards(
            db, [iccid for row, new in keyed if "iccid" in new for iccid in (row["iccid"], new["iccid"])]
        )
        moves: Counter[tuple[int, str]] = Counter()
        for row, new in keyed:
            if "state" in new:
                moves[row["department_id"], row["state"]] -= 1
                moves[row["department_id"], new["state"]] += 1
        totals.add(db, self.company_id, moves)
        self._journal(db, [entry for row, new in keyed if (entry := _changed(row, new)) is not None])
        self.report.changed += sum(1 for _, new in keyed if new.keys() != {"operator_updated_at"})

    def _insert(self, db: Session, lines: Sequence[LineData], numbers: Mapping[str, str]) -> None:
        rows = [
            {
                "company_id": self.company_id,
                "operator_id": line.id,
                "department_id": self._root,
                **values_of(line, self._accounts.get(line.account_id), numbers[line.id]),
            }
            for line in lines
        ]
        # Rows of one statement have the same columns; an operator may say of some lines what it does not of others.
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in rows:
            alike.setdefault(tuple(row), []).append(row)
        returning = ("id", "msisdn", "state", "tariff_id")
        created = [line for group in alike.values() for line in bulk.insert(db, Line, group, returning)]
        self._follow_cards(db, [line.iccid for line in lines])
        totals.add(db, self.company_id, Counter((self._root, state) for _, _, state, _ in created))
        self._journal(
            db,
            [
                Entry(LINE_APPEARED, "line", key, None, {"state": state, "tariff_id": tariff}, label=msisdn)
                for key, msisdn, state, tariff in created
            ],
        )
        self.report.created += len(created)
        self.arrived += lines

    def _follow_cards(self, db: Session, iccids: Sequence[str]) -> None:
        # A first load reads the lines before the SIM cards: there are none yet.
        if not self.is_first:
            follow_lines(db, self.company_id, iccids)

    def _journal(self, db: Session, entries: Sequence[Entry]) -> None:
        if not self.is_first:
            write(db, system_actor(self.company_id, OPERATOR), entries, company_id=self.company_id)


def _is_back(row: Row, merged: Merge) -> bool:
    return bool(row["state"] == LineState.TERMINATED and "state" in merged.changes)


def _changed(row: Row, changes: Mapping[str, Any]) -> Entry | None:
    names = sorted(JOURNALED & changes.keys())
    if not names:
        return None
    number = unmarked(row["msisdn"])
    before = {name: _plain(number if name == "msisdn" else row[name]) for name in names}
    after = {name: _plain(changes[name]) for name in names}
    return Entry(LINE_CHANGED, "line", row["id"], before, after, label=number)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value
