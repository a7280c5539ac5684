"""Who looked a subject up: the value is read, turned into its tokens and forgotten; only they are asked for and told.

A look-up of a look-up leaves an entry in the trail with the token and the purpose that was stated.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from audit.search import reading
from audit.search.period import Period
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.logstore.lucene import term
from soc.logstore.port import COUNT, GroupRow, LogStore, Metric, MetricKind, SearchRequest
from soc.logstore.query import Exists, Query, Term, all_of, any_of
from soc.subjects import subject_of, tokens_of
from soc.subjects.tokens import current
from soc.trail import Act, Subject, record

FIELD = "guanlan.subjects"
#: people that are told, those who asked most first
MOST = 500
_BUSINESS = "guanlan.business"
_FIRST, _LAST = Metric(MetricKind.MIN, "time"), Metric(MetricKind.MAX, "time")
#: who, and through what
_BY = (
    "guanlan.person",
    "actor.user.name",
    "guanlan.asked_by",
    "guanlan.org",
    "actor.app_name",
    "metadata.log_name",
)
LEAST_PURPOSE, LONGEST_PURPOSE = 4, 500


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who looked the subject up, through one log and application.

    ``times`` are events, of which ``for_business`` said a business number; ``query`` finds them in the log search.
    """

    person: str | None
    account: str | None
    asked_by: str | None
    org: str
    application: str | None
    log_name: str
    times: int
    for_business: int
    first: datetime
    last: datetime
    query: str


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What is known of a subject's look-ups: ``token`` is today's, ``query`` finds the events of all its tokens."""

    type: str
    token: str
    query: str
    askers: tuple[Asker, ...]
    total: int
    times: int

    def as_json(self) -> dict[str, Any]:
        """Return what the API and the command print."""
        return {
            "type": self.type,
            "token": self.token,
            "query": self.query,
            "times": self.times,
            "total": self.total,
            "askers": [asdict(one) for one in self.askers],
        }

    @property
    def cut(self) -> bool:
        """Whether there are more askers than are told."""
        return len(self.askers) < self.total


def who_looked_up(
    session: Session, store: LogStore, actor: Actor, written: str, *, purpose: str, period: Period
) -> LookedUp:
    """Tell who looked up the subject that a written value is, within what the actor may see; leaves an entry.

    Raises:
        InputError: the value is of no type that is kept as a token, or no purpose is stated. It is not repeated.
    """
    purpose = purpose.strip()
    if not LEAST_PURPOSE <= len(purpose) <= LONGEST_PURPOSE:
        raise InputError("errors.subject.purpose", least=LEAST_PURPOSE, most=LONGEST_PURPOSE)
    value = subject_of(written)
    if value is None:
        raise InputError("errors.subject.unknown")
    settings = session.info["settings"]
    newest = current(settings).of_text(value.value) or ""
    tokens = tokens_of(settings, value)
    asked = reading.request_of(session, actor, any_of(*(Term(FIELD, one) for one in tokens)), period)
    found = _found(store, asked, value.type, newest, tokens)
    told = {"tokens": list(tokens), "askers": found.total, "events": found.times}
    record(session, actor, Act.SUBJECT_SEARCHED, Subject("subject", newest), after=told, note=purpose)
    return found


def _found(store: LogStore, asked: SearchRequest, kind: str, newest: str, tokens: tuple[str, ...]) -> LookedUp:
    groups = store.aggregate(asked, _BY, [COUNT, _FIRST, _LAST], limit=MOST)
    told = _request(asked, Exists(_BUSINESS))
    business = {row.key: _count(row.figures) for row in store.aggregate(told, _BY, [COUNT], limit=MOST).rows}
    query = " OR ".join(term(FIELD, one) for one in tokens)
    askers = tuple(_asker(row, business.get(row.key, 0), query) for row in groups.rows)
    times = store.count(asked) if groups.cut else sum(one.times for one in askers)
    return LookedUp(kind, newest, query, askers, groups.total, times)


def _request(asked: SearchRequest, more: Query) -> SearchRequest:
    return SearchRequest(all_of(asked.query, more), asked.since, asked.until, asked.scope)


def _count(figures: Mapping[str, int | datetime | None]) -> int:
    count = figures[COUNT.name]
    return count if isinstance(count, int) else 0


def _asker(row: GroupRow, business: int, query: str) -> Asker:
    person, account, asked_by, org, application, log_name = (None if one is None else str(one) for one in row.key)
    first, last = row.figures[_FIRST.name], row.figures[_LAST.name]
    assert isinstance(first, datetime), "every event has a time"
    assert isinstance(last, datetime)
    mine = f" AND {term('actor.user.name', account)}" if account else " AND NOT actor.user.name:*"
    return Asker(
        person, account, asked_by, org or "", application, log_name or "", _count(row.figures), business, first, last,
        f"({query}){mine}",
    )  # fmt: skip
