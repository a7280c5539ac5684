"""SQL to edges: INSERT … SELECT, CREATE TABLE or VIEW AS, UPDATE … FROM, MERGE, COPY, in many dialects.

A script is cut into its statements first, so that one that cannot be read costs only itself. Nothing
is run; a statement without effect on a table (a plain SELECT) has no edges.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from soc.ledger.lineage.edges import Column, Edge, Problem, distinct
from soc.ledger.lineage.selects import Catalogue, Found, Reader

DIALECTS = (
    "postgres", "mysql", "sqlite", "oracle", "tsql", "hive", "spark", "clickhouse", "duckdb", "trino", "doris",
)  # fmt: skip
#: a statement longer than this is generated data, not a transformation
LONGEST = 200_000
_MOST_EDGES = 5_000
#: what schedulers put in before a statement runs: ${day}, {{ ds }}, #{day}
_FILLED_IN = re.compile(r"\$\{[^{}\n]{0,200}\}|\{\{[^{}\n]{0,200}\}\}|#\{[^{}\n]{0,200}\}")
_PLACEHOLDER = "filled_in"
_UNREADABLE = (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, LookupError)


@dataclass(frozen=True, slots=True)
class Read:
    """What a script says, and what of it could not be read."""

    edges: list[Edge] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    statements: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement of a script and the line it begins on, from 1."""

    text: str
    line: int


def edges_of(script: str, dialect: str, catalogue: Catalogue | None = None, name: str = "") -> Read:
    """Read a script.

    Args:
        script: one statement or many.
        dialect: one of ``DIALECTS``.
        catalogue: columns of known tables in their order, for ``*`` and for targets without a column list.
        name: of the file, for each edge's detail.
    """
    known = catalogue or Catalogue()
    pieces = pieces_of(script, dialect)
    if pieces is None:
        return Read(problems=[Problem(1, "errors.lineage.unclosed", name)])
    found: list[Edge] = []
    problems: list[Problem] = []
    for piece in pieces:
        detail = f"{name}:{piece.line}" if name else ""
        try:
            edges = distinct(_statement(piece.text, dialect, known), detail)
        except _UNREADABLE as error:
            problems.append(Problem(piece.line, "errors.lineage.unreadable", type(error).__name__))
            continue
        found += edges[:_MOST_EDGES]
    return Read(found, problems, len(pieces))


def pieces_of(script: str, dialect: str) -> list[Piece] | None:
    """Cut a script at its semicolons; None where a text or comment is never closed."""
    text = _FILLED_IN.sub(_PLACEHOLDER, script)
    try:
        tokens = sqlglot.tokenize(text, read=dialect)
    except _UNREADABLE:
        return None
    pieces: list[Piece] = []
    first = last = None
    for token in tokens:
        if token.token_type != sqlglot.TokenType.SEMICOLON:
            first, last = first or token, token
        elif first is not None and last is not None:
            pieces.append(_piece(text, first.start, last.end))
            first = last = None
    if first is not None and last is not None:
        pieces.append(_piece(text, first.start, last.end))
    return pieces


def _piece(text: str, start: int, end: int) -> Piece:
    return Piece(text[start : end + 1], text.count("\n", 0, start) + 1)


def _statement(text: str, dialect: str, catalogue: Catalogue) -> Iterator[Edge]:
    if len(text) > LONGEST:
        raise ValueError("long")
    tree = sqlglot.parse_one(text, read=dialect)
    if isinstance(tree, exp.Command):
        return
    handler = _HANDLERS.get(type(tree))
    if handler is not None:
        yield from handler(tree, Reader(dialect, catalogue))


def _insert(tree: Any, reader: Reader) -> Iterator[Edge]:
    query = tree.expression
    if not isinstance(query, exp.Query):
        return
    if tree.args.get("with_") is not None and query.args.get("with_") is None:
        query = query.copy()
        query.set("with_", tree.args["with_"].copy())
    schema = tree.this
    table = reader.name_of(schema.find(exp.Table) or schema)
    columns = [one.name for one in schema.expressions] if isinstance(schema, exp.Schema) else []
    yield from _into(table, columns or reader.catalogue.columns(table), reader.outputs(query))


