"""Made-up events and queries that meet each other: both are drawn from the same few values."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import strategies as st

from soc.logstore.fields import FIELDS, Kind
from soc.logstore.port import COUNT, Metric, MetricKind
from soc.logstore.query import (
    ANY,
    ONE,
    And,
    Contains,
    Exists,
    FullText,
    MatchAll,
    MatchNone,
    Not,
    Or,
    Prefix,
    Query,
    Range,
    Term,
    Wildcard,
)
from soc.logstore.tokenizer import tokens
from soc.ocsf.schema import EVENT_SCHEMA

START = datetime(2026, 10, 1, 15, 59, 59, 999_990, tzinfo=UTC)
_PIECES = (
    "张三",
    "转账",
    "驾驶员 t_driver",
    "SELECT * FROM",
    "é",
    "ﬁle",
    "①",
    "10.1.2.3",
    "a*b?c",
    "100%",
    "\\x_",
    '"q"',
    "|",
)
_NAMES = ("zhang.san", "张三", "app_ro", "app_rw", "App_ro", "", "𠮷", "a*b", "back\\slash", "%_", "￿")
_TABLES = ("public.driver", "public.vehicle", "港口.靠泊", "p_blic.driver")

#: code points of a later Unicode are letters to one library and nothing to the other
KNOWN = st.characters(exclude_categories=("Cs", "Cn", "Co"))
_texts = st.lists(st.sampled_from(_PIECES) | st.text(KNOWN, max_size=4), max_size=5).map(" ".join)
_names = st.sampled_from(_NAMES) | st.text(KNOWN, max_size=3)
_wholes = st.sampled_from((0, 1, 200, 404, -5)) | st.integers(-(2**31), 2**31 - 1)
_bytes = st.sampled_from((0, 1, 10)) | st.integers(-(2**40), 2**40)
_times = st.builds(
    lambda steps, odd: START + steps * timedelta(minutes=17) + timedelta(microseconds=odd),
    st.integers(-200, 200),
    st.sampled_from((0, 0, 1, 9, 10, 11)),
) | st.just(datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC))

_VALUES = {
    "actor.user.name": _names,
    "src_endpoint.ip": st.sampled_from(("10.1.2.3", "10.1.2.30", "192.168.0.1", "fe80::1")),
    "http_response.code": _wholes,
    "traffic.bytes_out": _bytes,
    "guanlan.off_hours": st.booleans(),
    "guanlan.tables": st.lists(st.sampled_from(_TABLES) | _names, max_size=3),
    "guanlan.types": st.lists(st.sampled_from(("mobile", "plate", None)), max_size=2),
    "metadata.logged_time": _times,
    "message": _texts,
    "raw_data": _texts,
    "query_info.query_string": _texts,
}
_FIELDS = (*_VALUES, "time")
_GROUPED = tuple(name for name in _FIELDS if FIELDS[name].kind is not Kind.TEXT)

rows = st.fixed_dictionaries(
    {"time": _times, "guanlan.org": st.sampled_from(("a", "b", "c"))}
    | {name: st.none() | strategy for name, strategy in _VALUES.items()}
)
corpora = st.lists(rows, min_size=1, max_size=25)


def numbered(corpus: list[dict[str, object]], batch: str) -> list[dict[str, object]]:
    """Complete made-up rows to events of one batch, organisations apart from all other batches'."""
    known = {"guanlan.batch": batch, "metadata.log_name": "made-up", "class_uid": 6005}
    empty = dict.fromkeys(FIELDS)
    return [
        empty
        | row
        | known
        | {
            "metadata.uid": f"{batch}-{place:04}",
            "guanlan.position": place,
            "guanlan.org": f"{batch}-{row['guanlan.org']}",
        }
        for place, row in enumerate(corpus)
    ]


def table(events: list[dict[str, object]]) -> pa.Table:
    """Return events as a batch."""
    return pa.Table.from_pylist([event | {"guanlan.tokens": None} for event in events], schema=EVENT_SCHEMA)


def _leaf(name: str) -> st.SearchStrategy[Query]:
    field = FIELDS[name]
    drawn = _times if name == "time" else _VALUES[name]
    if field.many:
        drawn = st.sampled_from((*_TABLES, "mobile", "plate")) | _names
    made: list[st.SearchStrategy[Query]] = [st.just(Exists(name))]
    if field.kind in (Kind.KEYWORD, Kind.TEXT):
        parts = st.lists(_names | st.sampled_from(_PIECES) | st.sampled_from((ANY, ONE)), min_size=1, max_size=4)
        made += [st.builds(Wildcard, st.just(name), parts.map(tuple)), st.builds(Prefix, st.just(name), _names)]
    if field.kind is Kind.TEXT:
        made.append(st.builds(Contains, st.just(name), (_names | st.sampled_from(_PIECES)).filter(bool)))
    else:
        made.append(st.builds(Term, st.just(name), drawn))
    if field.kind not in (Kind.TEXT, Kind.FLAG):
        bound = st.none() | drawn
        made.append(st.builds(Range, st.just(name), bound, bound, st.booleans(), st.booleans()))
    return st.one_of(made)


_words = (st.sampled_from(_PIECES) | _texts).map(tokens).filter(bool)
_full_text = st.builds(FullText, _words) | st.builds(lambda said: FullText(said[:1], open_end=True), _words)
_leaves: st.SearchStrategy[Query] = (
    st.sampled_from(_FIELDS).flatmap(_leaf) | _full_text | st.sampled_from((MatchAll(), MatchNone()))
)

queries: st.SearchStrategy[Query] = st.recursive(
    _leaves,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=6,
)

_figures = st.sampled_from(
    (
        COUNT,
        Metric(MetricKind.SUM, "traffic.bytes_out"),
        Metric(MetricKind.MIN, "traffic.bytes_out"),
        Metric(MetricKind.VALUES, "traffic.bytes_out"),
        Metric(MetricKind.MAX, "time"),
        Metric(MetricKind.MIN, "metadata.logged_time"),
        Metric(MetricKind.CARDINALITY, "actor.user.name"),
        Metric(MetricKind.CARDINALITY, "guanlan.tables"),
        Metric(MetricKind.CARDINALITY, "http_response.code"),
    )
)
metrics = st.lists(_figures, min_size=1, max_size=4, unique=True)
groupings = st.lists(st.sampled_from(_GROUPED), max_size=2, unique=True)
intervals = st.sampled_from((timedelta(minutes=30), timedelta(hours=1), timedelta(days=1), timedelta(days=7)))
windows = st.tuples(st.none() | _times, st.none() | _times)
