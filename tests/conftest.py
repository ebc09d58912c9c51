"""Fixtures for every test; nothing starts before a test asks for it."""

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.databases",
    "tests.fixtures.processes",
    "tests.fixtures.world",
    "tests.fixtures.mail",
    "tests.fixtures.browser",
]
