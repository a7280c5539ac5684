"""Which columns stand together and of what kinds, as the TOML files of a stranger's folder tell."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of column and its writings; ``keep`` is what a mask leaves at both ends."""

    name: str
    truth: str | None
    writings: tuple[str, ...]
    keep: tuple[int, int] | None = None
    check: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a family; ``how`` is None where chance decides what befalls it."""

    headers: tuple[str, ...]
    kind: Kind
    how: str | None
    also: frozenset[str | None]


@dataclass(frozen=True, slots=True)
class Family:
    """A table; ``rows`` is None where chance decides."""

    name: str
    rows: int | None
    places: tuple[Place, ...]


def _read(folder: Path, name: str) -> dict[str, Any]:
    with (folder / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def kinds(folder: Path) -> Mapping[str, Kind]:
    """All kinds of the folder by name."""
    plain = {name: Kind(name, None, tuple(writings)) for name, writings in _read(folder, "plain").items()}
    return plain | {name: _sensitive(name, told) for name, told in _read(folder, "sensitive").items()}


def _sensitive(name: str, told: dict[str, Any]) -> Kind:
    keep = (told["keep"][0], told["keep"][1]) if "keep" in told else None
    return Kind(name, name.partition(".")[0], tuple(told["writings"]), keep, told.get("check", False))


@cache
def families(folder: Path, files: tuple[str, ...]) -> tuple[Family, ...]:
    """All families of the folder, file after file."""
    known = kinds(folder)
    return tuple(
        Family(name, told.get("rows"), tuple(_place(column, known) for column in _columns(told["columns"])))
        for file in files
        for name, told in _read(folder, file).items()
    )


def _columns(text: str) -> list[str]:
    return [column.strip() for line in text.strip().splitlines() for column in line.split(";")]


def _place(text: str, known: Mapping[str, Kind]) -> Place:
    headers, kind, *rest = (part.strip() for part in text.split(" > "))
    also = frozenset(None if word == "+none" else word[1:] for word in rest if word.startswith("+"))
    hows = [word for word in rest if not word.startswith("+")]
    return Place(tuple(headers.split("|")), known[kind], hows[0] if hows else None, also)
