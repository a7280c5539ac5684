"""An application as the logs know it: whom it asks for, what is nobody's, its tables, and statements of a new shape."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from incidents.alerts.asked import BASES, AskedThrough, summed_up
from incidents.entities.looking import Look
from incidents.entities.parties import (
    MOST_SUMMED,
    RANK,
    Key,
    Parties,
    Totals,
    grouped,
    known_before,
    narrowed,
    parties_of,
    totals_of,
    whole,
)
from soc.accounts.service import account_named
from soc.entities import ACCOUNT, ORG, TABLES, LogEntity
from soc.exposure import Figure
from soc.identity.actor import Actor
from soc.logstore.exposed import BASIS, EXPOSING, summed
from soc.logstore.lucene import term
from soc.logstore.port import COUNT, GroupRow, Metric, MetricKind
from soc.logstore.query import Exists, Query, Range, Term, all_of, any_of

BY = ("guanlan.asked_by", ORG)
_SIGNS = ("guanlan.asked_by_basis", "guanlan.asked_by_confidence")
_SHAPE, _STATEMENT = "query_info.uid", "query_info.query_string"
_FIRST, _LAST = Metric(MetricKind.MIN, "time"), Metric(MetricKind.MAX, "time")
_SHOWN = 12
#: events in which the words of new shapes are looked for
_EXAMPLES = 200
_MOST_TABLES = 200
#: new shapes that are counted: with more of them the page says at least
_MOST_SHAPES = 1_000


@dataclass(frozen=True, slots=True)
class TouchedTable:
    """A table the application asked for."""

    name: str
    times: int
    rows: Figure
    query: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of statements that was never seen before; ``statement`` is one of it, masked, "" where none was kept."""

    uid: str
    first: datetime
    times: int
    statement: str
    query: str


@dataclass(frozen=True, slots=True)
class NewShapes:
    """The shapes that came up last, of ``total`` that are new."""

    found: tuple[Shape, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """An application's last thirty days; ``application`` is what people call it."""

    application: str
    totals: Totals
    asked: AskedThrough
    tables: tuple[TouchedTable, ...]

    @property
    def nothing(self) -> bool:
        """Whether the reader's logs say nothing of its last thirty days."""
        return not (self.totals.times or self.tables)


def application_facts(look: Look, session: Session, actor: Actor, *, threshold: int) -> ApplicationFacts | None:
    """Ask what is known of an application: two questions of the store; None where the reader's organisations never saw it.

    An account is an application's where somebody marked it as one: of others this says nothing.
    """
    called = name_of(session, actor, look.entity)
    if called is None:
        return None
    statements = look.only(Exists(_SHAPE))
    signs = look.store.aggregate(statements, (*_SIGNS, RANK, BASIS), EXPOSING, limit=MOST_SUMMED).rows
    if not signs and look.entity.field != ACCOUNT and not look.ever_seen():
        return None
    told = [(row.key[0], row.key[1], whole(row, COUNT)) for row in signs]
    return ApplicationFacts(
        application=called,
        totals=totals_of(signs),
        asked=summed_up(told, _statements(look), threshold, application=called, since=look.window.since),
        tables=_tables(look),
    )


def asked_for(look: Look, *, threshold: int) -> Parties:
    """Ask whom it asks for, of those statements that are charged to a person: two questions, three for very many."""
    charged = look.only(_charged(threshold))
    known = known_before(look.store, charged, look.window, BY)
    return parties_of(grouped(look.store, charged, BY), known, partial(_led, _statements(look), threshold))


def _statements(look: Look) -> str:
    """The search for its statements."""
    return f"{look.entity.query} AND _exists_:{_SHAPE}"


def name_of(session: Session, actor: Actor, entity: LogEntity) -> str | None:
    """Return what an application is called; None for an account that is none's."""
    if entity.field != ACCOUNT:
        return entity.name
    account = account_named(session, actor, entity.org, entity.name)
    return None if account is None or not account.is_service else account.application or entity.name


def _charged(threshold: int) -> Query:
    """Statements that are charged to a person."""
    basis, confidence = _SIGNS
    known = any_of(*(Term(basis, one) for one in BASES))
    return all_of(Exists(_SHAPE), known, Range(confidence, low=threshold), Exists(BY[0]))


def _led(query: str, threshold: int, key: Key) -> str:
    bases = " OR ".join(term(_SIGNS[0], basis) for basis in BASES)
    return f"{narrowed(query, BY, key)} AND ({bases}) AND {_SIGNS[1]}:[{threshold} TO *]"


def _tables(look: Look) -> tuple[TouchedTable, ...]:
    apart: dict[str, list[GroupRow]] = {}
    asked = look.only(Exists(TABLES))
    for row in look.store.aggregate(asked, (TABLES, BASIS), EXPOSING, limit=_MOST_TABLES).rows:
        apart.setdefault(str(row.key[0]), []).append(row)
    found = [_table(name, of, look.entity.query) for name, of in apart.items()]
    return tuple(sorted(found, key=lambda one: (-one.times, one.name))[:_SHOWN])


def _table(name: str, rows: Sequence[GroupRow], query: str) -> TouchedTable:
    times = sum(whole(row, COUNT) for row in rows)
    return TouchedTable(name, times, summed((row, 1.0) for row in rows), f"{query} AND {term(TABLES, name)}")


def new_shapes(look: Look) -> NewShapes:
    """Ask which shapes' first event ever is of lately: two questions of the store, one of them of all it holds."""
    ever = replace(look.only(Exists(_SHAPE)), since=None)
    groups = look.store.aggregate(ever, (_SHAPE,), (_FIRST, COUNT), limit=_MOST_SHAPES).rows
    firsts = [(row, row.figures[_FIRST.name]) for row in groups]
    new = [(row, first) for row, first in firsts if isinstance(first, datetime) and first >= look.window.since]
    if len(new) == len(groups) < _MOST_SHAPES:
        return NewShapes()  # nothing of it is older: all would be new, which says nothing
    told = _words(look, [str(row.key[0]) for row, _ in new[:_SHOWN]])
    return NewShapes(tuple(_shape(row, first, told, look.entity.query) for row, first in new[:_SHOWN]), len(new))


def _words(look: Look, uids: Sequence[str]) -> dict[str, str]:
    if not uids:
        return {}
    asked = replace(look.only(any_of(*(Term(_SHAPE, uid) for uid in uids))), limit=_EXAMPLES)
    events = look.store.newest(asked).events
    return {str(event[_SHAPE]): str(event[_STATEMENT]) for event in events if event[_STATEMENT]}


def _shape(row: GroupRow, first: datetime, told: dict[str, str], query: str) -> Shape:
    uid = str(row.key[0])
    return Shape(uid, first, whole(row, COUNT), told.get(uid, ""), f"{query} AND {term(_SHAPE, uid)}")
