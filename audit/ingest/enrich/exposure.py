"""Which data a statement gave out, how sensitive it is, and how many rows: measured or bounded.

pgaudit 1.7 counts no rows of COPY, of cursors and so of pg_dump (it logs 0): those are unknown,
bounded by what the table holds. A LIMIT or FETCH says a tighter bound.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from audit.ingest.enrich.lookups import KnownColumn, KnownTable, Tables
from audit.ingest.enrich.shapes import MYSQL_LOGS, Shape, shape_of
from soc.masking.literals import literals_masked

_UNCOUNTED = ("COPY", "DECLARE", "DECLARE CURSOR", "FETCH", "CLOSE", "CLOSE CURSOR", "MOVE")
_DUMPERS = r"(?i)^(?:pg_dump|pg_dumpall|pg_restore|mysqldump)"
_DOWNLOAD = r"(?i)(?:export|download|\.(?:csv|xlsx?|zip|gz|sql|bak|dump)$|导出|下载)"
_LIMIT = r"(?i)\blimit\s+([0-9]{1,18})\b"
_FETCH = r"(?i)^\s*fetch\s+(?:(?:forward|next|absolute|relative)\s+)?([0-9]{1,18})\b"
_TEXTS = pl.List(pl.String)
#: what makes a statement the same as another, and on which database
_SHAPE = ["masked", "dialect", "database.name"]
TablesOn = Callable[[str | None], Tables]
_EXPOSED: dict[str, pl.DataType] = {
    "masked": pl.String(),
    "dialect": pl.String(),
    "database.name": pl.String(),
    "query_info.uid": pl.String(),
    "guanlan.tables": _TEXTS,
    "guanlan.columns": _TEXTS,
    "guanlan.types": _TEXTS,
    "guanlan.categories": _TEXTS,
    "guanlan.level": pl.String(),
    "guanlan.level_rank": pl.Int32(),
    "bound": pl.Int64(),
    "shape_export": pl.Boolean(),
    "shape_reads": pl.Boolean(),
}


#: what only a statement says
_UNSAID: dict[str, pl.DataType] = {
    "bound": pl.Int64(),
    "limited": pl.Int64(),
    "shape_reads": pl.Boolean(),
    "shape_export": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class Touched:
    """What a shape gave out, by the ledger."""

    tables: list[str]
    columns: list[str]
    types: list[str]
    categories: list[str]
    level: str | None
    rank: int
    rows: int | None


def with_exposure(frame: pl.DataFrame, tables_on: TablesOn) -> pl.DataFrame:
    """Add shape, tables, types, level and rows; the statement becomes its masked text.

    ``tables_on`` gives the tables that a record may speak of, by the name of its database.
    """
    if frame["query_info.query_string"].null_count() == frame.height:
        return _without_statements(frame)
    query = pl.col("query_info.query_string")
    mysql = pl.col("metadata.log_name").is_in(MYSQL_LOGS)
    frame = frame.with_columns(
        pl.when(mysql)
        .then(literals_masked(query, double_quotes=True))
        .otherwise(literals_masked(query))
        .alias("masked"),
        pl.when(mysql).then(pl.lit("mysql")).otherwise(pl.lit("postgres")).alias("dialect"),
        pl.min_horizontal(_number(query, _LIMIT), _number(query, _FETCH)).alias("limited"),
    )
    shapes = frame.filter(pl.col("masked").is_not_null()).group_by(_SHAPE).agg(query.first())
    known = pl.DataFrame(
        [
            (masked, dialect, place, *_row(shape_of(masked, statement, dialect), tables_on(place)))
            for masked, dialect, place, statement in shapes.iter_rows()
        ],
        schema=_EXPOSED,
        orient="row",
    )
    given = [name for name in _EXPOSED if "." in name and name not in _SHAPE]
    joined = frame.drop(given).join(known, on=_SHAPE, how="left", maintain_order="left", nulls_equal=True)
    return _rows(
        joined.with_columns(_export().alias("guanlan.export"), pl.col("masked").alias("query_info.query_string"))
    )


def _number(text: pl.Expr, pattern: str) -> pl.Expr:
    return text.str.extract(pattern).cast(pl.Int64, strict=False)


def _without_statements(frame: pl.DataFrame) -> pl.DataFrame:
    nothing = [pl.lit(None, kind).alias(name) for name, kind in _UNSAID.items()]
    frame = frame.with_columns(nothing).with_columns(_export().alias("guanlan.export"))
    operations = frame["api.operation"].unique().str.to_uppercase()
    said = frame["guanlan.rows"].null_count() < frame.height or operations.is_in(list(_UNCOUNTED)).any()
    return _rows(frame) if said else frame


def _export() -> pl.Expr:
    """COPY out, INTO OUTFILE, a dumping program; over HTTP a path that says so and succeeds."""
    dumping = pl.col("actor.app_name").str.contains(_DUMPERS) & pl.col("shape_reads")
    download = pl.col("http_request.url.path").str.contains(_DOWNLOAD) & (pl.col("http_response.code") < 400)
    return pl.coalesce(
        "guanlan.export", pl.any_horizontal(pl.col("shape_export"), dumping, download).fill_null(value=False)
    )


def _rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Say of each reading whether its rows were counted, and what bounds them where not."""
    operation = pl.col("api.operation").str.to_uppercase()
    dumping = pl.col("actor.app_name").str.contains(_DUMPERS).fill_null(value=False) & (pl.col("guanlan.rows") == 0)
    uncounted = operation.is_in(list(_UNCOUNTED)).fill_null(value=False) | dumping
    counted = pl.col("guanlan.rows").is_not_null() & ~uncounted
    reading = pl.col("shape_reads").fill_null(value=False) | uncounted
    failed = pl.col("status_id") == 2
    return frame.with_columns(
        pl.when(counted).then(pl.col("guanlan.rows")).alias("guanlan.rows"),
        pl.coalesce(
            "guanlan.rows_basis",
            pl.when(counted)
            .then(pl.lit("measured"))
            .when(reading & ~failed.fill_null(value=False))
            .then(pl.lit("unknown")),
        ).alias("guanlan.rows_basis"),
        pl.coalesce(
            "guanlan.rows_bound",
            pl.when(~counted & reading).then(pl.min_horizontal("bound", "limited")),
        ).alias("guanlan.rows_bound"),
    )


