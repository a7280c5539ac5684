"""Keeping the lineage, and letting levels flow down it as proposals."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, insert, or_, select
from sqlalchemy.orm import Session

from soc.db import new_id
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor
from soc.ledger.lineage.edges import Column, Edge, Origin, Problem
from soc.ledger.lineage.flow import propose_levels
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.lineage.names import Names, names_within
from soc.ledger.lineage.statements import DIALECTS, edges_of
from soc.ledger.models import LedgerItem, Source
from soc.tiers.scope import in_scope, within
from soc.trail import Act, Subject, record

#: the dialect that a source's kind speaks
DIALECT_OF = {
    "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite", "oracle": "oracle",
    "mssql": "tsql", "hive": "hive", "clickhouse": "clickhouse", "duckdb": "duckdb", "trino": "trino",
    "clickhousedb": "clickhouse",
}  # fmt: skip
_AT_ONCE = 2_000
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of edges: how many there are, are new, are gone, lead to items on both sides, and what was proposed."""

    edges: int
    new: int
    gone: int
    resolved: int
    proposals: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Whose statements these are: of a source, or of an organisation's files."""

    org: str
    source: Source | None = None

    @property
    def source_id(self) -> UUID | None:
        """The source's id."""
        return self.source.id if self.source else None


def place_of(session: Session, actor: Actor, source: Source | None) -> Place:
    """Where statements of a source, or of no named one, belong.

    Raises:
        NotFoundError: the source lies outside the actor's scope.
    """
    if source is not None and not in_scope(session, actor, source.org):
        raise NotFoundError
    return Place(source.org if source else actor.org, source)


def store_script(
    session: Session, actor: Actor, place: Place, script: str, dialect: str, name: str, *, at: datetime
) -> Stored:
    """Read a file of statements and keep its edges; those that the file had before and has no more are gone.

    Raises:
        InputError: no such dialect.
    """
    if dialect not in DIALECTS:
        raise InputError("errors.lineage.dialect", dialect=dialect[:40])
    names = names_within(session, actor)
    read = edges_of(script, dialect, names.catalogue(place.source_id), name)
    if read.problems and len(read.problems) >= read.statements:
        return Stored(0, 0, 0, 0, 0, tuple(read.problems))
    replaced = LedgerEdge.detail.startswith(f"{name}:", autoescape=True)
    stored = store_edges(session, actor, place, Origin.ETL_FILE, read.edges, names, replaced=replaced, at=at)
    return Stored(*_counts(stored), tuple(read.problems))


def _counts(stored: Stored) -> tuple[int, int, int, int, int]:
    return stored.edges, stored.new, stored.gone, stored.resolved, stored.proposals


def store_edges(
    session: Session,
    actor: Actor,
    place: Place,
    origin: Origin,
    edges: Iterable[Edge],
    names: Names | None = None,
    *,
    replaced: Any = None,
    at: datetime,
) -> Stored:
    """Keep edges of one origin.

    Args:
        session: a writing session.
        actor: who brings them.
        place: whose statements said so.
        origin: what they were read from.
        edges: with names as statements have them.
        names: what the ledger knows, where it was read already.
        replaced: the clause for edges kept before that these stand for; None where older ones stay.
        at: when they were seen.
    """
    names = names or names_within(session, actor)
    spread = {_key(edge): edge for edge in names.spread(edges, place.source_id)}
    known = {_row_key(row): row for row in session.scalars(_kept(place, origin))}
    fresh = [_values(edge, place, origin, names, at) for key, edge in spread.items() if key not in known]
    for key in spread.keys() & known.keys():
        _refresh(known[key], spread[key], place, origin, names, at)
    gone = _drop(session, place, origin, replaced, set(spread)) if replaced is not None else 0
    for start in range(0, len(fresh), _AT_ONCE):
        session.execute(insert(LedgerEdge), fresh[start : start + _AT_ONCE])
    session.flush()
    proposals = propose_levels(session, at=at)
    resolved = sum(1 for edge in spread.values() if _resolved(edge, place, names))
    stored = Stored(len(spread), len(fresh), gone, resolved, proposals)
    subject = place.source if place.source is not None else Subject(LedgerEdge.__tablename__, origin.value, place.org)
    after = {"origin": origin.value, "edges": stored.edges, "new": stored.new, "gone": gone, "proposals": proposals}
    record(session, actor, Act.LINEAGE_STORED, subject, after=after)
    return stored


