"""Keeping the ledger: scans come in, owners confirm or correct, and every change leaves its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from soc.errors import InputError, NotFoundError
from soc.events import emit
from soc.identity.actor import Actor
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerChange, LedgerItem, LedgerTable, ScanRun, Source
from soc.ledger.types import types
from soc.ledger.values import ItemDecided, ReviewOpened, ScannedColumn, ScannedTable, ScanReport, SourceScanned
from soc.tiers.scope import in_scope, within
from soc.trail import Act, record


@dataclass(frozen=True, slots=True)
class Correction:
    """What an owner says an item is; ``type`` None means nothing sensitive."""

    type: str | None
    level: Level


def store_scan(session: Session, actor: Actor, source: Source, report: ScanReport) -> ScanRun:
    """Bring a scan into the ledger: new columns, changed types and levels, tables that are gone.

    What an owner decided stands; the scan's other opinion is kept in the item's evidence.

    Raises:
        NotFoundError: the source lies outside the actor's scope.
    """
    if not in_scope(session, actor, source.org):
        raise NotFoundError
    at = report.finished_at
    known = {
        table.name: table for table in session.scalars(select(LedgerTable).where(LedgerTable.source_id == source.id))
    }
    changed = 0
    for scanned in report.tables:
        table = known.get(scanned.name) or _new_table(session, source, scanned, at)
        _refresh_table(session, table, scanned, at)
        changed += _store_columns(session, actor, table, scanned, at)
    _retire_tables(known, {scanned.name for scanned in report.tables}, report, at)
    source.scanned_at = at
    return _finish(session, actor, source, report, changed)


def _finish(session: Session, actor: Actor, source: Source, report: ScanReport, changed: int) -> ScanRun:
    columns = [column for table in report.tables for column in table.columns]
    run = ScanRun(
        org=source.org,
        source_id=source.id,
        started_at=report.started_at,
        finished_at=report.finished_at,
        full=report.full,
        tables=len(report.tables),
        columns=len(columns),
        sensitive=sum(1 for column in columns if column.type),
        changed=changed,
        skipped=list(report.skipped),
        by=actor.name,
    )
    session.add(run)
    counts = {"tables": run.tables, "columns": run.columns, "sensitive": run.sensitive, "changed": changed}
    record(session, actor, Act.SCAN_STORED, source, after=counts)
    emit(session, SourceScanned(str(source.id), source.org, run.tables, run.sensitive, changed))
    return run


def _new_table(session: Session, source: Source, scanned: ScannedTable, at: datetime) -> LedgerTable:
    table = LedgerTable(org=source.org, source_id=source.id, name=scanned.name, first_seen=at, last_seen=at, flags=[])
    session.add(table)
    session.flush()
    return table


def _refresh_table(session: Session, table: LedgerTable, scanned: ScannedTable, at: datetime) -> None:
    opened = sorted(set(scanned.flags) - set(table.flags or []))
    table.rows, table.rows_estimated = scanned.rows, scanned.rows_estimated
    table.category, table.level, table.flags = scanned.category, scanned.level, list(scanned.flags)
    table.last_seen, table.gone_at = at, None
    reasons = [flag for flag in opened if flag.startswith("important")]
    if reasons:
        emit(session, ReviewOpened(str(table.id), table.org, reasons))


def _retire_tables(known: dict[str, LedgerTable], seen: set[str], report: ScanReport, at: datetime) -> None:
    """Mark what the scan no longer found; a table that was skipped is not gone."""
    skipped = {one["path"] for one in report.skipped}
    for name, table in known.items():
        if name not in seen and name not in skipped and table.gone_at is None:
            table.gone_at = at


def _store_columns(session: Session, actor: Actor, table: LedgerTable, scanned: ScannedTable, at: datetime) -> int:
    query = select(LedgerItem).where(LedgerItem.table_id == table.id)
    known = {item.name: item for item in session.scalars(query)}
    changed = 0
    for column in scanned.columns:
        item = known.pop(column.name, None)
        if item is None:
            session.add(_new_item(table, column, at))
        else:
            changed += _refresh_item(session, actor, item, column, at)
    for item in known.values():
        item.gone_at = item.gone_at or at
    return changed


def _new_item(table: LedgerTable, column: ScannedColumn, at: datetime) -> LedgerItem:
    item = LedgerItem(
        org=table.org, source_id=table.source_id, table_id=table.id, name=column.name, first_seen=at, last_seen=at
    )
    _describe(item, column)
    item.evidence = column.evidence
    return item


def _describe(item: LedgerItem, column: ScannedColumn) -> None:
    item.type, item.entity, item.level, item.category = column.type, column.entity, column.level, column.category
    item.confidence, item.tier, item.masked = column.confidence, column.tier, column.masked
    item.comment = column.comment


def _refresh_item(session: Session, actor: Actor, item: LedgerItem, column: ScannedColumn, at: datetime) -> int:
    """Take the scan's word over, unless an owner has spoken; returns 1 where type or level changed."""
    item.last_seen, item.gone_at = at, None
    if item.status is not ItemStatus.PROPOSED:
        other = {} if column.type == item.type else {"scan_type": column.type, "scan_confidence": column.confidence}
        item.evidence = column.evidence | other
        return 0
    before = {"type": item.type, "level": item.level.value}
    _describe(item, column)
    item.evidence = column.evidence
    after = {"type": item.type, "level": item.level.value}
    if before == after:
        return 0
    session.add(
        LedgerChange(org=item.org, item_id=item.id, at=at, by=actor.name, cause="scan", before=before, after=after)
    )
    return 1