def _create(tree: Any, reader: Reader) -> Iterator[Edge]:
    query = tree.expression
    if not isinstance(query, exp.Query) or tree.args.get("kind", "").upper() not in {"TABLE", "VIEW"}:
        return
    schema = tree.this
    table = reader.name_of(schema.find(exp.Table) or schema)
    named = [one.name for one in schema.expressions] if isinstance(schema, exp.Schema) else []
    outputs = reader.outputs(query)
    yield from _into(table, named or [output.name for output in outputs], outputs)


def _select_into(tree: Any, reader: Reader) -> Iterator[Edge]:
    into = tree.args.get("into")
    if into is None or into.this is None:
        return
    query = tree.copy()
    query.set("into", None)
    outputs = reader.outputs(query)
    yield from _into(reader.name_of(into.this), [output.name for output in outputs], outputs)


def _into(table: str, columns: list[str], outputs: list[Any]) -> Iterator[Edge]:
    """Pair outputs with the target's columns by place; beyond them by name."""
    for place, output in enumerate(outputs):
        known = place < len(columns)
        target = columns[place] if known else output.name
        for one in output.found:
            yield _edge(one, Column(table, target.lower()), guessed=not known and target != "*")


def _edge(one: Found, downstream: Column, *, guessed: bool = False) -> Edge:
    return Edge(one.column, downstream, one.transform, one.guessed or guessed)


def _update(tree: Any, reader: Reader) -> Iterator[Edge]:
    target = tree.this.find(exp.Table) if tree.this else None
    if target is None:
        return
    sources = reader.sources([target, *tree.find_all(exp.From), *tree.find_all(exp.Join)])
    table = reader.name_of(target)
    yield from _assigned(table, tree.expressions, sources, reader)


def _assigned(table: str, assignments: Any, sources: Mapping[str, Any], reader: Reader) -> Iterator[Edge]:
    for one in assignments:
        if isinstance(one, exp.EQ) and isinstance(one.this, exp.Column):
            for found in reader.origins(one.expression, sources):
                yield _edge(found, Column(table, one.this.name.lower()))


def _merge(tree: Any, reader: Reader) -> Iterator[Edge]:
    table = reader.name_of(tree.this)
    sources = reader.sources([tree.this, tree.args["using"]])
    for when in tree.find_all(exp.When):
        then = when.args.get("then")
        if isinstance(then, exp.Update):
            yield from _assigned(table, then.expressions, sources, reader)
        elif isinstance(then, exp.Insert) and isinstance(then.expression, exp.Tuple):
            columns = [one.name for one in then.this.expressions] if then.this else reader.catalogue.columns(table)
            for name, value in zip(columns, then.expression.expressions, strict=False):
                for found in reader.origins(value, sources):
                    yield _edge(found, Column(table, name.lower()))


def _copy(tree: Any, reader: Reader) -> Iterator[Edge]:
    """COPY moves columns between a table (or a query) and a file, under their own names."""
    files = [one.name or one.sql() for one in tree.args.get("files") or ()]
    if not files:
        return
    file = "file:" + files[0].strip("'\"").replace("\\", "/").rsplit("/", 1)[-1]
    query = tree.this.unnest() if isinstance(tree.this, exp.Query) else None
    if isinstance(query, exp.Query) and not isinstance(query, exp.Table):
        outputs = reader.outputs(query)
        yield from _into(file, [output.name for output in outputs], outputs)
        return
    table = reader.name_of(tree.this.find(exp.Table))
    named = [one.name for one in tree.this.expressions] if isinstance(tree.this, exp.Schema) else []
    for name in named or reader.catalogue.columns(table):
        sides = (Column(file, name.lower()), Column(table, name.lower()))
        upstream, downstream = sides if tree.args.get("kind") else sides[::-1]
        yield _edge(Found(upstream), downstream)


_HANDLERS: Mapping[type[Any], Any] = {
    exp.Insert: _insert,
    exp.Create: _create,
    exp.Select: _select_into,
    exp.Update: _update,
    exp.Merge: _merge,
    exp.Copy: _copy,
}
