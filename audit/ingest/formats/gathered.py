"""Records' fields become columns: one place of many records after another, not one record's places after another.

Records are held a few at a time. What all of a piece of a log holds, taken apart and alive at
once, costs several times as much: Python's collector walks it again and again.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any

import orjson
import polars as pl

from audit.ingest.formats.columnar import CASE, REST, TEXT
from audit.ingest.formats.paths import at_path, drop_path
from audit.ingest.formats.plan import Fields, Plan, Step, at_step

_AT_ONCE = 128
#: a record that is none of this format: nothing stands in it, and nothing is taken out of it
_NO_RECORD: Fields = {}
_PLAIN = {str, type(None)}
_NOTHING: tuple[Any, ...] = ("", None, {})
Column = list[Any]


def gathered(records: Iterator[Fields | None], plan: Plan) -> pl.DataFrame:
    """Return a column of texts a place of the plan, and what no attribute takes as one text; taken out of ``records``."""
    columns: list[Column] = [[] for _ in range(len(plan.places) + 2)]
    while some := list(islice(records, _AT_ONCE)):
        for column, more in zip(columns, _columns(some, plan), strict=True):
            column.extend(more)
    kinds = dict.fromkeys((*plan.places, REST), pl.String()) | {CASE: pl.Int32()}
    return pl.DataFrame([pl.Series(name, one, kind) for (name, kind), one in zip(kinds.items(), columns, strict=True)])


def _columns(some: Sequence[Fields | None], plan: Plan) -> Iterator[Column]:
    records, views, held = _ours([_NO_RECORD if one is None else one for one in some], plan)
    named = set[str]().union(*views)
    nothing: Column = [None] * len(views)
    values = [
        _said(_values(views, step), plan.told.absent) if named.intersection(step[:2]) else nothing
        for step in plan.steps
    ]
    for place, there in _taken(values, plan):
        for holders in held:
            _drop(holders, place, there)
    for place in plan.told.secret:
        for holders in held:
            _drop(holders, place, holders)
    yield from (_texts(column) for column in values)
    yield [_left(one) for one in records]
    yield [None if one is _NO_RECORD else 0 for one in records]


def _ours(records: list[Fields], plan: Plan) -> tuple[list[Fields], list[Fields], list[list[Fields]]]:
    """Return the records that have what the format's must have, all fields of each as one, and of each root the objects there."""
    if plan.told.roots == ("",):
        for steps in plan.musts:
            first = steps[0][0]
            records = [
                one
                if one.get(first) is not None or any(at_step(one, step) is not None for step in steps)
                else _NO_RECORD
                for one in records
            ]
        return records, records, [records]
    roots = [plan.holders(one) for one in records]
    roots = [holders if plan.is_ours(holders) else [] for holders in roots]
    records = [one if holders else _NO_RECORD for one, holders in zip(records, roots, strict=True)]
    held = [list(holders) for holders in zip_longest(*roots, fillvalue=_NO_RECORD)]
    return records, [plan.view(holders) for holders in roots], held


def _values(views: list[Fields], step: Step) -> Column:
    """What stands at one place of every record."""
    path, name, rest = step
    found = [view.get(path) for view in views]
    if not rest or None not in found:
        return found
    return [_inner(view.get(name), rest) if value is None else value for view, value in zip(views, found, strict=True)]


def _inner(holder: Any, rest: str) -> Any:
    """What stands inside an object; most places are one step deep."""
    if holder is None or not rest:
        return None
    return holder.get(rest) if holder.__class__ is dict and "." not in rest else at_path(holder, rest)


def _said(column: Column, absent: tuple[str, ...]) -> Column:
    # in a tuple: what stands there may be an object
    return column if _empty(column) else [None if value in absent else value for value in column]


def _empty(column: Column) -> bool:
    """Say whether nothing stands at a place of any record: most places are a few records' alone."""
    return column == [None] * len(column)


def _taken(values: list[Column], plan: Plan) -> Iterator[tuple[str, Column]]:
    """Yield the places that attributes are taken from, each with what is taken there; of several the first found."""
    for taker in plan.takers:
        left = None
        for at in taker:
            there = (
                values[at]
                if left is None
                else [one if free else None for one, free in zip(values[at], left, strict=True)]
            )
            if at not in plan.kept:
                yield plan.places[at], there
            if at != taker[-1]:
                free = [one is None for one in there]
                left = free if left is None else [one and before for one, before in zip(free, left, strict=True)]


def _drop(holders: Iterable[Fields], place: str, there: list[Any]) -> None:
    """Take a place out of the objects that have something there."""
    if _empty(there):
        return
    name, _, rest = place.partition(".")
    for holder, value in zip(holders, there, strict=True):
        if value is not None and holder.pop(place, None) is None and rest:
            drop_path(holder.get(name), rest)


def _texts(column: Column) -> Column:
    if {*map(type, column)} <= _PLAIN:
        return column
    return [value if value is None or value.__class__ is str else orjson.dumps(value).decode() for value in column]


def _left(record: Fields) -> str | None:
    """Write what is left of a record: without what says nothing, and what was worked out (``=name``)."""
    record.pop(TEXT, None)
    if not all(record.values()) or "=" in "".join(record):
        record = {name: value for name, value in record.items() if value not in _NOTHING and name[:1] != "="}
    return orjson.dumps(record).decode() if record else None
