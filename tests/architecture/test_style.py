"""The style budget: sizes of files and functions, a sentence at the head of each file."""

from __future__ import annotations

import ast
from statistics import median, quantiles

from tests.architecture.source import functions, product_files, shown, tree


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _file_lengths() -> dict[str, int]:
    return {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in product_files()}


def test_files_stay_small() -> None:
    lengths = _file_lengths()
    over = {name: lines for name, lines in lengths.items() if lines > 400}
    assert not over
    assert quantiles(lengths.values(), n=10)[-1] < 250
    assert median(lengths.values()) < 90


def test_functions_stay_small() -> None:
    lengths = {
        f"{shown(path)}:{node.lineno} {node.name}": _length(node)
        for path in product_files()
        for node in functions(path)
    }
    over = {name: lines for name, lines in lengths.items() if lines > 50}
    assert not over
    assert quantiles(lengths.values(), n=10)[-1] < 25


def test_every_file_says_what_it_is_for() -> None:
    silent = [shown(path) for path in product_files() if not ast.get_docstring(tree(path))]
    assert not silent


def test_no_file_for_odds_and_ends() -> None:
    wrong = [shown(path) for path in product_files() if path.stem in {"utils", "util", "helpers", "misc"}]
    assert not wrong
