"""The most frequent values on the cluster: its own ``terms``, with enough values of each index to be exact as a rule."""

from collections.abc import Mapping, Sequence
from typing import Any

from soc.logstore.cluster_query import Clause
from soc.logstore.fields import Kind, field_named
from soc.logstore.port import Top
from soc.logstore.query import Value

COMPARED = 5_000
"""So many values of each index are compared; only where one has more can a count be too low."""


def asked_of(name: str, limit: int, prefix: str) -> Clause:
    """Return the aggregation; one value more than the limit tells whether there are others."""
    terms: Clause = {
        "field": name,
        "size": limit + 1,
        "shard_size": max(COMPARED, limit + 1),
        "order": [{"_count": "desc"}, {"_key": "asc"}],
    }
    return {"terms": terms | ({"include": _literal(prefix) + ".*"} if prefix else {})}


def read_top(name: str, told: Mapping[str, Any], limit: int) -> Top:
    """Return the answer of one field."""
    buckets: Sequence[Mapping[str, Any]] = told["buckets"]
    rows = tuple((_read(name, bucket["key"]), int(bucket["doc_count"])) for bucket in buckets[:limit])
    return Top(rows, cut=len(buckets) > limit, exact=not told.get("doc_count_error_upper_bound"))


def _literal(text: str) -> str:
    """Return the regular expression of a text; letters of any script and digits stand for themselves."""
    return "".join(one if one.isalnum() else "\\" + one for one in text)


def _read(name: str, key: object) -> Value:
    kind = field_named(name).kind
    if kind is Kind.FLAG:
        return str(key).lower() in ("true", "1")
    return int(str(key)) if kind is Kind.WHOLE else str(key)
