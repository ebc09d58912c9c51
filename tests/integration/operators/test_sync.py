"""Companies, catalogue and lines come from a running operator and stay the same as there."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from core import clock
from core.db import unit_of_work
from core.journal import entries as journal
from core.journal.entries import JournalEntry
from core.tenancy import all_companies, company_scope
from hierarchy.models import BillingAccount, Company, Contract, Department, DepartmentTotal
from lines import jobs
from lines.bulk.target import LineTarget
from lines.models import Line, SimCard
from lines.sync import lines as sync
from lines.sync.lines import apply_line_event, load_company, sync_changes
from lines.sync.sims import sync_spares
from operators import sync as company_sync
from operators.errors import OperatorAway
from operators.models import Tariff
from operators.records import LineData, Odd, Page
from operators.states import find_state
from operators.sync import companies, sync_catalogue, sync_companies
from operators.tmf.reading import TmfSource
from rbac.models import Role
from tests.fixtures.databases import Database
from tests.fixtures.parts import RememberingQueue, make_operator, make_parts, make_settings
from tests.integration.operators.conftest import Operator

pytestmark = pytest.mark.usefixtures("console")


@pytest.fixture
def loaded(source: TmfSource, console: Database) -> int:
    """The console with the catalogue, both companies, and the lines of the larger one; returns its id."""
    sync_catalogue(source)
    sync_companies(source)
    by_name = {name: key for key, name in _names()}
    key = by_name["ООО «Ромашка»"]
    load_company(source, key)
    return key


def _names() -> list[tuple[int, str]]:
    with all_companies(reason="test"), unit_of_work() as db:
        return [(key, name) for key, name in db.execute(select(Company.id, Company.name))]


def _lines(company: int) -> dict[str, Line]:
    with company_scope(company), unit_of_work() as db:
        return {line.operator_id: line for line in db.scalars(select(Line))}


def _totals(company: int) -> dict[str, int]:
    with company_scope(company), unit_of_work() as db:
        return {total.state: total.lines for total in db.scalars(select(DepartmentTotal)) if total.lines}


def _counted(company: int) -> dict[str, int]:
    with company_scope(company), unit_of_work() as db:
        return {row[0]: row[1] for row in db.execute(select(Line.state, func.count()).group_by(Line.state))}


def _journal(company: int, action: str) -> list[JournalEntry]:
    with company_scope(company), unit_of_work() as db:
        return list(db.scalars(select(JournalEntry).where(JournalEntry.action == action)))


def test_companies_come_with_root_roles_contracts_and_accounts(loaded: int) -> None:
    with company_scope(loaded), unit_of_work() as db:
        company = db.scalars(select(Company).where(Company.id == loaded)).one()
        root = db.scalars(select(Department)).one()
        presets = set(db.scalars(select(Role.preset)))
        contracts = db.scalars(select(Contract)).all()
        accounts = db.scalars(select(BillingAccount)).all()
    assert len(company.inn) == 10
    assert company.synced_at is not None
    assert (root.path, root.name) == (f"/{root.id}/", company.name)
    assert {"global_admin", "viewer"} <= presets
    assert contracts
    assert accounts
    assert {account.contract_id for account in accounts} <= {contract.id for contract in contracts}


def test_catalogue(loaded: int) -> None:
    with all_companies(reason="test"), unit_of_work() as db:
        tariffs = {tariff.id: tariff for tariff in db.scalars(select(Tariff))}
    assert tariffs["T-OPTIMA"].monthly == Decimal("590.00")
    assert tariffs["T-OPTIMA"].switch_price == Decimal("100.00")
    assert not tariffs["T-CORP2018"].is_sellable


def test_lines_are_complete_and_counted(loaded: int, source: TmfSource, operator: Operator) -> None:
    lines = _lines(loaded)
    theirs = {line.id: line for page in source.lines(_party(loaded)) for line in page.records}
    assert len(lines) == 30
    assert {key: (line.msisdn, line.iccid, line.state, line.tariff_id) for key, line in lines.items()} == {
        key: (line.msisdn, line.iccid, line.state, line.tariff) for key, line in theirs.items()
    }
    assert all(line.account_id for line in lines.values())
    assert _totals(loaded) == _counted(loaded)
    cards = _cards(loaded)
    assert {iccid for iccid, state in cards.items() if state == "in_use"} == {
        line.iccid for line in lines.values()
    }
    assert list(cards.values()).count("spare") == len(cards) - 30 == 10
    assert _journal(loaded, "line.appeared") == []


def _party(company: int) -> str:
    return dict(companies())[company]


def test_a_second_time_changes_nothing(loaded: int, source: TmfSource) -> None:
    before = {key: vars(line) for key, line in _lines(loaded).items()}
    assert sync_catalogue(source).is_quiet
    assert sync_companies(source).is_quiet
    assert load_company(source, loaded).is_quiet
    assert sync_changes(source, loaded).is_quiet
    after = {key: vars(line) for key, line in _lines(loaded).items()}
    for key, values in before.items():
        assert {name: value for name, value in values.items() if name[0] != "_"} == {
            name: value for name, value in after[key].items() if name[0] != "_"
        }
    with company_scope(loaded), unit_of_work() as db:
        assert journal.verify(db, loaded) == []


def test_a_change_outside_orders_comes_by_polling(loaded: int, source: TmfSource, operator: Operator) -> None:
    line = next(line for line in _lines(loaded).values() if line.state == "active")
    operator.admin("POST", f"products/{line.operator_id}", {"status": "suspended", "blockReason": "debt"})
    assert sync_changes(source, loaded).changed == 1
    now = _lines(loaded)[line.operator_id]
    assert (now.state, now.block_reason) == ("blocked", "debt")
    assert _totals(loaded) == _counted(loaded)
    (entry,) = _journal(loaded, "line.changed")
    assert (entry.actor_kind, entry.actor_name, entry.label) == ("system", "operator", line.msisdn)
    assert entry.before == {"state": "active", "block_reason": None}
    assert entry.after == {"state": "blocked", "block_reason": "debt"}
    assert sync_changes(source, loaded).is_quiet


def test_swaps_in_an_office_come_by_polling(loaded: int, source: TmfSource, operator: Operator) -> None:
    first, second, *_ = (line for line in _lines(loaded).values() if line.state == "active")
    new = next(iter(source.pool())).records[0].msisdn
    assert sync_spares(source, loaded) is not None
    spare = next(iccid for iccid, state in _cards(loaded).items() if state == "spare")
    operator.admin("POST", f"products/{first.operator_id}", {"msisdn": new, "iccid": spare, "notify": False})
    # The second line gets the number that the first one had.
    operator.admin("POST", f"products/{second.operator_id}", {"msisdn": first.msisdn, "notify": False})
    assert sync_changes(source, loaded).changed == 2
    lines = _lines(loaded)
    assert (lines[first.operator_id].msisdn, lines[first.operator_id].iccid) == (new, spare)
    assert lines[second.operator_id].msisdn == first.msisdn
    cards = _cards(loaded)
    assert (cards[spare], cards[first.iccid]) == ("in_use", "dead")
    assert load_company(source, loaded).is_quiet
    assert _cards(loaded) == cards
    assert sync_changes(source, loaded).is_quiet


def test_cards_that_were_bought_are_known_soon(
    loaded: int, source: TmfSource, operator: Operator, tmp_path: Path
) -> None:
    bought = operator.admin("POST", f"cards/{_party(loaded)}", {"count": 2})["iccids"]
    queue = RememberingQueue()
    jobs.synchronise(
        replace(make_parts(make_settings(tmp_path), queue), operator=make_operator(source=source))
    )
    assert [_cards(loaded).get(iccid) for iccid in bought] == ["spare", "spare"]


def _cards(company: int) -> dict[str, str]:
    with company_scope(company), unit_of_work() as db:
        return {row[0]: row[1] for row in db.execute(select(SimCard.iccid, SimCard.state))}


def test_a_change_outside_orders_comes_by_event_once(
    loaded: int, source: TmfSource, operator: Operator
) -> None:
    line = next(line for line in _lines(loaded).values() if line.state == "active")
    operator.admin("POST", f"products/{line.operator_id}", {"status": "suspended", "blockReason": "debt"})
    data = source.find_line(line.operator_id)
    assert data is not None
    assert apply_line_event(data)
    assert apply_line_event(data)
    assert _lines(loaded)[line.operator_id].state == "blocked"
    assert len(_journal(loaded, "line.changed")) == 1
    assert sync_changes(source, loaded).is_quiet
    assert not apply_line_event(replace(data, party_id="C9999999999"))


def test_an_older_snapshot_does_not_undo_our_change(loaded: int, source: TmfSource) -> None:
    line = next(line for line in _lines(loaded).values() if line.state == "active")
    snapshot = source.find_line(line.operator_id)
    assert snapshot is not None
    with company_scope(loaded), unit_of_work() as db:
        db.execute(
            text("UPDATE lines SET state = 'blocked' WHERE company_id = :c AND id = :i"),
            {"c": loaded, "i": line.id},
        )
    apply_line_event(snapshot)
    apply_line_event(replace(snapshot, updated_at=snapshot.updated_at - timedelta(hours=1)))
    assert _lines(loaded)[line.operator_id].state == "blocked"


def test_a_line_with_an_order_on_its_way_waits_for_its_outcome(
    loaded: int, source: TmfSource, operator: Operator
) -> None:
    line = next(line for line in _lines(loaded).values() if line.state == "active")
    _send_item(loaded, line.id)
    operator.admin("POST", f"products/{line.operator_id}", {"status": "suspended", "blockReason": "lost"})
    report = sync_changes(source, loaded)
    assert (report.deferred, _lines(loaded)[line.operator_id].state) == (1, "active")
    with company_scope(loaded), unit_of_work() as db:
        db.execute(text("UPDATE run_items SET state = 'done' WHERE company_id = :c"), {"c": loaded})
    assert sync_changes(source, loaded).changed == 1
    assert _lines(loaded)[line.operator_id].state == "blocked"


def test_what_was_read_before_an_order_ended_does_not_undo_it(
    loaded: int, source: TmfSource, operator: Operator
) -> None:
    line = next(line for line in _lines(loaded).values() if line.state == "active")
    operator.admin("POST", f"products/{line.operator_id}", {"status": "active", "employeeName": "Другой"})
    read = _listed(source, loaded)

    class Slow(Listed):
        def lines(self, party_id: str, *, since: str = "") -> Iterator[Page[LineData]]:
            # While the pages are on their way, the outcome of an order is recorded.
            with company_scope(loaded), unit_of_work() as db:
                LineTarget().apply(db, loaded, 0, [line.id], {"state": "blocked"})
            yield from super().lines(party_id, since=since)

    report = sync_changes(Slow(read), loaded)  # type: ignore[arg-type]
    assert (report.deferred, _lines(loaded)[line.operator_id].state) == (1, "blocked")
    operator.admin("POST", f"products/{line.operator_id}", {"status": "suspended", "blockReason": "lost"})
    assert sync_changes(source, loaded).changed == 1
    assert _lines(loaded)[line.operator_id].block_reason == "lost"


def _send_item(company: int, line_id: int) -> None:
    """A run with one item on its way, as bare rows: the engine is not under test here."""
    with company_scope(company), unit_of_work() as db:
        columns = db.execute(
            text(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'runs'"
                " AND is_nullable = 'NO' AND is_identity = 'NO' AND column_name <> 'company_id'"
                " AND column_default IS NULL"
            )
        ).all()
        blank = {"jsonb": "'{}'", "boolean": "false", "bigint": "0", "numeric": "0"}
        values = [blank.get(kind, "now()" if kind.startswith("timestamp") else "''") for _, kind in columns]
        names = ", ".join(row[0] for row in columns)
        run = db.execute(
            text(f"INSERT INTO runs (company_id, {names}) VALUES (:c, {', '.join(values)}) RETURNING id"),
            {"c": company},
        ).scalar_one()
        db.execute(
            text(
                "INSERT INTO run_items (company_id, run_id, no, target_id, state, updated_at)"
                " VALUES (:c, :r, 1, :l, 'sent', now())"
            ),
            {"c": company, "r": run, "l": line_id},
        )


class Listed:
    """A source that shows these lines and nothing else."""

    def __init__(self, lines: list[LineData], odd: list[Odd] | None = None) -> None:
        self._page = Page(lines, odd or [])

    def lines(self, party_id: str, *, since: str = "") -> Iterator[Page[LineData]]:
        yield self._page

    def sims(self, party_id: str, *, spare_only: bool = False) -> Iterator[Page[object]]:
        yield Page([])


def _listed(source: TmfSource, company: int) -> list[LineData]:
    return [line for page in source.lines(_party(company)) for line in page.records]


def test_what_the_operator_no_longer_shows_is_terminated_and_may_come_back(
    loaded: int, source: TmfSource
) -> None:
    all_of_them = _listed(source, loaded)
    gone, odd, *rest = all_of_them
    report = load_company(Listed(rest, [Odd("product", odd.id, "strange")]), loaded)  # type: ignore[arg-type]
    assert (report.terminated, report.changed, report.odd) == (1, 0, 1)
    assert _lines(loaded)[gone.id].state == "terminated"
    assert _lines(loaded)[odd.id].state == odd.state
    assert _totals(loaded) == _counted(loaded)
    assert len(_journal(loaded, "line.changed")) == 1
    load_company(source, loaded)
    assert _lines(loaded)[gone.id].state == gone.state


def test_two_that_load_companies_at_once_do_not_get_in_each_others_way(
    console: Database, source: TmfSource, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker comes by itself while somebody loads the companies for the first time."""
    write, entered = company_sync._write_companies, threading.Event()

    def slowly(*arguments: Any) -> None:
        write(*arguments)
        if not entered.is_set():
            entered.set()
            time.sleep(0.5)  # what was written is not committed yet

    monkeypatch.setattr(company_sync, "_write_companies", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(sync_companies, source, with_accounts=False)
        assert entered.wait(10)
        second = pool.submit(sync_companies, TmfSource(operator.client()), with_accounts=False)
        first.result(20)
        second.result(20)
    assert len(_names()) == 2


def test_the_database_gets_to_know_a_company_that_has_come(
    source: TmfSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_companies(source)
    key = {name: key for key, name in _names()}["ООО «Ромашка»"]
    known = text("SELECT reltuples FROM pg_class WHERE relname = 'lines'")
    monkeypatch.setattr(sync, "MANY", 30)
    load_company(source, key)
    with all_companies(reason="test"), unit_of_work() as db:
        assert db.scalar(known) == 30


def test_a_list_that_is_all_but_empty_is_not_believed(loaded: int, source: TmfSource) -> None:
    report = load_company(Listed(_listed(source, loaded)[:3]), loaded)  # type: ignore[arg-type]
    assert report.terminated == 0
    assert "27 of 30" in report.problem
    state = find_state(f"lines:{loaded}")
    assert state is not None
    assert "27 of 30" in state.problem


def test_numbers_are_swapped_and_given_out_again(loaded: int, source: TmfSource) -> None:
    first, second, third, *_ = [line for line in _listed(source, loaded) if line.state == "active"]
    later = clock.now()
    new_first = replace(first, msisdn=second.msisdn, updated_at=later)
    new_second = replace(second, msisdn=first.msisdn, updated_at=later)
    ended = replace(third, state="terminated", updated_at=later)
    heir = replace(third, id="P9", iccid="8970199000000000001", updated_at=later)
    for _ in range(2):  # the second time nothing may move
        load_company(Listed([new_first, heir, new_second, ended]), loaded)  # type: ignore[arg-type]
        lines = _lines(loaded)
        assert lines[first.id].msisdn == second.msisdn
        assert lines[second.id].msisdn == first.msisdn
        assert lines["P9"].msisdn == third.msisdn
        assert lines[third.id].msisdn == f"{third.msisdn}~{third.id}"
        assert lines[third.id].state == "terminated"
    assert _totals(loaded) == _counted(loaded)


def test_our_employee_and_department_stay(loaded: int, source: TmfSource) -> None:
    line = _listed(source, loaded)[0]
    with company_scope(loaded), unit_of_work() as db:
        stored = db.scalars(select(Line).where(Line.operator_id == line.id)).one()
        stored.employee = "Наша Анна"
    apply_line_event(replace(line, employee="Их Анна", updated_at=clock.now(), tariff="T-M2M"))
    now = _lines(loaded)[line.id]
    assert (now.employee, now.tariff_id) == ("Наша Анна", "T-M2M")


def test_an_outage_is_noted_and_the_next_time_goes_on(
    loaded: int, operator: Operator, console: Database
) -> None:
    source = TmfSource(operator.client(sleep=lambda _seconds: None))
    operator.admin("PUT", "faults", {"outageSeconds": 600})
    with pytest.raises(OperatorAway):
        sync_changes(source, loaded)
    state = find_state(f"lines:{loaded}")
    assert state is not None
    assert state.problem == "http 503"
    operator.admin("DELETE", "faults")
    sync_changes(source, loaded)
    state = find_state(f"lines:{loaded}")
    assert state is not None
    assert state.problem == ""


def test_the_other_company_sees_nothing_of_it(loaded: int) -> None:
    other = next(key for key, _ in _names() if key != loaded)
    assert _lines(other) == {}
