"""From an uploaded list of 100,000 numbers to its preview, against bare reading of the same file with openpyxl."""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import openpyxl
from sqlalchemy import text

import bootstrap
from benchmarks.harness import Result, apart, peak_mb
from console.app import create_app
from core import clock, db, logs
from core.settings import Settings
from core.tenancy import all_companies
from devtools.servers.roles import OWNER, allow_application, create_database
from devtools.services import Launcher
from hierarchy.models import Company
from operators.models import Tariff
from rbac.grants import create_preset_roles
from rbac.models import Grant
from tests.fixtures.servers import LocalServers
from users.models import User
from users.signin import sessions

ROWS, FEW_ROWS = 100_000, 10_000
LIMIT = 0.3
ROUNDS = 3
UNKNOWN_EVERY, BROKEN_EVERY, BLOCKED_EVERY = 500, 700, 50

LINES = text("""
    INSERT INTO lines (company_id, operator_id, msisdn, iccid, state, tariff_id, department_id, employee, spent)
    SELECT :company, 'P' || n, CAST(79100000000 + n AS text), CAST(89701000000000000 + n AS text),
           CASE WHEN n % :blocked = 0 THEN 'blocked' ELSE 'active' END, 'T-1', :root, 'Сотрудник ' || n, 0
    FROM generate_series(0, CAST(:lines AS bigint) - 1) AS n""")


def write_list(path: Path, rows: int) -> None:
    """Five columns as companies keep them, numbers in the usual writings, some of them wrong or not the company's."""
    chance = random.Random(1)
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Номера")
    sheet.append(["№", "Телефон", "Сотрудник", "Подразделение", "Комментарий"])
    names = ("Иванов", "Петров", "Сидорова", "Кузнецов", "Смирнова")
    for n in range(rows):
        who = f"{chance.choice(names)} {chance.choice('АБВГД')}. {chance.choice('АБВГД')}."
        note = "" if n % 3 else f"служебный, выдан по заявке {n}"
        sheet.append([n + 1, _written(n), who, f"Отдел {chance.randrange(200)}", note])
    workbook.save(path)


def _written(n: int) -> str | int:
    number = f"79{(100_000_000 + n) if n % UNKNOWN_EVERY else (900_000_000 + n):09d}"
    if n % BROKEN_EVERY == 1:
        return number[:8]
    writings: tuple[str | int, ...] = (
        f"+7 {number[1:4]} {number[4:7]}-{number[7:9]}-{number[9:]}",
        f"8({number[1:4]}){number[4:7]}-{number[7:9]}-{number[9:]}",
        number[1:],
        int(number),
    )
    return writings[n % len(writings)]


def read_bare(path: Path) -> float:
    """Seconds of openpyxl's read-only mode over every cell."""
    start = time.perf_counter()
    workbook = openpyxl.load_workbook(path, read_only=True)
    for sheet in workbook:
        for _ in sheet.iter_rows(values_only=True):
            pass
    return time.perf_counter() - start


@contextmanager
def company(folder: Path) -> Iterator[tuple[str, str]]:
    """A database with one company of as many lines; yields its address and the token of a signed-in person."""
    folder.chmod(0o711)
    servers = LocalServers(folder, "bench")
    try:
        create_database(servers.admin_url, "bench", owner=OWNER)
        allow_application(servers.admin_url, "bench")
        owner, url = servers.owner_url("bench"), servers.app_url("bench")
        Launcher({"DATABASE_OWNER_URL": owner, "DATABASE_URL": url}, servers.logs).migrate()
        engine = db.connect(url)
        token = _fill()
        engine.dispose()
        yield url, token
    finally:
        servers.stop()


def _fill() -> str:
    now = clock.now()
    with all_companies(reason="a benchmark makes its company"), db.unit_of_work() as session:
        session.add(Tariff(id="T-1", name="T-1", monthly=300, switch_price=0))
        place = Company(party_id="ORG-1", name="100,000 lines", created_at=now, synced_at=now)
        session.add(place)
        session.flush()
        root, path = place.id, f"/{place.id}/"
        shape = {"company": place.id, "root": root, "path": path}
        session.execute(
            text(
                "INSERT INTO departments (company_id, id, path, name) VALUES (:company, :root, :path, 'All')"
            ),
            shape,
        )
        session.execute(LINES, {**shape, "lines": ROWS, "blocked": BLOCKED_EVERY})
        roles = create_preset_roles(session, place.id)
        user = User(company_id=place.id, login="admin", name="Administrator", created_at=now)
        session.add(user)
        session.flush()
        role = roles["global_admin"].id
        grant = Grant(company_id=place.id, user_id=user.id, role_id=role, path=path, granted_at=now)
        session.add(grant)
        return sessions.start(session, user.id, moment=now, ip="127.0.0.1", agent="benchmark")


def measure(url: str, token: str, path: Path) -> None:
    """In a process of its own: upload, then preview, over HTTP requests; prints seconds and peak memory in MB."""
    logs.configure()
    settings = Settings(
        database_url=url,
        database_owner_url="",
        redis_url="redis://127.0.0.1:9/0",
        operator_url="http://127.0.0.1:9",
        operator_token="",
        operator_event_secret="",
        secret_key="a key for measuring only",
        console_url="http://localhost",
        data_dir=path.parent,
    )
    app = create_app(bootstrap.build(settings))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    client.get("/uploads/new")
    content = path.read_bytes()
    start = time.perf_counter()
    uploaded = client.post("/uploads", data={"file": (BytesIO(content), "list.xlsx")})
    middle = time.perf_counter()
    chosen = {"sel": "upload", "upload": uploaded.location.rsplit("/", 1)[1], "reason": "lost"}
    previewed = client.post("/operations/block/preview", data=chosen)
    shown = client.get(previewed.location)
    end = time.perf_counter()
    assert shown.status_code == 200, shown.text
    print(json.dumps([end - start, middle - start, peak_mb()]))


def measured(url: str, token: str, path: Path) -> tuple[float, float, float]:
    """Seconds of the whole, seconds of the upload alone, and peak memory of a fresh process."""
    whole, upload, peak = apart("upload_preview", url, token, str(path))
    return whole, upload, peak


def main() -> Iterator[Result]:
    """Turns are taken by both, so that a busy moment hurts both; the best of each counts."""
    folder = Path(tempfile.mkdtemp(prefix="vm-bench-", dir="/tmp"))
    path, few = folder / "list.xlsx", folder / "few.xlsx"
    write_list(path, ROWS)
    write_list(few, FEW_ROWS)
    try:
        with company(folder) as (url, token):
            turns = [(measured(url, token, path), read_bare(path)) for _ in range(ROUNDS)]
            few_peak = measured(url, token, few)[2]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    (value, upload, peak), baseline = min(turn[0] for turn in turns), min(turn[1] for turn in turns)
    yield Result(
        "upload_preview",
        value,
        "s",
        baseline,
        value / baseline,
        at_most=LIMIT,
        extra={
            "rows": ROWS,
            "upload_s": round(upload, 3),
            "peak_rss_mb_10000": round(few_peak, 1),
            "peak_rss_mb_100000": round(peak, 1),
        },
    )


if __name__ == "__main__":
    measure(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
