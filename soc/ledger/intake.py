"""A scan comes into the ledger: what is new, what changed, what is gone. What an owner decided stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from soc.db import new_id
from soc.errors import NotFoundError
from soc.events import emit
from soc.identity.actor import Actor
from soc.ledger.changes import Reason, change_of, differing
from soc.ledger.diff import VOLUME_MOVED, compare
from soc.ledger.handing_down import belongs_to, inherited
from soc.ledger.lessons import propose_known
from soc.ledger.levels import Level
from soc.ledger.models import (
    ItemStatus,
    LedgerItem,
    LedgerSchema,
    LedgerTable,
    ScanRun,
    Source,
    TableKind,
)
from soc.ledger.patterns import pattern_of
from soc.ledger.persons import Counted, persons_in
from soc.ledger.places import keep_sketches
from soc.ledger.secrecy import tell
from soc.ledger.sketch import Sketch
from soc.ledger.snapshot import keep_snapshot, newest_snapshot
from soc.ledger.stewardship import FIELDS
from soc.ledger.values import LedgerChanged, ReviewOpened, ScannedColumn, ScannedTable, ScanReport, SourceScanned
from soc.tiers.scope import in_scope
from soc.trail import Act, record

#: kept by hand or by other systems: a scan of the source says nothing of them
_NOT_SCANNED = frozenset({TableKind.INTERFACE, TableKind.MODEL})
_ITEM_TOLD = ("type", "level", "category", "comment", "data_type", "masked", "gone_at")
_TABLE_TOLD = ("kind", "comment", "category", "level", "flags", "gone_at")


@dataclass(slots=True)
class _Intake:
    """One scan on its way in: what the ledger had, and how much changed."""

    session: Session
    actor: Actor
    source: Source
    at: datetime
    tables: dict[str, LedgerTable]
    schemas: dict[str, LedgerSchema]
    items: dict[UUID, dict[str, LedgerItem]] = field(default_factory=dict)
    changed: int = 0
    sketches: list[tuple[LedgerItem, bytes, bool]] = field(default_factory=list)

    def told(self, row: LedgerTable | LedgerItem, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Keep what is different in the change log."""
        old, new = differing(before, after)
        if new:
            self.session.add(change_of(self.actor, row, Reason("scan"), old, new, self.at))


def store_scan(session: Session, actor: Actor, source: Source, report: ScanReport) -> ScanRun:
    """Bring a scan into the ledger: new columns, changed types and levels, tables that are gone.

    What an owner decided stands; the scan's other opinion is kept in the item's evidence.

    Raises:
        NotFoundError: the source lies outside the actor's scope.
    """
    if not in_scope(session, actor, source.org):
        raise NotFoundError
    intake = _begin(session, actor, source, report.finished_at)
    tables = _distinctly_named(report.tables)
    for scanned in tables:
        _store_table(intake, scanned)
    _keep_unchanged(intake, report.unchanged)
    if not report.partial:
        _retire(intake, {scanned.name for scanned in tables} | set(report.unchanged), report)
    source.scanned_at = intake.at
    tell(session, actor, source, source.org, report.secrets, at=intake.at)
    return _finish(intake, report, tables)


def _begin(session: Session, actor: Actor, source: Source, at: datetime) -> _Intake:
    tables = session.scalars(select(LedgerTable).where(LedgerTable.source_id == source.id))
    schemas = session.scalars(select(LedgerSchema).where(LedgerSchema.source_id == source.id))
    intake = _Intake(session, actor, source, at, {one.name: one for one in tables}, {one.name: one for one in schemas})
    for item in session.scalars(select(LedgerItem).where(LedgerItem.source_id == source.id)):
        intake.items.setdefault(item.table_id, {})[item.name] = item
    return intake


def _distinctly_named(tables: Iterable[ScannedTable]) -> list[ScannedTable]:
    """Tables of one name (two files in two folders) keep apart by a number."""
    seen: dict[str, int] = {}
    named = []
    for table in tables:
        seen[table.name] = seen.get(table.name, 0) + 1
        count = seen[table.name]
        named.append(table if count == 1 else replace(table, name=f"{table.name} ({count})"))
    return named


