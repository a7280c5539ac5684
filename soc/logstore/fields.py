"""What each column of the events is to a query, and how a written value becomes one of its kind."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from soc.logstore.errors import QueryError, UnknownFieldError
from soc.ocsf.schema import EVENT_SCHEMA, INTERNAL_COLUMNS

LONG_TEXT = frozenset({"message", "raw_data", "unmapped", "query_info.query_string"})
"""Columns searched by what they contain; never grouped, sorted or compared."""

WORDS = "guanlan.tokens"
"""The full-text column; a query reaches it by bare words alone."""

LONGEST_NAME = 8_000
"""Characters of a KEYWORD value that are kept; a cluster cannot index terms over 32,766 bytes."""

_INT64 = range(-(2**63), 2**63)
_WHOLE = re.compile(r"-?[0-9]{1,19}")
_FLAGS = {"true": True, "false": False}


class Kind(StrEnum):
    """How a column is compared."""

    KEYWORD = "keyword"  # whole value, letter case counts
    TEXT = "text"  # long text: what it contains
    WHOLE = "whole"  # integer of 64 bits
    FLAG = "flag"
    INSTANT = "instant"  # microseconds, UTC


@dataclass(frozen=True, slots=True)
class Field:
    """A column that queries may name; ``many`` when an event may have several values."""

    name: str
    kind: Kind
    many: bool = False


def _kind(field: pa.Field) -> Kind:
    if field.name in LONG_TEXT:
        return Kind.TEXT
    if pa.types.is_boolean(field.type):
        return Kind.FLAG
    if pa.types.is_integer(field.type):
        return Kind.WHOLE
    return Kind.INSTANT if pa.types.is_timestamp(field.type) else Kind.KEYWORD


FIELDS: Mapping[str, Field] = {
    field.name: Field(field.name, _kind(field), pa.types.is_list(field.type))
    for field in EVENT_SCHEMA
    if field.name not in INTERNAL_COLUMNS
}

COLUMNS: tuple[str, ...] = tuple(FIELDS)
"""Every column an event is given back with, in the schema's order."""


def field_named(name: str) -> Field:
    """Return the field.

    Raises:
        UnknownFieldError: there is none; its text has the nearest names.
    """
    field = FIELDS.get(name)
    if field is None:
        raise UnknownFieldError("errors.logstore.field", field=name[:80], near=", ".join(_near(name)))
    return field


def _near(name: str) -> list[str]:
    """Names that end alike come first: ``user.name`` means ``actor.user.name``."""
    tail = [known for known in FIELDS if known.endswith("." + name)]
    close = difflib.get_close_matches(name, FIELDS, n=3, cutoff=0.6)
    return list(dict.fromkeys(tail + close))[:4] or ["time", "actor.user.name", "src_endpoint.ip"]


def whole(field: Field, text: str) -> int:
    """Read a whole number.

    Raises:
        QueryError: it is none, or has more than 64 bits.
    """
    if not _WHOLE.fullmatch(text) or int(text) not in _INT64:
        raise QueryError("errors.logstore.number", field=field.name, value=text[:80])
    return int(text)


def flag(field: Field, text: str) -> bool:
    """Read true or false.

    Raises:
        QueryError: it is neither.
    """
    value = _FLAGS.get(text.lower())
    if value is None:
        raise QueryError("errors.logstore.flag", field=field.name, value=text[:80])
    return value
