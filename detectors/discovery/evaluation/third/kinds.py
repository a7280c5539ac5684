"""What columns hold and are called, read from ``sensitive.toml``, ``lookalikes.toml`` and ``families.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from detectors.discovery.evaluation.second.kinds import Kind

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Name:
    """What a column is called: in Chinese, in pinyin by syllables, in English by words."""

    chinese: str
    syllables: tuple[str, ...]
    english: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A family's place for a column: its kind, the names to choose one from, and whether its cells are written in several ways."""

    kind: Kind
    names: tuple[Name, ...]
    varied: bool


@dataclass(frozen=True, slots=True)
class Family:
    """A table that some system keeps."""

    name: str
    places: tuple[Place, ...]
    pupils: bool


def _name(said: str) -> Name:
    chinese, syllables, english = said.split("/")
    return Name(chinese, tuple(syllables.split()), tuple(english.split()))


def _answers(said: str) -> frozenset[str | None]:
    return frozenset(None if one == "none" else one for one in said.split())


def _kind(name: str, said: Mapping[str, Any]) -> Kind:
    flags = said.get("flags", "").split()
    ends = [int(one) for one in said["mask"].split("-")] if "mask" in said else None
    return Kind(
        name=name,
        truth=said.get("truth"),
        make=tuple(said["make"]),
        mixed=tuple(said.get("mixed", ())),
        alone="alone" in flags,
        also=_answers(said.get("also", "")),
        also_unnamed=_answers(said.get("also_unnamed", "")),
        mask=(ends[0], ends[1]) if ends else None,
        many="many" in flags,
        figure="figure" in flags,
        check="check" in flags,
        lower="lower" in flags,
        prefix=said.get("prefix", ""),
        unit=said.get("unit", ""),
    )


def _said() -> dict[str, Any]:
    read = [tomllib.loads((_HERE / f"{one}.toml").read_text()) for one in ("sensitive", "lookalikes")]
    return {name: said for file in read for name, said in file.items()}


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by name."""
    return {name: _kind(name, said) for name, said in _said().items()}


@cache
def _names() -> Mapping[str, tuple[Name, ...]]:
    return {name: tuple(_name(one) for one in said.get("names", ())) for name, said in _said().items()}


@cache
def _varied() -> frozenset[str]:
    return frozenset(name for name, said in _said().items() if "varied" in said.get("flags", "").split())


def _place(line: str) -> Place:
    """``kind`` is called by one of the kind's own names, ``kind 中文/zhong wen/english`` by this one."""
    name, _, own = line.partition(" ")
    return Place(kinds()[name], (_name(own),) if own else _names()[name], name in _varied())


def _places(lines: str) -> tuple[Place, ...]:
    return tuple(_place(line) for line in lines.split("\n") if line)


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads((_HERE / "families.toml").read_text())


@cache
def families() -> tuple[Family, ...]:
    """All families, as they are written."""
    return tuple(Family(one["name"], _places(one["columns"]), one.get("pupils", False)) for one in _tables()["family"])


@cache
def everywhere() -> tuple[Place, ...]:
    """What any system puts into its tables."""
    return _places(_tables()["everywhere"])
