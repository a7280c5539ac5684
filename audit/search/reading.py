"""Events on their way out: as lines, as documents, within what the reader may see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy.orm import Session

from audit.search.bars import bars_at, bars_of
from audit.search.period import Period
from soc.identity.actor import Actor
from soc.logstore.errors import EventNotFoundError
from soc.logstore.port import Bucket, Event, LogStore, SearchPage, SearchRequest
from soc.logstore.query import Query, Scope
from soc.ocsf.mapping import to_ocsf
from soc.tiers.scope import scope_codes

_LINES_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What a search shows: a page, its histogram and how wide a bar is in seconds."""

    page: SearchPage
    bars: tuple[Bucket, ...]
    bar_seconds: int


def lines(store: LogStore, request: SearchRequest, limit: int | None) -> Iterator[bytes]:
    """Yield events as OCSF lines, newest first; all of them without a limit."""
    left = limit
    if left is not None and left <= 0:
        return
    for table in store.iter_events(request, page=_LINES_AT_ONCE if left is None else min(left, _LINES_AT_ONCE)):
        rows = table.to_pylist() if left is None else table.slice(0, left).to_pylist()
        yield b"".join(orjson.dumps(to_ocsf(row)) + b"\n" for row in rows)
        if left is not None:
            left -= len(rows)
            if left <= 0:
                return


def request_of(session: Session, actor: Actor, query: Query, period: Period) -> SearchRequest:
    """Return the request within the actor's organisation and those below it."""
    return SearchRequest(query, period.since, period.until, scope_of(session, actor))


def paged(request: SearchRequest, limit: int, cursor: str | None) -> SearchRequest:
    """Return the request of one page."""
    return replace(request, limit=limit, cursor=cursor or None)


def scope_of(session: Session, actor: Actor) -> Scope:
    """Return whose events the actor may see."""
    return Scope(scope_codes(session, actor))


def looked(store: LogStore, request: SearchRequest) -> Looked:
    """Search, and count by time; few matches are read but once."""
    newest = store.newest(request)
    bars = bars_of(store, request) if newest.times is None else bars_at(request, newest.times)
    page = SearchPage(newest.events, bars.total, newest.cursor)
    return Looked(page, bars.bars, int(bars.width.total_seconds()))


def found(store: LogStore, session: Session, actor: Actor, uid: str) -> Event:
    """Return one event.

    Raises:
        EventNotFoundError: absent or outside the actor's scope, nobody can tell which.
    """
    event = store.get(uid, scope_of(session, actor))
    if event is None:
        raise EventNotFoundError
    return event


def document(event: Event) -> dict[str, Any]:
    """Return an event as the API gives it: OCSF, with the item's id and organisation."""
    return {"id": event["metadata.uid"], "org": event["guanlan.org"]} | to_ocsf(event)


def told(event: Mapping[str, object]) -> list[tuple[str, object]]:
    """Return an event's columns that have a value, in the schema's order."""
    return [(name, value) for name, value in event.items() if value is not None]
