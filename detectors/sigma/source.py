"""The two kinds of frames that rules are matched on, with the same answers.

A :class:`FieldSource` gives a rule's field as an expression of text or of a list of texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import polars as pl

from detectors.sigma.beside import beside, command_line_of_batch
from detectors.sigma.fields import COMMAND_LINE, KEYWORD_COLUMNS, WHOLE_URI, place_of
from detectors.sigma.flatten import Flat
from detectors.sigma.sharing import SharedTests


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """A field of all events: text, or a list of texts where ``many``."""

    expression: pl.Expr
    many: bool
    #: true where the field is there, even with no value
    present: pl.Expr
    #: the field where it is a number already: what numbers are compared with
    number: pl.Expr | None = None


class FieldSource(Protocol):
    """Gives the columns of a frame by the names that rules use."""

    def column(self, field: str) -> FieldColumn:
        """Return the field of all events."""

    def keywords(self) -> FieldColumn:
        """Return what bare keywords are looked for in."""

    def test(self, test: pl.Expr) -> pl.Expr:
        """Return one test of a rule as it stands in the rule's expression."""


class BatchSource:
    """Normalised events: typed columns of the event schema."""

    def __init__(self, frame: pl.DataFrame, tests: SharedTests | None = None) -> None:
        self._schema = frame.schema
        self._tests = tests

    def test(self, test: pl.Expr) -> pl.Expr:
        """Return the test itself, or, where tests are shared, the column of its outcome."""
        return test if self._tests is None else self._tests.name(test)

    def column(self, field: str) -> FieldColumn:
        """Return a column of the schema as text, or a value out of ``unmapped``."""
        if field in WHOLE_URI:
            return _whole_uri()
        if field in COMMAND_LINE:
            found = command_line_of_batch()
            return FieldColumn(found, many=False, present=found.is_not_null())
        place = place_of(field)
        if place.inside is not None or place.column not in self._schema:
            inside = beside(place.inside or field)
            return FieldColumn(inside, many=False, present=inside.is_not_null())
        found = pl.col(place.column)
        kind = self._schema[place.column]
        many = isinstance(kind, pl.List)
        number = found if kind.is_numeric() else None
        return FieldColumn(found if many else _as_text(found, kind), many, found.is_not_null(), number)

    def keywords(self) -> FieldColumn:
        """Return the record's text, its message and its statement in one."""
        found = pl.concat_str([pl.col(name).fill_null("") for name in KEYWORD_COLUMNS], separator="\n")
        return FieldColumn(found, many=False, present=pl.lit(value=True))


def _as_text(found: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if isinstance(kind, pl.Datetime):
        return found.dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%dT%H:%M:%S%z")
    return found if kind == pl.String else found.cast(pl.String)


def _whole_uri() -> FieldColumn:
    path, query = pl.col("http_request.url.path"), pl.col("http_request.url.query_string")
    whole = pl.when(query.is_null() | (query == "")).then(path).otherwise(pl.concat_str([path, query], separator="?"))
    return FieldColumn(whole, many=False, present=path.is_not_null())


class FlatSource:
    """Events of any shape, flattened; a frame is made of just the fields the rules ask for."""

    def __init__(self, events: Sequence[Flat], aliases: dict[str, str] | None = None) -> None:
        self.events = events
        self._aliases = aliases or {}

    @staticmethod
    def test(test: pl.Expr) -> pl.Expr:
        """Return the test itself."""
        return test

    def frame(self, fields: set[str]) -> pl.DataFrame:
        """Return the fields of all events, a list of texts each (null where absent), and every value's text."""
        columns = {name: [self.values(event, name) for event in self.events] for name in sorted(fields)}
        made = {name: pl.Series(name, values, dtype=pl.List(pl.String)) for name, values in columns.items()}
        return pl.DataFrame({**made, _EVERYTHING: self._everything})

    @staticmethod
    def narrow(frame: pl.DataFrame, fields: set[str]) -> pl.DataFrame:
        """Return what one rule looks at of a frame of many rules' fields."""
        return pl.DataFrame([frame.get_column(name) for name in sorted({*fields, _EVERYTHING})])

    def column(self, field: str) -> FieldColumn:
        """Return one field of :meth:`frame`."""
        found = pl.col(field)
        return FieldColumn(found, many=True, present=found.is_not_null())

    def keywords(self) -> FieldColumn:
        """Return every value of the event."""
        return FieldColumn(pl.col(_EVERYTHING), many=False, present=pl.lit(value=True))

    def values(self, event: Flat, name: str) -> list[str] | None:
        """Return the texts of one field of an event, None where it is not there."""
        found = event.get(name)
        if found is not None or not self._aliases:
            return found
        if name in WHOLE_URI:
            return _joined_uri(event)
        return _joined_command(event) if name in COMMAND_LINE else event.get(self._aliases.get(name, name))

    @cached_property
    def _everything(self) -> list[str]:
        return ["\n".join(value for values in event.values() for value in values) for event in self.events]


def _joined_uri(event: Flat) -> list[str] | None:
    paths, queries = event.get("http_request.url.path"), event.get("http_request.url.query_string")
    return ["?".join(part for part in (paths[0], *(queries or [])[:1]) if part)] if paths else None


def _joined_command(event: Flat) -> list[str] | None:
    """The command of sudo's line, the arguments of an audit record, or its process title."""
    told = event.get("unmapped.linux_auth.command")
    arguments = [event[name] for name in (f"execve.a{at}" for at in range(_MOST_ARGUMENTS)) if name in event]
    return told or ([" ".join(one[0] for one in arguments)] if arguments else event.get("proctitle.proctitle"))


#: the kernel writes no more arguments of one call into a record that is read whole
_MOST_ARGUMENTS = 100
_EVERYTHING = "\0everything"
