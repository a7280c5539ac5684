"""MySQL's information_schema: every table, column, key, partition and comment by a handful of statements."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pymysql
from pymysql.cursors import SSCursor

from detectors.discovery.sources.base import VALUE_LIMIT, Kind
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn, Part
from detectors.discovery.sources.databases.trouble import Trouble

if TYPE_CHECKING:
    Session = pymysql.Connection[SSCursor]
else:
    Session = pymysql.Connection
Name = tuple[str, str]

#: databases of the engines themselves
_SYSTEM = (
    "information_schema",
    "mysql",
    "performance_schema",
    "sys",
    "metrics_schema",
    "oceanbase",
    "__internal_schema",
)
_SHORT_TEXT = 1000
_BYTES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bitmap", "hll"})
_SHAPES = frozenset(
    {
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
    }
)
_LONG = frozenset({"text", "mediumtext", "longtext", "json", "jsonb", "variant", "string"})
#: the second of the last writing says nothing before it is over
_WRITTEN = "IF(update_time < NOW() - INTERVAL 2 SECOND, update_time, NULL)"
#: of a table: its sizes, last writing, next number, engine and making; the second for engines with fewer
_FACTS = (
    f"data_length, index_length, {_WRITTEN}, auto_increment, engine, create_time",
    "data_length, NULL, NULL, NULL, '-', create_time",
)
_UNICODE = frozenset({"utf8mb4", "utf8mb3", "utf8", "ascii", ""})


def found(session: Session, database: str) -> list[Found]:
    """Return every table of ``database``, or of all that are not the server's own."""
    chosen = f"= {session.escape(database)}" if database else f"NOT IN ({', '.join(map(repr, _SYSTEM))})"
    columns = _columns(session, chosen)
    keys, parts = _keys(session, chosen), _parts(session, chosen)
    shown = not database
    return [
        _found(row, columns, keys, parts, shown=shown)
        for row in _tables(session, chosen)
        if row[2] not in {"SYSTEM VIEW", "SEQUENCE"}
    ]


def _tables(session: Session, chosen: str) -> list[tuple[Any, ...]]:
    """Tables with what is known of their size and last writing; less where an engine has fewer columns."""
    for facts in _FACTS:
        with suppress(pymysql.err.ProgrammingError, pymysql.err.OperationalError):
            return _asked(
                session,
                f"SELECT table_schema, table_name, table_type, table_comment, table_rows, {facts} "  # noqa: S608 - escaped
                f"FROM information_schema.tables WHERE table_schema {chosen}",
            )
    return _asked(
        session,
        "SELECT table_schema, table_name, table_type, '', NULL, NULL, NULL, NULL, NULL, '-', NULL "  # noqa: S608 - escaped
        f"FROM information_schema.tables WHERE table_schema {chosen}",
    )


def _found(
    row: tuple[Any, ...],
    columns: Mapping[Name, tuple[FoundColumn, ...]],
    keys: Mapping[Name, tuple[str, ...]],
    parts: Mapping[Name, tuple[Part, ...]],
    *,
    shown: bool,
) -> Found:
    schema, name, kind, comment, rows, data, index, updated, counter, engine, created = row
    is_view = "VIEW" in (kind or "")
    has = columns.get((schema, name), ())
    return Found(
        name=name,
        schema=schema if shown else None,
        columns=has,
        kind=Kind.VIEW if is_view else Kind.PARTITIONED if parts.get((schema, name)) else Kind.TABLE,
        comment="" if is_view else comment or "",
        rows=None if rows is None or is_view else int(rows),
        bytes=None if data is None else int(data) + int(index or 0),
        watermark=_watermark(updated, counter, created),
        trouble=None if has else Trouble.REFUSED if is_view or not engine else Trouble.LOCKED,
        key=keys.get((schema, name), ()),
        parts=parts.get((schema, name), ()),
    )


def _watermark(updated: str | None, counter: str | None, created: str | None) -> str:
    """When it was last written, where the server still knows; after a restart it does not."""
    return "" if updated is None else f"{updated}/{counter or ''}/{created or ''}"


