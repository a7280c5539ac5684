"""PostgreSQL's catalogue: every table, column, partition and comment by a handful of statements.

What an engine of the family lacks (openGauss knows neither ``relispartition`` nor row security) is left out of the
statement. Sizes are asked for last, and not of tables that somebody alters: that call would wait for them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from detectors.discovery.sources.base import Kind
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn, Part

Session = psycopg.Connection[tuple[Any, ...]]

#: schemas of the engines themselves, beside those that begin with ``pg_``
_SYSTEM = (
    "information_schema", "sys_catalog", "sys", "sysaudit", "sysmac", "sys_hm", "xlog_record_read", "src_restrict",
    "anon", "cstore", "dbe_perf", "dbe_pldebugger", "dbe_pldeveloper", "dbe_sql_util", "snapshot", "sqladvisor",
    "blockchain", "pkg_service", "db4ai", "dbms_sql", "dbms_job", "dbms_lob", "perf",
)  # fmt: skip
_KINDS = {
    "r": Kind.TABLE,
    "p": Kind.PARTITIONED,
    "v": Kind.VIEW,
    "m": Kind.MATERIALIZED,
    "f": Kind.FOREIGN,
}
_STORED = (Kind.TABLE, Kind.MATERIALIZED)
#: varying text up to this many characters cannot be over the limit
_SHORT_TEXT = 1000


@dataclass(slots=True)
class _Row:
    """One row of ``pg_class``."""

    oid: int
    schema: str
    name: str
    kind: Kind
    tuples: float
    pages: int
    is_part: bool
    restricted: bool
    comment: str
    readable: bool
    watermark: str
    analysed: int = 0
    bytes: int | None = None

    def rows(self, width: int) -> int:
        """How many rows there are by the planner's own way: those of a page at the last ANALYZE, times the pages of now."""
        if self.kind not in _STORED:
            return 0
        known = self.tuples > 0 and self.analysed > 0
        return round(self.pages * (self.tuples / self.analysed if known else max(1.0, 8000 / width)))


def found(session: Session) -> list[Found]:
    """Return what the catalogue says of every table that is not the engine's own; within a transaction."""
    has = _columns_of_pg_class(session)
    rows = [_row(record) for record in session.execute(_tables_statement(has))]
    columns = _columns(session)
    parents: dict[int, int] = dict(
        session.execute(b"SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits").fetchall()
    )
    _measure(session, rows)
    return list(_gathered(rows, columns, parents))


def _columns_of_pg_class(session: Session) -> frozenset[str]:
    query = b"""SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relname = 'pg_class' AND n.nspname = 'pg_catalog' AND a.attnum > 0"""
    return frozenset(name for (name,) in session.execute(query))


def _tables_statement(has: frozenset[str]) -> bytes:
    partition = "c.relispartition" if "relispartition" in has else "false"
    security = "false"
    if "relrowsecurity" in has:
        security = """c.relrowsecurity AND NOT pg_has_role(c.relowner, 'USAGE') AND NOT
                      (SELECT r.rolsuper OR r.rolbypassrls FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)"""
    return f"""
        SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relpages, {partition}, {security},
               d.description, has_schema_privilege(n.oid, 'USAGE')
                 AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')),
               CASE WHEN pg_is_in_recovery() THEN NULL ELSE s.n_tup_ins END, s.n_tup_upd, s.n_tup_del, c.relfilenode
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_description d
          ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_class'::regclass
        LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_ours("n")}
    """.encode()  # noqa: S608 - nothing of a source is in it


def _ours(namespace: str) -> str:
    names = ", ".join(f"'{name}'" for name in _SYSTEM)
    return f"{namespace}.nspname NOT IN ({names}) AND {namespace}.nspname !~ '^pg_'"


def _row(record: Sequence[Any]) -> _Row:
    oid, schema, name, kind, tuples, pages, is_part, restricted, comment, readable, *written, node = record
    told = kind.decode() if isinstance(kind, bytes) else str(kind)
    return _Row(
        oid=oid,
        schema=schema,
        name=name,
        kind=_KINDS[told],
        tuples=float(tuples),
        pages=int(pages),
        analysed=int(pages),
        is_part=bool(is_part),
        restricted=bool(restricted),
        comment=comment or "",
        readable=bool(readable),
        watermark="" if written[0] is None else ".".join(map(str, (*written, node))),
    )


