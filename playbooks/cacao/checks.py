"""Small checks of JSON values; each yields what is wrong, with the path to it.

A check is a function of a value and its path; shapes of objects are put together from them.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address

from playbooks.cacao.problem import Code
from playbooks.cacao.vocabulary import IDENTIFIER, TIMESTAMP

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at ``path`` of the document; ``want`` names what belongs there."""

    path: Path
    code: Code
    want: str = ""


Check = Callable[[object, Path], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its properties with their checks, which must be there, whether others may be."""

    fields: Mapping[str, Check]
    required: frozenset[str] = field(default_factory=frozenset)
    open: bool = False

    def __call__(self, value: object, path: Path) -> Iterator[Fault]:
        """Check ``value`` against this shape."""
        if not isinstance(value, dict):
            yield Fault(path, Code.WRONG_TYPE, "object")
            return
        for name in sorted(self.required - value.keys()):
            yield Fault((*path, name), Code.MISSING, name)
        for name, inner in value.items():
            yield from self._field(str(name), inner, (*path, str(name)))

    def _field(self, name: str, value: object, path: Path) -> Iterator[Fault]:
        check = self.fields.get(name)
        if check is not None:
            yield from check(value, path)
        elif not self.open:
            yield Fault(path, Code.UNKNOWN_PROPERTY, name)

    def with_fields(self, required: frozenset[str] = frozenset(), **more: Check) -> "Shape":
        """Return this shape with further properties."""
        return Shape({**self.fields, **more}, self.required | required, self.open)


def text(value: object, path: Path) -> Iterator[Fault]:
    """A string."""
    if not isinstance(value, str):
        yield Fault(path, Code.WRONG_TYPE, "string")


def text_or_null(value: object, path: Path) -> Iterator[Fault]:
    """A string, or null."""
    if value is not None:
        yield from text(value, path)


def flag(value: object, path: Path) -> Iterator[Fault]:
    """True or false."""
    if not isinstance(value, bool):
        yield Fault(path, Code.WRONG_TYPE, "boolean")


def number(low: int | None = None, high: int | None = None) -> Check:
    """A whole number between ``low`` and ``high``, both included; 3.0 is one, as in JSON Schema."""

    def check(value: object, path: Path) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            yield Fault(path, Code.WRONG_TYPE, "integer")
        elif (low is not None and value < low) or (high is not None and value > high):
            yield Fault(path, Code.BAD_VALUE, f"{low}…{'' if high is None else high}")

    return check


def matching(pattern: re.Pattern[str], want: str) -> Check:
    """A string that wholly matches ``pattern``."""

    def check(value: object, path: Path) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(path, Code.WRONG_TYPE, "string")
        elif pattern.fullmatch(value) is None:
            yield Fault(path, Code.BAD_VALUE, want)

    return check


def one_of(allowed: frozenset[str]) -> Check:
    """One of a closed set of strings."""

    def check(value: object, path: Path) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(path, Code.WRONG_TYPE, "string")
        elif value not in allowed:
            yield Fault(path, Code.BAD_VALUE, ", ".join(sorted(allowed)[:12]))

    return check


def listing(item: Check, least: int = 0) -> Check:
    """A list of at least ``least`` items."""

    def check(value: object, path: Path) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(path, Code.WRONG_TYPE, "list")
            return
        if len(value) < least:
            yield Fault(path, Code.BAD_VALUE, f"≥ {least}")
        for number_, inner in enumerate(value):
            yield from item(inner, (*path, str(number_)))

    return check


def mapping(key: re.Pattern[str], item: Check, least: int = 0) -> Check:
    """An object with free keys of one pattern."""

    def check(value: object, path: Path) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(path, Code.WRONG_TYPE, "object")
            return
        if len(value) < least:
            yield Fault(path, Code.BAD_VALUE, f"≥ {least}")
        for name, inner in value.items():
            if key.fullmatch(name) is None:
                yield Fault((*path, name), Code.UNKNOWN_PROPERTY, name)
            yield from item(inner, (*path, name))

    return check


def anything(value: object, path: Path) -> Iterator[Fault]:
    """Whatever it is."""
    yield from ()


def an_object(value: object, path: Path) -> Iterator[Fault]:
    """An object of any content: an extension, whose schema is not ours."""
    if not isinstance(value, dict):
        yield Fault(path, Code.WRONG_TYPE, "object")


def timestamp(value: object, path: Path) -> Iterator[Fault]:
    """An RFC 3339 time in UTC, ending in Z."""
    if not isinstance(value, str):
        yield Fault(path, Code.WRONG_TYPE, "string")
    elif TIMESTAMP.fullmatch(value) is None or not _on_the_calendar(value):
        yield Fault(path, Code.BAD_VALUE, "2026-11-22T08:00:00.000Z")


def base64_text(value: object, path: Path) -> Iterator[Fault]:
    """A string of base64 (RFC 4648 §4)."""
    if not isinstance(value, str):
        yield Fault(path, Code.WRONG_TYPE, "string")
        return
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        yield Fault(path, Code.BAD_VALUE, "base64")


def address(version: int) -> Check:
    """An IP address of one version, or a variable that holds it."""

    def check(value: object, path: Path) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(path, Code.WRONG_TYPE, "string")
        elif "__" not in value and not _is_address(value, version):
            yield Fault(path, Code.BAD_VALUE, f"IPv{version}")

    return check


identifier = matching(IDENTIFIER, "type--UUID")


def _on_the_calendar(value: str) -> bool:
    try:
        datetime.strptime(value[:10], "%Y-%m-%d")  # noqa: DTZ007 - only the day is looked at
    except ValueError:
        return False
    return True


def _is_address(value: str, version: int) -> bool:
    try:
        return ip_address(value.split("%", maxsplit=1)[0]).version == version
    except ValueError:
        return False