def _row(shape: Shape, tables: Tables) -> tuple[object, ...]:
    touched = _touched(shape, tables)
    return (
        shape.uid, touched.tables, touched.columns, touched.types, touched.categories,
        touched.level, touched.rank, touched.rows, shape.is_export, shape.reads,
    )  # fmt: skip


def _touched(shape: Shape, tables: Tables) -> Touched:
    known = {name: _find(name, tables) for name in shape.tables}
    columns = {(table.name, column.name): column for table, column in _columns(shape, known)}
    gravest = max(columns.values(), key=lambda column: column.rank, default=None)
    rows = [table.rows for table in known.values() if table is not None and table.rows is not None]
    return Touched(
        tables=[table.name if table else name for name, table in known.items()],
        columns=sorted({f"{table}.{name}" for table, name in _said(columns, shape, known)}),
        types=sorted({column.type for column in columns.values() if column.type}),
        categories=sorted({column.category for column in columns.values() if column.category}),
        level=gravest.level if gravest else None,
        rank=gravest.rank if gravest else 0,
        rows=max(rows, default=None),
    )


def _said(
    columns: Iterable[tuple[str, str]], shape: Shape, known: dict[str, KnownTable | None]
) -> Iterable[tuple[str, str]]:
    """Name the columns; of a table above whoever logs, those alone that the statement says itself."""
    above = {table.name for table in known.values() if table is not None and table.above}
    said = {name.lower() for _, name in shape.columns}
    return ((table, name if table not in above or name.lower() in said else "*") for table, name in columns)


def _find(name: str, tables: Tables) -> KnownTable | None:
    """Return the ledger's table of this name; one without a schema is public's first.

    A ledger of a database without schemas (SQLite, files) knows a table by its own name alone.
    """
    short = name.rpartition(".")[2]
    bare = [table for table in tables.get(short, []) if "." not in table.name]
    found = tables.get(name) or (bare if "." in name else tables.get(short)) or []
    return next((table for table in found if table.name in {name, f"public.{name}"}), found[0] if found else None)


def _columns(shape: Shape, known: dict[str, KnownTable | None]) -> Iterable[tuple[KnownTable, KnownColumn]]:
    for holder, name in shape.columns:
        held = [known.get(holder)] if holder in known else list(known.values())
        for table in held:
            if table is None:
                continue
            if name == "*":
                yield from ((table, column) for column in table.columns.values())
            elif name.lower() in table.columns:
                yield table, table.columns[name.lower()]
