"""One whole product per module, on servers of its own, and a dice whose seed is printed."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator

import pytest

from devtools import factory
from devtools.servers.postgres import FAST_AND_FORGETFUL

LINES = 600
SETTINGS = {
    "WORKERS": "2",
    "OPERATOR_ORDER_ITEMS": "10",
    "OPERATOR_TIMEOUT": "1",
    "OPERATOR_SETTLE": "1",
}
"""Small orders, so that a run lasts; short times, so that a test does not."""


@pytest.fixture
def dice() -> random.Random:
    """Random, but the same again with FAULTS_SEED=<the number printed>."""
    seed = int(os.environ.get("FAULTS_SEED", secrets.randbelow(1_000_000)))
    print(f"FAULTS_SEED={seed}")  # noqa: T201 - shown where the test fails
    return random.Random(seed)


@pytest.fixture(scope="module")
def running_plant() -> Iterator[factory.Factory]:
    """A product whose servers belong to this module alone."""
    # Forgetful of a power cut only: what is killed here is processes, PostgreSQL is restarted in order.
    with factory.running(LINES, SETTINGS, database=FAST_AND_FORGETFUL) as started:
        yield started


@pytest.fixture
def plant(running_plant: factory.Factory) -> factory.Factory:
    """The product with everything in order again: what a test broke is mended for the next."""
    running_plant.admin("DELETE", "faults")
    running_plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    running_plant.admin("PUT", "clock", {"aheadSeconds": 0})
    running_plant.admin("PUT", "completion", {"delaySeconds": 0.3})
    assert len(running_plant.wait_for_runners()) == int(SETTINGS["WORKERS"])
    return running_plant
