"""The most frequent values of several fields in DuckDB: one reading counts them all.

Grouping sets count each field apart while the rows pass once; a list counts as the list that it
is first, and the few lists there are are opened after.
"""

from collections.abc import Sequence

from soc.logstore.duck_sql import Condition, quoted
from soc.logstore.fields import Field, Kind, field_named
from soc.logstore.port import Top
from soc.logstore.query import Value


def top_sql(asked: Condition, fields: Sequence[str], limit: int, prefix: str) -> Condition:
    """Return the question: the field's place, value as text and count, one value more than the limit each."""
    columns = ", ".join(quoted(name) for name in fields)
    sets = ", ".join(f"({quoted(name)})" for name in fields)
    counted = (
        f"SELECT GROUPING_ID({columns}) AS mark, {columns}, count(*) AS many FROM {{events}} "  # noqa: S608 - made from typed values; what people wrote fills placeholders
        f"WHERE {asked.text} GROUP BY GROUPING SETS ({sets})"
    )
    kept = [_of_field(place, field_named(name), len(fields), limit, prefix) for place, name in enumerate(fields)]
    united = " UNION ALL ".join(one.text for one in kept)
    text = f"WITH counted AS MATERIALIZED ({counted}) SELECT * FROM ({united}) ORDER BY ALL"  # noqa: S608 - made from typed values; what people wrote fills placeholders
    return Condition(text, asked.values + tuple(value for one in kept for value in one.values))


def _of_field(place: int, field: Field, fields: int, limit: int, prefix: str) -> Condition:
    # a set's mark has the bit of every field that it leaves out, the first field's highest
    mark = (1 << fields) - 1 - (1 << (fields - 1 - place))
    column = quoted(field.name)
    key = f"unnest(list_distinct({column}))" if field.many else column
    inner = f"SELECT {key} AS key, many FROM counted WHERE mark = {mark}"  # noqa: S608 - made from typed values; what people wrote fills placeholders
    fits, values = (" AND starts_with(key, ?)", (prefix,)) if prefix else ("", ())
    ordered = "ORDER BY many DESC, key"
    grouped = f"SELECT key, sum(many)::BIGINT AS many FROM ({inner}) WHERE key IS NOT NULL{fits} GROUP BY key {ordered} LIMIT {int(limit) + 1}"  # noqa: S608 - made from typed values; what people wrote fills placeholders
    text = f"SELECT {place} AS place, row_number() OVER ({ordered}) AS rank, CAST(key AS VARCHAR) AS value, many FROM ({grouped})"  # noqa: S608 - made from typed values; what people wrote fills placeholders
    return Condition(text, values)


def read_top(rows: Sequence[tuple[object, ...]], fields: Sequence[str], limit: int) -> dict[str, Top]:
    """Return the answer by field."""
    told: dict[str, list[tuple[Value, int]]] = {name: [] for name in fields}
    for place, _, text, many in rows:
        name = fields[int(str(place))]
        told[name].append((_read(name, str(text)), int(str(many))))
    return {name: Top(tuple(found[:limit]), cut=len(found) > limit) for name, found in told.items()}


def _read(name: str, text: str) -> Value:
    kind = field_named(name).kind
    return int(text) if kind is Kind.WHOLE else text == "true" if kind is Kind.FLAG else text
