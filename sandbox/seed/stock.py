"""What the operator has in stock: spare SIM cards of each customer, and numbers that nobody has."""

from collections.abc import Iterator
from itertools import islice
from random import Random

from psycopg import Connection
from psycopg_pool import ConnectionPool

from sandbox.ids import FIRST_IN_STOCK
from sandbox.numbers import FINE, GOLDEN, ORDINARY, number_class
from sandbox.seed.numbers import BLOCK, BLOCKS, CODES, iccid, imsi, msisdn, place_of

SEED_LOCK = 0x5A4DB1
FEWEST_CARDS, MOST_CARDS, LINES_PER_CARD = 10, 500, 50
POOL = {ORDINARY: 1_800, FINE: 180, GOLDEN: 20}
# Lines take numbers from the first place on; the pool takes them from the last quarter.
FIRST_PLACE = BLOCKS * BLOCK * 3 // 4

WITHOUT_CARDS = """
SELECT o.id, (SELECT count(*) FROM product p WHERE p.organization_id = o.id) FROM organization o
 WHERE NOT EXISTS (SELECT 1 FROM sim_card s WHERE s.organization_id = o.id) ORDER BY o.id
"""


def stock_up(pool: ConnectionPool) -> None:
    """Give what was seeded before there was a stock its spare cards and its numbers."""
    with pool.connection() as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (SEED_LOCK,))
        for organization, lines in conn.execute(WITHOUT_CARDS).fetchall():
            add_cards(conn, organization, spare_cards(lines))
        fill_pool(conn)


def spare_cards(lines: int) -> int:
    """How many spare cards a customer of that many lines has."""
    return min(max(FEWEST_CARDS, lines // LINES_PER_CARD), MOST_CARDS)


def add_cards(conn: Connection, organization: int, count: int) -> list[str]:
    """Spare cards for a customer; returns their ICCIDs."""
    row = conn.execute("SELECT max(id) FROM sim_card WHERE id >= %s", (FIRST_IN_STOCK,)).fetchone()
    first = FIRST_IN_STOCK if row is None or row[0] is None else row[0] + 1
    cards = [(n, organization, iccid(n), imsi(n), "spare") for n in range(first, first + count)]
    with (
        conn.cursor() as cursor,
        cursor.copy("COPY sim_card (id, organization_id, iccid, imsi, state) FROM STDIN") as copy,
    ):
        for card in cards:
            copy.write_row(card)
    return [card[2] for card in cards]


def fill_pool(conn: Connection) -> None:
    """Numbers to choose from, unless there are any."""
    if conn.execute("SELECT 1 FROM phone_number WHERE id >= %s LIMIT 1", (FIRST_IN_STOCK,)).fetchone():
        return
    with (
        conn.cursor() as cursor,
        cursor.copy("COPY phone_number (id, msisdn, number_class, state) FROM STDIN") as copy,
    ):
        for n, number, kind in pool_numbers():
            copy.write_row((FIRST_IN_STOCK + n, number, kind, "free"))


def pool_numbers() -> list[tuple[int, str, str]]:
    """Place, number and class of all numbers of the pool, by place; the same each time."""
    classes = {
        n: kind
        for kind, tails in ((GOLDEN, _golden()), (FINE, _fine()))
        for n in islice(_places(kind, tails), POOL[kind])
    }
    plain = (n for n in range(FIRST_PLACE, BLOCKS * BLOCK, 7) if number_class(msisdn(n)) == ORDINARY)
    classes |= dict.fromkeys(islice(plain, POOL[ORDINARY]), ORDINARY)
    return [(n, msisdn(n), classes[n]) for n in sorted(classes)]


def _places(kind: str, tails: Iterator[str]) -> Iterator[int]:
    """Places of numbers that end so, as far as they belong to the pool."""
    rng = Random(kind)  # noqa: S311  data, not secrets
    for tail in tails:
        n = place_of(f"7{rng.choice(CODES)}{tail}")
        if n is not None and n >= FIRST_PLACE and number_class(msisdn(n)) == kind:
            yield n


def _golden() -> Iterator[str]:
    rng = Random("golden tails")  # noqa: S311
    while True:
        digit, start, three = rng.randrange(10), rng.randrange(100), rng.randrange(1_000)
        yield f"{start:02d}{str(digit) * 5}"
        yield f"{digit}{three:03d}{three:03d}"


def _fine() -> Iterator[str]:
    rng = Random("fine tails")  # noqa: S311
    while True:
        start, first, second = rng.randrange(10_000), rng.randrange(10), rng.randrange(10)
        yield f"{start:04d}{first}{first}{first}"
        yield f"{start % 1_000:03d}{first}{first}{second}{second}"
        yield f"{start % 1_000:03d}{first}{second}{first}{second}"
