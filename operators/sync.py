"""First load and synchronisation of the catalogue, the companies, their contracts and billing accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import bulk, clock
from core.db import unit_of_work
from core.errors import NotFound
from core.journal.entries import Entry, write
from core.tenancy import all_companies, company_scope
from hierarchy.models import BillingAccount, Company, Contract
from hierarchy.roots import create_roots
from operators.errors import OperatorAway
from operators.journal import COMPANY_ADDED, COMPANY_CHANGED, OPERATOR
from operators.models import Tariff
from operators.port import Source
from operators.records import AccountData, Page, PartyData
from operators.states import Report, note_done, note_failed
from rbac.actor import system_actor
from rbac.grants import create_preset_roles

NAMES = ("name", "inn", "kpp", "ogrn")


def sync_catalogue(source: Source) -> Report:
    """Bring the tariffs up to date; one that the operator no longer shows is no longer sold, but stays."""
    report, seen = Report(), set[str]()
    with stream("catalogue", report):
        for page in source.tariffs():
            count(report, page)
            seen.update(tariff.id for tariff in page.records)
            seen.update(odd.id for odd in page.odd)
            with all_companies(reason="the catalogue is the same for all"), unit_of_work() as db:
                _add(report, bulk.upsert(db, Tariff, ["id"], [asdict(tariff) for tariff in page.records]))
        with all_companies(reason="the catalogue is the same for all"), unit_of_work() as db:
            for tariff in db.scalars(select(Tariff).where(Tariff.is_sellable, Tariff.id.not_in(seen))):
                tariff.is_sellable = False
                report.changed += 1
    return report


# A first load and the worker may come at once: the second of them finds what the first has created.
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('operators.sync.companies'))")


def sync_companies(source: Source, *, with_accounts: bool = True) -> Report:
    """Bring the companies up to date and, unless `with_accounts` is False, their contracts and accounts.

    A new company gets its root department and the preset roles.
    """
    report = Report()
    with stream("companies", report):
        for page in source.parties():
            count(report, page)
            with all_companies(reason="synchronisation creates companies"), unit_of_work() as db:
                db.execute(LOCK)
                _write_companies(db, page.records, report)
    if with_accounts:
        for company_id, _ in companies():
            _merge(report, sync_accounts(source, company_id))
    return report


def companies() -> list[tuple[int, str]]:
    """Every company with the operator's id of it, in the order of their ids."""
    with all_companies(reason="synchronisation visits every company"), unit_of_work() as db:
        return [
            (row[0], row[1]) for row in db.execute(select(Company.id, Company.party_id).order_by(Company.id))
        ]


def get_party_id(company_id: int) -> str:
    """The operator's id of a company; raises NotFound."""
    with company_scope(company_id), unit_of_work() as db:
        party_id = db.scalar(select(Company.party_id).where(Company.id == company_id))
    if party_id is None:
        raise NotFound
    return party_id


def sync_accounts(source: Source, company_id: int) -> Report:
    """Bring the contracts and billing accounts of one company up to date."""
    report, party_id = Report(), get_party_id(company_id)
    with stream(f"accounts:{company_id}", report):
        for contracts in source.contracts(party_id):
            count(report, contracts)
            rows = [
                {
                    "company_id": company_id,
                    "operator_id": contract.id,
                    "number": contract.number,
                    "state": contract.state,
                }
                for contract in contracts.records
            ]
            with company_scope(company_id), unit_of_work() as db:
                _add(report, bulk.upsert(db, Contract, ["company_id", "operator_id"], rows))
        for accounts in source.accounts(party_id):
            count(report, accounts)
            with company_scope(company_id), unit_of_work() as db:
                rows = _account_rows(db, company_id, accounts.records)
                _add(report, bulk.upsert(db, BillingAccount, ["company_id", "operator_id"], rows))
    return report


def _account_rows(db: Session, company_id: int, accounts: Sequence[AccountData]) -> list[dict[str, Any]]:
    pairs = db.execute(select(Contract.operator_id, Contract.id).where(Contract.company_id == company_id))
    contracts: dict[str | None, int] = {row[0]: row[1] for row in pairs}
    return [
        {
            "company_id": company_id,
            "operator_id": account.id,
            "number": account.number,
            "contract_id": contracts.get(account.contract_id),
            "settlement": account.settlement,
            "is_in_debt": account.is_in_debt,
            "balance": account.balance,
            "credit_limit": account.credit_limit,
            "delivery_channel": account.delivery and account.delivery.channel,
            "delivery_address": account.delivery and account.delivery.address,
        }
        for account in accounts
    ]


def _write_companies(db: Session, parties: Sequence[PartyData], report: Report) -> None:
    ids = [party.id for party in parties]
    known = {
        company.party_id: company for company in db.scalars(select(Company).where(Company.party_id.in_(ids)))
    }
    new: dict[str, Company] = {}
    for party in parties:
        values = {name: getattr(party, name) for name in NAMES}
        company = known.get(party.id)
        if company is None:
            new[party.id] = Company(party_id=party.id, created_at=clock.now(), **values)
        elif (before := {name: getattr(company, name) for name in NAMES}) != values:
            _rename(db, company, before, values)
            report.changed += 1
    db.add_all(new.values())
    db.flush()
    create_roots(db, list(new.values()))
    for company in new.values():
        create_preset_roles(db, company.id)
        entry = Entry(COMPANY_ADDED, "company", company.id, None, {"name": company.name}, label=company.name)
        write(db, system_actor(company.id, OPERATOR), [entry])
    report.created += len(new)


def _rename(db: Session, company: Company, before: Mapping[str, str], values: Mapping[str, str]) -> None:
    for name, value in values.items():
        setattr(company, name, value)
    entry = Entry(COMPANY_CHANGED, "company", company.id, dict(before), dict(values), label=company.name)
    write(db, system_actor(company.id, OPERATOR), [entry])


@contextmanager
def stream(name: str, report: Report, cursor: list[str] | None = None) -> Iterator[None]:
    """Note how the stream ended: well, with `cursor[0]` as the new cursor, or with the operator away."""
    try:
        yield
    except OperatorAway as problem:
        note_failed(name, problem.why)
        raise
    if report.odd and not report.problem:
        report.problem = f"{report.odd} odd records were skipped"
    note_done(name, cursor[0] if cursor else "", report.problem)


def count(report: Report, page: Page[Any]) -> None:
    """Add a page to the report."""
    report.read += len(page.records)
    report.odd += len(page.odd)


def _add(report: Report, written: tuple[int, int]) -> None:
    report.created += written[0]
    report.changed += written[1]


def _merge(report: Report, other: Report) -> None:
    for name in ("read", "created", "changed", "odd"):
        setattr(report, name, getattr(report, name) + getattr(other, name))
