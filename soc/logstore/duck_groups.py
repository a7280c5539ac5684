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
    width, names = len(group_by), [metric.name for metric in metrics]
    keys = [place for place, name in enumerate(group_by) if field_named(name).kind is Kind.INSTANT]
    figures = [metric.name for metric in metrics if _timed(metric)]
    return Groups(tuple(_row(row, width, names, keys, figures) for row in rows), total)


def _row(
    row: tuple[object, ...], width: int, names: Sequence[str], keys: Sequence[int], figures: Sequence[str]
) -> GroupRow:
    """Return one group; ``keys`` are the places, and ``figures`` the names, of what is an instant."""
    key: tuple[object, ...] = row[:width]
    if keys:
        key = tuple(_instant(value) if place in keys else value for place, value in enumerate(key))
    told = dict(zip(names, row[width:], strict=False))
    for name in figures:
        told[name] = _instant(told[name])
    return GroupRow(key, told)  # type: ignore[arg-type]


def _key(name: str) -> str:
    field, column = field_named(name), quoted(name)
    if field.many:
        # most lists have one value, which no other can equal
        several = f"WHEN len({column}) > 1 THEN list_distinct({column})"
        return f"unnest(CASE WHEN len({column}) = 1 THEN {column} {several} ELSE [NULL] END)"
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


def _timed(metric: Metric) -> bool:
    """Whether a figure is an instant."""
    known = metric.kind in (MetricKind.MIN, MetricKind.MAX) and metric.field is not None
    return known and field_named(str(metric.field)).kind is Kind.INSTANT


def _instant(value: object) -> object:
    return instant(value) if isinstance(value, int) else value
