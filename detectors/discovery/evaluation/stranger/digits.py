"""Numbers with their check digits, worked out from the standards.

Sources: GB 11643 (identity), GB 32100 and GB 11714 (organisations), ISO/IEC 7812 (Luhn), ISO 3779 (vehicles),
ISO 6346 (containers), the IMO number scheme, and what is known of the identity cards of Hong Kong and Taiwan.
"""

from random import Random

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True))
_TAIWAN = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def digits(r: Random, count: int) -> str:
    """Return ``count`` digits."""
    return "".join(r.choices("0123456789", k=count))


def identity(seventeen: str) -> str:
    """Complete an identity number."""
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    return seventeen + "10X98765432"[sum(int(one) * w for one, w in zip(seventeen, weights, strict=True)) % 11]


def luhn(head: str) -> str:
    """Complete a card or device number."""
    doubled = [int(one) * (2 - place % 2) for place, one in enumerate(reversed(head))]
    return head + str(-sum(one - 9 * (one > 9) for one in doubled) % 10)


def credit_code(r: Random, area: str) -> str:
    """Draw a unified social credit code of a firm."""
    eight = "MA" + r.choice("456789") + "".join(r.choices(_USCC, k=5))
    body = "91" + area + eight + _organisation_check(eight)
    total = sum(_USCC.index(one) * 3**place for place, one in enumerate(body))
    return body + _USCC[-total % 31]


def organisation(r: Random, between: str) -> str:
    """Draw an organisation code."""
    body = r.choice("01234567D") + digits(r, 7)
    return body + between + _organisation_check(body)


def _organisation_check(body: str) -> str:
    total = sum(int(one, 36) * w for one, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X"[-total % 11]


def vehicle(r: Random) -> str:
    """Draw a vehicle identification number of a Chinese maker."""
    body = "L" + "".join(r.choices(_VIN, k=7)) + "0" + "".join(r.choices(_VIN, k=3)) + digits(r, 5)
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(int(_VIN_VALUES.get(one, one)) * w for one, w in zip(body, weights, strict=True))
    return body[:8] + "0123456789X"[total % 11] + body[9:]


def container(r: Random) -> str:
    """Draw a container's number."""
    body = "".join(r.choices(LETTERS, k=3)) + "U" + digits(r, 6)
    values = dict(zip(LETTERS, [value for value in range(10, 39) if value % 11], strict=True))
    total = sum(int(values.get(one, one)) * 2**place for place, one in enumerate(body))
    return body + str(total % 11 % 10)


def ship(r: Random) -> str:
    """Draw a ship's IMO number."""
    body = r.choice("789") + digits(r, 5)
    return body + str(sum(int(one) * w for one, w in zip(body, range(7, 1, -1), strict=True)) % 10)


def hongkong(r: Random) -> str:
    """Draw the number of a Hong Kong identity card."""
    body = r.choice(LETTERS) + digits(r, 6)
    values = [36, LETTERS.index(body[0]) + 10, *map(int, body[1:])]
    return f"{body}({'0123456789A'[-sum(v * w for v, w in zip(values, range(9, 1, -1), strict=True)) % 11]})"


def taiwan(r: Random) -> str:
    """Draw the number of a Taiwanese identity card."""
    body = r.choice(LETTERS) + r.choice("12") + digits(r, 7)
    tens, ones = divmod(_TAIWAN[body[0]], 10)
    total = tens + 9 * ones + sum(int(one) * w for one, w in zip(body[1:], range(8, 0, -1), strict=True))
    return body + str(-total % 10)


def barcode(r: Random) -> str:
    """Draw an EAN-13 of a Chinese article."""
    body = "69" + digits(r, 10)
    return body + str(-sum(int(one) * (1 + 2 * (place % 2)) for place, one in enumerate(body)) % 10)
