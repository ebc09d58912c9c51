"""Made-up data is well-formed, unique and the same again."""

from collections import Counter
from datetime import date
from random import Random

import phonenumbers
import pytest
from stdnum import imsi as stdnum_imsi
from stdnum import luhn as stdnum_luhn
from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

from sandbox.ids import FIRST_IN_STOCK
from sandbox.numbers import number_class
from sandbox.seed.lines import COLUMNS, line_rows
from sandbox.seed.names import company, person, trading_name
from sandbox.seed.numbers import BLOCK, BLOCKS, CODES, iccid, imsi, msisdn, place_of
from sandbox.seed.plan import make_plan
from sandbox.seed.stock import FIRST_PLACE, POOL, pool_numbers, spare_cards
from sandbox.tariffs import SELLABLE, TARIFFS

TODAY = date(2026, 11, 22)


def rows(count: int, seed: str = "1", first: int = 1) -> list[dict[str, str]]:
    ids = range(first, first + count)
    lines = line_rows(7, [(1, 4), (2, 1)], ids, Random(seed), TODAY, "2026-11-22T00:00:00+00:00")
    return [dict(zip(COLUMNS, row.rstrip("\n").split("\t"), strict=True)) for row in lines]


@pytest.mark.parametrize("seed", range(50))
def test_company_numbers_have_right_check_digits(seed: int) -> None:
    plan = make_plan("ООО «Проба»", 1_000, Random(seed), TODAY)
    assert stdnum_inn.is_valid(plan.inn)
    assert len(plan.inn) == 10
    assert stdnum_ogrn.is_valid(plan.ogrn)
    assert len(plan.ogrn) == 13
    assert len(plan.kpp) == 9
    assert plan.kpp[:4] == plan.inn[:4]


def test_every_mobile_code_is_valid() -> None:
    for place in range(len(CODES)):
        for n in (0, 1, 55, 99):
            block = BLOCKS // len(CODES) * place
            number = phonenumbers.parse(f"+7{CODES[place]}{block % 10_000:05d}{n:02d}")
            assert phonenumbers.is_valid_number(number)


def test_numbers_and_cards_of_many_lines() -> None:
    places = [*range(1, 3_000), 10**6, 5 * 10**6, BLOCKS * BLOCK - 1]
    numbers = [msisdn(n) for n in places]
    assert len(set(numbers)) == len(numbers)
    for number in numbers[::13]:
        parsed = phonenumbers.parse(f"+{number}")
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    cards = [iccid(n) for n in places]
    assert len(set(cards)) == len(cards)
    for card in cards[::13]:
        assert stdnum_luhn.is_valid(card)
        assert len(card) == 19
        assert card.startswith("89701")
    assert all(stdnum_imsi.is_valid(imsi(n)) and imsi(n).startswith("250") for n in places[::13])


def test_blocks_of_numbers_never_meet() -> None:
    assert len({msisdn(n) for n in range(0, BLOCKS * BLOCK, 997)}) == len(range(0, BLOCKS * BLOCK, 997))


def test_lines_are_the_same_for_the_same_seed() -> None:
    assert rows(200) == rows(200)
    assert rows(200) != rows(200, "2")


def test_shares_of_special_lines() -> None:
    lines = rows(20_000)
    idle = [(TODAY - date.fromisoformat(row["last_activity"])).days > 183 for row in lines]
    part = {
        "suspended": [row["status"] == "suspended" for row in lines].count(True) / len(lines),
        "limited": [row["spending_limit"] != "\\N" for row in lines].count(True) / len(lines),
        "nameless": [row["employee_name"] == "\\N" for row in lines].count(True) / len(lines),
        "idle": idle.count(True) / len(lines),
    }
    assert 0.05 < part["suspended"] < 0.07
    assert 0.13 < part["limited"] < 0.17
    assert 0.07 < part["nameless"] < 0.10
    assert 0.02 < part["idle"] < 0.08
    assert all((row["status"] == "suspended") == (row["block_reason"] != "\\N") for row in lines)
    assert {row["tariff_id"] for row in lines} == {tariff.id for tariff in TARIFFS}


def test_accounts_of_a_small_company() -> None:
    plan = make_plan("ООО «Кедр Сервис»", 25, Random(1), TODAY)
    assert [account.payment_status for account in plan.accounts] == ["paid", "inArrears"]
    assert all((account.balance < 0) == (account.payment_status == "inArrears") for account in plan.accounts)


def test_tariffs() -> None:
    assert len(TARIFFS) == 8
    assert len(SELLABLE) == 7
    assert sum(tariff.share for tariff in TARIFFS) == 100


def test_names_are_whole() -> None:
    rng = Random(5)
    for _ in range(200):
        words = person(rng).split()
        assert len(words) == 3
        assert words[2].endswith(("ич", "на"))
        assert words[2].endswith("на") == words[0].endswith("а")
    assert trading_name("АО «Тест»") == "Тест"
    assert f"«{trading_name(company(Random(5)))}»" in company(Random(5))
    assert trading_name("Без кавычек") == "Без кавычек"


def test_the_pool_never_meets_a_line() -> None:
    pool = pool_numbers()
    assert pool == pool_numbers()
    assert Counter(kind for _, _, kind in pool) == POOL
    assert len({number for _, number, _ in pool}) == len(pool) == 2_000
    for n, number, kind in pool:
        assert FIRST_PLACE <= n == place_of(number)
        assert number_class(number) == kind
        assert phonenumbers.is_valid_number(phonenumbers.parse(f"+{number}"))


def test_places_of_numbers() -> None:
    places = [0, 1, 99, 100, 12_345_678, BLOCKS * BLOCK - 1]
    assert [place_of(msisdn(n)) for n in places] == places
    assert place_of("79300000000") is None


def test_spare_cards() -> None:
    assert [spare_cards(lines) for lines in (0, 25, 1_000, 20_000, 10**6)] == [10, 10, 20, 400, 500]
    numbers = [*range(1, 2_000), *range(FIRST_IN_STOCK, FIRST_IN_STOCK + 2_000)]
    for make, check in ((iccid, stdnum_luhn), (imsi, stdnum_imsi)):
        made = [make(n) for n in numbers]
        assert len(set(made)) == len(made)
        assert all(check.is_valid(value) for value in made[::17])
