"""The ingest stage behind the append: what of a batch correlations have to look at."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from detectors.sigma.binding import Active, Source
from detectors.sigma.marks import CorrelationMark
from detectors.sigma.own.windows import windows_of
from detectors.sigma.source import BatchSource
from soc.clock import now
from soc.room import BatchContext

#: groups that one mark names; of more, all are looked at
MOST_GROUPS = 1_000
#: a window is over when this long has passed since its end: logs come late
GRACE = timedelta(minutes=2)


def note_touched(context: BatchContext, frame: pl.DataFrame) -> pl.DataFrame:
    """Write a mark for each correlation whose rules hit in a stored batch; the frame passes unchanged."""
    tagged = frame.filter(pl.col("guanlan.rules").list.len() > 0)
    if tagged.is_empty():
        return frame
    windows = windows_of(context.database, context.org)
    found = [mark for active in windows.loud for mark in _marks(active, tagged)]
    if found:
        with context.database.write() as session:
            session.add_all(found)
    return frame


def _marks(active: Active, tagged: pl.DataFrame) -> Iterator[CorrelationMark]:
    parts = [part for source in active.sources if (part := _grouped(source, tagged)).height]
    for (org,), part in pl.concat(parts).group_by("org") if parts else ():
        first, last = part["time"].min(), part["time"].max()
        assert isinstance(first, datetime)
        assert isinstance(last, datetime)
        yield CorrelationMark(
            org=str(org),
            rule_id=active.rule_id,
            first_at=first,
            last_at=last,
            groups=None if active.nested else _named(part["group"]),
            noted_at=now(),
            due_at=_due(active, last),
        )


def _grouped(source: Source, tagged: pl.DataFrame) -> pl.DataFrame:
    """Of each event that a rule hit: organisation, time and group; an event without its group is left out."""
    hits = tagged.filter(pl.col("guanlan.rules").list.contains(source.rule_id))
    texts = [text_of(hits, field) for field in source.groups]
    group = pl.concat_list(texts) if texts else pl.lit([], dtype=pl.List(pl.String))
    whole = [text.is_not_null() for text in texts]
    return hits.filter(*whole).select(org="guanlan.org", time="time", group=group)


def text_of(frame: pl.DataFrame, field: str) -> pl.Expr:
    """A field of events as one text, the first where it has several."""
    column = BatchSource(frame).column(field)
    return column.expression.list.first() if column.many else column.expression


def _named(groups: pl.Series) -> list[Any] | None:
    different = groups.unique()
    return different.to_list() if len(different) <= MOST_GROUPS else None


def _due(active: Active, last: datetime) -> datetime:
    at = now()
    over = min(last, at) + timedelta(seconds=active.span) + GRACE
    return max(at, over) if active.capped else at
