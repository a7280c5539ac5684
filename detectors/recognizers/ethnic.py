"""The 56 ethnic groups of GB/T 3304, with or without 族, and its numbers for them."""

import re
import tomllib
from functools import cache

from config import content

#: the standard's numbers, and those for what is not told apart (97) and foreigners who became Chinese (98)
_CODE = re.compile(r"0?[1-9]|[1-4]\d|5[0-6]|9[78]")
_HAN_CODES = frozenset({"1", "01"})
#: a number before a name, as some exports write both: ``01-汉族``, ``1 汉族``
_NUMBERED = re.compile(r"\d{1,2}\s*[-_|:、. ]?\s*")


@cache
def groups() -> frozenset[str]:
    """Every group's name as the standard writes it (汉族)."""
    with content.path("names.toml").open("rb") as file:
        return frozenset(tomllib.load(file)["ethnic"])


@cache
def _short() -> frozenset[str]:
    return frozenset(name.removesuffix("族") for name in groups())


def full(value: str) -> bool:
    """Whether a value is a group written in full, with its number before it or without."""
    return value in groups() or _NUMBERED.sub("", value, count=1) in groups()


def coded(value: str) -> bool:
    """Whether a value may be the standard's number of a group; so are many small numbers, so the column's name must agree."""
    return _CODE.fullmatch(value) is not None


def of_the_han(value: str) -> bool:
    """Whether a value is the number of the group that nine of ten people belong to."""
    return value in _HAN_CODES


def short_han(value: str) -> bool:
    """Whether a value is the short name of the group that nine of ten people belong to."""
    return value == "汉"


def short(value: str) -> bool:
    """Whether a value is a group without 族; 京, 土 and 水 are other things too, so the column's name must agree."""
    return value in _short()
