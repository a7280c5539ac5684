"""A table as the logs and the ledger know it: by what it is read, how many rows and persons, and how grave it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from incidents.entities.looking import Look
from incidents.entities.parties import MOST_SUMMED, RANK, Totals, narrowed, totals_of, whole
from soc.entities import DATABASE, ORG, TABLES, LogEntity
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.persons import PERSON_KEYS
from soc.logstore.exposed import BASIS, EXPOSING, summed
from soc.logstore.port import COUNT, GroupRow
from soc.tiers.models import Organisation
from soc.tiers.scope import visible_items

#: one reading tells by what it was read and where: operation, whether data was taken out, whose log, which database
_HOW = ("api.operation", "guanlan.export", ORG, DATABASE)
_MOST_PLACES, _MOST_LEDGER = 30, 50


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of operation, and whether it took data out."""

    name: str
    export: bool
    times: int
    rows: Figure
    query: str


@dataclass(frozen=True, slots=True)
class Place:
    """A database of an organisation's logs that has a table of this name."""

    entity: LogEntity
    times: int


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table's last thirty days, and what the ledger has of it."""

    totals: Totals
    operations: tuple[Operation, ...]
    places: tuple[Place, ...]
    ledger: tuple[LedgerTable, ...]
    #: None where the ledger knows the table and no key of persons in it
    persons: Figure | None

    @property
    def exports(self) -> tuple[Operation, ...]:
        """Operations that took data out."""
        return tuple(one for one in self.operations if one.export)

    @property
    def export_times(self) -> int:
        """How often data was taken out."""
        return sum(one.times for one in self.exports)

    @property
    def nothing(self) -> bool:
        """Whether the reader's logs say nothing of its last thirty days."""
        return not self.totals.times


def table_facts(look: Look, session: Session, actor: Actor) -> TableFacts | None:
    """Ask what is known of a table: one question of the store; None where the reader's organisations never saw it."""
    how = look.store.aggregate(look.lately, (*_HOW, RANK, BASIS), EXPOSING, limit=MOST_SUMMED).rows
    ledger = ledger_tables(session, actor, look.entity)
    if not how and not ledger and not look.ever_seen():
        return None
    totals = totals_of(how)
    return TableFacts(
        totals=totals,
        operations=_operations(how, look.entity.query),
        places=_places(how, look.entity),
        ledger=ledger,
        persons=persons_of(totals.rows, ledger, keyed=_keyed(session, ledger)),
    )


def ledger_tables(session: Session, actor: Actor, entity: LogEntity) -> tuple[LedgerTable, ...]:
    """Return the ledger's tables that events of this name may speak of, as far as the actor sees them."""
    asked = (
        select(LedgerTable)
        .join(Source, Source.id == LedgerTable.source_id)
        .options(contains_eager(LedgerTable.source))
        .where(
            visible_items(actor, LedgerTable),
            func.lower(LedgerTable.name) == entity.name.lower(),
            LedgerTable.gone_at.is_(None),
            Source.removed_at.is_(None),
        )
    )
    if entity.database:
        # a log that names its database speaks of no other; a source of which no name is known may be the one
        asked = asked.where(func.lower(Source.database).in_((entity.database.lower(), "")))
    found = session.scalars(asked.order_by(LedgerTable.org, LedgerTable.id).limit(_MOST_LEDGER)).all()
    return tuple(found) if not entity.org else _near(session, found, entity.org)


def persons_of(rows: Figure, ledger: Sequence[LedgerTable], *, keyed: bool) -> Figure | None:
    """Return how many persons the rows may be of: as many as the ledger counts in the table, or as rows at most.

    Args:
        rows: what was read.
        ledger: the tables it may have been read from.
        keyed: whether the ledger knows a column in one of them whose values stand for persons.
    """
    if ledger and not keyed:
        return None
    if rows.nothing:
        return Figure(0, 0, Basis.ESTIMATED)
    counted = [one.persons_high for one in ledger]
    known = sum(one or 0 for one in counted) if counted and None not in counted else None
    highs = [one for one in (rows.high, known) if one is not None]
    basis = Basis.UNKNOWN if not ledger or rows.high is None else max(Basis.ESTIMATED, rows.basis, key=_doubt)
    return Figure(1 if rows.low else 0, min(highs, default=None), basis)


def _keyed(session: Session, ledger: Sequence[LedgerTable]) -> bool:
    """Whether one of the tables counts persons, or has a column that could be counted by."""
    if any(one.persons_high for one in ledger):
        return True
    ids = [one.id for one in ledger]
    key = select(LedgerItem.id).where(LedgerItem.type.in_(PERSON_KEYS), LedgerItem.gone_at.is_(None))
    return bool(ids) and session.scalar(key.where(LedgerItem.table_id.in_(ids)).limit(1)) is not None


def _doubt(basis: Basis) -> int:
    return list(Basis).index(basis)


def _near(session: Session, found: Sequence[LedgerTable], org: str) -> tuple[LedgerTable, ...]:
    """Keep tables of organisations on the way from the top to ``org`` or below it: its logs speak of no others'."""
    codes = {one.org for one in found} | {org}
    asked = select(Organisation.code, Organisation.path).where(Organisation.code.in_(codes))
    paths = {row.code: row.path for row in session.execute(asked)}
    mine = paths.get(org, "-")
    near = {code for code, path in paths.items() if path.startswith(mine) or mine.startswith(path)}
    return tuple(one for one in found if one.org in near)


def _operations(rows: Sequence[GroupRow], query: str) -> tuple[Operation, ...]:
    groups: dict[tuple[str | None, bool], list[GroupRow]] = {}
    for row in rows:
        name = row.key[0]
        groups.setdefault((None if name is None else str(name), row.key[1] is True), []).append(row)
    found = [_operation(name, of, query, export=export) for (name, export), of in groups.items()]
    return tuple(sorted(found, key=lambda one: (not one.export, -one.times, one.name)))


def _operation(name: str | None, rows: Sequence[GroupRow], query: str, *, export: bool) -> Operation:
    took_out = "guanlan.export:true" if export else "NOT guanlan.export:true"
    return Operation(
        name=name or "",
        export=export,
        times=sum(whole(row, COUNT) for row in rows),
        rows=summed((row, 1.0) for row in rows),
        query=f"{narrowed(query, _HOW[:1], (name,))} AND {took_out}",
    )


def _places(rows: Sequence[GroupRow], entity: LogEntity) -> tuple[Place, ...]:
    """Where events of this name come from, those with most of them first; one place is no choice."""
    times: Counter[tuple[str, str]] = Counter()
    for row in rows:
        org, database = (str(one) if one is not None else "" for one in row.key[2:4])
        times[org, database] += whole(row, COUNT)
    if len(times) == 1 or (entity.org and entity.database):
        return ()
    found = sorted(times.items(), key=lambda one: (-one[1], one[0]))[:_MOST_PLACES]
    return tuple(Place(LogEntity(TABLES, entity.name, org, database), count) for (org, database), count in found)
