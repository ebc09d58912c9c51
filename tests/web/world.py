"""A small world for tests of the web: two companies with every kind of object, and people of every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.storage import Storage, new_key
from forms.requests.models import Attachment, Request
from hierarchy.models import BillingAccount, Company, Contract, Department
from lines.models import Line
from operators.models import Tariff
from rbac.grants import create_preset_roles
from rbac.models import Grant, Role
from rbac.presets import PRESETS
from reports.models import ReportJob, ReportSchedule
from runs.models import ItemState, Run, RunItem, RunState, Upload, UploadRow
from users.models import PortfolioEntry, User
from users.signin import sessions
from users.signin.passwords import rehash

PASSWORD = "Correct-horse-7"
HASH = rehash(PASSWORD)
COMPANY_ROLES = tuple(preset.code for preset in PRESETS if not preset.for_operator)
STAFF_ROLES = tuple(preset.code for preset in PRESETS if preset.for_operator)


@dataclass
class Place:
    """One company with ids of its objects; users, and the runs and uploads that are theirs, by their role's code."""

    company: int
    name: str
    root: str
    root_id: int
    department: int
    department_path: str
    line: int
    msisdn: str
    grant: int
    roles: dict[str, int]
    users: dict[str, int]
    runs: dict[str, int] = field(default_factory=dict)
    previews: dict[str, int] = field(default_factory=dict)
    uploads: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    schedules: dict[str, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    attachments: dict[str, int] = field(default_factory=dict)


def make_company(session: Session, number: int) -> Place:
    """A company with a department, a line, a finished run, a preview, an upload and one user per preset role."""
    now = clock.now()
    company = Company(party_id=f"ORG-{number}", name=f"Company {number}", created_at=now)
    session.add(company)
    session.flush()
    root, department = _departments(session, company)
    roles = create_preset_roles(session, company.id)
    users = {code: _user(session, company.id, f"{code}-{number}") for code in COMPANY_ROLES}
    grants = {code: _grant(session, roles[code], users[code], root.path) for code in COMPANY_ROLES}
    line = _line(session, company, department, number)
    place = Place(
        company=company.id,
        name=company.name,
        root=root.path,
        root_id=root.id,
        department=department.id,
        department_path=department.path,
        line=line.id,
        msisdn=line.msisdn,
        grant=grants["viewer"].id,
        roles={code: role.id for code, role in roles.items()},
        users={code: user.id for code, user in users.items()},
    )
    for code, user in users.items():
        give_work(session, place, code, user.id)
    return place


def give_work(session: Session, place: Place, role: str, user_id: int) -> None:
    """A finished run, a preview, an upload, a report and its schedule of this person in the company."""
    place.runs[role] = _run(session, place, user_id, "finished").id
    place.previews[role] = _run(session, place, user_id, "previewed").id
    place.uploads[role] = _upload(session, place, user_id).id
    place.files[role], place.schedules[role] = _reports(session, place, user_id)
    place.requests[role], place.attachments[role] = _request(session, place, user_id)


def make_staff(session: Session, role: str, login: str, portfolio: tuple[int, ...] = ()) -> int:
    """A person of the operator who looks after these companies."""
    user = User(
        company_id=None,
        login=login,
        name=login.title(),
        staff_role=role,
        password_hash=HASH,
        created_at=clock.now(),
    )
    session.add(user)
    session.flush()
    session.add_all(PortfolioEntry(user_id=user.id, company_id=company) for company in portfolio)
    session.flush()
    return user.id


def make_token(session: Session, user_id: int, *, entered: int | None = None, reason: str = "") -> str:
    """A session of the person, in which staff have entered a company."""
    token = sessions.start(session, user_id, moment=clock.now(), ip="127.0.0.1", agent="test")
    if entered is not None:
        sessions.enter(session, sessions.token_hash(token), entered, reason)
    return token


def _departments(session: Session, company: Company) -> tuple[Department, Department]:
    root = Department(company_id=company.id, parent_id=None, path=f"/new-{company.id}/", name=company.name)
    session.add(root)
    session.flush()
    root.path = f"/{root.id}/"
    below = Department(company_id=company.id, parent_id=root.id, path=f"/{root.id}/new/", name="Sales")
    session.add(below)
    session.flush()
    below.path = f"/{root.id}/{below.id}/"
    session.flush()
    return root, below


def _user(session: Session, company_id: int, login: str) -> User:
    user = User(
        company_id=company_id, login=login, name=login.title(), password_hash=HASH, created_at=clock.now()
    )
    session.add(user)
    session.flush()
    return user


def _grant(session: Session, role: Role, user: User, path: str) -> Grant:
    grant = Grant(
        company_id=role.company_id, user_id=user.id, role_id=role.id, path=path, granted_at=clock.now()
    )
    session.add(grant)
    session.flush()
    return grant


def _line(session: Session, company: Company, department: Department, number: int) -> Line:
    if session.get(Tariff, "T-1") is None:
        session.add(Tariff(id="T-1", name="Start", monthly=Decimal(300), switch_price=Decimal(0)))
    contract = Contract(company_id=company.id, operator_id=f"C-{number}", number=f"10-{number}")
    session.add(contract)
    session.flush()
    account = BillingAccount(
        company_id=company.id,
        operator_id=f"A-{number}",
        number=f"20-{number}",
        contract_id=contract.id,
        settlement="credit",
    )
    session.add(account)
    session.flush()
    line = Line(
        company_id=company.id,
        operator_id=f"P{number}",
        msisdn=f"7912345{number:04d}",
        iccid=f"8970199000000000{number:03d}",
        state="active",
        tariff_id="T-1",
        account_id=account.id,
        department_id=department.id,
        employee=f"Employee {number}",
    )
    session.add(line)
    session.flush()
    return line


def _run(session: Session, place: Place, user_id: int, state: str) -> Run:
    now, finished = clock.now(), state == RunState.FINISHED
    run = Run(
        company_id=place.company,
        operation="block",
        params={"reason": "voluntary"},
        selection={"kind": "ids", "ids": [place.line]},
        state=state,
        idempotency_key=f"{state}-{user_id}",
        created_by=user_id,
        created_name=str(user_id),
        total=1 if finished else 0,
        failed=1 if finished else 0,
        created_at=now - timedelta(minutes=5),
        submitted_at=now if finished else None,
        finished_at=now if finished else None,
    )
    run.preview = {
        "total": 1,
        "allowed": 1,
        "refused": {},
        "price_once": "0",
        "price_month": "0",
        "missing": 0,
        "at": now.isoformat(),
    }
    session.add(run)
    session.flush()
    if finished:
        session.add(
            RunItem(
                company_id=place.company,
                run_id=run.id,
                no=1,
                target_id=place.line,
                state=ItemState.FAILED,
                reason="technical",
                updated_at=now,
            )
        )
        session.flush()
    return run


def _upload(session: Session, place: Place, user_id: int) -> Upload:
    upload = Upload(
        company_id=place.company,
        filename="list.xlsx",
        created_by=user_id,
        created_at=clock.now(),
        rows=2,
        matches=1,
        problems=1,
    )
    session.add(upload)
    session.flush()
    session.add(
        UploadRow(
            company_id=place.company,
            upload_id=upload.id,
            no=1,
            sheet="1",
            row=1,
            raw=place.msisdn,
            line_id=place.line,
        )
    )
    session.add(
        UploadRow(
            company_id=place.company,
            upload_id=upload.id,
            no=2,
            sheet="1",
            row=2,
            raw="abc",
            problem="not_a_number",
        )
    )
    session.flush()
    return upload


def _reports(session: Session, place: Place, user_id: int) -> tuple[int, int]:
    """Ids of a report that was ordered and of a schedule."""
    now = clock.now()
    common = {
        "company_id": place.company,
        "code": "lines",
        "params": {"department": None, "state": "any"},
        "format": "xlsx",
        "locale": "en",
        "created_at": now,
    }
    job = ReportJob(**common, ordered_by=user_id, ordered_name=str(user_id))
    schedule = ReportSchedule(
        **common,
        period="daily",
        hour=8,
        addresses=["a@example.org"],
        next_at=now + timedelta(days=1),
        created_by=user_id,
        created_name=str(user_id),
    )
    session.add_all((job, schedule))
    session.flush()
    return job.id, schedule.id


def _request(session: Session, place: Place, user_id: int) -> tuple[int, int]:
    """A submitted claim of this person with a file, which `keep_attachments` puts into the storage."""
    now = clock.now()
    found = Request(
        company_id=place.company,
        number=f"З-2026-9{place.company:02d}{user_id:03d}",
        form="claim",
        state="submitted",
        values={"topic": "charges", "since": "2026-10-01"},
        created_by=user_id,
        created_name=str(user_id),
        created_at=now,
        changed_at=now,
        submitted_at=now,
        deadline_at=now,
    )
    session.add(found)
    session.flush()
    file = Attachment(
        company_id=place.company,
        request_id=found.id,
        key=new_key(place.company),
        name="scan.pdf",
        kind="pdf",
        size=5,
        party="customer",
        added_by=user_id,
        added_name=str(user_id),
        added_at=now,
    )
    session.add(file)
    session.flush()
    return found.id, file.id


def keep_attachments(session: Session, storage: Storage, path: Path) -> None:
    """Put this file behind every attachment."""
    for key in session.scalars(select(Attachment.key)):
        storage.put(key, path)
