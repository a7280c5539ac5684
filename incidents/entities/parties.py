"""Who stands behind an entity's events: how often, how many rows, weighed by their level, and who is new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from detectors.behaviour.facts import WEIGHTS
from incidents.entities.window import Window
from soc.exposure import Figure
from soc.logstore.exposed import BASIS, EXPOSING, summed, uncounted_of
from soc.logstore.lucene import term
from soc.logstore.port import COUNT, GroupRow, Groups, LogStore, Metric, MetricKind, SearchRequest
from soc.logstore.query import Value

#: who reads: an account, the person behind it, and whose logs name it
PEOPLE = ("actor.user.name", "guanlan.person", "guanlan.org")
#: what of it says whether they were there before: who stands behind an account may have been learnt since
ACCOUNTS = ("actor.user.name", "guanlan.org")
RANK = "guanlan.level_rank"
#: groups that are read; with more of them the page says that it does not have all
MOST_GROUPS, MOST_UNCOUNTED = 1_000, 300
#: groups that sums are made of: operations, databases, levels and the like
MOST_SUMMED = 5_000
#: accounts of the time before that are read
MOST_KNOWN = 10_000
SHOWN = 20
_FIRST, _LAST = Metric(MetricKind.MIN, "time"), Metric(MetricKind.MAX, "time")
#: what groups are asked for
TIMED = (*EXPOSING, _FIRST, _LAST)

Key = tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """One of those behind the events; ``new`` where they were not there in the time before."""

    key: Key
    times: int
    rows: Figure
    weighted: Figure
    rank: int
    first: datetime
    last: datetime
    new: bool
    query: str


@dataclass(frozen=True, slots=True)
class Totals:
    """All events together: how many, how many rows, and these weighed by their level."""

    times: int
    rows: Figure
    weighted: Figure


@dataclass(frozen=True, slots=True)
class Parties:
    """All of them, those who may have read most first; ``compared`` where there is something to be new against."""

    found: tuple[Party, ...]
    total: int
    newcomers: int
    compared: bool
    cut: bool

    @property
    def shown(self) -> tuple[Party, ...]:
        """Those who may have read most."""
        return self.found[:SHOWN]


def grouped(store: LogStore, request: SearchRequest, by: Sequence[str]) -> Groups:
    """Return the events by those behind them, level and basis.

    Where there are too many, those that read most rows and, by one more question, those that read what nobody counted.
    """
    asked = (*by, RANK, BASIS)
    found = store.aggregate(request, asked, TIMED, limit=MOST_GROUPS)
    if not found.cut:
        return found
    beside = store.aggregate(uncounted_of(request), asked, TIMED, limit=MOST_UNCOUNTED).rows
    rows = {row.key: row for row in (*beside, *found.rows)}
    return Groups(tuple(rows.values()), max(found.total, len(rows) + 1))


def known_before(store: LogStore, request: SearchRequest, window: Window, by: Sequence[str]) -> set[Key]:
    """Return who was there in the time before; nobody where they are too many to know them all."""
    earlier = replace(request, since=window.before, until=window.since)
    found = store.aggregate(earlier, by, (COUNT,), limit=MOST_KNOWN)
    return set() if found.cut else {row.key for row in found.rows}


def parties_of(
    groups: Groups, known: set[Key], led: Callable[[Key], str], same: Callable[[Key], Key] = lambda key: key
) -> Parties:
    """Join groups into parties, whose key is all before level and basis.

    Args:
        groups: as :func:`grouped` returns them.
        known: who was there in the time before; of nobody, nobody is new.
        led: the search for a party's events.
        same: the part of a key that says whether a party was there before.
    """
    apart: dict[Key, list[GroupRow]] = {}
    for row in groups.rows:
        apart.setdefault(row.key[:-2], []).append(row)
    found = [_party(key, of, led(key), new=bool(known) and same(key) not in known) for key, of in apart.items()]
    found.sort(key=lambda one: (_most(one.weighted), _most(one.rows), one.times), reverse=True)
    newcomers = sum(one.new for one in found)
    return Parties(tuple(found), len(found), newcomers, compared=bool(known), cut=groups.cut)


def totals_of(rows: Sequence[GroupRow]) -> Totals:
    """Add up groups whose last keys are level and basis."""
    counted, weighted = _figures(rows)
    return Totals(sum(whole(row, COUNT) for row in rows), counted, weighted)


def account_of(key: Key) -> Key:
    """Return the part of a key of :data:`PEOPLE` that is one of :data:`ACCOUNTS`."""
    account, _, org = key
    return account, org


def whole(row: GroupRow, metric: Metric) -> int:
    """Return a figure that counts; 0 where no event had one."""
    value = row.figures[metric.name]
    return value if isinstance(value, int) else 0


def narrowed(query: str, by: Sequence[str], key: Key) -> str:
    """Return the search for the events of one group."""
    told = [term(name, value) if value is not None else f"NOT {name}:*" for name, value in zip(by, key, strict=True)]
    return " AND ".join([query, *told])


def _party(key: Key, rows: Sequence[GroupRow], query: str, *, new: bool) -> Party:
    counted, weighted = _figures(rows)
    times = [row.figures[name.name] for row in rows for name in (_FIRST, _LAST)]
    told = [one for one in times if isinstance(one, datetime)]
    return Party(
        key=key,
        times=sum(whole(row, COUNT) for row in rows),
        rows=counted,
        weighted=weighted,
        rank=max(_rank(row) for row in rows),
        first=min(told),
        last=max(told),
        new=new,
        query=query,
    )


def _figures(rows: Sequence[GroupRow]) -> tuple[Figure, Figure]:
    return summed((row, 1.0) for row in rows), summed((row, WEIGHTS[_rank(row)]) for row in rows)


def _rank(row: GroupRow) -> int:
    rank = row.key[-2]
    return rank if isinstance(rank, int) and rank in WEIGHTS else 0


def _most(figure: Figure) -> float:
    """What may have been read: what nothing bounds comes before everything else."""
    return float("inf") if figure.high is None else figure.high
