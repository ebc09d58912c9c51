"""The adapter is chosen by a setting; one that there is not is refused at the start, with what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

import bootstrap
from core.settings import Settings, SettingUnknown
from operators.tmf.gateway import TmfGateway
from tests.fixtures.parts import make_settings

NEEDED = {"DATABASE_URL": "x", "REDIS_URL": "x", "OPERATOR_URL": "x", "SECRET_KEY": "x"}


def test_it_comes_from_the_environment() -> None:
    assert Settings.from_env(NEEDED).operator_adapter == "tmf"
    assert Settings.from_env({**NEEDED, "OPERATOR_ADAPTER": "other"}).operator_adapter == "other"


def test_the_standard_one_speaks_tm_forum(tmp_path: Path) -> None:
    operator = bootstrap.connect_operator(make_settings(tmp_path, operator_url="http://127.0.0.1:9"))
    assert isinstance(operator.gateway, TmfGateway)
    assert operator.gateway.order_items == 500


def test_an_unknown_one_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingUnknown, match=r"^OPERATOR_ADAPTER is 'telegraph'; known: tmf$"):
        bootstrap.build(make_settings(tmp_path, operator_adapter="telegraph"))