def _key(edge: Edge) -> Key:
    return edge.upstream.table, edge.upstream.name, edge.downstream.table, edge.downstream.name


def _row_key(row: LedgerEdge) -> Key:
    return row.up_table, row.up_column, row.down_table, row.down_column


def _kept(place: Place, origin: Origin) -> Select[LedgerEdge]:
    query = select(LedgerEdge).where(LedgerEdge.org == place.org, LedgerEdge.origin == origin)
    own = LedgerEdge.source_id.is_(None) if place.source is None else LedgerEdge.source_id == place.source_id
    return query.where(own)


def _values(edge: Edge, place: Place, origin: Origin, names: Names, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(), "org": place.org, "source_id": place.source_id, "origin": origin, "detail": edge.detail[:400],
        "up_table": edge.upstream.table, "up_column": edge.upstream.name, "down_table": edge.downstream.table,
        "down_column": edge.downstream.name, "up_item_id": names.item(edge.upstream, place.source_id),
        "down_item_id": names.item(edge.downstream, place.source_id), "transform": edge.transform,
        "confidence": edge.confidence(origin), "first_seen": at, "last_seen": at,
    }  # fmt: skip


def _refresh(row: LedgerEdge, edge: Edge, place: Place, origin: Origin, names: Names, at: datetime) -> None:
    row.last_seen, row.detail, row.transform = at, edge.detail[:400], edge.transform
    row.confidence = edge.confidence(origin)
    row.up_item_id = names.item(edge.upstream, place.source_id)
    row.down_item_id = names.item(edge.downstream, place.source_id)


def _drop(session: Session, place: Place, origin: Origin, replaced: Any, kept: set[Key]) -> int:
    gone = [row for row in session.scalars(_kept(place, origin).where(replaced)) if _row_key(row) not in kept]
    for row in gone:
        session.delete(row)
    return len(gone)


def _resolved(edge: Edge, place: Place, names: Names) -> bool:
    return None not in {names.item(edge.upstream, place.source_id), names.item(edge.downstream, place.source_id)}


def edges_within(actor: Actor) -> Select[LedgerEdge]:
    """The edges that organisations in the actor's scope said."""
    return within(actor, LedgerEdge)


def edges_around(session: Session, actor: Actor, item: LedgerItem, depth: int = 3, most: int = 400) -> list[LedgerEdge]:
    """Edges up and down from an item, so many steps each way, as far as the actor sees them."""
    found: dict[UUID, LedgerEdge] = {}
    for up in (True, False):
        front = {item.id}
        for _ in range(depth):
            here, there = (
                (LedgerEdge.down_item_id, LedgerEdge.up_item_id)
                if up
                else (LedgerEdge.up_item_id, LedgerEdge.down_item_id)
            )
            query = edges_within(actor).where(here.in_(front)).order_by(LedgerEdge.confidence.desc(), LedgerEdge.id)
            rows = [row for row in session.scalars(query.limit(most)) if row.id not in found]
            found |= {row.id: row for row in rows}
            front = {getattr(row, there.key) for row in rows} - {None, item.id}
            if not front or len(found) >= most:
                break
    return list(found.values())


def resolve_again(session: Session, actor: Actor, source: Source) -> int:
    """After a scan: lead edges to items that were not known before; return how many were led."""
    names = names_within(session, actor)
    loose = or_(LedgerEdge.up_item_id.is_(None), LedgerEdge.down_item_id.is_(None))
    query = select(LedgerEdge).where(
        loose, or_(LedgerEdge.source_id == source.id, and_(LedgerEdge.source_id.is_(None)))
    )
    led = 0
    for row in session.scalars(query):
        up = names.item(Column(row.up_table, row.up_column), row.source_id)
        down = names.item(Column(row.down_table, row.down_column), row.source_id)
        led += (row.up_item_id, row.down_item_id) != (up, down)
        row.up_item_id, row.down_item_id = up, down
    return led


def counts_by_origin(session: Session, actor: Actor) -> dict[str, int]:
    """How many edges were read from what."""
    query = within(actor, LedgerEdge).with_only_columns(LedgerEdge.origin)
    return dict(Counter(origin.value for origin in session.scalars(query)))
