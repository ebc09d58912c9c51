"""The local folder behind the storage: what stands in it, how old it is, and what is left of broken-off puts."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.storage import LocalStorage, clean_name, new_key


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


def put(storage: LocalStorage, tmp_path: Path, company_id: int, *, days_ago: int) -> str:
    """A file of this age; returns its key."""
    source, key = tmp_path / "source", new_key(company_id)
    source.write_bytes(b"content")
    storage.put(key, source)
    kept = storage.path(key)
    assert kept is not None
    grow_old(kept, days_ago)
    return key


def grow_old(path: Path, days: int) -> None:
    moment = (clock.now() - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def test_keys_are_listed_by_company_and_age(storage: LocalStorage, tmp_path: Path) -> None:
    assert storage.companies() == []
    old, _young = (put(storage, tmp_path, 7, days_ago=days) for days in (3, 0))
    other = put(storage, tmp_path, 12, days_ago=3)
    before = clock.now() - timedelta(days=1)
    assert storage.companies() == [7, 12]
    assert list(storage.keys(7, before)) == [old]
    assert list(storage.keys(12, before)) == [other]
    assert list(storage.keys(8, before)) == []


def test_what_a_broken_off_put_left_is_no_file_and_goes(storage: LocalStorage, tmp_path: Path) -> None:
    key = put(storage, tmp_path, 7, days_ago=3)
    kept = storage.path(key)
    assert kept is not None
    old, young = (kept.with_name(f".{kept.name}.{ending}") for ending in ("aaaa", "bbbb"))
    for half in (old, young):
        half.write_bytes(b"con")
    grow_old(old, 2)
    before = clock.now() - timedelta(days=1)
    assert list(storage.keys(7, before)) == [key]
    storage.tidy(7, before)
    assert sorted(path.name for path in kept.parent.iterdir()) == sorted([young.name, kept.name])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("lines.xlsx", "lines.xlsx"),
        ("C:\\Users\\me\\lines.xlsx", "lines.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\n.csv", "ab.csv"),
        (f"{'x' * 200}.pdf", f"{'x' * 146}.pdf"),
        ("folder/", ""),
    ],
)
def test_the_name_of_an_uploaded_file_is_its_last_part(given: str, kept: str) -> None:
    assert clean_name(given) == kept
    assert clean_name(given, "file") == (kept or "file")
