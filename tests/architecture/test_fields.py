"""Whatever operations, reports and documents ask for is declared in the one vocabulary of fields."""

from __future__ import annotations

import re

import pytest

from console.runs.selection import FIELD_NAMES
from core import fields
from core.fields import FieldSchema, info_of
from forms.documents.types import TYPES
from lines import fields as line_fields
from lines.operations import OPERATIONS
from reports.catalogue import REPORTS
from runs.operation import Operation
from tests.architecture.source import ROOT

SCHEMAS = {
    **{operation.code: operation.schema for operation in OPERATIONS},
    **{report.code: report.schema for report in REPORTS},
    **{form.code: form.schema for form in TYPES},
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_every_field_is_declared_by_a_builder(schema: type[FieldSchema]) -> None:
    declared = schema().fields
    assert all(info_of(field).label for field in declared.values())
    depends = {name: info_of(field).only for name, field in declared.items()}
    for only in filter(None, depends.values()):
        assert set(only.choices) <= set(info_of(declared[only.field]).choices)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.code)
def test_no_operation_asks_under_a_name_of_the_selection(operation: Operation) -> None:
    """Both stand in one form, where the first of two fields of one name would win."""
    assert not FIELD_NAMES & operation.schema().fields.keys()


def test_the_page_on_fields_names_builders_that_exist() -> None:
    page = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:line_)?fields\.[a-z]+)`", page))
    modules = {"fields": fields, "line_fields": line_fields}
    assert len(named) > 10
    assert all(hasattr(modules[name.split(".")[0]], name.split(".")[1]) for name in named)
