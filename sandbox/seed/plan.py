"""A customer with its contracts and billing accounts, before any line."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sandbox.seed.checkdigits import inn, ogrn

TAX_OFFICES = ("7701", "7704", "7710", "7802", "7813", "5032", "6658", "5406", "1655", "6316", "2310", "5902")


@dataclass(frozen=True, slots=True)
class Account:
    """A billing account; money in roubles, `weight` is its part of the lines, `delivery` where its invoices go."""

    contract: int
    name: str
    account_type: str
    payment_status: str
    balance: Decimal
    credit_limit: Decimal
    opened_on: date
    weight: int
    delivery: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a customer but its lines; contracts are (number, signed on)."""

    name: str
    lines: int
    inn: str
    kpp: str
    ogrn: str
    contracts: tuple[tuple[str, date], ...]
    accounts: tuple[Account, ...]


def make_plan(name: str, lines: int, rng: Random, today: date) -> Plan:
    """Draw a customer of the given size."""
    office = rng.choice(TAX_OFFICES)
    year = rng.randint(3, 23)
    contracts = tuple(_contract(rng, today) for _ in range(1 + (lines >= 500) + (lines >= 10_000)))
    count = min(1 + (lines >= 20) + lines // 300, 60)
    accounts = tuple(_account(rng, contracts, place, count) for place in range(count))
    return Plan(
        name=name,
        lines=lines,
        inn=inn(f"{office}{rng.randint(10_000, 99_999)}"),
        kpp=f"{office}01001",
        ogrn=ogrn(f"1{year:02d}{office[:2]}{rng.randint(0, 9_999_999):07d}"),
        contracts=contracts,
        accounts=accounts,
    )


def _contract(rng: Random, today: date) -> tuple[str, date]:
    signed = today - timedelta(days=rng.randint(900, 3_600))
    return f"КД-{rng.randint(10_000, 99_999)}/{signed.year % 100:02d}", signed


def _account(rng: Random, contracts: tuple[tuple[str, date], ...], place: int, count: int) -> Account:
    # The first account is always in good order; of several, the last is always in arrears.
    is_in_arrears = place > 0 and (place == count - 1 or rng.random() < 0.07)
    is_credit = is_in_arrears or rng.random() < 0.6
    amount = Decimal(rng.randint(100_000, 20_000_000)) / 100
    contract = place % len(contracts)
    name = f"{rng.randint(2_000_000_000, 8_999_999_999):010d}"
    return Account(
        contract=contract,
        name=name,
        account_type="credit" if is_credit else "advance",
        payment_status="inArrears" if is_in_arrears else "paid",
        balance=-amount if is_in_arrears else amount,
        credit_limit=Decimal(rng.choice((50_000, 100_000, 300_000, 1_000_000)) if is_credit else 0),
        opened_on=contracts[contract][1] + timedelta(days=rng.randint(0, 200)),
        weight=1 if is_in_arrears else 4,
        delivery=_delivery(place, name),
    )


def _delivery(place: int, name: str) -> dict[str, str] | None:
    """Channel and address by turns; every fourth account has none yet."""
    ways = (
        {"channel": "email", "address": f"invoices-{name}@example.com"},
        {"channel": "edo", "address": f"2BM-{name}"},
        {"channel": "paper", "address": f"101000, Москва, а/я {name[-3:]}"},
        None,
    )
    return ways[place % len(ways)]
