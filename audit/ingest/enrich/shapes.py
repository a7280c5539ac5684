"""The shape of a statement: what it does, which tables and columns it gives out.

A shape is parsed once: PostgreSQL's own parser first, sqlglot for other dialects, and where
neither can read it (cut, or no SQL) the words after FROM, JOIN, INTO … are taken.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from audit.ingest.enrich.postgres_tree import Reading, read_tree

#: logs whose statements are MySQL's; all others are read as PostgreSQL's
MYSQL_LOGS = ("mysql_slow", "mysql_general", "mariadb_audit", "mysql_audit_json")
#: parsed shapes kept; a busy system has some thousands
_KEPT = 50_000
_TABLES = re.compile(
    r"(?i)\b(?:from|join|into|update|table|copy)\s+((?:[\w$]+|\"[^\"]+\"|`[^`]+`)(?:\s*\.\s*(?:[\w$]+|\"[^\"]+\"|`[^`]+`)){0,2})"
)
_NO_TABLES = frozenset(
    {"select", "outfile", "dumpfile", "stdout", "stdin", "set", "only", "lateral", "values", "concurrently"}
)
_INTO_FILE = re.compile(r"(?i)\binto\s+(?:outfile|dumpfile)\b")
_COPY_OUT = re.compile(r"(?is)^\s*copy\b.*\bto\b")
#: longer statements are not parsed: generated bulk inserts, whose head says enough
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What all statements of one shape have in common.

    ``tables`` are "schema.table" or "table"; ``columns`` pairs of a table (empty where the
    statement does not say) and a column that is given out, ``*`` for all of them.
    """

    uid: str
    tables: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    is_export: bool
    reads: bool


@lru_cache(maxsize=_KEPT)
def shape_of(masked: str, statement: str, dialect: str) -> Shape:
    """Return the shape of ``statement``, whose text with literals masked is ``masked``."""
    found = _read(statement, dialect)
    export = found.is_export or bool(_INTO_FILE.search(statement) or _COPY_OUT.match(statement))
    return Shape(
        uid=hashlib.sha256(" ".join(masked.lower().split()).encode()).hexdigest()[:16],
        tables=tuple(dict.fromkeys(found.tables)),
        columns=tuple(dict.fromkeys(found.columns)),
        is_export=export,
        reads=found.reads,
    )


def _read(statement: str, dialect: str) -> Reading:
    text = statement[:_LONGEST]
    found = read_tree(text) if dialect == "postgres" else None
    if found is None and len(statement) <= _LONGEST:
        found = _by_sqlglot(text, dialect)
    return found or _by_words(text)


def _by_sqlglot(statement: str, dialect: str) -> Reading | None:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        trees: list[Any] = [tree for tree in sqlglot.parse(statement, dialect=dialect) if tree is not None]
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, LookupError):
        # on text that is no SQL its compiled parser stumbles in ways of its own ("?" alone: TypeError)
        return None
    if not trees or any(isinstance(tree, exp.Command) for tree in trees):
        return None
    reading = Reading()
    for tree in trees:
        named = {cte.alias for cte in tree.find_all(exp.CTE)}
        reading.tables += [
            _dotted(table) for table in tree.find_all(exp.Table) if table.name and table.name not in named
        ]
        reading.columns += list(_given_out(tree, exp))
        reading.reads = reading.reads or tree.find(exp.Select) is not None
    return reading


def _dotted(table: Any) -> str:
    return ".".join(part for part in (table.db, table.name) if part).lower()


def _given_out(tree: Any, exp: Any) -> Iterator[tuple[str, str]]:
    aliases = {table.alias_or_name: _dotted(table) for table in tree.find_all(exp.Table)}
    for select in tree.find_all(exp.Select):
        for item in select.expressions:
            for column in item.find_all(exp.Column, exp.Star):
                if column.find_ancestor(exp.Count, exp.Sum, exp.Avg):
                    continue
                holder = getattr(column, "table", "") or ""
                name = "*" if isinstance(column, exp.Star) or column.name == "*" else column.name.lower()
                yield aliases.get(holder, holder.lower()), name


def _by_words(statement: str) -> Reading:
    names = (re.sub(r"[\"`\s]", "", found).lower() for found in _TABLES.findall(statement))
    tables = [name for name in names if name not in _NO_TABLES]
    reads = bool(re.match(r"(?i)\s*(?:\(|with\b|select\b|copy\b|table\b|declare\b)", statement))
    return Reading(tables=tables, columns=[("", "*")] if reads else [], reads=reads)
