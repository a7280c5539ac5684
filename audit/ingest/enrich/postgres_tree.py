"""Reading a PostgreSQL statement by the server's own grammar."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: functions that give out a figure about the rows and not a value of theirs
_FIGURES = frozenset({"count", "sum", "avg", "stddev", "stddev_pop", "stddev_samp", "variance", "bool_or", "bool_and"})


@dataclass(slots=True)
class Reading:
    """What was found in a statement so far."""

    tables: list[str] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    is_export: bool = False
    reads: bool = False


def read_tree(statement: str) -> Reading | None:
    """Return tables and given-out columns, or None where PostgreSQL cannot parse it."""
    import pglast
    from pglast import ast

    try:
        parsed = pglast.parse_sql(statement)
    except (pglast.Error, ValueError, RecursionError):
        return None
    reading = Reading()
    for raw in parsed:
        try:
            _statement(raw.stmt, reading, ast)
        except RecursionError:
            return None
    return reading


def _statement(node: Any, reading: Reading, ast: Any) -> None:
    if isinstance(node, ast.CopyStmt):
        reading.is_export = reading.is_export or not node.is_from
        reading.reads = reading.reads or not node.is_from
        if node.relation is not None:
            table = _name(node.relation)
            reading.tables.append(table)
            if not node.is_from:
                reading.columns += [(table, column.sval) for column in node.attlist or ()] or [(table, "*")]
    below = list(_walk(node, (), ast))
    named = {one.ctename for one, _ in below if isinstance(one, ast.CommonTableExpr)}
    ranges = [one for one, _ in below if isinstance(one, ast.RangeVar) and (one.schemaname or one.relname not in named)]
    reading.tables += [_name(one) for one in ranges]
    aliases = {one.alias.aliasname if one.alias else one.relname: _name(one) for one in ranges}
    for one, path in below:
        reading.reads = reading.reads or isinstance(one, ast.SelectStmt)
        if isinstance(one, ast.ColumnRef) and _is_given_out(path, ast):
            reading.columns.append(_column(one, aliases, ast))


def _walk(node: Any, path: tuple[tuple[Any, str], ...], ast: Any) -> Iterator[tuple[Any, tuple[tuple[Any, str], ...]]]:
    """Yield every node with the (ancestor, attribute) pairs above it."""
    if isinstance(node, tuple | list):
        for one in node:
            yield from _walk(one, path, ast)
    elif isinstance(node, ast.Node):
        yield node, path
        for name in node:
            yield from _walk(getattr(node, name), (*path, (node, name)), ast)


def _is_given_out(path: tuple[tuple[Any, str], ...], ast: Any) -> bool:
    """A column stands in a target list (or RETURNING) and in no function that only counts."""
    listed = False
    for node, name in path:
        if isinstance(node, ast.SelectStmt):
            listed = name == "targetList" or (listed and name in {"larg", "rarg"})
        elif name.startswith("returning"):
            listed = True
        elif isinstance(node, ast.FuncCall) and node.funcname[-1].sval in _FIGURES:
            return False
    return listed


def _column(node: Any, aliases: dict[str, str], ast: Any) -> tuple[str, str]:
    parts = ["*" if isinstance(one, ast.A_Star) else one.sval for one in node.fields]
    holder = parts[-2] if len(parts) > 1 else ""
    if parts[-1] in aliases and len(parts) == 1:
        return aliases[parts[-1]], "*"  # "select t from t": the whole row
    return aliases.get(holder, holder), parts[-1]


def _name(relation: Any) -> str:
    return ".".join(part for part in (relation.schemaname, relation.relname) if part).lower()
