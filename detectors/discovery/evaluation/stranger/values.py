"""Values by their forms.

A form is text with placeholders ``{name}`` or ``{name:argument}``: ``d`` digits, ``D`` digits without a leading 0,
``A`` / ``a`` / ``k`` / ``K`` / ``B`` letters (capital, small, with digits, both with digits, base 64), ``h`` / ``H``
hexadecimal, each with a count; ``n:low-high`` a whole number; ``f:low-high-places`` a decimal; ``t`` / ``b`` an
instant of the last years / of birth by its strftime form; ``p`` a word of a list; and the names of :data:`_MADE`.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from detectors.discovery.evaluation.stranger import digits

NONE = "none"  # how kinds.toml writes "no type" among the other right answers
_HERE = Path(__file__).parent
_PLACE = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_ALPHABETS = {
    "d": "0123456789",
    "A": digits.LETTERS,
    "a": digits.LETTERS.lower(),
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "k": digits.LETTERS.lower() + "0123456789",
    "K": digits.LETTERS + digits.LETTERS.lower() + "0123456789",
    "B": digits.LETTERS + digits.LETTERS.lower() + "0123456789+/",
}
_START = datetime(2016, 1, 1)  # noqa: DTZ001 - written into values without a zone, as tables do
_BORN = datetime(1958, 1, 1)  # noqa: DTZ001
_MOBILES = "130 131 132 135 136 137 138 139 147 150 151 152 157 158 159 166 173 177 180 182 185 186 188 189 191 198 199"
_EIGHT, _SEVEN = "020 0755 0757 0769 0760 010 021 0731", "0756 0752 0750 0759 0758 0763 0771"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column may hold: the right answers and the ways of writing it; ``rest`` are ways of a few values."""

    name: str
    truth: str | None
    also: frozenset[str | None]
    forms: tuple[str, ...]
    rest: tuple[str, ...]


def read(name: str) -> dict[str, Any]:
    """Read a file of this package."""
    return tomllib.loads((_HERE / name).read_text(encoding="utf-8"))


@cache
def words() -> dict[str, list[str]]:
    """Return the lists that forms pick from."""
    return {name: text.split(" ") for name, text in (read("lists.toml") | read("names.toml")).items()}


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its name."""
    return {
        name: Kind(
            name,
            one.get("truth"),
            frozenset(None if also == NONE else also for also in one.get("also", ())),
            tuple(one["forms"]),
            tuple(one.get("rest", ())),
        )
        for name, one in read("kinds.toml").items()
    }


def write(r: Random, form: str, row: int) -> str:
    """Write one value of a form; ``row`` is its number in the table."""
    text = form.replace("{{", "\0").replace("}}", "\1")
    made = _PLACE.sub(lambda found: _filled(r, found[1], found[2] or "", row), text)
    return made.replace("\0", "{").replace("\1", "}")


def _filled(r: Random, name: str, argument: str, row: int) -> str:
    if name in _ALPHABETS:
        return "".join(r.choices(_ALPHABETS[name], k=int(argument)))
    if name == "i":
        return str(row + 1)
    return _MADE[name](r, argument)


def _number(r: Random, argument: str) -> str:
    low, high = _bounds(argument)
    return str(r.randint(low, high))


def _decimal(r: Random, argument: str) -> str:
    bounds, _, places = argument.rpartition("-")
    low, high = _bounds(bounds)
    return f"{r.uniform(low, high):.{places}f}"


def _bounds(argument: str) -> tuple[int, int]:
    low, _, high = argument.rpartition("-")
    return int(low), int(high)


def moment(r: Random, form: str, start: datetime = _START, days: int = 3500) -> str:
    """Write an instant of the ``days`` after ``start``."""
    return (start + timedelta(days=r.randrange(days), seconds=r.randrange(86400))).strftime(form)


def _word(r: Random, name: str) -> str:
    return r.choice(words()[name])


def name(r: Random, _argument: str = "") -> str:
    """Write a Han Chinese name; commoner surnames come more often."""
    listed = words()["surnames"]
    surname = r.choice(listed[:20] if r.random() < 0.4 else listed)
    return surname + _word(r, "given")


def _identity(r: Random, area: str) -> str:
    return digits.identity((area or _word(r, "area")) + moment(r, "%Y%m%d", _BORN, 17500) + digits.digits(r, 3))


def _luhn(r: Random, argument: str) -> str:
    head, length = argument.split(",")
    return digits.luhn(head + digits.digits(r, int(length) - len(head) - 1))


def _plate(r: Random, between: str) -> str:
    tail = "".join(r.choices("ABCDEFGHJKLMNPQRSTUVWXYZ", k=r.choice((0, 1, 1, 2)))) + digits.digits(r, 5)
    province = "粤" if r.random() < 0.8 else r.choice("湘桂赣闽琼鄂浙苏豫川")
    return f"{province}{r.choice('ABCDEFGHJKLMNPQRSTUVWX')}{between}{tail[:5]}"


def _green_plate(r: Random, _argument: str) -> str:
    body = r.choice("DF") + digits.digits(r, 5) if r.random() < 0.8 else digits.digits(r, 5) + r.choice("DF")
    return f"粤{r.choice('ABCDEFGHJKLMNPQRSTUVWX')}{body}"


def _landline(r: Random, _argument: str) -> str:
    listed, length = r.choice(((_EIGHT, 8), (_SEVEN, 7)))
    return f"{r.choice(listed.split())}{r.choice(('-', '-', ''))}{r.choice('2345678')}{digits.digits(r, length - 1)}"


def _email(r: Random, _argument: str) -> str:
    return f"{_word(r, 'pinyin')}{r.choice(('', '.', '_'))}{r.randint(1, 999)}@{_word(r, 'mailhosts')}"


def _address(r: Random, _argument: str) -> str:
    tail = r.choice(("", "", f"{r.randint(1, 30)}栋", f"{r.randint(1, 12)}楼{r.randint(101, 1208)}室", "之一"))
    return f"{_word(r, 'addrroad')}{r.randint(1, 999)}号{tail}"


_MADE: dict[str, Callable[[Random, str], str]] = {
    "D": lambda r, count: r.choice("123456789") + digits.digits(r, int(count) - 1),
    "n": _number,
    "f": _decimal,
    "t": moment,
    "b": lambda r, form: moment(r, form, _BORN, 17500),
    "p": _word,
    "epoch": lambda r, _: str(r.randint(1_460_000_000, 1_760_000_000)),
    "epochms": lambda r, _: str(r.randint(1_460_000_000_000, 1_760_000_000_000)),
    "uuid": lambda r, _: str(UUID(int=r.getrandbits(128), version=4)),
    "name": name,
    "minority": lambda r, _: _word(r, "minority"),
    "foreign": lambda r, _: _word(r, "foreign"),
    "latin": lambda r, _: _word(r, "latin"),
    "mobile": lambda r, _: r.choice(_MOBILES.split()) + digits.digits(r, 8),
    "landline": _landline,
    "email": _email,
    "addr": _address,
    "rid": _identity,
    "uscc": lambda r, _: digits.credit_code(r, _word(r, "area")),
    "org": digits.organisation,
    "luhn": _luhn,
    "plate": _plate,
    "nev": _green_plate,
    "vin": lambda r, _: digits.vehicle(r),
    "imo": lambda r, _: digits.ship(r),
    "container": lambda r, _: digits.container(r),
    "hkid": lambda r, _: digits.hongkong(r),
    "twid": lambda r, _: digits.taiwan(r),
    "ean": lambda r, _: digits.barcode(r),
}
