"""Numbers whose last or middle place checks the others, made from chance."""

from random import Random

from detectors.discovery.evaluation.strangers.row import Row

_RESIDENT = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_VIN = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CARDS = {"622202": 19, "621700": 19, "622848": 19, "621226": 19, "621483": 16, "622588": 16}


def digits(chance: Random, count: int) -> str:
    """So many decimal digits."""
    return "".join(chance.choice("0123456789") for _ in range(count))


def resident(row: Row, county: str | None = None) -> str:
    """The row's person's number of identity, 18 places, under that person's county or another."""
    body = f"{county or row.county}{row.born:%Y%m%d}{row.serial:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _RESIDENT, strict=True)) % 11]


def credit(row: Row) -> str:
    """A unified social credit code, 18 places."""
    body = "91" + row.home + "".join(row.chance.choice(_CREDIT) for _ in range(9))
    total = sum(_CREDIT.index(place) * weight for place, weight in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + _CREDIT[-total % 31]


def organisation(row: Row) -> str:
    """An organisation code, eight places and its check without a dash."""
    body = row.chance.choice("0123456789MK7") + digits(row.chance, 7)
    left = 11 - sum(int(place, 36) * weight for place, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return body + {10: "X", 11: "0"}.get(left, str(left))


def business(row: Row) -> str:
    """A business registration, 15 digits with the check of MOD 11,10."""
    body = row.home + digits(row.chance, 8)
    left = 10
    for digit in body:
        left = ((left + int(digit)) % 10 or 10) * 2 % 11
    return body + str((11 - left) % 10)


def luhn(body: str) -> str:
    """``body`` with the digit that makes it right by Luhn."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def card(row: Row) -> str:
    """A bank card of 16 or 19 digits."""
    bin_, length = row.chance.choice(sorted(_CARDS.items()))
    return luhn(bin_ + digits(row.chance, length - 7))


def imei(row: Row) -> str:
    """The number of a mobile device, 15 digits."""
    return luhn(row.chance.choice(("86", "35")) + digits(row.chance, 12))


def vin(row: Row) -> str:
    """The number of a vehicle made in China, the ninth place checking it."""
    head = row.chance.choice(("LZZ", "LGA", "LZY", "LGB", "LFW", "LVB")) + "".join(
        row.chance.choice("1234567ABCDEF") for _ in range(5)
    )
    tail = row.chance.choice("GHJKLMNP") + row.chance.choice("ABCDEFX1") + digits(row.chance, 6)
    body = f"{head}0{tail}"
    left = sum((_VIN.get(place) or int(place)) * weight for place, weight in zip(body, _VIN_WEIGHTS, strict=True)) % 11
    return f"{head}{'X' if left == 10 else left}{tail}"


def imo(row: Row) -> str:
    """The number of a ship, seven digits."""
    body = row.chance.choice("789") + digits(row.chance, 5)
    return body + str(sum(int(digit) * weight for digit, weight in zip(body, range(7, 1, -1), strict=True)) % 10)


def container(row: Row) -> str:
    """The number of a box, four letters and seven digits."""
    body = row.chance.choice(("CSLU", "CBHU", "TGHU", "MSKU", "OOLU", "EGHU")) + digits(row.chance, 6)
    worth = [
        int(place) if place.isdigit() else (letter := ord(place) - 55) + (letter + (letter - 1) // 10 - 1) // 11
        for place in body
    ]
    return body + str(sum(each << place for place, each in enumerate(worth)) % 11 % 10)


def hong_kong(row: Row) -> str:
    """An identity card of Hong Kong with its check in brackets."""
    letter, body = row.chance.choice("ABCDEGKPRVYZ"), digits(row.chance, 6)
    worth = (36, ord(letter) - 55, *map(int, body))
    left = -sum(each * weight for each, weight in zip(worth, range(9, 1, -1), strict=True)) % 11
    return f"{letter}{body}({'A' if left == 10 else left})"


def taiwan(row: Row) -> str:
    """An identity number of Taiwan, a letter and nine digits."""
    letter = row.chance.choice("ABCDEFGHJKLMNPQRSTUVXYWZIO")
    head = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter) + 10
    body = ("2" if row.woman else "1") + digits(row.chance, 7)
    total = (
        head // 10
        + head % 10 * 9
        + sum(int(digit) * weight for digit, weight in zip(body, range(8, 0, -1), strict=True))
    )
    return f"{letter}{body}{-total % 10}"
