"""How many rows came back, by whoever the logs name: counted, and what nobody counted beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from soc.exposure import Basis, Figure, least_certain
from soc.logstore.port import COUNT, Event, GroupRow, Metric, MetricKind, SearchRequest
from soc.logstore.query import And, Or, Term, Value

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

_BASIS = "guanlan.rows_basis"
_COUNTED = Metric(MetricKind.SUM, "guanlan.rows")
_BOUND = Metric(MetricKind.SUM, "guanlan.rows_bound")
_BOUNDED = Metric(MetricKind.VALUES, "guanlan.rows_bound")
_LAST = Metric(MetricKind.MAX, "time")
#: more groups than people and accounts there are: what is left out would be told as measured
_ALL = 1_000_000
_DOUBTED = Or(tuple(Term(_BASIS, one.value) for one in (Basis.ESTIMATED, Basis.UNKNOWN)))

Key = tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """What one group read: how often, how many rows, and when it did last."""

    key: Key
    times: int
    rows: Figure
    last: datetime | None


def rows_read(store: "LogStore", request: SearchRequest, by: Sequence[str]) -> list[Read]:
    """Return what each group of the events read, those that came most often first."""
    doubts: dict[Key, list[GroupRow]] = {}
    doubted = replace(request, query=And((request.query, _DOUBTED)))
    for row in store.aggregate(doubted, [*by, _BASIS], [COUNT, _BOUND, _BOUNDED], _ALL).rows:
        doubts.setdefault(row.key[:-1], []).append(row)
    groups = store.aggregate(request, by, [COUNT, _COUNTED, _LAST], _ALL).rows
    return [_read(row, doubts.get(row.key, ())) for row in groups]


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
