"""The 56 ethnic groups of GB/T 3304, with or without 族."""

import tomllib
from functools import cache

import polars as pl

from config import content


@cache
def groups() -> frozenset[str]:
    """Every group's name as the standard writes it (汉族)."""
    with content.path("names.toml").open("rb") as file:
        return frozenset(tomllib.load(file)["ethnic"])


def full(values: pl.Series) -> pl.Series:
    """Which values are groups written in full."""
    return values.is_in(list(groups()))


def short(values: pl.Series) -> pl.Series:
    """Which values are groups without 族; 京, 土 and 水 are other things too, so the column's name must agree."""
    return values.is_in([name.removesuffix("族") for name in groups()])
