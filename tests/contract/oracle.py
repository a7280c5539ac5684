"""What a log store must answer, in plain Python, one event at a time; slow and easy to believe."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import regex

from soc.logstore.port import Bucket, GroupRow, Groups, Metric, MetricKind, SearchRequest, Top
from soc.logstore.query import (
    And,
    Contains,
    Exists,
    FullText,
    Joker,
    MatchAll,
    MatchNone,
    Not,
    Or,
    Prefix,
    Query,
    Range,
    Term,
    Value,
    Wildcard,
)

Row = Mapping[str, object]
SPOKEN = ("raw_data", "message", "guanlan.person", "guanlan.post", "guanlan.tables")


def selected(rows: Iterable[Row], request: SearchRequest) -> list[Row]:
    """Return the rows that match, newest first."""
    found = [row for row in rows if _in_time(row, request) and _in_scope(row, request) and matches(request.query, row)]
    return sorted(found, key=lambda row: (row["time"], str(row["metadata.uid"]).encode()), reverse=True)


def top(rows: Iterable[Row], field: str, limit: int, prefix: str) -> Top:
    """Return the most frequent values of a field."""
    counts = Counter(value for row in rows for value in set(values(row, field)) if str(value).startswith(prefix))
    ranked = sorted(counts.items(), key=lambda one: (-one[1], _sortable(one[0])))
    return Top(tuple(ranked[:limit]), cut=len(ranked) > limit)


def _in_time(row: Row, request: SearchRequest) -> bool:
    at = row["time"]
    assert isinstance(at, datetime)
    return (request.since is None or at >= request.since) and (request.until is None or at < request.until)


def _in_scope(row: Row, request: SearchRequest) -> bool:
    return request.scope.orgs is None or row["guanlan.org"] in request.scope.orgs


def matches(query: Query, row: Row) -> bool:
    """Say whether one event matches."""
    match query:
        case MatchAll():
            return True
        case MatchNone():
            return False
        case And(parts):
            return all(matches(part, row) for part in parts)
        case Or(parts):
            return any(matches(part, row) for part in parts)
        case Not(part):
            return not matches(part, row)
        case FullText(wanted, open_end):
            return any(_says(words(text), wanted, open_end) for text in _spoken(row))
        case Exists(field):
            return bool(values(row, field))
        case _:
            return any(_fits(query, value) for value in values(row, query.field))


def values(row: Row, field: str) -> list[Value]:
    """Return the values of a field: none, one, or those of a list."""
    value = row[field]
    if value is None:
        return []
    return [one for one in value if one is not None] if isinstance(value, list) else [value]  # type: ignore[list-item]


def _fits(query: Term | Contains | Prefix | Wildcard | Range, value: Value) -> bool:
    match query:
        case Term(_, wanted):
            return value == wanted
        case Contains(_, text):
            return text in str(value)
        case Prefix(_, text):
            return str(value).startswith(text)
        case Wildcard(_, pattern):
            return re.fullmatch("".join(map(_expression, pattern)), str(value), re.DOTALL) is not None
        case Range(_, low, high, with_low, with_high):
            above = low is None or _less(low, value) or (with_low and value == low)
            below = high is None or _less(value, high) or (with_high and value == high)
            return above and below


def _less(one: Value, other: Value) -> bool:
    return (one.encode() < other.encode()) if isinstance(one, str) and isinstance(other, str) else one < other  # type: ignore[operator]


def _expression(part: str | Joker) -> str:
    if isinstance(part, Joker):
        return ".*" if part.many else "."
    return re.escape(part)


def _spoken(row: Row) -> list[str]:
    return [str(value) for field in SPOKEN for value in values(row, field)]


def words(text: str) -> list[str]:
    """Tokenise by the definition, character by character."""
    out: list[str] = []
    open_word = False
    for character in unicodedata.normalize("NFKC", text).lower():
        han = regex.match(r"\p{Han}", character) is not None
        wordly = regex.match(r"[\p{L}\p{N}\p{M}]", character) is not None
        if han and wordly:
            out.append(character)
        elif wordly:
            out[-1:] = [out[-1] + character] if open_word else [*out[-1:], character]
        open_word = wordly and not han
    return out


def _says(said: list[str], wanted: Sequence[str], open_end: bool) -> bool:
    if open_end:
        return any(word.startswith(wanted[0]) for word in said)
    width = len(wanted)
    return any(tuple(said[start : start + width]) == tuple(wanted) for start in range(len(said) - width + 1))


def buckets(rows: Sequence[Row], interval: timedelta) -> tuple[Bucket, ...]:
    """Count by time in Asia/Shanghai's buckets, empty ones in between."""
    midnight = datetime.fromisoformat("1970-01-01T00:00:00+08:00")
    starts = [midnight + (row["time"] - midnight) // interval * interval for row in rows]  # type: ignore[operator]
    if not starts:
        return ()
    steps = (max(starts) - min(starts)) // interval + 1
    every = [min(starts) + step * interval for step in range(steps)]
    return tuple(Bucket(start, starts.count(start)) for start in every)


def groups(rows: Sequence[Row], group_by: Sequence[str], metrics: Sequence[Metric], limit: int) -> Groups:
    """Group and compute, row by row."""
    gathered: dict[tuple[Value | None, ...], list[Row]] = {} if group_by else {(): []}
    for row in rows:
        for key in _keys(row, group_by):
            gathered.setdefault(key, []).append(row)
    made = [GroupRow(key, {m.name: _figure(m, members) for m in metrics}) for key, members in gathered.items()]
    made.sort(key=lambda row: tuple((value is None, _sortable(value)) for value in row.key))
    made.sort(key=lambda row: _downwards(row.figures[metrics[0].name]))
    return Groups(tuple(made[:limit]), len(made))


def _keys(row: Row, group_by: Sequence[str]) -> list[tuple[Value | None, ...]]:
    keys: list[tuple[Value | None, ...]] = [()]
    for field in group_by:
        found: list[Value | None] = [*dict.fromkeys(values(row, field))]
        keys = [(*key, value) for key in keys for value in (found or [None])]
    return keys


def _sortable(value: Value | None) -> object:
    return value.encode() if isinstance(value, str) else 0 if value is None else value


def _downwards(value: int | datetime | None) -> tuple[bool, float]:
    if value is None:
        return True, 0
    return False, -(value if isinstance(value, int) else value.timestamp())


def _figure(metric: Metric, rows: Sequence[Row]) -> int | datetime | None:
    if metric.field is None:
        return len(rows)
    found = [value for row in rows for value in values(row, metric.field)]
    if metric.kind is MetricKind.CARDINALITY:
        return len(set(found))
    if metric.kind is MetricKind.VALUES:
        return len(found)
    if not found:
        return None
    return {MetricKind.SUM: sum, MetricKind.MIN: min, MetricKind.MAX: max}[metric.kind](found)  # type: ignore[no-any-return,operator]
