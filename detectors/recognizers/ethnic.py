"""The 56 ethnic groups of GB/T 3304, with or without 族."""

import tomllib
from functools import cache

from config import content


@cache
def groups() -> frozenset[str]:
    """Every group's name as the standard writes it (汉族)."""
    with content.path("names.toml").open("rb") as file:
        return frozenset(tomllib.load(file)["ethnic"])


@cache
def _short() -> frozenset[str]:
    return frozenset(name.removesuffix("族") for name in groups())


def full(value: str) -> bool:
    """Whether a value is a group written in full."""
    return value in groups()


def short(value: str) -> bool:
    """Whether a value is a group without 族; 京, 土 and 水 are other things too, so the column's name must agree."""
    return value in _short()
