"""What the matches of a search are, beside the list: the most frequent values of the fields that people narrow by.

Counting values costs about a second a million events and more where many differ, so it looks at the newest
matches, and says from when.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from audit.search.bars import extent
from audit.search.period import finer
from audit.search.pivots import fact
from soc.clock import now
from soc.logstore.lucene import term
from soc.logstore.port import LogStore, SearchRequest, Top
from soc.logstore.query import Value

FIELDS = (
    "guanlan.org",
    "actor.user.name",
    "src_endpoint.ip",
    "api.operation",
    "guanlan.tables",
    "guanlan.level",
    "guanlan.rules",
    "status_id",
    "metadata.log_name",
)
SHOWN = 8
MOST_EVENTS = 200_000
_FINEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value, how many events have it, and the queries it leads to; ``on`` where the query asks for it already."""

    value: Value
    count: int
    only: str
    without: str
    on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A field's most frequent values; ``cut`` where it has others, not ``exact`` where a count may be too low."""

    field: str
    values: tuple[FacetValue, ...]
    cut: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Facets:
    """Fields that have values among the matches; ``since`` is told where only the newest part was counted."""

    facets: tuple[Facet, ...]
    since: datetime | None


def facets_of(store: LogStore, request: SearchRequest, query: str, *, most: int = MOST_EVENTS) -> Facets:
    """Count the values of what ``request`` matches; ``query`` is its text, which the links narrow."""
    part = newest_part(store, request, most)
    tops = store.top(part, FIELDS, limit=SHOWN)
    found = tuple(_facet(name, tops[name], query) for name in FIELDS if tops[name].rows)
    return Facets(found, part.since if part.since != request.since else None)


def newest_part(store: LogStore, request: SearchRequest, most: int) -> SearchRequest:
    """Return the request of the newest ``most`` matches or somewhat fewer; of one minute at least."""
    stretch = (request.since, request.until or now()) if request.since else extent(store, request)
    if stretch is None or stretch[0] >= stretch[1]:
        return request
    width = finer(*stretch)
    held = 0
    for bucket in reversed(store.histogram(request, width)):
        if held and held + bucket.count > most:
            return replace(request, since=bucket.start + width)
        held += bucket.count
        if held > most:
            closer = replace(request, since=max(bucket.start, request.since or bucket.start))
            return closer if width <= _FINEST else newest_part(store, closer, most)
    return request


def _facet(name: str, top: Top, query: str) -> Facet:
    return Facet(name, tuple(_value(name, value, count, query) for value, count in top.rows), top.cut, top.exact)


def _value(name: str, value: Value, count: int, query: str) -> FacetValue:
    led = fact(name, value, query)
    own = term(name, value)
    return FacetValue(value, count, led.only, led.without, on=own in query and f"NOT {own}" not in query)
