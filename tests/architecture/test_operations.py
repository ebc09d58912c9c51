"""Every operation is whole: registered, worded in both languages, with a permission that somebody holds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core.i18n import TRANSLATIONS
from lines.operations import OPERATIONS, gather
from operators.port import ANY_REASON
from operators.tmf.orders import REASONS, reason_of
from rbac.presets import PRESETS
from runs.operation import Operation
from runs.refusals import COMMON_TEXTS, ITEM_TEXTS, reason_from_operator, texts
from sandbox.lookup import REASONS as SANDBOX_REASONS
from tests.architecture.source import ROOT, tree

ORDERED = [operation for operation in OPERATIONS if operation.change is not None]
BY_CODE = {operation.code: operation for operation in OPERATIONS}


def test_every_code_is_declared_once_and_gathered() -> None:
    """Also an operation that a module has under another name than OPERATION or OPERATIONS is found here."""
    declared = [
        keyword.value.value
        for path in sorted((ROOT / "lines" / "operations").glob("*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Operation"
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    ]
    assert len(declared) == len(set(declared))
    assert set(declared) == set(BY_CODE)


def test_operations_stand_in_their_order() -> None:
    places = [operation.order for operation in OPERATIONS]
    assert places == sorted(set(places))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, "two operations have the code 'block'"),
        ({"code": "block_again"}, "two operations have the order 10"),
    ],
)
def test_a_code_or_a_place_that_comes_twice_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], problem: str
) -> None:
    folder = tmp_path / f"gathered_{len(changes)}"
    folder.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    (folder / "__init__.py").touch()
    (folder / "shared.py").write_text("NAME = 'x'")
    (folder / "pair.py").write_text(
        "from lines.operations import block, unblock\nOPERATIONS = (unblock.OPERATION, block.OPERATION)"
    )
    assert [operation.code for operation in gather(folder.name, [str(folder)])] == ["block", "unblock"]
    (folder / "again.py").write_text(
        "from dataclasses import replace\nfrom lines.operations import block\n"
        f"OPERATION = replace(block.OPERATION, **{changes!r})"
    )
    with pytest.raises(ValueError, match=problem):
        gather(folder.name, [str(folder)])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.code)
def test_counted_words_are_plurals_of_the_catalogue(operation: Operation) -> None:
    with (TRANSLATIONS / "ru" / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        catalogue = read_po(stream, locale="ru")
    for pair in (operation.words.confirm, operation.words.done):
        entry = catalogue.get(pair[0])
        assert entry is not None, pair
        assert isinstance(entry.id, tuple), f"{pair}: mark both forms with NN_()"
        assert isinstance(entry.string, tuple), pair
        assert all("%(n)s" in form for form in entry.string), pair


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.code)
def test_the_permission_is_held_by_a_preset_of_companies(operation: Operation) -> None:
    assert any(operation.permission in preset.permissions for preset in PRESETS if not preset.for_operator)


def test_reasons_of_items_have_a_sentence() -> None:
    assert all(sentence for sentence, _ in ITEM_TEXTS.values())


OF_ANY_OPERATION = {"technical", ANY_REASON}
"""Reasons of the operator that lie in itself."""
OF_TARGET = {
    "line": {"unknown_line", "terminated", "blocked", "debt"},
    "account": {"unknown_account", "account_closed"},
}
"""Reasons of the operator that lie in the line or its account, or in the account itself."""
OF_ONE_OPERATION = {
    "block": {"already_blocked"},
    "unblock": {"not_blocked"},
    "set_limit": set[str](),
    "remove_limit": {"no_limit"},
    "change_tariff": {"same_tariff", "tariff_not_sellable"},
    "replace_sim": {"same_sim", "sim_not_available"},
    "change_number": {"same_number", "number_not_available"},
    "set_invoice_delivery": {"same_delivery", "delivery_address_unfit"},
}
"""Reasons of the operator that lie in what is asked for."""
PARAMS = {
    "block": {"reason": "lost"},
    "set_limit": {"amount": "100", "period": "month", "warn_at": 80},
    "place": {"department": "1"},
    "change_tariff": {"tariff": "t", "effective": "now"},
    "set_invoice_delivery": {"channel": "paper", "paper": "125009, Moscow"},
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.code)
def test_a_line_on_which_it_was_just_carried_out_is_refused_with_a_reason_that_says_so(
    operation: Operation,
) -> None:
    params = operation.schema().load(PARAMS.get(operation.code, {}))
    assert operation.after_success(params)


def test_each_reason_of_the_operator_belongs_somewhere() -> None:
    """Those that the sandbox gives, all of which must be ours; our own names of them are not spare."""
    given = {reason_of(code) for code in SANDBOX_REASONS}
    assert given | {ANY_REASON} == OF_ANY_OPERATION.union(*OF_TARGET.values(), *OF_ONE_OPERATION.values())
    assert set(REASONS) <= set(SANDBOX_REASONS)


@pytest.mark.parametrize("operation", ORDERED, ids=lambda operation: operation.code)
def test_every_reason_that_an_operation_can_get_has_a_sentence(operation: Operation) -> None:
    params = operation.schema().load(PARAMS.get(operation.code, {}))
    sentences = texts(operation, params)
    expected = OF_ANY_OPERATION | OF_TARGET[operation.target] | OF_ONE_OPERATION.get(operation.code, set())
    assert expected <= sentences.keys()
    assert all(sentences[code][0] for code in expected)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.code)
def test_a_reason_has_one_sentence(operation: Operation) -> None:
    """What an operation refuses is not worded a second time for the operator."""
    params = operation.schema().load(PARAMS.get(operation.code, {}))
    for refusal in operation.refusals(params):
        said = {**ITEM_TEXTS, **COMMON_TEXTS, **operation.reasons}.get(refusal.code)
        assert said in (None, (refusal.text, refusal.advice)), refusal.code


@pytest.mark.parametrize("operation", ORDERED, ids=lambda operation: operation.code)
def test_a_reason_that_an_operation_does_not_know_is_a_plain_refusal(operation: Operation) -> None:
    params = operation.schema().load(PARAMS.get(operation.code, {}))
    known = texts(operation, params)
    for code in OF_ONE_OPERATION.get(operation.code, set()) | OF_TARGET[operation.target] | OF_ANY_OPERATION:
        assert reason_from_operator(code, known) == code
    for code in ("levitating", "stopped", "no_right", "broken", "busy"):
        assert reason_from_operator(code, known) == ANY_REASON
    assert known["levitating"] == ITEM_TEXTS[ANY_REASON]
