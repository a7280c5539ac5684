"""Places that check the others, by the formulas of the reference; each takes the number without its check."""

from itertools import pairwise

_VIN_WORTH = {**{str(digit): digit for digit in range(10)}}
_VIN_WORTH |= dict(zip("ABCDEFGH", range(1, 9), strict=True)) | dict(zip("JKLMN", range(1, 6), strict=True))
_VIN_WORTH |= {"P": 7, "R": 9} | dict(zip("STUVWXYZ", range(2, 10), strict=True))
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def resident(body: str) -> str:
    """17 digits with their check by MOD 11-2: doubling from the left is the weights' other face."""
    left = 0
    for digit in body:
        left = (left + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - left) % 11]


def credit(body: str) -> str:
    """17 places of a unified social credit code with the check of modulo 31."""
    total = sum(_USCC.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + _USCC[(31 - total % 31) % 31]


def organisation(body: str) -> str:
    """8 places of an organisation code with their check, no dash between."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return body + "0X987654321"[total % 11]


def business(body: str) -> str:
    """14 digits of a business registration with their check by MOD 11,10."""
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return body + str((11 - product) % 10)


def luhn(body: str) -> str:
    """Digits with the one that makes them right by Luhn."""
    doubled = [int(digit) * 2 for digit in body[::-1][::2]]
    total = sum(each - 9 if each > 9 else each for each in doubled) + sum(map(int, body[::-1][1::2]))
    return f"{body}{(10 - total % 10) % 10}"


def vehicle(body: str) -> str:
    """17 places of a VIN with the ninth, whatever it was, put right."""
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    left = sum(_VIN_WORTH[sign] * weight for sign, weight in zip(body, weights, strict=True)) % 11
    return body[:8] + "0123456789X"[left] + body[9:]


def ship(body: str) -> str:
    """6 digits of an IMO number and their check."""
    return f"{body}{sum(int(digit) * (7 - place) for place, digit in enumerate(body)) % 10}"


def container(body: str) -> str:
    """4 letters and 6 digits of a box and their check by ISO 6346."""
    worth = [number for number in range(10, 39) if number % 11]
    total = sum(
        (int(sign) if sign.isdigit() else worth[ord(sign) - ord("A")]) * 2**place for place, sign in enumerate(body)
    )
    return f"{body}{total % 11 % 10}"


def hong_kong(body: str) -> str:
    """A letter and 6 digits with their check in brackets."""
    total = 36 * 9 + sum(int(sign, 36) * (8 - place) for place, sign in enumerate(body))
    return f"{body}({'0123456789A'[-total % 11]})"


def taiwan(body: str) -> str:
    """A letter and 8 digits with their check."""
    head = _TAIWAN.index(body[0]) + 10
    signs = f"{head}{body[1:]}"
    total = sum(int(sign) * weight for sign, weight in zip(signs, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"{body}{-total % 10}"


def grouped(text: str, *ends: int, by: str) -> str:
    """``text`` cut at ``ends`` and joined by something."""
    return by.join(text[start:end] for start, end in pairwise((0, *ends, len(text))) if start < len(text))
