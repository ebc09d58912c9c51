"""Every permission word has its label, its group and a role; every operation is registered with one."""

from __future__ import annotations

from lines.operations import OPERATIONS
from rbac.permissions import OPERATOR_ONLY, For, Permission
from rbac.presets import PRESETS, get_preset
from runs.models import LINE


def test_every_permission_is_labelled_and_grouped() -> None:
    assert all(permission.label and permission.group for permission in Permission)


def test_every_permission_is_in_some_preset() -> None:
    assert set().union(*(preset.permissions for preset in PRESETS)) == set(Permission)


def test_what_changes_numbers_is_held_by_their_managers_from_the_start() -> None:
    changes = {permission for permission in Permission if permission.made_for is For.MANAGERS_OF_NUMBERS}
    assert changes == {operation.permission for operation in OPERATIONS if operation.target == LINE}
    assert changes <= get_preset("numbers_manager").permissions


def test_no_role_of_a_company_holds_a_word_of_the_operator() -> None:
    assert not [
        preset.code for preset in PRESETS if not preset.for_operator and preset.permissions & OPERATOR_ONLY
    ]


def test_every_operation_has_a_code_of_its_own_and_a_permission() -> None:
    codes = [operation.code for operation in OPERATIONS]
    assert len(codes) == len(set(codes))
    assert all(operation.permission in Permission for operation in OPERATIONS)
