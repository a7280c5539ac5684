"""Group-by on the cluster with composite aggregations: every group is fetched, so figures are exact.

The cluster's own ``cardinality`` and ``terms`` are estimates. Distinct values are counted
here instead: the field becomes one more key, and its keys are counted per group.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from soc.logstore.checks import instant
from soc.logstore.cluster_query import Clause
from soc.logstore.fields import Kind, field_named
from soc.logstore.port import COUNT, GroupRow, Groups, Metric, MetricKind
from soc.logstore.query import Value

PAGE = 5_000
_DISTINCT = "distinct"

Key = tuple[Value | None, ...]
Ask = Callable[[Clause], Mapping[str, object]]
Bucket = Mapping[str, object]
Figures = dict[str, int | datetime | None]


def grouped(ask: Ask, group_by: Sequence[str], metrics: Sequence[Metric], limit: int) -> Groups:
    """Return the groups; ``ask`` sends aggregations and returns what came of them."""
    figures = _plain(ask, group_by, metrics)
    for metric in metrics:
        if metric.kind is MetricKind.CARDINALITY:
            counts = _distinct(ask, group_by, metric)
            for key, row in figures.items():
                row[metric.name] = counts[key]
    rows = [GroupRow(key, {metric.name: row[metric.name] for metric in metrics}) for key, row in figures.items()]
    rows.sort(key=lambda row: _order(row, metrics))
    return Groups(tuple(rows[:limit]), len(rows))


def _plain(ask: Ask, group_by: Sequence[str], metrics: Sequence[Metric]) -> dict[Key, Figures]:
    stats: Clause = {
        metric.name: {"stats": {"field": metric.field}}
        for metric in metrics
        if metric.kind not in (MetricKind.COUNT, MetricKind.CARDINALITY)
    }
    if not group_by:
        return {(): _figures(ask(stats | {COUNT.name: {"value_count": {"field": "metadata.uid"}}}), metrics)}
    buckets = _buckets(ask, list(group_by), [], stats)
    return {_key(group_by, bucket): _figures(bucket, metrics) for bucket in buckets}


def _distinct(ask: Ask, group_by: Sequence[str], metric: Metric) -> Counter[Key]:
    buckets = _buckets(ask, list(group_by), [str(metric.field)], {})
    return Counter(_key(group_by, bucket) for bucket in buckets)


def _buckets(ask: Ask, keys: list[str], values: list[str], within: Clause) -> Iterator[Bucket]:
    """Page through a composite; only ``keys`` have a bucket for what has no value."""
    sources = [{_name(place): {"terms": {"field": key, "missing_bucket": True}}} for place, key in enumerate(keys)]
    sources += [{_DISTINCT: {"terms": {"field": value}}} for value in values]
    composite: Clause = {"size": PAGE, "sources": sources}
    while True:
        answer = ask({"groups": {"composite": composite, "aggs": within}})["groups"]
        assert isinstance(answer, Mapping)
        yield from answer["buckets"]
        if "after_key" not in answer or len(answer["buckets"]) < PAGE:
            return
        composite = composite | {"after": answer["after_key"]}


def _name(place: int) -> str:
    return f"key{place}"


def _key(group_by: Sequence[str], bucket: Bucket) -> Key:
    told = bucket["key"]
    assert isinstance(told, Mapping)
    return tuple(_value(name, told[_name(place)]) for place, name in enumerate(group_by))


def _value(name: str, value: object) -> Value | None:
    if value is None:
        return None
    kind = field_named(name).kind
    if kind is Kind.FLAG:
        return str(value).lower() in ("true", "1")
    if kind in (Kind.WHOLE, Kind.INSTANT):
        whole = int(float(str(value))) if isinstance(value, float) else int(str(value))
        return instant(whole) if kind is Kind.INSTANT else whole
    return str(value)


def _figures(bucket: Bucket, metrics: Sequence[Metric]) -> Figures:
    return {metric.name: _figure(bucket, metric) for metric in metrics}


def _figure(bucket: Bucket, metric: Metric) -> int | datetime | None:
    if metric.kind is MetricKind.COUNT:
        counted = bucket.get(COUNT.name)
        return int(str(bucket["doc_count"] if not isinstance(counted, Mapping) else counted["value"]))
    stats = bucket.get(metric.name)
    if metric.kind is MetricKind.VALUES:
        return int(stats["count"]) if isinstance(stats, Mapping) else 0
    if not isinstance(stats, Mapping) or not stats["count"] or metric.field is None:
        return None
    value = stats[metric.kind.value]
    whole = int(value)
    return instant(whole) if field_named(metric.field).kind is Kind.INSTANT else whole


def _order(row: GroupRow, metrics: Sequence[Metric]) -> tuple[object, ...]:
    first = row.figures[metrics[0].name] if metrics else None
    number = -first if isinstance(first, int) else -first.timestamp() if first is not None else 0
    keys = tuple((key is None, 0 if key is None else key) for key in row.key)
    return (first is None, number, keys)
