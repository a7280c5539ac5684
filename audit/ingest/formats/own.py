"""Formats that organisations declared themselves: how one is made, and which are known to whoever reads logs now.

A format's name carries the code of its organisation, so it is nobody else's and never a shipped one's. Which are known
is said for a block (:func:`knowing`): what accepts, tells or reads logs knows those in force for the organisation whose
logs they are (:mod:`audit.ingest.own_formats`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol

from audit.ingest.formats.base import Format
from audit.ingest.formats.declaration import Declaration, declaration_from
from audit.ingest.formats.declared import declared_format

KIND = "log_formats"
PREFIX = "own_"
#: keys of a document's format that are not of its declaration
ABOUT = ("id", "zh", "en", "before")


@dataclass(frozen=True, slots=True, eq=False)
class OwnFormat:
    """One format of an organisation's own; ``before`` are the shipped ones that it is told before."""

    format: Format
    declaration: Declaration
    before: frozenset[str]


class Known(Protocol):
    """What is asked for own formats."""

    def in_force(self) -> tuple[OwnFormat, ...]:
        """Those that are recognised and may be named now."""

    def stood(self, name: str) -> OwnFormat | None:
        """One that is in force or once was: what came then is still read by it."""

    def edition(self) -> str:
        """Changes when another set of formats comes into force."""


class _Nobody:
    """Knows none: where no installation is looked at."""

    def in_force(self) -> tuple[OwnFormat, ...]:
        return ()

    def stood(self, name: str) -> OwnFormat | None:
        return None

    def edition(self) -> str:
        return ""


NOBODY: Known = _Nobody()
_known: ContextVar[Known] = ContextVar("own log formats", default=NOBODY)


@contextmanager
def knowing(known: Known) -> Iterator[None]:
    """Within the block these own formats are known."""
    before = _known.set(known)
    try:
        yield
    finally:
        _known.reset(before)


def own_in_force() -> tuple[OwnFormat, ...]:
    """The own formats that are recognised and may be named now."""
    return _known.get().in_force()


def own_named(name: str) -> OwnFormat | None:
    """The own format in force of this name."""
    return next((one for one in own_in_force() if one.format.name == name), None)


def own_that_stood(name: str) -> OwnFormat | None:
    """The own format of this name that is in force or once was."""
    return _known.get().stood(name)


def edition() -> str:
    """Changes when another set of own formats is in force: what was guessed before is guessed anew."""
    return _known.get().edition()


def is_own(name: str) -> bool:
    """Whether a name is one that own formats have."""
    return name.startswith(PREFIX)


def name_of(org: str, called: str) -> str:
    """The name of the format that an organisation called ``called``."""
    return f"{PREFIX}{org}_{called}"


def declared_by(org: str, table: Mapping[str, Any]) -> Declaration:
    """Read the declaration of one format of a checked document of ``org``."""
    told = {key: value for key, value in table.items() if key not in ABOUT}
    # a store may not keep the order of keys: of two values that imply the same, the later name's holds
    told["by"] = dict(sorted(told.get("by", {}).items()))
    return declaration_from({**told, "name": name_of(org, str(table["id"]))})


def own_format(org: str, table: Mapping[str, Any]) -> OwnFormat:
    """Make one format of a checked document of ``org``."""
    told = declared_by(org, table)
    made = replace(declared_format(told), called={"zh": str(table["zh"]), "en": str(table["en"])})
    return OwnFormat(made, told, frozenset(table.get("before", ())))


def own_formats(org: str, body: Mapping[str, Any] | None) -> tuple[OwnFormat, ...]:
    """Make the formats of a checked document of ``org``."""
    return tuple(own_format(org, table) for table in (body or {}).get("formats", ()))
