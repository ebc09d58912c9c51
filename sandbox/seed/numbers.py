"""Numbers and SIM cards of the n-th line: unique for every n, whatever was seeded before."""

from sandbox.seed.checkdigits import luhn

# Mobile codes of one nationwide operator. 930 is left out: not all of it is given to mobile operators.
CODES = tuple(range(910, 920)) + tuple(range(980, 990))
BLOCK = 100
BLOCKS = len(CODES) * 10_000_000 // BLOCK
# Coprime with the number of blocks, so that blocks are scattered and none comes twice.
STEP = 1_299_709
START = 71_337

# ITU-T E.118: 89 for telecommunications, 7 for Russia, 01 for the issuer; 19 digits with the check digit
# is the longest the recommendation allows (20 digits are the card's own storage, padded).
ICCID_PREFIX = "89701"
IMSI_PREFIX = "25001"


def msisdn(n: int) -> str:
    """Eleven digits starting with 79; neighbours share a block of a hundred, as companies buy them."""
    block, place = divmod(n, BLOCK)
    number = (block * STEP + START) % BLOCKS * BLOCK + place
    code, subscriber = divmod(number, 10_000_000)
    return f"7{CODES[code]}{subscriber:07d}"


def iccid(n: int) -> str:
    """Nineteen digits, the last one by Luhn."""
    return luhn(f"{ICCID_PREFIX}{(n * 7_919 + 20_260_101) % 10**13:013d}")


def imsi(n: int) -> str:
    """Fifteen digits of the operator's own network."""
    return f"{IMSI_PREFIX}{(n * 6_367 + 1_000_003) % 10**10:010d}"


def place_of(number: str) -> int | None:
    """The n that has this number; None where it is not one of the operator's."""
    code, subscriber = int(number[1:4]), int(number[4:])
    if code not in CODES:
        return None
    block, place = divmod(CODES.index(code) * 10_000_000 + subscriber, BLOCK)
    return (block - START) * pow(STEP, -1, BLOCKS) % BLOCKS * BLOCK + place
