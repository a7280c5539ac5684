"""Rows of what the ledger does not know: taken in by hand, as data that no scan has seen yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from policies.ledger.exchange.form import Sheet
from policies.ledger.exchange.models import CatalogueImport, CatalogueRow
from soc.db import new_id
from soc.identity.actor import Actor
from soc.ledger.keeping import Edit, edit
from soc.ledger.models import LedgerItem, LedgerTable, Source, TableKind
from soc.trail import Act, record

#: kind of the source that stands for a catalogue
KIND = "catalogue"


def take_in(session: Session, actor: Actor, found: CatalogueImport, row: CatalogueRow, *, at: datetime) -> None:
    """Add a table, or an item with its table, under the source that stands for the catalogue."""
    source = _source(session, actor, found, at)
    if row.sheet is Sheet.RESOURCES:
        name = str(row.named.get("table") or row.theirs.get("code") or row.theirs.get("title"))
        made: LedgerItem | LedgerTable = _table(session, source, name, at)
        row.table_id = made.id
    else:
        table = row.named.get("table") or row.named.get("resource_code") or row.named.get("resource_title") or "–"
        name = str(row.named.get("column") or row.theirs.get("code") or row.theirs.get("title"))
        made = _item(session, _table(session, source, str(table), at), name, at)
        row.item_id = made.id
    said = {key: value for key, value in row.theirs.items() if value}
    if said:
        edit(session, actor, made, Edit(said, found.catalogue, "merged"), at=at)
    record(session, actor, Act.ITEM_EDITED if row.item_id else Act.TABLE_CHANGED, made, after={"taken_in": row.label})


def _source(session: Session, actor: Actor, found: CatalogueImport, at: datetime) -> Source:
    query = select(Source).where(Source.org == actor.org, Source.name == found.catalogue, Source.removed_at.is_(None))
    source = session.scalars(query).first()
    if source is None:
        source = Source(
            id=new_id(), org=actor.org, name=found.catalogue, kind=KIND, address="", sealed_url=b"", added_at=at
        )
        session.add(source)
        session.flush()
    return source


def _table(session: Session, source: Source, name: str, at: datetime) -> LedgerTable:
    query = select(LedgerTable).where(LedgerTable.source_id == source.id, LedgerTable.name == name)
    return session.scalars(query).first() or _added(
        session,
        LedgerTable(
            id=new_id(), org=source.org, source_id=source.id, name=name, kind=TableKind.MODEL, flags=[], first_seen=at,
            last_seen=at,
        ),
    )  # fmt: skip


def _item(session: Session, table: LedgerTable, name: str, at: datetime) -> LedgerItem:
    query = select(LedgerItem).where(LedgerItem.table_id == table.id, LedgerItem.name == name)
    return session.scalars(query).first() or _added(
        session,
        LedgerItem(
            id=new_id(), org=table.org, source_id=table.source_id, table_id=table.id, name=name, first_seen=at,
            last_seen=at, evidence={},
        ),
    )  # fmt: skip


def _added(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
