"""``soc bench logstore``: bare appends of ready-made batches, and questions over a million events.

The limit of each question is what a person still takes for at once; the appends are the limit that
``soc bench ingest`` is measured against.
"""

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl
import pyarrow as pa

from config.settings import Settings
from soc.logstore.delta import DeltaLogStore
from soc.logstore.lucene import parse
from soc.logstore.port import COUNT, Appended, LogStore, Metric, MetricKind, SearchRequest
from soc.logstore.prepare import with_words
from soc.ocsf.schema import EVENT_SCHEMA

EVENTS = 1_000_000
BATCH = 100_000
AT_ONCE_MS = 150.0
_ROUNDS = 7
START = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Appends:
    """What appending ready-made batches took."""

    rows: int
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """Return the limit of any ingest."""
        return self.rows / self.seconds


def run(settings: Settings) -> dict[str, object]:
    """Measure in a home of its own, beside the installation's; the figure is the slowest question's median."""
    settings.home.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=settings.home))
    try:
        store = DeltaLogStore(home)
        appends = append_all(store, batches(EVENTS, BATCH))
        store.maintain()
        asked = {name: milliseconds(ask) for name, ask in questions(store).items()}
    finally:
        shutil.rmtree(home, ignore_errors=True)
    slowest = max(asked.values())
    return {
        "name": "logstore",
        "figure": round(slowest, 1),
        "unit": f"ms, slowest question over {EVENTS} events, median of {_ROUNDS}",
        "limit": AT_ONCE_MS,
        "ratio": round(AT_ONCE_MS / slowest, 3),
        "peers": {"append rows/s": round(appends.rows_per_second)} | {name: round(ms, 1) for name, ms in asked.items()},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }


def append_all(store: LogStore, tables: list[tuple[str, pa.Table]]) -> Appends:
    """Append batches one commit each, durable each time."""
    began = time.perf_counter()
    told: list[Appended] = [store.append(table, batch=batch) for batch, table in tables]
    return Appends(sum(one.stored for one in told), time.perf_counter() - began)


def questions(store: LogStore) -> dict[str, Callable[[], object]]:
    """Return what an analyst asks all day."""
    one_user = SearchRequest(query=parse("actor.user.name:user007"))
    words = SearchRequest(query=parse('"driver 777"'))
    metrics = [COUNT, Metric(MetricKind.SUM, "traffic.bytes_out"), Metric(MetricKind.CARDINALITY, "src_endpoint.ip")]
    return {
        "newest 50": lambda: store.search(SearchRequest()),
        "newest 50 of one user": lambda: store.search(one_user),
        "full text, count": lambda: store.count(words),
        "histogram by hour": lambda: store.histogram(SearchRequest(), timedelta(hours=1)),
        "group by user, 3 figures": lambda: store.aggregate(SearchRequest(), ["actor.user.name"], metrics),
    }


def milliseconds(ask: Callable[[], object]) -> float:
    """Return the median time of a question, the first one aside."""
    ask()
    return median(_timed(ask) for _ in range(_ROUNDS))


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def batches(events: int, size: int) -> list[tuple[str, pa.Table]]:
    """Make up web-server events, the same every time, words and all."""
    return [(f"batch-{start}", table) for start, table in tables(events, size)]


def tables(events: int, size: int, *, people: int = 500, days: int = 0) -> Iterator[tuple[int, pa.Table]]:
    """Yield events of so many people in order of time: spread over ``days``, or else one each 2.592 s."""
    chance = np.random.default_rng(7)
    apart = days * 86_400_000_000 // events if days else 2_592_000
    for start in range(0, events, size):
        yield start, _table(start, min(size, events - start), chance, people, apart)


def _table(start: int, size: int, chance: np.random.Generator, people: int, apart: int) -> pa.Table:
    width = len(str(people - 1))
    numbers = pl.Series("guanlan.position", range(start, start + size), dtype=pl.Int64)
    frame = pl.DataFrame([numbers]).with_columns(
        pl.format("bench-{}", pl.col("guanlan.position")).alias("metadata.uid"),
        pl.lit(f"batch-{start}").alias("guanlan.batch"),
        pl.lit("440000").alias("guanlan.org"),
        pl.lit("nginx").alias("metadata.log_name"),
        pl.lit(4002, dtype=pl.Int32).alias("class_uid"),
        (pl.lit(START) + pl.duration(microseconds=pl.col("guanlan.position") * apart)).alias("time"),
        pl.format("user{}", pl.Series(chance.integers(0, people, size)).cast(pl.String).str.zfill(width)).alias(
            "actor.user.name"
        ),
        pl.format("10.{}.{}.9", *(pl.Series(chance.integers(0, 99, size)) for _ in range(2))).alias("src_endpoint.ip"),
        pl.format("/api/driver/{}", pl.Series(chance.integers(0, 20_000, size))).alias("http_request.url.path"),
        pl.Series("http_response.code", chance.choice([200, 200, 200, 404], size), dtype=pl.Int32),
        pl.Series("traffic.bytes_out", chance.integers(0, 100_000, size)),
    )
    line = pl.format('{} - {} "GET {} HTTP/1.1"', "src_endpoint.ip", "actor.user.name", "http_request.url.path")
    missing = [field for field in EVENT_SCHEMA if field.name not in frame.columns]
    empty = pl.from_arrow(pa.table([pa.nulls(size, field.type) for field in missing], schema=pa.schema(missing)))
    assert isinstance(empty, pl.DataFrame)
    whole = frame.hstack(empty).with_columns(line.alias("raw_data")).select(EVENT_SCHEMA.names)
    return with_words(whole).to_arrow()