def _columns(session: Session) -> Mapping[int, tuple[FoundColumn, ...]]:
    query = f"""
        SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typlen, a.atttypmod,
               d.description, has_column_privilege(a.attrelid, a.attnum, 'SELECT')
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
        LEFT JOIN pg_catalog.pg_description d
          ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.classoid = 'pg_catalog.pg_class'::regclass
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_ours("n")}
        ORDER BY a.attrelid, a.attnum
    """.encode()  # noqa: S608 - nothing of a source is in it
    gathered: dict[int, list[FoundColumn]] = defaultdict(list)
    for oid, name, shown, base, length, modifier, comment, readable in session.execute(query):
        form = form_of(base, length, modifier)
        gathered[oid].append(FoundColumn(name, shown, form, comment or "", readable=bool(readable)))
    return {oid: tuple(columns) for oid, columns in gathered.items()}


def form_of(base: str, length: int, modifier: int) -> Form:
    """How values of a type are fetched: ``length`` is of the type's values, ``modifier`` what its declaration says."""
    if base == "bytea":
        return Form.BYTES
    bounded = base in {"varchar", "bpchar"} and 0 < modifier - 4 <= _SHORT_TEXT
    fixed = length > 0 or base in {"numeric", "inet", "cidr", "interval"}
    return Form.SHORT if bounded or fixed else Form.LONG


def _measure(session: Session, rows: Sequence[_Row]) -> None:
    """Ask for the sizes of now; where that is refused, those of the last ANALYZE stand."""
    stored = [row.oid for row in rows if row.kind in _STORED and row.readable]
    if not stored:
        return
    query = f"""
        SELECT c.oid, pg_relation_size(c.oid), pg_table_size(c.oid), current_setting('block_size')::int
        FROM pg_catalog.pg_class c WHERE c.oid IN ({", ".join(map(str, stored))}) AND c.oid NOT IN (
          SELECT l.relation FROM pg_catalog.pg_locks l WHERE l.relation IS NOT NULL AND l.mode = 'AccessExclusiveLock')
    """.encode()  # noqa: S608 - object numbers of the catalogue
    with suppress(psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled, psycopg.errors.UndefinedFunction):
        sizes = {oid: (main, whole, block) for oid, main, whole, block in session.execute(query)}
        for row in rows:
            main, whole, block = sizes.get(row.oid) or (None, None, 0)
            if main is not None:
                row.pages, row.bytes = main // block, whole


def _gathered(
    rows: Iterable[_Row], columns: Mapping[int, tuple[FoundColumn, ...]], parents: Mapping[int, int]
) -> Iterable[Found]:
    by_oid = {row.oid: row for row in rows}
    leaves: dict[int, list[_Row]] = defaultdict(list)
    for row in by_oid.values():
        if row.is_part and row.kind is not Kind.PARTITIONED:
            leaves[_root(row.oid, by_oid, parents)].append(row)
    for row in by_oid.values():
        if not row.is_part:
            yield _found(row, columns.get(row.oid, ()), sorted(leaves[row.oid], key=lambda one: (one.name, one.schema)))


def _root(oid: int, by_oid: Mapping[int, _Row], parents: Mapping[int, int]) -> int:
    """The table that a partition is in the end a part of."""
    while oid in by_oid and by_oid[oid].is_part and oid in parents:
        oid = parents[oid]
    return oid


def _found(row: _Row, columns: tuple[FoundColumn, ...], leaves: Sequence[_Row]) -> Found:
    width = 28 + 12 * len(columns)
    rows = sum(leaf.rows(width) for leaf in leaves) if leaves else row.rows(width)
    sizes = [leaf.bytes for leaf in leaves if leaf.bytes is not None] if leaves else [row.bytes]
    return Found(
        name=row.name,
        schema=row.schema,
        columns=columns,
        kind=row.kind,
        comment=row.comment,
        rows=rows if row.kind in {*_STORED, Kind.PARTITIONED} else None,
        bytes=sum(size for size in sizes if size is not None) if sizes and sizes[0] is not None else None,
        size=sum(leaf.pages for leaf in leaves) if leaves else row.pages,
        watermark=_joined([leaf.watermark for leaf in leaves]) if leaves else row.watermark,
        readable=row.readable,
        restricted=row.restricted,
        parts=tuple(_part(leaf, width) for leaf in leaves),
    )


def _part(leaf: _Row, width: int) -> Part:
    return Part(leaf.schema, leaf.name, leaf.pages, leaf.rows(width), leaf.kind, readable=leaf.readable)


def _joined(watermarks: Sequence[str]) -> str:
    """One mark of many; none where one of them tells nothing."""
    if not all(watermarks):
        return ""
    return hashlib.sha256(" ".join(watermarks).encode()).hexdigest()[:32]
