"""What a declared format says of itself: pattern or reader, and which field becomes what. Data alone, as TOML."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

_PART = re.compile(r"%\{(\w+)\}")
FOLDER = Path(__file__).with_name("declarations")


@dataclass(frozen=True, slots=True)
class Case:
    """One shape a record may have, an RE2 pattern with named fields, and what is certain of it."""

    match: str
    set: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Declaration:
    """A log format as data; every part but ``name`` may come from a file.

    ``map`` says where an event's attribute is looked for, first found first. ``by`` gives what a
    field's value implies: field → value → attributes, ``*`` for any other. ``set`` is always so.
    ``time`` are fields (``a+b`` are two of them joined); ``must`` are fields without which a record
    is another format's, or cut.
    """

    name: str
    reader: str = "pattern"
    #: a record begins at lines with this pattern; empty: at each line
    starts: str = ""
    #: lines that stand above a record and belong to it: a banner, a table's head
    heads: str = ""
    #: lines that have the same text here are one record
    joined_by: str = ""
    #: where a long text may be cut in two
    cut: str = r"\n(?=.)"
    #: what stands behind this belongs to the format, what stands before is an envelope
    payload: str = ""
    syslog: bool = False
    #: which programs' lines these are, by the name in the envelope
    programs: str = ""
    #: fields that are worked out of others, by a reader's name
    derived: str = ""
    #: a record without a time has that of the record above
    carries_time: bool = False
    #: many formats look so: taken only where none of them reads more
    generic: bool = False
    cases: tuple[Case, ...] = ()
    #: pieces of patterns that several cases share, written ``%{name}`` there
    parts: Mapping[str, str] = field(default_factory=dict)
    #: how a key looks in the text that a case calls ``pairs``; what follows it, up to the next one, is its value
    pairs: str = ""
    columns: tuple[str, ...] = ()
    separator: str = "\t"
    #: a line that is just this names the columns and is no record
    header: str = ""
    roots: tuple[str, ...] = ("",)
    must: tuple[str, ...] = ()
    time: tuple[str, ...] = ("time",)
    zone: str = ""
    utc: bool = False
    absent: tuple[str, ...] = ("", "-")
    map: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    set: Mapping[str, Any] = field(default_factory=dict)
    by: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    #: fields that hold a secret: left out of the event
    secret: tuple[str, ...] = ()
    #: name of the Elastic Common Schema → attributes or fields, first found first; ``FIELD s`` is in seconds
    ecs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: what ECS is told of every record of this format
    ecs_set: Mapping[str, Any] = field(default_factory=dict)
    #: what ECS is told by a field's value: field → value → names
    ecs_by: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    #: under which name ECS keeps the other fields; the format's own where it is empty, their own where it is a dot
    ecs_rest: str = ""
    dialect: str = ""
    from_documents: bool = False

    @cached_property
    def named_apart(self) -> frozenset[str]:
        """Fields that ECS calls by a name of their own, whichever attribute has taken them."""
        return frozenset(one.partition(" ")[0] for places in self.ecs.values() for one in places)

    @property
    def in_order(self) -> bool:
        """Whether a record has something of those above it: its time, the names of its columns."""
        return self.carries_time or self.reader == "table"

    @cached_property
    def key(self) -> re.Pattern[str]:
        """How a key looks among ``pairs``."""
        return re.compile(self.pairs)

    @property
    def start(self) -> re.Pattern[bytes]:
        """Where a long text may be cut in two."""
        return re.compile(self.cut.encode(), re.DOTALL)


def declaration_of(text: str) -> Declaration:
    """Read one declaration from TOML."""
    return declaration_from(tomllib.loads(text))


def declaration_from(told: dict[str, Any]) -> Declaration:
    """Read one declaration from its tables."""
    parts = told.get("parts", {})
    told["cases"] = tuple(Case(filled(one["match"], parts), one.get("set", {})) for one in told.get("cases", ()))
    for name in ("columns", "roots", "must", "time", "absent", "secret"):
        if name in told:
            told[name] = tuple(told[name])
    for name in ("map", "ecs"):
        told[name] = {one: _places(where) for one, where in told.get(name, {}).items()}
    return Declaration(**told)


def filled(pattern: str, parts: Mapping[str, str]) -> str:
    """Put the shared pieces of patterns where ``%{name}`` stands; one that is not there stays as it is written."""
    return _PART.sub(lambda found: parts.get(found[1], found[0]), pattern)


def _places(where: str | list[str]) -> tuple[str, ...]:
    return (where,) if isinstance(where, str) else tuple(where)


def declared_here(name: str) -> Declaration:
    """Read the declaration that comes with the product under this name; it may be ``like`` another but for some parts."""
    told = _told(name)
    return declaration_from(_told(told.pop("like")) | told if "like" in told else told)


def _told(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
