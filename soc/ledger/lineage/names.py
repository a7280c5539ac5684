"""From the names of statements to items of the ledger, and back: what is known of tables and their columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from soc.identity.actor import Actor
from soc.ledger.lineage.edges import Column, Edge
from soc.ledger.lineage.selects import Catalogue
from soc.ledger.models import LedgerItem, LedgerTable
from soc.tiers.scope import visible


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table of the ledger, its columns in order."""

    source_id: UUID
    name: str
    columns: Mapping[str, UUID]


@dataclass(slots=True)
class Names:
    """The tables that names may mean, by name in small letters, with and without a schema."""

    tables: dict[str, list[KnownTable]] = field(default_factory=dict)

    def item(self, column: Column, source_id: UUID | None) -> UUID | None:
        """The item that a column's name means: in the statement's own source first, elsewhere only if it is the only one."""
        table = self.table(column.table, source_id)
        return table.columns.get(column.name) if table else None

    def table(self, name: str, source_id: UUID | None) -> KnownTable | None:
        """The table that a name means; None where there is none, or more than one and none nearer."""
        found = self.tables.get(name.lower()) or self.tables.get(name.lower().rpartition(".")[2], [])
        own = [one for one in found if one.source_id == source_id]
        chosen = own or found
        return chosen[0] if len(chosen) == 1 else None

    def catalogue(self, source_id: UUID | None) -> Catalogue:
        """The columns of tables, as the statements' reader takes them."""
        known = {}
        for name in self.tables:
            table = self.table(name, source_id)
            if table is not None:
                known[name] = tuple(table.columns)
        return Catalogue(known)

    def spread(self, edges: Iterable[Edge], source_id: UUID | None) -> Iterable[Edge]:
        """Edges of ``*`` to ``*`` as edges of the columns that both tables have."""
        for edge in edges:
            if edge.upstream.name != "*":
                yield edge
                continue
            up, down = self.table(edge.upstream.table, source_id), self.table(edge.downstream.table, source_id)
            shared = [name for name in up.columns if name in down.columns] if up and down else []
            for name in shared:
                sides = Column(edge.upstream.table, name), Column(edge.downstream.table, name)
                yield Edge(*sides, edge.transform, edge.guessed, edge.detail)
            if not shared:
                yield edge


def names_within(session: Session, actor: Actor) -> Names:
    """The tables in the actor's scope, which statements may name."""
    names = Names()
    tables: dict[UUID, KnownTable] = {}
    columns: dict[UUID, dict[str, UUID]] = {}
    for table_id, source_id, name, item_id, column in session.execute(_known(actor)):
        if table_id not in tables:
            columns[table_id] = {}
            tables[table_id] = KnownTable(source_id, name, columns[table_id])
        columns[table_id][column.lower()] = item_id
    for table in tables.values():
        for name in {table.name.lower(), table.name.lower().rpartition(".")[2]}:
            names.tables.setdefault(name, []).append(table)
    return names


def _known(actor: Actor) -> Select[UUID, UUID, str, UUID, str]:
    query = select(LedgerTable.id, LedgerTable.source_id, LedgerTable.name, LedgerItem.id, LedgerItem.name)
    query = query.join(LedgerItem, LedgerItem.table_id == LedgerTable.id)
    query = query.where(visible(actor, LedgerItem.org), LedgerItem.gone_at.is_(None), LedgerTable.gone_at.is_(None))
    return query.order_by(LedgerTable.id, LedgerItem.place, LedgerItem.id)
