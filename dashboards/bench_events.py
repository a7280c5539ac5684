"""The events that ``soc bench pages`` puts behind the pages: a month of a province, web and databases.

Two of five events are reads of a database, half of those of grave data, so that the posture has
something to add up; they are of every centre, of 500 persons, and end now.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

import numpy as np
import polars as pl

from soc.logstore.bench import batches

_DATABASES, _PROGRAMS, _TABLES = 6, 8, 40
_READS = 0.4
_LEVELS = (None, "G1", "G2", "G3", "G4")
_DATASTORE = 6005


def months_events(count: int, size: int, centres: Sequence[str], until: datetime) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield batches of events, the same every time but for when they end."""
    chance = np.random.default_rng(11)
    web = batches(count, size)
    last = cast(datetime, cast(pl.DataFrame, pl.from_arrow(web[-1][1]))["time"].max())
    for name, table in web:
        frame = cast(pl.DataFrame, pl.from_arrow(table)).with_columns(pl.col("time") + (until - last))
        yield name, _with_reads(frame, centres, chance)


def _with_reads(frame: pl.DataFrame, centres: Sequence[str], chance: np.random.Generator) -> pl.DataFrame:
    rows = frame.height
    reads = pl.Series(chance.random(rows) < _READS)
    level = pl.Series(chance.integers(1, len(_LEVELS), rows), dtype=pl.Int32)
    said: dict[str, pl.Expr | pl.Series] = {
        "class_uid": pl.lit(_DATASTORE, pl.Int32),
        "metadata.log_name": pl.lit("pgaudit"),
        "api.operation": pl.lit("SELECT"),
        "database.name": _names("db{}", chance.integers(0, _DATABASES, rows)),
        "actor.app_name": _names("app{}", chance.integers(0, _PROGRAMS, rows)),
        "guanlan.person": pl.format("P-{}", pl.col("actor.user.name")),
        "guanlan.tables": _names("public.t_{}", chance.integers(0, _TABLES, rows)).reshape((rows, 1)).arr.to_list(),
        "guanlan.level": level.replace_strict(dict(enumerate(_LEVELS)), return_dtype=pl.String),
        "guanlan.level_rank": level,
        "guanlan.rows": pl.Series(chance.integers(0, 500, rows)),
        "guanlan.rows_basis": pl.lit("measured"),
        "guanlan.inside": pl.Series(chance.random(rows) < 0.97),
    }
    kept = [pl.when(reads).then(value).otherwise(pl.col(name)).alias(name) for name, value in said.items()]
    orgs = pl.Series("guanlan.org", list(centres)).gather(chance.integers(0, len(centres), rows))
    return frame.with_columns(*kept, orgs)


def _names(form: str, numbers: "np.typing.NDArray[np.int64]") -> pl.Series:
    return pl.select(pl.format(form, pl.Series(numbers))).to_series()
