"""What must not stand in a log, and what must stand there whole."""

from core.logs import without_secrets


def cleaned(**event: object) -> dict[str, object]:
    return dict(without_secrets(None, "info", dict(event)))


def test_secrets_and_numbers_are_hidden() -> None:
    event = cleaned(password="x", operator_token="y", text="for +79161234567 and 89161234567 only")
    assert event == {"password": "…", "operator_token": "…", "text": "for 7… and 7… only"}


def test_a_digest_stays_whole() -> None:
    digest = "37b679161234567e57a"
    assert cleaned(digest=digest)["digest"] == digest
