"""Copying a database table by table, every row through the maskers.

Rows are read and written by the drivers, not through column types: dirty values (a date that is
none, a word in a number column) must come over as they are. Masked columns are text in the copy
and may be empty; a primary key is kept where its columns still tell rows apart.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Double,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Time,
    inspect,
)
from sqlalchemy.schema import CreateSchema, CreateTable
from sqlalchemy.types import NullType, TypeEngine

from policies.protection.copies.masker import Mask, masker
from policies.protection.copies.plan import Place, Plan, Treatment
from soc.crypto import KeyRing

BATCH = 2000
_PORTABLE = (Boolean, Date, DateTime, Integer, LargeBinary, Numeric, String, Time)
_INTERNAL = frozenset({"information_schema", "pg_catalog", "pg_toast"})


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """One table of a copy: its rows, and what was done to its columns (name, type, operator, rule)."""

    name: str
    rows: int
    columns: tuple[Mapping[str, str | None], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table to copy; ``name`` is what a scan calls it, ``schema`` is None for the default one."""

    name: str
    schema: str | None
    bare: str


def source_tables(engine: Engine) -> list[SourceTable]:
    """Return every table of the source, views left out: they would be copied twice."""
    inspector = inspect(engine)
    default = inspector.default_schema_name
    schemas = [None] if engine.dialect.name == "sqlite" else inspector.get_schema_names()
    found = []
    for schema in schemas:
        if schema in _INTERNAL:
            continue
        for bare in inspector.get_table_names(schema=schema):
            name = bare if schema is None else f"{schema}.{bare}"
            found.append(SourceTable(name, None if schema == default else schema, bare))
    return sorted(found, key=lambda table: table.name)


def foreign_keys(engine: Engine) -> list[tuple[Place, Place]]:
    """Return the pairs of columns that foreign keys join."""
    inspector = inspect(engine)
    names = {(table.schema, table.bare): table.name for table in source_tables(engine)}
    pairs: list[tuple[Place, Place]] = []
    for (schema, bare), name in names.items():
        for key in inspector.get_foreign_keys(bare, schema=schema):
            other = names.get((key["referred_schema"], key["referred_table"]))
            if other is not None:
                columns = zip(key["constrained_columns"], key["referred_columns"], strict=False)
                pairs += [((name, one), (other, referred)) for one, referred in columns]
    return pairs


def copy_database(
    source: Engine, dest: Engine, plan: Plan, ring: KeyRing, *, told: Callable[[str], None] = lambda _name: None
) -> list[CopiedTable]:
    """Copy every table of the plan into the empty ``dest``, in one transaction.

    Raises:
        KeyError: a column the plan does not know; nothing was written.
    """
    copied = []
    with source.connect() as reading, dest.begin() as writing:
        for table in source_tables(source):
            if table.name not in plan.tables:
                continue
            told(table.name)
            copied.append(_copy(reading, writing, table, plan, ring))
    return copied


def _copy(reading: Connection, writing: Connection, table: SourceTable, plan: Plan, ring: KeyRing) -> CopiedTable:
    reflected = Table(table.bare, MetaData(), schema=table.schema, autoload_with=reading, resolve_fks=False)
    treatments = {column.name: plan.of(table.name, column.name) for column in reflected.columns}
    masks = [masker(treatments[name], ring, plan.purpose) for name in treatments]
    made = _made(reflected, treatments, reading, writing)
    if table.schema is not None and writing.dialect.name != "sqlite":
        writing.execute(CreateSchema(table.schema, if_not_exists=True))
    writing.execute(CreateTable(made))
    rows = 0
    insert = _insert_statement(made, writing)
    texts = [isinstance(column.type, String) for column in made.columns]
    for batch in _batches(reading, reflected):
        changed = [_row(row, masks, texts, writing.dialect.name) for row in batch]
        writing.exec_driver_sql(insert, changed)
        rows += len(changed)
    return CopiedTable(table.name, rows, tuple(told_of(name, plan, table.name) for name in treatments))