def find_item(session: Session, actor: Actor, item_id: str) -> LedgerItem:
    """Return one item with its table and source.

    Raises:
        NotFoundError: there is none in the actor's scope.
    """
    from soc.tiers.scope import find_within

    find_within(session, actor, LedgerItem, item_id)
    query = within(actor, LedgerItem).options(joinedload(LedgerItem.table), joinedload(LedgerItem.source))
    return session.scalars(query.where(LedgerItem.id == _uuid(item_id))).one()


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(str(text))


def confirm_item(session: Session, actor: Actor, item: LedgerItem, *, at: datetime) -> LedgerItem:
    """Take the scan's word as the owner's own."""
    return _decide(session, actor, item, Correction(item.type, item.level), ItemStatus.CONFIRMED, at)


def correct_item(
    session: Session, actor: Actor, item: LedgerItem, correction: Correction, *, at: datetime
) -> LedgerItem:
    """Replace the scan's word by the owner's.

    Raises:
        InputError: no such type; a level that only a regulator gives; below the type's own level.
    """
    _check_correction(correction)
    return _decide(session, actor, item, correction, ItemStatus.CORRECTED, at)


def _check_correction(correction: Correction) -> None:
    if correction.type is not None and correction.type not in types():
        raise InputError("errors.ledger.type_unknown", type=correction.type)
    if correction.level.rank > Level.G4.rank:
        raise InputError("errors.ledger.level_by_review")


def _decide(
    session: Session, actor: Actor, item: LedgerItem, correction: Correction, status: ItemStatus, at: datetime
) -> LedgerItem:
    before = {"type": item.type, "level": item.level.value, "status": item.status.value}
    item.type, item.level, item.status = correction.type, correction.level, status
    item.entity = types()[correction.type].entity if correction.type else None
    item.decided_by, item.decided_at = actor.name, at
    after = {"type": item.type, "level": item.level.value, "status": status.value}
    cause = status.value
    session.add(
        LedgerChange(org=item.org, item_id=item.id, at=at, by=actor.name, cause=cause, before=before, after=after)
    )
    act = Act.ITEM_CONFIRMED if status is ItemStatus.CONFIRMED else Act.ITEM_CORRECTED
    record(session, actor, act, item, before=before, after=after)
    emit(session, ItemDecided(str(item.id), item.org, status.value, item.level.value))
    return item


def history_of(session: Session, item: LedgerItem) -> list[LedgerChange]:
    """Every change of an item, newest first."""
    return list(
        session.scalars(select(LedgerChange).where(LedgerChange.item_id == item.id).order_by(LedgerChange.at.desc()))
    )
