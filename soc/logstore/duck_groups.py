"""Group-by in DuckDB: a list field counts in each of its values' groups, no value in the group None."""

from collections.abc import Sequence

from soc.logstore.checks import instant
from soc.logstore.duck_sql import Condition, quoted
from soc.logstore.fields import Kind, field_named
from soc.logstore.port import GroupRow, Groups, Metric, MetricKind


def group_sql(asked: Condition, group_by: Sequence[str], metrics: Sequence[Metric], limit: int) -> Condition:
    """Return the question: keys, figures, and how many groups there are."""
    keys = [f"key{place}" for place in range(len(group_by))]
    figures = [f"{_figure(metric)} AS figure{place}" for place, metric in enumerate(metrics)]
    inner = f"SELECT * FROM {{events}} WHERE {asked.text}"  # noqa: S608 - made from typed values; what people wrote fills placeholders
    for key, name in zip(keys, group_by, strict=True):
        # one by one: two lists opened in one SELECT would be walked side by side
        inner = f"SELECT *, {_key(name)} AS {key} FROM ({inner})"  # noqa: S608 - made from typed values; what people wrote fills placeholders
    grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
    order = [*(["figure0 DESC NULLS LAST"] if figures else []), *(f"{key} ASC NULLS LAST" for key in keys)]
    ordered = f" ORDER BY {', '.join(order)}" if order else ""
    chosen = ", ".join([*keys, *figures, "count(*) OVER ()"])
    return Condition(f"SELECT {chosen} FROM ({inner}){grouped}{ordered} LIMIT {int(limit)}", asked.values)  # noqa: S608 - made from typed values; what people wrote fills placeholders


def read_groups(rows: Sequence[tuple[object, ...]], group_by: Sequence[str], metrics: Sequence[Metric]) -> Groups:
    """Return the groups of the answer."""
    total = int(str(rows[0][-1])) if rows else 0
    return Groups(tuple(_row(row, group_by, metrics) for row in rows), total)


def _row(row: tuple[object, ...], group_by: Sequence[str], metrics: Sequence[Metric]) -> GroupRow:
    width = len(group_by)
    key = tuple(_value(name, value) for name, value in zip(group_by, row, strict=False))
    told = zip(metrics, row[width:], strict=False)
    return GroupRow(key, {metric.name: _read(metric, value) for metric, value in told})  # type: ignore[arg-type,misc]


def _key(name: str) -> str:
    field, column = field_named(name), quoted(name)
    if field.many:
        return f"unnest(CASE WHEN len({column}) > 0 THEN list_distinct({column}) ELSE [NULL] END)"
    return f"epoch_us({column})" if field.kind is Kind.INSTANT else column


def _figure(metric: Metric) -> str:
    if metric.field is None:
        return "count(*)"
    field, column = field_named(metric.field), quoted(metric.field)
    if metric.kind is MetricKind.CARDINALITY:
        distinct = f"coalesce(len(list_distinct(flatten(list({column})))), 0)"
        return distinct if field.many else f"count(DISTINCT {column})"
    if metric.kind is MetricKind.VALUES:
        return f"count({column})"
    value = f"epoch_us({column})" if field.kind is Kind.INSTANT else column
    return f"{metric.kind.value}({value})"


def _value(name: str, value: object) -> object:
    return instant(value) if field_named(name).kind is Kind.INSTANT and isinstance(value, int) else value


def _read(metric: Metric, value: object) -> object:
    timed = metric.kind in (MetricKind.MIN, MetricKind.MAX) and metric.field is not None
    return _value(metric.field, value) if timed and metric.field else value
