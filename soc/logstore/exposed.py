"""How many rows came back, by whoever the logs name: counted, and what nobody counted beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from soc.exposure import Basis, Figure, least_certain
from soc.logstore.port import COUNT, Event, GroupRow, Metric, MetricKind, SearchRequest
from soc.logstore.query import And, Exists, Not, Or, Query, Term, Value

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

_BASIS = "guanlan.rows_basis"
_COUNTED = Metric(MetricKind.SUM, "guanlan.rows")
_BOUND = Metric(MetricKind.SUM, "guanlan.rows_bound")
_BOUNDED = Metric(MetricKind.VALUES, "guanlan.rows_bound")
_LAST = Metric(MetricKind.MAX, "time")
#: how the rows of an event were come by: the last key of groups that are to be summed
BASIS = _BASIS
#: what a group must have been asked for to be summed; those that the logs count most rows of come first
EXPOSING = (_COUNTED, _BOUND, _BOUNDED, COUNT)
#: what a group must have been asked for to be told without asking again
READ = (COUNT, _COUNTED, _LAST)
_BASES: Mapping[object, Basis] = {one.value: one for one in Basis}
_MEASURED, _NOBODY_COUNTED = Basis.MEASURED, Basis.UNKNOWN
_ROWS, _ABOVE, _ABOVES, _TIMES = (one.name for one in EXPOSING)
_UNKNOWN = Term(_BASIS, Basis.UNKNOWN.value)
_DOUBTED = Or((_UNKNOWN, Term(_BASIS, Basis.ESTIMATED.value)))
_OPEN = And((_UNKNOWN, Not(Exists("guanlan.rows_bound"))))

Key = tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What one group read: how often, how many rows, and when it did last."""

    key: Key
    times: int
    rows: Figure
    last: datetime | None


def rows_read(
    store: "LogStore", request: SearchRequest, by: Sequence[str], keys: Sequence[Key], known: Sequence[GroupRow] = ()
) -> dict[Key, Read]:
    """Return what some groups of the events read, in the order of their keys; ``known`` are those asked for :data:`READ`."""
    if not keys:
        return {}
    asked = _only(request, by, keys)
    doubts: dict[Key, list[GroupRow]] = {}
    for row in store.aggregate(
        _narrowed(asked, _DOUBTED), [*by, _BASIS], [COUNT, _BOUND, _BOUNDED], 2 * len(keys)
    ).rows:
        doubts.setdefault(row.key[:-1], []).append(row)
    groups = {row.key: row for row in known}
    if others := [key for key in keys if key not in groups]:
        groups |= {row.key: row for row in store.aggregate(_only(request, by, others), by, READ, len(others)).rows}
    return {key: _read(groups[key], doubts.get(key, ())) for key in keys if key in groups}


def uncounted_of(request: SearchRequest) -> SearchRequest:
    """Return the request for those of its events that read what nobody counted."""
    return _narrowed(request, _UNKNOWN)


def uncounted(store: "LogStore", request: SearchRequest, by: Sequence[str], limit: int) -> list[Key]:
    """Return the keys of groups that read what nobody counted: those that nothing bounds, then those that may be most."""
    unbounded = store.aggregate(_narrowed(request, _OPEN), by, [COUNT], limit).rows
    bounded = store.aggregate(_narrowed(request, _UNKNOWN), by, [_BOUND], limit).rows
    return list(dict.fromkeys(row.key for row in (*unbounded, *bounded)))[:limit]


def counted(store: "LogStore", request: SearchRequest, by: Sequence[str], limit: int) -> tuple[GroupRow, ...]:
    """Return the groups of which the logs count the most rows, asked for :data:`READ`."""
    return store.aggregate(request, by, [_COUNTED, COUNT, _LAST], limit).rows


def summed(groups: Iterable[tuple[GroupRow, float]]) -> Figure:
    """Add groups up, each weighed: their last key is :data:`BASIS`, their figures are :data:`EXPOSING`."""
    low, beyond, bounded = 0.0, 0.0, True
    bases: set[Basis] = set()
    for row, weight in groups:
        figures, basis = row.figures, _BASES.get(row.key[-1], _MEASURED)
        counted, bound = figures[_ROWS], figures[_ABOVE]
        low += weight * counted if isinstance(counted, int) else 0
        if basis is _NOBODY_COUNTED:
            beyond += weight * bound if isinstance(bound, int) else 0
            bounded = bounded and figures[_ABOVES] == figures[_TIMES]
        bases.add(basis)
    return Figure(round(low), round(low + beyond) if bounded else None, least_certain(tuple(bases)))


def _narrowed(request: SearchRequest, query: Query) -> SearchRequest:
    return replace(request, query=And((request.query, query)))


def _only(request: SearchRequest, by: Sequence[str], keys: Sequence[Key]) -> SearchRequest:
    return _narrowed(request, Or(tuple(_of(by, key) for key in keys)))


def _of(by: Sequence[str], key: Key) -> Query:
    told = zip(by, key, strict=True)
    return And(tuple(Not(Exists(name)) if value is None else Term(name, value) for name, value in told))


def rows_of(event: Event) -> Figure | None:
    """Return the rows that one event read; None where it is no reading and nothing was counted."""
    counted, basis = event["guanlan.rows"], event["guanlan.rows_basis"]
    if isinstance(counted, int):
        return Figure(counted, counted, Basis(str(basis)) if basis else Basis.MEASURED)
    bound = event["guanlan.rows_bound"]
    return None if basis is None else Figure(0, bound if isinstance(bound, int) else None, Basis.UNKNOWN)


def _read(row: GroupRow, doubts: Sequence[GroupRow]) -> Read:
    counted, last = _whole(row.figures, _COUNTED), row.figures[_LAST.name]
    bases = [Basis(str(one.key[-1])) for one in doubts]
    unknown = [one.figures for one, basis in zip(doubts, bases, strict=True) if basis is Basis.UNKNOWN]
    bounded = all(one[COUNT.name] == one[_BOUNDED.name] for one in unknown)
    high = counted + sum(_whole(one, _BOUND) for one in unknown) if bounded else None
    rows = Figure(counted, high, least_certain(bases))
    return Read(row.key, _whole(row.figures, COUNT), rows, last if isinstance(last, datetime) else None)


def _whole(figures: Mapping[str, int | datetime | None], metric: Metric) -> int:
    value = figures[metric.name]
    return value if isinstance(value, int) else 0
