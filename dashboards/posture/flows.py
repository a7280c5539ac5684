"""What the access logs say of graded data: who reads it, by which way, to where, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dashboards.posture.indicators import Span
from soc.exposure import Figure
from soc.logstore.exposed import Read, counted, rows_read, uncounted
from soc.logstore.lucene import parse
from soc.logstore.port import COUNT, GroupRow, SearchRequest
from soc.logstore.query import Scope

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

#: data that counts as grave: G3 and above
GRAVE = "guanlan.level_rank:[3 TO *]"
_WHO = ("guanlan.person", "actor.user.name", "guanlan.org")
_SHANGHAI = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who read grave data: rows, and how often."""

    name: str
    org: str
    rows: Figure
    reads: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Grave data from a database through an application to inside or outside."""

    source: str
    application: str
    receiver: str
    reads: int


def takers(store: "LogStore", orgs: frozenset[str], span: Span, *, limit: int = 10) -> list[Taker]:
    """Return who read the most rows of grave data, at most ``limit``; half of them may be those it is not known of."""
    request = _request(orgs, span)
    most = counted(store, request, _WHO, limit)
    keys = dict.fromkeys([*uncounted(store, request, _WHO, limit // 2), *(row.key for row in most)])
    chosen = rows_read(store, request, _WHO, list(keys)[:limit], most)
    return sorted(map(_taker, chosen.values()), key=_counted, reverse=True)


def flows(store: "LogStore", orgs: frozenset[str], span: Span, *, limit: int = 24) -> list[Flow]:
    """Return the heaviest ways that grave data took, by number of reads."""
    fields = ["database.name", "actor.app_name", "guanlan.inside"]
    rows = store.aggregate(_request(orgs, span), fields, [COUNT], limit).rows
    return [Flow(_word(row, 0), _word(row, 1), _side(row), _number(row, "count")) for row in rows]


def hours(store: "LogStore", orgs: frozenset[str], span: Span) -> list[list[int]]:
    """Return reads of grave data by weekday (Monday first) and hour of Shanghai: 7 rows of 24."""
    table = [[0] * 24 for _ in range(7)]
    for bucket in store.histogram(_request(orgs, span), timedelta(hours=1)):
        local = bucket.start + _SHANGHAI
        table[local.weekday()][local.hour] += bucket.count
    return table


def _request(orgs: frozenset[str], span: Span) -> SearchRequest:
    return SearchRequest(parse(GRAVE), since=span.since, until=span.until, scope=Scope(orgs))


def _taker(read: Read) -> Taker:
    person, account, org = read.key
    return Taker(str(person or account or "—"), str(org or ""), read.rows, read.times)


def _counted(one: Taker) -> tuple[int, float]:
    return one.rows.weight


def _word(row: GroupRow, place: int) -> str:
    return str(row.key[place] or "—")


def _side(row: GroupRow) -> str:
    inside: Sequence[object] = row.key
    return "inside" if inside[2] is True else "outside" if inside[2] is False else "unknown"


def _number(row: GroupRow, name: str) -> int:
    value = row.figures.get(name)
    return value if isinstance(value, int) else 0
