"""How a cell is written: ``{this|that}`` chooses, ``<token>`` stands for something made for the row."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise

from detectors.discovery.evaluation.fourth import checks
from detectors.discovery.evaluation.strangers.row import Row

_CHOICE = re.compile(r"\{([^{}]*)\}")
_TOKEN = re.compile(r"<([^<>]+)>")
_SIZED = re.compile(r"([hHAXxlb])(\d+)")
_DIGITS = re.compile(r"([dDn])(\d+)")
_WHOLE = re.compile(r"i(\d+)-(\d+)")
_BROKEN = re.compile(r"f(-?\d+)-(\d+)\.(\d)")

_DIGIT, _UPPER, _LOWER = "0123456789", "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_ALPHABETS = {
    "h": _DIGIT + "abcdef",
    "H": _DIGIT + "ABCDEF",
    "A": _UPPER,
    "X": _DIGIT + _UPPER,
    "x": _DIGIT + _UPPER + _LOWER,
    "l": _DIGIT + _LOWER,
    "b": _DIGIT + _UPPER + "IO" + _LOWER,
}
_CITIES = "AAAABBBCDEFGHJKLMNPQRSTUVWY"


def _mobile(row: Row) -> str:
    return row.word("segments") + checks.digits(row.chance, 8)


def _number_plate(row: Row, between: str = "") -> str:
    start = (
        "粤" + row.chance.choice(_CITIES)
        if row.chance.random() < 0.8
        else row.chance.choice(("桂A", "湘L", "闽D", "赣B", "豫N"))
    )
    tail = "".join(row.chance.choice(_ALPHABETS["X"] if place < 2 else _DIGIT) for place in range(5))
    return start + between + tail


def _electric(row: Row) -> str:
    start, body = "粤" + row.chance.choice(_CITIES), checks.digits(row.chance, 5)
    return f"{start}D{body}" if row.chance.random() < 0.7 else f"{start}{body}{row.chance.choice('DF')}"


def _grouped(text: str, *sizes: int, by: str) -> str:
    ends = [sum(sizes[:place]) for place in range(len(sizes) + 1)]
    return by.join(text[start:end] for start, end in pairwise(ends) if text[start:end])


def _name(row: Row) -> str:
    return row.word("surnames") + row.word("given")


def _degrees(row: Row, low: float, high: float) -> str:
    return f"{row.chance.uniform(low, high):.6f}"


def _days_ago(row: Row, form: str) -> str:
    """A moment of the column's own, up to 400 days after the row's: two dates of a row differ."""
    return (row.at + timedelta(seconds=row.chance.randrange(400 * 86400))).strftime(form)


def _epoch(row: Row) -> int:
    return int(row.at.timestamp()) + row.chance.randrange(86400)


_TOKENS: Mapping[str, Callable[[Row], str]] = {
    "empty": lambda _: "",
    "n": lambda row: str(row.index + 1),
    "name": _name,
    "py": lambda row: row.word("pinyin"),
    "PY": lambda row: row.word("pinyin").upper(),
    "mobile": _mobile,
    "mobile3-4-4": lambda row: _grouped(_mobile(row), 3, 4, 4, by=row.chance.choice(" -")),
    "plate": _number_plate,
    "plate·": lambda row: _number_plate(row, "·"),
    "plate ": lambda row: _number_plate(row, " "),
    "plate-": lambda row: _number_plate(row, "-"),
    "platenev": _electric,
    "trailer": lambda row: _number_plate(row)[:2] + checks.digits(row.chance, 4) + "挂",
    "route": lambda row: row.word("routes"),
    "rid": checks.resident,
    "rid8": lambda row: checks.resident(row, row.chance.choice(("810000", "820000", "830000"))),
    "rid9": lambda row: checks.resident(row, f"911{row.serial:03d}"),
    "rid15": lambda row: f"{row.county}{row.born:%y%m%d}{row.serial:03d}",
    "county": lambda row: row.county,
    "gdcounty": lambda row: row.home,
    "hkid": checks.hong_kong,
    "twid": checks.taiwan,
    "uscc": checks.credit,
    "org": checks.organisation,
    "org-": lambda row: _grouped(checks.organisation(row), 8, 1, by="-"),
    "bizreg": checks.business,
    "card": checks.card,
    "card4": lambda row: _grouped(checks.card(row), 4, 4, 4, 4, 3, by=" "),
    "imei": checks.imei,
    "vin": checks.vin,
    "imo": checks.imo,
    "container": checks.container,
    "lon": lambda row: _degrees(row, 110.2, 116.8),
    "lat": lambda row: _degrees(row, 21.4, 24.9),
    "lon6": lambda row: _degrees(row, 112.9, 114.2).replace(".", ""),
    "lat6": lambda row: _degrees(row, 22.6, 23.5).replace(".", ""),
    "vector": lambda row: "[" + ",".join(f"{row.chance.gauss(0, 0.09):.4f}" for _ in range(128)) + "]",
    "ymd": lambda row: row.at.strftime("%Y%m%d"),
    "ym": lambda row: row.at.strftime("%Y%m"),
    "ymdhms": lambda row: row.at.strftime("%Y%m%d%H%M%S"),
    "s": lambda row: str(_epoch(row)),
    "ms": lambda row: f"{_epoch(row)}{row.chance.randrange(1000):03d}",
}


def written(writing: str, row: Row) -> str:
    """A cell of the row in that writing.

    Raises:
        ValueError: a token is unknown.
    """
    while _CHOICE.search(writing):
        writing = _CHOICE.sub(lambda found: row.chance.choice(found[1].split("|")), writing)
    return _TOKEN.sub(lambda found: _token(found[1], row), writing)


def _token(name: str, row: Row) -> str:
    if name in _TOKENS:
        return _TOKENS[name](row)
    if name.startswith("w:"):
        return row.word(name[2:])
    if name.startswith("born-"):
        return row.born.strftime(name[5:])
    if name.startswith("at-"):
        return _days_ago(row, name[3:])
    return _sized(name, row)


def _sized(name: str, row: Row) -> str:
    if found := _SIZED.fullmatch(name):
        return "".join(row.chance.choice(_ALPHABETS[found[1]]) for _ in range(int(found[2])))
    if found := _DIGITS.fullmatch(name):
        return _digits(found[1], int(found[2]), row)
    if found := _WHOLE.fullmatch(name):
        return str(row.chance.randint(int(found[1]), int(found[2])))
    if found := _BROKEN.fullmatch(name):
        return f"{row.chance.uniform(int(found[1]), int(found[2])):.{found[3]}f}"
    raise ValueError(f"no token {name!r}")


def _digits(kind: str, count: int, row: Row) -> str:
    if kind == "n":
        return f"{row.index + 1:0{count}d}"
    return (row.chance.choice("123456789") if kind == "D" else row.chance.choice(_DIGIT)) + checks.digits(
        row.chance, count - 1
    )
