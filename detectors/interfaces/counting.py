"""What some batches say of interfaces: requests by template, and what the statements asked through them read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from soc.ledger.routes import METHODS, route_of
from soc.logstore.port import COUNT, GroupRow, Metric, MetricKind, SearchRequest
from soc.logstore.query import Exists, Query, Range, Scope, Term, all_of, any_of

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

#: distinct paths and pairs of interface and item that are looked at of one turn, the most frequent
MOST_PATHS, MOST_PAIRS = 50_000, 20_000
_METHOD, _PATH = "http_request.http_method", "http_request.url.path"
_THROUGH = "guanlan.asked_through"
_FIRST, _LAST = Metric(MetricKind.MIN, "time"), Metric(MetricKind.MAX, "time")
_RANK = Metric(MetricKind.MAX, "guanlan.level_rank")
#: OCSF's HTTP Activity; what was answered as asked (2xx): what fails is no interface but somebody who looks for one
_ANSWERED = (Term("class_uid", 4002), Range("http_response.code", 200, 299))


@dataclass(slots=True)
class Sighting:
    """One interface in some batches."""

    first: datetime
    last: datetime
    requests: int = 0
    statements: int = 0
    rank: int = 0
    items: Counter[str] = field(default_factory=Counter)
    #: database accounts under which its statements ran
    accounts: Counter[str] = field(default_factory=Counter)

    def with_more(self, other: "Sighting") -> "Sighting":
        """Return both as one."""
        return Sighting(
            min(self.first, other.first), max(self.last, other.last), self.requests + other.requests,
            self.statements + other.statements, max(self.rank, other.rank), self.items + other.items,
            self.accounts + other.accounts,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrived:
    """Batches of one organisation, by their ids in the log store, and when the first and the last of them came."""

    org: str
    batches: Sequence[str]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Sightings:
    """What was seen by "GET /path", and how many paths and items were too many to look at."""

    by_route: dict[str, Sighting]
    left_out: int


def sightings(store: "LogStore", arrived: Arrived) -> Sightings:
    """Count up what came in."""
    found: dict[str, Sighting] = {}
    asked = all_of(*_ANSWERED, any_of(*(Term(_METHOD, one) for one in METHODS)))
    paths = store.aggregate(_request(arrived, asked), [_METHOD, _PATH], [COUNT, _FIRST, _LAST], MOST_PATHS)
    for row in paths.rows:
        route = route_of(_text(row, 0), _text(row, 1))
        if route is not None:
            _at(found, route, row).requests += _whole(row, COUNT)
    return Sightings(found, paths.total - len(paths.rows) + _data_behind(store, arrived, found))


def _data_behind(store: "LogStore", arrived: Arrived, found: dict[str, Sighting]) -> int:
    """Add what statements say: of which account, how grave, and which items; returns how many were left out."""
    request = _request(arrived, Exists(_THROUGH))
    under = store.aggregate(request, [_THROUGH, "actor.user.name"], [COUNT, _FIRST, _LAST, _RANK], MOST_PAIRS)
    for row in under.rows:
        one = _at(found, str(row.key[0]), row)
        one.statements += _whole(row, COUNT)
        one.rank = max(one.rank, _whole(row, _RANK))
        one.accounts[_text(row, 1) or ""] += _whole(row, COUNT)
    if not under.rows:
        return 0
    read = store.aggregate(request, [_THROUGH, "guanlan.columns"], [COUNT], MOST_PAIRS)
    for row in read.rows:
        route, item = str(row.key[0]), row.key[1]
        if item is not None and route in found:
            found[route].items[str(item)] += _whole(row, COUNT)
    return (under.total - len(under.rows)) + (read.total - len(read.rows))


def _at(found: dict[str, Sighting], route: str, row: GroupRow) -> Sighting:
    first, last = row.figures[_FIRST.name], row.figures[_LAST.name]
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    one = found.setdefault(route, Sighting(first, last))
    one.first, one.last = min(one.first, first), max(one.last, last)
    return one


def _request(arrived: Arrived, query: Query) -> SearchRequest:
    """Events of these batches alone; the instants of arrival spare the store the parts that are older."""
    came = Range("metadata.logged_time", arrived.since, arrived.until)
    theirs = any_of(*(Term("guanlan.batch", one) for one in arrived.batches))
    return SearchRequest(query=all_of(query, came, theirs), scope=Scope.of([arrived.org]))


def _text(row: GroupRow, place: int) -> str | None:
    return None if row.key[place] is None else str(row.key[place])


def _whole(row: GroupRow, metric: Metric) -> int:
    value = row.figures[metric.name]
    return value if isinstance(value, int) else 0


def folded(routes: Iterable[str], known: Iterable[str], most: int) -> dict[str, str]:
    """Return each route with the one it is counted as: where a path has very many children, they are one's values.

    A name or a word of letters is no value by its look; a hundred of them in one place are.
    """
    routes = list(routes)
    children = Counter(_parent(one) for one in {*routes, *known})
    return {one: f"{_parent(one)}/{{id}}" if children[_parent(one)] > most else one for one in routes}


def _parent(route: str) -> str:
    return route.rpartition("/")[0]
