"""Which columns of tables each output of a query is made of, through sub-queries, unions and WITH."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope
from sqlglot.schema import MappingSchema

from soc.ledger.lineage.edges import Column, Transform

#: the schema that unqualified names are looked up in; it is taken off again before anybody sees it
DEFAULT = "default_schema"
_KEEPS_VALUES = (exp.Min, exp.Max, exp.ArrayAgg, exp.GroupConcat, exp.AnyValue, exp.First, exp.Last)
_HASHES = (exp.MD5, exp.MD5Digest, exp.SHA, exp.SHA2)
_HASH_NAMES = frozenset({"SM3", "HASH", "SHA256", "SHA512", "SHA1", "CRC32", "HASHBYTES", "DIGEST", "HMAC"})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Columns of known tables, in their order, by the table's name in small letters with and without its schema."""

    tables: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def columns(self, table: str) -> list[str]:
        """The columns of a table; none where it is not known."""
        name = table.lower()
        return list(self.tables.get(name) or self.tables.get(name.rpartition(".")[2]) or ())


@dataclass(frozen=True, slots=True)
class Found:
    """A column of a table that an output is made of."""

    column: Column
    transform: Transform = Transform.IDENTITY
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a query."""

    name: str
    found: list[Found]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads queries of one dialect against the known tables."""

    dialect: str
    catalogue: Catalogue

    def name_of(self, table: Any) -> str:
        """A table's name in small letters, without a database."""
        return ".".join(part.lower() for part in (table.db, table.name) if part)

    def outputs(self, query: exp.Query) -> list[Output]:
        """What each output of a query is made of."""
        try:
            exact = self._exact(query)
        except SqlglotError:
            return self._rough(query)
        if all(output.found for output in exact):
            return exact
        # a column whose table the query does not say and the ledger does not know
        rough = self._rough(query)
        if len(rough) != len(exact):
            return exact
        return [one if one.found else replace(other, name=one.name) for one, other in zip(exact, rough, strict=True)]

    def _exact(self, query: exp.Query) -> list[Output]:
        """By scopes, every column led back to its table."""
        schema = self._schema(query)
        whole = qualify(
            query.copy(), dialect=self.dialect, schema=schema, db=DEFAULT, validate_qualify_columns=False,
            allow_partial_qualification=True, quote_identifiers=False,
        )  # fmt: skip
        scope = build_scope(whole)
        # the columns of a union are those of its first query
        names = [one.alias_or_name for one in whole.selects] if scope is not None else []
        nodes = [lineage(name, whole, schema, dialect=self.dialect, scope=scope, copy=False) for name in names]
        return [
            Output(name, list(self._leaves(node, Transform.IDENTITY))) for name, node in zip(names, nodes, strict=True)
        ]

    def _rough(self, query: exp.Query) -> list[Output]:
        """By the tables that stand in FROM: for what scopes cannot tell."""
        if not isinstance(query, exp.Select):
            return []
        places = [query.args.get("from_"), *(query.args.get("joins") or ())]
        sources = self.sources(place for place in places if place is not None)
        return [Output(one.alias_or_name, list(self.origins(one, sources))) for one in query.selects]

    def _schema(self, query: exp.Query) -> MappingSchema:
        """The known tables that a query names, all at one depth."""
        schema = MappingSchema(dialect=self.dialect)
        for table in query.find_all(exp.Table):
            columns = self.catalogue.columns(self.name_of(table))
            if columns:
                named = exp.table_(table.name, db=table.db or DEFAULT)
                schema.add_table(named, dict.fromkeys(columns, "TEXT"), match_depth=False)
        return schema

    def _leaves(self, node: Node, above: Transform) -> Iterator[Found]:
        here = _worse(above, transform_of(node.expression))
        for below in node.downstream:
            yield from self._leaves(below, here)
        if not node.downstream and isinstance(node.expression, exp.Table):
            table = self.name_of(node.expression).removeprefix(f"{DEFAULT}.")
            name = "*" if node.name.endswith("*") else exp.to_column(node.name).name.lower()
            if name:
                yield Found(Column(table, name), above)

    def sources(self, places: Iterable[Any]) -> dict[str, Any]:
        """Tables and sub-queries that a statement may take values from, by the name they go by."""
        found: dict[str, Any] = {}
        for place in places:
            inner = place.this if isinstance(place, exp.From | exp.Join) else place
            if isinstance(inner, exp.Table | exp.Subquery):
                found[inner.alias_or_name.lower()] = inner
        return found

    def origins(self, expression: Any, sources: Mapping[str, Any]) -> Iterator[Found]:
        """The columns of tables that an expression outside of a query is made of."""
        transform = transform_of(expression)
        nested = [one for one in expression.find_all(exp.Query) if not isinstance(one, exp.Subquery)]
        inside = {id(column) for query in nested for column in query.find_all(exp.Column)}
        for query in nested[:1]:
            for output in self.outputs(query):
                yield from (Found(one.column, _worse(transform, one.transform), one.guessed) for one in output.found)
        for column in expression.find_all(exp.Column):
            if id(column) in inside:
                continue
            name, holder = column.name.lower(), column.table.lower()
            if holder in sources:
                yield from self._from(sources[holder], name, transform, guessed=False)
            elif not holder:
                yield from self._guessed(sources, name, transform)

    def _guessed(self, sources: Mapping[str, Any], name: str, transform: Transform) -> Iterator[Found]:
        """A column without its table: of the one known to have it, else of the last one named."""
        having = [one for one in sources.values() if name in self._columns(one)]
        chosen = having[:1] or list(sources.values())[-1:]
        for source in chosen:
            yield from self._from(source, name, transform, guessed=len(having) != 1 and len(sources) > 1)

    def _columns(self, source: Any) -> list[str]:
        if isinstance(source, exp.Subquery):
            return [one.alias_or_name.lower() for one in source.this.selects]
        return [one.lower() for one in self.catalogue.columns(self.name_of(source))]

    def _from(self, source: Any, name: str, transform: Transform, *, guessed: bool) -> Iterator[Found]:
        if isinstance(source, exp.Table):
            yield Found(Column(self.name_of(source), name), transform, guessed)
            return
        for output in self.outputs(source.this):
            if output.name.lower() == name:
                yield from (
                    Found(one.column, _worse(transform, one.transform), guessed or one.guessed) for one in output.found
                )


def transform_of(expression: Any) -> Transform:
    """What an expression does to the columns in it."""
    if isinstance(expression, exp.Table | exp.Query | exp.SetOperation):
        return Transform.IDENTITY
    inner = expression.unalias() if isinstance(expression, exp.Expression) else expression
    while isinstance(inner, exp.Paren | exp.Cast | exp.Alias | exp.Ordered):
        inner = inner.this
    if isinstance(inner, exp.Column):
        return Transform.IDENTITY
    if any(not isinstance(one, _KEEPS_VALUES) for one in inner.find_all(exp.AggFunc)):
        return Transform.AGGREGATE
    if next(inner.find_all(*_HASHES), None) is not None or any(
        one.name.upper() in _HASH_NAMES for one in inner.find_all(exp.Anonymous)
    ):
        return Transform.HASHED
    return Transform.DERIVED


def _worse(one: Transform, other: Transform) -> Transform:
    order = list(Transform)
    return max(one, other, key=order.index)