def _store_table(intake: _Intake, scanned: ScannedTable) -> None:
    table = intake.tables.get(scanned.name)
    if table is None:
        table = intake.tables[scanned.name] = _new_table(intake, scanned)
        _describe_table(intake, table, scanned)
    else:
        before = {name: getattr(table, name) for name in _TABLE_TOLD} | {"rows": table.rows}
        _describe_table(intake, table, scanned)
        after = {name: getattr(table, name) for name in _TABLE_TOLD}
        if abs(table.rows - before["rows"]) > VOLUME_MOVED * max(table.rows, before["rows"]):
            after["rows"] = table.rows
        intake.told(table, before, after)
    known = dict(intake.items.get(table.id, {}))
    for place, column in enumerate(scanned.columns):
        item = known.pop(column.name, None)
        if item is None:
            item = _add_item(intake, table, column)
        else:
            _refresh_item(intake, item, column)
        item.place = place
    for item in known.values():
        _mark_gone(intake, item)
    _note_sketches(intake, table, scanned)


def _note_sketches(intake: _Intake, table: LedgerTable, scanned: ScannedTable) -> None:
    """Keep the columns' sketches, and the persons that the table's firmest key counts."""
    counted = []
    for column in scanned.columns:
        if column.sketch is None:
            continue
        item = intake.items[table.id][column.name]
        intake.sketches.append((item, column.sketch, scanned.complete))
        if column.type and not column.masked:
            filled = column.evidence.get("filled", 0) / max(1, column.evidence.get("rows", 1))
            sketch = Sketch.unpack(column.sketch)
            counted.append(Counted(column.type, sketch, scanned.complete, min(1.0, filled), scanned.rows))
    persons = persons_in(counted)
    table.persons_low, table.persons_high = (persons.low, persons.high) if persons else (None, None)


def _new_table(intake: _Intake, scanned: ScannedTable) -> LedgerTable:
    source, at = intake.source, intake.at
    schema = _schema_of(intake, scanned.name)
    above = schema or source
    handed = {name: getattr(above, name) for name in FIELDS}
    table = LedgerTable(
        id=new_id(), org=source.org, source_id=source.id, schema_id=schema.id if schema else None, name=scanned.name,
        first_seen=at, last_seen=at, flags=[], level=Level.G1, **handed,
    )  # fmt: skip
    if table.owner is not None:
        table.org = belongs_to(intake.session, source.org, table.owner)
    intake.session.add(table)
    return table


def _schema_of(intake: _Intake, table: str) -> LedgerSchema | None:
    """The schema that a table's name begins with; files have none."""
    name, _, _ = table.rpartition(".")
    if not name or intake.source.kind == "files":
        return None
    if name not in intake.schemas:
        handed = {one: getattr(intake.source, one) for one in FIELDS}
        made = LedgerSchema(id=new_id(), org=intake.source.org, source_id=intake.source.id, name=name, **handed)
        intake.session.add(made)
        intake.session.flush()
        intake.schemas[name] = made
    return intake.schemas[name]


def _describe_table(intake: _Intake, table: LedgerTable, scanned: ScannedTable) -> None:
    opened = sorted(set(scanned.flags) - set(table.flags or []))
    table.rows, table.rows_estimated, table.bytes = scanned.rows, scanned.rows_estimated, scanned.bytes
    table.category, table.flags = scanned.category, list(scanned.flags)
    if table.level.rank <= Level.G4.rank:  # important and core data are a person's word
        table.level = scanned.level
    table.path = scanned.path or table.path or ""
    table.comment, table.kind = scanned.comment or table.comment or "", _kind(intake.source, scanned.kind)
    table.last_seen, table.gone_at = intake.at, None
    if table.schema_id is None:
        schema = _schema_of(intake, scanned.name)
        table.schema_id = schema.id if schema else None
    table.domain = _domain(intake.session, table)
    reasons = [flag for flag in opened if flag.startswith(("important", "core"))]
    if reasons:
        emit(intake.session, ReviewOpened(str(table.id), table.org, reasons))


def _kind(source: Source, kind: str) -> TableKind:
    return TableKind.FILE if source.kind == "files" and kind == TableKind.TABLE else TableKind(kind)


def _domain(session: Session, row: LedgerTable | LedgerItem) -> Any:
    """The domain in force; it follows the category unless somebody named one."""
    return row.domain if ",domain," in (row.own or "") else inherited(session, row, "domain")


def _add_item(intake: _Intake, table: LedgerTable, column: ScannedColumn) -> LedgerItem:
    handed = {name: getattr(table, name) for name in FIELDS}
    item = LedgerItem(
        id=new_id(), org=table.org, source_id=table.source_id, table_id=table.id, name=column.name,
        first_seen=intake.at, last_seen=intake.at, **handed,
    )  # fmt: skip
    _describe_item(intake.session, item, column)
    item.evidence = column.evidence
    intake.session.add(item)
    intake.items.setdefault(table.id, {})[item.name] = item
    return item


