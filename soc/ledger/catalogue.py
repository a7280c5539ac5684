"""The ledger as one frame, for those who join it with logs: which column of which table is how grave."""

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from soc.ledger.models import LedgerItem, LedgerTable, Source

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("org", "source", "database", "table", "column", "type", "category", "level", "level_rank", "rows", "masked")


def catalogue(session: Session) -> "pl.DataFrame":
    """Every column that still exists.

    Returns:
        A frame of ``org``, ``source``, ``database`` (empty for files), ``table`` ("schema.table" or
        "table"), ``column``, ``type`` (null where nothing sensitive), ``category``, ``level``,
        ``level_rank`` (1 to 6), ``rows`` (upper bound of the table) and ``masked``.
    """
    import polars as pl

    query = (
        select(
            # logs of a centre speak of its sources, whichever of its offices owns a column
            Source.org,
            Source.name,
            Source.database,
            LedgerTable.name,
            LedgerItem.name,
            LedgerItem.type,
            LedgerItem.category,
            LedgerItem.level,
            LedgerTable.rows,
            LedgerItem.masked,
        )
        .join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
        .join(Source, Source.id == LedgerItem.source_id)
        .where(LedgerItem.gone_at.is_(None), LedgerTable.gone_at.is_(None), Source.removed_at.is_(None))
    )
    records = [(*row[:7], row[7].value, row[7].rank, *row[8:]) for row in session.execute(query)]
    text = {name: pl.String() for name in COLUMNS}
    return pl.DataFrame(
        records, schema=text | {"level_rank": pl.Int32(), "rows": pl.Int64(), "masked": pl.Boolean()}, orient="row"
    )


def freshness(session: Session) -> tuple[int, str]:
    """A mark that changes whenever the catalogue does: how many items, and the newest change."""
    count, seen, decided = session.execute(
        select(func.count(LedgerItem.id), func.max(LedgerItem.last_seen), func.max(LedgerItem.decided_at))
    ).one()
    return int(count), f"{seen}/{decided}"
