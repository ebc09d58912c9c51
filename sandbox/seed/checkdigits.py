"""Check digits of Russian company numbers and of SIM cards."""

INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)


def inn(first_nine: str) -> str:
    """Taxpayer number of a legal entity: nine digits and their check digit."""
    total = sum(weight * int(digit) for weight, digit in zip(INN_WEIGHTS, first_nine, strict=True))
    return f"{first_nine}{total % 11 % 10}"


def ogrn(first_twelve: str) -> str:
    """State registration number: twelve digits and their check digit."""
    return f"{first_twelve}{int(first_twelve) % 11 % 10}"


def luhn(digits: str) -> str:
    """The digits followed by their Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"
