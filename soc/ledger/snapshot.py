"""What the ledger of one source said after a scan, packed: so that any two scans can be compared later.

A snapshot has names, types and levels of columns and the volume of tables, no value and no evidence;
35,672 items take about 200 KB.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.errors import NotFoundError
from soc.ledger.models import LedgerItem, LedgerTable, ScanRun, ScanSnapshot

if TYPE_CHECKING:
    import polars as pl

KEYS = ("table", "column")
TEXTS = (*KEYS, "type", "scan_type", "level", "category", "status")


class SnapshotMissingError(NotFoundError):
    """A scan of before snapshots were kept."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot and the scan it was taken after."""

    run_id: UUID
    frame: "pl.DataFrame"


def keep_snapshot(session: Session, run: ScanRun) -> "pl.DataFrame":
    """Pack what the ledger says of the run's source now; return it as a frame."""
    frame = ledger_frame(session, run.source_id)
    packed = io.BytesIO()
    frame.write_parquet(packed, compression="zstd", statistics=False)
    session.add(ScanSnapshot(org=run.org, run_id=run.id, frame=packed.getvalue()))
    return frame


def ledger_frame(session: Session, source_id: UUID) -> "pl.DataFrame":
    """Every item of a source that is there now."""
    import polars as pl

    query = (
        select(
            LedgerTable.name,
            LedgerItem.name,
            LedgerItem.type,
            LedgerItem.scan_type,
            LedgerItem.level,
            LedgerItem.category,
            LedgerItem.status,
            LedgerItem.masked,
            LedgerTable.rows,
        )
        .join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
        .where(LedgerItem.source_id == source_id, LedgerItem.gone_at.is_(None), LedgerTable.gone_at.is_(None))
        .order_by(LedgerTable.name, LedgerItem.name)
    )
    rows = [(*row[:4], row[4].value, row[5], row[6].value, *row[7:]) for row in session.execute(query)]
    schema = {name: pl.String() for name in TEXTS} | {"masked": pl.Boolean(), "rows": pl.Int64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def newest_snapshot(session: Session, source_id: UUID) -> Snapshot | None:
    """The snapshot of a source's newest scan that has one."""
    query = (
        select(ScanSnapshot)
        .join(ScanRun, ScanRun.id == ScanSnapshot.run_id)
        .where(ScanRun.source_id == source_id)
        .order_by(ScanRun.finished_at.desc(), ScanRun.id.desc())
    )
    found = session.scalars(query.limit(1)).first()
    return None if found is None else Snapshot(found.run_id, _unpacked(found.frame))


def snapshot_of(session: Session, run: ScanRun) -> Snapshot:
    """The snapshot of one scan.

    Raises:
        SnapshotMissingError: it has none.
    """
    found = session.scalars(select(ScanSnapshot).where(ScanSnapshot.run_id == run.id)).first()
    if found is None:
        raise SnapshotMissingError("errors.ledger.no_snapshot")
    return Snapshot(found.run_id, _unpacked(found.frame))


def _unpacked(packed: bytes) -> "pl.DataFrame":
    import polars as pl

    return pl.read_parquet(packed)
