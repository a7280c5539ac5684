"""The state as lines of JSON, table by table: how a PostgreSQL state travels without its tools.

Every value keeps its type: what JSON has no word for is an object with one key that begins with ``$``.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Connection, Integer, MetaData, Table, func, insert, select, text

BATCH = 1000


def write_table(connection: Connection, table: Table, file: IO[bytes]) -> int:
    """Write a table's rows, parents before children where rows refer to their own table; returns how many."""
    rows = 0
    streamed = connection.execution_options(stream_results=True, yield_per=BATCH)
    with streamed.execute(select(table)) as result:
        found = (dict(row) for row in result.mappings())
        for row in _parents_first(table, found):
            line = {name: encoded(value) for name, value in row.items()}
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            rows += 1
    return rows


def read_table(connection: Connection, table: Table, file: IO[bytes]) -> int:
    """Insert what :func:`write_table` wrote; returns how many rows."""
    rows = 0
    batch: list[dict[str, Any]] = []
    for line in file:
        batch.append({name: decoded(value) for name, value in json.loads(line).items()})
        if len(batch) == BATCH:
            connection.execute(insert(table), batch)
            rows, batch = rows + len(batch), []
    if batch:
        connection.execute(insert(table), batch)
    return rows + len(batch)


def set_sequences(connection: Connection, metadata: MetaData) -> None:
    """Let PostgreSQL's sequences go on behind the keys that were restored."""
    for table in metadata.sorted_tables:
        for column in table.primary_key.columns:
            if isinstance(column.type, Integer) and len(table.primary_key.columns) == 1:
                sequence = connection.execute(
                    text("SELECT pg_get_serial_sequence(:name, :column)"), {"name": table.name, "column": column.name}
                ).scalar()
                highest = connection.execute(select(func.max(column))).scalar()
                if sequence and highest:
                    connection.execute(
                        text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest}
                    )


def encoded(value: Any) -> Any:
    """Return a value as JSON that :func:`decoded` reads back as it was."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return {"$text": value.value}
        case str():
            return value
        case datetime():
            return {"$at": value.isoformat()}
        case timedelta():
            return {"$us": value // timedelta(microseconds=1)}
        case bytes():
            return {"$bytes": base64.b64encode(value).decode()}
        case UUID():
            return {"$uuid": str(value)}
        case Decimal():
            return {"$decimal": str(value)}
        case dict() | list():
            return {"$json": value}
    raise TypeError(f"a column holds {type(value).__name__}")


def decoded(value: Any) -> Any:
    """Return the value that was encoded."""
    if not isinstance(value, Mapping):
        return value
    ((kind, told),) = value.items()
    match kind:
        case "$at":
            return datetime.fromisoformat(told)
        case "$us":
            return timedelta(microseconds=told)
        case "$bytes":
            return base64.b64decode(told)
        case "$uuid":
            return UUID(told)
        case "$decimal":
            return Decimal(told)
        case "$json" | "$text":
            return told
    raise ValueError(f"no such kind of value: {kind}")


def _parents_first(table: Table, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    own = [(key.parent.name, key.column.name) for key in table.foreign_keys if key.column.table is table]
    if not own:
        yield from rows
        return
    child, parent = own[0]
    waiting: dict[Any, list[dict[str, Any]]] = {}
    ready: list[dict[str, Any]] = []
    for row in rows:
        (ready if row[child] is None else waiting.setdefault(row[child], [])).append(row)
    while ready:
        row = ready.pop()
        yield row
        ready += waiting.pop(row[parent], [])
    for left in waiting.values():
        yield from left
