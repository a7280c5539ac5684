"""Two scans of one source side by side: new, gone, changed, and which way levels moved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from soc.errors import InputError
from soc.ledger.levels import RANKS
from soc.ledger.models import ScanRun
from soc.ledger.snapshot import KEYS, snapshot_of

if TYPE_CHECKING:
    import polars as pl

#: what makes an item another one, beside its level
_TOLD = ("type", "category", "masked")
#: a table's volume is told when it moved by this share
VOLUME_MOVED = 0.1


@dataclass(frozen=True, slots=True)
class Moved:
    """One item in both scans, before and after."""

    table: str
    column: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Volume:
    """One table whose number of rows moved."""

    table: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Diff:
    """What is different; items of new and gone tables are among the new and gone items."""

    tables_new: tuple[str, ...]
    tables_gone: tuple[str, ...]
    new: tuple[dict[str, Any], ...]
    gone: tuple[dict[str, Any], ...]
    changed: tuple[Moved, ...]
    level_up: tuple[Moved, ...]
    level_down: tuple[Moved, ...]
    volumes: tuple[Volume, ...]

    def counts(self) -> dict[str, int]:
        """How many items are new, gone, changed or moved."""
        names = ("new", "gone", "changed", "level_up", "level_down")
        return {name: len(getattr(self, name)) for name in names}

    @property
    def empty(self) -> bool:
        """Whether the two scans say the same."""
        return not any(self.counts().values()) and not self.volumes


def diff_of(session: Session, before: ScanRun, after: ScanRun) -> Diff:
    """Compare two scans.

    Raises:
        InputError: they are of two sources.
        SnapshotMissingError: one of them has no snapshot.
    """
    if before.source_id != after.source_id:
        raise InputError("errors.ledger.two_sources")
    return compare(snapshot_of(session, before).frame, snapshot_of(session, after).frame)


def compare(before: "pl.DataFrame | None", after: "pl.DataFrame") -> Diff:
    """Compare two snapshots; None is an empty one."""
    import polars as pl

    before = after.clear() if before is None else before
    old, new = set(before["table"].unique()), set(after["table"].unique())
    both = before.join(after, on=list(KEYS), how="inner", suffix="_after")
    differs = pl.any_horizontal([pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in _TOLD])
    rank, later = (pl.col(name).replace_strict(RANKS, return_dtype=pl.Int8) for name in ("level", "level_after"))
    return Diff(
        tables_new=tuple(sorted(new - old)),
        tables_gone=tuple(sorted(old - new)),
        new=_items(after.join(before, on=list(KEYS), how="anti")),
        gone=_items(before.join(after, on=list(KEYS), how="anti")),
        changed=_moves(both.filter(differs)),
        level_up=_moves(both.filter(later > rank)),
        level_down=_moves(both.filter(later < rank)),
        volumes=_volumes(before, after),
    )


def _items(frame: "pl.DataFrame") -> tuple[dict[str, Any], ...]:
    return tuple(frame.sort(KEYS).select(*KEYS, "type", "level", "category", "masked").to_dicts())


def _moves(frame: "pl.DataFrame") -> tuple[Moved, ...]:
    names = (*_TOLD, "level")
    return tuple(
        Moved(row["table"], row["column"], {n: row[n] for n in names}, {n: row[f"{n}_after"] for n in names})
        for row in frame.sort(KEYS).to_dicts()
    )


def _volumes(before: "pl.DataFrame", after: "pl.DataFrame") -> tuple[Volume, ...]:
    import polars as pl

    first, then = (frame.group_by("table").agg(pl.col("rows").max()) for frame in (before, after))
    both = first.join(then, on="table", suffix="_after")
    most = pl.max_horizontal("rows", "rows_after")
    moved = both.filter((pl.col("rows_after") - pl.col("rows")).abs() > VOLUME_MOVED * most).sort("table")
    return tuple(Volume(row["table"], row["rows"], row["rows_after"]) for row in moved.to_dicts())
