"""What a column may hold, read from the two files of kinds: those with a type, and those that only look like one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value with its truth and what dirt it may carry."""

    name: str
    truth: str | None
    make: tuple[str, ...]
    mixed: tuple[str, ...]
    alone: bool
    also: frozenset[str | None]
    also_unnamed: frozenset[str | None]
    mask: tuple[int, int] | None
    many: bool
    figure: bool
    check: bool
    lower: bool
    prefix: str
    unit: str


@dataclass(frozen=True, slots=True)
class Named:
    """A column of a family: its kind and its names."""

    kind: Kind
    full: str
    short: str
    pinyin: str
    initials: str
    english: str


@dataclass(frozen=True, slots=True)
class Family:
    """A table some system holds."""

    name: str
    columns: tuple[Named, ...]
    young: bool


def _answers(said: list[str]) -> frozenset[str | None]:
    return frozenset(None if one == "none" else one for one in said)


def _mask(said: str) -> tuple[int, int] | None:
    ends = [int(one) for one in said.split("-") if one]
    return (ends[0], ends[1]) if ends else None


def _templates(said: str | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _kind(name: str, said: Mapping[str, Any]) -> Kind:
    return Kind(
        name=name,
        truth=said.get("truth"),
        make=_templates(said["make"]),
        mixed=_templates(said.get("mixed", [])),
        alone=said.get("alone", False),
        also=_answers(said.get("also", [])),
        also_unnamed=_answers(said.get("also_unnamed", [])),
        mask=_mask(said.get("mask", "")),
        many=said.get("many", False),
        figure=said.get("figure", False),
        check=said.get("check", False),
        lower=said.get("lower", False),
        prefix=said.get("prefix", ""),
        unit=said.get("unit", ""),
    )


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by name."""
    read = [tomllib.loads((_HERE / f"kinds_{one}.toml").read_text()) for one in ("sensitive", "plain")]
    return {name: _kind(name, said) for file in read for name, said in file.items()}


@cache
def families() -> tuple[Family, ...]:
    """All families in the order they are written in."""
    read = tomllib.loads((_HERE / "families.toml").read_text())["family"]
    return tuple(
        Family(
            name=one["name"],
            columns=tuple(Named(kinds()[column[0]], *column[1:]) for column in one["columns"]),
            young=one.get("young", False),
        )
        for one in read
    )
