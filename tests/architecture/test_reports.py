"""Every report file is registered, with a code, a right and parameters of its own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from marshmallow import Schema

from bootstrap import ALL_REPORTS
from rbac.permissions import Permission
from reports import catalogue
from reports.catalogue import REPORTS


def test_every_report_file_is_registered() -> None:
    forgotten = []
    for info in iter_modules(catalogue.__path__):
        module = import_module(f"{catalogue.__name__}.{info.name}")
        if hasattr(module, "REPORT") and module.REPORT not in REPORTS:
            forgotten.append(info.name)
    assert not forgotten, "add these to the tuple in reports/catalogue/__init__.py"


def test_every_report_has_a_code_a_right_and_a_schema() -> None:
    codes = [report.code for report in ALL_REPORTS]
    assert len(codes) == len(set(codes))
    assert all(
        report.permission in Permission and issubclass(report.schema, Schema) for report in ALL_REPORTS
    )