def _made(reflected: Table, treatments: Mapping[str, Treatment], reading: Connection, writing: Connection) -> Table:
    key = [column.name for column in reflected.primary_key.columns]
    keeps_key = all(treatments[name].decision.operator.joins for name in key)
    columns: list[Column[Any]] = []
    for column in reflected.columns:
        changes = _changes(column, treatments[column.name])
        kind: TypeEngine[Any] = Text() if changes else _type(column, reading, writing)
        primary = column.name in key and keeps_key
        nullable = not primary and (changes or bool(column.nullable))
        columns.append(Column(column.name, kind, primary_key=primary, nullable=nullable, autoincrement=False))
    schema = reflected.schema if writing.dialect.name != "sqlite" else None
    name = reflected.name if schema == reflected.schema else f"{reflected.schema}.{reflected.name}"
    return Table(name, MetaData(), *columns, schema=schema)


def _changes(column: Column[Any], treatment: Treatment) -> bool:
    if treatment.within_text and not _is_text(column):
        return treatment.decision.operator.name != "clear"  # there is no text in it to look into
    return treatment.changes


def _is_text(column: Column[Any]) -> bool:
    try:
        return column.type.python_type is str
    except NotImplementedError:
        return True


def _type(column: Column[Any], reading: Connection, writing: Connection) -> TypeEngine[Any]:
    if reading.dialect.name == writing.dialect.name:
        return Text() if isinstance(column.type, NullType) else column.type
    if reading.dialect.name == "sqlite":
        return _stored_type(column, reading)
    try:
        generic = column.type.as_generic()
    except NotImplementedError:
        return Text()
    return generic if isinstance(generic, _PORTABLE) else Text()


def _stored_type(column: Column[Any], reading: Connection) -> TypeEngine[Any]:
    """Return the type that what SQLite really holds in a column fits, whatever was declared."""
    prepare = reading.dialect.identifier_preparer
    name, table = prepare.quote(column.name), prepare.format_table(column.table)
    sql = f"SELECT DISTINCT typeof({name}) FROM {table}"  # noqa: S608 - quoted by the dialect
    stored = {str(row[0]) for row in reading.exec_driver_sql(sql)} - {"null"}
    if stored and stored <= {"integer"}:
        return BigInteger()
    if stored and stored <= {"integer", "real"}:
        return Double()
    return LargeBinary() if stored == {"blob"} else Text()


def _batches(reading: Connection, table: Table) -> Iterator[Sequence[Any]]:
    prepare = reading.dialect.identifier_preparer
    names = ", ".join(prepare.quote(column.name) for column in table.columns)
    sql = f"SELECT {names} FROM {prepare.format_table(table)}"  # noqa: S608 - quoted by the dialect
    streaming = reading.execution_options(stream_results=True)
    with streaming.exec_driver_sql(sql.replace("%", "%%") if reading.dialect.name == "postgresql" else sql) as result:
        yield from result.partitions(BATCH)


def _insert_statement(table: Table, writing: Connection) -> str:
    prepare = writing.dialect.identifier_preparer
    names = ", ".join(prepare.quote(column.name) for column in table.columns)
    mark = "?" if writing.dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(table.columns))
    names = names if mark == "?" else names.replace("%", "%%")
    return f"INSERT INTO {prepare.format_table(table)} ({names}) VALUES ({marks})"  # noqa: S608 - as above


def _row(row: Sequence[Any], masks: Sequence[Mask | None], texts: Sequence[bool], dialect: str) -> tuple[Any, ...]:
    changed = (value if mask is None else mask(value) for value, mask in zip(row, masks, strict=True))
    return tuple(_plain(value, dialect, text=text) for value, text in zip(changed, texts, strict=True))


def _plain(value: Any, dialect: str, *, text: bool) -> Any:
    if dialect == "postgresql" and text and value is not None and not isinstance(value, str):
        # PostgreSQL takes no number for a text, and no byte 0
        return value.hex() if isinstance(value, bytes) else str(value)
    if isinstance(value, dict | list) and dialect == "postgresql":
        from psycopg.types.json import Jsonb

        return Jsonb(value) if isinstance(value, dict) else value
    if dialect != "sqlite" or value is None or isinstance(value, str | int | float | bytes):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def told_of(name: str, plan: Plan, table: str) -> Mapping[str, str | None]:
    """Return what the report says of a column."""
    treatment = plan.of(table, name)
    within = treatment.within_text and treatment.decision.operator.name == "clear"
    operator = "scrub" if within else treatment.decision.operator.name
    return {"name": name, "type": treatment.fact.type, "operator": operator, "rule": treatment.decision.rule}
