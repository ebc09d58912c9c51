"""Parameters stand in one order everywhere: session first, actor second, the parts of the process third."""

from __future__ import annotations

import ast

from tests.architecture.source import functions, product_files, shown, tree

ORDER = {"Session": 0, "Actor": 1, "Parts": 2}
LAST = len(ORDER)
VALUES = {
    "console/web/identity.py:__init__": "a person is made of a token, a visit and an actor",
    "console/web/parts.py:install": "every install takes the application first",
}
"""What only holds such a thing as a value among others, and why."""


def _kind(argument: ast.arg) -> int:
    annotation = ast.unparse(argument.annotation) if argument.annotation else ""
    return ORDER.get(annotation.removesuffix(" | None"), LAST)


def test_session_actor_parts() -> None:
    wrong = []
    for path in product_files():
        if shown(path).startswith("sandbox/"):
            continue
        for function in functions(path):
            arguments = [argument for argument in function.args.args if argument.arg not in {"self", "cls"}]
            kinds = [_kind(argument) for argument in arguments]
            if kinds != sorted(kinds) and f"{shown(path)}:{function.name}" not in VALUES:
                wrong.append(f"{shown(path)}:{function.lineno} {function.name}")
    assert not wrong, wrong


def test_no_process_state_in_modules() -> None:
    """A list or dict that a function fills later is state of the process: it belongs to its parts."""
    wrong = []
    for path in product_files():
        if shown(path).startswith(
            "sandbox/"
        ):  # it has one process, and fills its tables while it is imported
            continue
        for node in tree(path).body:
            if (
                isinstance(node, ast.AnnAssign | ast.Assign)
                and isinstance(node.value, ast.List | ast.Dict)
                and not (node.value.elts if isinstance(node.value, ast.List) else node.value.keys)
            ):
                wrong.append(f"{shown(path)}:{node.lineno}")
    assert not wrong