def _columns(session: Session, chosen: str) -> dict[Name, tuple[FoundColumn, ...]]:
    rows = _asked(
        session,
        f"""SELECT table_schema, table_name, column_name, data_type, column_type, character_maximum_length,
                   character_set_name, column_comment, privileges FROM information_schema.columns
            WHERE table_schema {chosen} ORDER BY table_schema, table_name, ordinal_position""",  # noqa: S608 - escaped
    )
    gathered: dict[Name, list[FoundColumn]] = defaultdict(list)
    for schema, table, name, kind, declared, longest, charset, comment, rights in rows:
        form = form_of(kind.lower(), int(longest) if longest else None)
        gathered[schema, table].append(
            FoundColumn(
                name=name,
                type=declared or kind,
                form=form,
                comment=comment or "",
                readable=not rights or "select" in rights.lower(),
                expression=expression_of(name, kind.lower(), form, charset or ""),
                mislabelled=charset == "latin1",
            )
        )
    return {name: tuple(columns) for name, columns in gathered.items()}


def form_of(kind: str, longest: int | None) -> Form:
    """How values of a type are fetched."""
    if kind in _BYTES:
        return Form.BYTES
    if kind in _LONG or kind in _SHAPES:
        return Form.LONG
    return Form.LONG if kind in {"char", "varchar"} and (longest is None or longest > _SHORT_TEXT) else Form.SHORT


def expression_of(name: str, kind: str, form: Form, charset: str) -> str:
    """What fetches a column as text: cut by the server where it is long, of bytes the length."""
    column = quoted(name)
    if form is Form.BYTES:
        return f"LENGTH({column})"
    if kind == "bit":
        return f"{column} + 0"
    if kind in _SHAPES:
        column = f"ST_AsText({column})"
    elif kind == "json":
        column = f"CAST({column} AS CHAR)"
    if form is Form.LONG:
        column = f"LEFT({column}, {VALUE_LIMIT + 1})"
    return column if charset in _UNICODE else f"CONVERT({column} USING utf8mb4)"


def _keys(session: Session, chosen: str) -> dict[Name, tuple[str, ...]]:
    """The columns of each primary key, in its order; engines without this table have none."""
    gathered: dict[Name, list[str]] = defaultdict(list)
    with suppress(pymysql.err.ProgrammingError, pymysql.err.InternalError, pymysql.err.NotSupportedError):
        for schema, table, name in _asked(
            session,
            f"""SELECT table_schema, table_name, column_name FROM information_schema.statistics
                WHERE table_schema {chosen} AND index_name = 'PRIMARY'
                ORDER BY table_schema, table_name, seq_in_index""",  # noqa: S608 - escaped
        ):
            gathered[schema, table].append(name)
    return {name: tuple(columns) for name, columns in gathered.items()}


def _parts(session: Session, chosen: str) -> dict[Name, tuple[Part, ...]]:
    """The partitions of each table; subpartitions are read with theirs."""
    gathered: dict[Name, dict[str, int]] = defaultdict(dict)
    with suppress(pymysql.err.ProgrammingError, pymysql.err.InternalError, pymysql.err.NotSupportedError):
        for schema, table, name, rows in _asked(
            session,
            f"""SELECT table_schema, table_name, partition_name, table_rows FROM information_schema.partitions
                WHERE table_schema {chosen} AND partition_name IS NOT NULL
                ORDER BY table_schema, table_name, partition_ordinal_position""",  # noqa: S608 - escaped
        ):
            gathered[schema, table][name] = gathered[schema, table].get(name, 0) + int(rows or 0)
    return {
        (schema, table): tuple(Part(schema, name, rows, rows) for name, rows in parts.items())
        for (schema, table), parts in gathered.items()
    }


def _asked(session: Session, statement: str) -> list[tuple[Any, ...]]:
    with session.cursor() as cursor:
        cursor.execute(statement)
        return [
            tuple(None if one is None else one.decode("utf-8", "replace") for one in row) for row in cursor.fetchall()
        ]


def quoted(name: str) -> str:
    """A name in backquotes."""
    return "`" + name.replace("`", "``") + "`"
