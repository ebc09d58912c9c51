"""Files of requests and their rows: both or neither, and what is left over all the same is found."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bootstrap import KEPT_FILES
from core import clock, storage_cleanup
from core.storage import new_key
from forms.requests import attachments, service
from notices import service as notices
from rbac.actor import Actor
from tests.integration.forms.conftest import Office

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


class Broken(Exception):
    """Something later in the same transaction that goes wrong."""


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.pdf"
    path.write_bytes(PDF)
    return path


def attaching(office: Office, request_id: int, scan: Path) -> Callable[[Session, Actor], str]:
    """Attach the scan; gives its key."""

    def work(session: Session, actor: Actor) -> str:
        request = service.get_request(session, actor, request_id)
        return attachments.attach(session, actor, office.parts, request, scan, "scan.pdf").key

    return work


def kept(office: Office) -> set[str]:
    """The keys of all files in the storage."""
    folder = office.parts.settings.data_dir / "files"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def grow_old(office: Office, key: str) -> None:
    path = office.parts.settings.data_dir / "files" / key
    moment = (clock.now() - 2 * storage_cleanup.KEPT).timestamp()
    os.utime(path, (moment, moment))


def test_a_file_goes_with_the_transaction_that_kept_it(office: Office, scan: Path) -> None:
    draft = office.draft()

    def attach_and_fail(session: Session, actor: Actor) -> None:
        attaching(office, draft, scan)(session, actor)
        assert len(kept(office)) == 1
        raise Broken

    with pytest.raises(Broken):
        office.as_customer(attach_and_fail)
    assert kept(office) == set()
    key = office.as_customer(attaching(office, draft, scan))
    assert kept(office) == {key}


def test_a_file_stays_where_its_removal_fails(office: Office, scan: Path) -> None:
    draft = office.draft()
    key = office.as_customer(attaching(office, draft, scan))

    def remove(session: Session, actor: Actor) -> None:
        request = service.get_request(session, actor, draft)
        file = attachments.attachments_of(session, request)[0]
        attachments.remove(session, actor, office.parts, request, file.id)

    def remove_and_fail(session: Session, actor: Actor) -> None:
        remove(session, actor)
        raise Broken

    with pytest.raises(Broken):
        office.as_customer(remove_and_fail)
    assert kept(office) == {key}
    office.as_customer(remove)
    assert kept(office) == set()


def test_only_old_files_that_no_row_names_are_tidied_away(office: Office, scan: Path) -> None:
    storage, company = office.parts.storage, office.place.company_id
    attached = office.as_customer(attaching(office, office.draft(), scan))
    reported, mailed, young, orphan = (new_key(company) for _ in range(4))
    for key in (reported, mailed, young, orphan):
        storage.put(key, scan)
    office.sql(
        """INSERT INTO report_jobs (company_id, code, params, columns, format, paths, state, done, worker, tries, key,
                                    trouble, ordered_by, ordered_name, staff_reason, locale, created_at)
           VALUES (:company, 'lines', '{}', '[]', 'xlsx', '[]', 'ready', 1, '', 1, :key, '', :user, '', '', 'ru',
                   now())""",
        company=company,
        key=reported,
        user=office.user,
    )
    file = notices.Attachment("report.xlsx", mailed, "application/octet-stream")
    office.as_customer(lambda session, actor: notices.mail(session, company, "a@b.ru", "Отчёт", "", (file,)))
    for key in (attached, reported, mailed, orphan):
        grow_old(office, key)
    assert storage_cleanup.forget(storage, KEPT_FILES) == 1
    assert kept(office) == {attached, reported, mailed, young}


def test_the_folder_of_another_database_is_not_emptied(office: Office, scan: Path) -> None:
    keys = {new_key(number) for number in range(storage_cleanup.FEW + 1)}
    for key in keys:
        office.parts.storage.put(key, scan)
        grow_old(office, key)
    assert storage_cleanup.forget(office.parts.storage, KEPT_FILES) == 0
    assert kept(office) == keys
