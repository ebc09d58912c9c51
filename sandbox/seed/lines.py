"""The lines of a customer as rows of text for COPY."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from sandbox.seed.names import person
from sandbox.seed.numbers import iccid, imsi, msisdn
from sandbox.tariffs import TARIFFS

COLUMNS = [
    "id",
    "organization_id",
    "account_id",
    "tariff_id",
    "status",
    "msisdn",
    "iccid",
    "imsi",
    "employee_id",
    "employee_name",
    "block_reason",
    "spending_limit",
    "spent",
    "last_activity",
    "start_date",
    "last_update",
]
NULL = "\\N"

BLOCK_REASONS = ("voluntary", "voluntary", "voluntary", "lost", "company", "company")
LIMIT_AMOUNTS = (300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000)
SUSPENDED_SHARE = 0.06
LIMITED_SHARE = 0.15
NAMELESS_SHARE = 0.08
SECOND_LINE_SHARE = 0.05
IDLE_SHARE = 0.03


def line_rows(
    organization: int,
    accounts: Sequence[tuple[int, int]],
    ids: range,
    rng: Random,
    today: date,
    now: str,
) -> Iterator[str]:
    """One line of COPY text per line of the customer; accounts are (id, weight)."""
    days = [(today - timedelta(days=n)).isoformat() for n in range(2_600)]
    account_ids = [str(key) for key, weight in accounts for _ in range(weight)]
    tariffs = [tariff.id for tariff in TARIFFS for _ in range(tariff.share)]
    owner = str(organization)
    employee, name = NULL, NULL
    for n in ids:
        employee, name = _employee(n, employee, name, rng)
        is_suspended = rng.random() < SUSPENDED_SHARE
        fields = (
            str(n),
            owner,
            rng.choice(account_ids),
            rng.choice(tariffs),
            "suspended" if is_suspended else "active",
            msisdn(n),
            iccid(n),
            imsi(n),
            employee,
            name,
            rng.choice(BLOCK_REASONS) if is_suspended else NULL,
            _limit(rng),
            f"{rng.expovariate(1 / 450):.2f}",
            days[_idle_days(rng, is_suspended=is_suspended)],
            days[rng.randint(400, 2_599)],
            now,
        )
        yield "\t".join(fields) + "\n"


def _employee(n: int, last_employee: str, last_name: str, rng: Random) -> tuple[str, str]:
    draw = rng.random()
    if draw < NAMELESS_SHARE:
        return NULL, NULL
    if draw < NAMELESS_SHARE + SECOND_LINE_SHARE and last_employee != NULL:
        return last_employee, last_name
    return str(n), person(rng)


def _limit(rng: Random) -> str:
    if rng.random() >= LIMITED_SHARE:
        return NULL
    amount, is_daily = rng.choice(LIMIT_AMOUNTS), rng.random() < 0.1
    period, warn = ("day", 90) if is_daily else ("month", 80)
    return f'{{"amount":"{amount}.00","unit":"RUB","period":"{period}","warnAt":{warn}}}'


def _idle_days(rng: Random, *, is_suspended: bool) -> int:
    if rng.random() < (0.3 if is_suspended else IDLE_SHARE):
        return rng.randint(184, 380)
    return min(rng.randint(0, 40), rng.randint(0, 183))
