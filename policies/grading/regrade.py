"""Grading the ledger as it stands: every table with its columns, its volume and whose it is, under a policy.

Read as plain rows, not as objects: a province has 35,000 items, and a what-if has to answer while somebody waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from policies.grading.decision import TableGrade, grade
from policies.grading.facts import TableFacts, column_of
from policies.grading.policy import GradingPolicy
from soc.identity.actor import Actor
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem, LedgerTable, TableKind
from soc.tiers.models import Organisation
from soc.tiers.scope import visible_items


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item as the ledger has it; ``fixed`` where its owner corrected it, whose word stands."""

    id: UUID
    org: str
    name: str
    type: str | None
    level: Level
    category: str | None
    sharing: str | None
    fixed: bool


@dataclass(frozen=True)
class KeptTable:
    """A table as the ledger has it, with its items in the order of ``facts.columns``."""

    id: UUID
    org: str
    level: Level
    category: str | None
    flags: tuple[str, ...]
    facts: TableFacts
    items: tuple[KeptItem, ...]

    def graded(self, policy: GradingPolicy) -> TableGrade:
        """Its grades under a policy."""
        return grade(self.facts, policy)


def kept_tables(session: Session, actor: Actor, *, source_id: UUID | None = None) -> Iterator[KeptTable]:
    """Yield every table that is still there and that the actor may see, in the order of their ids."""
    items = _items(session, actor, source_id)
    query = (
        select(
            LedgerTable.id, LedgerTable.org, LedgerTable.name, LedgerTable.level, LedgerTable.category,
            LedgerTable.flags, LedgerTable.rows, LedgerTable.persons_low, Organisation.tier,
        )
        .join(Organisation, Organisation.code == LedgerTable.org)
        .where(visible_items(actor, LedgerTable), LedgerTable.gone_at.is_(None), LedgerTable.kind != TableKind.MODEL)
        .order_by(LedgerTable.id)
    )  # fmt: skip
    if source_id is not None:
        query = query.where(LedgerTable.source_id == source_id)
    for row in session.execute(query):
        yield _table(row, items.get(row.id, []))


def _items(session: Session, actor: Actor, source_id: UUID | None) -> dict[UUID, list[Row[Any]]]:
    query = (
        select(
            LedgerItem.table_id, LedgerItem.id, LedgerItem.org, LedgerItem.name, LedgerItem.comment, LedgerItem.type,
            LedgerItem.level, LedgerItem.category, LedgerItem.masked, LedgerItem.evidence, LedgerItem.status,
            LedgerItem.sharing,
        )
        .where(visible_items(actor, LedgerItem), LedgerItem.gone_at.is_(None))
        .order_by(LedgerItem.id)
    )  # fmt: skip
    if source_id is not None:
        query = query.where(LedgerItem.source_id == source_id)
    found: dict[UUID, list[Row[Any]]] = {}
    for row in session.execute(query):
        found.setdefault(row.table_id, []).append(row)
    return found


def _table(row: Any, items: list[Row[Any]]) -> KeptTable:
    columns = [column_of(one.name, one.type, one.comment, one.evidence or {}, masked=one.masked) for one in items]
    facts = TableFacts(row.name, columns, rows=row.rows, persons=row.persons_low or 0, tier=row.tier)
    kept = tuple(
        KeptItem(
            one.id, one.org, one.name, one.type, one.level, one.category, one.sharing,
            fixed=one.status is ItemStatus.CORRECTED,
        )
        for one in items
    )  # fmt: skip
    return KeptTable(row.id, row.org, row.level, row.category, tuple(row.flags or ()), facts, kept)
