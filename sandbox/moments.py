"""Moments as texts, in answers and in queries."""

from datetime import UTC, datetime


def iso(moment: datetime | None) -> str | None:
    """A moment in UTC, with microseconds and a Z that survives an unescaped query string."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def find_moment(text: str) -> datetime | None:
    """The moment in an ISO text; a plus sign that became a blank in a query string is put back."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
