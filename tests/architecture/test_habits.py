"""Hooks and CI run the project's own tools and script: each version, each check has one home."""

from __future__ import annotations

import re

from tests.architecture.source import ROOT

HOOKS = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")


def test_hooks_run_the_tools_of_the_environment() -> None:
    """A hook with a repository and a `rev` of its own would be a second home of the version."""
    assert set(re.findall(r"repo: *(\S+)", HOOKS)) == {"local"}
    assert set(re.findall(r"language: *(\S+)", HOOKS)) == {"system"}
    entries = re.findall(r"entry: *(\S+)", HOOKS)
    assert {entry.removeprefix(".venv/bin/") for entry in entries} == {"ruff", "djlint"}
    assert all(entry.startswith(".venv/bin/") for entry in entries)


def test_tools_of_the_hooks_have_an_exact_version() -> None:
    wanted = (ROOT / "requirements-dev.in").read_text(encoding="utf-8").splitlines()
    for tool in ("ruff", "djlint", "pre-commit"):
        assert any(line.startswith(f"{tool}==") for line in wanted), tool


def test_the_workflow_only_calls_the_script() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert re.findall(r"run: *(.+)", workflow) == ["bash .ci/run"]
    used = re.findall(r"uses: *(\S+)", workflow)
    assert [re.sub(r"@v\d+$", "", action) for action in used] == ["actions/checkout"]