def _describe_item(session: Session, item: LedgerItem, column: ScannedColumn) -> None:
    item.type, item.entity, item.level, item.category = column.type, column.entity, column.level, column.category
    item.confidence, item.tier, item.masked = column.confidence, column.tier, column.masked
    _describe_shape(item, column)
    item.domain = _domain(session, item)


def _describe_shape(item: LedgerItem, column: ScannedColumn) -> None:
    """What the source and the scan say, whatever the owner says."""
    item.comment, item.data_type = column.comment, column.data_type or item.data_type or ""
    item.scan_type = column.type
    item.pattern = pattern_of(column.name, column.type, str(column.evidence.get("shape", "")))


def _refresh_item(intake: _Intake, item: LedgerItem, column: ScannedColumn) -> None:
    """Take the scan's word over, unless an owner has spoken; count it where type or level changed."""
    before = {name: getattr(item, name) for name in _ITEM_TOLD}
    item.last_seen, item.gone_at = intake.at, None
    if item.status is not ItemStatus.PROPOSED:
        other = {} if column.type == item.type else {"scan_type": column.type, "scan_confidence": column.confidence}
        item.evidence = column.evidence | other
        _describe_shape(item, column)
    else:
        _describe_item(intake.session, item, column)
        item.evidence = column.evidence
    intake.changed += (before["type"], before["level"]) != (item.type, item.level)
    intake.told(item, before, {name: getattr(item, name) for name in _ITEM_TOLD})


def _mark_gone(intake: _Intake, row: LedgerTable | LedgerItem) -> None:
    if row.gone_at is None:
        row.gone_at = intake.at
        intake.told(row, {"gone_at": None}, {"gone_at": intake.at})


def _keep_unchanged(intake: _Intake, names: Iterable[str]) -> None:
    """Note that tables were seen, and are as they were."""
    tables = [intake.tables[name] for name in names if name in intake.tables]
    for table in tables:
        table.last_seen, table.gone_at = intake.at, None
    ids = [table.id for table in tables]
    for start in range(0, len(ids), 500):
        some = LedgerItem.table_id.in_(ids[start : start + 500])
        intake.session.execute(
            update(LedgerItem).where(some, LedgerItem.gone_at.is_(None)).values(last_seen=intake.at),
            execution_options={"synchronize_session": False},
        )


def _retire(intake: _Intake, seen: set[str], report: ScanReport) -> None:
    """Mark what the scan no longer found; a table that was skipped, or whose file was, is not gone."""
    skipped = [one["path"] for one in report.skipped]
    for name, table in intake.tables.items():
        if name not in seen and table.kind not in _NOT_SCANNED and not any(_speaks_of(one, table) for one in skipped):
            _mark_gone(intake, table)


def _speaks_of(path: str, table: LedgerTable) -> bool:
    """Whether what was skipped is the table, its file, or the folder, archive or database that it lies in."""
    if path == table.name:
        return True
    if table.path:
        return table.path == path or table.path.startswith((f"{path}/", f"{path}#", f"{path}!"))
    return table.kind is TableKind.FILE and PurePosixPath(path).stem == table.name  # read before paths were kept


def _finish(intake: _Intake, report: ScanReport, tables: Sequence[ScannedTable]) -> ScanRun:
    session, source = intake.session, intake.source
    columns = [column for table in tables for column in table.columns]
    run = ScanRun(
        id=new_id(), org=source.org, source_id=source.id, started_at=report.started_at,
        finished_at=report.finished_at, full=report.full, tables=len(tables), columns=len(columns),
        sensitive=sum(1 for column in columns if column.type), changed=intake.changed, skipped=list(report.skipped),
        by=intake.actor.name,
    )  # fmt: skip
    session.add(run)
    session.flush()
    read = [intake.tables[scanned.name].id for scanned in tables]
    keep_sketches(session, read, intake.sketches, report.sketch_key, at=intake.at)
    _compare_with_before(intake, run)
    propose_known(session, source.id, intake.at)
    counts = {"tables": run.tables, "columns": run.columns, "sensitive": run.sensitive, "changed": intake.changed}
    record(session, intake.actor, Act.SCAN_STORED, source, after=counts)
    emit(session, SourceScanned(str(source.id), source.org, run.tables, run.sensitive, intake.changed))
    return run


def _compare_with_before(intake: _Intake, run: ScanRun) -> None:
    """Keep what the ledger says now, and tell what is different from the scan before."""
    session, source = intake.session, intake.source
    before = newest_snapshot(session, source.id)
    after = keep_snapshot(session, run)
    counts = compare(before.frame if before else None, after).counts()
    if before is None or any(counts.values()):
        previous = str(before.run_id) if before else None
        emit(session, LedgerChanged(str(source.id), source.org, str(run.id), previous, **counts))
